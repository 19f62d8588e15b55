//! Figures with their intervals as SVG, for a page that shows them in its own colours.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// A row of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// The figure.
    pub value: f64,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// What stands behind it ("24 of 31").
    pub note: String,
}

/// What the length of a bar means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// From 0 to 100 %.
    Share,
    /// From 0 % to what the longest interval needs.
    ShareFitted,
    /// A number of things.
    Count,
    /// A difference in percentage points, to both sides of 0.
    Difference,
}

/// More rows than this are left to the table.
pub const MOST: usize = 40;

/// The colours of the drawing; the page replaces each by one that suits light or dark.
pub const INK: RGBColor = RGBColor(1, 1, 1);
/// Lines of the grid.
pub const GRID: RGBColor = RGBColor(2, 2, 2);
/// Bars.
pub const FILL: RGBColor = RGBColor(3, 3, 3);

const ROW: i32 = 24;
const WIDTH: u32 = 860;
const LABELS: i32 = 190;
const NOTES: i32 = 170;
const TOP: i32 = 8;
const BOTTOM: i32 = 30;

/// Bars from the left with a line for the interval; empty without rows.
pub fn bars(rows: &[Bar], scale: Scale) -> String {
    let rows = &rows[..rows.len().min(MOST)];
    let mut svg = String::new();
    let height = TOP + BOTTOM + ROW * rows.len() as i32;
    if !rows.is_empty() {
        let drawing = SVGBackend::with_string(&mut svg, (WIDTH, height as u32)).into_drawing_area();
        // drawing into memory fails only where a library's invariant does; an unfinished chart is then left out
        if draw(&drawing, rows, scale, height).and_then(|()| drawing.present().map_err(|_| ())).is_err() {
            return String::new();
        }
    }
    // the page gives the size, so that the drawing follows its width
    svg.replacen(&format!("width=\"{WIDTH}\" height=\"{height}\""), "role=\"img\"", 1)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn draw(area: &Area<'_>, rows: &[Bar], scale: Scale, height: i32) -> Result<(), ()> {
    let (left, right) = (LABELS, WIDTH as i32 - NOTES);
    let ends = rows.iter().flat_map(|r| [r.value, r.interval.map_or(r.value, |i| i[0]), r.interval.map_or(r.value, |i| i[1])]);
    let reach = ends.filter(|v| v.is_finite()).fold(0.0f64, |m, v| m.max(v.abs()));
    let (low, high) = match scale {
        Scale::Share => (0.0, 1.0),
        Scale::ShareFitted => (0.0, reach.clamp(0.01, 1.0)),
        Scale::Count => (0.0, reach.max(1.0)),
        Scale::Difference => (-reach.clamp(0.01, 1.0), reach.clamp(0.01, 1.0)),
    };
    let x = |v: f64| left + ((v.clamp(low, high) - low) / (high - low) * f64::from(right - left)).round() as i32;
    let text = |size: f64, h, v| TextStyle::from(("sans-serif", size).into_font()).color(&INK).pos(Pos::new(h, v));
    let (base, small) = (height - BOTTOM, text(15.0, HPos::Center, VPos::Top));
    for tick in ticks(low, high, scale == Scale::Count) {
        let style = ShapeStyle::from(&GRID).stroke_width(if tick == 0.0 && low < 0.0 { 2 } else { 1 });
        area.draw(&PathElement::new(vec![(x(tick), TOP), (x(tick), base)], style)).map_err(|_| ())?;
        area.draw(&Text::new(shown(tick, scale, high - low), (x(tick), base + 6), small.clone())).map_err(|_| ())?;
    }
    for (i, row) in rows.iter().enumerate() {
        let middle = TOP + ROW * i as i32 + ROW / 2;
        let label = short(&row.label);
        area.draw(&Text::new(label, (left - 8, middle), text(16.0, HPos::Right, VPos::Center))).map_err(|_| ())?;
        area.draw(&Text::new(row.note.clone(), (right + 10, middle), text(15.0, HPos::Left, VPos::Center))).map_err(|_| ())?;
        let bar = [(x(0.0f64.max(low)), middle - 7), (x(row.value), middle + 7)];
        area.draw(&Rectangle::new(bar, FILL.filled())).map_err(|_| ())?;
        if let Some([from, to]) = row.interval {
            let line = ShapeStyle::from(&INK).stroke_width(2);
            let stroke = |points| area.draw(&PathElement::new(points, line)).map_err(|_| ());
            stroke(vec![(x(from), middle), (x(to), middle)])?;
            for end in [from, to] {
                stroke(vec![(x(end), middle - 5), (x(end), middle + 5)])?;
            }
        }
    }
    Ok(())
}

/// Long names often differ at their end only: the middle goes.
fn short(label: &str) -> String {
    let all: Vec<char> = label.chars().collect();
    if all.len() <= 26 { label.to_string() } else { all[..14].iter().chain(&['…']).chain(&all[all.len() - 11..]).collect() }
}

/// Round numbers from end to end, at most about six.
fn ticks(low: f64, high: f64, whole: bool) -> Vec<f64> {
    let rough = (high - low) / 5.0;
    let scale = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|s| s * scale).find(|s| *s >= rough * 0.999).unwrap_or(scale);
    let step = if whole { step.max(1.0) } else { step };
    let (first, last) = ((low / step).ceil() as i64, (high / step + 1e-9).floor() as i64);
    (first..=last).map(|i| i as f64 * step).collect()
}

fn shown(tick: f64, scale: Scale, width: f64) -> String {
    let places = usize::from(width < 0.05);
    match scale {
        Scale::Count => format!("{tick:.0}"),
        Scale::Difference => format!("{:+.places$}", tick * 100.0).replace("+0", if places == 0 { "0" } else { "+0" }),
        Scale::Share | Scale::ShareFitted => format!("{:.places$} %", tick * 100.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(0.0, 1.0, false).len(), 6);
        assert_eq!(ticks(0.0, 3.0, true), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(ticks(0.0, 23_711.0, true), [0.0, 5000.0, 10000.0, 15000.0, 20000.0]);
        assert_eq!(ticks(-0.1, 0.1, false).len(), 5);
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(short("encounter-phase"), "encounter-phase");
        assert_eq!(short("Dr. Maximiliana von Hohenzollern-17"), "Dr. Maximilian…nzollern-17");
        assert_eq!(short(&"é".repeat(40)).chars().count(), 26);
    }

    #[test]
    fn labels_cannot_break_the_drawing() {
        let row = Bar { label: "<script>&\"".into(), value: f64::NAN, interval: Some([0.1, 0.9]), note: "1 of 2".into() };
        let svg = bars(&[row], Scale::Share);
        assert!(svg.contains("&lt;script&gt;") && !svg.contains("<script"), "{svg}");
        assert!(bars(&[], Scale::Count).is_empty());
    }
}
