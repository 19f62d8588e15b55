//! One binary for all integration tests: it links once. A module is a file beside this one.

mod accuracy;
mod authoring;
mod broken;
mod cases;
mod check;
mod codeset;
mod coding;
mod context;
mod docs;
mod house;
mod invariance;
mod laws;
#[cfg(feature = "parquet")]
mod parquet;
mod paths;
mod qa;
mod queries;
mod readme;
mod scan;
mod sections;
mod statistics;
mod words;

/// The repository's root.
fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}
