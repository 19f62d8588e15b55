//! A source → its items, one at a time and in order, in bounded memory.

use super::compressed::{reader, stem};
use super::sources::format;
use super::{Format, Item, Options, Place, Problem, Raw, Source};
use std::fs::File;
use std::io::{BufRead, Read};
use std::sync::Arc;

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
            (Box::new(file), name.clone(), stem(&name).1, kind)
        }
    };
    let bytes = reader(raw, method);
    let file: Arc<str> = Arc::from(name.as_str());
    Ok(match kind {
        Format::Text => Box::new(std::iter::once(text(bytes, file, options.max_note))),
        Format::Ndjson => {
            // a note may be escaped in its record: six bytes for one at most
            let limit = options.max_note.saturating_mul(2).saturating_add(1 << 20);
            Box::new(Lines { bytes, file, line: 0, limit, max_note: options.max_note, failed: false })
        }
        Format::Csv => Box::new(rows(bytes, file, options)?),
    })
}

/// What went wrong, without the number that the operating system gives it.
fn plain(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "no such file".into(),
        std::io::ErrorKind::PermissionDenied => "no permission".into(),
        _ => e.to_string(),
    }
}

fn too_long(max_note: u64) -> String {
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
    limit: u64,
    max_note: u64,
    failed: bool,
}

impl Iterator for Lines {
    type Item = Result<Item, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            let mut line = Vec::new();
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
                Ok(_) => {}
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
    let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = table.byte_headers().map_err(|e| Problem::lost(&file, format!("its header cannot be read: {e}")))?;
    let columns = header.iter().map(|c| String::from_utf8_lossy(c).trim_start_matches('\u{feff}').trim().to_string());
    let columns = Arc::new(columns.collect::<Vec<_>>());
    if !columns.contains(&options.text_field) {
        let message = format!("no column is called `{}`; name the one that holds the text with --text-column", options.text_field);
        return Err(Problem::lost(&file, message));
    }
    Ok(table.into_byte_records().map(move |row| {
        let line = |p: Option<&csv::Position>| Place { file: file.clone(), line: p.map(csv::Position::line) };
        match row {
            Ok(row) => {
                let place = line(row.position());
                Ok(Item { id: place.to_string(), place, raw: Raw::Row(row, columns.clone()) })
            }
            Err(e) => Err(Problem::lost(line(e.position()), "the row cannot be read")),
        }
    }))
}
