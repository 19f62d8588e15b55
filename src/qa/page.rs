//! One self-contained page of figures: no network, no scripts, light and dark, prints well.

use super::chart::{self, Bar, Scale};
use super::statistics::Share;
use crate::report::html::escape;
use std::fmt::Write;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --card: #f6f8fa; --line: #d0d7de; --bar: #8fb8de; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --paper: #0d1117; --card: #161b22; --line: #3b434c; --bar: #2f6299; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .4rem; padding-top: .6rem; border-top: 1px solid var(--line); }
p, .lead { margin: .3rem 0 .8rem; } .soft, .lead { color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .8rem; margin: 1rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem; }
.card b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.card span { display: block; font-weight: 600; } .card small { display: block; color: var(--soft); }
figure { margin: .6rem 0; } svg { width: 100%; height: auto; display: block; }
svg [fill='#010101'] { fill: var(--ink); } svg [stroke='#010101'] { stroke: var(--ink); }
svg [fill='#020202'] { fill: var(--line); } svg [stroke='#020202'] { stroke: var(--line); }
svg [fill='#030303'] { fill: var(--bar); } svg [stroke='#030303'] { stroke: var(--bar); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
th { color: var(--soft); font-weight: 600; } td.n, th.n { text-align: right; white-space: nowrap; } tr > :last-child { padding-right: 0; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--soft); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .8rem; }
mark { color: inherit; background: #b7e4c7; text-decoration: underline; border-radius: .2rem; }
@media (prefers-color-scheme: dark) { mark { background: #1f5c3a; } }
article { border-top: 2px solid var(--line); margin-top: 1.6rem; } article h2 { border: 0; margin-top: .4rem; }
article ul { list-style: none; padding: 0; } article li { margin: .35rem 0; } .box { display: inline-block; width: 1em; height: 1em; border: 1px solid var(--ink); vertical-align: -.1em; }
@media print {
  :root { --ink: #000; --soft: #333; --paper: #fff; --card: #fff; --line: #999; --bar: #bbb; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 12px; } h2 { break-after: avoid; } figure, .card, tr { break-inside: avoid; } mark { background: #ddd; }
  article { break-inside: avoid-page; }
}
";

/// Longer tables make a page that no one can scroll.
const MOST_ROWS: usize = 2000;

/// A page as it is written.
#[derive(Debug, Clone)]
pub struct Page(String);

impl Page {
    /// A page with that title and a sentence below it.
    pub fn new(title: &str, lead: &str) -> Page {
        let title = escape(title);
        let mut page = String::from(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">",
        );
        let _ = write!(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        let _ = writeln!(
            page,
            "<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1><p class=\"lead\">{}</p>",
            escape(lead)
        );
        Page(page)
    }

    /// A heading, and a sentence below it if there is one.
    pub fn heading(&mut self, title: &str, lead: &str) {
        let _ = writeln!(self.0, "<h2>{}</h2>", escape(title));
        if !lead.is_empty() {
            let _ = writeln!(self.0, "<p class=\"soft\">{}</p>", escape(lead));
        }
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: &str) {
        let _ = writeln!(self.0, "<p>{}</p>", escape(text));
    }

    /// The leading figures: name, figure, what stands behind it.
    pub fn cards(&mut self, cards: &[(String, String, String)]) {
        self.0.push_str("<div class=\"cards\">");
        for (name, figure, behind) in cards {
            let (name, figure, behind) = (escape(name), escape(figure), escape(behind));
            let _ = write!(self.0, "<div class=\"card\"><span>{name}</span><b>{figure}</b><small>{behind}</small></div>");
        }
        self.0.push_str("</div>\n");
    }

    /// A chart; without rows it says that there is nothing.
    pub fn chart(&mut self, rows: &[Bar], scale: Scale) {
        if rows.is_empty() {
            self.paragraph("Nothing to show.");
            return;
        }
        let _ = writeln!(self.0, "<figure>{}</figure>", chart::bars(rows, scale));
        if rows.len() > chart::MOST {
            let _ = writeln!(self.0, "<p class=\"soft\">{} more in the table.</p>", rows.len() - chart::MOST);
        }
    }

    /// A table; columns whose name begins with `#` hold numbers. A long one is folded, a very long one cut.
    pub fn table(&mut self, summary: &str, columns: &[&str], rows: &[Vec<String>]) {
        if rows.is_empty() {
            return;
        }
        self.table_as(rows.len() <= 12, summary, columns, rows);
    }

    /// The same, open or folded.
    pub fn table_as(&mut self, open: bool, summary: &str, columns: &[&str], rows: &[Vec<String>]) {
        let open = if open { " open" } else { "" };
        let _ =
            write!(self.0, "<details{open}><summary>{} ({})</summary><div class=\"wide\"><table><thead><tr>", escape(summary), rows.len());
        let class = |i: usize| if columns.get(i).is_some_and(|c| c.starts_with('#')) { " class=\"n\"" } else { "" };
        for (i, column) in columns.iter().enumerate() {
            let _ = write!(self.0, "<th{}>{}</th>", class(i), escape(column.trim_start_matches('#')));
        }
        self.0.push_str("</tr></thead><tbody>");
        for row in rows.iter().take(MOST_ROWS) {
            self.0.push_str("<tr>");
            for (i, cell) in row.iter().enumerate() {
                let _ = write!(self.0, "<td{}>{}</td>", class(i), escape(cell));
            }
            self.0.push_str("</tr>\n");
        }
        self.0.push_str("</tbody></table></div></details>\n");
        if rows.len() > MOST_ROWS {
            let _ = writeln!(
                self.0,
                "<p class=\"soft\">{} more rows are left out here; the other formats have them all.</p>",
                rows.len() - MOST_ROWS
            );
        }
    }

    /// HTML that was made with care elsewhere.
    pub(super) fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    /// The finished page.
    pub fn finish(mut self) -> String {
        self.0.push_str("</body></html>\n");
        self.0
    }
}

/// "77.4 %", which no line end divides.
pub fn percent(value: f64) -> String {
    format!("{:.1}\u{a0}%", value * 100.0)
}

/// "58.9 to 90.4 %".
pub fn between(interval: [f64; 2]) -> String {
    format!("{:.1} to {:.1}\u{a0}%", interval[0] * 100.0, interval[1] * 100.0)
}

/// A share as a leading figure, with its n and its exact interval.
pub fn card(name: &str, share: &Share) -> (String, String, String) {
    let figure = share.value.map_or("–".into(), percent);
    (name.to_string(), figure, format!("{} of {}; {:.0} % exact {}", share.count, share.of, share.confidence * 100.0, between(share.exact)))
}

/// A share as a row of a chart, with its Wilson interval.
pub fn bar(label: &str, share: &Share) -> Bar {
    let value = share.value.unwrap_or(0.0);
    Bar { label: label.to_string(), value, interval: share.value.map(|_| share.wilson), note: format!("{} of {}", share.count, share.of) }
}

/// The cells of a share: count, of, value, both intervals.
pub fn cells(share: &Share) -> [String; 5] {
    let value = share.value.map_or("–".into(), percent);
    [share.count.to_string(), share.of.to_string(), value, between(share.exact), between(share.wilson)]
}
