//! `cervicode trace`: what each stage saw, with byte positions; for those who write rules.

use super::{Failure, Outcome, Status, World};
use crate::attributes::Value;
use crate::coding::Evidence;
use crate::engine::Reviewed;
use crate::findings::Finding;
use crate::input::{self, Format, Options};
use crate::knowledge::Knowledge;
use crate::note::Note;
use crate::span::Span;
use clap::ValueEnum;
use std::io::{self, Write};

/// Show what a stage saw in a note
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Notes or records; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: String,
    /// The stage
    #[arg(long, default_value = "findings")]
    stage: Stage,
    /// Only the record with this id
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    input: super::options::InputArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Stage {
    /// Sections, items and sentences
    Layout,
    /// Where concepts are named
    Mentions,
    /// What is said of them, and by which cue
    Context,
    /// Their properties
    Attributes,
    /// All of these together
    Findings,
    /// Codes, withheld codes and flags
    Coding,
}

pub(crate) fn run(args: &Args, world: &mut World<'_>) -> Outcome {
    let engine = world.engine()?;
    let options: Options = args.input.options(Format::Text);
    let mut problems = Vec::new();
    let sources = input::sources(std::slice::from_ref(&args.file), false, &mut problems);
    let mut stdin = world.stdin.take();
    for source in sources {
        match input::open(source, &options, &mut stdin) {
            Ok(items) => {
                for item in items {
                    match item.and_then(|i| input::decode(i, &options)) {
                        Ok(note) if args.id.as_ref().is_none_or(|id| *id == note.id) => show(&note, &engine, args.stage, world)?,
                        Ok(_) => {}
                        Err(problem) => problems.push(problem),
                    }
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    problems.iter().for_each(|p| world.problem(p));
    Ok(if problems.iter().any(|p| p.lost) { Status::Unread } else { Status::Done })
}

fn show(note: &Note, engine: &crate::engine::Engine, stage: Stage, world: &mut World<'_>) -> Result<(), Failure> {
    let reviewed = engine.stages(note);
    let mut view = Trace { note, reviewed: &reviewed, knowledge: &engine.knowledge, out: world.out };
    writeln!(view.out, "# {}", note.id)?;
    match stage {
        Stage::Layout => view.layout()?,
        Stage::Coding => view.coding()?,
        _ => {
            for finding in &reviewed.findings {
                view.finding(finding, stage)?;
            }
        }
    }
    Ok(())
}

struct Trace<'a> {
    note: &'a Note,
    reviewed: &'a Reviewed,
    knowledge: &'a Knowledge,
    out: &'a mut (dyn Write + Send),
}

impl Trace<'_> {
    /// `12..21 "neck pain"`
    fn words(&self, span: Span) -> String {
        let text = span.of(&self.note.text);
        let short: String = text.chars().take(100).collect();
        let more = if short.len() < text.len() { "…" } else { "" };
        format!("{}..{} {short:?}{more}", span.start, span.end)
    }

    fn layout(&mut self) -> io::Result<()> {
        let layout = &self.reviewed.layout;
        for (i, section) in layout.sections.iter().enumerate() {
            let coded = if self.reviewed.coded.coded_from.get(i).copied().unwrap_or(section.assessed) { ", coded from" } else { "" };
            let rule = section.rule.map(|r| format!(", rule {}", self.knowledge.names.id(r))).unwrap_or_default();
            let title = section.title.map(|t| self.words(t)).unwrap_or_else(|| "no heading".into());
            writeln!(
                self.out,
                "section {i} {} {}..{}, body from {}: {title}{coded}{rule}",
                section.kind, section.start, section.end, section.body_start
            )?;
            for item in layout.items.iter().filter(|item| item.section as usize == i) {
                let parent = item.parent.map(|p| format!(", under item {p}")).unwrap_or_default();
                writeln!(self.out, "  item {:?} {}{parent}", item.kind, self.words(item.span))?;
                let range = item.sentences.start as usize..item.sentences.end as usize;
                for sentence in layout.sentences.get(range).unwrap_or_default() {
                    writeln!(self.out, "    sentence {}", self.words(sentence.span))?;
                }
            }
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding, stage: Stage) -> io::Result<()> {
        let mention = &finding.mention;
        let concept = &self.knowledge.lexicon.concept(mention.concept).id;
        let region = mention.region.as_ref().map(|(r, _)| format!(" region {r}")).unwrap_or_default();
        let spans = if mention.spans.len() > 1 { format!(" in {} pieces", mention.spans.len()) } else { String::new() };
        writeln!(self.out, "{concept} {}{spans} ({:?}, sentence {}){region}", self.words(mention.hull()), mention.how, mention.sentence)?;
        if matches!(stage, Stage::Context | Stage::Findings) {
            let a = &finding.assertion;
            let resolved = if a.resolved { " resolved" } else { "" };
            writeln!(self.out, "  {} {} {} {}{resolved}", a.polarity, a.certainty, a.time, a.subject)?;
            for cue in &a.cues {
                let rule = self.knowledge.names.id(cue.rule);
                writeln!(self.out, "    cue {} reaches {}..{}, rule {rule}", self.words(cue.span), cue.scope.start, cue.scope.end)?;
            }
        }
        if matches!(stage, Stage::Attributes | Stage::Findings) {
            for attribute in &finding.attributes {
                let value = match &attribute.value {
                    Value::Text(text) => text.clone(),
                    Value::Days(least, most) => format!("{least}-{most} days"),
                    Value::Score(least, most, scale) => format!("{least}-{most} of {scale}"),
                };
                let rule = self.knowledge.names.id(attribute.rule);
                writeln!(self.out, "    {} {value} {}, rule {rule}", attribute.key, self.words(attribute.span))?;
            }
        }
        Ok(())
    }

    fn coding(&mut self) -> io::Result<()> {
        let reviewed = self.reviewed;
        let coded = &reviewed.coded;
        if let Some((setting, stated)) = coded.setting {
            writeln!(self.out, "setting {setting}{}", if stated { "" } else { " (assumed)" })?;
        }
        for s in &coded.suggestions {
            let at = self.rule(s.rule);
            writeln!(self.out, "{}. {} {} {} {at}: {}", s.sequence, s.code, s.status, s.basis, s.why)?;
            self.evidence(&s.evidence)?;
        }
        for w in &coded.withheld {
            let at = self.rule(w.rule);
            writeln!(self.out, "withheld {} {} {at}: {}", w.code, w.reason, w.why)?;
            self.evidence(&w.evidence)?;
        }
        for f in &coded.flags {
            let at = self.rule(f.rule);
            writeln!(self.out, "flag {} {} about {:?} {at}: {}", f.flag, f.severity, f.about, f.why)?;
            self.evidence(&f.evidence)?;
            for change in &f.would_change {
                writeln!(self.out, "    if {}: {:?}", change.answer, change.codes)?;
            }
        }
        for notice in &coded.notices {
            writeln!(self.out, "notice {notice}")?;
        }
        Ok(())
    }

    fn rule(&self, rule: crate::knowledge::NameId) -> String {
        format!("[{} {}]", self.knowledge.names.id(rule), self.knowledge.names.at(rule))
    }

    fn evidence(&mut self, evidence: &[Evidence]) -> io::Result<()> {
        for e in evidence {
            writeln!(self.out, "    {} {}", e.role, self.words(e.span))?;
        }
        Ok(())
    }
}
