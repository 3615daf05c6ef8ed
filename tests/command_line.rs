//! The command line without Jupyter: `ferrite run` above all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::python::{FERRITE, command, set_up, source_dir};

/// A folder with a notebook in it.
struct Folder(TempDir);

/// What `ferrite` said.
struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Folder {
    /// With `notebook.ipynb`, one code cell per text.
    fn with_cells(cells: &[&str]) -> Self {
        let cells: Vec<Value> = cells.iter().map(|source| cell(source, &[])).collect();
        Self::with_notebook(&cells)
    }

    fn with_notebook(cells: &[Value]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let notebook = json!({
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": { "kernelspec": { "name": "ferrite", "display_name": "Rust (Ferrite)" } },
            "cells": cells,
        });
        fs::write(folder.path("notebook.ipynb"), notebook.to_string()).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn ferrite(&self, arguments: &[&str]) -> Said {
        set_up();
        let mut command = command(FERRITE, &self.path("home"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap()
            .into()
    }

    /// `ferrite run notebook.ipynb`, which must end well.
    fn run(&self, arguments: &[&str]) -> Said {
        let said = self.ferrite(&[&["run", "notebook.ipynb"], arguments].concat());
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        said
    }

    fn notebook(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    /// The outputs of the cell at `index`.
    fn outputs(&self, index: usize) -> Value {
        self.notebook("notebook.ipynb")["cells"][index]["outputs"].clone()
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn cell(source: &str, tags: &[&str]) -> Value {
    json!({
        "cell_type": "code",
        "id": format!("cell-{}", source.len()),
        "metadata": { "tags": tags },
        "execution_count": null,
        "source": source,
        "outputs": [],
    })
}

/// A field that the format allows as one text or as its lines.
fn joined(text: &Value) -> String {
    match text {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        text => text.as_str().unwrap_or_default().to_owned(),
    }
}

/// Text without its colours.
fn plain(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        plain + part.split_once('m').map_or("", |(_, rest)| rest)
    })
}

#[test]
fn outputs_are_written_into_the_notebook() {
    let folder = Folder::with_cells(&[
        "let x = 6;\nprintln!(\"hello\");\neprintln!(\"beware\");",
        "x * 7",
        "x;",
    ]);
    folder.run(&[]);

    let notebook = folder.notebook("notebook.ipynb");
    assert_eq!(notebook["nbformat"], 4);
    assert_eq!(notebook["metadata"]["kernelspec"]["name"], "ferrite");
    let counts = [0, 1, 2].map(|index| notebook["cells"][index]["execution_count"].clone());
    assert_eq!(counts, [1, 2, 3]);

    let streams = folder.outputs(0);
    let mut streams: Vec<(&str, String)> = streams
        .as_array()
        .unwrap()
        .iter()
        .map(|output| {
            assert_eq!(output["output_type"], "stream");
            (output["name"].as_str().unwrap(), joined(&output["text"]))
        })
        .collect();
    streams.sort();
    assert_eq!(
        streams,
        [
            ("stderr", "beware\n".to_owned()),
            ("stdout", "hello\n".to_owned())
        ]
    );

    let result = &folder.outputs(1)[0];
    assert_eq!(result["output_type"], "execute_result");
    assert_eq!(result["execution_count"], 2);
    assert_eq!(joined(&result["data"]["text/plain"]), "42");
    assert_eq!(folder.outputs(2), json!([]));
}

#[test]
fn rich_outputs_are_written_in_all_their_formats() {
    let folder = Folder::with_cells(&[
        "use ferrite::prelude::*;",
        "display(&MimeBundle::text(\"x\").html(\"<b>x</b>\").with(\"application/json\", \"{\\\"x\\\": 1}\"));",
        "let penguins = datasets::penguins()?;",
        "penguins",
        "chart::histogram(&penguins, \"bill_length_mm\")",
    ]);
    folder.run(&[]);

    let shown = &folder.outputs(1)[0];
    assert_eq!(shown["output_type"], "display_data");
    assert_eq!(joined(&shown["data"]["text/plain"]), "x");
    assert_eq!(joined(&shown["data"]["text/html"]), "<b>x</b>");
    assert_eq!(shown["data"]["application/json"], json!({ "x": 1 }));
    let table = folder.outputs(3)[0]["data"].clone();
    assert!(joined(&table["text/html"]).contains("<table"), "{table}");
    assert!(
        joined(&table["text/plain"]).contains("344 rows × 8 columns"),
        "{table}"
    );
    let chart = folder.outputs(4)[0]["data"].clone();
    assert!(joined(&chart["image/svg+xml"]).contains("<svg"), "{chart}");
}

#[test]
fn markdown_and_what_others_wrote_is_left_alone() {
    let markdown = json!({
        "cell_type": "markdown",
        "id": "intro",
        "metadata": { "editable": false, "theirs": [1, 2] },
        "source": ["# Title\n", "text"],
    });
    let mut code = cell("1 + 1", &["mine"]);
    code["metadata"]["collapsed"] = json!(true);
    let folder = Folder::with_notebook(&[markdown.clone(), code]);
    folder.run(&[]);

    let notebook = folder.notebook("notebook.ipynb");
    assert_eq!(joined(&notebook["cells"][0]["source"]), "# Title\ntext");
    assert_eq!(notebook["cells"][0]["metadata"], markdown["metadata"]);
    let metadata = &notebook["cells"][1]["metadata"];
    assert_eq!(metadata["tags"], json!(["mine"]));
    assert_eq!(metadata["collapsed"], json!(true));
    assert_eq!(joined(&notebook["cells"][1]["source"]), "1 + 1");
}

#[test]
fn an_output_file_leaves_the_notebook_as_it_was() {
    let folder = Folder::with_cells(&["1 + 1"]);
    let before = fs::read(folder.path("notebook.ipynb")).unwrap();
    folder.run(&["-o", "result.ipynb"]);
    assert_eq!(fs::read(folder.path("notebook.ipynb")).unwrap(), before);
    let result = folder.notebook("result.ipynb");
    assert_eq!(
        joined(&result["cells"][0]["outputs"][0]["data"]["text/plain"]),
        "2"
    );
}

#[test]
fn outputs_of_an_earlier_run_are_replaced() {
    let folder = Folder::with_cells(&["println!(\"once\");"]);
    folder.run(&[]);
    folder.run(&[]);
    assert_eq!(folder.outputs(0).as_array().unwrap().len(), 1);
    assert_eq!(joined(&folder.outputs(0)[0]["text"]), "once\n");
}

#[test]
fn a_notebook_runs_in_its_own_folder() {
    let folder = Folder::with_cells(&["std::fs::read_to_string(\"data.txt\")?"]);
    fs::write(folder.path("data.txt"), "here").unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    set_up();
    let said: Said = command(FERRITE, &folder.path("home"))
        .arg("run")
        .arg(folder.path("notebook.ipynb"))
        .current_dir(elsewhere.path())
        .output()
        .unwrap()
        .into();
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(
        joined(&folder.outputs(0)[0]["data"]["text/plain"]),
        "\"here\""
    );
}

#[test]
fn progress_names_every_cell() {
    let folder = Folder::with_cells(&["// a comment\nlet a = 1;", "a + 1"]);
    let said = folder.run(&[]);
    assert!(said.stderr.contains("1/2] let a = 1;"), "{}", said.stderr);
    assert!(said.stderr.contains("2/2] a + 1"), "{}", said.stderr);
    assert_eq!(said.stdout, "");
}

/// Papermill's convention: a cell tagged `parameters` holds the defaults, the
/// given values come in a cell tagged `injected-parameters` right behind it.
#[test]
fn parameters_replace_defaults() {
    let folder = Folder::with_notebook(&[
        cell("let greeting = \"unused\";", &[]),
        cell(
            "let name = \"nobody\";\nlet rate = 0.5;\nlet n = 1;\nlet deep = false;",
            &["parameters"],
        ),
        cell("format!(\"{name} {:?} {} {deep}\", rate, n + 1)", &[]),
    ]);
    let parameters = [
        "-p",
        "name",
        "Ada Lovelace",
        "-p",
        "rate",
        "2",
        "-p",
        "n",
        "-5",
        "-p",
        "deep",
        "true",
    ];
    folder.run(&parameters);

    let cells = folder.notebook("notebook.ipynb")["cells"].clone();
    assert_eq!(cells.as_array().unwrap().len(), 4);
    assert_eq!(cells[2]["metadata"]["tags"], json!(["injected-parameters"]));
    let shown = joined(&cells[3]["outputs"][0]["data"]["text/plain"]);
    assert_eq!(shown, "\"Ada Lovelace 2.0 -4 true\"");

    // Other values the next time: the injected cell is replaced, not doubled.
    folder.run(&["-p", "name", "Grace"]);
    let cells = folder.notebook("notebook.ipynb")["cells"].clone();
    assert_eq!(cells.as_array().unwrap().len(), 4);
    let shown = joined(&cells[3]["outputs"][0]["data"]["text/plain"]);
    assert_eq!(shown, "\"Grace 0.5 2 false\"");
}

#[test]
fn a_parameter_may_be_an_expression() {
    let folder = Folder::with_notebook(&[
        cell("let columns = vec![\"a\"];", &["parameters"]),
        cell("columns.join(\"+\")", &[]),
    ]);
    folder.run(&["-p", "columns", "vec![\"b\", \"c\"]"]);
    let cells = folder.notebook("notebook.ipynb")["cells"].clone();
    assert_eq!(
        joined(&cells[2]["outputs"][0]["data"]["text/plain"]),
        "\"b+c\""
    );
}

#[test]
fn parameters_need_a_cell_that_is_tagged() {
    let folder = Folder::with_cells(&["let n = 1;"]);
    let said = folder.ferrite(&["run", "notebook.ipynb", "-p", "n", "2"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.stderr.contains("no cell tagged `parameters`"),
        "{}",
        said.stderr
    );
}

#[test]
fn nobody_answers_in_a_headless_run() {
    for (read, said) in [
        (
            "let mut line = String::new();\nstd::io::stdin().read_line(&mut line)?;",
            "not supported",
        ),
        (
            "ferrite::prelude::input(\"Name? \")?;",
            "without a person in front of it",
        ),
    ] {
        let folder = Folder::with_cells(&[read]);
        let run = folder.ferrite(&["run", "notebook.ipynb"]);
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}

#[test]
fn a_notebook_does_not_grow_without_bound() {
    let folder = Folder::with_cells(&["for i in 0..3_000_000 { println!(\"{i:09}\"); }", "1 + 1"]);
    folder.run(&[]);
    let text = folder.outputs(0).to_string();
    assert!(text.len() < 4_000_000, "{} bytes", text.len());
    assert!(text.contains("000000000") && text.contains("002999999"));
    assert!(text.contains("as much text as is shown of one cell"));
}

#[test]
fn a_progress_bar_leaves_its_last_state() {
    let folder = Folder::with_cells(&[
        "use ferrite::prelude::*;\nfor _ in progress(0..3).label(\"steps\") {}",
    ]);
    folder.run(&[]);
    let outputs = folder.outputs(0);
    assert_eq!(outputs.as_array().unwrap().len(), 1, "{outputs}");
    let text = outputs[0]["data"]["text/plain"].to_string();
    assert!(text.contains("steps: 3/3"), "{text}");
}

/// The notebook holds what a browser shows in the end.
#[test]
fn outputs_that_change_are_written_as_they_ended() {
    let folder = Folder::with_cells(&[
        "use ferrite::prelude::*;\nprintln!(\"old\");\nclear_output(false);\nprintln!(\"new\");",
        "for i in 0..3 { clear_output(true); println!(\"round {i}\"); display(&i); }",
        "println!(\"stays\");\nclear_output(true);",
        "let status = display_handle(&\"0 %\");\nprintln!(\"between\");\nstatus.update(&\"50 %\");",
        "status.update(&\"100 %\");\nlet gone = display_handle(&\"gone\");\nclear_output(false);\n\
         gone.update(&\"never seen\");",
        "for i in progress(0..4).label(\"outer\") { for _ in progress(0..2).label(\"inner\") {} }\n\
         println!(\"done\");",
    ]);
    folder.run(&[]);
    let shown = |cell| -> Vec<String> {
        let outputs = folder.outputs(cell);
        let outputs = outputs.as_array().unwrap().iter();
        let texts = outputs.map(|output| match output["output_type"].as_str() {
            Some("stream") => joined(&output["text"]),
            _ => joined(&output["data"]["text/plain"]),
        });
        texts.collect()
    };
    assert_eq!(shown(0), ["new\n"]);
    assert_eq!(shown(1), ["round 2\n", "2"]);
    assert_eq!(shown(2), ["stays\n"]);
    assert_eq!(shown(3), ["100 %", "between\n"]);
    assert!(shown(4).is_empty());
    let bars = shown(5);
    assert_eq!(bars.len(), 3, "{bars:?}");
    assert!(bars[0].starts_with("outer: 4/4") && bars[1].starts_with("inner: 2/2"));
    assert_eq!(bars[2], "done\n");
}

#[test]
fn the_first_failing_cell_ends_the_run() {
    let folder = Folder::with_cells(&[
        "let a = 1;",
        "let b: i32 = \"text\";",
        "println!(\"never\");",
    ]);
    let said = folder.ferrite(&["run", "notebook.ipynb"]);
    assert_eq!(said.code, Some(1));
    let stderr = plain(&said.stderr);
    assert!(
        stderr.contains("cell 2 of notebook.ipynb failed"),
        "{stderr}"
    );
    assert!(
        stderr.contains("mismatched types") && stderr.contains("In [2]:1:14"),
        "{stderr}"
    );

    let error = &folder.outputs(1)[0];
    assert_eq!(error["output_type"], "error");
    assert_eq!(error["ename"], "E0308");
    assert_eq!(error["evalue"], "mismatched types");
    let traceback: Vec<String> = serde_json::from_value(error["traceback"].clone()).unwrap();
    assert!(
        plain(&traceback.join("\n")).contains("let b: i32 = \"text\";"),
        "{traceback:?}"
    );
    assert_eq!(folder.outputs(2), json!([]));
    assert_eq!(
        folder.notebook("notebook.ipynb")["cells"][2]["execution_count"],
        Value::Null
    );
}

#[test]
fn what_a_cell_printed_before_it_failed_is_kept() {
    let folder = Folder::with_cells(&["println!(\"so far\");\npanic!(\"too far\");"]);
    let said = folder.ferrite(&["run", "notebook.ipynb"]);
    assert_eq!(said.code, Some(1));
    assert_eq!(joined(&folder.outputs(0)[0]["text"]), "so far\n");
    assert_eq!(folder.outputs(0)[1]["output_type"], "error");
    assert_eq!(folder.outputs(0)[1]["evalue"], "too far");
    assert!(said.stderr.contains("too far"), "{}", said.stderr);
}

#[test]
fn a_file_that_is_no_notebook_is_named() {
    let folder = Folder::with_cells(&[]);
    fs::write(folder.path("letter.ipynb"), "Dear notebook,").unwrap();
    let said = folder.ferrite(&["run", "letter.ipynb"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.stderr.contains("letter.ipynb is not a notebook"),
        "{}",
        said.stderr
    );

    let said = folder.ferrite(&["run", "missing.ipynb"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.stderr.contains("missing.ipynb cannot be read"),
        "{}",
        said.stderr
    );
    assert!(said.stderr.contains("No such file"), "{}", said.stderr);
}

#[test]
fn a_notebook_of_an_older_format_runs() {
    let folder = Folder::with_cells(&[]);
    let notebook = json!({
        "nbformat": 4, "nbformat_minor": 2, "metadata": {},
        "cells": [{ "cell_type": "code", "metadata": {}, "execution_count": null,
            "source": ["let a = 20;\n", "a + 1"], "outputs": [] }],
    });
    fs::write(folder.path("notebook.ipynb"), notebook.to_string()).unwrap();
    folder.run(&[]);
    assert_eq!(joined(&folder.outputs(0)[0]["data"]["text/plain"]), "21");
}

/// The tour needs no Python, and leaves no trace in the sources.
#[test]
fn the_tour_runs() {
    let folder = Folder::with_cells(&[]);
    let tour = source_dir().join("notebooks/01_tour.ipynb");
    let before = fs::read(&tour).unwrap();
    let said = folder.ferrite(&["run", tour.to_str().unwrap(), "-o", "tour.ipynb"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(fs::read(&tour).unwrap(), before);
    let text = fs::read_to_string(folder.path("tour.ipynb")).unwrap();
    assert!(text.contains("image/svg+xml") && text.contains("text/html"));
}

#[test]
fn help_names_every_command() {
    let said = Folder::with_cells(&[]).ferrite(&["--help"]);
    assert_eq!(said.code, Some(0));
    for command in ["setup", "install", "lab", "run", "doctor", "kernel"] {
        let listed = said
            .stdout
            .lines()
            .any(|line| line.trim_start().starts_with(command));
        assert!(listed, "{command} in\n{}", said.stdout);
    }
}

#[test]
fn every_command_has_help() {
    let folder = Folder::with_cells(&[]);
    for command in ["setup", "install", "lab", "run", "doctor", "kernel"] {
        let said = folder.ferrite(&[command, "--help"]);
        assert_eq!(said.code, Some(0), "{command}");
        assert!(
            said.stdout.contains(&format!("ferrite {command}")),
            "{}",
            said.stdout
        );
    }
}

#[test]
fn a_wrong_command_is_refused() {
    let said = Folder::with_cells(&[]).ferrite(&["instal"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.stderr.contains("instal") && said.stderr.contains("'install'"),
        "{}",
        said.stderr
    );
}

#[test]
fn doctor_finds_what_setup_made() {
    let said = Folder::with_cells(&[]).ferrite(&["doctor"]);
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    for part in [
        "rustc",
        "cargo",
        "cc",
        "prelude",
        "polars",
        "linfa",
        "plotters",
        "cell cache",
    ] {
        let found = said
            .stdout
            .lines()
            .any(|line| line.starts_with("ok") && line.contains(part));
        assert!(found, "{part} in\n{}", said.stdout);
    }
}

#[test]
fn install_writes_a_kernelspec_with_a_logo() {
    let folder = Folder::with_cells(&[]);
    let prefix = folder.path("prefix");
    let said = folder.ferrite(&["install", "--prefix", prefix.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let spec = prefix.join("share/jupyter/kernels/ferrite");
    assert!(
        said.stdout.contains(spec.to_str().unwrap()),
        "{}",
        said.stdout
    );
    let kernel: Value =
        serde_json::from_str(&fs::read_to_string(spec.join("kernel.json")).unwrap()).unwrap();
    assert_eq!(kernel["display_name"], "Rust (Ferrite)");
    assert_eq!(kernel["language"], "rust");
    assert_eq!(kernel["interrupt_mode"], "message");
    assert!(Path::new(kernel["argv"][0].as_str().unwrap()).is_absolute());
    let logo = fs::read(spec.join("logo-64x64.png")).unwrap();
    assert!(logo.starts_with(b"\x89PNG"));
    assert!(
        fs::read_to_string(spec.join("logo-svg.svg"))
            .unwrap()
            .contains("<svg")
    );
}
