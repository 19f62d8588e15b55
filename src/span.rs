//! Places in a note: byte ranges inside, other units only at the edge.

use serde::{Deserialize, Serialize};

/// A half-open byte range of a note's text, always on character boundaries.
///
/// In "no neck pain" the mention "neck pain" is `Span { start: 3, end: 12 }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// First byte after.
    pub end: u32,
}

impl Span {
    /// The range from `start` to `end` (bytes).
    #[inline]
    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// The text it covers; empty if the range does not lie in `text` on character boundaries.
    #[inline]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// Length in bytes.
    #[inline]
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers nothing.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether the other range lies inside this one.
    pub const fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte.
    pub const fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest range that covers both.
    pub fn hull(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// The unit in which a report counts positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// UTF-8 bytes.
    Bytes,
    /// Unicode code points (the default: what Python counts).
    #[default]
    Codepoints,
    /// UTF-16 code units (what JavaScript and Java count).
    Utf16,
}

impl Unit {
    /// The name used in reports and options.
    pub const fn as_str(self) -> &'static str {
        match self {
            Unit::Bytes => "bytes",
            Unit::Codepoints => "codepoints",
            Unit::Utf16 => "utf16",
        }
    }
}

/// Converts byte positions of one text to another unit.
///
/// ASCII text needs no table; otherwise a checkpoint is kept every 256 bytes.
pub struct Positions<'t> {
    text: &'t str,
    unit: Unit,
    checkpoints: Vec<u32>,
    /// Where the text begins, in the unit.
    base: u32,
}

const STRIDE: usize = 256;

impl<'t> Positions<'t> {
    /// Prepares conversion of positions in `text` to `unit`.
    pub fn new(text: &'t str, unit: Unit) -> Positions<'t> {
        let mut checkpoints = Vec::new();
        if unit != Unit::Bytes && !text.is_ascii() {
            let mut count = 0u32;
            for (i, byte) in text.bytes().enumerate() {
                if i % STRIDE == 0 {
                    checkpoints.push(count);
                }
                count += units_of(byte, unit);
            }
            checkpoints.push(count);
        }
        Positions { text, unit, checkpoints, base: 0 }
    }

    /// The same for a text that is a part of another and begins at `base` there, in the unit.
    pub fn from(self, base: u32) -> Positions<'t> {
        Positions { base, ..self }
    }

    /// The position in the chosen unit of byte `byte` (clamped to the text's length).
    pub fn at(&self, byte: u32) -> u32 {
        let byte = (byte as usize).min(self.text.len());
        if self.checkpoints.is_empty() {
            return self.base + byte as u32;
        }
        let slot = byte / STRIDE;
        let base = slot * STRIDE;
        let mut count = self.base + self.checkpoints.get(slot).copied().unwrap_or(0);
        for &b in &self.text.as_bytes()[base.min(byte)..byte] {
            count += units_of(b, self.unit);
        }
        count
    }
}

/// How many units begin with this byte.
const fn units_of(byte: u8, unit: Unit) -> u32 {
    if byte & 0xC0 == 0x80 {
        return 0;
    }
    match unit {
        Unit::Utf16 if byte >= 0xF0 => 2,
        _ => 1,
    }
}

/// The greatest character boundary of `text` at or below `at`.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

/// The byte position of the `n`th code point of `text` (its length if there are fewer).
pub fn byte_of_codepoint(text: &str, n: usize) -> usize {
    if text.is_ascii() {
        return n.min(text.len());
    }
    text.char_indices().nth(n).map_or(text.len(), |(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_in_the_named_unit() {
        let text = "née 😀 neck pain";
        let byte = text.find("neck").unwrap() as u32;
        assert_eq!(Positions::new(text, Unit::Codepoints).at(byte), 6);
        assert_eq!(Positions::new(text, Unit::Utf16).at(byte), 7);
        assert_eq!(Positions::new(text, Unit::Bytes).at(byte), byte);
    }

    #[test]
    fn positions_agree_past_the_first_checkpoint() {
        let text = "é".repeat(400) + "neck";
        let byte = text.find("neck").unwrap() as u32;
        assert_eq!(Positions::new(&text, Unit::Codepoints).at(byte), 400);
        assert_eq!(byte_of_codepoint(&text, 400), byte as usize);
    }
}
