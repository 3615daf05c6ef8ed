//! What tables look like.

use ferrite_frame::{datasets, render};
use ndarray::Array2;
use polars::prelude::*;

use crate::{html, text};

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn penguins_show_types_nulls_and_how_much_is_hidden() {
    let penguins = datasets::penguins().unwrap();
    assert_eq!(
        lines(text(&render::frame(&penguins))),
        [
            "species    island     bill_length_mm  bill_depth_mm  flipper_length_mm  body_mass_g  sex     year",
            "str        str                   f64            f64                i64          i64  str      i64",
            "─────────────────────────────────────────────────────────────────────────────────────────────────",
            "Adelie     Torgersen            39.1           18.7                181         3750  male    2007",
            "Adelie     Torgersen            39.5           17.4                186         3800  female  2007",
            "Adelie     Torgersen            40.3           18.0                195         3250  female  2007",
            "Adelie     Torgersen            null           null               null         null  null    2007",
            "Adelie     Torgersen            36.7           19.3                193         3450  female  2007",
            "… 334 rows hidden …",
            "Chinstrap  Dream                55.8           19.8                207         4000  male    2009",
            "Chinstrap  Dream                43.5           18.1                202         3400  female  2009",
            "Chinstrap  Dream                49.6           18.2                193         3775  male    2009",
            "Chinstrap  Dream                50.8           19.0                210         4100  male    2009",
            "Chinstrap  Dream                50.2           18.7                198         3775  female  2009",
            "344 rows × 8 columns, showing 10 rows",
        ]
    );
}

#[test]
fn html_marks_types_numbers_and_missing_values() {
    let frame = df!(
        "a<b" => ["<i>", "&"],
        "x" => [Some(f64::NAN), None],
    )
    .unwrap();
    let shown = render::frame(&frame);
    let body = html(&shown)
        .split_once("<div class=\"ferrite\">")
        .unwrap()
        .1;
    assert_eq!(
        body,
        "<table><thead><tr>\
         <th>a&lt;b<span class=\"dtype\">str</span></th>\
         <th class=\"num\">x<span class=\"dtype\">f64</span></th>\
         </tr></thead><tbody>\
         <tr><td>&lt;i&gt;</td><td class=\"num\"><span class=\"null\">NaN</span></td></tr>\
         <tr><td>&amp;</td><td class=\"num\"><span class=\"null\">null</span></td></tr>\
         </tbody></table><div class=\"shape\">2 rows × 2 columns</div></div>"
    );
}

#[test]
fn wide_frames_are_cut_in_the_middle() {
    let columns = (0..20)
        .map(|i| Column::new(format!("c{i}").into(), [i]))
        .collect();
    let wide = DataFrame::new(1, columns).unwrap();
    let shown = render::frame(&wide);
    assert_eq!(
        lines(text(&shown)),
        [
            " c0   c1   c2   c3   c4   c5   c6  …  c13  c14  c15  c16  c17  c18  c19",
            "i32  i32  i32  i32  i32  i32  i32     i32  i32  i32  i32  i32  i32  i32",
            "───────────────────────────────────────────────────────────────────────",
            "  0    1    2    3    4    5    6  …   13   14   15   16   17   18   19",
            "1 row × 20 columns, showing 14 columns",
        ]
    );
    assert!(html(&shown).contains("<th class=\"dim\" title=\"6 columns hidden\">…</th>"));
}

#[test]
fn a_hidden_row_spans_the_table() {
    let long = df!("n" => (0..13).collect::<Vec<i64>>()).unwrap();
    let shown = render::frame(&long);
    assert!(html(&shown).contains("<td class=\"dim\" colspan=\"1\">… 3 rows hidden …</td>"));
    assert!(text(&shown).ends_with("13 rows × 1 column, showing 10 rows"));
}

#[test]
fn empty_frames_still_have_a_shape() {
    assert_eq!(
        text(&render::frame(&DataFrame::empty())),
        "0 rows × 0 columns"
    );
    let no_rows = datasets::penguins().unwrap().head(Some(0));
    let shown = render::frame(&no_rows);
    assert!(text(&shown).starts_with("species  island  bill_length_mm"));
    assert!(text(&shown).ends_with("0 rows × 8 columns"));
}

#[test]
fn long_and_unruly_texts_stay_in_their_cell() {
    let frame = df!("t" => ["x".repeat(100), "two\nlines".to_owned()]).unwrap();
    let shown = render::frame(&frame);
    assert_eq!(
        lines(text(&shown)),
        [
            "t",
            "str",
            &"─".repeat(61),
            &("x".repeat(60) + "…"),
            "two\\nlines",
            "2 rows × 1 column"
        ]
    );
}

#[test]
fn every_type_has_a_name_and_a_text() {
    let frame = df!(
        "flag" => [Some(true), None],
        "kind" => ["a", "b"],
        "day" => [0i32, i32::MAX],
        "at" => [1_700_000_000_000i64, i64::MAX],
        "took" => [90_000i64, 1],
        "small" => [0.1f32, 2.5],
    )
    .unwrap()
    .lazy()
    .with_columns([
        col("kind").cast(DataType::from_categories(Categories::global())),
        col("day").cast(DataType::Date),
        col("at").cast(DataType::Datetime(TimeUnit::Milliseconds, None)),
        col("took").cast(DataType::Duration(TimeUnit::Milliseconds)),
    ])
    .collect()
    .unwrap();
    assert_eq!(
        lines(text(&render::frame(&frame))),
        [
            "flag  kind  day         at                   took          small",
            "bool  cat   date        datetime[ms]         duration[ms]    f32",
            "────────────────────────────────────────────────────────────────",
            "true  a     1970-01-01  2023-11-14 22:13:20  1m 30s          0.1",
            "null  b     2147483647  9223372036854775807  1ms             2.5",
            "2 rows × 6 columns",
        ]
    );
}

#[test]
fn moments_in_a_time_zone_are_shown_there() {
    let utc = Series::new("at".into(), [1_700_000_000_000i64]);
    let zone = TimeZone::opt_try_new(Some("Europe/Berlin")).unwrap();
    let there = utc
        .cast(&DataType::Datetime(TimeUnit::Milliseconds, zone))
        .unwrap();
    assert!(text(&render::series(&there)).contains("\n2023-11-14 23:13:20 CET\n"));
}

#[test]
fn lists_and_structs_show_their_items() {
    let lists = Series::new(
        "l".into(),
        [
            Series::new("".into(), [1.0, 0.25]),
            Series::new("".into(), (0..1000).map(f64::from).collect::<Vec<_>>()),
        ],
    );
    let shown = render::series(&lists);
    let shown = lines(text(&shown));
    assert_eq!(shown[1..4], ["list[f64]", &"─".repeat(61), "[1.0, 0.25]"]);
    assert!(shown[4].starts_with("[0.0, 1.0, 2.0") && shown[4].ends_with('…'));

    let both = df!("a" => [1i64], "b" => ["x\"y"])
        .unwrap()
        .into_struct("s".into());
    let shown = render::series(&both.into_series());
    assert_eq!(
        lines(text(&shown)),
        [
            "s",
            "struct[2]",
            "─────────────────",
            "{a: 1, b: \"x\\\"y\"}",
            "1 value"
        ]
    );
}

#[test]
fn a_series_counts_its_values_and_nulls() {
    let series = Series::new("n".into(), [Some(1i64), None, Some(30)]);
    assert_eq!(
        lines(text(&render::series(&series))),
        [
            "   n",
            " i64",
            "────",
            "   1",
            "null",
            "  30",
            "3 values, 1 null"
        ]
    );
    let penguins = datasets::penguins().unwrap();
    let shown = render::column(penguins.column("sex").unwrap());
    assert!(text(&shown).ends_with("344 values, 11 null, showing 10 values"));
}

#[test]
fn a_lazy_frame_shows_its_plan() {
    let plan = datasets::penguins()
        .unwrap()
        .lazy()
        .filter(col("year").eq(lit(2007)));
    let shown = render::lazy_frame(&plan);
    assert!(text(&shown).contains("FILTER"), "{}", text(&shown));
    assert!(text(&shown).ends_with("a plan, nothing has run yet; .collect()? runs it"));
    assert!(html(&shown).contains("<pre>"));
}

#[test]
fn a_plan_that_cannot_run_shows_why() {
    let plan = datasets::penguins()
        .unwrap()
        .lazy()
        .filter(col("yaer").eq(lit(2007)));
    let shown = render::lazy_frame(&plan);
    assert!(text(&shown).starts_with("error: "), "{}", text(&shown));
    assert!(text(&shown).contains("yaer"));
    assert!(text(&shown).ends_with("this plan cannot run"));
}

#[test]
fn arrays_show_positions() {
    let matrix = Array2::from_shape_fn((150, 2), |(row, column)| row as f64 + column as f64 / 2.0);
    let shown = render::array2(matrix.view());
    let all = lines(text(&shown));
    assert_eq!(
        all[..3],
        [
            "         0      1",
            "─────────────────",
            "  0    0.0    0.5"
        ]
    );
    assert_eq!(
        all[12..],
        ["149  149.0  149.5", "150 × 2 array of f64, showing 10 rows"]
    );
    assert!(html(&shown).contains("<th class=\"num dim\">149</th>"));

    let vector = render::array1(matrix.column(0));
    assert!(text(&vector).ends_with("150 values of f64, showing 10 values"));
    let nothing = Array2::<f64>::zeros((0, 0));
    assert_eq!(text(&render::array2(nothing.view())), "0 × 0 array of f64");
}

/// The style sheets of a page.
fn styles(html: &str) -> String {
    let parts = html.split("<style>").skip(1);
    parts
        .filter_map(|part| part.split("</style>").next())
        .collect()
}

#[test]
fn every_colour_of_a_table_has_a_light_and_a_dark_form() {
    let shown = render::frame(&datasets::penguins().unwrap());
    let style = styles(html(&shown));
    let pairs = style.matches("light-dark(").count();
    assert!(pairs >= 6, "{pairs}");
    // No colour stands outside of a pair.
    let mut outside = String::new();
    for (i, part) in style.split("light-dark(").enumerate() {
        outside += match i {
            0 => part,
            _ => part.split_once(')').unwrap().1,
        };
    }
    assert!(
        !outside.contains('#') && !outside.contains("rgb"),
        "{outside}"
    );
    // Those that are used are there.
    for name in style.split("var(--fe-").skip(1) {
        let name = name.split([')', ',']).next().unwrap();
        assert!(style.contains(&format!("--fe-{name}:")), "{name}");
    }
    // The page says which half, where it knows.
    for theme in [
        "[data-jp-theme-light=true] .ferrite",
        "[data-jp-theme-light=false] .ferrite",
        "color-scheme:light",
        "color-scheme:dark",
    ] {
        assert!(style.contains(theme), "{theme}");
    }
    assert!(!html(&shown).contains("<script"));
}
