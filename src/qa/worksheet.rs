//! A sample as a worksheet for a reviewer: written as CSV that no spreadsheet takes for formulas, and read back with the place of every fault.
//!
//! A note has a row for every code, one that asks whether its first code is rightly first, and one that asks whether a code is missed.

use super::draw::{Draw, Sample};
use super::frame::Entry;
use crate::code::Code;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The columns; the reviewer fills in those from `decision` on.
pub const COLUMNS: [&str; 17] = [
    "sample",
    "draw",
    "stratum",
    "note_id",
    "note_sha256",
    "item",
    "code",
    "status",
    "title",
    "why",
    "evidence",
    "question",
    "decision",
    "error_reason",
    "correct_code",
    "reviewer",
    "comment",
];

/// What a reviewer may decide.
pub const DECISIONS: [&str; 4] = ["agree", "disagree", "unsure", "unusable"];

/// Why a reviewer may disagree with a code or with the first place.
pub const REASONS: [&str; 10] = [
    "not-documented",
    "negated",
    "uncertain",
    "historical",
    "other-person",
    "wrong-specificity",
    "wrong-code",
    "excludes",
    "sequence",
    "other",
];

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Item {
    /// A suggested code.
    Code,
    /// Whether the first code is rightly first.
    First,
    /// Whether a code is missed.
    Missed,
}

impl Item {
    /// Its name in the worksheet.
    pub fn as_str(self) -> &'static str {
        match self {
            Item::Code => "code",
            Item::First => "first",
            Item::Missed => "missed",
        }
    }

    fn question(self) -> &'static str {
        match self {
            Item::Code => "Does the note support this code? agree or disagree (with error_reason), unsure, unusable",
            Item::First => "Is this code rightly listed first? agree or disagree (with error_reason), unsure, unusable",
            Item::Missed => "Are all neck codes there? agree, or disagree with the missed ones in correct_code, unsure, unusable",
        }
    }
}

/// The rows of a note: what they are about, the code, its status.
pub fn items(draw: &Draw) -> Vec<(Item, &str, &str)> {
    let mut rows: Vec<_> = draw.codes.iter().map(|c| (Item::Code, c.code.as_str(), c.status.as_str())).collect();
    if let Some(first) = draw.codes.iter().find(|c| c.status == "supported") {
        rows.push((Item::First, &first.code, &first.status));
    }
    rows.push((Item::Missed, "", ""));
    rows
}

/// Makes a cell's text harmless: one line, and no character at its beginning (or after what a spreadsheet may take for the end of a
/// cell) that makes a formula; an apostrophe goes before it.
pub fn harmless(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut safe = String::with_capacity(line.len() + 1);
    let mut opens = true;
    for c in line.chars().filter(|c| !c.is_control() && *c != '\u{feff}') {
        if opens && matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠') {
            safe.push('\'');
        }
        // blanks and quotes do not close what a separator opened
        opens = matches!(c, ';' | ',') || (opens && matches!(c, ' ' | '"' | '\u{a0}'));
        safe.push(c);
    }
    safe
}

/// Writes the worksheet of the draws, or that of the spares.
///
/// # Errors
/// What the writer says.
pub fn write(sample: &Sample, entries: &[Entry], spares: bool, out: &mut dyn Write) -> io::Result<()> {
    // spreadsheets take a file with a byte order mark for UTF-8
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).terminator(csv::Terminator::CRLF).from_writer(out);
    table.write_record(COLUMNS)?;
    for (draw, entry) in sample.draws.iter().zip(entries).filter(|(d, _)| d.spare == spares) {
        for (item, code, status) in items(draw) {
            let of = entry.codes.iter().find(|c| item != Item::Missed && c.code == code);
            let evidence = of.map_or(String::new(), |c| c.evidence.iter().map(|e| e.text.as_str()).collect::<Vec<_>>().join(" | "));
            let title = of.and_then(|c| c.title.as_deref()).unwrap_or("");
            let why = of.map_or("", |c| c.why.as_str());
            let number = draw.draw.to_string();
            let known = [&sample.sample, &number, &draw.stratum, &draw.note_id, &draw.note_sha256, item.as_str(), code, status];
            let shown = [title, why, &evidence, item.question(), "", "", "", "", ""];
            table.write_record(known.iter().chain(&shown).map(|cell| harmless(cell)))?;
        }
    }
    table.flush()
}

/// A row as the reviewer left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet counts: the header is row 1.
    pub row: u64,
    /// The draw it belongs to (index into the sample's draws).
    pub draw: usize,
    /// What it is about.
    pub item: Item,
    /// The code it is about; empty for a missed one.
    pub code: String,
    /// The decision; `None` if it is still open.
    pub decision: Option<Decision>,
    /// Of [`REASONS`], for a disagreement.
    pub reason: String,
    /// The right or the missed codes.
    pub correct: Vec<Code>,
    /// Who decided, if the worksheet says so.
    pub reviewer: String,
}

/// What a reviewer decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It is right.
    Agree,
    /// It is wrong.
    Disagree,
    /// Not to be decided: it does not count.
    Unsure,
    /// The note cannot be judged (unreadable, not the patient's): a spare stands in for it.
    Unusable,
}

impl Decision {
    /// Its name in the worksheet.
    pub fn as_str(self) -> &'static str {
        DECISIONS[self as usize]
    }
}

/// A fault of a worksheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As a spreadsheet counts; 0 for the whole file.
    pub row: u64,
    /// The column's name.
    pub column: &'static str,
    /// One plain sentence.
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.row, self.column) {
            (0, "") => f.write_str(&self.message),
            (0, column) => write!(f, "column {column}: {}", self.message),
            (row, "") => write!(f, "row {row}: {}", self.message),
            (row, column) => write!(f, "row {row}, column {column}: {}", self.message),
        }
    }
}

/// Reads a worksheet back against the record of its sample. Open decisions are faults unless `partial`.
///
/// # Errors
/// Every fault, in the order of rows.
pub fn read(bytes: &[u8], sample: &Sample, partial: bool) -> Result<Vec<Row>, Vec<Fault>> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or("");
    // spreadsheets of some countries write semicolons
    let delimiter = *b",;\t".iter().max_by_key(|d| head.bytes().filter(|b| b == *d).count()).unwrap_or(&b',');
    let mut table = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header: Vec<String> = table.headers().map(|h| h.iter().map(|c| c.trim().to_string()).collect()).unwrap_or_default();
    let fault = |row, column, message: String| Fault { row, column, message };
    let missing = COLUMNS.iter().filter(|c| !["title", "why", "evidence", "question", "comment"].contains(c));
    let missing: Vec<Fault> =
        missing.filter(|c| !header.iter().any(|h| h == *c)).map(|c| fault(1, c, "the column is missing".into())).collect();
    if missing.len() > 6 {
        return Err(vec![fault(0, "", "is no worksheet: it has none of the columns sample, draw, decision and so on".into())]);
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    let mut reader = Reader { sample, partial, seen: BTreeMap::new(), faults: Vec::new() };
    let mut rows = Vec::new();
    for (i, record) in table.records().enumerate() {
        let row = i as u64 + 2;
        match record {
            Ok(record) if record.iter().all(|c| c.trim().is_empty()) => {}
            Ok(record) => {
                let cell = |name: &str| header.iter().position(|h| h == name).and_then(|i| record.get(i)).unwrap_or("").trim();
                rows.extend(reader.row(row, &cell));
            }
            Err(_) => reader.faults.push(fault(row, "", "the row cannot be read".into())),
        }
    }
    reader.complete(&rows);
    if reader.faults.is_empty() { Ok(rows) } else { Err(reader.faults) }
}

struct Reader<'s> {
    sample: &'s Sample,
    partial: bool,
    /// The row at which an item was first met.
    seen: BTreeMap<(usize, Item, String), u64>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, row: u64, column: &'static str, message: impl Into<String>) {
        self.faults.push(Fault { row, column, message: message.into() });
    }

    fn row<'c>(&mut self, row: u64, cell: &dyn Fn(&str) -> &'c str) -> Option<Row> {
        let sample = self.sample;
        if cell("sample") != sample.sample {
            let whose = if cell("sample").is_empty() { "none".into() } else { format!("`{}`", harmless(cell("sample"))) };
            self.fault(row, "sample", format!("the row is of another sample: this one is `{}`, the row says {whose}", sample.sample));
            return None;
        }
        let number = cell("draw").parse::<u64>().ok().and_then(|n| n.checked_sub(1));
        let at = number.map(|n| n as usize).filter(|n| *n < sample.draws.len());
        let Some(at) = at else {
            self.fault(row, "draw", format!("is no draw of this sample, which has 1 to {}", sample.draws.len()));
            return None;
        };
        let draw = &sample.draws[at];
        let mut edited = false;
        for (column, known) in [("stratum", &draw.stratum), ("note_id", &draw.note_id), ("note_sha256", &draw.note_sha256)] {
            if cell(column) != harmless(known) {
                self.fault(row, column, format!("was edited: draw {} has another in the record of the sample", draw.draw));
                edited = true;
            }
        }
        let Some(item) = [Item::Code, Item::First, Item::Missed].into_iter().find(|i| i.as_str() == cell("item")) else {
            self.fault(row, "item", "is none of code, first, missed");
            return None;
        };
        let known = items(draw).into_iter().find(|(i, code, _)| *i == item && *code == cell("code"));
        let Some((_, code, status)) = known else {
            self.fault(row, "code", format!("was edited: draw {} has no such `{}` row", draw.draw, item.as_str()));
            return None;
        };
        if cell("status") != status {
            self.fault(row, "status", format!("was edited: the record of the sample has `{status}`"));
            edited = true;
        }
        if let Some(first) = self.seen.get(&(at, item, code.to_string())) {
            self.fault(row, "draw", format!("the same item stands in row {first} already"));
            return None;
        }
        self.seen.insert((at, item, code.to_string()), row);
        let decided = self.decided(row, item, cell)?;
        let row = Row { row, draw: at, item, code: code.to_string(), reviewer: cell("reviewer").to_string(), ..decided };
        (!edited).then_some(row)
    }

    /// What the reviewer filled in.
    fn decided<'c>(&mut self, row: u64, item: Item, cell: &dyn Fn(&str) -> &'c str) -> Option<Row> {
        let faults = self.faults.len();
        let said = cell("decision").to_ascii_lowercase();
        let decisions = [Decision::Agree, Decision::Disagree, Decision::Unsure, Decision::Unusable];
        let decision = decisions.into_iter().find(|d| d.as_str() == said);
        if said.is_empty() {
            if !self.partial {
                self.fault(row, "decision", "is missing (--partial counts only what is decided)");
            }
        } else if decision.is_none() {
            self.fault(row, "decision", format!("is none of {}", DECISIONS.join(", ")));
        }
        let reason = cell("error_reason").to_ascii_lowercase();
        if !reason.is_empty() && !REASONS.contains(&reason.as_str()) {
            self.fault(row, "error_reason", format!("is none of {}", REASONS.join(", ")));
        }
        let disagrees = decision == Some(Decision::Disagree);
        if disagrees && item != Item::Missed && reason.is_empty() {
            self.fault(row, "error_reason", "is missing: a disagreement needs one");
        }
        let mut correct = Vec::new();
        for word in cell("correct_code").split([' ', ',', ';', '|']).filter(|w| !w.is_empty()) {
            match Code::parse(word) {
                Some(code) => correct.push(code),
                None => self.fault(row, "correct_code", "holds something that is not shaped like a code"),
            }
        }
        if disagrees && item == Item::Missed && correct.is_empty() {
            self.fault(row, "correct_code", "is missing: name the codes that are missed");
        }
        let row = Row { row, draw: 0, item, code: String::new(), decision, reason, correct, reviewer: String::new() };
        (self.faults.len() == faults).then_some(row)
    }

    /// Every row of every draw is there, and spares stand in, in order, for notes that cannot be judged.
    fn complete(&mut self, rows: &[Row]) {
        let sample = self.sample;
        let has = |at: usize| self.seen.keys().any(|(d, _, _)| *d == at);
        let mut missing = Vec::new();
        for (at, draw) in sample.draws.iter().enumerate().filter(|(at, d)| !d.spare || has(*at)) {
            for (item, code, _) in items(draw) {
                if !self.seen.contains_key(&(at, item, code.to_string())) {
                    let which = if code.is_empty() { item.as_str().to_string() } else { format!("{} {code}", item.as_str()) };
                    missing.push(format!("draw {} ({which}) has no row", draw.draw));
                }
            }
        }
        let unusable = |at: usize| rows.iter().any(|r| r.draw == at && r.decision == Some(Decision::Unusable));
        for stratum in &sample.strata {
            let of = |spare| sample.draws.iter().enumerate().filter(move |(_, d)| d.stratum == stratum.stratum && d.spare == spare);
            let lost = of(false).chain(of(true)).filter(|(at, _)| unusable(*at)).count();
            let used: Vec<bool> = of(true).map(|(at, _)| has(at)).collect();
            let count = used.iter().filter(|u| **u).count();
            if used.iter().skip(count).any(|u| *u) {
                missing.push(format!("stratum {}: spares are used in their order", stratum.stratum));
            }
            if count > lost {
                missing.push(format!("stratum {}: {count} spares are used and {lost} notes are unusable", stratum.stratum));
            }
        }
        missing.into_iter().for_each(|message| self.fault(0, "draw", message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, safe) in [
            ("=1+1", "'=1+1"),
            (" +1", "'+1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("a; =1", "a; '=1"),
            ("a,\"=1", "a,\"'=1"),
            ("＝1", "'＝1"),
            ("neck\r\npain", "neck pain"),
            ("C5-6 = fine", "C5-6 = fine"),
            ("M54.2", "M54.2"),
        ] {
            assert_eq!(harmless(text), safe, "{text:?}");
        }
    }
}
