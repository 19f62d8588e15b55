//! Arguments → sources: files, patterns, folders (in name order, ignore files honoured), `-`.

use super::compressed::stem;
use super::records::plain;
use super::{Format, Problem};
use std::path::{Path, PathBuf};

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `-`
    Stdin,
    /// A file, and how its notes are called.
    File {
        /// Where it is.
        path: PathBuf,
        /// Its name, relative to the folder it was found in.
        name: String,
    },
}

/// The sources that arguments name. A folder is a problem unless `folders` are welcome.
pub fn sources(arguments: &[String], folders: bool, problems: &mut Vec<Problem>) -> Vec<Source> {
    let mut found = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        if argument == "-" {
            found.push(Source::Stdin);
        } else if path.is_dir() {
            if folders {
                folder(path, &mut found, problems);
            } else {
                problems.push(Problem::lost(argument, "is a folder; `cervicode scan` reads folders"));
            }
        } else if path.exists() || !argument.contains(['*', '?', '[']) {
            let name = path.file_name().map_or_else(|| argument.clone(), |n| n.to_string_lossy().into_owned());
            found.push(Source::File { path: path.to_path_buf(), name });
        } else {
            pattern(argument, &mut found, problems);
        }
    }
    found
}

/// What a file holds, by its name; `None` if it is no format of notes.
pub fn format(name: &str) -> Option<Format> {
    let (name, _) = stem(name);
    let extension = Path::new(name).extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("txt") => Some(Format::Text),
        Some("ndjson" | "jsonl") => Some(Format::Ndjson),
        Some("csv") => Some(Format::Csv),
        Some("parquet") => Some(Format::Parquet),
        _ => None,
    }
}

fn folder(root: &Path, found: &mut Vec<Source>, problems: &mut Vec<Problem>) {
    let mut walk = ignore::WalkBuilder::new(root);
    walk.require_git(false).sort_by_file_name(Ord::cmp);
    let (before, known) = (found.len(), problems.len());
    for entry in walk.build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|t| t.is_file()) => {
                let path = entry.into_path();
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                if format(&name).is_some() {
                    found.push(Source::File { path, name });
                }
            }
            Ok(_) => {}
            Err(e) => problems.push(unreadable(root, &e)),
        }
    }
    if found.len() == before && problems.len() == known {
        problems.push(Problem::told(root.display(), "holds no .txt, .ndjson, .jsonl, .csv or .parquet file"));
    }
}

/// What cannot be read in a folder, told once: the place and the reason.
fn unreadable(root: &Path, error: &ignore::Error) -> Problem {
    let mut inner = error;
    let mut place = root;
    loop {
        match inner {
            ignore::Error::WithPath { path, err } => (place, inner) = (path, err),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            other => {
                let reason = other.io_error().map_or_else(|| other.to_string(), plain);
                return Problem::lost(place.display(), format!("cannot be read: {reason}"));
            }
        }
    }
}

fn pattern(argument: &str, found: &mut Vec<Source>, problems: &mut Vec<Problem>) {
    let paths = match glob::glob(argument) {
        Ok(paths) => paths,
        Err(e) => return problems.push(Problem::lost(argument, e.to_string())),
    };
    let before = found.len();
    for path in paths {
        match path {
            Ok(path) if path.is_dir() => folder(&path, found, problems),
            Ok(path) => {
                let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
                found.push(Source::File { path, name });
            }
            Err(e) => problems.push(Problem::lost(e.path().display(), e.error().to_string())),
        }
    }
    if found.len() == before {
        problems.push(Problem::lost(argument, "no file has such a name"));
    }
}
