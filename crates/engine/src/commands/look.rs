//! Commands that only look.

use super::{COMMANDS, Call, complete, find, page, plain, say, usage};
use crate::render::{label, short_type, whole};
use crate::session::{Failure, Session};
use crate::worker::{Sink, Stream};
use crate::{diagnostics, fold};

type Done = Result<(), Failure>;

pub fn help(_: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    if !call.arguments.is_empty() {
        let command = find(call.arguments.trim_start_matches(':'))?;
        page::show(sink, complete::help(command), None);
        return Ok(());
    }
    let rows: Vec<(String, &str)> = COMMANDS
        .iter()
        .map(|row| {
            let usage = format!(":{} {}", row.names[0], row.arguments);
            (usage.trim_end().to_owned(), row.summary)
        })
        .chain([(
            "!PROGRAM …".to_owned(),
            "Runs a line in the shell and shows its output",
        )])
        .collect();
    page::table(
        sink,
        &rows,
        "Commands stand at the top of a cell, one to a line, with code below them.",
    );
    Ok(())
}

pub fn vars(session: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let mut text = String::new();
    for (name, variable) in session.variables() {
        let mutable = if variable.mutable { "mut " } else { "" };
        let type_text = short_type(&variable.type_text);
        text.push_str(&format!("{mutable}{name}: {type_text}\n"));
    }
    if text.is_empty() {
        text = "there are no variables\n".to_owned();
    }
    sink.text(Stream::Stdout, &text);
    Ok(())
}

pub fn type_of(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    if call.arguments.is_empty() {
        return Err(usage("type", "there is no expression"));
    }
    let found = session.type_of(call.number, call.code)?;
    say(sink, short_type(&found));
    Ok(())
}

/// Words of the language that the standard library documents.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "type", "union", "unsafe", "use",
    "where", "while",
];

pub fn doc(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let name = call.arguments;
    if name.is_empty() {
        return Err(usage("doc", "there is no name"));
    }
    if let Some(variable) = session.notebook.variables.get(name) {
        let cell = label(variable.cell);
        let short = short_type(&variable.type_text);
        let said = format!("{name}: {short} (made by {cell})\n");
        let address = address(session, &variable.type_text);
        let type_text = variable.type_text.clone();
        match session.documentation(&type_text, 1) {
            Some(found) => page::markdown(sink, &format!("{said}\n{found}"), Some(&address)),
            None => page::show(sink, said, Some(&address)),
        }
        return Ok(());
    }
    let address = if KEYWORDS.contains(&name) {
        let name = name.to_lowercase();
        format!("https://doc.rust-lang.org/std/keyword.{name}.html")
    } else {
        address(session, name)
    };
    // What the notebook itself defines is documented nowhere else.
    let own = session.notebook.items.source_of(name).is_some();
    let address = (!own).then_some(address.as_str());
    match session.documented(name) {
        Some(found) => page::markdown(sink, &found, address),
        None => page::show(sink, String::new(), address),
    }
    Ok(())
}

/// Where a path is documented: by its crate, the standard library's otherwise.
fn address(session: &Session, path: &str) -> String {
    let path = path.split('<').next().unwrap_or(path).trim_matches('&');
    let last = path.rsplit("::").next().unwrap_or(path).trim();
    match path.split_once("::").map(|(root, _)| root) {
        None | Some("std" | "core" | "alloc") => {
            format!("https://doc.rust-lang.org/std/?search={last}")
        }
        // `Vec::push`: a type, not a crate.
        Some(root) if root.starts_with(char::is_uppercase) => {
            format!("https://doc.rust-lang.org/std/?search={last}")
        }
        Some(root) => {
            let bundled = session.compilers.toolchain.bundled.iter();
            let bundled = bundled.filter(|known| known.name == root);
            let version = bundled.map(|known| known.version.as_str()).next();
            let version = version.unwrap_or("latest");
            format!("https://docs.rs/{root}/{version}/{root}/?search={last}")
        }
    }
}

pub fn explain(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let last = session.last_rejection.as_ref();
    let code = if call.arguments.is_empty() {
        match last {
            None => return Err(plain("no cell has failed to compile yet")),
            Some(rejection) => rejection.code.clone().ok_or_else(|| {
                plain(format!(
                    "the last error has no number: {}",
                    rejection.message
                ))
            })?,
        }
    } else {
        call.arguments.to_uppercase()
    };
    let output = std::process::Command::new(&session.compilers.toolchain.rustc)
        .args(["--explain", &code])
        .output()
        .map_err(crate::EngineError::NoCompiler)?;
    if !output.status.success() {
        return Err(plain(format!(
            "rustc has no explanation of `{code}`; error numbers look like `E0382`"
        )));
    }
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if call.arguments.is_empty() {
        let json = last.map(|rejection| rejection.json.as_slice());
        text.push_str(&types_in_full(json.unwrap_or_default()));
    }
    sink.output(crate::Output::Display {
        bundle: vec![
            ("text/plain".to_owned(), text.clone()),
            ("text/markdown".to_owned(), text),
        ],
        id: None,
    });
    Ok(())
}

/// The types that were folded when the errors were shown.
fn types_in_full(json: &[String]) -> String {
    let mut types: Vec<String> = Vec::new();
    let mut queue: Vec<_> = json.iter().flat_map(|it| diagnostics::parse(it)).collect();
    while let Some(diagnostic) = queue.pop() {
        let labels = diagnostic.spans.iter().filter_map(|it| it.label.as_deref());
        for said in labels.chain([diagnostic.message.as_str()]) {
            types.extend(fold::long(&whole(said)).map(str::to_owned));
        }
        queue.extend(diagnostic.children);
    }
    types.sort();
    types.dedup();
    let types: Vec<String> = types.iter().map(|it| format!("* `{it}`\n")).collect();
    match types.is_empty() {
        true => String::new(),
        false => format!(
            "\nThe types of the last error in full:\n\n{}",
            types.concat()
        ),
    }
}

pub fn last_error_json(session: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let last = session.last_rejection.as_ref();
    let last = last.ok_or_else(|| plain("no cell has failed to compile yet"))?;
    for json in &last.json {
        say(sink, json);
    }
    Ok(())
}

pub fn last_compile_dir(session: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let library = session.last_library.as_ref();
    let dir = library.and_then(|library| library.parent());
    let dir = dir.ok_or_else(|| plain("no cell was compiled yet"))?;
    say(sink, dir.display().to_string());
    Ok(())
}

pub fn toolchain(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    if !call.arguments.is_empty() {
        say(
            sink,
            "cells are compiled by the toolchain that Ferrite was set up with; \
             `#![feature(…)]` works in cells all the same",
        );
    }
    let rustc = &session.compilers.toolchain.rustc;
    let output = std::process::Command::new(rustc).arg("--version").output();
    let output = output.map_err(crate::EngineError::NoCompiler)?;
    say(sink, String::from_utf8_lossy(&output.stdout).trim());
    say(sink, rustc.display().to_string());
    Ok(())
}

pub fn version(_: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    say(sink, format!("ferrite {}", env!("CARGO_PKG_VERSION")));
    Ok(())
}
