//! Installing further official releases, and comparing two.

use super::{CodeSet, sha256, tabular};
use crate::code::Code;
use jiff::civil::{Date, date};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A release made of an official file.
#[derive(Debug)]
pub struct Made {
    /// The release.
    pub set: CodeSet,
    /// What was odd about the file or the dates.
    pub warnings: Vec<String>,
}

/// Makes a release of an official file (XML or gzipped XML).
///
/// The file states only a fiscal year; without `until`, the release ends with that year (30 September).
///
/// # Errors
/// One sentence: the file is no Tabular List, or the dates contradict each other.
pub fn make(path: &Path, from: Date, until: Option<Date>) -> Result<Made, String> {
    let file = std::fs::File::open(path).map_err(|e| e.to_string())?;
    let mut hashed = Hashed { inner: file, bytes: Vec::new() };
    let mut reading = tabular::read(&mut hashed).map_err(|e| e.to_string())?;
    let source = hashed.official_sha256();
    let year = reading.tabular.version.parse::<i16>().ok().filter(|y| (2015..=2100).contains(y));
    let ends = year.map(|y| date(y, 9, 30));
    if let (Some(year), Some(ends)) = (year, ends)
        && (from < date(year - 1, 10, 1) || from > ends)
    {
        reading
            .warnings
            .push(format!("the file says fiscal year {year} (1 October {} to 30 September {year}); {from} lies outside", year - 1));
    }
    let until = until.or(ends.filter(|e| *e >= from));
    if until.is_some_and(|until| until < from) {
        return Err("the last day lies before the first".into());
    }
    let set = CodeSet::compile(&reading.tabular, &from.to_string(), until.map(|d| d.to_string()).as_deref(), &source);
    Ok(Made { set, warnings: reading.warnings })
}

/// Keeps what was read, to name it by its hash; never more than the reader's own bound lets through.
struct Hashed<R> {
    inner: R,
    bytes: Vec<u8>,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.bytes.extend_from_slice(buffer.get(..n).unwrap_or_default());
        // a packed file may be long and unpack to nothing
        if self.bytes.len() as u64 > tabular::LARGEST_FILE {
            return Err(std::io::Error::other("larger than any official Tabular List"));
        }
        Ok(n)
    }
}

impl<R> Hashed<R> {
    /// The hash of the XML, unpacked if it came packed, so that both ways of keeping a file have one name.
    fn official_sha256(&self) -> String {
        let mut xml = Vec::new();
        let packed = self.bytes.starts_with(&[0x1f, 0x8b]);
        let bounded = flate2::read::MultiGzDecoder::new(&self.bytes[..]).take(tabular::LARGEST_FILE).read_to_end(&mut xml);
        if packed && bounded.is_ok() { sha256(&xml) } else { sha256(&self.bytes) }
    }
}

/// Puts a release into a folder, whole or not at all, and gives the file's path.
///
/// # Errors
/// If the folder or file cannot be written.
pub fn install(set: &CodeSet, folder: &Path) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!("{}.bin", set.release()));
    let part = folder.join(format!("{}.{}.part", set.release(), std::process::id()));
    let written = std::fs::write(&part, set.bytes()).and_then(|()| std::fs::rename(&part, &path));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written.map(|()| path)
}

/// The folder in which a user's releases are kept, by the customs of the system; `None` if the system names none.
pub fn user_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let data = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|h| h.join("Library/Application Support"))
    } else {
        // a relative XDG_DATA_HOME is to be ignored, says its specification
        variable("XDG_DATA_HOME").filter(|p| p.is_absolute()).or_else(|| variable("HOME").map(|h| h.join(".local/share")))
    };
    data.map(|d| d.join("cervicode").join("icd10cm"))
}

/// What one release has and another has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The older release.
    pub from: String,
    /// The newer release.
    pub to: String,
    /// Complete codes that are new.
    pub added: Vec<Titled>,
    /// Complete codes that are gone.
    pub removed: Vec<Titled>,
    /// Complete codes with another title.
    pub revised: Vec<Revised>,
}

/// A code and its title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Titled {
    /// The code.
    pub code: Code,
    /// Its title.
    pub title: String,
}

/// A code whose title changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revised {
    /// The code.
    pub code: Code,
    /// Its former title.
    pub was: String,
    /// Its title.
    pub title: String,
}

/// Compares two releases by their complete codes.
pub fn difference(from: &CodeSet, to: &CodeSet) -> Difference {
    let titled =
        |set: &CodeSet| -> BTreeMap<Code, String> { set.complete_codes().map(|c| (c, set.title(c).unwrap_or_default())).collect() };
    let (old, new) = (titled(from), titled(to));
    let only_in = |a: &BTreeMap<Code, String>, b: &BTreeMap<Code, String>| -> Vec<Titled> {
        a.iter().filter(|(c, _)| !b.contains_key(c)).map(|(&code, title)| Titled { code, title: title.clone() }).collect()
    };
    let revised = old.iter().filter_map(|(&code, was)| {
        let title = new.get(&code).filter(|t| *t != was)?;
        Some(Revised { code, was: was.clone(), title: title.clone() })
    });
    Difference {
        from: from.release().to_string(),
        to: to.release().to_string(),
        added: only_in(&new, &old),
        removed: only_in(&old, &new),
        revised: revised.collect(),
    }
}
