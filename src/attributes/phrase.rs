//! Where phrases of values end, and what they go on to.

use crate::attributes::link::Linker;
use crate::attributes::scan::Hit;
use crate::knowledge::attributes::Meaning;
use crate::knowledge::source::attributes::WordUse;
use crate::vocab::AttributeKey;
use std::ops::Range;

/// Tokens of a value that stands before another: "*left > right*, mild".
const VALUED: u32 = 3;

impl Linker<'_> {
    /// Whether nothing but marks and values, a comma or bracket first, parts a value from another mention before it: "neck pain, left, *mild*".
    pub(super) fn trails(&self, value: u32, mention: usize) -> bool {
        let ends = |t: u32| self.earlier(mention).iter().any(|m| m.tokens.end == t);
        let mut at = value;
        while at > 0 && !ends(at) {
            let valued = (1..=VALUED.min(at)).find(|n| {
                let from = at - n;
                self.scan.at(from).iter().any(|h| h.end == at && matches!(h.meaning, Meaning::Value { .. } | Meaning::Word(WordUse::Join)))
                    || self.scan.length(from).is_some_and(|l| l.end == at)
            });
            let number =
                || self.scan.token(at - 1).bytes().all(|b| b.is_ascii_digit()) || matches!(self.scan.token(at - 1), "(" | "/" | "x");
            match valued {
                Some(n) => at -= n,
                None if number() => at -= 1,
                None => return false,
            }
        }
        at > 0 && at < value && matches!(self.scan.token(at), "," | "(")
    }

    /// Whether nothing but joining words stands between two values.
    pub fn only_joins(&self, gap: Range<u32>) -> bool {
        !gap.is_empty() && gap.len() <= 3 && gap.clone().all(|t| self.scan.word(t, WordUse::Join).is_some())
    }

    /// Where the longest value or joining word that begins at a token ends.
    pub(super) fn value_end(&self, token: u32) -> Option<u32> {
        let values = self.scan.at(token).iter().filter(|h| matches!(h.meaning, Meaning::Value { .. } | Meaning::Word(WordUse::Join)));
        values.map(|h| h.end).max()
    }

    /// Whether a value or a joining word begins at a token.
    pub(super) fn in_value(&self, token: u32) -> bool {
        self.value_end(token).is_some()
    }

    /// Whether nothing but values and joining words stands between two mentions: "neck pain *on the right and* headache".
    pub(super) fn all_values(&self, mut gap: Range<u32>) -> bool {
        while !gap.is_empty() {
            let Some(end) = self.value_end(gap.start) else { return false };
            gap.start = end;
        }
        true
    }

    /// Whether a part of the neck is named at a token.
    pub(super) fn is_site(&self, token: u32) -> bool {
        self.scan.at(token).iter().any(|h| self.is_value(h, AttributeKey::Region))
    }

    /// Whether a hit is a value of that kind.
    pub(super) fn is_value(&self, hit: &Hit, key: AttributeKey) -> bool {
        matches!(hit.meaning, Meaning::Value { index, .. } if self.knowledge.attributes.values[index as usize].key == key)
    }

    /// Whether the tokens between a describing word and a mention let it describe the mention: "chronic left-sided axial | neck pain", not
    /// "chronic kidney disease and | neck pain".
    pub(super) fn describes(&self, gap: Range<u32>, side: bool) -> bool {
        if self.all_values(gap.clone()) {
            return true;
        }
        gap.len() <= 4
            && gap.clone().all(|t| {
                let no_join = self.scan.word(t, WordUse::Join).is_none() && self.scan.word(t, WordUse::Stop).is_none();
                let other_part = side && self.scan.at(t).iter().any(|h| matches!(h.meaning, Meaning::Target(_)));
                no_join && !other_part && !matches!(self.scan.token(t), "." | ";" | ":" | "(" | ")" | "|")
            })
    }

    /// Whether a describing word opens a list of such words before a mention: "*Chronic,* severe, burning | neck pain"; not "*severe*
    /// GERD, left | neck pain".
    pub(super) fn heads_list(&self, start: u32, gap: Range<u32>) -> bool {
        let opens = |at: u32| {
            at == 0
                || self.scan.breaks(at) > 0
                || (self.scan.is_mark(at - 1) && self.scan.token(at - 1) != ",")
                || self.scan.word(at - 1, WordUse::Company).is_some()
                || matches!(self.scan.token(at - 1), "a" | "an" | "of")
        };
        // "chronic, *severe,* burning": the list begins with words before it
        let mut first = start;
        while !opens(first) && first >= 2 && self.scan.token(first - 1) == "," && self.value_end(first - 2) == Some(first - 1) {
            first -= 2;
        }
        let opens = opens(first);
        let comma = |t: u32| self.scan.token(t) == ",";
        let word = |t: u32| {
            let other = |use_| self.scan.word(t, use_).is_none();
            !self.scan.is_mark(t) && self.scan.breaks(t) == 0 && other(WordUse::Join) && other(WordUse::Stop) && other(WordUse::Clause)
        };
        let takes_turns = |t: u32| if (t - gap.start).is_multiple_of(2) { comma(t) } else { word(t) };
        opens && !gap.is_empty() && gap.len() <= 6 && gap.len().is_multiple_of(2) && gap.clone().all(takes_turns)
    }

    /// Whether a describing word, and the values behind it, go on to something they describe: "moderate persistent *asthma*".
    pub fn goes_on(&self, end: u32) -> bool {
        let mut end = end;
        while let Some(next) = self.value_end(end).filter(|_| self.scan.breaks(end) == 0 && self.scan.word(end, WordUse::Join).is_none()) {
            end = next;
        }
        !self.ends_phrase(end)
    }

    /// Whether a describing word ends its phrase ("neck pain, moderate." but not "neck pain with moderate arthritis").
    pub fn ends_phrase(&self, end: u32) -> bool {
        let layout = self.scan.layout;
        // "neck pain bilat. No trauma"
        let begins = || layout.sentence_at(end).is_some_and(|at| layout.sentences[at].tokens.start == end);
        end >= self.scan.len()
            || self.scan.breaks(end) > 0
            || begins()
            || self.scan.is_mark(end)
            || self.scan.word(end, WordUse::Stop).is_some()
            || self.scan.word(end, WordUse::Join).is_some()
            || self.scan.word(end, WordUse::At).is_some()
            || self.scan.word(end, WordUse::Clause).is_some()
            || self.in_value(end)
            // "neck pain left side *3 days*", "on the left *x 2 wks*"
            || self.scan.length(end + u32::from(self.scan.token(end) == "x")).is_some()
            // "Severity: moderate  *Duration:* 3 weeks"
            || self.scan.token(end + 1) == ":"
            // "acute on chronic 6/10"
            || self.scan.token(end + 1) == "/" && self.scan.token(end).bytes().all(|b| b.is_ascii_digit())
    }
}
