//! The short forms: what they promise beyond what polars does.

use ferrite_frame::{FrameError, FrameExt, PlanExt, convert, datasets};
use polars::prelude::*;

fn people() -> DataFrame {
    df!(
        "name" => ["Bo", "Ada", "Cy", "Dee"],
        "age" => [Some(30), Some(36), None, Some(30)],
        "city" => [Some("Rome"), None, Some("Oslo"), Some("Rome")],
    )
    .unwrap()
}

fn strings(frame: &DataFrame, column: &str) -> Vec<String> {
    convert::column_strings(frame, column)
        .unwrap()
        .into_iter()
        .map(|text| text.unwrap_or_else(|| "null".to_owned()))
        .collect()
}

#[test]
fn what_polars_was_built_without_is_an_error() {
    let lists = df!("l" => [Series::new("".into(), [1, 2]), Series::new("".into(), [3])]).unwrap();
    let doubled = col("l") + col("l");
    let error = lists.assign("s", doubled.clone()).unwrap_err().to_string();
    assert!(error.contains("list_arithmetic"), "{error}");
    let plan = lists.lazy().select([doubled]);
    assert!(
        plan.run()
            .unwrap_err()
            .to_string()
            .contains("list_arithmetic")
    );
}

#[test]
fn every_move_suggests_the_column_that_was_meant() {
    let people = people();
    let other = df!("name" => ["Bo"]).unwrap();
    let results = [
        people.pick(&["nmae"]),
        people.without(&["nmae"]),
        people.rename_columns(&[("nmae", "n")]),
        people.cast_columns(&[("nmae", DataType::Int64)]),
        people.assign("x", col("nmae")),
        people.keep(col("nmae").eq(lit("Bo"))),
        people.order_by(&["-nmae"]),
        people.drop_missing(&["nmae"]),
        people.aggregate(&["nmae"], &[len()]),
        people.aggregate(&["city"], &[col("nmae").n_unique()]),
        people.value_counts("nmae"),
        people.merge(&other, &["nmae"], "left"),
        people.pivot_table(&["nmae"], "city", "age", "mean"),
        people.pivot_table(&["city"], "nmae", "age", "mean"),
        people.pivot_table(&["city"], "age", "nmae", "first"),
        people.melt(&["nmae"]),
        people.cut("nmae", &[1.0]),
        people.qcut("nmae", 2),
        people.moving("nmae", 2, "mean"),
        people.resample("nmae", "1d", &[len()]),
        people.one_hot(&["nmae"]),
    ];
    for (i, result) in results.into_iter().enumerate() {
        let error = result.expect_err("a column that does not exist");
        assert!(
            matches!(error, FrameError::MissingColumn { .. }),
            "{i}: {error}"
        );
        assert!(
            error.to_string().contains("did you mean \"name\"?"),
            "{i}: {error}"
        );
    }
}

#[test]
fn words_that_are_none_are_corrected() {
    let people = people();
    for (result, expected) in [
        (
            people.merge(&people, &["name"], "lefft"),
            "no way to join \"lefft\"; did you mean \"left\"?",
        ),
        (
            people.pivot_table(&["name"], "city", "age", "maen"),
            "no way to aggregate \"maen\"; did you mean \"mean\"?",
        ),
        (
            people.moving("age", 2, "medain"),
            "no way to aggregate a window \"medain\"; did you mean \"median\"?",
        ),
        (
            people.corr("spearmann"),
            "no way to correlate \"spearmann\"; did you mean \"spearman\"?",
        ),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn requests_that_make_no_sense_say_why() {
    let people = people();
    let days = df!("day" => ["2024-01-01"]).unwrap();
    let days = days.cast_columns(&[("day", DataType::Date)]).unwrap();
    for (result, expected) in [
        (
            people.cut("age", &[1.0, 1.0]),
            "breaks must be finite and all different",
        ),
        (people.cut("age", &[f64::INFINITY]), "breaks must be finite"),
        (
            people.cut("city", &[1.0]),
            "column \"city\" holds str, not numbers",
        ),
        (people.qcut("age", 0), "there cannot be 0 bins"),
        (people.moving("age", 0, "mean"), "a window of 0 rows"),
        (
            people.merge(&people, &[], "left"),
            "there is no column to join on",
        ),
        (
            people.merge(&people, &["name=age"], "left"),
            "cannot join on \"name\": it is str here and i32",
        ),
        (
            people.resample("age", "1d", &[len()]),
            "column \"age\" holds i32, not dates",
        ),
        (
            days.resample("day", "soon", &[len()]),
            "\"soon\" is no span of time",
        ),
        (
            days.resample("day", "2h", &[len()]),
            "\"2h\" is no span of time: dates have no hours",
        ),
        (
            people.pivot_table(&[], "city", "age", "mean"),
            "a pivot table needs a column for its rows",
        ),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn columns_are_picked_left_out_renamed_and_added() {
    let people = people();
    assert_eq!(
        people.pick(&["age", "name"]).unwrap().get_column_names(),
        ["age", "name"]
    );
    assert_eq!(
        people.without(&["age"]).unwrap().get_column_names(),
        ["name", "city"]
    );
    let renamed = people
        .rename_columns(&[("age", "name"), ("name", "age")])
        .unwrap();
    assert_eq!(renamed.get_column_names(), ["age", "name", "city"]);
    assert!(people.rename_columns(&[("age", "name")]).is_err());
    assert!(people.pick(&["age", "age"]).is_err());
    let older = people.assign("age", col("age") + lit(1)).unwrap();
    assert_eq!(strings(&older, "age"), ["31", "37", "null", "31"]);
}

#[test]
fn a_cast_that_loses_a_value_is_an_error() {
    let frame = df!("n" => [Some("1"), None, Some("2.5"), Some("many")]).unwrap();
    let error = frame.cast_columns(&[("n", DataType::Float64)]).unwrap_err();
    assert_eq!(
        error.to_string().lines().next(),
        Some("column \"n\", row 3: \"many\" cannot become f64")
    );
    let fine = frame
        .head(Some(3))
        .cast_columns(&[("n", DataType::Float64)])
        .unwrap();
    assert_eq!(
        convert::column_f64(&fine, "n").unwrap(),
        [Some(1.0), None, Some(2.5)]
    );
}

#[test]
fn sorting_keeps_equal_rows_and_puts_nulls_last() {
    let sorted = people().order_by(&["-age", "name"]).unwrap();
    assert_eq!(strings(&sorted, "name"), ["Ada", "Bo", "Dee", "Cy"]);
    let kept = people().order_by(&["age"]).unwrap();
    assert_eq!(strings(&kept, "name"), ["Bo", "Dee", "Ada", "Cy"]);
    let odd = df!("-x" => [2, 1]).unwrap().order_by(&["-x"]).unwrap();
    assert_eq!(strings(&odd, "-x"), ["1", "2"]);
}

#[test]
fn a_sample_is_the_same_for_the_same_seed() {
    let penguins = datasets::penguins().unwrap();
    let [a, b, c] = [7, 7, 8].map(|seed| penguins.sample(20, seed).unwrap());
    assert!(a.equals_missing(&b) && !a.equals_missing(&c));
    assert_eq!(people().sample(100, 1).unwrap().height(), 4);
}

#[test]
fn missing_is_null_and_nan() {
    let frame =
        df!("x" => [Some(1.0), None, Some(f64::NAN)], "y" => [Some(1), Some(2), None]).unwrap();
    assert_eq!(frame.drop_missing(&["x"]).unwrap().height(), 1);
    assert_eq!(frame.drop_missing(&[]).unwrap().height(), 1);
    assert_eq!(frame.drop_missing(&["y"]).unwrap().height(), 2);
    let told = frame.missing().unwrap();
    assert_eq!(strings(&told, "nulls"), ["1", "1"]);
    assert_eq!(strings(&told, "nan"), ["1", "0"]);
}

#[test]
fn one_group_and_no_group() {
    let people = people();
    let all = people
        .aggregate(&[], &[col("age").sum(), len().alias("n")])
        .unwrap();
    assert_eq!(all.shape(), (1, 2));
    let by_city = people.aggregate(&["city"], &[len().alias("n")]).unwrap();
    assert_eq!(strings(&by_city, "city"), ["Oslo", "Rome", "null"]);
}

#[test]
fn joins_take_keys_of_different_names() {
    let cities = df!("town" => ["Rome", "Oslo"], "age" => [2777, 1000]).unwrap();
    let joined = people().merge(&cities, &["city=town"], "left").unwrap();
    assert_eq!(
        joined.get_column_names(),
        ["name", "age", "city", "age_right"]
    );
    assert_eq!(strings(&joined, "name"), ["Bo", "Ada", "Cy", "Dee"]);
    assert_eq!(
        strings(&joined, "age_right"),
        ["2777", "null", "1000", "2777"]
    );
    assert_eq!(
        people()
            .merge(&cities, &["city=town"], "anti")
            .unwrap()
            .height(),
        1
    );
    assert_eq!(people().merge(&cities, &[], "cross").unwrap().height(), 8);
}

#[test]
fn a_pivot_and_back() {
    let penguins = datasets::penguins().unwrap();
    let wide = penguins
        .pivot_table(&["species"], "year", "body_mass_g", "count")
        .unwrap();
    assert_eq!(wide.get_column_names(), ["species", "2007", "2008", "2009"]);
    let long = wide.melt(&["species"]).unwrap();
    assert_eq!(long.get_column_names(), ["species", "variable", "value"]);
    assert_eq!(long.height(), 9);
    let total: f64 = convert::slice(&long, "value").unwrap().iter().sum();
    assert_eq!(total, 342.0);
}

#[test]
fn too_many_categories_are_not_spread_out() {
    let n = 10_000;
    let many = df!(
        "id" => (0..n).map(|i| format!("id{i}")).collect::<Vec<_>>(),
        "x" => (0..n).collect::<Vec<i32>>(),
    )
    .unwrap();
    for result in [
        many.one_hot(&["id"]),
        many.pivot_table(&["x"], "id", "x", "sum"),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(
            error.starts_with("column \"id\" has 10000 different values"),
            "{error}"
        );
    }
    assert_eq!(many.value_counts("id").unwrap().height(), 10_000);
}

#[test]
fn indicators_take_the_place_of_their_column() {
    let spread = people().one_hot(&["city", "age"]).unwrap();
    assert_eq!(
        spread.get_column_names(),
        ["name", "age_30", "age_36", "city_Oslo", "city_Rome"]
    );
    assert_eq!(strings(&spread, "city_Rome"), ["1", "0", "0", "1"]);
    assert_eq!(strings(&spread, "age_36"), ["0", "1", "0", "0"]);
}

#[test]
fn bins_have_readable_labels() {
    let frame = df!("x" => [Some(1.0), Some(5.0), None, Some(10.0)]).unwrap();
    let cut = frame.cut("x", &[5.0]).unwrap();
    assert_eq!(
        strings(&cut, "x_bin"),
        ["(-inf, 5]", "(-inf, 5]", "null", "(5, inf]"]
    );
}

#[test]
fn frames_become_text() {
    let frame = df!("a" => [Some(1), None], "b" => ["x, y", "\"q\""]).unwrap();
    assert_eq!(frame.to_csv().unwrap(), "a,b\n1,\"x, y\"\n,\"\"\"q\"\"\"\n");
    assert_eq!(
        frame.to_json().unwrap(),
        "[{\"a\":1,\"b\":\"x, y\"},{\"a\":null,\"b\":\"\\\"q\\\"\"}]"
    );
}

#[test]
fn windows_of_time_are_refused_where_they_make_no_sense() {
    let weather = datasets::seattle_weather().unwrap();
    let error = |window: &str, column: &str, how: &str| {
        weather
            .moving_by("date", window, column, how)
            .unwrap_err()
            .to_string()
    };
    assert!(error("7d", "temp", "mean").contains("did you mean \"temp_max\"?"));
    assert!(error("7d", "weather", "mean").contains("holds str, not numbers"));
    assert!(error("1mo", "wind", "mean").contains("has no fixed length"));
    assert!(error("a week", "wind", "mean").contains("is no span of time"));
    assert!(error("-7d", "wind", "mean").contains("is no span of time"));
    assert!(error("6h", "wind", "mean").contains("dates have no hours"));
    assert!(error("7d", "wind", "mode").contains("there are: mean, sum"));
    let not_dated = weather.moving_by("wind", "7d", "wind", "mean").unwrap_err();
    assert!(not_dated.to_string().contains("holds f64, not dates"));
    let gap = df!("t" => [Some(1i32), None], "x" => [1.0, 2.0]).unwrap();
    let gap = gap.cast_columns(&[("t", DataType::Date)]).unwrap();
    let error = gap
        .moving_by("t", "7d", "x", "sum")
        .unwrap_err()
        .to_string();
    assert!(error.contains("drop_missing(&[\"t\"])"), "{error}");
    let none = weather
        .head(Some(0))
        .moving_by("date", "7d", "wind", "sum")
        .unwrap();
    assert_eq!(none.shape(), (0, 7));
}

#[test]
fn groups_over_time_have_all_their_own_spans() {
    let frame = df!(
        "k" => [Some("b"), Some("a"), None, Some("a"), None],
        "t" => [0i32, 40, 5, 100, 70],
        "x" => [1.0, 2.0, 3.0, 4.0, 5.0],
    )
    .unwrap()
    .cast_columns(&[("t", DataType::Date)])
    .unwrap();
    let months = frame
        .resample_by(&["k"], "t", "1mo", &[col("x").sum()])
        .unwrap();
    let keys = convert::column_strings(&months, "k").unwrap();
    let keys: Vec<&str> = keys
        .iter()
        .map(|key| key.as_deref().unwrap_or("null"))
        .collect();
    assert_eq!(keys, ["a", "a", "a", "b", "null", "null", "null"]);
    assert_eq!(
        convert::column_f64(&months, "x").unwrap(),
        [
            Some(2.0),
            None,
            Some(4.0),
            Some(1.0),
            Some(3.0),
            None,
            Some(5.0)
        ]
    );
    assert_eq!(months.get_column_names(), ["k", "t", "x"]);
    let error = frame
        .resample_by(&["kk"], "t", "1mo", &[len()])
        .unwrap_err();
    assert!(error.to_string().contains("no column \"kk\""));
    let none = frame
        .head(Some(0))
        .resample_by(&["k"], "t", "1mo", &[len()])
        .unwrap();
    assert_eq!(none.height(), 0);
}

#[test]
fn dates_beyond_the_calendar_are_refused_before_polars_panics() {
    let far = df!("t" => [0i32, i32::MAX], "x" => [1.0, 2.0]).unwrap();
    let far = far.cast_columns(&[("t", DataType::Date)]).unwrap();
    for error in [
        far.resample("t", "1mo", &[len()]).unwrap_err(),
        far.resample_by(&["x"], "t", "1mo", &[len()]).unwrap_err(),
        far.moving_by("t", "7d", "x", "mean").unwrap_err(),
        far.pivot_table(&["x"], "t", "x", "sum").unwrap_err(),
        far.cast_columns(&[("t", DataType::String)]).unwrap_err(),
        far.to_csv().map(drop).unwrap_err(),
        far.to_json().map(drop).unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(
            text.starts_with("column \"t\" has dates that no calendar knows"),
            "{text}"
        );
    }
    let inside = far
        .clone()
        .into_struct("s".into())
        .into_series()
        .into_frame();
    assert!(inside.to_json().is_err());
}

#[test]
fn bytes_are_refused_by_json_before_polars_panics() {
    let bytes = Series::new("raw".into(), [&b"\x00\xff"[..]]);
    let frame = bytes.into_frame();
    let nested = frame
        .clone()
        .into_struct("s".into())
        .into_series()
        .into_frame();
    for (frame, name) in [(frame, "raw"), (nested, "s")] {
        let error = frame.to_json().unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("column {name:?} holds bytes")),
            "{error}"
        );
    }
}

#[test]
fn rows_that_are_equal_keep_their_order() {
    let rows = 5_000;
    let frame = df!(
        "a" => (0..rows).map(|i| i % 7).collect::<Vec<i32>>(),
        "b" => (0..rows).map(|i| (i % 3 != 0).then_some(i % 5)).collect::<Vec<Option<i32>>>(),
        "row number" => (0..rows).collect::<Vec<i32>>(),
    )
    .unwrap();
    let sorted = frame.order_by(&["a", "-b"]).unwrap();
    assert_eq!(sorted.get_column_names(), frame.get_column_names());
    let column = |name: &str| sorted.column(name).unwrap().i32().unwrap().clone();
    let (a, b, row) = (column("a"), column("b"), column("row number"));
    for i in 1..rows as usize {
        // Descending, with what is missing at the end.
        let key = |i: usize| (a.get(i), b.get(i).map_or(1, |b| -b), row.get(i));
        assert!(key(i - 1) < key(i), "{:?} {:?}", key(i - 1), key(i));
    }
}

#[test]
fn what_cannot_be_asked_for_is_said_in_our_words() {
    let frame = df!["a" => [1, 2], "b" => [3, 4]].unwrap();
    let twice = frame.rename_columns(&[("a", "b")]).unwrap_err();
    assert!(
        twice
            .to_string()
            .contains("two columns would be called \"b\""),
        "{twice}"
    );
    let swapped = frame.rename_columns(&[("a", "b"), ("b", "a")]).unwrap();
    assert_eq!(swapped.get_column_names(), ["b", "a"]);
    let number = frame.keep(col("a") + lit(1)).unwrap_err();
    assert!(
        number.to_string().contains("keep needs a condition"),
        "{number}"
    );
    let missing = frame.keep(col("c").gt(lit(1))).unwrap_err();
    assert!(
        matches!(missing, FrameError::MissingColumn { .. }),
        "{missing}"
    );
}
