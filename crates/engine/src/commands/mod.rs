//! The commands of a notebook: lines that begin with `:`, and `!` for the
//! shell.
//!
//! [`COMMANDS`] is the one table of them. What runs a command, `:help`, the
//! completion behind a colon and the tooltip of a command all read it; a new
//! command is a new row and a function. Names and meanings are evcxr's where
//! evcxr has them.

mod complete;
mod lines;
mod look;
mod page;
mod set;
mod shell;
mod state;

use crate::session::{Failure, Session};
use crate::worker::{Sink, Stream};

pub use complete::{Completions, complete, help_at};
pub use lines::{Line, Lines};

/// A row of the table.
pub struct Command {
    /// Its names, without the colon; the first is the one that help tells.
    pub names: &'static [&'static str],
    /// What its arguments look like; empty if it has none.
    pub arguments: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    run: fn(&mut Session, &Call<'_>, &mut dyn Sink) -> Result<(), Failure>,
}

/// A command as it was called.
pub struct Call<'a> {
    /// The name that it was called by.
    pub name: &'a str,
    /// The execution count of the cell.
    pub number: u32,
    /// What follows the name.
    pub arguments: &'a str,
    /// The same, at its own place in an otherwise blank text.
    pub code: &'a str,
}

macro_rules! commands {
    ($([$($name:literal),+] $arguments:literal $run:path, $summary:literal;)*) => {
        &[$(Command {
            names: &[$($name),+],
            arguments: $arguments,
            summary: $summary,
            run: $run,
        }),*]
    };
}

/// Every command.
pub const COMMANDS: &[Command] = commands! {
    ["help"] "[COMMAND]" look::help, "What commands there are, or what one of them does";
    ["vars"] "" look::vars, "The variables with their types";
    ["type", "t"] "EXPRESSION" look::type_of, "The type of an expression, which is not run";
    ["doc"] "NAME" look::doc, "The documentation of a name, and where it stands";
    ["explain"] "[E0382]" look::explain, "rustc's long text on an error, by default on the last one";
    ["last_error_json"] "" look::last_error_json, "The last compile errors as rustc wrote them";
    ["last_compile_dir"] "" look::last_compile_dir, "The folder in which the last cell was compiled";
    ["toolchain"] "[NAME]" look::toolchain, "The compiler that compiles the cells";
    ["version"] "" look::version, "Ferrite's version";
    ["time"] "CODE" set::time, "Runs the rest of the cell and says what it cost";
    ["timing"] "" set::timing, "Says after every cell what it cost, or stops doing so";
    ["dep"] "NAME[ = \"VERSION\" | = { … }]" set::dep, "Makes a crate ready: from the registry, a path or git, as in Cargo.toml";
    ["show_deps"] "" set::show_deps, "The crates that cells can use";
    ["build_env"] "NAME=VALUE" set::build_env, "Sets an environment variable for the builds of `:dep`";
    ["opt"] "[0|1|2|3|auto]" set::opt, "Optimises the following cells by this much; by default only those with loops";
    ["fmt"] "[{:?}]" set::fmt, "How values without a look of their own are formatted";
    ["env"] "NAME=VALUE" set::env, "Sets an environment variable for the cells";
    ["preserve_vars_on_panic"] "[0|1]" set::preserve_vars_on_panic, "Nothing: a panic never costs a variable";
    ["offline"] "[0|1]" set::offline, "Keeps the builds of `:dep` off the network, or lets them use it again";
    ["efmt", "types", "cache", "clear_cache", "sccache", "linker", "codegen_backend", "time_passes", "internal_debug", "load_config"] "…" set::of_evcxr, "Nothing: a setting of evcxr that is not needed here; says why";
    ["load"] "FILE.rs" state::load, "Runs a file as if it stood in a cell";
    ["clear"] "" state::clear, "Forgets all variables, items and imports";
    ["restart", "quit"] "" state::restart, "As `:clear`, in a new process";
    ["replay"] "" state::replay, "Starts afresh and runs the cells again that ended well";
};

/// Runs the command lines of a cell, in order.
///
/// # Errors
/// The failure of the first that fails; those behind it are not run.
pub fn run(
    session: &mut Session,
    number: u32,
    lines: &[Line],
    sink: &mut dyn Sink,
) -> Result<(), Failure> {
    for line in lines {
        match line {
            Line::Shell(program) => shell::run(session, program, sink)?,
            Line::Command {
                name,
                arguments,
                code,
            } => {
                let command = find(name)?;
                let call = Call {
                    name,
                    number,
                    arguments,
                    code,
                };
                if command.arguments.is_empty() && !arguments.is_empty() {
                    return Err(plain(format!(
                        "`:{name}` takes no arguments, and `{arguments}` was given"
                    )));
                }
                (command.run)(session, &call, sink)?;
            }
        }
    }
    Ok(())
}

/// The command of a name.
fn find(name: &str) -> Result<&'static Command, Failure> {
    if let Some(command) = COMMANDS.iter().find(|row| row.names.contains(&name)) {
        return Ok(command);
    }
    let near = near(name);
    let known = if near.is_empty() {
        let all: Vec<String> = COMMANDS
            .iter()
            .map(|row| format!("`:{}`", row.names[0]))
            .collect();
        format!("there are {}", all.join(", "))
    } else {
        let near: Vec<String> = near.iter().map(|name| format!("`:{name}`")).collect();
        format!(
            "did you mean {}? `:help` lists all of them",
            near.join(" or ")
        )
    };
    Err(plain(format!("there is no command `:{name}`; {known}")))
}

/// The names that may have been meant.
fn near(name: &str) -> Vec<&'static str> {
    let most = name.chars().count().max(3) / 3;
    let names = COMMANDS.iter().flat_map(|row| row.names);
    let mut near: Vec<(usize, &'static str)> = names
        .map(|known| (strsim::damerau_levenshtein(name, known), *known))
        .filter(|(distance, known)| {
            *distance <= most || (name.len() > 1 && known.starts_with(name))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().map(|(_, name)| name).take(3).collect()
}

/// A failure of a command.
fn plain(message: impl Into<String>) -> Failure {
    Failure::plain("CommandError", message)
}

/// The failure of a command that was called in a wrong way.
fn usage(name: &str, what: &str) -> Failure {
    let arguments = COMMANDS
        .iter()
        .find(|row| row.names.contains(&name))
        .map_or("", |row| row.arguments);
    plain(format!("{what}; write `:{name} {arguments}`"))
}

fn say(sink: &mut dyn Sink, line: impl AsRef<str>) {
    sink.text(Stream::Stdout, &format!("{}\n", line.as_ref()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<_> = COMMANDS.iter().flat_map(|row| row.names).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a_near_name_is_suggested() {
        assert_eq!(near("var"), ["vars"]);
        assert_eq!(near("tpye"), ["type"]);
        assert!(near("no_such_command").is_empty());
    }
}
