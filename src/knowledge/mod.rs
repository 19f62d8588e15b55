//! Clinical knowledge: YAML in `lexicon/` and `rules/`, checked, compiled once, shared read-only by every stage.
//!
//! The built-in knowledge is compiled and embedded by the build script, and its documents with it;
//! `Knowledge::load` lays the files of a folder over it: same id replaces, new id adds.

pub mod attributes;
pub mod coding;
mod compiled;
pub mod context;
mod embedded;
pub mod index;
pub mod lexicon;
pub mod sections;
pub mod source;
pub mod sources;
mod vocabulary;
pub mod yaml;

use compiled::instance;
pub use compiled::{Knowledge, NameId, Names};
pub use sources::read_folder;
