//! What may not change an assertion: capitals, spaces, bullets, labels before and sentences or sections after, and a wrap at the margin.

use crate::accuracy::words;
use cervicode::context::assertion_of;
use cervicode::corpus::Marked;
use cervicode::engine::Engine;
use cervicode::knowledge::Knowledge;
use cervicode::note::Note;
use cervicode::span::Span;

/// The four answers on the words of a text, in words.
fn said(knowledge: &Knowledge, text: &str, target: Span) -> String {
    let a = assertion_of(text, target, knowledge);
    format!("{} {} {} {}", a.polarity, a.certainty, a.time, a.subject)
}

/// Every sentence of the corpus whose answers change when it is rewritten; `rewrite` says what stands for the text before a place.
fn changed(marked: &[Marked], before: &str, rewrite: impl Fn(&str) -> String, after: &str) -> Vec<String> {
    let engine = Engine::built_in().unwrap();
    let mut out = Vec::new();
    for m in marked {
        let place = |at: u32| (before.len() + rewrite(&m.text[..at as usize]).len()) as u32;
        let text = format!("{before}{}{after}", rewrite(&m.text));
        let target = Span::new(place(m.target.start), place(m.target.end));
        let (was, is) = (said(&engine.knowledge, &m.text, m.target), said(&engine.knowledge, &text, target));
        if was != is {
            out.push(format!("`{}` in {text:?}: {was} became {is}", m.target.of(&m.text)));
        }
    }
    out
}

fn none(changed: &[String]) {
    assert!(changed.is_empty(), "{} changed:\n{}", changed.len(), changed.join("\n"));
}

/// Sentences on one line without a heading that a point ends: what stands before or behind them is another sentence.
pub fn closed() -> Vec<Marked> {
    let engine = Engine::built_in().unwrap();
    let plain = |m: &Marked| !m.text.contains(['\n', '\r']) && m.text.ends_with('.') && m.text.starts_with(char::is_uppercase);
    // a heading is one at the start of a line only
    let untitled = |m: &Marked| cervicode::layout::sections(&m.text, &engine.knowledge).iter().all(|s| s.title.is_none());
    words().into_iter().filter(|m| plain(m) && untitled(m)).collect()
}

#[test]
fn capitals() {
    let plain: Vec<Marked> = words().into_iter().filter(|m| m.text.is_ascii() && !m.text.contains(['\n', '\r'])).collect();
    none(&changed(&plain, "", str::to_uppercase, ""));
}

#[test]
fn spaces() {
    none(&changed(&closed(), "", |t| t.replace(' ', "\u{a0}"), ""));
    none(&changed(&closed(), "", |t| t.replace(' ', "  "), ""));
}

#[test]
fn bullets_and_numbers() {
    none(&changed(&closed(), "- ", str::to_owned, ""));
    none(&changed(&closed(), "• ", str::to_owned, ""));
    none(&changed(&closed(), "1. ", str::to_owned, ""));
}

#[test]
fn a_label_before() {
    none(&changed(&closed(), "Detail: ", str::to_owned, ""));
}

#[test]
fn what_stands_around() {
    none(&changed(&closed(), "", str::to_owned, " The room was quiet."));
    none(&changed(&closed(), "The room was quiet. ", str::to_owned, ""));
    none(&changed(&closed(), "", str::to_owned, "\n\nSocial History:\nLives alone."));
    none(&changed(&closed(), "", str::to_owned, "\n\nMother has asthma. No fever. History of gout."));
}

#[test]
fn line_ends() {
    none(&changed(&words(), "", |t| t.replace("\r\n", "\n").replace('\n', "\r\n"), ""));
}

/// The text with a break for a space wherever a line of it would pass the margin.
fn wrapped(text: &str, margin: usize) -> String {
    let mut column = 0;
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        let word = text[i + c.len_utf8()..].find(' ').unwrap_or(text.len() - i - c.len_utf8());
        if c == ' ' && column + 1 + word > margin {
            out.push('\n');
            column = 0;
        } else {
            out.push(c);
            column += 1;
        }
    }
    out
}

#[test]
fn a_wrap_at_the_margin() {
    let engine = Engine::built_in().unwrap();
    let lead = "This is a visit of a patient who was seen today at our office in the morning, by the team. ";
    let mut changed = Vec::new();
    for m in closed() {
        let whole = format!("{lead}{}", m.text);
        let target = Span::new(m.target.start + lead.len() as u32, m.target.end + lead.len() as u32);
        // a break takes the place of a space, so that every place stays
        let (was, is) = (said(&engine.knowledge, &whole, target), said(&engine.knowledge, &wrapped(&whole, 80), target));
        if was != is {
            changed.push(format!("`{}` in {:?}: {was} became {is}", m.target.of(&m.text), wrapped(&whole, 80)));
        }
    }
    none(&changed);
}

/// A diagnosis that alone stands in an assessment is suggested, and is not once it is denied.
#[test]
fn denying_the_sole_condition_takes_its_code_away() {
    let engine = Engine::built_in().unwrap();
    for condition in
        ["cervical spondylosis", "cervical stenosis", "neck pain", "cervical myelopathy", "torticollis", "cervical radiculopathy"]
    {
        for (before, after) in
            [("No ", "."), ("No evidence of ", "."), ("There is no ", "."), ("", " is ruled out."), ("", ": none."), ("Denies ", ".")]
        {
            let supported = |text: &str| engine.stages(&Note::new("law", text)).coded.suggestions.len();
            assert!(supported(&format!("Assessment: {condition}.")) > 0, "{condition}");
            let denied = format!("Assessment: {before}{condition}{after}");
            assert_eq!(supported(&denied), 0, "{denied}");
        }
    }
}
