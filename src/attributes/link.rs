//! Which mention a value belongs to: the nearest one that can take it, in its clause, sentence, problem or, for what a patient tells, the topic before.

use crate::attributes::levels;
use crate::attributes::problems::Problems;
use crate::attributes::scan::{Hit, Scan};
use crate::attributes::words::denied;
use crate::attributes::{Read, Value};
use crate::knowledge::Knowledge;
use crate::knowledge::attributes::Meaning;
use crate::knowledge::source::attributes::WordUse;
use crate::mentions::Mention;
use crate::vocab::{AttributeKey, ConceptKind, SectionKind};
use std::cell::OnceCell;
use std::ops::Range;

/// The most a value may be away from its mention within a sentence, in tokens and penalties.
const FAR: u32 = 30;
/// The same for words that stand before what they describe ("chronic", "left").
const NEAR: u32 = 8;
/// The same for causes, which follow what they cause.
const CAUSE_REACH: u32 = 10;
/// What no value is away from its mention, whatever it is.
const BEYOND: u32 = 100;
/// Tokens of a side: "left > right".
const SIDED: u32 = 3;
/// How many sentences back a topic may stand.
const TOPIC_REACH: u32 = 4;

/// Tokens within which the mentions are looked for that a value may belong to.
const WINDOW: u32 = 120;
/// Mentions before one that are looked at.
const EARLIER: usize = 64;

/// Links values to mentions; each value may belong to several that are joined by "and".
pub(crate) struct Linker<'a> {
    pub scan: &'a Scan<'a>,
    pub mentions: &'a [Mention],
    pub knowledge: &'a Knowledge,
    /// The problems of a note that assesses others, too; found out when it is asked.
    pub problems: OnceCell<Option<Problems<'a>>>,
}

/// Tokens of a phrase of cause: "in the setting of".
const BECAUSE: u32 = 5;

/// Tokens of a label before a level, with its colon.
const LABELLED: usize = 5;

/// Whether a concept of that kind can have that property.
pub(crate) fn takes(kind: ConceptKind, key: AttributeKey) -> bool {
    use AttributeKey as K;
    match kind {
        ConceptKind::Symptom => !matches!(key, K::Phase),
        ConceptKind::Diagnosis => !matches!(key, K::PainScore),
        // Look-alikes take everything that stands by them, so that it goes to nothing of ours.
        ConceptKind::Confuser => true,
        ConceptKind::Sign | ConceptKind::Procedure => matches!(key, K::Laterality | K::Level | K::Region | K::Severity),
        ConceptKind::Status => matches!(key, K::Level | K::Onset),
        // "fell yesterday" says when the complaint began
        ConceptKind::Mechanism => matches!(key, K::Onset),
        ConceptKind::Visit | ConceptKind::Circumstance => false,
    }
}

impl Linker<'_> {
    /// The mentions, by index, that a value belongs to; the complaint of an earlier sentence only if it may be `told_on`.
    pub fn link(&self, read: &Read, told_on: bool) -> Vec<usize> {
        let key = read.attribute.key;
        let Some(sentence) = self.scan.layout.sentence_at(read.tokens.start).map(|at| at as u32) else { return Vec::new() };
        let all = self.mentions_of(sentence..sentence + 1);
        // in a sentence without an end what is far away is not looked at
        let near = |token: u32| self.mentions[all.clone()].partition_point(|m| m.tokens.start < token) + all.start;
        let here = near(read.tokens.start.saturating_sub(WINDOW))..near(read.tokens.end + WINDOW);
        if key == AttributeKey::PainScore && self.of_a_site(read.tokens.start) {
            return Vec::new();
        }
        let best = here
            .clone()
            .filter(|m| self.takes(*m, key) && !self.nothing_of(*m, key) && !self.elsewhere(*m, read))
            .filter_map(|m| self.cost(read, m).map(|cost| (cost, m)))
            .min_by_key(|(cost, m)| (*cost, *m));
        if let Some((_, mention)) = best {
            let mut all = self.with_joined(mention, read);
            if (read.tokens.start.saturating_sub(2)..read.tokens.start).any(|t| self.scan.word(t, WordUse::Each).is_some())
                && matches!(key, AttributeKey::Duration | AttributeKey::Onset | AttributeKey::PainScore | AttributeKey::Severity)
            {
                let told =
                    |m: &usize| self.mentions[*m].tokens.end <= read.tokens.start && self.takes(*m, key) && !self.nothing_of(*m, key);
                all.extend(here.clone().filter(told));
            }
            all.extend(self.began_with(read, mention));
            all.extend(self.operated_for(read, mention));
            all.extend(self.placed_at(read, mention).or_else(|| self.through_cause(read, mention)));
            all.sort_unstable();
            all.dedup();
            return all;
        }
        if !told_on || read.beside_mention || read.after_mention && key == AttributeKey::Cause {
            return Vec::new();
        }
        self.topic(sentence, read).unwrap_or_default()
    }

    /// What stands at the level that a later mention shares: the *herniation* in "herniation at C5-6 causing stenosis".
    fn placed_at(&self, read: &Read, later: usize) -> Option<usize> {
        let value = &read.tokens;
        if read.attribute.key != AttributeKey::Level || self.mentions[later].tokens.start < value.start {
            return None;
        }
        let host = self.mentions[..later].iter().rposition(|m| m.tokens.end <= value.start)?;
        let own = &self.mentions[host];
        let placed = |t: u32| self.scan.word(t, WordUse::At).is_some();
        let beside = own.sentence == self.mentions[later].sentence && (own.tokens.end..value.start).all(placed);
        // "DDD C5-6 with bulge": the level right behind the first is its own as well
        let touches = own.tokens.end == value.start && self.scan.word(value.end, WordUse::Company).is_some();
        (beside && (own.tokens.end < value.start || touches) && self.takes(host, AttributeKey::Level)).then_some(host)
    }

    /// The complaints that began with an event, whose onset is theirs: "neck pain since a crash on 5/28", "fell 4 days ago, neck pain since".
    fn began_with(&self, read: &Read, event: usize) -> Vec<usize> {
        if read.attribute.key != AttributeKey::Onset || self.kind(event) != ConceptKind::Mechanism {
            return Vec::new();
        }
        let sentence = self.mentions[event].sentence;
        let (before, behind) = (self.mentions[event].tokens.start, self.mentions[event].tokens.end.max(read.tokens.end));
        let complaint = |m: &usize| {
            let felt = matches!(self.kind(*m), ConceptKind::Symptom | ConceptKind::Diagnosis);
            felt && self.takes(*m, AttributeKey::Onset) && !self.nothing_of(*m, AttributeKey::Onset)
        };
        let follows = |tokens: Range<u32>| {
            self.scan.any_word(tokens.clone(), WordUse::Following) && !tokens.into_iter().any(|t| matches!(self.scan.token(t), "." | ";"))
        };
        let all = self.mentions_of(sentence..sentence + 1);
        let last = all.clone().rfind(complaint).map_or(0, |m| self.mentions[m].tokens.end);
        let ever_since = last > behind && self.scan.word(last, WordUse::Following).is_some();
        all.filter(complaint)
            .filter(|m| {
                let own = &self.mentions[*m].tokens;
                if own.end <= before { follows(own.end..before) } else { own.start >= behind && (ever_since || follows(behind..own.start)) }
            })
            .collect()
    }

    /// What a diagnosis with the level of a disc comes from or leads to: the *herniation* in "C5-6 stenosis due to herniation".
    fn through_cause(&self, read: &Read, mention: usize) -> Option<usize> {
        let disc = matches!(&read.attribute.value, Value::Text(level) if level.contains('-'));
        if read.attribute.key != AttributeKey::Level || !disc || self.kind(mention) != ConceptKind::Diagnosis {
            return None;
        }
        let linked = |first: usize, second: usize| {
            let gap = self.core(first).end..self.core(second).start;
            let own = |t: u32| read.tokens.contains(&t) || self.in_value(t) || self.scan.word(t, WordUse::At).is_some();
            let because = gap.clone().find_map(|t| self.scan.word(t, WordUse::Because).map(|end| t..end));
            let placed = |because: Range<u32>| (gap.start..because.start).chain(because.end..gap.end).all(own);
            self.mentions[first].sentence == self.mentions[second].sentence && because.is_some_and(placed)
        };
        let free = |m: &usize| self.kind(*m) == ConceptKind::Diagnosis && !self.has_level(*m, read);
        let after = Some(mention + 1).filter(|m| *m < self.mentions.len() && linked(mention, *m)).filter(free);
        after.or_else(|| mention.checked_sub(1).filter(|m| linked(*m, mention)).filter(free))
    }

    /// Whether another level than the value is named within a mention or right beside it.
    pub(super) fn has_level(&self, mention: usize, but: &Read) -> bool {
        let own = &self.mentions[mention].tokens;
        let behind = (own.end..).find(|t| self.scan.word(*t, WordUse::At).is_none()).unwrap_or(own.end);
        let near = (own.start.saturating_sub(1)..own.end).chain([behind]);
        near.filter(|t| !but.tokens.contains(t)).any(|t| levels::named(self.scan, t))
    }

    fn takes(&self, mention: usize, key: AttributeKey) -> bool {
        takes(self.kind(mention), key)
    }

    /// Whether the neck or a part of it is named at a token.
    pub fn names_neck(&self, token: u32) -> bool {
        self.neck_ends(token, |_| true) || self.is_site(token)
    }

    /// Whether words for a part of the neck begin at a token and end where they should.
    fn neck_ends(&self, token: u32, wanted: impl Fn(u32) -> bool) -> bool {
        self.knowledge.lexicon.neck_at(&self.scan.layout.folded, token as usize, |end| wanted(end as u32))
    }

    /// Whether a part of the neck that no mention has stands right before a value: "LBP 5/10, *neck* 3/10".
    fn of_a_site(&self, value: u32) -> bool {
        // "neck R>L 4/10"
        let sided = |end: u32| {
            (end.saturating_sub(SIDED)..end)
                .find(|t| self.scan.at(*t).iter().any(|h| h.end == end && self.is_value(h, AttributeKey::Laterality)))
        };
        let value = sided(value).unwrap_or(value);
        let Some(before) = value.checked_sub(1) else { return false };
        self.neck_ends(before, |end| end == value) && !self.mentions.iter().any(|m| m.tokens.contains(&before))
    }

    /// Whether a level is of another region of the spine than the mention: "*C5-6* and L4-5 *HNP*" is two, each at its own.
    fn elsewhere(&self, mention: usize, read: &Read) -> bool {
        // "neck pain and headache, upper traps": a part of the neck is not of the head
        if read.attribute.key == AttributeKey::Region {
            return self.mentions[mention].region.as_ref().is_some_and(|(region, _)| region == "head");
        }
        let (AttributeKey::Level, Value::Text(level)) = (read.attribute.key, &read.attribute.value) else { return false };
        let Some((region, _)) = &self.mentions[mention].region else { return false };
        let grammar = &self.knowledge.lexicon.grammar;
        let level = level.to_ascii_lowercase();
        let (upper, lower) = level.split_once('-').map_or((level.as_str(), None), |(u, l)| (u, Some(l)));
        let own = grammar.level_region(upper, lower);
        let ends = [own, grammar.level_region(upper, None), lower.and_then(|l| grammar.level_region(l, None))];
        // "cervical" takes C7-T1, whatever the joint is called
        grammar.level_regions().any(|r| r == region) && ends.iter().flatten().all(|r| r != region)
    }

    /// How long and how strong is told of what is there: "neck x 2 wks, 3/10, *no arm symptoms*".
    fn nothing_of(&self, mention: usize, key: AttributeKey) -> bool {
        let tokens = &self.mentions[mention].tokens;
        let told = matches!(key, AttributeKey::Duration | AttributeKey::Onset | AttributeKey::PainScore);
        told && (denied(self.scan, tokens.start) || self.scan.word(tokens.end, WordUse::NegatorBehind).is_some())
    }

    pub(super) fn kind(&self, mention: usize) -> ConceptKind {
        self.knowledge.lexicon.concept(self.mentions[mention].concept).kind
    }

    /// The mentions right before one, as many as may matter to it.
    pub(super) fn earlier(&self, mention: usize) -> &[Mention] {
        &self.mentions[mention.saturating_sub(EARLIER)..mention]
    }

    fn mentions_of(&self, sentences: Range<u32>) -> Range<usize> {
        let from = self.mentions.partition_point(|m| m.sentence < sentences.start);
        let to = self.mentions.partition_point(|m| m.sentence < sentences.end);
        from..to.max(from)
    }

    /// Whether another mention begins at the token.
    fn begins_at(&self, token: u32, mention: usize) -> bool {
        let from = self.mentions.partition_point(|m| m.tokens.start < token);
        self.mentions[from..].iter().take_while(|m| m.tokens.start == token).any(|m| m.tokens != self.mentions[mention].tokens)
    }

    /// A mention's tokens without a site that stands apart from them.
    fn core(&self, mention: usize) -> Range<u32> {
        self.mentions[mention].core(self.scan.layout)
    }

    /// How far a value is from a mention of its sentence; `None` if it cannot belong to it.
    fn cost(&self, read: &Read, mention: usize) -> Option<u32> {
        let tokens = match read.attribute.key {
            AttributeKey::Level => &self.core(mention),
            _ => &self.mentions[mention].tokens,
        };
        let value = &read.tokens;
        if value.start < tokens.end && tokens.start < value.end && !read.after_mention {
            // "neck and *right* shoulder pain": a side between the parts of one mention is of the other that begins behind it
            let others = read.attribute.key == AttributeKey::Laterality && self.begins_at(value.end, mention);
            return (!others).then_some(0);
        }
        let forward = value.end <= tokens.start;
        let gap = if forward { value.end..tokens.start } else { tokens.end.min(value.start)..value.start };
        // "Onset: 7 weeks ago     Precautions: breast cancer": another label parts a value from what follows
        let labelled = || gap.clone().skip(1).any(|t| self.scan.token(t) == ":");
        if forward && follows_complaint(read.attribute.key) && labelled() {
            return None;
        }
        let mut cost = 0;
        for token in gap.clone() {
            cost += match self.scan.token(token) {
                "." | ";" | "|" => 14,
                "," | ":" | "(" | ")" => 2,
                _ if self.scan.word(token, WordUse::Clause).is_some() => 10,
                _ if self.in_value(token) => 0,
                _ => 1,
            };
            if cost > BEYOND {
                return None;
            }
        }
        // Another mention in between is the better one.
        let first = self.mentions.partition_point(|m| m.tokens.start < gap.start);
        let inside = self.mentions[first..].iter().take_while(|m| m.tokens.start < gap.end).filter(|m| m.tokens.end <= gap.end);
        cost += 4 * inside.count().min(4) as u32;
        // "neck pain, left - PT": a dash rather ends what the value belongs to
        let before = || self.earlier(mention).last().is_some_and(|m| m.sentence == self.mentions[mention].sentence);
        if forward && gap.clone().any(|t| self.scan.sets_off(t)) && before() {
            cost += FAR;
        }
        if read.beside_mention {
            // "slipped on ice in the driveway tonight"
            let event = self.kind(mention) == ConceptKind::Mechanism;
            let reach = if event { FAR / 2 } else { 3 + 2 * u32::from(forward) };
            return (cost <= reach && !(forward && read.after_mention)).then_some(cost);
        }
        // "CESI at C7-T1 for radiculopathy" goes in there
        if read.attribute.key == AttributeKey::Level && forward && self.done_at(read).is_some_and(|p| self.enters_elsewhere(p)) {
            return None;
        }
        match read.attribute.key {
            // "neck pain is moderate, knee pain mild"
            AttributeKey::Acuity | AttributeKey::Severity
                if forward
                    && self.earlier(mention).last().is_some_and(|m| m.sentence == self.mentions[mention].sentence)
                    && value.start.checked_sub(1).is_some_and(|t| self.scan.word(t, WordUse::Copula).is_some()) =>
            {
                None
            }
            // "cervical strain, *abrasions* healing", "cervical strain, sequelae of *stroke*"
            AttributeKey::Phase if self.of_another(gap.start..value.end) => None,
            AttributeKey::Acuity | AttributeKey::Severity | AttributeKey::Region if forward => {
                // "neck pain, *moderate,* and tailbone pain": between commas it is of what stands before it
                let set_off = self.scan.token(gap.start) == "," && self.trails(value.start, mention);
                let describes = self.heads_list(value.start, gap.clone()) || self.describes(gap, false);
                describes.then_some(cost + if set_off { 8 } else { 0 })
            }
            // "neck 4/10 *left,* LBP 6/10": a comma rather ends what the side belongs to
            AttributeKey::Laterality if forward => {
                let joins = self.scan.word(gap.start, WordUse::Join).is_some();
                let behind = || self.earlier(mention).iter().any(|m| m.tokens.end == value.start);
                let parted = gap.clone().any(|t| self.scan.token(t) == ",") || (joins && behind());
                (self.describes(gap, true) && cost <= NEAR).then_some(cost + if parted { 4 } else { 0 })
            }
            AttributeKey::Acuity | AttributeKey::Severity | AttributeKey::Laterality | AttributeKey::Region => {
                // "headaches, bilateral *traps*": the side is of the part it stands before
                let side = read.attribute.key == AttributeKey::Laterality;
                let sided = side && self.is_site(value.end);
                // "radiculopathy, *left* C6"
                let ends = side && levels::named(self.scan, value.end) || self.ends_phrase(value.end);
                // "The neck pain has been with her for six years and *is* moderate"
                let said = read.attribute.key == AttributeKey::Severity
                    && value.start.checked_sub(1).is_some_and(|t| self.scan.word(t, WordUse::Copula).is_some());
                (cost <= if said { FAR } else { NEAR } && !sided && ends).then_some(cost + 3)
            }
            // "herniation, C5-6 with myelopathy": the level is of what stands before "with"
            AttributeKey::Level
                if forward
                    && self.earlier(mention).iter().any(|m| m.tokens.end <= value.start && value.start - m.tokens.end <= 8)
                    && gap.clone().any(|t| self.scan.word(t, WordUse::Company).is_some()) =>
            {
                None
            }
            AttributeKey::Level if forward => {
                // "pain from C5-6 herniation": what causes it has the level
                let before = |word| value.start.checked_sub(1).is_some_and(|t| self.scan.word(t, word).is_some());
                // "due to known C5-6 and C6-7 degeneration"
                let leads = |t: u32| self.scan.word(t, WordUse::Because).is_some_and(|end| end <= value.start && value.start - end <= 2);
                let because = (value.start.saturating_sub(BECAUSE)..value.start).any(leads);
                let placed = before(WordUse::At) && !because;
                // "HNP C5-6 and DDD C6-7", "disc protrusion, C5-6, neck pain": a joining word or mark behind a level parts it from what follows
                let parted = gap.clone().any(|t| self.scan.word(t, WordUse::Join).is_some() && self.scan.token(t) != "-")
                    && self.earlier(mention).iter().any(|m| {
                        let circumstance = self.knowledge.lexicon.concept(m.concept).kind == ConceptKind::Circumstance;
                        m.tokens.end <= value.start && value.start - m.tokens.end <= 1 && !circumstance
                    });
                (cost <= NEAR).then_some(cost + if placed || parted { 6 } else { 0 })
            }
            AttributeKey::Level => (cost <= 14).then_some(cost + 1),
            AttributeKey::Cause | AttributeKey::Radiation if forward => None,
            AttributeKey::Cause => (cost <= CAUSE_REACH).then_some(cost),
            AttributeKey::Course if forward => (cost <= 5).then_some(cost),
            // "neck pain, which she rates a 6, and soreness of the wrist": a comma rather ends what the score belongs to
            AttributeKey::PainScore | AttributeKey::Duration | AttributeKey::Onset
                if forward
                    && matches!(self.scan.token(gap.start), "," | ")")
                    && (read.attribute.key == AttributeKey::PainScore || self.trails(value.start, mention))
                    && self.earlier(mention).last().is_some_and(|m| m.sentence == self.mentions[mention].sentence) =>
            {
                (cost + 10 <= FAR).then_some(cost + 12)
            }
            _ if forward => (cost <= FAR).then_some(cost + 2),
            _ => (cost <= FAR).then_some(cost),
        }
    }

    /// Whether two complaints came together, and nothing before the first says when: "neck pain *with* headaches | for 4 months".
    fn came_together(&self, first: usize, gap: Range<u32>, key: AttributeKey) -> bool {
        let with = gap.len() == 1 && self.scan.word(gap.start, WordUse::Company).is_some();
        let own = &self.mentions[first].tokens;
        let felt = |m: usize| self.kind(m) == ConceptKind::Symptom;
        let told = own.start.checked_sub(1).is_some_and(|t| self.scan.at(t).iter().any(|h| self.is_value(h, AttributeKey::Acuity)));
        matches!(key, AttributeKey::Duration | AttributeKey::Onset) && with && felt(first) && felt(first + 1) && !told
    }

    /// The mention and those joined to it on the other side of it from the value: "neck pain and headache | for 3 weeks".
    fn with_joined(&self, mention: usize, read: &Read) -> Vec<usize> {
        let mut all = vec![mention];
        let key = read.attribute.key;
        let own = &self.mentions[mention].tokens;
        let heads = |m: &usize| self.mentions[*m].tokens.end == own.end && self.mentions[*m].sentence == self.mentions[mention].sentence;
        // "chronic back and neck pain", "left neck and shoulder pain": one head, and what stands before both is of both
        let shared = matches!(key, AttributeKey::Acuity | AttributeKey::Severity | AttributeKey::Laterality);
        if matches!(key, AttributeKey::Laterality | AttributeKey::Region) || read.tokens.start < own.end {
            let timed = matches!(key, AttributeKey::Duration | AttributeKey::Onset);
            if timed && read.tokens.end <= own.start {
                // "in May she noticed pain of the back and the neck": one pain in two places
                let same = |m: &usize| self.mentions[*m].tokens.start == own.start || heads(m);
                all.extend((mention + 1..self.mentions.len()).take_while(same).filter(|m| self.takes(*m, key)));
            } else if shared && read.tokens.end <= own.start {
                let further = (mention + 1..self.mentions.len()).take_while(heads);
                all.extend(further.filter(|m| self.takes(*m, key) && self.reaches(mention, *m, read)));
            } else if shared && read.tokens.start >= own.end {
                all.extend((0..mention).rev().take_while(heads).filter(|m| self.takes(*m, key)));
                all.extend((mention + 1..self.mentions.len()).take_while(heads).filter(|m| self.takes(*m, key)));
            }
            return all;
        }
        // "neck pain and headache, severe" may be of the last alone
        let each = !matches!(key, AttributeKey::Acuity | AttributeKey::Severity);
        let mut at = mention;
        while at > 0 && self.mentions[at - 1].sentence == self.mentions[mention].sentence {
            let gap = self.mentions[at - 1].tokens.end..self.mentions[at].tokens.start;
            // two mentions may share their head: "low back and neck pain for 2 weeks", "soreness of the neck and upper back, mild"
            let shared = gap.start > gap.end;
            // "neck pain, *R* wrist pain 7/10": what has its own side behind a comma has its own score and time
            let own_side = |t: u32| self.scan.at(t).iter().any(|h| self.is_value(h, AttributeKey::Laterality));
            let far = || self.mentions[at].region.as_ref().is_some_and(|(r, _)| !matches!(r.as_str(), "cervical" | "shoulder" | "arm"));
            if follows_complaint(key) && self.scan.token(gap.start) == "," && gap.clone().any(own_side) && far() {
                break;
            }
            if !(shared || each && self.all_values(gap.clone()) || self.came_together(at - 1, gap, key)) || !self.takes(at - 1, key) {
                break;
            }
            // "DDD of the C5-6 disc and spondylosis C6-7", "herniation with radiculopathy and DDD C6-7"
            let company = |t: u32| self.scan.word(t, WordUse::Company).is_some();
            if key == AttributeKey::Level
                && (self.has_level(at - 1, read) || self.mentions[at - 1].tokens.start.checked_sub(1).is_some_and(company))
            {
                break;
            }
            at -= 1;
            all.push(at);
        }
        // "upper back and neck discomfort 2 weeks": mentions with one head have one length of time
        all.extend((mention + 1..self.mentions.len()).take_while(heads).filter(|m| self.takes(*m, key)));
        all.sort_unstable();
        all
    }

    /// Whether a side before several with one head is of `other` too: not of "left neck and *right* shoulder pain", nor, where it stands
    /// before something else, beyond a comma: "right *knee,* neck and shoulder pain".
    fn reaches(&self, mention: usize, other: usize, read: &Read) -> bool {
        let side = |h: &Hit| self.is_value(h, AttributeKey::Laterality);
        let mut between = read.tokens.end..self.mentions[other].tokens.start;
        let next = read.tokens.end == self.mentions[mention].tokens.start;
        read.attribute.key != AttributeKey::Laterality
            || !between.any(|t| self.scan.at(t).iter().any(side) || (!next && self.scan.token(t) == ","))
    }

    /// What the sentences before were about, for a value whose sentence names nothing: "It has bothered her for years."
    fn topic(&self, sentence: u32, read: &Read) -> Option<Vec<usize>> {
        let key = read.attribute.key;
        let layout = self.scan.layout;
        let here = layout.sentences.get(sentence as usize)?;
        let kind = layout.sections.get(here.section as usize)?.kind;
        // "Neck pain 5/10. Chronic.": a word that is a sentence is of the one before, and so is one that opens it: "Chronic, unchanged."
        let alone = key == AttributeKey::Acuity && (here.tokens.len() <= 2 || self.says_only_how(here.tokens.start, read));
        if quiet(kind) || (matches!(key, AttributeKey::Acuity | AttributeKey::Region | AttributeKey::Phase) && !alone) {
            return None;
        }
        // "C5-6: disc herniation" and, in the next line, "C6-7: no herniation": a label is its own row's
        if key == AttributeKey::Level && here.tokens.start == read.tokens.start && self.scan.token(read.tokens.end) == ":" {
            return None;
        }
        // "Neck supple. SLR + on the right", "Strength is full in both arms": the side is the other part's
        let parts = || self.scan.within(here.tokens.clone()).iter().any(|h| matches!(h.meaning, Meaning::Target(_)));
        if key == AttributeKey::Laterality && (kind == SectionKind::Exam || parts()) {
            return None;
        }
        let of_the_neck = |tokens: &Range<u32>| tokens.clone().any(|t| self.names_neck(t));
        let mut reach = 0;
        for back in (0..sentence).rev() {
            let before = layout.sentences.get(back as usize)?;
            // "CC: neck pain" and, in the history, "Onset: 8 months ago"
            let story = || layout.sections.get(before.section as usize).is_some_and(|s| tells(s.kind)) && tells(kind);
            if before.section != here.section && !(follows_complaint(key) && story()) {
                break;
            }
            // Levels stay within their problem; what a patient tells may go on over a line.
            let beyond = before.item != here.item;
            // "Dx: cervicalgia" and, in the line below, "Date of onset: 04/27/2026"
            let first = back + 1 == sentence;
            // "Neck pain. Insomnia. Chronic."
            if key == AttributeKey::Acuity && !first {
                break;
            }
            let row = first && ((follows_complaint(key) && here.tokens.start == read.tokens.start) || alone);
            let listed = || key == AttributeKey::Level && self.leads(here.tokens.start, read) && self.lists_levels(back + 1..sentence);
            if beyond && !listed() && (key == AttributeKey::Level || !(tells(kind) || row)) {
                break;
            }
            let level_of_list = beyond && key == AttributeKey::Level;
            let mut found = self
                .mentions_of(back..back + 1)
                .filter(|m| !level_of_list || self.kind(*m) == ConceptKind::Diagnosis)
                .filter(|m| matches!(self.kind(*m), ConceptKind::Symptom | ConceptKind::Diagnosis) && self.takes(*m, key))
                // "known herniated disc, neck pain. Pain is moderate": what is felt is strong or mild
                .filter(|m| key != AttributeKey::Severity || self.kind(*m) == ConceptKind::Symptom)
                // "The C5-6 protrusion is new. C6-7 is unchanged": what has a level of its own takes no other
                .filter(|m| key != AttributeKey::Level || !self.has_level(*m, read))
                .filter(|m| !denied(self.scan, self.mentions[*m].tokens.start));
            if let Some(first) = found.next() {
                // "Ankle pain 8/10. Also asks about his neck: sore since Monday"
                let placed = matches!(key, AttributeKey::Laterality | AttributeKey::Region);
                let parted = (placed || follows_complaint(key)) && self.kind(first) == ConceptKind::Symptom && of_the_neck(&here.tokens);
                if parted && !of_the_neck(&before.tokens) {
                    return None;
                }
                // "stenosis and disc degeneration. Levels: C4-5, C5-6"
                // "Neck and low back pain. Neck is right sided, LBP across. Both moderate."
                if (read.tokens.start.saturating_sub(2)..read.tokens.start).any(|t| self.scan.word(t, WordUse::Each).is_some()) {
                    let all = self.mentions_of(back.saturating_sub(1)..back + 1);
                    return Some(all.filter(|m| self.kind(*m) == ConceptKind::Symptom && self.takes(*m, key)).collect());
                }
                // and "neck pain with headaches. Going on 5 months" is of both
                let together = follows_complaint(key) && self.kind(first) == ConceptKind::Symptom;
                let felt = |m: &usize| level_of_list || (together && self.kind(*m) == ConceptKind::Symptom);
                return Some(std::iter::once(first).chain(found.take_while(felt)).collect());
            }
            reach += 1;
            if reach >= TOPIC_REACH {
                break;
            }
        }
        None
    }

    /// Whether a value opens its sentence, or stands behind a label that does: "- *C5-6* right", "Level: *C5-6*".
    fn leads(&self, start: u32, read: &Read) -> bool {
        let before = start..read.tokens.start;
        before.clone().all(|t| self.scan.is_bullet(t)) || before.len() <= LABELLED && self.scan.token(read.tokens.start - 1) == ":"
    }

    /// Whether a word opens its sentence, or stands behind a label or "it is", and ends a phrase there: "Chronic, unchanged",
    /// "Status: chronic", "It's chronic"; not "chronic kidney disease".
    fn says_only_how(&self, start: u32, read: &Read) -> bool {
        let before = start..read.tokens.start;
        let copula = || before.len() <= LABELLED && self.scan.word(read.tokens.start - 1, WordUse::Copula).is_some();
        self.says_no_more(read.tokens.end) && (self.leads(start, read) || copula())
    }

    /// Whether nothing but other values, or a denial, follows in the clause: "chronic, *unchanged.*", "chronic issue, *no red flags*"; not
    /// "chronic, *stable hypertension*".
    fn says_no_more(&self, mut token: u32) -> bool {
        let ends = |t: u32| t >= self.scan.len() || self.scan.breaks(t) > 0 || matches!(self.scan.token(t), "." | ";" | ")");
        while !ends(token) && self.scan.word(token, WordUse::Negator).is_none() {
            match self.value_end(token) {
                Some(end) => token = end,
                None if self.scan.token(token) == "," => token += 1,
                None => return false,
            }
        }
        true
    }

    /// Whether each of some sentences begins with a level and names no condition.
    fn lists_levels(&self, sentences: Range<u32>) -> bool {
        let level = |s: u32| {
            let tokens = self.scan.layout.sentences.get(s as usize).map_or(0..0, |s| s.tokens.clone());
            tokens.into_iter().find(|t| !self.scan.is_bullet(*t)).is_none_or(|t| levels::named(self.scan, t))
        };
        sentences.clone().all(level) && !self.mentions_of(sentences).any(|m| self.kind(m) == ConceptKind::Diagnosis)
    }
}

/// Sections whose numbers are not of the complaint.
pub(crate) fn quiet(kind: SectionKind) -> bool {
    use SectionKind as S;
    matches!(kind, S::FamilyHistory | S::SocialHistory | S::Medications | S::Allergies | S::Instructions | S::Results)
}

/// Whether a property told in the history may be of the complaint above it.
fn follows_complaint(key: AttributeKey) -> bool {
    matches!(key, AttributeKey::Duration | AttributeKey::Onset | AttributeKey::PainScore)
}

/// Sections in which the patient's story runs over paragraphs.
pub(super) fn tells(kind: SectionKind) -> bool {
    use SectionKind as S;
    matches!(kind, S::Preamble | S::ChiefComplaint | S::Hpi | S::HospitalCourse | S::Unknown | S::Indications)
}
