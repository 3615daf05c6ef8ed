//! Takes the command lines off the top of a cell.
//!
//! `:name …` and `!program …` stand at the top of a cell, one to a line, with
//! blank lines and comments between them; what follows is code. The code keeps
//! its line numbers: what was taken off is left behind as blanks.

use crate::source;

/// A line that is not Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// `:name arguments`
    Command {
        /// The name, without its colon.
        name: String,
        /// What follows it.
        arguments: String,
        /// What follows it, at its own line and column in an otherwise blank
        /// text: for arguments that are code.
        code: String,
    },
    /// `!program arguments`
    Shell(String),
}

/// A cell with its command lines taken off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// The command lines, in order.
    pub commands: Vec<Line>,
    /// The code below them.
    pub code: String,
}

/// Commands whose argument is all the rest of the cell.
const TAKES_THE_REST: &[&str] = &["time"];

/// Commands of which several lines are one, with an argument a line.
const TOGETHER: &[&str] = &["dep"];

impl Lines {
    /// Takes a cell apart. `is_variable` tells `!done`, which is Rust, from
    /// `!date`, which is a program.
    pub fn of(cell: &str, is_variable: impl Fn(&str) -> bool) -> Self {
        let cell = &*source::unmarked(cell);
        let mut lines = Self::default();
        let mut at = 0;
        let mut end_of_commands = 0;
        for line in cell.split_inclusive('\n') {
            let next = at + line.len();
            let text = line.trim();
            if let Some(command) = text.strip_prefix(':').filter(|rest| starts_a_name(rest)) {
                let name: String = command
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let arguments = command[name.len()..].trim();
                let start = at + line.find(':').unwrap_or(0) + 1 + name.len();
                if TAKES_THE_REST.contains(&name.as_str()) {
                    lines.commands.push(Line::Command {
                        name,
                        arguments: cell[start..].trim().to_owned(),
                        code: blank(&cell[..start]) + &cell[start..],
                    });
                    return lines;
                }
                lines.command(Line::Command {
                    name,
                    arguments: arguments.to_owned(),
                    code: blank(&cell[..start]) + &cell[start..next],
                });
                end_of_commands = next;
            } else if let Some(program) = text
                .strip_prefix('!')
                .filter(|rest| is_program(rest, &is_variable))
            {
                lines.commands.push(Line::Shell(program.trim().to_owned()));
                end_of_commands = next;
            } else if !text.is_empty() && !text.starts_with("//") {
                break;
            }
            at = next;
        }
        if lines.commands.is_empty() {
            lines.code = cell.to_owned();
        } else {
            lines.code = blank(&cell[..end_of_commands]) + &cell[end_of_commands..];
        }
        lines
    }
}

impl Lines {
    /// Neighbouring commands that one run serves best become one.
    fn command(&mut self, line: Line) {
        if let Line::Command {
            name, arguments, ..
        } = &line
            && TOGETHER.contains(&name.as_str())
            && let Some(Line::Command {
                name: before,
                arguments: all,
                ..
            }) = self.commands.last_mut()
            && before == name
        {
            all.push('\n');
            all.push_str(arguments);
        } else {
            self.commands.push(line);
        }
    }
}

/// A lone colon or `::path` is not the beginning of a command.
fn starts_a_name(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// `!x`, `!true`, `!(a && b)` and `!f(x)` are Rust.
fn is_program(rest: &str, is_variable: impl Fn(&str) -> bool) -> bool {
    let word: String = rest
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let after = &rest[word.len()..];
    !(rest.is_empty()
        || rest.starts_with(['(', '!', '['])
        || matches!(word.as_str(), "true" | "false" | "matches")
        || (!word.is_empty() && after.starts_with(['(', '!', ':']))
        || is_variable(&word))
}

fn blank(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cell: &str) -> Lines {
        Lines::of(cell, |name| name == "done")
    }

    #[test]
    fn commands_stand_at_the_top() {
        let cell = "// first\n:dep regex = \"1\"\n\n!ls -l\nlet x = 1;\n:no\n";
        let lines = of(cell);
        assert_eq!(lines.commands.len(), 2);
        assert_eq!(lines.commands[1], Line::Shell("ls -l".into()));
        assert!(lines.code.ends_with("\nlet x = 1;\n:no\n"));
        assert_eq!(lines.code.find("let"), cell.find("let"));
        assert_eq!(of("let x = 1;\n:vars").commands, []);
        assert_eq!(of("let x = 1;").code, "let x = 1;");
    }

    #[test]
    fn a_negation_is_no_program() {
        for rust in ["!done", "!true", "!(1 > 2)", "!f(1)", "!vec![1].is_empty()"] {
            assert_eq!(of(rust).commands, [], "{rust}");
        }
        assert_eq!(of("!date").commands, [Line::Shell("date".into())]);
        assert_eq!(of("::std::mem::drop(1)").commands, []);
    }

    #[test]
    fn time_takes_the_rest_of_the_cell() {
        let lines = of(":time let a = 1;\nlet b = 2;");
        assert_eq!(lines.code, "");
        let Line::Command { code, .. } = &lines.commands[0] else {
            panic!("{lines:?}");
        };
        assert_eq!(code, "      let a = 1;\nlet b = 2;");
    }
}
