//! What is in the picture of each kind of chart.

use ferrite_display::Show;
use ferrite_plot::chart;
use polars::prelude::*;

use crate::support::{count, numbers, penguins, svg, texts};

#[test]
fn a_scatter_chart_has_a_circle_for_each_complete_row() {
    let chart = chart::scatter(&penguins(), "flipper_length_mm", "body_mass_g")
        .color("species")
        .trend()
        .title("Heavier penguins have longer flippers");
    let svg = svg(&chart);
    assert_eq!(count(&svg, "<circle"), 342);
    // A white halo and a line for each of three species, on top of the grid.
    assert_eq!(count(&svg, "stroke-width=\"5\""), 3);
    assert_eq!(count(&svg, "stroke-width=\"2\""), 3);
    let texts = texts(&svg);
    for text in [
        "Heavier penguins have longer flippers",
        "2 rows without a value are not drawn",
        "flipper_length_mm",
        "body_mass_g",
        "species",
        "Adelie",
        "Chinstrap",
        "Gentoo",
        "4000",
    ] {
        assert!(texts.contains(&text), "{text} is not in {texts:?}");
    }
}

#[test]
fn the_picture_scales_and_stands_on_a_card() {
    let svg = svg(&chart::count(&penguins(), "species"));
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"400\" viewBox=\"0 0 640 400\""));
    assert!(svg.contains(
        "<rect x=\"0\" y=\"0\" width=\"640\" height=\"400\" fill=\"#ffffff\" class=\"fe0\" rx=\"8\"/>"
    ));
    assert!(svg.contains("aria-label=\"count chart of species: 3 bars\""));
}

#[test]
fn the_legend_is_right_of_all_points() {
    let svg = svg(&chart::scatter(&penguins(), "bill_length_mm", "bill_depth_mm").color("island"));
    let rightmost = numbers(&svg, "circle", "cx")
        .into_iter()
        .fold(0.0, f64::max);
    let swatches: Vec<f64> = numbers(&svg, "rect", "x")
        .into_iter()
        .filter(|x| *x > 0.0)
        .collect();
    assert_eq!(swatches.len(), 3);
    assert!(swatches.iter().all(|x| *x > rightmost + 10.0));
}

#[test]
fn points_stay_within_the_picture_and_keep_their_order() {
    let frame = df!("x" => [1.0, 2.0, 4.0], "y" => [10.0, 20.0, 0.0]).unwrap();
    let svg = svg(&chart::scatter(&frame, "x", "y"));
    let (x, y) = (numbers(&svg, "circle", "cx"), numbers(&svg, "circle", "cy"));
    assert!((x[2] - x[1] - 2.0 * (x[1] - x[0])).abs() < 0.05, "{x:?}");
    assert!(y[1] < y[0] && y[0] < y[2], "up is more: {y:?}");
    assert!(
        x.iter().all(|x| (0.0..640.0).contains(x)) && y.iter().all(|y| (0.0..400.0).contains(y))
    );
}

#[test]
fn a_measure_colours_points_on_a_scale() {
    let chart = chart::scatter(&penguins(), "bill_length_mm", "bill_depth_mm").color("body_mass_g");
    let svg = svg(&chart);
    assert_eq!(count(&svg, "<circle"), 342);
    let texts = texts(&svg);
    assert!(
        texts.contains(&"body_mass_g") && texts.contains(&"5000"),
        "{texts:?}"
    );
}

#[test]
fn many_points_become_an_image_between_sharp_axes() {
    let x: Vec<f64> = (0..50_000).map(f64::from).collect();
    let frame = df!("x" => x.clone(), "y" => x).unwrap();
    let scatter = svg(&chart::scatter(&frame, "x", "y"));
    assert_eq!(count(&scatter, "<circle"), 0);
    // One for light pages, one for dark ones.
    assert_eq!(count(&scatter, "href=\"data:image/png;base64,"), 2);
    assert_eq!(count(&scatter, "<mask "), 2);
    let light = svg(&chart::scatter(&frame, "x", "y").theme("light"));
    assert_eq!(count(&light, "href=\"data:image/png;base64,"), 1);
    assert!(texts(&scatter).contains(&"40,000"), "{:?}", texts(&scatter));
    assert!(svg(&chart::line(&frame, "x", "y")).len() < 60_000);
}

#[test]
fn a_line_chart_goes_through_rows_in_the_order_of_x() {
    let frame = df!("x" => [3, 1, 2], "y" => [30.0, 10.0, 20.0]).unwrap();
    let svg = svg(&chart::line(&frame, "x", "y"));
    let x = numbers(&svg, "circle", "cx");
    assert!(x.is_sorted() && x.len() == 3, "{x:?}");
    assert_eq!(texts(&svg)[..3], ["10", "15", "20"]);
}

#[test]
fn dates_have_ticks_of_the_calendar() {
    let mut frame = df!("day" => [19_000, 19_100, 19_200], "y" => [1.0, 2.0, 3.0]).unwrap();
    frame
        .try_apply("day", |day| day.cast(&DataType::Date))
        .unwrap();
    for chart in [
        chart::line(&frame, "day", "y"),
        chart::histogram(&frame, "day"),
    ] {
        let svg = svg(&chart);
        assert!(texts(&svg).contains(&"2022-04"), "{:?}", texts(&svg));
    }
}

#[test]
fn bars_are_as_high_as_their_values() {
    let frame = df!("model" => ["a", "b"], "f1" => [0.5, 0.25]).unwrap();
    let svg = svg(&chart::bar(&frame, "model", "f1"));
    let heights = bars(&svg);
    assert!((heights[0] - 2.0 * heights[1]).abs() < 0.05, "{heights:?}");
    assert!(texts(&svg).contains(&"0.25") && svg.contains("<title>a: 0.50</title>"));
}

#[test]
fn several_rows_of_a_bar_become_their_mean() {
    let svg = svg(&chart::bar(&penguins(), "species", "body_mass_g"));
    assert_eq!(bars(&svg).len(), 3);
    assert!(
        texts(&svg)
            .iter()
            .any(|text| text.ends_with("bars are means of several rows"))
    );
    assert!(texts(&svg).contains(&"3701"), "{:?}", texts(&svg));
}

#[test]
fn counts_stand_side_by_side_with_a_legend() {
    let chart = chart::count(&penguins(), "island").color("species");
    let svg = svg(&chart);
    assert_eq!(bars(&svg).len(), 5);
    for text in [
        "Biscoe",
        "Dream",
        "Torgersen",
        "Adelie",
        "Chinstrap",
        "Gentoo",
        "124",
        "count",
    ] {
        assert!(texts(&svg).contains(&text), "{text}");
    }
    // A legend would only repeat the names on the axis.
    let own = svg_of_own_colours();
    assert_eq!(count(&own, "Gentoo</text>"), 1);
}

fn svg_of_own_colours() -> String {
    svg(&chart::count(&penguins(), "species").color("species"))
}

#[test]
fn a_histogram_counts_every_row_once() {
    let svg = svg(&chart::histogram(&penguins(), "body_mass_g"));
    let counts: usize = svg
        .split("<title>")
        .skip(1)
        .filter_map(|tip| {
            tip.split_once('<')?
                .0
                .rsplit_once(": ")?
                .1
                .parse::<usize>()
                .ok()
        })
        .sum();
    assert_eq!(counts, 342);
    let seven = chart::histogram(&penguins(), "body_mass_g").bins(7);
    assert_eq!(bars(&self::svg(&seven)).len(), 7);
}

#[test]
fn a_confusion_matrix_shows_counts_and_shares() {
    let labels = ["cat", "dog"].map(str::to_owned);
    let chart = chart::confusion_matrix(&labels, &[vec![9, 1], vec![0, 8]]);
    let svg = svg(&chart);
    for text in [
        "9",
        "90 %",
        "1",
        "10 %",
        "0",
        "8",
        "100 %",
        "predicted",
        "true",
        "cat",
        "dog",
    ] {
        assert!(texts(&svg).contains(&text), "{text}");
    }
    assert_eq!(
        chart.show().get("text/plain"),
        Some("confusion matrix: 17 of 18 rows predicted right")
    );
}

#[test]
fn a_heatmap_leaves_cells_without_a_value_grey() {
    let names = ["a", "b"].map(str::to_owned);
    let chart = chart::heatmap(&names, &names, &[vec![1.0, f64::NAN], vec![-0.5, 1.0]]);
    let svg = svg(&chart);
    assert_eq!(count(&svg, "fill=\"#eeeeee\""), 1);
    assert!(texts(&svg).contains(&"−0.5") && texts(&svg).contains(&"1 cell has no value"));
}

#[test]
fn a_crowded_legend_ends_with_the_others() {
    let groups: Vec<String> = (0..1000).map(|i| format!("group {i}")).collect();
    let x: Vec<i32> = (0..1000).collect();
    let frame = df!("g" => groups, "x" => x).unwrap();
    let svg = svg(&chart::scatter(&frame, "x", "x").color("g"));
    assert!(texts(&svg).contains(&"other (989)"), "{:?}", texts(&svg));
    assert_eq!(
        texts(&svg)
            .iter()
            .filter(|text| text.starts_with("group "))
            .count(),
        11
    );
}

#[test]
fn text_is_escaped() {
    let frame = df!("<x>" => [1.0], "a & \"b\"" => [2.0]).unwrap();
    let svg = svg(&chart::scatter(&frame, "<x>", "a & \"b\"").title("\u{1b}<script>"));
    assert!(svg.contains("&lt;x&gt;") && svg.contains("&lt;script&gt;"));
}

#[test]
fn a_chart_is_one_line_of_text() {
    let chart = chart::scatter(&penguins(), "bill_length_mm", "bill_depth_mm").color("sex");
    let text = "scatter chart of bill_depth_mm by bill_length_mm, coloured by sex: \
                342 points; 2 rows without a value are not drawn";
    assert_eq!(chart.show().get("text/plain"), Some(text));
    assert_eq!(
        format!("{chart:?}"),
        "Chart(scatter chart of bill_depth_mm by bill_length_mm, coloured by sex)"
    );
}

/// The heights of all bars: the rectangles with a tip.
fn bars(svg: &str) -> Vec<f64> {
    let with_tips: String = svg
        .lines()
        .filter(|line| line.starts_with("<rect") && line.contains("<title>"))
        .collect();
    numbers(&with_tips, "rect", "height")
}
