//! Many columns as a few, by other means than those of `transform::projection`:
//! independent sources, random directions, and maps of neighbourhoods.

mod ica;
mod random_projection;
mod tsne;

pub use ica::FastICA;
pub use random_projection::{GaussianRandomProjection, SparseRandomProjection};
pub use tsne::{TSNE, TsneInit};
