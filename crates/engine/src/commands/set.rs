//! Commands that change how cells are run.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::{Call, say, usage};
use crate::session::{Failure, Session, Times};
use crate::worker::Sink;

type Done = Result<(), Failure>;

impl Display for Times {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let cached = if self.cached { " (cached)" } else { "" };
        let (compile, run) = (seconds(self.compile), seconds(self.run));
        write!(f, "compile {compile}{cached}, run {run}")
    }
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.001 {
        format!("{:.0} µs", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

pub fn time(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    if call.arguments.is_empty() {
        return Err(usage("time", "there is no code"));
    }
    session.cell(call.number, call.code, sink)?;
    // Nothing was compiled for a cell that only names a variable.
    let times = session.times.take().unwrap_or_default();
    say(sink, times.to_string());
    Ok(())
}

pub fn timing(session: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let timing = &mut session.timing;
    *timing = !*timing;
    say(sink, if *timing { "Timing: on" } else { "Timing: off" });
    Ok(())
}

pub fn opt(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    session.notebook.optimise = match call.arguments {
        "" | "auto" => None,
        "0" => Some(0),
        "1" => Some(1),
        "2" => Some(2),
        "3" => Some(3),
        other => return Err(usage("opt", &format!("`{other}` is no level"))),
    };
    match session.notebook.optimise {
        Some(level) => say(sink, format!("Optimization: {level}")),
        None => say(sink, "Optimization: automatic"),
    }
    Ok(())
}

pub fn fmt(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let format = call.arguments.trim_matches('"');
    let has_place = format.contains('{') && format.contains('}');
    if !(format.is_empty() || has_place) {
        return Err(usage(
            "fmt",
            &format!("`{format}` has no place for the value"),
        ));
    }
    let own = !matches!(format, "" | "{:?}");
    session.notebook.format = own.then(|| format.to_owned());
    let format = if own { format } else { "{:?}" };
    say(sink, format!("Output format: {format}"));
    Ok(())
}

/// The two sides of `NAME=VALUE`.
pub fn assignment<'a>(name: &str, arguments: &'a str) -> Result<(&'a str, &'a str), Failure> {
    let (variable, value) = arguments
        .split_once('=')
        .map(|(variable, value)| (variable.trim(), value.trim()))
        .filter(|(variable, value)| {
            !variable.is_empty() && !variable.contains(char::is_whitespace) && !value.contains('\0')
        })
        .ok_or_else(|| usage(name, "an environment variable and its value are wanted"))?;
    let quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
    let value = if quoted {
        &value[1..value.len() - 1]
    } else {
        value
    };
    Ok((variable, value))
}

pub fn env(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let (name, value) = assignment("env", call.arguments)?;
    session.set_environment(call.number, name, value, sink)
}

pub fn build_env(session: &mut Session, call: &Call<'_>, _: &mut dyn Sink) -> Done {
    let (name, value) = assignment("build_env", call.arguments)?;
    session
        .build_environment
        .insert(name.to_owned(), value.to_owned());
    Ok(())
}

pub fn dep(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let asked: Vec<&str> = call
        .arguments
        .lines()
        .filter(|line| !line.is_empty())
        .collect();
    if asked.is_empty() {
        return Err(usage("dep", "there is no crate"));
    }
    session.add_crates(call.number, &asked, sink)
}

pub fn show_deps(session: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    for line in session.crates.iter().flat_map(|crates| crates.list()) {
        say(sink, line);
    }
    Ok(())
}

pub fn preserve_vars_on_panic(_: &mut Session, _: &Call<'_>, sink: &mut dyn Sink) -> Done {
    say(
        sink,
        "a panic never costs a variable here; there is nothing to set",
    );
    Ok(())
}

pub fn offline(session: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    const VARIABLE: &str = "CARGO_NET_OFFLINE";
    let environment = &mut session.build_environment;
    let is = environment
        .get(VARIABLE)
        .is_some_and(|value| value == "true");
    let offline = match call.arguments {
        "" => !is,
        "0" => false,
        "1" => true,
        other => return Err(usage("offline", &format!("`{other}` is neither 0 nor 1"))),
    };
    environment.insert(VARIABLE.to_owned(), offline.to_string());
    say(
        sink,
        if offline {
            "Offline: on"
        } else {
            "Offline: off"
        },
    );
    Ok(())
}

/// Why a setting of evcxr is not needed.
const NOT_NEEDED: &[(&str, &str)] = &[
    (
        "efmt",
        "errors are shown by what they say of themselves, with their causes",
    ),
    (
        "types",
        "`:vars` lists the types of variables, `:type` says that of an expression",
    ),
    ("cache", "compiled cells are always kept, for all notebooks"),
    (
        "clear_cache",
        "what was compiled is kept until it has not been used for long",
    ),
    (
        "sccache",
        "crates of `:dep` are built once for all notebooks",
    ),
    (
        "linker",
        "cells are linked by the linker that comes with rustc",
    ),
    (
        "codegen_backend",
        "cells are compiled by LLVM, those that need it with optimisation",
    ),
    ("time_passes", "`:time` and `:timing` say what cells cost"),
    (
        "internal_debug",
        "`:last_error_json` and the log file say what happens inside",
    ),
    (
        "load_config",
        "there are no start-up files; `:load FILE.rs` runs a file",
    ),
];

pub fn of_evcxr(_: &mut Session, call: &Call<'_>, sink: &mut dyn Sink) -> Done {
    let why = NOT_NEEDED.iter().find(|(name, _)| *name == call.name);
    let why = why.map_or("", |(_, why)| why);
    say(sink, format!("there is nothing to set: {why}"));
    Ok(())
}
