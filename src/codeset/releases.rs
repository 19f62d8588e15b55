//! The releases at hand, and which one holds on a date.

use super::CodeSet;
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The embedded release and the installed ones, oldest first.
#[derive(Debug, Clone)]
pub struct Releases {
    list: Vec<Arc<CodeSet>>,
    dates: Vec<(Date, Option<Date>)>,
}

/// The release that holds on a date.
#[derive(Debug, Clone)]
pub struct Picked {
    /// The release.
    pub set: Arc<CodeSet>,
    /// Whether it is valid on the date; `None` without a date.
    pub covers_date: Option<bool>,
}

impl Releases {
    /// The embedded release alone.
    pub fn built_in() -> Releases {
        let mut releases = Releases { list: Vec::new(), dates: Vec::new() };
        releases.add(CodeSet::built_in());
        releases
    }

    /// The embedded release and those installed in a folder; a file that cannot be used is named in the second value.
    ///
    /// An installed release with the same first day replaces the embedded one. A folder that is not there holds nothing.
    pub fn with_folder(folder: &Path) -> (Releases, Vec<String>) {
        let mut releases = Releases::built_in();
        let mut problems = Vec::new();
        let mut paths: Vec<PathBuf> = match std::fs::read_dir(folder) {
            Ok(entries) => entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "bin")).collect(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => {
                problems.push(format!("{}: {e}", folder.display()));
                Vec::new()
            }
        };
        paths.sort();
        for path in paths {
            let opened = std::fs::read(&path).map_err(|e| e.to_string()).and_then(|bytes| CodeSet::open(bytes, true));
            match opened.map(|set| releases.add(Arc::new(set))) {
                Ok(true) => {}
                Ok(false) => problems.push(format!("{}: its dates cannot be read", path.display())),
                Err(e) => problems.push(format!("{}: {e}", path.display())),
            }
        }
        (releases, problems)
    }

    /// Adds a release; `false` if its dates cannot be read.
    pub fn add(&mut self, set: Arc<CodeSet>) -> bool {
        let Ok(from) = set.meta().from.parse::<Date>() else { return false };
        let until = match set.meta().until.as_deref().map(str::parse::<Date>) {
            Some(Err(_)) => return false,
            Some(Ok(date)) => Some(date),
            None => None,
        };
        match self.dates.binary_search_by_key(&from, |(f, _)| *f) {
            Ok(i) => {
                self.list[i] = set;
                self.dates[i] = (from, until);
            }
            Err(i) => {
                self.list.insert(i, set);
                self.dates.insert(i, (from, until));
            }
        }
        true
    }

    /// The releases, oldest first.
    pub fn list(&self) -> &[Arc<CodeSet>] {
        &self.list
    }

    /// The release of that name (its first day).
    pub fn named(&self, release: &str) -> Option<Arc<CodeSet>> {
        self.list.iter().find(|s| s.release() == release).cloned()
    }

    /// The release for a date of service; without a date the newest, outside every release the nearest.
    ///
    /// A release without a last day ends where the next one begins.
    pub fn pick(&self, date: Option<Date>) -> Picked {
        let newest = self.list.len().saturating_sub(1);
        let picked = |i: usize, covers_date| Picked { set: self.list.get(i).cloned().unwrap_or_else(CodeSet::built_in), covers_date };
        let Some(date) = date else { return picked(newest, None) };
        let after = self.dates.partition_point(|(from, _)| *from <= date);
        let days = |from: Date, to: Date| (to.since(from).map(|s| s.get_days()).unwrap_or(i32::MAX)).abs();
        match after.checked_sub(1) {
            None => picked(0, Some(false)),
            Some(i) => match self.dates[i].1 {
                Some(until) if date > until => {
                    // the nearer of the one that ended and the one that has not begun; the older of two equally near
                    let gap = days(until, date);
                    let next = self.dates.get(after).map(|(from, _)| days(date, *from));
                    if next.is_some_and(|n| n < gap) { picked(after, Some(false)) } else { picked(i, Some(false)) }
                }
                _ => picked(i, Some(true)),
            },
        }
    }
}
