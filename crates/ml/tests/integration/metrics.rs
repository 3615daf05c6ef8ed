//! Metrics: their range, and how an evaluation looks.

use ferrite_ml::*;
use polars::prelude::*;
use proptest::prelude::*;

use crate::{every_fourth, front_page, html, penguins, shown};

fn series(name: &str, classes: &[u8]) -> Series {
    let classes: Vec<i32> = classes.iter().map(|class| i32::from(*class)).collect();
    Series::new(name.into(), classes)
}

proptest! {
    #[test]
    fn metrics_of_classes_lie_between_0_and_1(
        pairs in prop::collection::vec((0_u8..5, 0_u8..5), 1..80),
    ) {
        let (truth, guess): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let matrix = confusion_matrix(&series("t", &truth), &series("g", &guess)).unwrap();
        prop_assert_eq!(matrix.total(), truth.len());
        prop_assert!((0.0..=1.0).contains(&matrix.accuracy()));
        for class in matrix.classes() {
            for value in [class.precision, class.recall, class.f1] {
                prop_assert!((0.0..=1.0).contains(&value), "{class:?}");
            }
            let smaller = class.precision.min(class.recall);
            let larger = class.precision.max(class.recall);
            prop_assert!(class.f1 >= smaller - 1e-12 && class.f1 <= larger + 1e-12, "{class:?}");
        }
    }

    #[test]
    fn right_predictions_are_right(classes in prop::collection::vec(0_u8..5, 1..80)) {
        let truth = series("t", &classes);
        prop_assert_eq!(accuracy_score(&truth, &truth).unwrap(), 1.0);
    }
}

#[test]
fn numbers_sort_by_value_and_types_mix_if_they_mean_the_same() {
    let truth = Series::new("t".into(), [10_i64, 9, 10]);
    let guess = Series::new("g".into(), [10.0_f32, 10.0, 10.0]);
    let matrix = confusion_matrix(&truth, &guess).unwrap();
    assert_eq!(matrix.labels(), ["9", "10"]);
    assert_eq!(matrix.counts(), [vec![0, 1], vec![0, 2]]);
}

#[test]
fn labels_that_cannot_be_compared_are_told() {
    let text = Series::new("text".into(), ["a", "b"]);
    let number = Series::new("number".into(), [1, 2]);
    let gaps = Series::new("gaps".into(), [Some("a"), None]);
    let fractions = Series::new("fractions".into(), [0.5, 1.0]);
    let many = Series::new("many".into(), (0..2_000).collect::<Vec<i32>>());
    let error = |a: &Series, b: &Series| accuracy_score(a, b).unwrap_err().to_string();
    let told = [
        error(&text, &number),
        error(&text, &gaps),
        error(&text, &text.head(Some(1))),
        error(&number, &fractions),
        error(&text.head(Some(0)), &text.head(Some(0))),
        error(&many, &many),
    ];
    insta::assert_snapshot!(told.join("\n\n"));
}

fn evaluation() -> Evaluation {
    let (train, mut test) = every_fourth(&penguins());
    let species = test.column("species").unwrap().str().unwrap();
    let mut species: Vec<Option<&str>> = species.iter().collect();
    species[0] = None;
    let species = Column::new("species".into(), species);
    test.with_column(species).unwrap();
    front_page(LogisticRegression::new())
        .fit(&train, "species")
        .unwrap()
        .evaluate(&test)
        .unwrap()
}

#[test]
fn an_evaluation_reads_like_a_classification_report() {
    insta::assert_snapshot!(shown(&evaluation()));
}

#[test]
fn the_html_of_an_evaluation_has_the_table_and_the_drawing() {
    let html = html(&evaluation());
    assert!(html.contains("<svg"), "{html}");
    assert!(!html.contains("<?xml"), "{html}");
    let start = html.find("<table>").unwrap();
    let end = html.find("</table>").unwrap();
    insta::assert_snapshot!(html[start..end].replace("<tr", "\n<tr"));
    assert!(
        html.contains("target species on 85 rows; 1 row without a target left out"),
        "{html}"
    );
}

#[test]
fn an_evaluation_of_numbers() {
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(LinearRegression::new())
        .fit(&train, "body_mass_g")
        .unwrap();
    let evaluation = fitted.evaluate(&test).unwrap();
    insta::assert_snapshot!(shown(&evaluation));
    let told = [
        evaluation.accuracy().unwrap_err().to_string(),
        evaluation.metric("f1").unwrap_err().to_string(),
    ];
    insta::assert_snapshot!("metrics_of_another_task", told.join("\n\n"));
}

#[test]
fn a_confusion_matrix_as_text() {
    let truth = Series::new("t".into(), ["a long name", "b", "b"]);
    let guess = Series::new("g".into(), ["a long name", "b", "a long name"]);
    let matrix = confusion_matrix(&truth, &guess).unwrap();
    insta::assert_snapshot!(shown(&matrix));
    assert!(html(&matrix).contains("<svg"));
}

#[test]
fn a_matrix_of_many_classes_is_not_drawn() {
    let many = Series::new("many".into(), (0..60).collect::<Vec<i32>>());
    let matrix = confusion_matrix(&many, &many).unwrap();
    let sentence = "a confusion matrix of 60 classes is too large to show; .counts() has it";
    assert_eq!(shown(&matrix), sentence);
    assert!(html(&matrix).contains(sentence));
}
