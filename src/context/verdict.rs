//! What closes an entry of an assessment and speaks of the diagnosis that heads it: "2. Stenosis: MRI normal, *ruled out*."

use super::judge::apply;
use super::scope::Scopes;
use super::{Assertion, Cue};
use crate::knowledge::Knowledge;
use crate::knowledge::source::context::{Direction, Says};
use crate::mentions::Mention;
use crate::vocab::ConceptKind;

/// Symbols of a number and a bullet, and words before the diagnosis that heads an entry.
const BEFORE_HEAD: usize = 5;
/// Symbols of a level or a side between the head and the mark behind it.
const BEHIND_HEAD: usize = 4;

/// Lets a denial or an end that closes the entry, and is set off in it, speak of the entry's head, if nothing does and no other complaint
/// stands between the two.
pub(super) fn verdict(scopes: &Scopes<'_, '_>, mentions: &[Mention], knowledge: &Knowledge, made: &mut [Assertion]) {
    let view = scopes.view;
    let complaint = |m: &Mention| matches!(knowledge.lexicon.concept(m.concept).kind, ConceptKind::Diagnosis | ConceptKind::Symptom);
    let Some(head) = mentions.iter().position(complaint) else { return };
    let own = view.symbols_of(mentions[head].hull());
    if own.start > BEFORE_HEAD || !made[head].cues.is_empty() {
        return;
    }
    let marks = |i: usize| matches!(view.symbol(i), "," | ":" | "-" | "--" | "→");
    let Some(mark) = (own.end..view.len().min(own.end + BEHIND_HEAD)).find(|i| marks(*i)) else { return };
    for active in &scopes.active {
        let rule = &scopes.knowledge.cues[active.cue as usize];
        let looks_back = !matches!(rule.direction, Direction::Forward | Direction::Marker);
        let ends = rule.says.iter().all(|s| matches!(s, Says::Absent | Says::Resolved));
        // the mark that sets it off may be its own; behind a colon it is the value of a label: "stenosis: Hoffmann: negative"
        let before = if marks(active.at.start) { active.at.start } else { active.at.start.saturating_sub(1) };
        let set_off = marks(before) && view.symbol(before) != ":";
        let closes = active.at.end >= view.len() || active.at.end + 1 == view.len() && view.symbol(active.at.end) == ".";
        let between = |m: &Mention| complaint(m) && m.spans.iter().any(|s| (own.end..active.at.start).contains(&view.symbols_of(*s).start));
        // "radiculopathy, 2 wks; rash, resolved": a part of its own tells of itself
        let parted = (own.end..active.at.start.saturating_sub(1)).any(|i| view.symbol(i) == ";");
        if active.at.start > mark + 1 && looks_back && ends && set_off && closes && !parted && !mentions.iter().any(between) {
            made[head].cues.push(Cue { span: view.span(active.at.clone()), scope: view.span(own.start..active.at.start), rule: rule.name });
            rule.says.iter().for_each(|says| apply(&mut made[head], *says));
            return;
        }
    }
}
