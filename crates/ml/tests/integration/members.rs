//! Pipelines as members of ensembles.

use ferrite_ml::*;
use polars::prelude::*;

use crate::{every_fourth, penguins};

fn frame() -> DataFrame {
    let columns = ["bill_length_mm", "bill_depth_mm", "body_mass_g", "species"];
    penguins()
        .select(columns)
        .unwrap()
        .drop_nulls::<String>(None)
        .unwrap()
}

fn scaled(k: usize) -> Pipeline {
    Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(knn(k))
}

#[test]
fn a_lone_member_is_the_pipeline_itself() {
    let (train, test) = every_fourth(&frame());
    let alone = scaled(3).fit(&train, "species").unwrap();
    let vote = Pipeline::new().model(VotingClassifier::new().add("near", scaled(3)));
    let voted = vote.fit(&train, "species").unwrap();
    assert!(
        alone
            .predict(&test)
            .unwrap()
            .equals(&voted.predict(&test).unwrap())
    );
    // Without its scaler the member would say something else.
    let plain = Pipeline::new()
        .model(knn(3))
        .fit(&train, "species")
        .unwrap();
    assert!(
        !alone
            .predict(&test)
            .unwrap()
            .equals(&plain.predict(&test).unwrap())
    );
}

#[test]
fn members_are_stacked_saved_and_addressed() {
    let (train, test) = every_fourth(&frame());
    let reduced = Pipeline::new()
        .step("scale", StandardScaler::new())
        .step("pca", PCA::new(2))
        .model(GaussianNB::new());
    let stack = StackingClassifier::new()
        .add("near", scaled(5))
        .add("reduced", reduced);
    let pipeline = Pipeline::new()
        .model(stack)
        .with_param("model__near__model__n_neighbors", 3)
        .unwrap();
    assert!(pipeline.diagram().to_string().contains("k=3"));
    let fitted = pipeline.fit(&train, "species").unwrap();
    assert!(fitted.evaluate(&test).unwrap().accuracy().unwrap() > 0.95);
    let read = FittedPipeline::from_bytes(&fitted.to_bytes().unwrap()).unwrap();
    assert!(
        read.predict_proba(&test)
            .unwrap()
            .equals(&fitted.predict_proba(&test).unwrap())
    );
}

#[test]
fn members_resample_and_weight_their_own_rows() {
    let few = frame().filter(&{
        let species = frame().column("species").unwrap().str().unwrap().clone();
        species
            .iter()
            .enumerate()
            .map(|(row, species)| Some(species != Some("Gentoo") || row % 10 == 0))
            .collect::<BooleanChunked>()
    });
    let few = few.unwrap();
    let member = Pipeline::new()
        .step("draw", RandomOverSampler::new().seed(1))
        .model(GaussianNB::new());
    let weighted = Pipeline::new()
        .model(LogisticRegression::new())
        .class_weight(ClassWeight::Balanced);
    let vote = VotingClassifier::new()
        .add("drawn", member)
        .add("weighted", weighted);
    let fitted = Pipeline::new().model(vote).fit(&few, "species").unwrap();
    assert!(fitted.evaluate(&few).unwrap().accuracy().unwrap() > 0.9);
}

#[test]
fn what_only_the_outermost_pipeline_can_do_is_told() {
    let threshold = Pipeline::new().model(GaussianNB::new()).threshold(0.3);
    let told = |member: Pipeline| {
        let vote = Pipeline::new().model(VotingClassifier::new().add("it", member));
        vote.fit(&frame(), "species").unwrap_err().to_string()
    };
    assert!(told(threshold).contains("only the outermost pipeline"));
    assert!(told(Pipeline::new()).contains("model"));
}
