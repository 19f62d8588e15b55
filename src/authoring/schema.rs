//! JSON Schemas of the knowledge files and of the report, made from the types that read and write them.

use crate::knowledge::source::attributes::AttributesDoc;
use crate::knowledge::source::coding::CodingDoc;
use crate::knowledge::source::context::ContextDoc;
use crate::knowledge::source::index::IndexDoc;
use crate::knowledge::source::lexicon::LexiconDoc;
use crate::knowledge::source::sections::SectionsDoc;
use crate::report::Report;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Kind {
    /// lexicon/*.yaml
    Lexicon,
    /// lexicon/icd10cm/*.yaml
    Index,
    /// Any file below rules/
    Rules,
    /// rules/sections.yaml
    Sections,
    /// rules/context/*.yaml
    Context,
    /// rules/attributes/*.yaml
    Attributes,
    /// rules/coding/*.yaml
    Coding,
    /// The report, as JSON
    Report,
}

/// Any file below `rules/`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum RulesDoc {
    /// `rules/coding/*.yaml`.
    Coding(CodingDoc),
    /// `rules/context/*.yaml`.
    Context(ContextDoc),
    /// `rules/attributes/*.yaml`.
    Attributes(AttributesDoc),
    /// `rules/sections.yaml`.
    Sections(SectionsDoc),
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 8] =
        [Kind::Lexicon, Kind::Index, Kind::Rules, Kind::Sections, Kind::Context, Kind::Attributes, Kind::Coding, Kind::Report];

    /// The name of its file, without `.json`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Lexicon => "lexicon",
            Kind::Index => "index",
            Kind::Rules => "rules",
            Kind::Sections => "sections",
            Kind::Context => "context",
            Kind::Attributes => "attributes",
            Kind::Coding => "coding",
            Kind::Report => "report",
        }
    }

    /// The schema of a knowledge file, by its path below the knowledge folder.
    pub fn of(path: &str) -> Option<Kind> {
        let prefixes = [
            ("lexicon/icd10cm/", Kind::Index),
            ("lexicon/", Kind::Lexicon),
            ("rules/sections.yaml", Kind::Sections),
            ("rules/context/", Kind::Context),
            ("rules/attributes/", Kind::Attributes),
            ("rules/coding/", Kind::Coding),
        ];
        prefixes.into_iter().find(|(prefix, _)| path.starts_with(prefix)).map(|(_, kind)| kind)
    }
}

/// The line by which a knowledge file names its schema to editors.
pub fn modeline(path: &str) -> Option<String> {
    let up = "../".repeat(path.matches('/').count());
    Kind::of(path).map(|kind| format!("# yaml-language-server: $schema={up}schemas/{}.json", kind.name()))
}

/// The schema, as a file holds it.
pub fn schema(kind: Kind) -> String {
    let generate = |serialized: bool| {
        let settings = SchemaSettings::draft07();
        if serialized { settings.for_serialize() } else { settings }.into_generator()
    };
    let schema: Schema = match kind {
        Kind::Lexicon => generate(false).into_root_schema_for::<LexiconDoc>(),
        Kind::Index => generate(false).into_root_schema_for::<IndexDoc>(),
        Kind::Rules => generate(false).into_root_schema_for::<RulesDoc>(),
        Kind::Sections => generate(false).into_root_schema_for::<SectionsDoc>(),
        Kind::Context => generate(false).into_root_schema_for::<ContextDoc>(),
        Kind::Attributes => generate(false).into_root_schema_for::<AttributesDoc>(),
        Kind::Coding => generate(false).into_root_schema_for::<CodingDoc>(),
        Kind::Report => generate(true).into_root_schema_for::<Report>(),
    };
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
