//! Reports as a table: one row a code; a note without codes has one row, so that its flags are not lost.

use super::{EvidenceEntry, Report};
use std::io::{self, Write};

/// The columns.
pub const COLUMNS: [&str; 11] = ["note_id", "code", "title", "status", "sequence", "basis", "rule", "why", "evidence", "flags", "notices"];

/// Writes the names of the columns.
///
/// # Errors
/// What the writer says.
pub fn header(out: &mut dyn Write) -> io::Result<()> {
    row(out, &COLUMNS)
}

/// Writes the rows of one report.
///
/// # Errors
/// What the writer says.
pub fn rows(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let flags = report.flags.iter().map(|f| f.flag.as_str()).collect::<Vec<_>>().join(" ");
    let notices = report.notices.join(" | ");
    for c in &report.codes {
        let (code, sequence) = (c.code.to_string(), c.sequence.to_string());
        let evidence = words(&c.evidence);
        let title = c.title.as_deref().unwrap_or("");
        let id = &report.note.id;
        row(out, &[id, &code, title, c.status.as_str(), &sequence, c.basis.as_str(), &c.rule, &c.why, &evidence, &flags, &notices])?;
    }
    if report.codes.is_empty() {
        row(out, &[&report.note.id, "", "", "", "", "", "", "", "", &flags, &notices])?;
    }
    Ok(())
}

fn words(evidence: &[EvidenceEntry]) -> String {
    evidence.iter().map(|e| e.text.as_str()).collect::<Vec<_>>().join(" | ")
}

fn row(out: &mut dyn Write, cells: &[&str]) -> io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(cells)?;
    out.write_all(&writer.into_inner().map_err(|e| e.into_error())?)
}
