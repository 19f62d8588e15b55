//! A report as one self-contained page: light and dark, prints well, fetches nothing.

use super::{EvidenceEntry, Report};
use crate::vocab::{EvidenceRole, Status};
use std::io::{self, Write};

const STYLE: &str = "
:root { color-scheme: light dark; --code: #b7e4c7; --held: #ffe8a3; --flag: #cfe8ff; --line: #8886; }
@media (prefers-color-scheme: dark) { :root { --code: #1f5c3a; --held: #6b5510; --flag: #1d4a6e; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin-top: 1.6rem; border-bottom: 1px solid var(--line); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: .4rem; padding: .8rem; }
mark { color: inherit; border-radius: .2rem; } mark.code { background: var(--code); text-decoration: underline; }
mark.withheld { background: var(--held); text-decoration: underline dashed; }
mark.flag { background: var(--flag); text-decoration: underline dotted; }
ul { padding-left: 1.2rem; } li { margin: .5rem 0; } small { opacity: .8; } .key mark { padding: 0 .3rem; }
@media print { body { margin: 0; max-width: none; } li, tr { break-inside: avoid; } }
";

/// Writes the beginning of the page.
///
/// # Errors
/// What the writer says.
pub fn begin(out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
    )?;
    writeln!(out, "<title>cervicode</title><style>{STYLE}</style></head><body>")
}

/// Writes one report whose positions are bytes of `note`.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, note: &str, out: &mut dyn Write) -> io::Result<()> {
    let info = &report.note;
    writeln!(out, "<article><h1>{}</h1><p>{} ({})", escape(&info.id), info.setting, info.setting_basis)?;
    if let Some(date) = &info.date {
        writeln!(out, ", {date}")?;
    }
    writeln!(out, "</p><h2>Suggested codes</h2>")?;
    if report.codes.is_empty() {
        writeln!(out, "<p>None.</p>")?;
    }
    writeln!(out, "<ul>")?;
    for c in &report.codes {
        let review = if c.status == Status::Review { " <em>review: a coder must confirm</em>" } else { "" };
        item(out, &c.code.to_string(), c.title.as_deref(), review, &c.why, &c.rule, &c.authority)?;
    }
    writeln!(out, "</ul>")?;
    if !report.withheld.is_empty() {
        writeln!(out, "<h2>Withheld</h2><ul>")?;
        for w in &report.withheld {
            let reason = format!(" <em>{}</em>", w.reason);
            item(out, &w.code.to_string(), w.title.as_deref(), &reason, &w.why, &w.rule, &w.authority)?;
        }
        writeln!(out, "</ul>")?;
    }
    flags(report, out)?;
    writeln!(out, "<h2>Note</h2><p class=\"key\"><mark class=\"code\">suggested</mark> <mark class=\"withheld\">withheld</mark> ")?;
    writeln!(out, "<mark class=\"flag\">flag</mark></p>")?;
    marked(report, note, out)?;
    for notice in &report.notices {
        writeln!(out, "<p><small>{}</small></p>", escape(notice))?;
    }
    writeln!(out, "</article>")
}

/// Writes the end of the page.
///
/// # Errors
/// What the writer says.
pub fn end(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "</body></html>")
}

fn item(out: &mut dyn Write, code: &str, title: Option<&str>, extra: &str, why: &str, rule: &str, authority: &[String]) -> io::Result<()> {
    writeln!(out, "<li><strong>{code}</strong> {}{extra}<br>{}<br>", escape(title.unwrap_or("")), escape(why))?;
    let authority = authority.iter().map(|a| format!("; {}", escape(a))).collect::<String>();
    writeln!(out, "<small>rule {}{authority}</small></li>", escape(rule))
}

fn flags(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.flags.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Documentation flags</h2><ul>")?;
    for f in &report.flags {
        writeln!(out, "<li><strong>{}</strong> <em>{}</em><br>{}", escape(&f.flag), f.severity, escape(&f.why))?;
        for change in &f.would_change {
            let codes = change.codes.iter().map(|c| c.to_string()).collect::<Vec<_>>().join(", ");
            writeln!(out, "<br><small>if {}: {codes}</small>", escape(&change.answer))?;
        }
        if let Some(query) = &f.query {
            writeln!(out, "<details><summary>Query</summary><p>{}</p>", escape(&query.question))?;
            for indicator in query.further() {
                let section = indicator.section.map_or("", |s| s.as_str());
                writeln!(out, "<blockquote>{} ({section})</blockquote>", escape(&indicator.text))?;
            }
            writeln!(out, "<ul>")?;
            for option in &query.options {
                writeln!(out, "<li>{}</li>", escape(option))?;
            }
            writeln!(out, "</ul></details>")?;
        }
        writeln!(out, "</li>")?;
    }
    writeln!(out, "</ul>")
}

/// The note with its evidence marked; where several marks meet, the strongest is shown.
fn marked(report: &Report, note: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut kinds = vec![0u8; note.len() + 1];
    let mut lay = |evidence: &[EvidenceEntry], kind: u8| {
        for e in evidence.iter().filter(|e| e.role != EvidenceRole::Section) {
            for place in kinds.get_mut(e.start as usize..e.end as usize).unwrap_or_default() {
                *place = kind.max(*place);
            }
        }
    };
    report.flags.iter().for_each(|f| lay(&f.evidence, 1));
    report.withheld.iter().for_each(|w| lay(&w.evidence, 2));
    report.codes.iter().for_each(|c| lay(&c.evidence, 3));
    write!(out, "<pre>")?;
    let mut from = 0;
    for at in 1..=note.len() {
        if at == note.len() || (kinds[at] != kinds[from] && note.is_char_boundary(at)) {
            let piece = escape(note.get(from..at).unwrap_or(""));
            match kinds[from] {
                0 => write!(out, "{piece}")?,
                kind => write!(out, "<mark class=\"{}\">{piece}</mark>", ["", "flag", "withheld", "code"][usize::from(kind.min(3))])?,
            }
            from = at;
        }
    }
    writeln!(out, "</pre>")
}

/// Text that is safe between tags and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}
