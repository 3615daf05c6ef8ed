//! Everything that cells see, as one dynamic library.
//!
//! Cargo compiles the dependencies; setup links them and this crate into one
//! optimised `dylib` (see `ferrite_setup`). Cells link to it and never compile
//! or link anything heavy again.

// Linked for its own sake: the crates that both contain must come from there.
extern crate ferrite_runtime as _;

pub use {
    ferrite, linfa, linfa_bayes, linfa_clustering, linfa_elasticnet, linfa_ensemble,
    linfa_hierarchical, linfa_ica, linfa_linear, linfa_logistic, linfa_nn, linfa_pls,
    linfa_preprocessing, linfa_reduction, linfa_svm, linfa_trees, linfa_tsne, ndarray, plotters,
    polars, rand, serde, serde_json, tokio,
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
