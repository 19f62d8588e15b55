//! Mention + assertion + attributes → finding: a join, nothing else.

use crate::attributes::Attribute;
use crate::context::Assertion;
use crate::mentions::Mention;

/// A mention with all that is said of it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Where and what.
    pub mention: Mention,
    /// Whether, how surely, when, of whom.
    pub assertion: Assertion,
    /// How much, how long, where.
    pub attributes: Vec<Attribute>,
}

/// Joins the stages' outputs, which are in the same order.
pub fn join(mentions: Vec<Mention>, assertions: Vec<Assertion>, attributes: Vec<Vec<Attribute>>) -> Vec<Finding> {
    mentions
        .into_iter()
        .zip(assertions)
        .zip(attributes)
        .map(|((mention, assertion), attributes)| Finding { mention, assertion, attributes })
        .collect()
}
