//! An ICD-10-CM code: small, copyable, always well-formed.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A well-formed ICD-10-CM code ("M54.2", "S13.4XXA"); whether it is *valid* is for the code set to say.
///
/// Held without its dot, upper case, zero-padded, so that codes sort as printed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code([u8; 7]);

impl Code {
    /// Parses "M54.2", "m542", "S13.4xxA" (case and the dot are free); `None` if it cannot be a code.
    ///
    /// Form: a letter, a digit or letter, a digit or letter, then up to four more letters or digits
    /// (the official tabular list has categories such as `C4A` and codes such as `QA0.0151`'s shorter kin).
    pub fn parse(text: &str) -> Option<Code> {
        let mut bytes = [0u8; 7];
        let mut n = 0;
        for (i, b) in text.trim().bytes().enumerate() {
            if b == b'.' {
                if i != 3 {
                    return None;
                }
                continue;
            }
            if n == 7 || !b.is_ascii_alphanumeric() {
                return None;
            }
            bytes[n] = b.to_ascii_uppercase();
            n += 1;
        }
        let shaped = n >= 3 && bytes[0].is_ascii_alphabetic() && (bytes[1].is_ascii_digit() || bytes[2].is_ascii_digit());
        shaped.then_some(Code(bytes))
    }

    /// The characters without the dot ("M542").
    pub fn compact(&self) -> &str {
        let n = self.0.iter().position(|&b| b == 0).unwrap_or(7);
        std::str::from_utf8(&self.0[..n]).unwrap_or("")
    }

    /// Whether this code is `prefix` or lies below it ("M50.222" is within "M50.2").
    pub fn within(&self, prefix: &Code) -> bool {
        self.compact().starts_with(prefix.compact())
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let compact = self.compact();
        let (category, rest) = compact.split_at(3.min(compact.len()));
        if rest.is_empty() { f.pad(category) } else { f.pad(&format!("{category}.{rest}")) }
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code({self})")
    }
}

impl JsonSchema for Code {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "An ICD-10-CM code with its dot.", "pattern": "^[A-Z][0-9A-Z]{2}(\\.[0-9A-Z]{1,4})?$" })
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Code, D::Error> {
        let text = String::deserialize(d)?;
        Code::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not shaped like an ICD-10-CM code")))
    }
}

/// A term of daily speech and the codes it leads to ("neck pain" → M54.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexTerm {
    /// The term.
    pub term: String,
    /// The codes, likeliest first.
    pub codes: Vec<Code>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_with_and_without_dot_and_prints_with() {
        assert_eq!(Code::parse("m542").unwrap().to_string(), "M54.2");
        assert_eq!(Code::parse("S13.4xxa").unwrap().to_string(), "S13.4XXA");
        assert_eq!(Code::parse("M54").unwrap().to_string(), "M54");
        for bad in ["", "C5", "M5.42", "723.1", "M54.2.1", "M54.23456"] {
            assert!(Code::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn within_is_by_prefix() {
        let code = Code::parse("M50.222").unwrap();
        assert!(code.within(&Code::parse("M50.2").unwrap()));
        assert!(!code.within(&Code::parse("M50.3").unwrap()));
    }
}
