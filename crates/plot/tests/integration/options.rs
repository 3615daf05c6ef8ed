//! What the methods of a chart change.

use ferrite_plot::chart;
use polars::prelude::*;

use crate::support::{count, numbers, penguins, svg, texts};

#[test]
fn labels_and_title_replace_the_names_of_columns() {
    let chart = chart::scatter(&penguins(), "bill_length_mm", "bill_depth_mm")
        .title("Bills")
        .x_label("length (mm)")
        .y_label("depth (mm)");
    let svg = svg(&chart);
    for text in ["Bills", "length (mm)", "depth (mm)"] {
        assert!(texts(&svg).contains(&text));
    }
    assert!(!texts(&svg).contains(&"bill_length_mm"));
}

#[test]
fn the_size_is_that_of_the_picture() {
    let svg = svg(&chart::count(&penguins(), "species").size(900, 300));
    assert!(svg.contains("width=\"900\" height=\"300\" viewBox=\"0 0 900 300\""));
}

#[test]
fn alpha_is_the_opacity_of_marks() {
    let svg = svg(&chart::scatter(&penguins(), "year", "body_mass_g").alpha(0.25));
    assert!(svg.contains("fill-opacity=\"0.25\""));
}

#[test]
fn a_logarithmic_axis_makes_factors_equal_and_drops_what_has_no_logarithm() {
    let frame = df!("x" => [1.0, 10.0, 100.0, 0.0], "y" => [1.0, 2.0, 3.0, 4.0]).unwrap();
    let svg = svg(&chart::scatter(&frame, "x", "y").log_x());
    let x = numbers(&svg, "circle", "cx");
    assert_eq!(x.len(), 3);
    assert!((x[1] - x[0] - (x[2] - x[1])).abs() < 0.05, "{x:?}");
    let note = "1 row with a value of zero or less is not on the logarithmic axis";
    assert!(texts(&svg).contains(&note), "{:?}", texts(&svg));
}

#[test]
fn bars_and_histograms_can_be_logarithmic() {
    let sizes: Vec<f64> = (0..200).map(|i| (f64::from(i) / 20.0).exp()).collect();
    let frame = df!("size" => sizes).unwrap();
    let histogram = svg(&chart::histogram(&frame, "size").log_x().log_y());
    assert!(count(&histogram, "<title>") > 5);
    let frame = df!("c" => ["a", "b", "c"], "n" => [1.0, 1000.0, -1.0]).unwrap();
    let bars = svg(&chart::bar(&frame, "c", "n").log_y());
    assert_eq!(count(&bars, "<title>"), 2);
}

/// With the smallest number that there is, the axis once began at zero, that
/// is at minus infinity, and its ticks filled the memory.
#[test]
fn a_logarithmic_axis_has_an_end() {
    let frame = df!("x" => [5e-324, 1.0, 2.0]).unwrap();
    assert!(svg(&chart::histogram(&frame, "x").log_x()).len() < 20_000);
    assert_eq!(
        count(&svg(&chart::scatter(&frame, "x", "x").log_x()), "<circle"),
        2
    );
}

#[test]
fn one_trend_for_all_or_one_for_each_group() {
    let plain = chart::scatter(&penguins(), "bill_length_mm", "bill_depth_mm").trend();
    assert_eq!(count(&svg(&plain), "stroke-width=\"5\""), 1);
    assert_eq!(
        count(&svg(&plain.color("species")), "stroke-width=\"5\""),
        3
    );
}

#[test]
fn a_chart_outlives_its_frame() {
    let chart = {
        let frame = penguins();
        chart::count(&frame, "species")
    };
    assert!(svg(&chart).contains("Adelie"));
}

#[test]
fn files_are_what_their_names_say() {
    let folder = tempfile::tempdir().unwrap();
    let chart = chart::scatter(&penguins(), "bill_length_mm", "bill_depth_mm").color("species");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    chart.save(&path("chart.svg")).unwrap();
    assert_eq!(
        std::fs::read_to_string(path("chart.svg")).unwrap(),
        svg(&chart)
    );
    chart.save(&path("chart.PNG")).unwrap();
    let png = std::fs::read(path("chart.PNG")).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n"));
    // Width and height, big-endian, in the header: twice the chart's.
    assert_eq!(png[16..24], [0, 0, 5, 0, 0, 0, 3, 32]);
    assert!(png.len() > 20_000);
}
