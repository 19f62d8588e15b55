//! QA: samples of reviewed notes, and what a reviewer's decisions say of all of them.
//!
//! [`statistics`] are functions over numbers; [`frame`] reads reports as the list to draw from; [`plan`] and [`draw`] make a sample,
//! [`worksheet`] gives it to a reviewer and takes it back; [`audit`] judges the decisions, [`billed`] the
//! codes that were billed, [`drift`] the difference between two batches.
//! [`pages`] shows them with charts, each as one self-contained page.

pub mod audit;
pub mod billed;
pub mod chart;
pub mod draw;
pub mod drift;
pub mod frame;
pub mod page;
pub mod pages;
pub mod plan;
pub mod statistics;
pub mod worksheet;
