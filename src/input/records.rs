//! A source → its items, one at a time and in order, in bounded memory.

use super::compressed::{reader, stem};
use super::sources::format;
use super::{Format, Item, Options, Place, Problem, Raw, Source};
use std::fs::File;
use std::io::{BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The items of a source; what cannot be read is a problem in its place.
pub type Items = Box<dyn Iterator<Item = Result<Item, Problem>> + Send>;

/// Opens a source.
///
/// # Errors
/// If it cannot be opened, or is no format of notes.
pub fn open(source: Source, options: &Options, stdin: &mut Option<Box<dyn Read + Send>>) -> Result<Items, Problem> {
    let (raw, name, method, kind): (Box<dyn Read + Send>, _, _, _) = match source {
        Source::Stdin => {
            let Some(raw) = stdin.take() else { return Err(Problem::lost("-", "standard input can be read only once")) };
            (raw, "-".to_string(), None, options.stdin)
        }
        Source::File { path, name } => {
            let shown = path.display().to_string();
            let kind = match format(&name) {
                Some(kind) => kind,
                None if name.to_ascii_lowercase().ends_with(".json") => {
                    return Err(Problem::lost(shown, "records are read from .ndjson or .jsonl files, one object a line"));
                }
                None => Format::Text,
            };
            let file = File::open(&path).map_err(|e| Problem::lost(&shown, format!("cannot be read: {}", plain(&e))))?;
            let method = stem(&name).1;
            if kind == Format::Parquet && method.is_none() {
                #[cfg(feature = "parquet")]
                return super::parquet::rows(file, Arc::from(name), options);
                #[cfg(not(feature = "parquet"))]
                return Err(Problem::lost(name, super::NO_PARQUET));
            }
            (Box::new(file), name, method, kind)
        }
    };
    let bytes = reader(Box::new(Counted { raw, read: options.bytes_read.clone() }), method);
    let file: Arc<str> = Arc::from(name.as_str());
    Ok(match kind {
        Format::Text => Box::new(std::iter::once(text(bytes, file, options.max_note))),
        Format::Ndjson => {
            // a note may be escaped in its record: six bytes for one at most
            let limit = options.max_note.saturating_mul(2).saturating_add(1 << 20);
            Box::new(Lines { bytes, file, line: 0, room: 0, limit, max_note: options.max_note, failed: false })
        }
        Format::Csv => Box::new(rows(bytes, file, options)?),
        Format::Parquet => {
            return Err(Problem::lost(file, "Parquet is read from a plain file only; unpack it"));
        }
    })
}

/// Counts what is read.
struct Counted {
    raw: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.raw.read(buffer)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// Lets so many bytes through until it is given more: a row whose closing quote is missing must not fill the memory.
struct Rationed {
    bytes: Box<dyn BufRead + Send>,
    left: Arc<AtomicU64>,
}

impl Read for Rationed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(std::io::Error::other("the row is too long"));
        }
        let n = self.bytes.read(buffer)?;
        self.left.store(left.saturating_sub(n as u64), Ordering::Relaxed);
        Ok(n)
    }
}

/// What went wrong, without the number that the operating system gives it.
pub(super) fn plain(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "no such file".into(),
        std::io::ErrorKind::PermissionDenied => "no permission".into(),
        _ => e.to_string(),
    }
}

pub(super) fn too_long(max_note: u64) -> String {
    format!("the note is longer than {max_note} bytes (--max-note)")
}

fn text(bytes: Box<dyn BufRead + Send>, file: Arc<str>, max_note: u64) -> Result<Item, Problem> {
    let mut note = Vec::new();
    if let Err(e) = bytes.take(max_note.saturating_add(1)).read_to_end(&mut note) {
        return Err(Problem::lost(&file, format!("cannot be read: {}", plain(&e))));
    }
    if note.len() as u64 > max_note {
        return Err(Problem::lost(&file, too_long(max_note)));
    }
    Ok(Item { id: file.to_string(), place: Place { file, line: None }, raw: Raw::Text(note) })
}

/// The lines of an NDJSON source; blank ones are skipped, one beyond the limit is a problem and no more.
struct Lines {
    bytes: Box<dyn BufRead + Send>,
    file: Arc<str>,
    line: u64,
    /// Bytes of the line before: the next may well be as long.
    room: usize,
    limit: u64,
    max_note: u64,
    failed: bool,
}

impl Iterator for Lines {
    type Item = Result<Item, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            let mut line = Vec::with_capacity(self.room);
            self.line += 1;
            let place = Place { file: self.file.clone(), line: Some(self.line) };
            let read = (&mut self.bytes).take(self.limit).read_until(b'\n', &mut line);
            match read {
                Err(e) => {
                    self.failed = true;
                    return Some(Err(Problem::lost(place, format!("cannot be read on: {}", plain(&e)))));
                }
                Ok(0) => return None,
                Ok(n) if n as u64 >= self.limit && line.last() != Some(&b'\n') => {
                    self.failed = skip_line(&mut self.bytes).is_err();
                    return Some(Err(Problem::lost(place, too_long(self.max_note))));
                }
                Ok(n) => self.room = n,
            }
            let start = if self.line == 1 && line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            line.drain(..start);
            if !line.trim_ascii().is_empty() {
                return Some(Ok(Item { id: place.to_string(), place, raw: Raw::Json(line) }));
            }
        }
        None
    }
}

fn skip_line(bytes: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let buffer = bytes.fill_buf()?;
        let (n, end) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        bytes.consume(n);
        if end {
            return Ok(());
        }
    }
}

fn rows(
    bytes: Box<dyn BufRead + Send>,
    file: Arc<str>,
    options: &Options,
) -> Result<impl Iterator<Item = Result<Item, Problem>> + use<>, Problem> {
    let ration = options.max_note.saturating_mul(2).saturating_add(1 << 20);
    let left = Arc::new(AtomicU64::new(ration));
    let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(Rationed { bytes, left: left.clone() });
    let header = table.byte_headers().map_err(|e| Problem::lost(&file, format!("its header cannot be read: {e}")))?;
    let columns = header.iter().map(|c| String::from_utf8_lossy(c).trim_start_matches('\u{feff}').trim().to_string());
    let columns = Arc::new(columns.collect::<Vec<_>>());
    if !columns.contains(&options.text_field) {
        let message = format!("no column is called `{}`; name the one that holds the text with --text-column", options.text_field);
        return Err(Problem::lost(&file, message));
    }
    let mut before = 1;
    Ok(table.into_byte_records().map_while(move |row| {
        let place = |line: Option<u64>| Place { file: file.clone(), line };
        let ended = left.swap(ration, Ordering::Relaxed) == 0;
        if before == 0 {
            return None;
        }
        Some(match row {
            Ok(row) => {
                before = row.position().map_or(before, csv::Position::line);
                let place = place(row.position().map(csv::Position::line));
                Ok(Item { id: place.to_string(), place, raw: Raw::Row(row, columns.clone()) })
            }
            Err(_) if ended => {
                let place = place(Some(std::mem::take(&mut before) + 1));
                Err(Problem::lost(place, "the row is too long (is a quote not closed?); the rest of the file is not read"))
            }
            Err(e) => {
                let broken = matches!(e.kind(), csv::ErrorKind::Io(_));
                let place = place(e.position().map(csv::Position::line).or(Some(before)));
                before = if broken { 0 } else { before };
                Err(Problem::lost(place, if broken { "the file cannot be read on" } else { "the row cannot be read" }))
            }
        })
    }))
}
