//! Transformers on the cases that data really brings.

use ferrite_ml::*;
use polars::prelude::*;

use crate::{floats, names, penguins, texts};

#[test]
fn nan_counts_as_missing() {
    let frame = df!["x" => [Some(1.0), Some(f64::NAN), None, Some(3.0)]].unwrap();
    let filled = SimpleImputer::mean().fit_transform(&frame).unwrap();
    assert_eq!(floats(&filled, "x"), [1.0, 2.0, 2.0, 3.0]);
    let scaled = StandardScaler::new().fit_transform(&frame).unwrap();
    assert_eq!(scaled.column("x").unwrap().null_count(), 2);
    assert_eq!(floats(&scaled, "x"), [-1.0, 1.0]);
}

#[test]
fn the_median_of_an_even_number_of_values_lies_between_two() {
    let frame = df!["x" => [4, 1, 3, 10]].unwrap();
    let fitted = SimpleImputer::median().fit(&frame).unwrap();
    assert_eq!(fitted.statistics(), [("x".to_owned(), Fill::Number(3.5))]);
}

#[test]
fn the_most_frequent_value_of_every_type_and_the_smaller_of_two() {
    let frame = df![
        "n" => [Some(2), Some(1), Some(2), Some(1), None],
        "t" => [Some("b"), Some("a"), Some("b"), Some("a"), None],
        "b" => [Some(true), Some(true), Some(false), None, None],
    ]
    .unwrap();
    let filled = SimpleImputer::most_frequent()
        .fit_transform(&frame)
        .unwrap();
    assert_eq!(floats(&filled, "n")[4], 1.0);
    assert_eq!(filled.column("t").unwrap().str().unwrap().get(4), Some("a"));
    assert_eq!(
        filled.column("b").unwrap().bool().unwrap().get(4),
        Some(true)
    );
}

#[test]
fn a_gap_that_was_not_there_at_fit_is_filled_too() {
    let fitted = SimpleImputer::median()
        .fit(&df!["x" => [1.0, 2.0, 3.0]].unwrap())
        .unwrap();
    let filled = fitted
        .transform(&df!["x" => [None, Some(9.0)]].unwrap())
        .unwrap();
    assert_eq!(floats(&filled, "x"), [2.0, 9.0]);
}

#[test]
fn constant_columns_do_not_divide_by_zero() {
    let frame = df!["x" => [0.1, 0.1, 0.1]].unwrap();
    let scaled = StandardScaler::new().fit_transform(&frame).unwrap();
    assert!(floats(&scaled, "x").iter().all(|x| x.abs() < 1e-12));
    let scaled = MinMaxScaler::new().fit_transform(&frame).unwrap();
    assert_eq!(floats(&scaled, "x"), [0.0; 3]);
}

#[test]
fn scalers_leave_text_alone() {
    let scaled = StandardScaler::new().fit_transform(&penguins()).unwrap();
    assert_eq!(scaled.get_column_names(), penguins().get_column_names());
    assert_eq!(
        scaled.column("species").unwrap(),
        penguins().column("species").unwrap()
    );
}

#[test]
fn unknown_levels_are_zero_everywhere() {
    let fitted = OneHotEncoder::new()
        .fit(&df!["c" => ["a", "b"]].unwrap())
        .unwrap();
    let new = df!["c" => [Some("b"), Some("z"), None]].unwrap();
    let encoded = fitted.transform(&new).unwrap();
    assert!(encoded.equals(&df!["c_a" => [0.0, 0.0, 0.0], "c_b" => [1.0, 0.0, 0.0]].unwrap()));
}

#[test]
fn booleans_and_categories_are_encoded_like_text() {
    let mut frame = df!["b" => [true, false], "c" => ["x", "y"]].unwrap();
    let categories = DataType::from_categories(Categories::global());
    let column = frame.column("c").unwrap().cast(&categories).unwrap();
    frame.with_column(column).unwrap();
    let fitted = OneHotEncoder::new().fit(&frame).unwrap();
    assert_eq!(fitted.feature_names(), ["b_false", "b_true", "c_x", "c_y"]);
    let text = df!["b" => [true], "c" => ["y"]].unwrap();
    assert_eq!(floats(&fitted.transform(&text).unwrap(), "c_y"), [1.0]);
}

#[test]
fn columns_are_chosen_by_type_and_by_name() {
    let columns = ColumnTransformer::new()
        .columns("island", ["island"], [OneHotEncoder::new().into()])
        .columns("mass", ["body_mass_g"], []);
    let prepared = columns.fit_transform(&penguins()).unwrap();
    assert_eq!(
        names(&prepared),
        [
            "island_Biscoe",
            "island_Dream",
            "island_Torgersen",
            "body_mass_g"
        ]
    );
}

#[test]
fn a_part_without_columns_is_no_error() {
    let columns = ColumnTransformer::new()
        .numeric([StandardScaler::new().into()])
        .categorical([OneHotEncoder::new().into()]);
    let prepared = columns
        .fit_transform(&df!["x" => [1.0, 3.0]].unwrap())
        .unwrap();
    assert_eq!(floats(&prepared, "x"), [-1.0, 1.0]);
}

/// What a user may write: a transformer of one's own works like the others.
#[derive(Clone, Debug)]
struct Shout;

impl Params for Shout {}

impl Transformer for Shout {
    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        Diagram::new("Shout")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        let names = frame
            .get_column_names_owned()
            .iter()
            .map(|name| name.to_string())
            .collect();
        Ok(Box::new(FittedShout(names)))
    }
}

#[derive(Debug)]
struct FittedShout(Vec<String>);

impl FittedTransformer for FittedShout {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let mut loud = frame.clone();
        for name in &self.0 {
            let words = texts(frame.column(name)?.as_materialized_series());
            let words: Vec<String> = words.iter().map(|word| word.to_uppercase()).collect();
            loud.with_column(Column::new(name.as_str().into(), words))?;
        }
        Ok(loud)
    }

    fn inputs(&self) -> Vec<String> {
        self.0.clone()
    }

    fn feature_names(&self) -> Vec<String> {
        self.0.clone()
    }
}

#[test]
fn a_transformer_of_ones_own_is_a_step() {
    let frame = df!["word" => ["no", "no", "yes", "yes"], "y" => [0, 0, 1, 1]].unwrap();
    let columns = ColumnTransformer::new().categorical([Shout.into(), OneHotEncoder::new().into()]);
    let fitted = Pipeline::new()
        .step("columns", columns)
        .model(knn(1))
        .fit(&frame, "y")
        .unwrap();
    assert_eq!(fitted.feature_names(), ["word_NO", "word_YES"]);
    let predicted = fitted.predict(&df!["word" => ["Yes"]].unwrap()).unwrap();
    assert_eq!(predicted.i32().unwrap().get(0), Some(1));
}
