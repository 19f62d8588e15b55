//! One item → one note: text decoded, record fields checked. Nothing here fails on a note's content alone.

use super::{Item, Options, Problem, Raw};
use crate::code::Code;
use crate::note::Note;
use crate::span::floor;
use crate::vocab::{AuthorRole, Phase, Setting};
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Makes a note of an item.
///
/// # Errors
/// If the item is no record, has no text, is binary, or its note is too long.
pub fn decode(item: Item, options: &Options) -> Result<Note, Problem> {
    let Item { place, id, raw } = item;
    let mut note = match raw {
        Raw::Text(bytes) => {
            let (text, notices) = text(bytes).map_err(|message| Problem::lost(&place, message))?;
            Note { id, text, notices, ..Note::default() }
        }
        Raw::Json(line) => record(&line, id, options).map_err(|message| Problem::lost(&place, message))?,
        Raw::Columns { text: bytes, others } => {
            let lost = |message: String| Problem::lost(&place, message);
            let others = if others.is_empty() { Ok(Map::new()) } else { serde_json::from_slice(&others) };
            let mut fields = others.map_err(|_| lost("its columns cannot be read".into()))?;
            let (text, notices) = text(bytes).map_err(lost)?;
            fields.insert(options.text_field.clone(), Value::String(text));
            let mut note = fields_of(fields, id, options).map_err(lost)?;
            note.notices.extend(notices);
            note
        }
        Raw::Row(row, columns) => {
            let mut fields = Map::new();
            let mut invalid = false;
            for (name, cell) in columns.iter().zip(row.iter()) {
                let cell = String::from_utf8_lossy(cell);
                invalid |= cell.contains('\u{fffd}');
                if !cell.is_empty() || *name == options.text_field {
                    fields.insert(name.clone(), Value::String(cell.into_owned()));
                }
            }
            let mut note = fields_of(fields, id, options).map_err(|message| Problem::lost(&place, message))?;
            if invalid {
                note.notices.push(REPLACED.into());
            }
            note
        }
    };
    if note.text.len() as u64 > options.max_note {
        return Err(Problem::lost(&place, format!("the note is longer than {} bytes (--max-note)", options.max_note)));
    }
    let facts = &options.facts;
    note.facts.setting = note.facts.setting.or(facts.setting);
    note.facts.date = note.facts.date.or(facts.date);
    note.facts.author = note.facts.author.or(facts.author);
    note.facts.phase = note.facts.phase.or(facts.phase);
    Ok(note)
}

const REPLACED: &str = "invalid UTF-8 was replaced: positions refer to the decoded text";

/// Decodes a plain-text note. A byte order mark stays in the text, so that positions are those of the file.
fn text(bytes: Vec<u8>) -> Result<(String, Vec<String>), String> {
    if let Some(wide) = utf16(&bytes) {
        return Ok((wide, vec!["the file is UTF-16: positions refer to the decoded text".into()]));
    }
    if let Some(what) = binary(&bytes) {
        return Err(format!("is no plain text ({what})"));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => (text, Vec::new()),
        Err(e) => (String::from_utf8_lossy(e.as_bytes()).into_owned(), vec![REPLACED.into()]),
    })
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes.chunks_exact(2).skip(1).map(|c| unit([c[0], c[1]]));
    Some(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect())
}

/// What kind of binary file it is, if it is one. A stray control character in a note is none.
fn binary(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 8] = [
        (b"%PDF-", "a PDF"),
        (b"PK\x03\x04", "a ZIP or Office file"),
        (b"\x1f\x8b", "gzip; name it .gz"),
        (b"\x28\xb5\x2f\xfd", "Zstandard; name it .zst"),
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"\xd0\xcf\x11\xe0", "an old Office file"),
        (b"\x7fELF", "a program"),
    ];
    if let Some((_, what)) = known.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(what);
    }
    let head = &bytes[..bytes.len().min(8192)];
    let odd = head.iter().filter(|&&b| b < 9 || (14..32).contains(&b) && b != 0x1b).count();
    (odd > 8 && odd * 20 > head.len()).then_some("a binary file")
}

fn record(line: &[u8], id: String, options: &Options) -> Result<Note, String> {
    let (line, replaced) = match std::str::from_utf8(line) {
        Ok(line) => (Cow::Borrowed(line), false),
        Err(_) => (String::from_utf8_lossy(line), true),
    };
    // the parser's own words may quote the line: only the place in it is told
    let mut reader = serde_json::Deserializer::from_str(&line);
    let wanted = Wanted { options, long: line.len() > LONG };
    let read = wanted.deserialize(&mut reader).and_then(|fields| reader.end().map(|()| fields));
    let fields = match read {
        Ok(fields) => fields,
        Err(e) => {
            let what = match e.classify() {
                serde_json::error::Category::Data => "the line is no JSON object".to_string(),
                serde_json::error::Category::Eof => "the JSON object is cut off".to_string(),
                _ => format!("the line is no JSON (column {})", e.column()),
            };
            return Err(what);
        }
    };
    let mut note = fields_of(fields, id, options)?;
    if replaced {
        note.notices.push(REPLACED.into());
    }
    Ok(note)
}

/// Bytes of a record whose text is unescaped piece by piece: the parser would hold it once more.
const LONG: usize = 4 << 20;

/// Bytes of such a piece.
const PIECE: usize = 1 << 20;

/// Reads the fields of a record that are used; the others are passed over without being kept.
struct Wanted<'o> {
    options: &'o Options,
    long: bool,
}

/// Whether a field of that name is used.
pub(super) fn is_used(name: &str, options: &Options) -> bool {
    name == options.text_field || name == options.id_field || FACTS.contains(&name) || options.keep.iter().any(|k| k == name)
}

impl<'de> DeserializeSeed<'de> for Wanted<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut record: A) -> Result<Self::Value, A::Error> {
        let mut fields = Map::new();
        while let Some(Name(name)) = record.next_key()? {
            if self.long && name == self.options.text_field {
                let value = record.next_value::<&RawValue>()?;
                fields.insert(name.into_owned(), unescaped(value.get()).map_err(serde::de::Error::custom)?);
            } else if is_used(&name, self.options) {
                fields.insert(name.into_owned(), record.next_value()?);
            } else {
                record.next_value::<IgnoredAny>()?;
            }
        }
        Ok(fields)
    }
}

/// A long JSON value. A blank is part of no escape, so a string may be parted at any.
fn unescaped(raw: &str) -> serde_json::Result<Value> {
    let Some(mut rest) = raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')) else { return serde_json::from_str(raw) };
    let mut text = String::with_capacity(rest.len());
    while !rest.is_empty() {
        let near = floor(rest, PIECE);
        let end = rest[near..].find(' ').map_or(rest.len(), |at| near + at);
        let (piece, more) = rest.split_at(end);
        text.push_str(&serde_json::from_str::<Cow<'_, str>>(&format!("\"{piece}\""))?);
        rest = more;
    }
    Ok(Value::String(text))
}

/// A field's name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The fields that say something of the encounter.
const FACTS: [&str; 5] = ["setting", "date", "author", "encounter_phase", "billed"];

fn fields_of(mut fields: Map<String, Value>, id: String, options: &Options) -> Result<Note, String> {
    let passthrough = options.keep.iter().filter_map(|k| fields.get(k).map(|v| (k.clone(), v.clone()))).collect();
    let text = match fields.remove(&options.text_field) {
        Some(Value::String(text)) => text,
        Some(_) => return Err(format!("`{}` is no string", options.text_field)),
        None => return Err(format!("it has no `{}`", options.text_field)),
    };
    let mut notices = Vec::new();
    let id = match fields.remove(&options.id_field) {
        Some(Value::String(own)) if !own.is_empty() => own,
        Some(Value::Number(own)) => own.to_string(),
        _ => id,
    };
    let mut note = Note { id, text, passthrough, ..Note::default() };
    let mut word = |name: &str| match fields.remove(name) {
        Some(Value::String(word)) if !word.trim().is_empty() => Some(word.trim().to_ascii_lowercase()),
        Some(Value::Null | Value::String(_)) | None => None,
        Some(_) => Some(String::new()),
    };
    let mut check = |name: &str, word: Option<String>, known: &mut dyn FnMut(&str) -> bool| {
        if let Some(word) = word
            && !known(&word)
        {
            notices.push(format!("the record's `{name}` was not understood and is ignored"));
        }
    };
    check("setting", word("setting"), &mut |w| set(&mut note.facts.setting, Setting::parse(w)));
    check("author", word("author"), &mut |w| set(&mut note.facts.author, AuthorRole::parse(w)));
    check("encounter_phase", word("encounter_phase"), &mut |w| set(&mut note.facts.phase, Phase::parse(w)));
    check("date", word("date"), &mut |w| set(&mut note.facts.date, w.parse().ok()));
    let billed: Vec<String> = match fields.remove("billed") {
        Some(Value::Array(list)) => list.iter().filter_map(|v| v.as_str().map(str::to_string)).collect(),
        Some(Value::String(list)) => list.split([' ', ',', ';', '|']).filter(|w| !w.is_empty()).map(str::to_string).collect(),
        _ => Vec::new(),
    };
    for word in billed {
        match Code::parse(&word) {
            Some(code) => note.facts.billed.push(code),
            None => notices.push("a code in the record's `billed` is not shaped like one and is ignored".into()),
        }
    }
    note.notices = notices;
    Ok(note)
}

fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    *slot = value;
    slot.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Place;

    fn note(raw: Raw) -> Result<Note, Problem> {
        let place = Place { file: "notes".into(), line: Some(3) };
        decode(Item { id: place.to_string(), place, raw }, &Options::default())
    }

    #[test]
    fn a_record_gives_what_it_says_and_ignores_the_rest() {
        let line = br#"{"id":"a","text":"Neck pain.","setting":"inpatient","date":"2026-05-04","billed":["M54.2"],"gold":{"codes":[]}}"#;
        let note = note(Raw::Json(line.to_vec())).unwrap();
        assert_eq!((note.id.as_str(), note.facts.setting), ("a", Some(Setting::Inpatient)));
        assert_eq!(note.facts.billed.len(), 1);
        assert_eq!(note.facts.date.unwrap().to_string(), "2026-05-04");
    }

    #[test]
    fn bad_lines_are_told_by_place_without_their_text() {
        for line in ["{\"text\": 5}", "{\"id\":\"x\"}", "[1]", "Jane Doe, neck pain", "{\"text\":\"Jane"] {
            let problem = note(Raw::Json(line.as_bytes().to_vec())).unwrap_err();
            assert_eq!(problem.place, "notes:3");
            assert!(!problem.message.contains("Jane"), "{problem}");
        }
    }

    #[test]
    fn a_long_record_is_read_like_a_short_one() {
        let text = "Née 🙂 \"neck\" pain\\ \u{1}\n\t/ ".repeat(LONG / 20);
        let line = serde_json::to_vec(&serde_json::json!({ "id": "long", "text": text, "setting": "inpatient" })).unwrap();
        assert!(line.len() > LONG);
        let read = note(Raw::Json(line.clone())).unwrap();
        assert!(read.text == text, "the text is the same");
        assert_eq!((read.id.as_str(), read.facts.setting), ("long", Some(Setting::Inpatient)));
        let blanks = [b"{\"text\":5,\"x\":\"".as_slice(), &vec![b' '; LONG], b"\"}"].concat();
        assert_eq!(note(Raw::Json(blanks)).unwrap_err().message, "`text` is no string");
        assert!(note(Raw::Json(line[..line.len() - 40].to_vec())).is_err());
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_and_stray_ones_replaced() {
        assert!(note(Raw::Text(b"%PDF-1.7 ...".to_vec())).is_err());
        assert!(note(Raw::Text(vec![0; 400])).is_err());
        let read = note(Raw::Text(b"neck\xff pain \0".to_vec())).unwrap();
        assert_eq!(read.text, "neck\u{fffd} pain \0");
        assert_eq!(read.notices.len(), 1);
        assert_eq!(note(Raw::Text(b"\xff\xfeN\0k\0".to_vec())).unwrap().text, "Nk");
    }
}
