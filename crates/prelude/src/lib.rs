//! Everything that cells see, as one dynamic library.
//!
//! Cargo compiles the dependencies; setup links them and this crate into one
//! optimised `dylib` (see `ferrite_setup`). Cells link to it and never compile
//! or link anything heavy again.

// Linked for its own sake: the crates that both contain must come from there.
extern crate ferrite_runtime as _;

use {
    ferrite as _, linfa as _, linfa_bayes as _, linfa_clustering as _, linfa_elasticnet as _,
    linfa_ensemble as _, linfa_hierarchical as _, linfa_ica as _, linfa_linear as _,
    linfa_logistic as _, linfa_nn as _, linfa_pls as _, linfa_preprocessing as _,
    linfa_reduction as _, linfa_svm as _, linfa_trees as _, linfa_tsne as _, ndarray as _,
    plotters as _, polars as _, rand as _, serde as _, serde_json as _, tokio as _,
};

pub mod executor;
mod instantiate;

/// What the worker calls once after loading the prelude.
#[unsafe(no_mangle)]
pub fn ferrite_start() {
    // So that cells can draw with plotters itself as well.
    ferrite::plot::register_fonts();
    // A SIGINT, which the worker sends to itself, ends running queries.
    polars::error::abort::register_polars_abort_mechanism();
}
