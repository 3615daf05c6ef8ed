//! Nothing but dependencies.
//!
//! Cargo chooses the features of a shared dependency by looking at the
//! packages that one command builds. Without this crate
//! `cargo test -p ferrite-ml` and `cargo test` would ask for slightly
//! different features of, say, tokio, and polars, which depends on it, would
//! be compiled again: twenty minutes. Every crate that uses polars depends on
//! this one, so every command asks for the same.
//!
//! When a dependency is added anywhere, compare
//! `cargo build --release --unit-graph` with and without `-p ferrite-frame`.
