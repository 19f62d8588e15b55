//! How the code set's answers are shown as text, readable at 80 columns.

use super::edits::{CodeEdit, Edits, PairEdit};
use super::explain::{Explained, Step};
use super::install::Difference;
use super::nearest::Nearest;
use super::search::Found;
use super::{NoteKind, Validity};
use std::io::{Result, Write};
use unicode_width::UnicodeWidthStr;

const COLUMNS: usize = 80;

/// Writes words wrapped, the first line after `first`, the others after `rest`.
pub fn wrapped(out: &mut dyn Write, first: &str, rest: &str, text: &str) -> Result<()> {
    let mut line = first.to_string();
    let mut fresh = true;
    for word in text.split_whitespace() {
        if !fresh && line.width() + 1 + word.width() > COLUMNS {
            writeln!(out, "{}", line.trim_end())?;
            line = rest.to_string();
            fresh = true;
        }
        if !fresh {
            line.push(' ');
        }
        line.push_str(word);
        fresh = false;
    }
    writeln!(out, "{}", line.trim_end())
}

fn word(validity: Validity) -> &'static str {
    match validity {
        Validity::Valid => "valid",
        Validity::Header => "header, not valid",
        Validity::MissingSeventh => "7th character missing, not valid",
        Validity::Unknown => "not in this release",
    }
}

/// A code with its title and validity.
fn code_line(out: &mut dyn Write, edit: &CodeEdit) -> Result<()> {
    let title = edit.title.as_deref().unwrap_or("(no title)");
    wrapped(out, &format!("{:<9} ", edit.code), "          ", &format!("{title} [{}]", word(edit.validity)))?;
    if let Some(reason) = &edit.reason {
        wrapped(out, "          ", "          ", &format!("{reason}."))?;
    }
    instead(out, edit)
}

fn instead(out: &mut dyn Write, edit: &CodeEdit) -> Result<()> {
    if edit.instead.is_empty() {
        return Ok(());
    }
    let what = if edit.validity == Validity::Unknown { "Nearest valid codes:" } else { "Valid codes:" };
    writeln!(out, "          {what}")?;
    for Nearest { code, title } in &edit.instead {
        wrapped(out, &format!("            {code:<9} "), "                      ", title)?;
    }
    let more = edit.instead_total.saturating_sub(edit.instead.len());
    if more > 0 {
        writeln!(out, "            and {more} more")?;
    }
    Ok(())
}

/// A code with its own notes only.
pub fn looked_up(out: &mut dyn Write, explained: &Explained) -> Result<()> {
    code_line(out, &explained.code)?;
    if let Some(own) = explained.chain.last() {
        notes(out, own, "          ")?;
    }
    wrapped(out, "          ", "          ", &format!("Release {}.", explained.release))
}

fn notes(out: &mut dyn Write, step: &Step, indent: &str) -> Result<()> {
    let hanging = format!("{indent}    ");
    let mut last = None;
    for note in &step.notes {
        if last != Some(note.kind) {
            writeln!(out, "{indent}{}", note.kind.heading())?;
            last = Some(note.kind);
        }
        wrapped(out, &format!("{indent}  "), &hanging, &note.text)?;
    }
    Ok(())
}

/// A code with its whole chain.
pub fn explained(out: &mut dyn Write, explained: &Explained) -> Result<()> {
    code_line(out, &explained.code)?;
    for step in &explained.chain {
        writeln!(out)?;
        wrapped(out, &format!("{}  ", step.node), "    ", &step.title)?;
        if step.notes.is_empty() {
            writeln!(out, "    (no notes)")?;
        }
        notes(out, step, "    ")?;
    }
    if let Some(seventh) = &explained.seventh {
        writeln!(out)?;
        wrapped(out, &format!("7th characters, defined at {}: ", seventh.node), "    ", &seventh.note)?;
        for (character, meaning) in &seventh.characters {
            wrapped(out, &format!("    {character}  "), "       ", meaning)?;
        }
    }
    writeln!(out)?;
    writeln!(out, "ICD-10-CM release {}.", explained.release)
}

/// Codes found by words.
pub fn found(out: &mut dyn Write, found: &[Found]) -> Result<()> {
    for f in found {
        let mut text = f.title.clone();
        if f.validity != Validity::Valid {
            text.push_str(&format!(" [{}]", word(f.validity)));
        }
        if let Some(via) = &f.via {
            text.push_str(&format!(" ({via})"));
        }
        wrapped(out, &format!("{:<9} ", f.code), "          ", &text)?;
    }
    Ok(())
}

/// Edits over a list of codes.
pub fn edits(out: &mut dyn Write, edits: &Edits) -> Result<()> {
    for edit in &edits.codes {
        code_line(out, edit)?;
    }
    let forbidden = edits.pairs.iter().filter(|p| p.kind == NoteKind::Excludes1);
    section(out, "Excludes1: not together", forbidden, pair)?;
    section(out, "Excludes2: both may be coded", edits.pairs.iter().filter(|p| p.kind == NoteKind::Excludes2), pair)?;
    section(out, "Not first", edits.not_first.iter(), |out, n| {
        let mark = if n.stands_first { " It stands first here." } else { "" };
        wrapped(out, &format!("  {} ", n.code), "    ", &format!("{} [{}]{mark}", n.because, n.node))
    })?;
    section(out, "Instructions", edits.instructions.iter(), |out, i| {
        let met = i.met_by.iter().map(|c| c.to_string()).collect::<Vec<_>>().join(", ");
        let mut text = format!("{}: {} [{}]", i.kind.heading(), i.note, i.node);
        if !met.is_empty() {
            text.push_str(&format!(" - in this list: {met}"));
        }
        if i.out_of_order {
            text.push_str(" - WRONG ORDER");
        }
        wrapped(out, &format!("  {} ", i.code), "    ", &text)
    })?;
    section(out, "Excludes1 notes that name no code (to be judged by a reader)", edits.uncoded.iter(), |out, u| {
        wrapped(out, &format!("  {} ", u.code), "    ", &format!("{} [{}]", u.note, u.node))
    })?;
    writeln!(out)?;
    writeln!(out, "ICD-10-CM release {}.", edits.release)
}

fn section<'a, T: 'a>(
    out: &mut dyn Write,
    title: &str,
    items: impl Iterator<Item = &'a T>,
    mut show: impl FnMut(&mut dyn Write, &T) -> Result<()>,
) -> Result<()> {
    let mut items = items.peekable();
    if items.peek().is_some() {
        writeln!(out)?;
        writeln!(out, "{title}")?;
    }
    items.try_for_each(|item| show(out, item))
}

fn pair(out: &mut dyn Write, pair: &PairEdit) -> Result<()> {
    writeln!(out, "  {} x {}", pair.codes[0], pair.codes[1])?;
    for note in &pair.notes {
        let lead = format!("    {} at {}: ", note.kind.heading(), note.node);
        wrapped(out, &lead, "      ", &format!("\"{}\" (from {})", note.note, note.from))?;
    }
    if pair.contradiction {
        wrapped(out, "    ", "    ", "Contradiction: one note forbids what another allows. Taken as Excludes1; a coder decides.")?;
    }
    if pair.wide {
        wrapped(out, "    ", "    ", "The note stands on a whole block: the two conditions may have nothing to do with each other.")?;
    }
    if let Some(exception) = pair.exception {
        wrapped(out, "    ", "    ", &format!("{exception}."))?;
    }
    Ok(())
}

/// What one release has and another has not.
pub fn difference(out: &mut dyn Write, difference: &Difference) -> Result<()> {
    writeln!(
        out,
        "{} -> {}: {} added, {} removed, {} revised",
        difference.from,
        difference.to,
        difference.added.len(),
        difference.removed.len(),
        difference.revised.len()
    )?;
    for (sign, list) in [("+", &difference.added), ("-", &difference.removed)] {
        for titled in list {
            wrapped(out, &format!("{sign} {:<9} ", titled.code), "            ", &titled.title)?;
        }
    }
    for revised in &difference.revised {
        wrapped(out, &format!("~ {:<9} ", revised.code), "            ", &revised.title)?;
        wrapped(out, "            was: ", "            ", &revised.was)?;
    }
    Ok(())
}
