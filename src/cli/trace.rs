//! `cervicode trace`: what each stage saw, aligned under the text; for those who write rules. Positions are bytes.

use super::under::{self, Headline, Mark};
use super::{Failure, Outcome, Status, World, notes};
use crate::attributes::Value;
use crate::codeset::show::wrapped;
use crate::coding::Evidence;
use crate::engine::Reviewed;
use crate::findings::Finding;
use crate::knowledge::Knowledge;
use crate::note::Note;
use crate::vocab::EvidenceRole;
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
    let whole = notes::each_chunk(std::slice::from_ref(&args.file), &args.input, world, |chunk, world| {
        let asked = chunk.iter().filter(|note| args.id.as_ref().is_none_or(|id| *id == note.id));
        asked.into_iter().try_for_each(|note| show(note, &engine, args.stage, world))
    })?;
    Ok(if whole { Status::Done } else { Status::Unread })
}

fn show(note: &Note, engine: &crate::engine::Engine, stage: Stage, world: &mut World<'_>) -> Result<(), Failure> {
    let reviewed = engine.stages(note);
    let view = Trace { reviewed: &reviewed, knowledge: &engine.knowledge };
    let (marks, headlines) = match stage {
        Stage::Layout => (view.sentences(), view.sections()),
        Stage::Coding => (view.coded(), view.sections()),
        _ => (reviewed.findings.iter().flat_map(|f| view.finding(f, stage)).collect(), Vec::new()),
    };
    writeln!(world.out, "# {}", note.id)?;
    under::write(&note.text, &marks, &headlines, WIDTH, world.out)?;
    if matches!(stage, Stage::Coding) {
        view.decisions(world.out)?;
    }
    Ok(())
}

/// Columns of the view.
const WIDTH: usize = 80;

struct Trace<'a> {
    reviewed: &'a Reviewed,
    knowledge: &'a Knowledge,
}

impl Trace<'_> {
    /// A line before each section: what it is and which rule made it so.
    fn sections(&self) -> Vec<Headline> {
        let sections = self.reviewed.layout.sections.iter().enumerate();
        let headline = |(i, section): (usize, &crate::layout::Section)| {
            let coded = self.reviewed.coded.coded_from.get(i).copied().unwrap_or(section.assessed);
            let coded = if coded { ", coded from" } else { "" };
            let copied = if section.copied { ", copied" } else { "" };
            let rule = section.rule.map(|r| format!(" ({})", self.knowledge.names.id(r))).unwrap_or_default();
            let line = format!("[{}{coded}{copied} {}..{}]{rule}", section.kind, section.start, section.end);
            Headline { at: section.start, line }
        };
        sections.map(headline).collect()
    }

    /// Sentences, with the item each belongs to.
    fn sentences(&self) -> Vec<Mark> {
        let layout = &self.reviewed.layout;
        let titles = layout.sections.iter().filter_map(|s| s.title).map(|span| Mark { span, sign: '=', label: "heading".into() });
        let sentences = layout.sentences.iter().enumerate().map(|(i, s)| {
            let kind = layout.items.get(s.item as usize).map(|item| format!(" {:?}", item.kind).to_lowercase()).unwrap_or_default();
            Mark { span: s.span, sign: '-', label: format!("sentence {i}, item {}{kind}", s.item) }
        });
        titles.chain(sentences).collect()
    }

    fn finding(&self, finding: &Finding, stage: Stage) -> Vec<Mark> {
        let mention = &finding.mention;
        let names = &self.knowledge.names;
        let concept = &self.knowledge.lexicon.concept(mention.concept).id;
        let context = matches!(stage, Stage::Context | Stage::Findings);
        let region = mention.region.as_ref().filter(|_| matches!(stage, Stage::Mentions | Stage::Findings));
        let region = region.map(|(r, _)| format!(" in {r}")).unwrap_or_default();
        let how = if matches!(stage, Stage::Mentions) { format!(" ({:?})", mention.how).to_lowercase() } else { String::new() };
        let a = &finding.assertion;
        let resolved = if a.resolved { " resolved" } else { "" };
        let said = if context { format!(": {} {} {} {}{resolved}", a.polarity, a.certainty, a.time, a.subject) } else { String::new() };
        let label = format!("{concept}{region}{how}{said}");
        let mut marks: Vec<Mark> = mention.spans.iter().map(|&span| Mark { span, sign: '^', label: label.clone() }).collect();
        // a mention in pieces is named once
        marks.iter_mut().skip(1).for_each(|m| m.label = format!("({concept})"));
        if context {
            for cue in &a.cues {
                let label = format!("{} on {concept}, reaches {}..{}", names.id(cue.rule), cue.scope.start, cue.scope.end);
                marks.push(Mark { span: cue.span, sign: '=', label });
            }
        }
        if matches!(stage, Stage::Attributes | Stage::Findings) {
            for attribute in &finding.attributes {
                let value = match &attribute.value {
                    Value::Text(text) => text.clone(),
                    Value::Days(least, most) => format!("{least}-{most} days"),
                    Value::Score(least, most, scale) => format!("{least}-{most} of {scale}"),
                };
                let label = format!("{} {value} of {concept} ({})", attribute.key, names.id(attribute.rule));
                marks.push(Mark { span: attribute.span, sign: '~', label });
            }
        }
        marks
    }

    /// The words that codes, withheld codes and flags rest on.
    fn coded(&self) -> Vec<Mark> {
        let coded = &self.reviewed.coded;
        let words = |evidence: &[Evidence], sign: char, label: String| -> Vec<Mark> {
            let mentioned = evidence.iter().filter(|e| e.role == EvidenceRole::Mention);
            mentioned.map(|e| Mark { span: e.span, sign, label: label.clone() }).collect()
        };
        let suggested = coded.suggestions.iter().flat_map(|s| words(&s.evidence, '^', format!("{} {}", s.code, s.status)));
        let withheld = coded.withheld.iter().flat_map(|w| words(&w.evidence, '-', format!("{} withheld: {}", w.code, w.reason)));
        let flags = coded.flags.iter().flat_map(|f| words(&f.evidence, '~', format!("flag {}", f.flag)));
        suggested.chain(withheld).chain(flags).collect()
    }

    /// Every decision with the rule that made it and its place.
    fn decisions(&self, out: &mut dyn Write) -> io::Result<()> {
        let coded = &self.reviewed.coded;
        let rule = |rule| format!("[{} {}]", self.knowledge.names.id(rule), self.knowledge.names.at(rule));
        writeln!(out)?;
        if let Some((setting, stated)) = coded.setting {
            writeln!(out, "setting {setting}{}", if stated { "" } else { " (assumed)" })?;
        }
        if let Some(release) = &coded.release {
            writeln!(out, "release {}", release.set.release())?;
        }
        for s in &coded.suggestions {
            wrapped(
                out,
                &format!("{}. ", s.sequence),
                "     ",
                &format!("{} {} {}: {} {}", s.code, s.status, s.basis, s.why, rule(s.rule)),
            )?;
        }
        for w in &coded.withheld {
            wrapped(out, "-  ", "     ", &format!("{} withheld, {}: {} {}", w.code, w.reason, w.why, rule(w.rule)))?;
        }
        for f in &coded.flags {
            let about: Vec<String> = f.about.iter().map(ToString::to_string).collect();
            let about = if about.is_empty() { String::new() } else { format!(" about {}", about.join(", ")) };
            wrapped(out, "*  ", "     ", &format!("{} ({}){about}: {} {}", f.flag, f.severity, f.why, rule(f.rule)))?;
            for change in &f.would_change {
                let codes: Vec<String> = change.codes.iter().map(ToString::to_string).collect();
                writeln!(out, "     if {}: {}", change.answer, codes.join(", "))?;
            }
        }
        coded.notices.iter().try_for_each(|notice| wrapped(out, "!  ", "     ", notice))
    }
}
