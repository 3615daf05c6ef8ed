//! Text as counts of its words. `count` learns the words, `tfidf` weights them.
//!
//! linfa-preprocessing's `CountVectorizer` is not used: the order of its columns
//! is that of a hash map, so that two runs differ, and it takes apart letters with
//! accents before it looks for words, so that other words come out than
//! scikit-learn's.

mod count;
mod tfidf;
mod words;

pub use count::CountVectorizer;
pub use tfidf::TfidfVectorizer;

pub(super) use count::LOADER as COUNT_LOADER;
pub(super) use tfidf::LOADER as TFIDF_LOADER;
