//! Generic code that cells use again and again, compiled here once.
//!
//! A cell instantiates the drop glue and the generic functions of polars and
//! std that it touches; that is most of what a dataframe cell costs to
//! compile. This crate is compiled with `-Zshare-generics=y`, so what is
//! instantiated here is exported, and cells link to it instead of compiling
//! it. Grow this module by looking at what real cells still instantiate
//! (`nm -C` on a cell's library), with `cargo bench --bench cell_latency`
//! beside it.

use polars::prelude::*;

/// Touches what frame cells touch. Never called.
#[inline(never)]
pub fn frames(frame: &DataFrame) -> PolarsResult<DataFrame> {
    let lazy = frame
        .clone()
        .lazy()
        .filter(col("a").is_not_null().and(col("b").gt(lit(1))))
        .with_columns([(col("a") * lit(2.0)).alias("c")])
        .group_by([col("a"), col("b")])
        .agg([col("c").mean().alias("mean"), len().alias("n")])
        .sort(["a"], SortMultipleOptions::default())
        .select([col("a"), col("mean"), col("n")]);
    let lazy = lazy
        .group_by([col("a")])
        .agg([col("b").sum(), col("c").max(), col("d").std(1)]);
    let lazy = lazy
        .select([col("a")])
        .with_columns([col("a"), col("b")])
        .drop_nulls(None);
    lazy.limit(10).collect()
}

/// Keeps [`frames`] from being dropped as dead code.
#[unsafe(no_mangle)]
pub fn ferrite_instantiate() -> [*const (); 1] {
    [frames as *const ()]
}
