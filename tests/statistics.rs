//! The statistics against independent libraries (`tests/data/statistics.json`, made by the script beside it) and published worked examples.

use cervicode::qa::statistics::agreement::{cohen, fleiss};
use cervicode::qa::statistics::correction::Correction;
use cervicode::qa::statistics::proportion::{self, clopper_pearson, newcombe, normal_quantile, sample_size, wilson};
use cervicode::qa::statistics::random::{Stream, bootstrap};
use cervicode::qa::statistics::strata::{Stratum, ratio};
use serde_json::Value;

fn figures() -> Value {
    let text = std::fs::read_to_string(crate::root().join("tests/data/statistics.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn list<'a>(figures: &'a Value, name: &str) -> &'a Vec<Value> {
    let list = figures[name].as_array().unwrap();
    assert!(!list.is_empty());
    list
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[track_caller]
fn close(ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() <= tolerance * theirs.abs().max(1e-3), "{ours} is not {theirs}");
}

#[track_caller]
fn both(ours: [f64; 2], theirs: &[f64], tolerance: f64) {
    close(ours[0], theirs[0], tolerance);
    close(ours[1], theirs[1], tolerance);
}

#[test]
fn intervals_of_one_proportion() {
    let figures = figures();
    for row in list(&figures, "normal") {
        close(normal_quantile(row["level"].as_f64().unwrap()), row["z"].as_f64().unwrap(), 1e-9);
    }
    for row in list(&figures, "intervals") {
        let (k, n, level) = (row["k"].as_u64().unwrap(), row["n"].as_u64().unwrap(), row["level"].as_f64().unwrap());
        both(clopper_pearson(k, n, level), &numbers(&row["exact"]), 1e-8);
        both(wilson(k, n, level), &numbers(&row["wilson"]), 1e-8);
    }
}

/// R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998) 857-872, table I.
#[test]
fn newcombes_four_single_proportions() {
    let published = [
        ((81, 263), [0.2553, 0.3662], [0.2527, 0.3676]),
        ((15, 148), [0.0624, 0.1605], [0.0578, 0.1617]),
        ((0, 20), [0.0, 0.1611], [0.0, 0.1684]),
        ((1, 29), [0.0061, 0.1718], [0.0009, 0.1776]),
    ];
    for ((k, n), score, exact) in published {
        let places = |interval: [f64; 2]| interval.map(|v| (v * 10_000.0).round() / 10_000.0);
        assert_eq!(places(wilson(k, n, 0.95)), score, "{k}/{n}");
        assert_eq!(places(clopper_pearson(k, n, 0.95)), exact, "{k}/{n}");
    }
}

#[test]
fn two_proportions() {
    let figures = figures();
    for row in list(&figures, "differences") {
        let t: Vec<u64> = row["table"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect();
        let (a, b) = ((t[0], t[1]), (t[2], t[3]));
        both(newcombe(a, b, 0.95), &numbers(&row["newcombe"]), 1e-8);
        close(proportion::fisher(a, b), row["fisher"].as_f64().unwrap(), 1e-5);
        close(proportion::score(a, b), row["score"].as_f64().unwrap(), 1e-8);
    }
    // Fisher's lady tasting tea: 3 of 4 cups right; two-sided 34/70
    close(proportion::fisher((3, 4), (1, 4)), 34.0 / 70.0, 1e-9);
    // R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17 (1998) 873-890
    let places = |interval: [f64; 2]| interval.map(|v| (v * 10_000.0).round() / 10_000.0);
    assert_eq!(places(newcombe((56, 70), (48, 80), 0.95)), [0.0524, 0.3339]);
    assert_eq!(places(newcombe((9, 10), (3, 10), 0.95)), [0.1705, 0.8090]);
}

#[test]
fn corrections_for_many_comparisons() {
    let figures = figures();
    for row in list(&figures, "corrections") {
        let p = numbers(&row["p"]);
        for (method, name) in [(Correction::Holm, "holm"), (Correction::BenjaminiHochberg, "benjamini_hochberg")] {
            let theirs = numbers(&row[name]);
            method.adjust(&p).iter().zip(&theirs).for_each(|(a, b)| close(*a, *b, 1e-12));
        }
    }
    // Benjamini and Hochberg's own example (1995, section 3.2): four of fifteen are found at 0.05, by Bonferroni's and Holm's three
    let p = numbers(&list(&figures, "corrections")[1]["p"]);
    let found = |method: Correction| method.adjust(&p).iter().filter(|a| **a <= 0.05).count();
    assert_eq!((found(Correction::BenjaminiHochberg), found(Correction::Holm)), (4, 3));
    assert!(Correction::Holm.adjust(&[]).is_empty());
}

#[test]
fn agreement_of_reviewers() {
    let figures = figures();
    for row in list(&figures, "cohen") {
        let said = |pair: &Value, i: usize| pair[i].as_str().unwrap().to_string();
        let ratings: Vec<(String, String)> = row["ratings"].as_array().unwrap().iter().map(|p| (said(p, 0), said(p, 1))).collect();
        let ours = cohen(&ratings, 0.95).unwrap();
        close(ours.value, row["kappa"].as_f64().unwrap(), 1e-9);
        close(ours.standard_error, row["standard_error"].as_f64().unwrap(), 1e-9);
    }
    for row in list(&figures, "fleiss") {
        let counts: Vec<Vec<u32>> = serde_json::from_value(row["counts"].clone()).unwrap();
        let ours = fleiss(&counts, 0.95).unwrap();
        close(ours.value, row["kappa"].as_f64().unwrap(), 1e-9);
        close(ours.standard_error, row["standard_error"].as_f64().unwrap(), 1e-6);
    }
    // of a single answer nothing can be said; of one answer given by all, all agree
    assert!(cohen::<u8>(&[], 0.95).is_none() && fleiss(&[vec![1, 0]], 0.95).is_none());
    assert_eq!(cohen(&[(1, 1), (1, 1)], 0.95).unwrap().value, 1.0);
}

/// W. G. Cochran's formula; 384 and 278 (of a thousand) are the figures of Krejcie and Morgan's table (1970), which round down where this rounds up.
#[test]
fn sample_sizes() {
    assert_eq!(sample_size(0.05, 0.95, 0.5, None), 385);
    assert_eq!(sample_size(0.05, 0.95, 0.5, Some(1000)), 278);
    assert_eq!(sample_size(0.05, 0.95, 0.5, Some(100)), 80);
    assert_eq!(sample_size(0.05, 0.95, 0.9, None), 139);
    assert_eq!(sample_size(0.05, 0.95, 0.5, Some(3)), 3);
}

/// Scheaffer, Mendenhall and Ott, Elementary Survey Sampling: hours of television in two towns and a rural area, 155, 62 and 93 households;
/// the estimate is 27.7 hours with an estimated variance of 1.97.
#[test]
fn a_stratified_mean() {
    let town_a = [35, 43, 36, 39, 28, 28, 29, 25, 38, 27, 26, 32, 29, 40, 35, 41, 37, 31, 45, 34];
    let town_b = [27, 15, 4, 41, 49, 25, 10, 30];
    let rural = [8, 14, 12, 15, 30, 32, 21, 20, 34, 7, 11, 24];
    let stratum = |size, drawn: &[i32]| Stratum { size, drawn: drawn.iter().map(|&y| (f64::from(y), 1.0)).collect() };
    let strata = [stratum(155, &town_a), stratum(62, &town_b), stratum(93, &rural)];
    let estimate = ratio(&strata, 0.95).unwrap();
    assert_eq!(format!("{:.3} {:.2}", estimate.value, estimate.standard_error.powi(2)), "27.675 1.97");
}

/// The interval against an independent one of the same definition (Korn and Graubard's, computed with scipy by the script beside the data).
#[test]
fn a_stratified_share() {
    let figures = figures();
    for row in list(&figures, "strata") {
        let strata = row["strata"].as_array().unwrap().iter().map(|s| Stratum {
            size: s["size"].as_u64().unwrap(),
            drawn: s["drawn"].as_array().unwrap().iter().map(|d| (d[0].as_f64().unwrap(), d[1].as_f64().unwrap())).collect(),
        });
        let ours = ratio(&strata.collect::<Vec<_>>(), 0.95).unwrap();
        close(ours.value, row["value"].as_f64().unwrap(), 1e-9);
        close(ours.standard_error, row["standard_error"].as_f64().unwrap(), 1e-9);
        both(ours.interval, &numbers(&row["interval"]), 1e-7);
    }
}

#[test]
fn strata_that_were_not_drawn_leave_no_estimate() {
    let drawn = Stratum { size: 10, drawn: vec![(1.0, 1.0), (0.0, 1.0)] };
    assert!(ratio(&[drawn.clone(), Stratum { size: 5, drawn: Vec::new() }], 0.95).is_none());
    assert!(ratio(&[], 0.95).is_none());
    // a census has no sampling error
    let all = ratio(&[Stratum { size: 2, ..drawn.clone() }], 0.95).unwrap();
    assert_eq!((all.value, all.standard_error), (0.5, 0.0));
    assert_eq!(ratio(&[drawn, Stratum { size: 5, drawn: vec![(1.0, 1.0)] }], 0.95).unwrap().single, 1);
}

#[test]
fn the_stream_is_chacha20_and_the_bootstrap_is_seeded() {
    let figures = figures();
    for row in list(&figures, "draws") {
        let (seed, frame) = (row["seed"].as_u64().unwrap(), row["frame"].as_u64().unwrap());
        let mut stream = Stream::new("cervicode sample/1", seed);
        let mut keyed: Vec<(u64, u64)> = (0..frame).map(|i| (stream.next_number(), i)).collect();
        keyed.sort_unstable();
        let theirs: Vec<u64> = row["drawn"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect();
        assert!(keyed.iter().map(|k| k.1).take(theirs.len()).eq(theirs));
    }
    let values: Vec<f64> = (0..100).map(f64::from).collect();
    let mean = |drawn: &[usize]| vec![drawn.iter().map(|&i| values[i]).sum::<f64>() / drawn.len() as f64, f64::NAN];
    let run = |seed| bootstrap(values.len(), 2000, seed, 0.95, mean);
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    // the standard error of the mean of 0..99 is 2.887: the interval is near 49.5 ± 5.66
    let [low, high] = run(1)[0].unwrap();
    assert!((low - 43.84).abs() < 0.6 && (high - 55.16).abs() < 0.6, "{low} {high}");
    assert_eq!(run(1)[1], None);
    assert!(bootstrap(0, 10, 1, 0.95, |_| vec![1.0]).is_empty());
}
