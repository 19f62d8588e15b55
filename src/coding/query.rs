//! The question a flag may send to the provider: indicators quoted, options only where the note supports them.

use super::facts::{Fact, State};
use super::{Evidence, Query};
use crate::findings::Finding;
use crate::knowledge::coding::QueryRule;
use crate::knowledge::lexicon::Lexicon;
use crate::layout::Layout;
use crate::span::Span;
use crate::vocab::{AttributeKey, ConceptKind, EvidenceRole};

/// Answers that every query offers last.
pub const OTHER: &str = "Other (please specify): ____";
/// The last answer of every query.
pub const UNDETERMINED: &str = "Unable to determine";

/// Bytes of the longest quote.
const QUOTED: u32 = 80;

/// What a query may quote from.
pub(crate) struct Noted<'a> {
    pub text: &'a str,
    pub layout: &'a Layout,
    pub findings: &'a [Finding],
    pub facts: &'a [Fact],
    pub lexicon: &'a Lexicon,
}

/// Makes the query of a flag; `None` where there is nothing in the note to quote.
pub(crate) fn query(rule: &QueryRule, evidence: &[Evidence], condition: &[Evidence], noted: &Noted<'_>) -> Option<Query> {
    let Noted { text, layout, findings, facts, lexicon } = *noted;
    let quote_of = |finding: &Finding| quote_of(finding, lexicon);
    // a piece of what stands apart is quoted with what stands between: "neck is still sore", not "neck"
    let in_full = |span: Span| findings.iter().find(|f| f.mention.spans.contains(&span)).map_or(span, quote_of);
    let spans = evidence.iter().filter(|e| e.role == EvidenceRole::Mention).map(|e| in_full(e.span));
    let mut indicators: Vec<_> = spans.collect();
    let indicated = facts.iter().filter(|f| f.state == State::Affirmed && rule.indicators.has(f.concept));
    indicators.extend(indicated.map(|f| quote_of(&findings[f.finding])));
    indicators.sort();
    indicators.dedup();
    let quoted = condition.iter().filter(|e| rule.quotes_condition && e.role == EvidenceRole::Mention).map(|e| in_full(e.span));
    let first = quoted.min().or(indicators.first().copied())?;
    let section = layout.sections.iter().find(|s| s.start <= first.start && first.start < s.end);
    let heading = section.and_then(|s| s.title).map_or("the note", |t| t.of(text));
    let options: Vec<&(String, _, bool)> = rule
        .options
        .iter()
        .filter(|(_, needs, _)| needs.is_empty() || facts.iter().any(|f| f.state == State::Affirmed && needs.has(f.concept)))
        .collect();
    let fill = |q: &str| q.replace("{quote}", first.of(text)).replace("{section}", heading);
    let (question, mut shown) = if options.len() < 2 {
        (fill(rule.open_question.as_deref().unwrap_or(&rule.question)), Vec::new())
    } else {
        (fill(&rule.question), options.iter().map(|(text, _, _)| text.clone()).collect())
    };
    shown.push(OTHER.to_owned());
    shown.push(UNDETERMINED.to_owned());
    Some(Query { question, indicators, options: shown })
}

/// What is quoted of a finding: its words from the first to the last; a sign with the cue right beside it ("Spurling *positive*"), a pain with
/// where it goes ("neck pain *radiating down the arm*").
fn quote_of(finding: &Finding, lexicon: &Lexicon) -> Span {
    let hull = finding.mention.hull();
    let mut quote = hull;
    let sign = lexicon.concept(finding.mention.concept).kind == ConceptKind::Sign;
    for cue in finding.assertion.cues.iter().map(|c| c.span).filter(|_| sign) {
        if cue.start >= quote.end && cue.start - quote.end <= 1 {
            quote.end = cue.end;
        } else if cue.end <= quote.start && quote.start - cue.end <= 1 {
            quote.start = cue.start;
        }
    }
    for goes in finding.attributes.iter().filter(|a| a.key == AttributeKey::Radiation).map(|a| a.span) {
        if goes.start >= hull.end && goes.start - hull.end <= 1 {
            quote.end = quote.end.max(goes.end);
        }
    }
    if quote.len() <= QUOTED { quote } else { hull }
}
