//! The notebooks that both kernels run, and what came of their cells.
//!
//! `cells/` holds one file a topic. A line `// === title` begins a notebook,
//! a line `// %%` the next cell of it. What a kernel made of the cells of a
//! topic stands in a folder of the kernel's name, one JSON file a topic.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Cells that share variables and items.
pub struct Notebook {
    pub title: String,
    pub cells: Vec<String>,
}

/// What came of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// The cell, so that a result of an older text is noticed.
    pub cell: String,
    pub ended: Ended,
    /// What it printed to stdout.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub printed: String,
    /// What it showed, by MIME type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shown: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    Well,
    /// An error left the cell through `?`.
    Error(String),
    Panic(String),
    /// It was not run: what is wrong with it.
    Rejected(String),
    /// The process that ran it is gone.
    Died(String),
}

impl Ended {
    /// Whether the cell was run.
    pub fn accepted(&self) -> bool {
        !matches!(self, Self::Rejected(_))
    }
}

/// The topics, by name.
pub fn topics(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("cells"))? {
        let path = entry?.path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The notebooks of a topic.
pub fn of_topic(folder: &Path, topic: &str) -> io::Result<Vec<Notebook>> {
    let text = fs::read_to_string(folder.join("cells").join(format!("{topic}.rs")))?;
    Ok(parse(&text))
}

fn parse(text: &str) -> Vec<Notebook> {
    let mut notebooks: Vec<Notebook> = Vec::new();
    for part in text.split("// === ").skip(1) {
        let (title, cells) = part.split_once('\n').unwrap_or((part, ""));
        notebooks.push(Notebook {
            title: title.to_owned(),
            cells: cells
                .split("// %%\n")
                .map(|cell| cell.trim_end().to_owned())
                .collect(),
        });
    }
    notebooks
}

/// The file of a kernel's results.
pub fn results_file(folder: &Path, kernel: &str, topic: &str) -> PathBuf {
    folder.join(kernel).join(format!("{topic}.json"))
}

/// What a kernel made of the cells of a topic, notebook by notebook.
pub type Results = Vec<Vec<Came>>;

/// Reads what is written down.
pub fn read(folder: &Path, kernel: &str, topic: &str) -> io::Result<Results> {
    let text = fs::read(results_file(folder, kernel, topic))?;
    Ok(serde_json::from_slice(&text)?)
}

/// Writes it down.
pub fn write(folder: &Path, kernel: &str, topic: &str, results: &Results) -> io::Result<()> {
    let file = results_file(folder, kernel, topic);
    if let Some(dir) = file.parent() {
        fs::create_dir_all(dir)?;
    }
    let mut text = serde_json::to_string_pretty(results)?;
    text.push('\n');
    fs::write(file, text)
}
