//! What is in the picture of the kinds that came after the first.

use ferrite_display::Show;
use ferrite_plot::{Chart, chart};
use polars::prelude::*;

use crate::support::{count, error, numbers, penguins, svg, texts};

const MEASURES: [&str; 4] = [
    "bill_length_mm",
    "bill_depth_mm",
    "flipper_length_mm",
    "body_mass_g",
];

#[test]
fn facets_share_axes_and_colours() {
    let chart = chart::scatter(&penguins(), "flipper_length_mm", "body_mass_g")
        .color("species")
        .facet("island");
    let svg = svg(&chart);
    assert_eq!(count(&svg, "<circle"), 342);
    for text in [
        "Biscoe",
        "Dream",
        "Torgersen",
        "Adelie",
        "Chinstrap",
        "Gentoo",
    ] {
        assert_eq!(
            texts(&svg).iter().filter(|shown| **shown == text).count(),
            1,
            "{text}"
        );
    }
    // The y axis is labelled once, the x axis below every panel.
    assert_eq!(count(&svg, ">4000</text>"), 1);
    assert_eq!(count(&svg, ">200</text>"), 3);
    assert_eq!(count(&svg, ">body_mass_g</text>"), 1);
}

#[test]
fn facets_of_counts_keep_all_categories() {
    let svg = svg(&chart::count(&penguins(), "island")
        .facet("species")
        .facet_columns(1));
    let texts = texts(&svg);
    for text in ["44", "56", "52", "68", "124"] {
        assert!(texts.contains(&text), "{text} is not in {texts:?}");
    }
    assert_eq!(texts.iter().filter(|text| **text == "Torgersen").count(), 1);
}

#[test]
fn too_many_facets_are_cut() {
    let names: Vec<String> = (0..10_000).map(|i| format!("name {i}")).collect();
    let frame = df!("name" => names, "x" => (0..10_000).collect::<Vec<i32>>()).unwrap();
    let svg = svg(&chart::histogram(&frame, "x").facet("name"));
    assert!(texts(&svg).contains(&"the 30 largest of 10000 panels are drawn"));
}

/// 10,000 categories: a picture of the largest, or labels of some.
#[test]
fn ten_thousand_categories_are_drawn_without_touching() {
    let names: Vec<String> = (0..10_000).map(|i| format!("name {i}")).collect();
    let frame = df!("name" => names, "x" => (0..10_000).collect::<Vec<i32>>()).unwrap();
    for chart in [
        chart::bar(&frame, "name", "x"),
        chart::count(&frame, "name"),
        chart::boxplot(&frame, "name", "x"),
        chart::scatter(&frame, "name", "x").color("name"),
        chart::feature_importance(&frame, "name", "x"),
    ] {
        let svg = svg(&chart);
        assert!(svg.len() < 1_000_000, "{chart}: {} bytes", svg.len());
        assert!(count(&svg, "<text") < 120, "{chart}");
    }
}

#[test]
fn a_box_tells_its_quartiles() {
    let frame = df!("g" => ["a"; 6], "v" => [1.0, 2.0, 3.0, 4.0, 5.0, 100.0]).unwrap();
    let svg = svg(&chart::boxplot(&frame, "g", "v"));
    assert!(svg.contains("a: median 3.5, quartiles 2.25 and 4.75, 6 rows"));
    assert_eq!(count(&svg, "<circle"), 1, "one outlier");
}

#[test]
fn boxes_of_groups_stand_side_by_side() {
    let svg = svg(&chart::boxplot(&penguins(), "species", "body_mass_g").color("sex"));
    let tips = count(&svg, ": median ");
    // Two sexes of three species, and two species with rows of unknown sex.
    assert_eq!(tips, 8);
    assert!(svg.contains("Gentoo, female: median"));
}

#[test]
fn violins_are_as_many_as_groups() {
    let svg = svg(&chart::violin(&penguins(), "species", "body_mass_g"));
    assert_eq!(count(&svg, "fill-opacity=\"0.6\""), 3);
    let one = df!("g" => ["a"], "v" => [1.0]).unwrap();
    assert_eq!(
        count(&self::svg(&chart::violin(&one, "g", "v")), ": median"),
        1
    );
}

#[test]
fn lying_bars_have_their_names_at_the_left() {
    let frame = df!("model" => ["first", "second"], "f1" => [0.5, 0.25]).unwrap();
    let svg = svg(&chart::bar(&frame, "model", "f1").horizontal());
    let bars: String = svg
        .lines()
        .filter(|line| line.contains("<title>"))
        .collect();
    let (widths, tops) = (numbers(&bars, "rect", "width"), numbers(&bars, "rect", "y"));
    assert!((widths[0] - 2.0 * widths[1]).abs() < 0.05, "{widths:?}");
    assert!(tops[0] < tops[1], "the first is at the top");
}

#[test]
fn stacked_bars_end_at_the_sum() {
    let svg = svg(&chart::count(&penguins(), "species").color("sex").stacked());
    let bars: String = svg
        .lines()
        .filter(|line| line.contains("<title>"))
        .collect();
    let (y, height) = (
        numbers(&bars, "rect", "y"),
        numbers(&bars, "rect", "height"),
    );
    // 146 + 6 Adelies in three pieces: each begins where the one below ends.
    assert!((y[0] - (y[1] + height[1])).abs() < 0.05, "{y:?} {height:?}");
    assert_eq!(y.len(), 8);
}

#[test]
fn a_trend_has_a_band() {
    let plain = svg(&chart::scatter(&penguins(), "bill_length_mm", "bill_depth_mm").trend());
    assert_eq!(count(&plain, "fill-opacity=\"0.18\""), 1);
}

#[test]
fn error_bars_say_what_they_show() {
    let bars = svg(&chart::bar(&penguins(), "species", "body_mass_g").error_bars("ci"));
    assert!(bars.contains("error bars: the 95 % interval of the mean"));
    let lines = svg(&chart::line(&penguins(), "year", "body_mass_g").error_bars("sd"));
    assert!(lines.contains("lines are means of the rows with the same x"));
    assert_eq!(
        error(&chart::scatter(&penguins(), "year", "body_mass_g").error_bars("sd")),
        "`.error_bars()` does not apply to a scatter chart without a column of half-lengths; \
         name a column, or draw a line or bar chart of the means"
    );
    assert!(
        error(&chart::bar(&penguins(), "species", "body_mass_g").error_bars("bill_lenght_mm"))
            .contains("did you mean \"bill_length_mm\"?")
    );
}

#[test]
fn a_pair_plot_has_a_panel_for_each_pair() {
    let svg = svg(&chart::pair_plot(&penguins(), &MEASURES).color("species"));
    assert_eq!(count(&svg, "<circle"), 12 * 342);
    assert_eq!(count(&svg, "fill-opacity=\"0.25\""), 4 * 3);
    for measure in MEASURES {
        assert_eq!(
            texts(&svg).iter().filter(|text| **text == measure).count(),
            2
        );
    }
    let many: Vec<Column> = (0..9)
        .map(|i| Column::new(format!("c{i}").into(), [1.0, 2.0]))
        .collect();
    let wide = DataFrame::new_infer_height(many).unwrap();
    assert_eq!(
        error(&chart::pair_plot(&wide, &[])),
        "9 columns are more than the 8 of a pair plot; name some"
    );
}

#[test]
fn a_correlation_matrix_is_of_all_numbers() {
    let svg = svg(&chart::correlation(&penguins(), &[]));
    assert!(
        texts(&svg).contains(&"0.87") && texts(&svg).contains(&"−0.24"),
        "{:?}",
        texts(&svg)
    );
    let one = df!("a" => [1.0, 2.0], "b" => ["x", "y"]).unwrap();
    assert_eq!(
        error(&chart::correlation(&one, &[])),
        "nothing to draw: a correlation matrix needs at least two columns of numbers"
    );
    assert!(
        error(&chart::correlation(&one, &["a", "b"])).starts_with("a correlation needs numbers")
    );
}

#[test]
fn curves_find_the_positive_class() {
    let frame = df!(
        "ill" => ["no", "yes", "no", "yes"],
        "score" => [0.2, 0.9, 0.6, 0.5],
    )
    .unwrap();
    let roc = chart::roc_curve(&frame, "ill", &["score"]);
    assert!(texts(&svg(&roc)).contains(&"score (AUC 0.75)"));
    assert!(texts(&svg(&roc)).contains(&"positive: ill = yes"));
    assert!(texts(&svg(&roc.positive("no"))).contains(&"score (AUC 0.25)"));
    assert_eq!(
        error(&chart::roc_curve(&frame, "ill", &["score"]).positive("maybe")),
        "no row of \"ill\" is \"maybe\"; there are no, yes"
    );
    assert_eq!(
        error(&chart::calibration_curve(&frame, "score", &["score"])),
        "\"score\" has 4 classes (0.2, 0.5, 0.6, 0.9) and \"score\" is none of them; name the \
         columns of scores like the classes, or choose one with `.positive(…)`"
    );
    assert!(
        error(&chart::roc_curve(&frame, "ill", &["score"]).positive("yess"))
            .ends_with("did you mean \"yes\"?")
    );
}

#[test]
fn a_slip_in_the_kind_of_error_bars_is_no_column() {
    let frame = df!["x" => ["a", "a"], "y" => [1.0, 2.0]].unwrap();
    assert_eq!(
        error(&chart::bar(&frame, "x", "y").error_bars("sdd")),
        "`.error_bars()` takes \"sd\", \"se\", \"ci\" or a column of half-lengths, not \"sdd\""
    );
}

#[test]
fn several_classes_have_a_column_each() {
    let frame = df!(
        "kind" => ["a", "b", "c", "a"],
        "a" => [0.9, 0.1, 0.2, 0.7],
        "b" => [0.1, 0.8, 0.1, 0.2],
        "c" => [0.0, 0.1, 0.7, 0.1],
    )
    .unwrap();
    let svg = svg(&chart::roc_curve(&frame, "kind", &["a", "b", "c"]));
    assert_eq!(
        count(&svg, "(AUC 1)"),
        3 + 3,
        "in the legend and in the description"
    );
}

#[test]
fn lists_of_scores_must_agree() {
    assert_eq!(
        error(&chart::learning_curve(
            &[10, 20],
            &[vec![0.5]],
            &[vec![0.5], vec![0.6]]
        )),
        "2 places on the x axis, but 1 row of training scores"
    );
    assert_eq!(
        error(&chart::elbow(&[1, 2, 3], &[5.0])),
        "3 places on the x axis, but 1 row of the scores"
    );
}

#[test]
fn a_model_that_fails_is_heard() {
    let chart = chart::decision_regions(
        &penguins(),
        "bill_length_mm",
        "bill_depth_mm",
        "species",
        |_| Err::<Series, _>("it wants three features"),
    );
    assert_eq!(
        error(&chart),
        "the model could not be asked: it wants three features"
    );
    let short = chart::decision_regions(
        &penguins(),
        "bill_length_mm",
        "bill_depth_mm",
        "species",
        |_| Ok::<_, String>(Series::new("s".into(), ["Adelie"])),
    );
    assert_eq!(
        error(&short),
        "the model could not be asked: the model gave 1 answers for 30000 rows"
    );
}

#[test]
fn an_area_stands_on_zero() {
    let frame = df!("x" => [1.0, 2.0], "y" => [100.0, 101.0]).unwrap();
    assert!(texts(&svg(&chart::area(&frame, "x", "y"))).contains(&"0"));
    let step = svg(&chart::step(&frame, "x", "y"));
    assert!(!texts(&step).contains(&"0"));
}

#[test]
fn several_charts_are_one_picture() {
    let penguins = penguins();
    let both = chart::subplots(&[
        chart::count(&penguins, "species"),
        chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm"),
    ]);
    let svg = both.title("Two").svg().unwrap();
    crate::support::assert_sound(&svg);
    assert_eq!(count(&svg, "<svg"), 1);
    assert!(texts(&svg).contains(&"Two") && texts(&svg).contains(&"bill_depth_mm"));
    assert_eq!(
        chart::subplots(&[chart::count(&penguins, "specie")])
            .svg()
            .unwrap_err()
            .to_string()[..39],
        *"chart 1: no column \"specie\" in this fra"
    );
    assert!(chart::subplots(&[]).svg().is_err());
    assert!(both_shown(&chart::subplots(&[chart::count(
        &penguins, "species"
    )])));
}

fn both_shown(plots: &ferrite_plot::Subplots) -> bool {
    let shown = plots.show();
    shown.get("text/plain") == Some("count chart of species")
        && shown.get("image/svg+xml").is_some()
}

#[test]
fn themes_have_names() {
    let chart = || chart::count(&penguins(), "species");
    assert!(svg(&chart().theme("dark")).contains("fill=\"#14171a\""));
    assert!(!svg(&chart().theme("light")).contains("<style>"));
    assert!(svg(&chart()).contains("light-dark(#ffffff,#14171a)"));
    assert_eq!(
        error(&chart().theme("sepia")),
        "`.theme()` takes \"light\", \"dark\" or \"auto\", not \"sepia\""
    );
}

#[test]
fn a_heatmap_of_a_frame_shows_means() {
    let frame = df!(
        "day" => ["Mon", "Mon", "Tue", "Tue", "Mon"],
        "hour" => [10, 9, 9, 10, 9],
        "visits" => [Some(4.0), Some(1.0), None, Some(7.0), Some(2.0)],
    )
    .unwrap();
    let chart = chart::heatmap_by(&frame, "hour", "day", "visits");
    let svg = svg(&chart);
    let texts = texts(&svg);
    for text in [
        "4.0", "1.5", "7.0", "hour", "day", "visits", "Mon", "Tue", "9", "10",
    ] {
        assert!(texts.contains(&text), "{text} is not in {texts:?}");
    }
    // Hours stand in their order, not as they appear.
    let place = |text: &str| texts.iter().position(|shown| *shown == text);
    assert!(place("9") < place("10"));
    assert_eq!(count(&svg, "fill=\"#eeeeee\""), 1);
    assert!(svg.contains("1 row without a value is not drawn"));
    assert!(svg.contains("cells are means of several rows") && svg.contains("1 cell has no value"));
    assert_eq!(
        format!("{chart:?}"),
        "Chart(heatmap of visits by hour and day)"
    );
    assert!(
        error(&chart::heatmap_by(&frame, "hour", "dya", "visits"))
            .contains("did you mean \"day\"?")
    );
    assert!(error(&chart::heatmap_by(&frame, "hour", "visits", "day")).contains("holds str"));
}

#[test]
fn a_heatmap_of_a_pivot_shows_its_cells() {
    let long = df!(
        "shop" => ["north", "north", "south", "south"],
        "year" => ["2023", "2024", "2023", "2024"],
        "sold" => [4.5, 5.0, 7.0, 8.5],
    )
    .unwrap();
    let pivoted =
        ferrite_frame::FrameExt::pivot_table(&long, &["shop"], "year", "sold", "mean").unwrap();
    let svg = svg(&chart::heatmap_pivot(&pivoted, "shop"));
    for text in [
        "4.5", "5.0", "7.0", "8.5", "north", "south", "2023", "2024", "shop",
    ] {
        assert!(texts(&svg).contains(&text), "{text}");
    }
    let text = error(&chart::heatmap_pivot(&long, "shop"));
    assert!(
        text.contains("column \"year\" holds str") && text.contains(".select("),
        "{text}"
    );
    assert!(error(&chart::heatmap_pivot(&long, "shpo")).contains("did you mean \"shop\"?"));
}

#[test]
fn groups_stand_side_by_side_on_names() {
    let frame = df!(
        "island" => ["a", "a", "b", "b"],
        "sex" => ["f", "m", "f", "m"],
        "mass" => [1.0, 2.0, 3.0, 4.0],
    )
    .unwrap();
    let svg = svg(&chart::scatter(&frame, "island", "mass").color("sex"));
    let x = numbers(&svg, "circle", "cx");
    let apart = x[1] - x[0];
    assert!(apart > 50.0 && (x[3] - x[2] - apart).abs() < 0.1, "{x:?}");
}

#[test]
fn parts_of_a_stack_are_told_apart() {
    let stacked = chart::count(&penguins(), "island")
        .color("species")
        .stacked();
    // Three islands with five species between them: two seams.
    let seams = svg(&stacked).matches("<path").count();
    let plain = svg(&chart::count(&penguins(), "island").stacked())
        .matches("<path")
        .count();
    assert_eq!(seams - plain, 2);
}

/// The texts of an axis with names at its ticks, in a chart of nothing else.
fn labels(chart: &Chart) -> Vec<String> {
    texts(&svg(chart)).into_iter().map(str::to_owned).collect()
}

#[test]
fn an_axis_over_many_powers_of_ten_is_written_in_powers() {
    let frame = df!("x" => [3.0, 400.0, 70_000.0], "y" => [1.0, 20.0, 300.0]).unwrap();
    let labels = labels(&chart::scatter(&frame, "x", "y").log_x().log_y());
    let has = |label: &str| labels.iter().any(|text| text == label);
    assert!(has("10³") && has("10⁴"), "{labels:?}");
    assert!(!has("1000") && !has("10,000"), "{labels:?}");
    // The other one spans less, and is written in full.
    assert!(has("10") && has("100"), "{labels:?}");
}

#[test]
fn long_numbers_on_an_axis_have_commas_and_years_none() {
    let frame = df!("year" => [2019, 2023], "revenue" => [0.0, 80_000.0]).unwrap();
    let labels = labels(&chart::line(&frame, "year", "revenue"));
    let has = |label: &str| labels.iter().any(|text| text == label);
    assert!(has("20,000") && has("2021"), "{labels:?}");
}

#[test]
fn lines_of_groups_that_share_a_colour_are_not_joined() {
    let group: Vec<String> = (0..60).map(|i| format!("group {}", i % 20)).collect();
    let frame = df!(
        "x" => (0..60).collect::<Vec<i32>>(),
        "y" => (0..60).map(|i| i % 7).collect::<Vec<i32>>(),
        "group" => group,
    )
    .unwrap();
    let line = chart::line(&frame, "x", "y").color("group");
    let svg = svg(&line);
    assert!(svg.contains("other (9)"));
    let plain = crate::support::svg(&chart::line(&frame, "x", "y"));
    let more = count(&svg, "<path ") - count(&plain, "<path ");
    assert_eq!(
        more, 19,
        "one line for each of 20 groups, where there was one"
    );
    // Of areas that stand on each other, what is left over adds up.
    let sums = df!(
        "x" => (0..40).map(|i| i / 20).collect::<Vec<i32>>(),
        "y" => vec![1.0; 40],
        "group" => (0..40).map(|i| format!("group {}", i % 20)).collect::<Vec<_>>(),
    )
    .unwrap();
    let area = chart::area(&sums, "x", "y").color("group").stacked();
    let top = area.interactive().json().unwrap();
    assert!(
        top.contains("20.0"),
        "twenty groups of one are twenty: {top}"
    );
}

#[test]
fn panels_of_numbers_say_of_what() {
    let penguins = penguins();
    let by = |column: &str| labels(&chart::histogram(&penguins, "body_mass_g").facet(column));
    assert!(by("year").contains(&"year: 2008".to_owned()));
    assert!(by("species").contains(&"Gentoo".to_owned()));
}

#[test]
fn whole_numbers_are_named_without_a_fraction() {
    let frame = df!("size" => [1.0, 2.0, 10.0], "n" => [4, 5, 6]).unwrap();
    let names = labels(&chart::bar(&frame, "size", "n"));
    assert!(names.contains(&"10".to_owned()), "{names:?}");
    let frame = df!("size" => [1.0, 2.5, 10.0], "n" => [4, 5, 6]).unwrap();
    let names = labels(&chart::bar(&frame, "size", "n"));
    assert!(names.contains(&"10.0".to_owned()), "{names:?}");
}

/// What two features add for four rows; the second one is not known of one row.
fn added() -> DataFrame {
    df!(
        "feature" => ["age", "age", "age", "age", "fare", "fare", "fare", "fare"],
        "SHAP value" => [0.1, -0.1, 0.1, 0.1, 0.5, -0.4, 0.3, -0.2],
        "feature value" => [Some(60.0), Some(20.0), Some(50.0), Some(55.0), Some(8.0), Some(1.0), Some(7.0), None],
    )
    .unwrap()
}

#[test]
fn a_beeswarm_has_a_line_for_each_feature() {
    let svg = svg(&chart::beeswarm(
        &added(),
        "feature",
        "SHAP value",
        "feature value",
    ));
    assert_eq!(count(&svg, "<circle"), 8);
    let texts = texts(&svg);
    for text in ["SHAP value", "feature value", "low", "high"] {
        assert!(texts.contains(&text), "{text} is not in {texts:?}");
    }
    // The fare adds more, so it stands above the age.
    let place = |name: &str| texts.iter().position(|text| *text == name).unwrap();
    let line = |name: &str| numbers(&svg, "text", "y")[place(name)];
    assert!(line("fare") < line("age"), "{texts:?}");
}

#[test]
fn dots_of_a_swarm_do_not_hide_each_other() {
    let svg = svg(&chart::beeswarm(
        &added(),
        "feature",
        "SHAP value",
        "feature value",
    ));
    let (x, y) = (numbers(&svg, "circle", "cx"), numbers(&svg, "circle", "cy"));
    let mut places: Vec<(i64, i64)> = x
        .iter()
        .zip(&y)
        .map(|(x, y)| (*x as i64, *y as i64))
        .collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), 8);
}

#[test]
fn many_features_are_cut_to_the_strongest() {
    let names: Vec<String> = (0..50).map(|i| format!("f{i}")).collect();
    let frame =
        df!("f" => names, "v" => (0..50).map(f64::from).collect::<Vec<_>>(), "s" => vec![1.0; 50]);
    let frame = frame.unwrap();
    let svg = svg(&chart::beeswarm(&frame, "f", "v", "s"));
    let texts = texts(&svg);
    assert!(texts.contains(&"the 20 strongest of 50 features are drawn"));
    assert!(texts.contains(&"f49") && !texts.contains(&"f3"));
}

#[test]
fn predictions_lie_around_the_line_of_no_error() {
    let priced = df!("price" => [10.0, 12.0, 9.0], "predicted" => [11.0, 11.5, 9.5]).unwrap();
    let svg = svg(&chart::predictions(&priced, "price", "predicted"));
    assert_eq!(count(&svg, "<circle"), 3);
    let texts = texts(&svg);
    assert!(texts.contains(&"price") && texts.contains(&"predicted price"));
    assert!(error(&chart::predictions(&priced, "prise", "predicted")).contains("price"));
}

#[test]
fn scores_along_a_scale_point_at_nothing() {
    let sets = [("test", vec![vec![0.5, 0.6], vec![0.2, 0.3], vec![0.4, 0.4]])];
    let svg = svg(&chart::score_curve("C", &[0.01, 1.0, 100.0], &sets).y_label("log_loss"));
    let texts = texts(&svg);
    assert!(
        texts.contains(&"C") && texts.contains(&"log_loss"),
        "{texts:?}"
    );
    assert!(
        !texts.iter().any(|text| text.starts_with("best")),
        "{texts:?}"
    );
}
