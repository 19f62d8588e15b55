//! The question a flag may send to the provider: indicators quoted, options only where the note supports them.

use super::facts::{Fact, State};
use super::{Evidence, Query};
use crate::findings::Finding;
use crate::knowledge::coding::QueryRule;
use crate::layout::Layout;
use crate::vocab::EvidenceRole;

/// Answers that every query offers last.
pub const OTHER: &str = "Other (please specify): ____";
/// The last answer of every query.
pub const UNDETERMINED: &str = "Unable to determine";

/// Bytes of the longest quote.
const QUOTED: u32 = 80;

/// Makes the query of a flag; `None` where there is nothing in the note to quote.
pub(crate) fn query(
    rule: &QueryRule,
    evidence: &[Evidence],
    condition: &[Evidence],
    text: &str,
    layout: &Layout,
    findings: &[Finding],
    facts: &[Fact],
) -> Option<Query> {
    let mut indicators: Vec<_> = evidence.iter().filter(|e| e.role == EvidenceRole::Mention).map(|e| e.span).collect();
    indicators.extend(
        facts.iter().filter(|f| f.state == State::Affirmed && rule.indicators.has(f.concept)).map(|f| findings[f.finding].mention.hull()),
    );
    indicators.sort();
    indicators.dedup();
    let quoted = condition.iter().filter(|e| rule.quotes_condition && e.role == EvidenceRole::Mention).map(|e| e.span);
    let first = quoted.min().or(indicators.first().copied())?;
    // a piece of what stands apart is quoted with what stands between: "neck is still sore", not "neck"
    let apart = |f: &&Finding| f.mention.spans.len() > 1 && f.mention.spans.contains(&first) && f.mention.hull().len() <= QUOTED;
    let first = findings.iter().find(apart).map_or(first, |f| f.mention.hull());
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
