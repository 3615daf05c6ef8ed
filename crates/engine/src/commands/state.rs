//! Commands that change what the notebook holds.

use std::time::Instant;

use super::{Call, Lines, plain, run, say, usage};
use crate::session::{Failure, Session};
use crate::worker::{Sink, Stream};
use crate::{Output, render};

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

/// Throws away what cells show: it is in the notebook already.
struct Quiet;

impl Sink for Quiet {
    fn text(&mut self, _: Stream, _: &str) {}
    fn output(&mut self, _: Output) {}
}

pub fn replay(session: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let cells = std::mem::take(&mut session.history);
    if cells.is_empty() {
        say(sink, "there is nothing to replay: no cell has ended well");
        return Ok(());
    }
    let begin = Instant::now();
    session.restart(sink)?;
    for (done, (number, code)) in cells.iter().enumerate() {
        if let Err(failure) = session.cell(*number, code, &mut Quiet) {
            // What was not run again is not forgotten.
            session.history = cells.clone();
            return Err(failure.note(&format!(
                "that was {}, run again; {done} of {} cells had ended well before it",
                render::label(*number),
                cells.len()
            )));
        }
    }
    let cells = match cells.len() {
        1 => "1 cell".to_owned(),
        many => format!("{many} cells"),
    };
    let variables = match session.variables().count() {
        1 => "1 variable".to_owned(),
        many => format!("{many} variables"),
    };
    say(
        sink,
        format!(
            "replayed {cells} in {:.1} s; {variables}",
            begin.elapsed().as_secs_f64()
        ),
    );
    session.times = None;
    Ok(())
}
