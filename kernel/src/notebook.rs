//! Notebook files: reading, parameters, recording outputs, writing.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use ferrite_engine::{Bundle, Failure, Output as Shown, Sink, Stream};
use nbformat::v4::{
    Cell, CellId, CellMetadata, DisplayData, ErrorOutput, ExecuteResult, MultilineString, Notebook,
    Output,
};
use serde_json::{Map, Value};

/// Reads a notebook of any version from 3 on.
pub fn read(path: &Path) -> Result<Notebook> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the notebook {} cannot be read", path.display()))?;
    let parsed = nbformat::parse_notebook(&text)
        .with_context(|| format!("{} is not a notebook", path.display()))?;
    match parsed {
        nbformat::Notebook::V4(notebook) => Ok(notebook),
        nbformat::Notebook::V4QuirksMode(quirks) => Ok(quirks.repair()),
        nbformat::Notebook::Legacy(old) => Ok(nbformat::upgrade_legacy_notebook(old)?),
        nbformat::Notebook::V3(old) => Ok(nbformat::upgrade_v3_notebook(old)?),
        _ => bail!(
            "{} has a format that this version does not know",
            path.display()
        ),
    }
}

/// Writes a notebook in one step: a crash leaves the old one.
pub fn write(notebook: &Notebook, path: &Path) -> Result<()> {
    let text = nbformat::serialize_notebook(&nbformat::Notebook::V4(notebook.clone()))?;
    let scratch = path.with_extension("ipynb.part");
    std::fs::write(&scratch, text)
        .and_then(|()| std::fs::rename(&scratch, path))
        .with_context(|| format!("the notebook {} cannot be written", path.display()))
}

/// Puts a cell with the given values behind the cell tagged `parameters`, as
/// papermill does. An `injected-parameters` cell of an earlier run is replaced.
pub fn inject_parameters(notebook: &mut Notebook, parameters: &[(&str, &str)]) -> Result<()> {
    if parameters.is_empty() {
        return Ok(());
    }
    notebook
        .cells
        .retain(|cell| !tagged(cell, "injected-parameters"));
    let Some(at) = notebook
        .cells
        .iter()
        .position(|cell| tagged(cell, "parameters"))
    else {
        bail!("the notebook has no cell tagged `parameters` that could be set with -p");
    };
    let defaults = notebook.cells[at].source().concat();
    let mut code = String::from("// Parameters\n");
    for (name, value) in parameters {
        if !is_identifier(name) {
            bail!("`{name}` is not the name of a variable");
        }
        code.push_str(&format!(
            "let {name} = {};\n",
            expression(name, value, &defaults)
        ));
    }
    let metadata = CellMetadata {
        tags: Some(vec!["injected-parameters".to_owned()]),
        ..CellMetadata::default()
    };
    let id = CellId::new("injected-parameters").map_err(anyhow::Error::msg)?;
    let source = code
        .trim_end()
        .split_inclusive('\n')
        .map(str::to_owned)
        .collect();
    let cell = Cell::Code {
        id,
        metadata,
        execution_count: None,
        source,
        outputs: Vec::new(),
    };
    notebook.cells.insert(at + 1, cell);
    Ok(())
}

fn tagged(cell: &Cell, tag: &str) -> bool {
    cell.metadata()
        .tags
        .as_ref()
        .is_some_and(|tags| tags.iter().any(|known| known == tag))
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// A value from the command line as Rust. Numbers take the type that the
/// default had, if the default says one.
fn expression(name: &str, value: &str, defaults: &str) -> String {
    let quoted = value.starts_with('"') && value.ends_with('"') && value.len() > 1;
    let literal = matches!(value, "true" | "false") || quoted;
    let call = value.contains('(') || value.contains('[') || value.contains('!');
    if value.parse::<i64>().is_ok() || value.parse::<u64>().is_ok() {
        // `-p rate 1` for `let rate = 0.5;` means 1.0.
        let float = default_of(name, defaults).is_some_and(|text| {
            text.contains("f64") || text.parse::<i64>().is_err() && text.parse::<f64>().is_ok()
        });
        return if float {
            format!("{value}.0")
        } else {
            value.to_owned()
        };
    }
    let number = value.parse::<f64>().is_ok_and(f64::is_finite);
    if literal || number || call {
        value.to_owned()
    } else {
        format!("{value:?}")
    }
}

fn default_of<'a>(name: &str, defaults: &'a str) -> Option<&'a str> {
    defaults.split(';').find_map(|statement| {
        let binding = statement.split("let ").nth(1)?;
        let (pattern, value) = binding.split_once('=')?;
        let bound = pattern
            .trim()
            .trim_start_matches("mut ")
            .split(':')
            .next()?
            .trim();
        (bound == name).then_some(value.trim())
    })
}

/// Collects what a cell prints and shows, as it is kept in a notebook.
pub struct Recorder {
    number: i32,
    outputs: Vec<Output>,
    /// Outputs with a name, by their index.
    named: Vec<(String, usize)>,
    /// The last updates of outputs, by name: an earlier cell may have shown them.
    updates: BTreeMap<String, Output>,
    clear_on_next: bool,
}

/// Where in a notebook outputs with a name are, so that a later cell can update
/// them.
#[derive(Default)]
pub struct Named(Vec<(String, usize, usize)>);

impl Named {
    /// Puts what a cell has shown into the notebook, `at` being its position
    /// there.
    pub fn put(&mut self, document: &mut Notebook, at: usize, shown: Recorder) {
        for (name, cell, index) in &self.0 {
            if let (Some(output), Some(Cell::Code { outputs, .. })) =
                (shown.updates.get(name), document.cells.get_mut(*cell))
                && let Some(place) = outputs.get_mut(*index)
            {
                place.clone_from(output);
            }
        }
        let named = shown.named.into_iter();
        self.0.extend(named.map(|(name, index)| (name, at, index)));
        if let Some(Cell::Code { outputs, .. }) = document.cells.get_mut(at) {
            *outputs = shown.outputs;
        }
    }
}

impl Recorder {
    /// For the cell with this execution count.
    pub fn new(number: i32) -> Self {
        Self {
            number,
            outputs: Vec::new(),
            named: Vec::new(),
            updates: BTreeMap::new(),
            clear_on_next: false,
        }
    }

    /// Adds the cell's error.
    pub fn error(&mut self, failure: &Failure) {
        self.before();
        self.outputs.push(Output::Error(ErrorOutput {
            ename: failure.name.clone(),
            evalue: failure.message.clone(),
            traceback: failure.traceback.clone(),
        }));
    }

    fn before(&mut self) {
        if std::mem::take(&mut self.clear_on_next) {
            self.outputs.clear();
            self.named.clear();
        }
    }

    fn display(&mut self, bundle: Bundle) -> Output {
        Output::DisplayData(DisplayData {
            data: media(bundle),
            metadata: Map::new(),
        })
    }
}

impl Sink for Recorder {
    fn text(&mut self, stream: Stream, text: &str) {
        self.before();
        let name = match stream {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        };
        if let Some(Output::Stream {
            name: last,
            text: kept,
        }) = self.outputs.last_mut()
            && last == name
        {
            kept.0.push_str(text);
            return;
        }
        let text = MultilineString(text.to_owned());
        self.outputs.push(Output::Stream {
            name: name.to_owned(),
            text,
        });
    }

    fn output(&mut self, output: Shown) {
        match output {
            Shown::Result(bundle) => {
                self.before();
                self.outputs.push(Output::ExecuteResult(ExecuteResult {
                    execution_count: nbformat_count(self.number),
                    data: media(bundle),
                    metadata: Map::new(),
                }));
            }
            // A file has no pager.
            Shown::Page(bundle) => {
                self.before();
                let output = self.display(bundle);
                self.outputs.push(output);
            }
            // Nobody is at the other end.
            Shown::Comm(_) => {}
            Shown::Display { bundle, id } => {
                self.before();
                let output = self.display(bundle);
                self.named.extend(id.map(|id| (id, self.outputs.len())));
                self.outputs.push(output);
            }
            Shown::Update { bundle, id } => {
                let output = self.display(bundle);
                for (known, index) in &self.named {
                    if *known == id {
                        self.outputs[*index] = output.clone();
                    }
                }
                self.updates.insert(id, output);
            }
            Shown::Clear { wait: true } => self.clear_on_next = true,
            Shown::Clear { wait: false } => {
                self.outputs.clear();
                self.named.clear();
            }
        }
    }
}

/// nbformat's types come from serde: the JSON form is the way in.
fn media<T: serde::de::DeserializeOwned + Default>(bundle: Bundle) -> T {
    let mut map = Map::new();
    for (mime, data) in bundle {
        let json = mime == "application/json" || mime.ends_with("+json");
        let value = if json {
            serde_json::from_str(&data).ok()
        } else {
            None
        };
        map.insert(mime, value.unwrap_or(Value::String(data)));
    }
    serde_json::from_value(Value::Object(map)).unwrap_or_default()
}

fn nbformat_count<T: serde::de::DeserializeOwned + Default>(number: i32) -> T {
    serde_json::from_value(Value::from(number)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notebook(source: &str, tags: &[&str]) -> Notebook {
        let text = serde_json::json!({
            "nbformat": 4, "nbformat_minor": 5, "metadata": {},
            "cells": [{ "cell_type": "code", "id": "a", "metadata": { "tags": tags },
                "execution_count": null, "source": source, "outputs": [] }],
        });
        match nbformat::parse_notebook(&text.to_string()).unwrap() {
            nbformat::Notebook::V4(notebook) => notebook,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn parameters_come_behind_their_defaults() {
        let mut document = notebook("let rate = 0.5;\nlet name = \"x\";", &["parameters"]);
        let given = [("rate", "1"), ("name", "Ada"), ("n", "3")];
        inject_parameters(&mut document, &given).unwrap();
        inject_parameters(&mut document, &given).unwrap();
        assert_eq!(document.cells.len(), 2);
        assert_eq!(
            document.cells[1].source().concat(),
            "// Parameters\nlet rate = 1.0;\nlet name = \"Ada\";\nlet n = 3;"
        );
    }

    #[test]
    fn parameters_need_a_tagged_cell() {
        let mut document = notebook("1", &[]);
        let error = inject_parameters(&mut document, &[("a", "1")]).unwrap_err();
        assert!(error.to_string().contains("no cell tagged `parameters`"));
    }

    #[test]
    fn streams_join_and_displays_update() {
        let mut recorder = Recorder::new(1);
        recorder.text(Stream::Stdout, "a\n");
        recorder.text(Stream::Stdout, "b\n");
        let bundle = |text: &str| vec![("text/plain".to_owned(), text.to_owned())];
        recorder.output(Shown::Display {
            bundle: bundle("0 %"),
            id: Some("p".to_owned()),
        });
        recorder.output(Shown::Update {
            bundle: bundle("100 %"),
            id: "p".to_owned(),
        });
        let text = serde_json::to_string(&recorder.outputs).unwrap();
        assert!(
            text.contains("100 %") && !text.contains("\"0 %\""),
            "{text}"
        );
        assert!(text.contains("a\\n"));
    }
}
