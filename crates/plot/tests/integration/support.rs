//! Questions to a picture.

use ferrite_display::Show;
use ferrite_plot::{Chart, ChartError};
use polars::prelude::*;

pub fn penguins() -> DataFrame {
    ferrite_frame::datasets::penguins().expect("a built-in data set")
}

pub fn svg(chart: &Chart) -> String {
    let svg = chart.svg().expect("a chart that can be drawn");
    assert_sound(&svg);
    svg
}

pub fn error(chart: &Chart) -> String {
    chart
        .svg()
        .expect_err("a chart that cannot be drawn")
        .to_string()
}

pub fn count(svg: &str, what: &str) -> usize {
    svg.matches(what).count()
}

/// All texts, in the order of drawing.
pub fn texts(svg: &str) -> Vec<&str> {
    svg.split("<text ")
        .skip(1)
        .filter_map(|text| text.split_once('>')?.1.split_once("</text>"))
        .map(|(text, _)| text)
        .collect()
}

/// All numbers of one attribute of one element.
pub fn numbers(svg: &str, element: &str, attribute: &str) -> Vec<f64> {
    let (element, attribute) = (format!("<{element} "), format!(" {attribute}=\""));
    svg.split(&element)
        .skip(1)
        .filter_map(|rest| {
            format!(" {}", rest.split_once('>')?.0)
                .split_once(&attribute)?
                .1
                .split_once('"')?
                .0
                .parse()
                .ok()
        })
        .collect()
}

/// Whether every chart shows itself: a picture, or else the reason.
pub fn assert_shown(chart: &Chart) -> Result<(), ChartError> {
    let shown = chart.show();
    let text = shown.get("text/plain").expect("every value has a text");
    match chart.svg() {
        Ok(svg) => {
            assert_sound(&svg);
            let same = shown.get("image/svg+xml") == Some(svg.as_str());
            assert!(same, "a chart is drawn the same way twice");
            Ok(())
        }
        Err(error) => {
            assert_eq!(text, format!("error: {error}"));
            assert!(
                shown
                    .get("text/html")
                    .is_some_and(|html| html.contains("error: "))
            );
            Err(error)
        }
    }
}

/// Well-formed XML in which every coordinate is a number.
pub fn assert_sound(svg: &str) {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some((text, after)) = rest.split_once('<') {
        assert_sound_text(text);
        let (tag, after) = after.split_once('>').expect("a tag ends");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "tags are nested");
        } else if !tag.ends_with('/') {
            open.push(tag.split_once(' ').map_or(tag, |(name, _)| name));
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        for attribute in [
            "x",
            "y",
            "cx",
            "cy",
            "r",
            "width",
            "height",
            "d",
            "transform",
        ] {
            if let Some((_, value)) = tag.split_once(&format!(" {attribute}=\"")) {
                let value = value.split('"').next().unwrap_or_default();
                assert!(!value.contains("NaN") && !value.contains("inf"), "{tag}");
            }
        }
        rest = after;
    }
    assert_sound_text(rest);
    assert!(open.is_empty(), "{open:?} do not end");
}

fn assert_sound_text(text: &str) {
    assert!(!text.contains('>'), "{text}");
    assert!(
        text.chars().all(|c| c == '\n' || !c.is_control()),
        "{text:?}"
    );
    for entity in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
        assert!(
            known.iter().any(|known| entity.starts_with(known)),
            "&{entity}"
        );
    }
}
