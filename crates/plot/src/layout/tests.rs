//! No label of any picture touches another one or leaves the card.

use ferrite_frame::datasets;
use polars::prelude::*;
use proptest::prelude::*;

use super::*;
use crate::axis::Scale;
use crate::chart::{self, Chart};
use crate::palette::GROUPS;
use crate::plot::{Key, Legend, Plot};

/// The corners of a text, around from its start.
fn corners(text: &Text) -> [(f64, f64); 4] {
    let width = fonts::width(&text.text, text.em);
    let left = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -width / 2.0,
        Anchor::End => -width,
    };
    let (top, right) = (-0.73 * text.em, left + width);
    let (sin, cos) = text.turn.to_radians().sin_cos();
    [(left, top), (right, top), (right, 0.0), (left, 0.0)]
        .map(|(x, y)| (text.x + x * cos - y * sin, text.y + x * sin + y * cos))
}

/// Whether a line can be drawn between two rectangles (along one of their sides).
fn apart(one: &[(f64, f64); 4], other: &[(f64, f64); 4]) -> bool {
    let reach = |of: &[(f64, f64); 4], (x, y): (f64, f64)| {
        let along = of.map(|corner| corner.0 * x + corner.1 * y);
        along.iter().fold((f64::MAX, f64::MIN), |(lo, hi), at| {
            (lo.min(*at), hi.max(*at))
        })
    };
    [one, other].into_iter().any(|of| {
        [(0, 1), (1, 2)].into_iter().any(|(from, to)| {
            let side = (of[to].0 - of[from].0, of[to].1 - of[from].1);
            let length = side.0.hypot(side.1).max(1e-9);
            let side = (side.0 / length, side.1 / length);
            let (one, other) = (reach(one, side), reach(other, side));
            one.1 <= other.0 + 1e-6 || other.1 <= one.0 + 1e-6
        })
    })
}

/// What is wrong with the texts of a picture.
fn clash(scene: &Scene) -> Option<String> {
    let texts: Vec<(&Text, [(f64, f64); 4])> = scene
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Text(text) => Some((text, corners(text))),
            _ => None,
        })
        .collect();
    for (index, (text, one)) in texts.iter().enumerate() {
        let within = |&(x, y): &(f64, f64)| {
            (-0.01..=scene.width + 0.01).contains(&x) && (-0.01..=scene.height + 0.01).contains(&y)
        };
        if !one.iter().all(within) {
            return Some(format!("{:?} leaves the card: {one:?}", text.text));
        }
        for (other, two) in &texts[..index] {
            if !apart(one, two) {
                let (a, b) = (&text.text, &other.text);
                return Some(format!("{a:?} touches {b:?}: {one:?} {two:?}"));
            }
        }
    }
    None
}

fn clash_of(chart: &Chart) -> Option<String> {
    let (scene, _) = chart.scene().expect("a chart that can be drawn");
    clash(&scene).map(|clash| format!("{chart}: {clash}"))
}

#[test]
fn texts_that_touch_are_found() {
    let text = |x: f64, y: f64, turn: f64| {
        Mark::Text(Text {
            x,
            y,
            text: "a label".to_owned(),
            em: EM,
            color: TEXT,
            anchor: Anchor::End,
            turn,
        })
    };
    let of = |marks: Vec<Mark>| {
        clash(&Scene {
            width: 200.0,
            height: 200.0,
            description: String::new(),
            marks,
        })
    };
    assert!(of(vec![text(100.0, 100.0, 0.0), text(110.0, 104.0, 0.0)]).is_some());
    assert!(of(vec![text(20.0, 100.0, 0.0)]).is_some());
    // Side by side on a slant, though the boxes around them overlap.
    assert_eq!(
        of(vec![text(100.0, 100.0, -40.0), text(120.0, 100.0, -40.0)]),
        None
    );
    assert!(of(vec![text(100.0, 100.0, -40.0), text(106.0, 100.0, -40.0)]).is_some());
    assert!(of(vec![text(100.0, 100.0, -40.0), text(90.0, 115.0, 0.0)]).is_some());
}

#[test]
fn charts_of_the_penguins_are_tidy() {
    let penguins = datasets::penguins().expect("a built-in data set");
    let scatter = || chart::scatter(&penguins, "flipper_length_mm", "body_mass_g");
    for chart in [
        scatter()
            .color("species")
            .facet("island")
            .title("Three islands"),
        scatter().facet("species").facet_columns(1),
        chart::count(&penguins, "island").facet("year").color("sex"),
        chart::pair_plot(&penguins, &[]).color("species"),
        chart::correlation(&penguins, &[]),
        chart::bar(&penguins, "species", "body_mass_g").color("sex"),
        chart::boxplot(&penguins, "island", "bill_depth_mm")
            .color("species")
            .horizontal(),
        chart::heatmap_by(&penguins, "species", "year", "body_mass_g"),
    ] {
        assert_eq!(clash_of(&chart), None);
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        "[a-z]{2,9} [a-z]{2,9}",
        "[A-Zäöüéλω漢字]{1,30}",
        "[0-9]{1,6}"
    ]
}

fn names(most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(name(), 1..most)
}

/// From thousandths to millions, of either sign.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        -1e6..1e6f64,
        -1.0..1.0f64,
        (0..40i32).prop_map(f64::from),
        (-9000..9000i32).prop_map(|n| f64::from(n) / 1000.0),
    ]
}

fn size() -> impl Strategy<Value = (u32, u32)> {
    (260u32..900, 220u32..700)
}

/// A size for several panels.
fn large() -> impl Strategy<Value = (u32, u32)> {
    (480u32..1000, 400u32..900)
}

/// Rows of two names and two values.
fn frame(most: usize) -> impl Strategy<Value = DataFrame> {
    let group = prop::sample::select(vec!["red", "green", "a longer colour"]);
    prop::collection::vec((name(), group, value(), value()), 1..most).prop_map(|rows| {
        df!(
            "name" => rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>(),
            "group" => rows.iter().map(|row| row.1).collect::<Vec<_>>(),
            "x" => rows.iter().map(|row| row.2).collect::<Vec<_>>(),
            "y" => rows.iter().map(|row| row.3).collect::<Vec<_>>(),
        )
        .expect("columns of one length")
    })
}

proptest! {
    #[test]
    fn no_two_labels_of_axes_touch(
        names in names(40),
        groups in prop::collection::vec(name(), 0..14),
        (lo, span) in (-1e6..1e6f64, 1e-3..1e7f64),
        (width, height) in (240.0..900.0f64, 220.0..700.0f64),
        title in "[a-zA-Z ]{0,120}",
        numeric in any::<bool>(),
    ) {
        let values = [lo, lo + span];
        let x = match numeric {
            true => Axis::around("x", values.into_iter(), Scale::Linear),
            false => Axis::of_categories("x", names),
        };
        let figure = Figure::from(Plot {
            x,
            y: Axis::around("a title", values.into_iter(), Scale::Linear),
            layers: Vec::new(),
            legend: Legend::Groups {
                title: "groups".to_owned(),
                entries: groups.into_iter().zip(GROUPS).collect(),
                key: Key::Dot,
            },
            notes: Vec::new(),
            drawn: String::new(),
        });
        let scene = compose(&figure, Some(&title), (width, height), Theme::Auto, String::new());
        prop_assert_eq!(clash(&scene), None);
    }

    #[test]
    fn no_two_labels_of_bars_touch(frame in frame(30), (width, height) in size(), stacked in any::<bool>()) {
        let charts = [
            chart::bar(&frame, "name", "x"),
            chart::bar(&frame, "name", "x").color("group"),
            chart::count(&frame, "name").color("group"),
            chart::bar(&frame, "name", "y").color("group").error_bars("sd"),
        ];
        for chart in charts {
            let chart = chart.size(width, height).title("Bars");
            let chart = if stacked { chart.stacked() } else { chart };
            prop_assert_eq!(clash_of(&chart), None);
            prop_assert_eq!(clash_of(&chart.horizontal()), None);
        }
    }

    #[test]
    fn no_two_labels_of_panels_touch(frame in frame(40), (width, height) in large(), columns in 1usize..4) {
        let charts = [
            chart::scatter(&frame, "x", "y").color("group").facet("group"),
            chart::count(&frame, "name").facet("group"),
            chart::histogram(&frame, "x").facet("group"),
        ];
        for chart in charts {
            let chart = chart.size(width, height).facet_columns(columns);
            prop_assert_eq!(clash_of(&chart), None);
        }
        let pairs = chart::pair_plot(&frame, &["x", "y"]).color("group").size(width, height);
        prop_assert_eq!(clash_of(&pairs), None);
    }

    #[test]
    fn no_two_labels_of_cells_touch(
        rows in names(12),
        columns in names(12),
        values in prop::collection::vec(value(), 144),
        (width, height) in size(),
    ) {
        let row = |row: usize| values[12 * row..12 * row + columns.len()].to_vec();
        let cells: Vec<Vec<f64>> = (0..rows.len()).map(row).collect();
        let heat = chart::heatmap(&rows, &columns, &cells);
        prop_assert_eq!(clash_of(&heat.size(width, height)), None);
        let count = |value: &f64| value.abs() as usize;
        let counts: Vec<Vec<usize>> = (0..rows.len())
            .map(|row| values[12 * row..12 * row + rows.len()].iter().map(count).collect())
            .collect();
        let confusion = chart::confusion_matrix(&rows, &counts);
        prop_assert_eq!(clash_of(&confusion), None);
        prop_assert_eq!(clash_of(&confusion.size(width, height)), None);
    }

    #[test]
    fn no_two_labels_of_trees_touch(leaves in names(60), (width, height) in size()) {
        prop_assume!(leaves.len() > 1);
        let merges: Vec<(usize, usize, f64)> = (1..leaves.len())
            .map(|join| {
                let before = if join == 1 { 0 } else { leaves.len() + join - 2 };
                (before, join, join as f64)
            })
            .collect();
        let tree = chart::dendrogram(&leaves, &merges).size(width, height);
        prop_assert_eq!(clash_of(&tree), None);
    }
}
