//! Options that choose an ICD-10-CM release, shared by the commands that ask one.

use super::Streams;
use crate::codeset::{CodeSet, Releases, install};
use clap::Args;
use jiff::civil::Date;
use std::path::PathBuf;
use std::sync::Arc;

/// Where releases are installed.
#[derive(Debug, Clone, Args)]
pub(super) struct Folder {
    /// Folder of the installed releases [default: the per-user data folder]
    #[arg(long = "codeset-dir", value_name = "DIR", global = true)]
    pub(super) codeset_dir: Option<PathBuf>,
}

/// Which release is asked.
#[derive(Debug, Clone, Args)]
pub(super) struct Which {
    /// Service date: the release valid on it is asked [default: the newest]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) date: Option<Date>,
    /// Ask this release, named by its first day
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "date")]
    pub(super) release: Option<String>,
}

impl Folder {
    pub(super) fn path(&self) -> Option<PathBuf> {
        self.codeset_dir.clone().or_else(install::user_folder)
    }

    /// The releases at hand, and what could not be used.
    pub(super) fn releases(&self) -> (Releases, Vec<String>) {
        self.path().map_or_else(|| (Releases::built_in(), Vec::new()), |folder| Releases::with_folder(&folder))
    }
}

impl Streams<'_> {
    /// The releases at hand; what cannot be used is told, and `false` comes with it.
    pub(super) fn releases(&mut self) -> (Releases, bool) {
        let (releases, problems) = self.folder.releases();
        for problem in &problems {
            self.message(&format!("release not used: {problem}"));
        }
        (releases, problems.is_empty())
    }
}

impl Which {
    /// The release asked; `None`, told, if there is none. `false` if the date lies outside it or a release was unusable.
    pub(super) fn pick(&self, streams: &mut Streams<'_>) -> Option<(Arc<CodeSet>, bool)> {
        let (releases, whole) = streams.releases();
        if let Some(name) = &self.release {
            let set = releases.named(name);
            if set.is_none() {
                let known: Vec<&str> = releases.list().iter().map(|s| s.release()).collect();
                streams.message(&format!("no release of {name}; installed: {}", known.join(", ")));
            }
            return set.map(|set| (set, whole));
        }
        let picked = releases.pick(self.date);
        if let (Some(false), Some(date)) = (picked.covers_date, self.date) {
            let release = picked.set.release();
            streams.message(&format!("no installed release covers {date}; the answer is that of the nearest, {release}"));
        }
        Some((picked.set, whole && picked.covers_date != Some(false)))
    }
}
