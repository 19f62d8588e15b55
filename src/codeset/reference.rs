//! Codes named inside notes, normalised: `M54.1`, `M54.1-`, `M50.1.-`, `M43.3-M43.5X9`, `S12.0--S12.6.-`, `T36-T50 with fifth or sixth character 5`.

use crate::code::Code;

/// A code or range that a note names, with what the note says of its further characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The code, or the first of the range; everything below it is meant, too.
    pub first: Code,
    /// The last of the range; the same for a single code.
    pub last: Code,
    /// What the characters of the code must be beside.
    pub only: Only,
}

/// What a note demands of the further characters of the codes it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Only {
    /// Nothing.
    Any,
    /// One of these characters at one of these places (1-based): "with fifth or sixth character 5".
    At(Vec<usize>, Vec<String>),
    /// The part after the dot begins with one of these: "with .51-.52" gives the two.
    AfterDot(Vec<String>),
    /// It ends in one of these: "with final characters -23".
    Ending(Vec<String>),
    /// Something that no machine should guess ("with ketoacidosis"): every code of the range may be meant.
    Words,
}

impl Reference {
    /// Whether the note means that code. A header is meant if codes below it may be.
    pub fn covers(&self, code: Code) -> bool {
        let compact = code.compact();
        let in_range = code.within(&self.first) || code.within(&self.last) || (self.first <= code && code <= self.last);
        in_range
            && match &self.only {
                Only::Any | Only::Words => true,
                // "fifth or sixth": the sixth, or the fifth where the sixth is only padding
                Only::At(places, values) => places
                    .iter()
                    .filter(|&&p| compact.as_bytes().get(p - 1).is_some_and(|b| *b != b'X'))
                    .max()
                    .is_some_and(|&p| values.iter().any(|v| compact.get(p - 1..p - 1 + v.len()).is_some_and(|found| found == v))),
                Only::AfterDot(values) => compact.get(3..).is_some_and(|rest| values.iter().any(|v| rest.starts_with(v.as_str()))),
                Only::Ending(values) => values.iter().any(|v| compact.ends_with(v.as_str())),
            }
    }
}

/// The codes a note names, in order. A bracket without a code ("(due to)") names none.
pub fn references(text: &str) -> Vec<Reference> {
    let bytes = text.as_bytes();
    let mut found: Vec<Reference> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let Some((first, end)) = code_at(text, at) else {
            at += 1;
            continue;
        };
        let mut end = end;
        let mut last = first;
        // "A-B", "A - B", "A--B.-", "A to B"
        let rest = &text[end..];
        let dashes = rest.trim_start_matches(['-', ' ', '.']);
        let between = &rest[..rest.len() - dashes.len()];
        let to = dashes.strip_prefix("to ").filter(|_| !between.contains('-'));
        let from = if between.contains('-') { Some(text.len() - dashes.len()) } else { to.map(|d| text.len() - d.len()) };
        if let Some((second, stop)) = from.and_then(|from| code_at(text, from))
            && second > first
        {
            last = second;
            end = stop;
        }
        found.push(Reference { first, last, only: Only::Any });
        at = end;
        // a condition stands after the last code of its bracket and belongs to all codes of it
        let rest = text[end..].trim_start_matches(['-', '.', ' ', ',']);
        if let Some(condition) = rest.strip_prefix("with ") {
            let condition = condition.split([')', ';']).next().unwrap_or(condition);
            let only = condition_in(condition);
            let bracket = text[..at].rfind('(').unwrap_or(0);
            let in_bracket = found.iter().rev().take(text[bracket..at].matches(',').count() + 1).count();
            let n = found.len();
            for reference in &mut found[n - in_bracket..] {
                reference.only = only.clone();
            }
            at = text.len() - rest.len() + "with ".len() + condition.len();
        }
    }
    found
}

/// A code that begins at a byte, and where it ends; only whole words, only upper case ("G6PD" and "T1-T2" are none).
fn code_at(text: &str, at: usize) -> Option<(Code, usize)> {
    let bytes = text.as_bytes();
    if at > 0 && bytes.get(at - 1).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'.' || !b.is_ascii()) {
        return None;
    }
    if !bytes.get(at)?.is_ascii_uppercase() {
        return None;
    }
    let alnum = |i: usize| bytes.get(i).is_some_and(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let mut end = at;
    while alnum(end) {
        end += 1;
    }
    if end - at != 3 {
        return None;
    }
    if bytes.get(end) == Some(&b'.') && alnum(end + 1) {
        end += 1;
        while alnum(end) {
            end += 1;
        }
    }
    if bytes.get(end).is_some_and(|b| b.is_ascii_alphabetic() || !b.is_ascii()) {
        return None;
    }
    Code::parse(text.get(at..end)?).map(|code| (code, end))
}

/// Reads what follows "with".
fn condition_in(words: &str) -> Only {
    let words = words.to_ascii_lowercase().replace("-character", " character");
    let place = |w: &str| match w {
        "4th" | "fourth" => Some(4),
        "5th" | "fifth" => Some(5),
        "6th" | "sixth" | "six" => Some(6),
        "7th" | "seventh" => Some(7),
        _ => None,
    };
    if let Some((before, after)) = words.split_once("character") {
        let values = values(after.trim_start_matches('s'));
        if values.is_empty() {
            return Only::Words;
        }
        if before.trim() == "final" {
            return if after.contains('.') { Only::AfterDot(values) } else { Only::Ending(values) };
        }
        let places: Vec<usize> = before.split_whitespace().filter_map(place).collect();
        return match places.as_slice() {
            [] => Only::Words,
            // "fifth to sixth characters 51"
            [from, ..] if before.contains(" to ") => Only::At(vec![*from], values),
            _ => Only::At(places, values),
        };
    }
    if words.starts_with('.') {
        let values = values(&words);
        if !values.is_empty() {
            return Only::AfterDot(values);
        }
    }
    Only::Words
}

/// "5", "1-4 or 6", "B or C", ".51-.52", ".15. .25, .95", "-23": the values, upper case; empty if anything else stands there.
fn values(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in text.split([' ', ',']).filter(|w| !w.is_empty() && *w != "or" && *w != "and") {
        let word = word.trim_matches(['-', '.']);
        let parts: Vec<&str> = word.split('-').map(|p| p.trim_matches('.')).collect();
        if parts.iter().any(|p| p.is_empty() || p.len() > 4 || !p.bytes().all(|b| b.is_ascii_alphanumeric())) {
            return Vec::new();
        }
        match parts.as_slice() {
            [one] if one.len() <= 1 || one.bytes().all(|b| b.is_ascii_digit()) => out.push(one.to_ascii_uppercase()),
            [from, to] if from.len() == to.len() => match (from.parse::<u32>(), to.parse::<u32>()) {
                (Ok(a), Ok(b)) if a <= b && b - a < 100 => out.extend((a..=b).map(|n| format!("{n:0width$}", width = from.len()))),
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        Code::parse(text).unwrap()
    }

    fn covers(note: &str, text: &str) -> bool {
        references(note).iter().any(|r| r.covers(code(text)))
    }

    #[test]
    fn all_ways_of_writing_a_reference() {
        for (note, inside, outside) in [
            ("radiculopathy with cervical disc disorder (M50.1)", "M50.122", "M50.20"),
            ("radiculitis NOS (M54.1-)", "M54.12", "M54.2"),
            ("nerve root compression in disc disorders (M50.1.-, M51.1.-)", "M51.16", "M51.26"),
            ("vertebral subluxation (M43.3-M43.5X9)", "M43.5X2", "M43.6"),
            ("fracture of cervical vertebra (S12.0--S12.6.-)", "S12.600A", "S12.8XXA"),
            ("drug dependence (F10.- -F19.-)", "F11.20", "F20.0"),
            ("head injury (S00 - S09)", "S06.0X0A", "S10.0XXA"),
            ("rheumatoid arthritis by site (M05.00 to M05.8A)", "M05.10", "M05.9"),
            ("jaw pain R68.84", "R68.84", "R68.89"),
            ("at risk for fall (history of fall) Z91.81", "Z91.81", "Z91.82"),
            ("genetic disorders (QA0.0-)", "QA0.0151", "Q00.0"),
            ("poisoning (T36-T65 with fifth or sixth character 1-4 or 6)", "T39.014A", "T39.015A"),
            ("poisoning (T36-T65 with fifth or sixth character 1-4 or 6)", "T36.0X1A", "T36.0X5A"),
            ("diabetic (peripheral) angiopathy (E08-E13 with .51-.52)", "E11.52", "E11.59"),
            ("diabetes (E08, E09, E11, E13 with final characters .00 or .01)", "E09.01", "E09.10"),
            ("aphasia following stroke (I69. with final characters -20)", "I69.320", "I69.321"),
            ("open fracture of ankle (S92.-with 7th character B)", "S92.001B", "S92.001A"),
            ("hallucinations (F11-F19 with fifth to sixth characters 51)", "F11.951", "F11.959"),
        ] {
            assert!(covers(note, inside), "{note}: {inside}");
            assert!(!covers(note, outside), "{note}: {outside}");
        }
    }

    #[test]
    fn prose_names_no_code() {
        for note in [
            "current injury - see injury of spine by body region",
            "G6PD deficiency (due to) (in)",
            "C5-C6 level",
            "Henoch(-Schönlein) purpura é",
        ] {
            assert_eq!(references(note), [], "{note}");
        }
    }
}
