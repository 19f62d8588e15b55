//! What the commands of QA show as a page.

use super::audit::Audit;
use super::billed::BilledAudit;
use super::chart::{Bar, Scale};
use super::draw::Sample;
use super::drift::{Batch, Drift, What};
use super::frame::{Entry, EntryEvidence};
use super::page::{Page, bar, between, card, cells, percent};
use super::statistics::Share;
use super::worksheet::{REASONS, items};
use crate::eval::{Counts, Detail, Figures, Miss};
use crate::report::html::escape;
use crate::span::Unit;
use std::collections::BTreeMap;
use std::fmt::Write;

const SHARES: [&str; 6] = ["", "#count", "#of", "#share", "#exact interval", "#Wilson interval"];

/// A worksheet's sample to read from: each note's codes with their evidence, and the note itself where its text is given by id.
pub fn worksheet(sample: &Sample, entries: &[Entry], texts: &BTreeMap<String, String>) -> String {
    let lead = format!(
        "{} draws from {} reports, seed {}. Decisions go into worksheet.csv.",
        sample.draws.len(),
        sample.frame.reports,
        sample.plan.seed
    );
    let mut page = Page::new(&format!("Sample {}", sample.sample), &lead);
    page.paragraph(&format!("Reasons of disagreement: {}.", REASONS.join(", ")));
    for (draw, entry) in sample.draws.iter().zip(entries) {
        let spare = if draw.spare { ", spare" } else { "" };
        let mut html = format!("<article><h2>{}. {}</h2>", draw.draw, escape(&draw.note_id));
        let _ = writeln!(html, "<p class=\"soft\">stratum {}{spare}</p><ul>", escape(&draw.stratum));
        for code in &entry.codes {
            let (name, title, why) = (escape(&code.code), escape(code.title.as_deref().unwrap_or("")), escape(&code.why));
            let _ = writeln!(
                html,
                "<li><span class=\"box\"></span> <strong>{name}</strong> {title} <em>{}</em><br>{why}<br>",
                escape(&code.status)
            );
            for e in code.evidence.iter().filter(|e| e.role != "section") {
                let section = e.section.as_deref().unwrap_or("note");
                let _ = write!(html, "<mark>{}</mark> <small class=\"soft\">{}</small> ", escape(&e.text), escape(section));
            }
            html.push_str("</li>\n");
        }
        if items(draw).len() > entry.codes.len() + 1 {
            html.push_str("<li><span class=\"box\"></span> first code rightly first</li>");
        }
        html.push_str("<li><span class=\"box\"></span> no neck code is missed</li></ul>\n");
        if let Some(text) = texts.get(&draw.note_id) {
            let evidence: Vec<&EntryEvidence> = entry.codes.iter().flat_map(|c| &c.evidence).filter(|e| e.role != "section").collect();
            let _ = writeln!(html, "<pre>{}</pre>", marked(text, entry.offsets, &evidence));
        }
        html.push_str("</article>\n");
        page.raw(&html);
    }
    page.finish()
}

/// A note with its evidence marked; positions are in `unit`.
fn marked(text: &str, unit: Unit, evidence: &[&EntryEvidence]) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let (mut at, mut open) = (0u32, false);
    for c in text.chars() {
        let within = evidence.iter().any(|e| e.start <= at && at < e.end);
        if within != open {
            html.push_str(if within { "<mark>" } else { "</mark>" });
            open = within;
        }
        html.push_str(&escape(c.encode_utf8(&mut [0; 4])));
        at += match unit {
            Unit::Bytes => c.len_utf8() as u32,
            Unit::Codepoints => 1,
            Unit::Utf16 => c.len_utf16() as u32,
        };
    }
    if open {
        html.push_str("</mark>");
    }
    html
}

/// An audit of worksheets.
pub fn audit(audit: &Audit) -> String {
    let lead = format!("Sample {} of {} reports. {:.0} % intervals.", audit.sample, audit.frame_reports, audit.confidence * 100.0);
    let mut page = Page::new("Audit of suggested codes", &lead);
    for (i, reviewer) in audit.reviewers.iter().enumerate() {
        let title = if i == 0 { format!("Reviewer {}", reviewer.reviewer) } else { format!("Further reviewer {}", reviewer.reviewer) };
        let lead = format!("{} notes judged, {} unusable, {} rows undecided.", reviewer.notes, reviewer.unusable, reviewer.undecided);
        page.heading(&title, &lead);
        page.cards(&reviewer.measures.iter().map(|m| card(m.name, &m.share)).collect::<Vec<_>>());
        page.chart(&reviewer.measures.iter().map(|m| bar(m.name, &m.share)).collect::<Vec<_>>(), Scale::Share);
        let rows = reviewer.measures.iter().map(|m| {
            let weighted = m.weighted.map_or("–".into(), |w| format!("{} ({})", percent(w.value), between(w.interval)));
            let [count, of, value, exact, wilson] = cells(&m.share);
            vec![m.name.into(), count, of, value, exact, wilson, weighted]
        });
        let columns = ["", "#right", "#of", "#share", "#exact interval", "#Wilson interval", "#weighted to the frame"];
        page.table("Figures", &columns, &rows.collect::<Vec<_>>());
        reviewer.measures.iter().for_each(|m| page.paragraph(&format!("{} = {}.", m.name, m.definition)));
        if !reviewer.reasons.is_empty() {
            page.heading("Error reasons", "");
            let count = |(name, n): (&String, &u64)| Bar { label: name.clone(), value: *n as f64, interval: None, note: n.to_string() };
            page.chart(&reviewer.reasons.iter().map(count).collect::<Vec<_>>(), Scale::Count);
        }
        let mut kinds: Vec<&str> = reviewer.groups.iter().map(|g| g.by.as_str()).collect();
        kinds.dedup();
        for kind in kinds {
            let of_kind: Vec<_> = reviewer.groups.iter().filter(|g| g.by == kind).collect();
            page.heading(
                &format!("Code accuracy by {kind}"),
                "Supported codes that the reviewer agrees with, of those decided; Wilson intervals.",
            );
            page.chart(&of_kind.iter().map(|g| bar(&g.value, &g.share)).collect::<Vec<_>>(), Scale::Share);
            let rows = of_kind.iter().map(|g| [vec![g.value.clone()], cells(&g.share).to_vec()].concat());
            page.table(&format!("By {kind}"), &SHARES, &rows.collect::<Vec<_>>());
        }
        let rows = reviewer.errors.iter().map(|e| {
            vec![e.row.to_string(), e.note_id.clone(), e.item.as_str().into(), e.code.clone(), e.reason.clone(), e.correct.join(" ")]
        });
        page.table("Disagreements", &["#row", "note", "item", "code", "reason", "right or missed"], &rows.collect::<Vec<_>>());
    }
    if let Some(agreement) = &audit.agreement {
        page.heading("Agreement between reviewers", "Over the items that all decided.");
        let mut cards = vec![card("raw agreement", &agreement.raw)];
        if let Some(k) = &agreement.kappa {
            let behind = format!("{} items; interval {:.3} to {:.3}", agreement.raw.of, k.interval[0], k.interval[1]);
            cards.push((agreement.method.into(), format!("{:.3}", k.value), behind));
        }
        page.cards(&cards);
        let said = |d: &super::audit::Difference| d.said.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
        let rows = agreement.differ.iter().map(|d| vec![d.note_id.clone(), d.item.as_str().into(), d.code.clone(), said(d)]);
        page.table("Items on which they differ", &["note", "item", "code", "said"], &rows.collect::<Vec<_>>());
    }
    page.finish()
}

/// An audit of billed codes.
pub fn billed(audit: &BilledAudit) -> String {
    let lead = format!(
        "{} notes with {} billed codes, of which {} are of kinds that are not judged. {:.0} % intervals.",
        audit.notes,
        audit.billed,
        audit.not_judged,
        audit.confidence * 100.0
    );
    let mut page = Page::new("Audit of billed codes", &lead);
    let supported = audit.outcomes.iter().filter(|(name, _)| *name == "supported");
    let mut cards: Vec<_> = supported.map(|(_, share)| card("billed codes supported", share)).collect();
    cards.push(card("notes with nothing found", &audit.clean));
    cards.push(card("notes with a missed code", &audit.notes_with_missed));
    cards.push(card("notes with an Excludes1 pair", &audit.notes_with_excludes1));
    page.cards(&cards);
    page.heading("Billed codes by outcome", "Of the billed codes that are judged; Wilson intervals.");
    page.chart(&audit.outcomes.iter().map(|(name, share)| bar(name, share)).collect::<Vec<_>>(), Scale::Share);
    let rows = audit.outcomes.iter().map(|(name, share)| [vec![(*name).to_string()], cells(share).to_vec()].concat());
    page.table("Figures", &SHARES, &rows.collect::<Vec<_>>());
    let mut kinds: Vec<&str> = audit.groups.iter().map(|g| g.0.as_str()).collect();
    kinds.dedup();
    for kind in kinds {
        let of_kind: Vec<_> = audit.groups.iter().filter(|g| g.0 == kind).collect();
        page.heading(&format!("Supported by {kind}"), "Billed codes that are supported, of those that are judged; Wilson intervals.");
        page.chart(&of_kind.iter().map(|g| bar(&g.1, &g.2)).collect::<Vec<_>>(), Scale::Share);
        page.table(
            &format!("By {kind}"),
            &SHARES,
            &of_kind.iter().map(|g| [vec![g.1.clone()], cells(&g.2).to_vec()].concat()).collect::<Vec<_>>(),
        );
    }
    page.heading(
        "Worklist",
        "The surest first: certain by the official code set, likely by words of the note, check where a coder must decide.",
    );
    let list = |codes: &[crate::code::Code]| codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let rows = audit.worklist.iter().map(|f| {
        let words = f.evidence.iter().map(|(text, section)| format!("“{text}” ({})", section.as_deref().unwrap_or("note")));
        let words = words.collect::<Vec<_>>().join(", ");
        vec![f.certainty.as_str().into(), f.note_id.clone(), f.kind.into(), list(&f.codes), f.because.clone(), list(&f.instead), words]
    });
    page.table_as(true, "Worklist", &["certainty", "note", "kind", "codes", "because", "instead", "words"], &rows.collect::<Vec<_>>());
    page.finish()
}

/// The codes and flags of one batch.
pub fn rates(batch: &Batch, name: &str, confidence: f64) -> String {
    let lead = format!("{name}: {} reports. {:.0} % Wilson intervals of shares of notes.", batch.reports(), confidence * 100.0);
    let mut page = Page::new("Codes and flags", &lead);
    let shares = batch.shares(confidence);
    page.cards(
        &shares
            .iter()
            .filter(|(what, _, _)| *what == What::Any)
            .map(|(_, name, s)| card(&format!("notes with a {name}"), s))
            .collect::<Vec<_>>(),
    );
    for (what, title) in [(What::Code, "Supported codes"), (What::Flag, "Flags")] {
        let mut rows: Vec<_> = shares.iter().filter(|(w, _, _)| *w == what).collect();
        rows.sort_by(|x, y| y.2.count.cmp(&x.2.count).then_with(|| x.1.cmp(&y.1)));
        page.heading(title, "Share of notes, the most frequent first.");
        page.chart(&rows.iter().map(|(_, name, s)| bar(name, s)).collect::<Vec<_>>(), Scale::ShareFitted);
        let cells = rows.iter().map(|(_, name, s)| [vec![name.clone()], cells(s).to_vec()].concat());
        page.table(title, &SHARES, &cells.collect::<Vec<_>>());
    }
    page.finish()
}

/// A comparison of two batches.
pub fn drift(drift: &Drift, names: (&str, &str), reports: (u64, u64), correction: &str) -> String {
    let lead = format!(
        "A: {} ({} reports). B: {} ({} reports). {:.0} % intervals; p-values corrected by {correction} for {} comparisons.",
        names.0,
        reports.0,
        names.1,
        reports.1,
        drift.confidence * 100.0,
        drift.rows.len()
    );
    let mut page = Page::new("Two batches compared", &lead);
    let found = drift.rows.iter().filter(|r| r.p_adjusted < 1.0 - drift.confidence).count();
    let behind = format!("of {} comparisons, at {:.2} after correction", drift.rows.len(), 1.0 - drift.confidence);
    page.cards(&[("differences found".into(), found.to_string(), behind)]);
    page.heading("Differences, B − A", "Percentage points of notes, with Newcombe’s interval; the most surprising first.");
    let difference = |r: &super::drift::Row| {
        let mark = if r.p_adjusted < 1.0 - drift.confidence { " *" } else { "" };
        let p = if r.p_adjusted < 0.0005 { "< 0.001".into() } else { format!("{:.3}", r.p_adjusted) };
        let label = format!("{} {}", r.what.as_str(), r.name);
        Bar { label, value: r.difference, interval: Some(r.interval), note: format!("{:+.1}, p {p}{mark}", r.difference * 100.0) }
    };
    page.chart(&drift.rows.iter().map(difference).collect::<Vec<_>>(), Scale::Difference);
    let rows = drift.rows.iter().map(|r| {
        let of = |s: &super::statistics::Share| {
            format!("{} of {}: {} ({})", s.count, s.of, s.value.map_or("–".into(), percent), between(s.wilson))
        };
        let points = format!("{:+.1} ({:+.1} to {:+.1})", r.difference * 100.0, r.interval[0] * 100.0, r.interval[1] * 100.0);
        let test = match r.test {
            super::statistics::proportion::Test::Score => "score",
            super::statistics::proportion::Test::FisherExact => "Fisher exact",
        };
        vec![
            r.what.as_str().into(),
            r.name.clone(),
            of(&r.a),
            of(&r.b),
            points,
            test.into(),
            format!("{:.4}", r.p),
            format!("{:.4}", r.p_adjusted),
        ]
    });
    let columns = ["what", "name", "#A (Wilson)", "#B (Wilson)", "#B − A (Newcombe)", "test", "#p", "#corrected"];
    page.table("All comparisons", &columns, &rows.collect::<Vec<_>>());
    for (what, title) in [(What::Code, "Codes"), (What::Flag, "Flags")] {
        let mut rows: Vec<_> = drift.rows.iter().filter(|r| r.what == what).collect();
        rows.sort_by(|x, y| (y.a.count + y.b.count).cmp(&(x.a.count + x.b.count)).then_with(|| x.name.cmp(&y.name)));
        page.heading(title, "Share of notes in each batch, the most frequent first; Wilson intervals.");
        let both = rows.iter().take(20).flat_map(|r| [bar(&format!("{}  A", r.name), &r.a), bar("B", &r.b)]);
        page.chart(&both.collect::<Vec<_>>(), Scale::ShareFitted);
    }
    page.finish()
}

/// The figures of a run against gold.
pub fn eval(figures: &Figures, detail: &Detail, misses: &[Miss]) -> String {
    let f = figures;
    let lead = format!("{} notes. 95 % intervals: Wilson, and bootstrap over notes (seed {}).", f.notes, detail.bootstrap_seed);
    let mut page = Page::new("Figures against gold", &lead);
    let rate = |v: f64, [a, b]: [f64; 2], n: String| (percent(v), format!("{n}; Wilson {}", between([a, b])));
    let c = &f.codes;
    let named = [
        (
            "code precision",
            rate(c.precision, f.intervals95.precision, format!("{} of {} suggested", c.tp, c.tp + c.fp)),
            Some("precision"),
            c.precision,
        ),
        (
            "code recall",
            rate(c.recall, f.intervals95.recall, format!("{} of {} required", c.tp, c.tp + c.missed)),
            Some("recall"),
            c.recall,
        ),
        (
            "exact code set",
            rate(f.exact_set, f.intervals95.exact_set, format!("{:.0} of {} notes", f.exact_set * f64::from(f.notes), f.notes)),
            Some("exact_set"),
            f.exact_set,
        ),
        (
            "flag precision",
            rate(f.flags.precision, f.intervals95.flag_precision, format!("{} of {} raised", f.flags.tp, f.flags.tp + f.flags.fp)),
            Some("flag_precision"),
            f.flags.precision,
        ),
        (
            "flag recall",
            rate(f.flags.recall, f.intervals95.flag_recall, format!("{} of {} required", f.flags.tp, f.flags.tp + f.flags.missed)),
            Some("flag_recall"),
            f.flags.recall,
        ),
    ];
    page.cards(
        &named.iter().map(|(name, (figure, behind), _, _)| ((*name).to_string(), figure.clone(), behind.clone())).collect::<Vec<_>>(),
    );
    page.heading(
        "Bootstrap intervals",
        "Notes drawn again with replacement; percentile intervals, so that codes of one note stay together.",
    );
    let value = |name: &str| match name {
        "precision" => c.precision,
        "recall" => c.recall,
        "f1" => c.f1,
        "macro_precision" => detail.macro_codes.precision,
        "macro_recall" => detail.macro_codes.recall,
        "macro_f1" => detail.macro_codes.f1,
        "flag_precision" => f.flags.precision,
        "flag_recall" => f.flags.recall,
        "flag_f1" => f.flags.f1,
        _ => f.exact_set,
    };
    let row = |(name, interval): (&&'static str, &Option<[f64; 2]>)| {
        let v = value(name);
        Bar {
            label: name.replace('_', " "),
            value: v,
            interval: *interval,
            note: interval.map_or(percent(v), |i| format!("{v:.3} ({:.3}–{:.3})", i[0], i[1])),
        }
    };
    page.chart(&detail.bootstrap95.iter().map(row).collect::<Vec<_>>(), Scale::Share);
    breakdown(&mut page, "Codes", &f.per_code);
    breakdown(&mut page, "Families", &f.per_category);
    breakdown(&mut page, "Sections", &detail.per_section);
    breakdown(&mut page, "Flags", &f.per_flag);
    let styles: BTreeMap<String, Counts> = detail.per_style.iter().map(|(name, s)| (name.clone(), s.codes)).collect();
    breakdown(&mut page, "Styles of note", &styles);
    let rows = detail.confusions.iter().map(|c| vec![c.expected.clone(), c.got.clone(), c.count.to_string(), c.notes.join(" ")]);
    page.heading("Confusions", "What was expected, and what was there.");
    page.table("Expected and got", &["expected", "got", "#notes", "in"], &rows.collect::<Vec<_>>());
    page.heading("Misses", "Every fault with its place: line and column in the note.");
    let rows = misses.iter().flat_map(|m| {
        let lists = [("missed", &m.missed), ("wrong", &m.wrong), ("missed", &m.flags_missed), ("wrong", &m.flags_wrong)];
        lists.into_iter().flat_map(move |(kind, list)| {
            list.iter().map(move |what| {
                let place = m.places.iter().find(|p| p.what == *what && p.kind == kind);
                let at = place.map_or("–".into(), |p| format!("{}:{} {}", p.line, p.column, p.section.as_deref().unwrap_or("")));
                let review = if m.missed_but_in_review.contains(what) { " (offered for review)" } else { "" };
                vec![m.id.clone(), what.clone(), format!("{kind}{review}"), at]
            })
        })
    });
    page.table("Misses", &["note", "code or flag", "fault", "place"], &rows.collect::<Vec<_>>());
    page.finish()
}

/// The share of right ones of each as a chart, everything as a table.
fn breakdown(page: &mut Page, title: &str, counts: &BTreeMap<String, Counts>) {
    page.heading(title, "Share of right ones among right, wrong and missed, with its 95 % Wilson interval; the most frequent first.");
    let mut rows: Vec<_> = counts.iter().collect();
    rows.sort_by_key(|(name, c)| (std::cmp::Reverse(c.tp + c.fp + c.missed), (*name).clone()));
    let chart = rows.iter().map(|(name, c)| {
        let share = Share::new(u64::from(c.tp), u64::from(c.tp + c.fp + c.missed), 0.95);
        Bar { note: format!("{} right, {} wrong, {} missed", c.tp, c.fp, c.missed), ..bar(name, &share) }
    });
    page.chart(&chart.collect::<Vec<_>>(), Scale::Share);
    let table = rows.iter().map(|(name, c)| {
        let (p, r, f1) = c.prf();
        let interval = |k: u32, n: u32| super::statistics::proportion::wilson(u64::from(k), u64::from(n), 0.95);
        let of = |v: f64, k, n| if n == 0 { "–".into() } else { format!("{v:.3} ({:.3}–{:.3})", interval(k, n)[0], interval(k, n)[1]) };
        vec![
            (*name).clone(),
            c.tp.to_string(),
            c.fp.to_string(),
            c.missed.to_string(),
            of(p, c.tp, c.tp + c.fp),
            of(r, c.tp, c.tp + c.missed),
            format!("{f1:.3}"),
        ]
    });
    page.table(
        title,
        &["", "#right", "#wrong", "#missed", "#precision (95 % Wilson)", "#recall (95 % Wilson)", "#F1"],
        &table.collect::<Vec<_>>(),
    );
}
