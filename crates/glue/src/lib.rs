//! Generic code that cells would otherwise compile each for itself.
//!
//! Most of what a dataframe cell costs to compile is not in the cell: it is the
//! destructors of polars' types (`Expr` alone needs some 200 functions) and the
//! generic functions that the cell calls. rustc takes them from a crate that has
//! them already, if that crate exports them. Generic functions are exported by any
//! crate compiled with `-Zshare-generics`; destructors only by one that is
//! compiled without optimisation, like this one. It is loaded beside the prelude,
//! and cells that see the prelude are linked to it.
//!
//! What is here is public, so that rustc compiles it, and never called. It grows by looking at what real cells still
//! compile (`nm -C` on a cell's library), with `cargo bench --bench cell_latency`
//! beside it. Code that has to be fast when it runs belongs into
//! `ferrite_prelude::instantiate` instead, which is optimised.

// Written as people write cells, not as clippy would have it.
#![allow(clippy::all, dead_code, unused_variables, unused_must_use)]

// What both contain must come from there.
extern crate ferrite_prelude as _;

pub mod everyday;
pub mod frames;
pub mod models;
pub mod trials;
pub mod variables;
