//! What could follow a colon, and what a command does, for an editor.

use std::ops::Range;

use super::{COMMANDS, Command};

/// Texts that could stand in a range of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completions {
    /// The bytes that a text would replace.
    pub range: Range<usize>,
    /// The texts.
    pub texts: Vec<String>,
}

/// The commands that could stand at the cursor; `None` where code stands.
pub fn complete(code: &str, cursor: usize) -> Option<Completions> {
    let start = line_start(code, cursor)?;
    let typed = code.get(start..cursor)?;
    let name = typed.strip_prefix(':')?;
    if !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let names = COMMANDS.iter().flat_map(|row| row.names);
    let mut texts: Vec<String> = names
        .filter(|known| known.starts_with(name))
        .map(|known| format!(":{known}"))
        .collect();
    texts.sort_unstable();
    Some(Completions {
        range: start..cursor,
        texts,
    })
}

/// What the command does in whose line the cursor is.
pub fn help_at(code: &str, cursor: usize) -> Option<String> {
    let start = line_start(code, cursor)?;
    let rest = code.get(start..)?.strip_prefix(':')?;
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let name = &rest[..end];
    let row = COMMANDS.iter().find(|row| row.names.contains(&name))?;
    Some(help(row))
}

/// A command in two lines.
pub fn help(row: &Command) -> String {
    let names: Vec<String> = row.names.iter().map(|name| format!(":{name}")).collect();
    let usage = format!("{} {}", names.join(", "), row.arguments);
    format!("{}\n    {}", usage.trim_end(), row.summary)
}

/// Where the text of the cursor's line begins.
fn line_start(code: &str, cursor: usize) -> Option<usize> {
    let before = code.get(..cursor)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = &code[start..];
    Some(start + (line.len() - line.trim_start_matches([' ', '\t']).len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_complete_where_they_may_stand() {
        let found = complete("let x = 1;\n:ti", 14).unwrap();
        assert_eq!(found.range, 11..14);
        assert_eq!(found.texts, [":time", ":time_passes", ":timing"]);
        assert_eq!(complete("std::ti", 7), None);
        assert_eq!(complete("x: i32", 6), None);
    }

    #[test]
    fn help_is_told_anywhere_in_the_line() {
        let help = help_at(":type 1 + 1", 9).unwrap();
        assert!(help.starts_with(":type, :t EXPRESSION\n"));
        assert_eq!(help_at("let x = 1;", 3), None);
    }
}
