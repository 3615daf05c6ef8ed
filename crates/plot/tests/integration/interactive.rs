//! The Vega-Lite form of charts.

use ferrite_display::Show;
use ferrite_plot::{Chart, chart};
use polars::prelude::*;
use serde_json::Value;

use crate::support::penguins;

const MIME: &str = "application/vnd.vegalite.v5+json";

fn spec(chart: &Chart) -> Value {
    let json = chart
        .interactive()
        .json()
        .expect("a chart that can be drawn");
    serde_json::from_str(&json).expect("sound JSON")
}

#[test]
fn points_have_tooltips_and_zoom() {
    let spec = spec(
        &chart::scatter(&penguins(), "bill_length_mm", "bill_depth_mm")
            .color("species")
            .title("Bills"),
    );
    assert_eq!(
        spec["$schema"],
        "https://vega.github.io/schema/vega-lite/v5.json"
    );
    assert_eq!(spec["title"]["text"], "Bills");
    let points = &spec["layer"][0];
    assert_eq!(points["params"][0]["bind"], "scales");
    assert_eq!(points["data"]["values"].as_array().map(Vec::len), Some(342));
    assert_eq!(points["data"]["values"][0]["c"], "Adelie");
    let titles: Vec<&str> = points["encoding"]["tooltip"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|tip| tip["title"].as_str())
        .collect();
    assert_eq!(titles, ["bill_length_mm", "bill_depth_mm", "species"]);
    let domain = &points["encoding"]["color"]["scale"]["domain"];
    assert_eq!(
        *domain,
        serde_json::json!(["Adelie", "Chinstrap", "Gentoo"])
    );
}

#[test]
fn names_stand_at_their_places() {
    let spec = spec(&chart::count(&penguins(), "species"));
    let axis = &spec["layer"][0]["encoding"]["x"]["axis"];
    assert_eq!(axis["values"], serde_json::json!([0.0, 1.0, 2.0]));
    assert!(
        axis["labelExpr"]
            .as_str()
            .unwrap()
            .starts_with("[\"Adelie\",\"Gentoo\",\"Chinstrap\"]")
    );
    assert_eq!(spec["layer"][0]["data"]["values"][0]["t"], "Adelie: 152");
}

#[test]
fn times_are_milliseconds() {
    let mut frame = df!("day" => [19_000, 19_100], "y" => [1.0, 2.0]).unwrap();
    frame
        .try_apply("day", |day| day.cast(&DataType::Date))
        .unwrap();
    let spec = spec(&chart::line(&frame, "day", "y"));
    let line = &spec["layer"][0];
    assert_eq!(line["encoding"]["x"]["type"], "temporal");
    assert_eq!(
        line["data"]["values"][0]["x"].as_f64(),
        Some(19_000.0 * 86_400_000.0)
    );
}

#[test]
fn facets_and_pairs_are_concatenated() {
    let facets = spec(&chart::histogram(&penguins(), "body_mass_g").facet("species"));
    assert_eq!(facets["concat"].as_array().map(Vec::len), Some(3));
    assert_eq!(facets["concat"][1]["title"]["text"], "Chinstrap");
    let pairs = spec(&chart::pair_plot(
        &penguins(),
        &["bill_length_mm", "body_mass_g"],
    ));
    assert_eq!(
        (pairs["concat"].as_array().map(Vec::len), &pairs["columns"]),
        (Some(4), &2.into())
    );
}

#[test]
fn very_many_points_are_thinned_and_it_says_so() {
    let x: Vec<f64> = (0..100_000).map(f64::from).collect();
    let frame = df!("x" => x.clone(), "y" => x).unwrap();
    let spec = spec(&chart::scatter(&frame, "x", "y"));
    assert_eq!(
        spec["layer"][0]["data"]["values"].as_array().map(Vec::len),
        Some(20_000)
    );
    assert_eq!(
        spec["title"]["subtitle"][0],
        "20000 of 100000 points are drawn"
    );
}

/// Every fifth row is of one kind: every fifth row would be that kind only.
#[test]
fn thinned_points_are_those_of_all() {
    let x: Vec<f64> = (0..100_000).map(f64::from).collect();
    let kind: Vec<&str> = (0..100_000)
        .map(|i| ["rare", "b", "c", "d", "e"][i % 5])
        .collect();
    let frame = df!("x" => x.clone(), "y" => x, "kind" => kind).unwrap();
    let chart = chart::scatter(&frame, "x", "y").color("kind");
    let spec = spec(&chart);
    let values = spec["layer"][0]["data"]["values"].as_array().unwrap();
    let rare = values.iter().filter(|value| value["c"] == "rare").count();
    assert_eq!(values.len(), 20_000);
    assert!((3_700..4_300).contains(&rare), "{rare} of 20000");
    assert_eq!(spec, self::spec(&chart), "the same ones each time");
}

#[test]
fn only_linear_scales_say_where_zero_is() {
    let frame = df!("x" => [1.0, 10.0, 100.0], "y" => [1.0, 2.0, 3.0]).unwrap();
    let spec = spec(&chart::scatter(&frame, "x", "y").log_x());
    let encoding = &spec["layer"][0]["encoding"];
    assert_eq!(encoding["x"]["scale"].get("zero"), None);
    assert_eq!(encoding["y"]["scale"]["zero"], false);
}

#[test]
fn it_is_shown_with_the_picture_for_those_who_do_not_know_it() {
    let shown = chart::count(&penguins(), "species").interactive().show();
    let kinds: Vec<&str> = shown.parts().map(|(mime, _)| mime).collect();
    assert_eq!(kinds, ["text/plain", "image/svg+xml", MIME]);
    let wrong = chart::count(&penguins(), "specie").interactive().show();
    assert!(wrong.get(MIME).is_none() && wrong.get("text/plain").unwrap().contains("did you mean"));
}

#[test]
fn files_are_a_document_or_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let chart = chart::count(&penguins(), "species").title("</script><b>");
    chart.interactive().save(&path("chart.vl.json")).unwrap();
    let text = std::fs::read_to_string(path("chart.vl.json")).unwrap();
    assert!(serde_json::from_str::<Value>(&text).is_ok());
    chart.interactive().save(&path("chart.html")).unwrap();
    let page = std::fs::read_to_string(path("chart.html")).unwrap();
    assert!(page.contains("vegaEmbed") && page.contains("<svg") && !page.contains("</script><b>"));
    chart.save(&path("plain.html")).unwrap();
    let page = std::fs::read_to_string(path("plain.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && !page.contains("<script"));
    assert_eq!(
        chart
            .interactive()
            .save("chart.png")
            .unwrap_err()
            .to_string(),
        "an interactive chart is saved as .html or .json; \"chart.png\" is neither"
    );
}

#[test]
fn colours_follow_the_frontends_theme() {
    let frame = penguins();
    let auto = spec(&chart::scatter(&frame, "bill_length_mm", "bill_depth_mm").color("species"));
    assert_eq!(auto["params"][0]["name"], "dark");
    let range = &auto["layer"][0]["encoding"]["color"]["scale"]["range"];
    assert_eq!(range[0]["expr"], "dark ? '#3d94d9' : '#0072b2'");
    // Cells have both colours, and Vega chooses.
    let cells = spec(&chart::correlation(&frame, &[]));
    let first = &cells["layer"][0]["data"]["values"][0];
    assert!(first["c"].is_string() && first["d"].is_string(), "{first}");
    let choice = &cells["layer"][0]["transform"][0]["calculate"];
    assert_eq!(choice, "dark && datum.d ? datum.d : datum.c");
    // Who has chosen a theme gets that one everywhere.
    let light = spec(&chart::correlation(&frame, &[]).theme("light"));
    assert_eq!(light["config"]["background"], "#ffffff");
    assert!(!light.to_string().contains("dark ?"), "{light}");
}

#[test]
fn a_measure_has_its_key() {
    let scatter = chart::scatter(&penguins(), "bill_length_mm", "bill_depth_mm");
    for (chart, title) in [
        (scatter.color("body_mass_g"), "body_mass_g"),
        (chart::correlation(&penguins(), &[]), "correlation"),
    ] {
        let spec = spec(&chart);
        let layers = spec["layer"].as_array().expect("layers");
        let key = &layers.last().expect("a layer")["encoding"]["color"];
        assert_eq!(
            (&key["type"], &key["title"]),
            (&"quantitative".into(), &title.into())
        );
        assert_eq!(spec["resolve"]["scale"]["color"], "independent");
    }
}
