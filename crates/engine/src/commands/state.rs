//! Commands that change what the notebook holds.

use std::time::Instant;

use ferrite_wire::{Answer, Output};

use super::{Call, Lines, plain, run, say, usage};
use crate::render;
use crate::session::{Failure, Past, Session};
use crate::worker::{Sink, Stream};

type Done = Result<(), Failure>;

pub fn load(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let file = call.arguments.trim_matches('"');
    if file.is_empty() {
        return Err(usage("load", "there is no file"));
    }
    let text = std::fs::read_to_string(file).map_err(|error| {
        let here = std::env::current_dir().unwrap_or_default();
        plain(format!(
            "`{file}` cannot be read: {error} (relative files are looked for in {})",
            here.display()
        ))
    })?;
    let lines = Lines::of(&text, |name| session.notebook.variables.contains_key(name));
    if lines
        .commands
        .iter()
        .any(|line| matches!(line, super::Line::Command { name, .. } if name == "load"))
    {
        return Err(plain(format!(
            "`{file}` loads a file itself, which only a cell may do"
        )));
    }
    run(session, call.number, &lines.commands, sink)?;
    session.cell(call.number, &lines.code, sink)
}

pub fn clear(session: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    session.clear(sink)
}

pub fn restart(session: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    session.restart(sink)
}

/// Throws away what cells show: it is in the notebook already. What they ask is
/// asked.
struct Quiet<'a>(&'a mut dyn Sink);

impl Sink for Quiet<'_> {
    fn text(&mut self, _: Stream, _: &str) {}
    fn output(&mut self, _: Output) {}
    fn input(&mut self, prompt: &str, password: bool) -> Answer {
        self.0.input(prompt, password)
    }
}

pub fn replay(session: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let cells = std::mem::take(&mut session.history);
    if cells.is_empty() {
        say(sink, "there is nothing to replay: no cell has ended well");
        return Ok(());
    }
    let begin = Instant::now();
    session.restart(sink)?;
    // Each is run under the settings that it had, so that it is in the cache.
    let notebook = &session.notebook;
    let (optimise, format) = (notebook.optimise, notebook.format.clone());
    let replayed = run_again(session, &cells, sink);
    session.notebook.optimise = optimise;
    session.notebook.format = format;
    session.times = None;
    let compiled = replayed?;
    let cells = match cells.len() {
        1 => "1 cell".to_owned(),
        many => format!("{many} cells"),
    };
    let cached = match compiled {
        0 => "all from the cache".to_owned(),
        some => format!("{some} of them compiled again"),
    };
    let variables = match session.variables().count() {
        1 => "1 variable".to_owned(),
        many => format!("{many} variables"),
    };
    let seconds = begin.elapsed().as_secs_f64();
    say(
        sink,
        format!("replayed {cells} in {seconds:.1} s, {cached}; {variables}"),
    );
    Ok(())
}

/// Runs cells that were run before. Returns how many had to be compiled.
fn run_again(session: &mut Session, cells: &[Past], sink: &mut dyn Sink) -> Result<usize, Failure> {
    let mut compiled = 0;
    for (done, cell) in cells.iter().enumerate() {
        session.notebook.optimise = cell.optimise;
        session.notebook.format.clone_from(&cell.format);
        session.times = None;
        if let Err(failure) = session.cell(cell.number, &cell.code, &mut Quiet(sink)) {
            // What was not run again is not forgotten.
            session.history = cells.to_vec();
            return Err(failure.note(&format!(
                "that was {}, run again; {done} of {} cells had ended well before it",
                render::label(cell.number),
                cells.len()
            )));
        }
        // There are none for a cell that needs no compiler.
        compiled += usize::from(session.times.is_some_and(|times| !times.cached));
    }
    Ok(compiled)
}
