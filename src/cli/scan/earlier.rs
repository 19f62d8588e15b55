//! What an earlier, interrupted run has written: where it ends, and what it counted.

use super::sink::Summary;
use super::{Shape, Shown};
use crate::code::Code;
use crate::engine::Engine;
use crate::report::SCHEMA;
use crate::vocab::Status;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

/// What is there already.
#[derive(Default)]
pub(super) struct Earlier {
    /// The note of the last complete report.
    pub last: Option<String>,
    /// What its reports hold (its `notes` are counted when the input is read again).
    pub summary: Summary,
}

/// What is read of a report that is there.
#[derive(Deserialize)]
struct Head {
    note: HeadNote,
    engine: HeadEngine,
    offsets: String,
    codes: Vec<HeadCode>,
    withheld: Vec<IgnoredAny>,
    flags: Vec<HeadFlag>,
}

#[derive(Deserialize)]
struct HeadNote {
    id: String,
}

#[derive(Deserialize)]
struct HeadEngine {
    version: String,
    knowledge_sha256: String,
}

#[derive(Deserialize)]
struct HeadCode {
    code: String,
    status: String,
}

#[derive(Deserialize)]
struct HeadFlag {
    flag: String,
}

/// The output file, at its end. With `resume` what stands behind the last complete report is cut off; a file that is no output
/// of such a run is left as it is.
pub(super) fn open(path: &Path, shown: &Shown, resume: bool, engine: &Engine) -> io::Result<(Earlier, File)> {
    if !resume || !path.exists() {
        return Ok((Earlier::default(), File::create(path)?));
    }
    let (earlier, keep) = match shown.shape {
        Shape::Csv => {
            let (last, keep) = last_rows(path)?;
            (Earlier { last, ..Earlier::default() }, keep)
        }
        _ => last_line(path, shown, engine)?,
    };
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    file.set_len(if earlier.last.is_some() { keep } else { 0 })?;
    file.seek(io::SeekFrom::End(0))?;
    Ok((earlier, file))
}

fn other(what: &str) -> io::Error {
    io::Error::other(format!("{what}; nothing was changed"))
}

fn last_line(path: &Path, shown: &Shown, engine: &Engine) -> io::Result<(Earlier, u64)> {
    let mut lines = BufReader::with_capacity(1 << 18, File::open(path)?);
    let mut earlier = Earlier::default();
    let (mut line, mut keep) = (Vec::new(), 0);
    while lines.read_until(b'\n', &mut line)? > 0 {
        if line.last() != Some(&b'\n') {
            let begin = format!("{{\"schema\":\"{SCHEMA}");
            let n = line.len().min(begin.len());
            if line[..n] != begin.as_bytes()[..n] {
                return Err(other("is no output of a scan"));
            }
            break;
        }
        keep += line.len() as u64;
        let head: Head = serde_json::from_slice(&line).map_err(|_| other("is no output of a scan"))?;
        if head.engine.version != env!("CARGO_PKG_VERSION") || head.engine.knowledge_sha256 != engine.knowledge.sha256 {
            return Err(other("was written by another version or with other knowledge"));
        }
        if head.offsets != shown.unit.as_str() {
            return Err(other("was written with other --offsets"));
        }
        let hit = !(head.codes.is_empty() && head.withheld.is_empty() && head.flags.is_empty());
        let codes = head.codes.iter().filter_map(|c| {
            let status = if c.status == Status::Supported.as_str() { Status::Supported } else { Status::Review };
            Code::parse(&c.code).map(|code| (code, status))
        });
        earlier.summary.count(hit, codes, head.flags.iter().map(|f| f.flag.as_str()));
        earlier.last = Some(head.note.id);
        line.clear();
    }
    Ok((earlier, keep))
}

/// How a table of a scan begins.
const HEADER: &str = "note_id,code,title,status,";

/// The rows of the last note may be incomplete: they go, and the note before is the last one.
fn last_rows(path: &Path) -> io::Result<(Option<String>, u64)> {
    let mut head = Vec::new();
    File::open(path)?.take(HEADER.len() as u64).read_to_end(&mut head)?;
    if head != HEADER.as_bytes()[..head.len()] {
        return Err(other("is no output of a scan"));
    }
    let mut table = ::csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let (mut before, mut current): (Option<String>, Option<String>) = (None, None);
    let mut start = 0;
    let mut row = ::csv::ByteRecord::new();
    loop {
        let at = table.position().byte();
        match table.read_byte_record(&mut row) {
            Ok(true) => {
                let id = String::from_utf8_lossy(row.get(0).unwrap_or_default()).into_owned();
                if current.as_ref() != Some(&id) {
                    before = current.replace(id);
                    start = at;
                }
            }
            Ok(false) | Err(_) => return Ok((before, start)),
        }
    }
}
