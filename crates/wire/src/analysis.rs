//! What the engine and its analyser (rust-analyzer in a process of its own)
//! say to each other: questions on its stdin, answers on its stdout, framed as
//! everything else here. Offsets are bytes of the text that was sent.

use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A question, with a number that the answer repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The number.
    pub id: u64,
    /// The question.
    pub ask: Ask,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Read a package and everything that it depends on. Until the next one,
    /// texts stand for its `src/lib.rs`.
    Open {
        /// The folder of its `Cargo.toml`.
        package: PathBuf,
        /// What there is to look at first, while nobody waits.
        warm_up: String,
    },
    /// What could stand at a place.
    Complete {
        /// The text.
        text: String,
        /// The place.
        at: usize,
        /// How many items are wanted at most.
        most: usize,
    },
    /// What stands at a place.
    Hover {
        /// The text.
        text: String,
        /// The place.
        at: usize,
    },
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The number of the question.
    pub id: u64,
    /// The answer, or why there is none.
    pub answer: Result<Found, String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Found {
    /// The package is read, and warm.
    Opened {
        /// How many source files it has, with its dependencies.
        files: usize,
    },
    /// What could stand there, the likeliest first.
    Items(Vec<Item>),
    /// What stands there, as Markdown.
    Hover(Option<String>),
}

/// Something that could stand at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The bytes that it would replace.
    pub range: Range<usize>,
    /// What it is called.
    pub name: String,
    /// What would be written.
    pub insert: String,
    /// What it is: `function`, `class`, `module`, …, as Jupyter's frontends
    /// know icons for.
    pub kind: String,
    /// Its signature or type.
    pub signature: String,
    /// The first paragraph of its documentation, as Markdown.
    pub documentation: String,
}
