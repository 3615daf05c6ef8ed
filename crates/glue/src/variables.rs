//! Taking, keeping and showing variables of the usual types.

use std::collections::{BTreeMap, HashMap, HashSet};

use ferrite::notebook::PickForeign as _;
use ferrite::prelude::*;
use ferrite_runtime::probe::{
    EvcxrDisplay as _, EvcxrShown as _, PickDebug as _, PickRich as _, Probe, Shown,
};
use ndarray::{Array1, Array2};

/// What a cell does with a variable.
fn variable<T: 'static>(show: fn(&T) -> Shown) {
    let take: unsafe fn(&str) -> T = ferrite_runtime::take::<T>;
    let lent: unsafe fn(&str) -> &'static T = ferrite_runtime::lent::<T>;
    let place = ferrite_runtime::place::<T>;
    let store = ferrite_runtime::store::<T>;
    let drop = std::mem::drop::<T>;
}

macro_rules! variables {
    ($($of:ty),+ $(,)?) => {
        /// Variables, and what is shown of them.
        pub fn variables() {
            $(
                variable::<$of>(|value| (&&&&Probe(value)).pick());
                variable::<Option<$of>>(|value| (&&&&Probe(value)).pick());
                // An expression that is shown, by value and by reference.
                let shown: fn(&$of) = |value| {
                    ferrite_runtime::output((&&&&Probe(value)).pick(), &mut || {
                        value.evcxr_display().shown()
                    });
                };
            )+
        }
    };
}

variables! {
    DataFrame, LazyFrame, Series, Column, Expr, Schema, DataType, LazyGroupBy,
    Vec<DataFrame>, (DataFrame, DataFrame), (usize, usize), Vec<Expr>, Vec<Series>, Vec<Column>,
    String, &'static str, Vec<String>, Vec<&'static str>, Vec<Option<String>>,
    bool, i32, i64, u32, u64, usize, f32, f64,
    Vec<bool>, Vec<i32>, Vec<i64>, Vec<u32>, Vec<u64>, Vec<usize>, Vec<f32>, Vec<f64>,
    Vec<Vec<f64>>, Vec<(f64, f64)>, Vec<(String, f64)>, Vec<(String, usize)>, Vec<Option<f64>>,
    HashMap<String, f64>, HashMap<String, usize>, HashMap<String, String>,
    BTreeMap<String, f64>, BTreeMap<String, usize>, HashSet<String>,
    Array1<f64>, Array2<f64>, Array1<usize>,
    Chart, Pipeline, ferrite::ml::FittedPipeline, ferrite::ml::Evaluation,
    ferrite::ml::ConfusionMatrix, ferrite::ml::Leaderboard, ferrite::ml::CrossValidation,
    ferrite::ml::Curve, ferrite::ml::Search, ferrite::ml::ImportanceTable,
    ferrite::ml::CoefficientTable, ferrite::ml::Dependence, ferrite::ml::ShapValues,
    ferrite::ml::TreeDrawing, ferrite::ml::Clusters, ferrite::ml::ClassificationReport,
    Vec<Pipeline>,
}
