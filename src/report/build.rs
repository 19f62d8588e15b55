//! Stages' outputs → [`Report`]: ids become names, spans become positions in the named unit, codes get their titles.

use super::*;
use crate::attributes::Value as Attribute;
use crate::codeset::{CodeSet, Releases};
use crate::coding::{Evidence, Reviewed};
use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::mentions::How;
use crate::note::Note;
use crate::span::{Positions, Span};
use sha2::{Digest, Sha256};

/// Makes the report of a reviewed note, with positions in `unit`.
pub fn report(note: &Note, reviewed: &Reviewed, knowledge: &Knowledge, unit: Unit) -> Report {
    part(note, reviewed, knowledge, unit, 0)
}

/// The same of a part of a note: positions count from `base`, where it begins in the whole.
pub fn part(note: &Note, reviewed: &Reviewed, knowledge: &Knowledge, unit: Unit, base: u32) -> Report {
    let coded = &reviewed.coded;
    let stated = note.facts.setting.map(|s| (s, true));
    let (setting, setting_stated) = coded.setting.or(stated).unwrap_or((Setting::Outpatient, false));
    let picked = coded.release.clone().unwrap_or_else(|| Releases::built_in().pick(None));
    let date = coded.date.map(|(date, _)| date.to_string());
    let date_basis = coded.date.map(|(_, stated)| if stated { "stated" } else { "text" });
    let maker =
        Maker { text: &note.text, positions: Positions::new(&note.text, unit).from(base), reviewed, knowledge, codeset: &picked.set };
    let mut notices = note.notices.clone();
    notices.extend(coded.notices.iter().cloned());
    if base == 0 && note.text.trim().is_empty() {
        notices.push("the note is empty".into());
    }
    if picked.covers_date == Some(false) {
        notices.push(format!(
            "no installed release of ICD-10-CM covers the date of service: the release of {} was used",
            picked.set.release()
        ));
    }
    notices.extend(misread(&note.text, reviewed, knowledge));
    Report {
        schema: SCHEMA,
        note: NoteInfo {
            id: note.id.clone(),
            sha256: hash(&note.text),
            setting,
            setting_basis: if setting_stated { "stated" } else { "assumed" },
            date,
            date_basis,
        },
        engine: EngineInfo {
            version: env!("CARGO_PKG_VERSION"),
            knowledge_sha256: knowledge.sha256.clone(),
            codeset: CodesetInfo { release: picked.set.release().to_string(), covers_date: picked.covers_date },
        },
        offsets: unit,
        sections: maker.sections(),
        codes: maker.codes(),
        withheld: maker.withheld(),
        flags: maker.flags(),
        findings: reviewed.findings.iter().map(|f| maker.finding(f)).collect(),
        passthrough: note.passthrough.clone(),
        notices,
    }
}

struct Maker<'a> {
    text: &'a str,
    positions: Positions<'a>,
    reviewed: &'a Reviewed,
    knowledge: &'a Knowledge,
    codeset: &'a CodeSet,
}

impl Maker<'_> {
    fn sections(&self) -> Vec<Section> {
        let coded_from = &self.reviewed.coded.coded_from;
        let sections = self.reviewed.layout.sections.iter().enumerate();
        sections
            .map(|(i, s)| Section {
                kind: s.kind,
                title: s.title.map(|t| t.of(self.text).into()),
                start: self.positions.at(s.start),
                body_start: self.positions.at(s.body_start),
                end: self.positions.at(s.end),
                coded_from: coded_from.get(i).copied().unwrap_or(s.assessed),
            })
            .collect()
    }

    fn codes(&self) -> Vec<CodeEntry> {
        let made = self.reviewed.coded.suggestions.iter().map(|s| CodeEntry {
            code: s.code,
            title: self.title(s.code),
            sequence: s.sequence,
            status: s.status,
            basis: s.basis,
            rule: self.knowledge.names.id(s.rule).to_string(),
            why: s.why.clone(),
            authority: s.authority.clone(),
            conflicts_with: s.conflicts_with.clone(),
            evidence: self.evidence(&s.evidence),
        });
        made.collect()
    }

    fn withheld(&self) -> Vec<WithheldEntry> {
        let made = self.reviewed.coded.withheld.iter().map(|w| WithheldEntry {
            code: w.code,
            title: self.title(w.code),
            reason: w.reason,
            rule: self.knowledge.names.id(w.rule).to_string(),
            why: w.why.clone(),
            authority: w.authority.clone(),
            evidence: self.evidence(&w.evidence),
        });
        made.collect()
    }

    fn flags(&self) -> Vec<FlagEntry> {
        let made = self.reviewed.coded.flags.iter().map(|f| FlagEntry {
            flag: f.flag.clone(),
            severity: f.severity,
            about: f.about.clone(),
            why: f.why.clone(),
            evidence: self.evidence(&f.evidence),
            would_change: f.would_change.iter().map(|c| ChangeEntry { answer: c.answer.clone(), codes: c.codes.clone() }).collect(),
            query: f.query.as_ref().map(|q| QueryEntry {
                question: q.question.clone(),
                indicators: q.indicators.iter().map(|&span| self.indicator(span)).collect(),
                options: q.options.clone(),
            }),
        });
        made.collect()
    }

    fn finding(&self, f: &Finding) -> FindingEntry {
        let hull = f.mention.hull();
        let (start, end) = self.range(hull);
        let a = &f.assertion;
        FindingEntry {
            concept: self.knowledge.lexicon.concept(f.mention.concept).id.as_str().into(),
            start,
            end,
            text: hull.of(self.text).into(),
            section: self.section(hull),
            assertion: AssertionEntry { polarity: a.polarity, certainty: a.certainty, time: a.time, subject: a.subject },
            cues: a.cues.iter().map(|c| self.cue(c)).collect(),
            spans: (f.mention.spans.len() > 1).then(|| f.mention.spans.iter().map(|&s| self.piece(s)).collect()),
            attributes: f.attributes.iter().map(|a| self.attribute(a)).collect(),
        }
    }

    fn cue(&self, cue: &crate::context::Cue) -> CueEntry {
        let (start, end) = self.range(cue.span);
        CueEntry { start, end, text: cue.span.of(self.text).into(), rule: self.knowledge.names.id(cue.rule).into() }
    }

    fn piece(&self, span: Span) -> SpanEntry {
        let (start, end) = self.range(span);
        SpanEntry { start, end }
    }

    fn attribute(&self, a: &crate::attributes::Attribute) -> AttributeEntry {
        let (start, end) = self.range(a.span);
        let value = match &a.value {
            Attribute::Text(text) => AttributeValue::Text(text.clone()),
            Attribute::Days(least, most) => AttributeValue::Days { days: [*least, *most] },
            Attribute::Score(least, most, scale) => AttributeValue::Score { score: [number(*least), number(*most)], scale: number(*scale) },
        };
        AttributeEntry { key: a.key, value, start, end, text: a.span.of(self.text).into() }
    }

    fn evidence(&self, evidence: &[Evidence]) -> Vec<EvidenceEntry> {
        let made = evidence.iter().map(|e| {
            let (start, end) = self.range(e.span);
            EvidenceEntry { role: e.role, start, end, text: e.span.of(self.text).to_string(), section: self.section(e.span) }
        });
        made.collect()
    }

    fn indicator(&self, span: Span) -> IndicatorEntry {
        let (start, end) = self.range(span);
        IndicatorEntry { text: span.of(self.text).to_string(), section: self.section(span), start, end }
    }

    fn range(&self, span: Span) -> (u32, u32) {
        (self.positions.at(span.start), self.positions.at(span.end))
    }

    fn title(&self, code: Code) -> Option<String> {
        self.codeset.title(code).map(|t| t.to_string())
    }

    /// The kind of the section in which a span begins.
    fn section(&self, span: Span) -> Option<SectionKind> {
        let sections = &self.reviewed.layout.sections;
        let i = sections.partition_point(|s| s.start <= span.start).checked_sub(1)?;
        sections.get(i).map(|s| s.kind)
    }
}

/// A whole number without its ".0".
fn number(value: f32) -> Number {
    if value.fract() == 0.0 { Number::from(value as i64) } else { Number::from_f64(f64::from(value)).unwrap_or_else(|| Number::from(0)) }
}

/// The hash of a note's text.
pub(super) fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]);
    digits.map(char::from).collect()
}

/// What was read though its words are misspelt or run together, once for each wording.
fn misread(text: &str, reviewed: &Reviewed, knowledge: &Knowledge) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for mention in reviewed.findings.iter().map(|f| &f.mention).filter(|m| m.how == How::Misspelt) {
        let written: Vec<&str> = mention.spans.iter().map(|s| s.of(text)).collect();
        let read = &knowledge.lexicon.concept(mention.concept).title;
        let notice = format!("misspelt or run together: \"{}\" was read as {read}", written.join(" … ").replace(['\n', '\r'], " "));
        if !out.contains(&notice) {
            out.push(notice);
        }
    }
    out
}
