//! cervicode reads clinical notes about the neck and says which ICD-10-CM codes their documentation supports.
//!
//! ```text
//! bytes ─input→ Note ─layout→ Layout ─mentions→ [Mention] ─context→ [Assertion] ┐
//!                                                         └attributes→ [[Attribute]] ┴─findings→ [Finding] ─coding→ Coded ─report→ Report
//! ```
//!
//! Stages are functions over values; [`engine::Engine::review`] calls them in order.

pub mod attributes;
pub mod authoring;
pub mod bulk;
pub mod cases;
pub mod check;
pub mod cli;
pub mod code;
pub mod codeset;
pub mod coding;
pub mod context;
pub mod corpus;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod findings;
pub mod fold;
pub mod input;
pub mod knowledge;
pub mod layout;
mod markup;
pub mod mentions;
pub mod note;
pub mod phrases;
pub mod qa;
pub mod report;
pub mod span;
pub mod vocab;
pub mod words;
