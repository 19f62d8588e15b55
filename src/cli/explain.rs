//! `cervicode explain`: what a code, rule, concept, flag, cue or term is; or why a code is, or is not, in the report of a note.

use super::options::InputArgs;
use super::releases::Which;
use super::{AnswerFormat, Failure, Outcome, Status, World, notes};
use crate::authoring::chain::{Chain, Step, chain};
use crate::authoring::sheet::{CaseShown, Explainer, Leading, RuleShown, Sheet};
use crate::authoring::written::Written;
use crate::code::Code;
use crate::codeset::show::{self, wrapped};
use crate::codeset::{CodeSet, Validity};
use crate::diagnostic::nearest;
use crate::engine::Engine;
use crate::note::Note;
use clap::Args;
use serde_json::json;
use std::io::{Result, Write};

/// Options of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A code ("M50.122"), the id of a rule, concept, flag or cue, a term ("neck pain"); with --code or --not: notes
    #[arg(required = true, value_name = "CODE|ID|TERM|NOTE")]
    what: Vec<String>,
    /// Why this code is, or is not, in the report of the notes (may be given more than once)
    #[arg(long, value_name = "CODE", value_parser = code)]
    code: Vec<Code>,
    /// Why this code is not in the report of the notes
    #[arg(long, value_name = "CODE", value_parser = code)]
    not: Vec<Code>,
    /// Ask this release, named by its first day
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "date")]
    release: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
    #[command(flatten)]
    input: InputArgs,
}

fn code(text: &str) -> std::result::Result<Code, String> {
    Code::parse(text).ok_or_else(|| "not shaped like an ICD-10-CM code".to_string())
}

pub(super) fn run(args: &ExplainArgs, world: &mut World<'_>) -> Outcome {
    let engine = world.engine()?;
    let written = match &world.global.knowledge {
        Some(folder) => Written::over(folder),
        None => Ok(Written::built_in()),
    };
    let written = written.map_err(|problems| {
        world.diagnostics(&problems);
        Failure::Message("the knowledge cannot be used".into())
    })?;
    if !args.code.is_empty() || !args.not.is_empty() {
        return in_notes(args, &engine, &written, world);
    }
    let which = Which { date: args.input.facts.date, release: args.release.clone() };
    Ok(world.streams(|streams| {
        let Some((set, whole)) = which.pick(streams) else { return Ok(super::UNREADABLE) };
        let explainer = Explainer { knowledge: &engine.knowledge, written: &written, set: &set };
        let asked = args.what.join(" ");
        let answer = answer(&asked, &engine, explainer);
        let known =
            !matches!(answer, Answer::Nothing(_)) && !matches!(&answer, Answer::Code(code, _) if set.validity(*code) == Validity::Unknown);
        match (&answer, args.format) {
            (Answer::Nothing(near), _) => {
                let near = near.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                streams.message(&format!("neither a code nor an id, and nothing the program reads as a term{near}"));
            }
            (Answer::Code(code, leading), AnswerFormat::Text) => {
                show::explained(streams.out, &set.explain_code(*code))?;
                leading_text(leading, streams.out)?;
            }
            (Answer::Code(code, leading), AnswerFormat::Json) => {
                let mut shown = serde_json::to_value(set.explain_code(*code))?;
                shown["knowledge"] = serde_json::to_value(leading)?;
                streams.json(&shown)?;
            }
            (Answer::Sheet(sheet), AnswerFormat::Text) => sheet_text(sheet, streams.out)?,
            (Answer::Sheet(sheet), AnswerFormat::Json) => streams.json(sheet)?,
            (Answer::Term(term), AnswerFormat::Text) => term_text(term, streams.out)?,
            (Answer::Term(term), AnswerFormat::Json) => streams.json(term)?,
        }
        if let (Answer::Code(code, _), false) = (&answer, known) {
            streams.message(&format!("{code} is not in release {}", set.release()));
        }
        Ok(if whole && known { super::DONE } else { super::UNREADABLE })
    })?)
}

enum Answer {
    Code(Code, Leading),
    Sheet(Box<Sheet>),
    Term(Term),
    /// Nothing of that name; the nearest id.
    Nothing(Option<String>),
}

/// A term: where it is listed and what the program reads in it.
#[derive(Debug, serde::Serialize)]
struct Term {
    term: String,
    /// Items that list it, and where.
    listed: Vec<(String, String)>,
    /// What the program reads in it, standing alone.
    reads: Vec<Reading>,
}

#[derive(Debug, serde::Serialize)]
struct Reading {
    words: String,
    concept: Sheet,
}

fn answer(asked: &str, engine: &Engine, explainer: Explainer<'_>) -> Answer {
    if let Some(sheet) = explainer.sheet(asked) {
        return Answer::Sheet(Box::new(sheet));
    }
    if let Some(code) = Code::parse(asked) {
        return Answer::Code(code, explainer.leading(code));
    }
    let note = Note::new("term", asked);
    let reviewed = engine.stages(&note);
    let reads: Vec<Reading> = reviewed
        .findings
        .iter()
        .filter_map(|f| {
            let words: Vec<&str> = f.mention.spans.iter().map(|s| s.of(asked)).collect();
            let concept = explainer.sheet(&engine.knowledge.lexicon.concept(f.mention.concept).id)?;
            Some(Reading { words: words.join(" … "), concept })
        })
        .collect();
    let listed = explainer.listed(asked);
    if reads.is_empty() && listed.is_empty() {
        return Answer::Nothing(nearest(asked, explainer.written.items().map(|(_, i)| i.id.value.as_str())).map(str::to_string));
    }
    Answer::Term(Term { term: asked.to_string(), listed, reads })
}

fn rows(label: &str, values: &[String], out: &mut dyn Write) -> Result<()> {
    wrapped(out, &format!("  {label:<22} "), "                         ", &values.join(" | "))
}

fn cases(cases: &[CaseShown], out: &mut dyn Write) -> Result<()> {
    if !cases.is_empty() {
        writeln!(out, "\nCASES")?;
    }
    for case in cases {
        let note = case.note.replace('\n', " / ");
        wrapped(out, "  ", "      ", &format!("\"{note}\" -> {} [{}]", case.expects.join("; "), case.at))?;
    }
    Ok(())
}

fn sheet_text(sheet: &Sheet, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{} ({})", sheet.id, sheet.what)?;
    writeln!(out, "  {}", sheet.at)?;
    for row in &sheet.rows {
        rows(row.label, &row.values, out)?;
    }
    cases(&sheet.cases, out)?;
    writeln!(out, "\nAS WRITTEN")?;
    sheet.source.lines().try_for_each(|line| writeln!(out, "{}", format!("  {line}").trim_end()))
}

fn term_text(term: &Term, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "\"{}\" (term)", term.term)?;
    for (id, at) in &term.listed {
        rows("listed by", &[format!("{id} ({at})")], out)?;
    }
    if term.reads.is_empty() {
        writeln!(out, "  read as nothing, standing alone")?;
    }
    for reading in &term.reads {
        writeln!(out, "\n\"{}\" is read as:", reading.words)?;
        let concept = &reading.concept;
        writeln!(out, "{} ({})\n  {}", concept.id, concept.what, concept.at)?;
        concept.rows.iter().try_for_each(|row| rows(row.label, &row.values, out))?;
    }
    Ok(())
}

fn leading_text(leading: &Leading, out: &mut dyn Write) -> Result<()> {
    let rule = |rule: &RuleShown, out: &mut dyn Write| -> Result<()> {
        writeln!(out, "  {}  {}", rule.id, rule.at)?;
        wrapped(out, "      ", "      ", &rule.why)?;
        wrapped(out, "      starts from  ", "                   ", &rule.concepts.join(", "))?;
        wrapped(out, "      terms        ", "                   ", &rule.terms.join(" | "))?;
        wrapped(out, "      authority    ", "                   ", &rule.authority.join("; "))
    };
    for (title, list) in [
        ("RULES THAT SUGGEST IT", &leading.suggested_by),
        ("RULES THAT WITHHOLD IT", &leading.withheld_by),
        ("RULES WHOSE CODE TAKES ITS PLACE", &leading.displaced_by),
    ] {
        if !list.is_empty() {
            writeln!(out, "\n{title}")?;
        }
        list.iter().try_for_each(|r| rule(r, out))?;
    }
    if leading.suggested_by.is_empty() && leading.withheld_by.is_empty() {
        writeln!(out, "\nNo rule of this knowledge speaks of it.")?;
    }
    cases(&leading.cases, out)
}

fn in_notes(args: &ExplainArgs, engine: &Engine, written: &Written, world: &mut World<'_>) -> Outcome {
    let asked: Vec<Code> = args.code.iter().chain(&args.not).copied().collect();
    let mut chains: Vec<Chain> = Vec::new();
    let whole = notes::each_chunk(&args.what, &args.input, world, |chunk, _| {
        for note in &chunk {
            let reviewed = engine.stages(note);
            let set = reviewed.coded.release.as_ref().map_or_else(CodeSet::built_in, |r| r.set.clone());
            let explainer = Explainer { knowledge: &engine.knowledge, written, set: &set };
            chains.extend(asked.iter().map(|&code| chain(note, &reviewed, code, explainer)));
        }
        Ok(())
    })?;
    match args.format {
        AnswerFormat::Json => {
            writeln!(world.out, "{:#}", json!(chains))?;
        }
        AnswerFormat::Text => {
            for (i, chain) in chains.iter().enumerate() {
                if i > 0 {
                    writeln!(world.out)?;
                }
                chain_text(chain, world.out)?;
            }
        }
    }
    Ok(if whole { Status::Done } else { Status::Unread })
}

fn chain_text(chain: &Chain, out: &mut dyn Write) -> Result<()> {
    let outcome = match chain.outcome {
        "supported" => "suggested, supported",
        "review" => "suggested, for review",
        "withheld" => "withheld",
        _ => "neither suggested nor withheld",
    };
    let title = chain.title.as_deref().unwrap_or("(no title)");
    wrapped(out, "", "    ", &format!("{}: {} {title}: {outcome}", chain.note, chain.code))?;
    for Step { label, text, at } in &chain.steps {
        let at = at.as_ref().map(|at| format!(" [{at}]")).unwrap_or_default();
        let indent = if matches!(*label, "words" | "rule" | "result") { "  " } else { "    " };
        wrapped(out, &format!("{indent}{label:<width$} ", width = 14 - indent.len()), "                ", &format!("{text}{at}"))?;
    }
    Ok(())
}
