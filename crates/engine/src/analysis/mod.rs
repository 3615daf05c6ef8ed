//! rust-analyzer, as a session uses it: what it knows of types comes late,
//! costs much memory, and may fail, so nothing waits for it for long.
//!
//! [`process`] is the program, started when it is first asked; [`text`] is the
//! notebook as one text that it understands; [`methods`] keeps what it once
//! said of a type, for all notebooks, so that the next one can answer at once.

pub mod methods;
pub mod process;
pub mod text;

use std::path::PathBuf;
use std::time::Duration;

use ferrite_wire::analysis::{Ask, Found, Item};

use methods::Methods;
use process::{Patience, Process};

/// Where the analyser is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analyser {
    /// The program; it may not be built yet.
    pub program: PathBuf,
    /// The package that it reads: what cells see without a `:dep`.
    pub package: PathBuf,
    /// The folder of what is known of types.
    pub methods: PathBuf,
    /// It is started afresh when it holds more than so many bytes.
    pub memory: u64,
}

/// How long a person waits for a list.
pub const LIST: Patience = Patience(Duration::from_millis(1_500));
/// How long a person waits for more than what is known already.
pub const MORE: Patience = Patience(Duration::from_millis(25));
/// How long a person waits for documentation.
const PAGE: Patience = Patience(Duration::from_millis(2_500));

/// What rust-analyzer knows of a notebook.
pub struct Analysis {
    methods: Methods,
    process: Process,
}

impl Analysis {
    /// Nothing is started yet.
    pub fn new(analyser: Analyser) -> Self {
        Self {
            methods: Methods::new(analyser.methods.clone()),
            process: Process::new(analyser),
        }
    }

    /// Reads another package from now on: one with crates of a `:dep`.
    pub fn read(&mut self, package: PathBuf) {
        self.process.read(package);
    }

    /// What could stand at a place; `None` if that is not known (yet).
    pub fn items(
        &mut self,
        patience: Patience,
        text: String,
        at: usize,
        most: usize,
    ) -> Option<Vec<Item>> {
        match self
            .process
            .ask(Ask::Complete { text, at, most }, patience)?
        {
            Found::Items(items) => Some(items),
            _ => None,
        }
    }

    /// What stands at a place, as Markdown.
    pub fn hover(&mut self, text: String, at: usize) -> Option<String> {
        match self.process.ask(Ask::Hover { text, at }, PAGE)? {
            Found::Hover(text) => text,
            _ => None,
        }
    }

    /// What is known of the fields and methods of a type from earlier times.
    pub fn known_methods(&mut self, type_text: &str) -> Option<Vec<Item>> {
        self.methods.get(type_text)
    }

    /// Remembers the fields and methods of a type.
    pub fn remember_methods(&mut self, type_text: &str, items: &[Item]) {
        self.methods.put(type_text, items);
    }

    /// Whether it is running and has not answered yet.
    pub fn is_warming_up(&self) -> bool {
        self.process.is_warming_up()
    }

    /// Starts it, if it is not running, with a text to look at first.
    pub fn warm_up(&mut self, text: &str) {
        self.process.warm_up(text);
    }

    /// Waits until it is ready; false if it does not come to that.
    pub fn wait(&mut self, most: Duration) -> bool {
        self.process.wait(most)
    }

    /// The process and the memory that it holds, if it runs.
    pub fn state(&self) -> Option<(u32, u64)> {
        self.process.state()
    }
}
