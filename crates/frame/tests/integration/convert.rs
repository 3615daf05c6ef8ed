//! Columns as numbers and texts; questions to a frame.

use ferrite_frame::{FrameError, FrameExt, convert, datasets};
use polars::prelude::*;

fn strings(texts: &[Option<&str>]) -> Vec<Option<String>> {
    texts.iter().map(|text| text.map(str::to_owned)).collect()
}

#[test]
fn numbers_of_any_width_become_floats() {
    let frame = df!(
        "small" => [Some(1i32), None],
        "whole" => [-3i64, 4],
        "single" => [0.5f32, f32::NAN],
        "flag" => [Some(true), Some(false)],
    )
    .unwrap();
    assert_eq!(
        convert::column_f64(&frame, "small").unwrap(),
        [Some(1.0), None]
    );
    assert_eq!(
        convert::column_f64(&frame, "whole").unwrap(),
        [Some(-3.0), Some(4.0)]
    );
    assert_eq!(
        convert::column_f64(&frame, "flag").unwrap(),
        [Some(1.0), Some(0.0)]
    );
    assert!(
        convert::column_f64(&frame, "single").unwrap()[1]
            .unwrap()
            .is_nan()
    );
}

#[test]
fn text_and_dates_are_not_numbers() {
    let penguins = datasets::penguins().unwrap();
    let error = convert::column_f64(&penguins, "sex").unwrap_err();
    assert!(matches!(error, FrameError::NotNumeric { .. }));
    assert_eq!(
        error.to_string(),
        "column \"sex\" holds str, not numbers\n       \
         leave it out, encode it (text, categories) or cast it: \
         col(\"sex\").cast(DataType::Float64)"
    );
    let day = Series::new("day".into(), [0i32])
        .cast(&DataType::Date)
        .unwrap();
    let frame = day.into_frame();
    assert!(convert::matrix(&frame, &["day"]).is_err());
}

#[test]
fn a_column_of_nothing_is_numeric() {
    let frame = Series::new_null("n".into(), 2).into_frame();
    assert_eq!(convert::column_f64(&frame, "n").unwrap(), [None, None]);
}

#[test]
fn a_matrix_has_the_columns_in_the_order_asked_for() {
    let frame = df!("a" => [1i64, 2], "b" => [Some(true), None]).unwrap();
    let matrix = convert::matrix(&frame, &["b", "a"]).unwrap();
    assert_eq!(matrix.row(0).to_vec(), [1.0, 1.0]);
    assert!(matrix[[1, 0]].is_nan());
    assert_eq!(matrix[[1, 1]], 2.0);
    assert!(matrix.is_standard_layout());
    assert_eq!(convert::matrix(&frame, &[]).unwrap().dim(), (2, 0));
}

#[test]
fn every_type_has_a_text() {
    let frame = df!(
        "text" => [Some("a \"b\""), None],
        "whole" => [1i64, 2],
        "float" => [0.1 + 0.2, f64::NAN],
        "single" => [0.1f32, 1.0],
        "flag" => [true, false],
        "day" => [0i32, 1],
        "kind" => ["x", "y"],
    )
    .unwrap()
    .lazy()
    .with_columns([
        col("day").cast(DataType::Date),
        col("kind").cast(DataType::from_categories(Categories::global())),
    ])
    .collect()
    .unwrap();
    for (column, expected) in [
        ("text", [Some("a \"b\""), None]),
        ("whole", [Some("1"), Some("2")]),
        ("float", [Some("0.30000000000000004"), Some("NaN")]),
        ("single", [Some("0.1"), Some("1.0")]),
        ("flag", [Some("true"), Some("false")]),
        ("day", [Some("1970-01-01"), Some("1970-01-02")]),
        ("kind", [Some("x"), Some("y")]),
    ] {
        assert_eq!(
            convert::column_strings(&frame, column).unwrap(),
            strings(&expected),
            "{column}"
        );
    }
}

#[test]
fn a_missing_column_names_the_one_that_was_meant() {
    let penguins = datasets::penguins().unwrap();
    let expected = "no column \"flipper_len_mm\" in this frame; did you mean \"flipper_length_mm\"?\n       \
         columns: species, island, bill_length_mm, bill_depth_mm, flipper_length_mm, body_mass_g, sex, year";
    for error in [
        penguins.require("flipper_len_mm").map(drop).unwrap_err(),
        convert::column_f64(&penguins, "flipper_len_mm")
            .map(drop)
            .unwrap_err(),
        convert::column_strings(&penguins, "flipper_len_mm")
            .map(drop)
            .unwrap_err(),
        convert::matrix(&penguins, &["year", "flipper_len_mm"])
            .map(drop)
            .unwrap_err(),
        penguins
            .value_counts("flipper_len_mm")
            .map(drop)
            .unwrap_err(),
    ] {
        assert_eq!(error.to_string(), expected);
    }
    let unlike = penguins.require("price").unwrap_err().to_string();
    assert!(unlike.starts_with("no column \"price\" in this frame\n       columns: species, "));
}

#[test]
fn nulls_are_counted_by_column() {
    let nulls = datasets::penguins().unwrap().missing().unwrap();
    assert_eq!(
        nulls.get_column_names(),
        ["column", "nulls", "nan", "share"]
    );
    let counts = convert::column_f64(&nulls, "nulls").unwrap();
    assert_eq!(counts, [0.0, 0.0, 2.0, 2.0, 2.0, 2.0, 11.0, 0.0].map(Some));
    let shares = convert::column_f64(&nulls, "share").unwrap();
    assert_eq!(shares[6], Some(11.0 / 344.0));

    let nothing = DataFrame::empty().missing().unwrap();
    assert_eq!(nothing.shape(), (0, 4));
}

#[test]
fn values_are_counted_the_most_frequent_first() {
    let frame = df!("v" => [Some("b"), None, Some("a"), Some("c"), Some("a"), None]).unwrap();
    let counts = frame.value_counts("v").unwrap();
    assert_eq!(
        convert::column_strings(&counts, "v").unwrap(),
        strings(&[None, Some("a"), Some("b"), Some("c")])
    );
    assert_eq!(
        convert::column_f64(&counts, "n").unwrap(),
        [2.0, 2.0, 1.0, 1.0].map(Some)
    );
}

#[test]
fn odd_columns_can_be_counted() {
    let frame = df!("n" => [2.5, f64::NAN, f64::NAN], "*" => [1i64, 1, 2]).unwrap();
    assert_eq!(frame.value_counts("n").unwrap().shape(), (2, 3));
    assert_eq!(frame.value_counts("*").unwrap().shape(), (2, 3));
    assert_eq!(
        frame.head(Some(0)).value_counts("n").unwrap().shape(),
        (0, 3)
    );
    let lists = Series::new(
        "l".into(),
        [
            Series::new("".into(), [1i64]),
            Series::new("".into(), [1i64]),
        ],
    );
    assert_eq!(
        lists.into_frame().value_counts("l").unwrap().shape(),
        (1, 3)
    );
}

#[test]
fn slices_of_unequal_lengths_are_refused() {
    let error = convert::from_slices(&[("x", &[1.0, 2.0]), ("y", &[0.5])]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"x\" has 2 values and \"y\" has 1\n       the columns of a frame are equally long"
    );
    assert!(convert::from_slices(&[("x", &[1.0]), ("x", &[2.0])]).is_err());
    assert_eq!(convert::from_slices(&[]).unwrap().shape(), (0, 0));
}

/// Where the numbers of a column lie.
fn place(frame: &DataFrame, column: &str) -> *const f64 {
    frame
        .column(column)
        .unwrap()
        .f64()
        .unwrap()
        .cont_slice()
        .unwrap()
        .as_ptr()
}

#[test]
fn lent_columns_are_not_copied() {
    let frame =
        df!("x" => [1.0, 2.5, 4.0], "n" => [1i64, 2, 3], "gap" => [Some(1.0), None, None]).unwrap();
    let lent = convert::slice(&frame, "x").unwrap();
    assert_eq!(lent.as_ptr(), place(&frame, "x"));
    let vector = convert::array1(&frame, "x").unwrap();
    assert!(vector.is_view());
    assert_eq!(vector.as_ptr(), place(&frame, "x"));
    // What is not a column of floats in one piece is copied.
    assert!(!convert::array1(&frame, "n").unwrap().is_view());
    assert!(!convert::array1(&frame, "gap").unwrap().is_view());
}

#[test]
fn arrays_give_their_memory_to_a_frame() {
    use ndarray::{Array1, Array2, ShapeBuilder};
    let vector = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    let before = vector.as_ptr();
    let column = convert::from_array1("x", vector);
    assert_eq!(place(&column.into_frame(), "x"), before);

    let by_column = Array2::from_shape_vec((2, 3).f(), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    let before = by_column.as_ptr();
    let frame = convert::from_array2(by_column, &["a", "b", "c"]).unwrap();
    for (i, name) in ["a", "b", "c"].into_iter().enumerate() {
        assert_eq!(place(&frame, name), before.wrapping_add(2 * i), "{name}");
    }
    assert_eq!(convert::slice(&frame, "b").unwrap()[..], [3.0, 4.0]);
}

#[test]
fn both_kinds_of_ndarray_share_their_memory() {
    use ndarray::{Array2, ShapeBuilder};
    let numbers = || vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    for ours in [
        Array2::from_shape_vec((2, 3), numbers()).unwrap(),
        Array2::from_shape_vec((2, 3).f(), numbers()).unwrap(),
    ] {
        let (before, expected) = (ours.as_ptr(), ours.clone());
        let theirs = convert::to_ndarray_017(ours);
        assert_eq!(theirs.as_ptr(), before);
        assert_eq!(theirs[[1, 0]], expected[[1, 0]]);
        let back = convert::from_ndarray_017(theirs);
        assert_eq!(back.as_ptr(), before);
        assert_eq!(back, expected);
    }
}

#[test]
fn moves_that_change_no_column_copy_none() {
    let frame = df!("x" => [1.0, 2.5], "y" => [0.0, 1.0], "z" => ["a", "b"]).unwrap();
    let (x, y) = (place(&frame, "x"), place(&frame, "y"));
    let picked = frame.pick(&["y", "x"]).unwrap();
    assert_eq!((place(&picked, "x"), place(&picked, "y")), (x, y));
    assert_eq!(place(&frame.without(&["y"]).unwrap(), "x"), x);
    assert_eq!(place(&frame.rename_columns(&[("x", "w")]).unwrap(), "w"), x);
    assert_eq!(
        place(&frame.assign("y2", col("y") * lit(2)).unwrap(), "x"),
        x
    );
    assert_eq!(place(&frame.one_hot(&["z"]).unwrap(), "y"), y);
    assert_eq!(
        place(&frame.cast_columns(&[("y", DataType::Int64)]).unwrap(), "x"),
        x
    );
}
