//! What rustc knows of a compiled cell, read from its MIR.
//!
//! The same rustc run that compiles a cell also prints its MIR. Two things
//! are in there that nothing else tells without a second compiler: the exact
//! type of every stored variable (the generic argument of `store::<T>`), and
//! which variables the cell moved (how the closure around its text captures
//! them). The format is rustc's own and not promised to stay; the tests below
//! hold the parts that are relied upon.

use std::collections::BTreeMap;

use crate::generate::DECLARED;
use crate::unnameable::Signature;

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Stored variables with their types.
    pub stored: Vec<(String, String)>,
    /// Variables that the body captured by value, wholly or in part.
    pub moved: Vec<String>,
    /// Whether the body was found at all.
    pub has_body: bool,
    /// Closures, by the name of their type.
    pub closures: BTreeMap<String, Signature>,
}

impl Facts {
    /// The types that may have to be written down: of stored variables, and of
    /// closures if a stored variable is one.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        let closure = self.stored.iter().any(|(_, of)| !nameable(of));
        let signatures = self.closures.values().filter(move |_| closure);
        let signatures = signatures.flat_map(|of| of.arguments.iter().chain([&of.output]));
        let stored = self.stored.iter().map(|(_, of)| of);
        stored.chain(signatures).map(String::as_str)
    }
}

/// Reads the facts of a cell from its MIR.
pub fn facts(mir: &str) -> Facts {
    let mut facts = Facts::default();
    for function in mir.split("\nfn ") {
        // Constants stand behind it, with locals of their own.
        let function = function.split("\n}").next().unwrap_or(function);
        facts.closures.extend(signature(function));
        // Locals that hold a string literal. The block in which one is assigned may stand
        // behind that of the call.
        let texts: BTreeMap<&str, &str> = function.lines().filter_map(text_assignment).collect();
        for line in function.lines() {
            if let Some((argument, type_text)) = store_call(line) {
                let name = literal(argument).or_else(|| texts.get(argument).copied());
                facts
                    .stored
                    .extend(name.map(|name| (unescaped(name), writable(type_text))));
            }
            if let Some(argument) = run_call(line) {
                facts.has_body = true;
                if let Some(captures) = closure(function, argument) {
                    facts.moved.extend(moved(captures));
                }
            }
        }
    }
    facts
}

/// The type and signature of a closure, from its first line:
/// `f::{closure#0}(_1: &{closure@…}, _2: i32) -> i32 {`.
fn signature(function: &str) -> Option<(String, Signature)> {
    let head = function.lines().next()?;
    let start = head.find("(_1: ")?;
    let parameters = &head[start + 1..];
    let end = closing(parameters, '(', ')')?;
    let output = parameters[end + 1..]
        .strip_prefix(" -> ")?
        .strip_suffix(" {")?;
    let mut types = split(&parameters[..end]).into_iter().filter_map(|part| {
        let (_, type_text) = part.split_once(": ")?;
        Some(type_text.trim())
    });
    let own = types.next()?;
    let (kind, name) = if let Some(name) = own.strip_prefix("&mut ") {
        ("FnMut", name)
    } else if let Some(name) = own.strip_prefix('&') {
        ("Fn", name)
    } else {
        ("FnOnce", own)
    };
    name.starts_with("{closure@").then(|| {
        let signature = Signature {
            kind,
            arguments: types.map(writable).collect(),
            output: writable(output),
        };
        (name.to_owned(), signature)
    })
}

/// What `:type` puts around an expression, so that the MIR says its type.
pub const ASKS_TYPE: &str = "::std::any::type_name_of_val";

/// The type of the expression that [`ASKS_TYPE`] stands around.
pub fn type_asked_for(mir: &str) -> Option<String> {
    let name = "type_name_of_val::<";
    let generic = &mir[mir.find(name)? + name.len()..];
    Some(writable(&generic[..closing(generic, '<', '>')?]))
}

/// `_3 = const "x";` → `_3` and `x`.
fn text_assignment(line: &str) -> Option<(&str, &str)> {
    let (local, value) = line.trim_start().split_once(" = ")?;
    Some((local, literal(value.strip_suffix(';')?)?))
}

fn literal(value: &str) -> Option<&str> {
    value.strip_prefix("const \"")?.strip_suffix('"')
}

/// A text as it was before it was written as a literal: rustc writes an accent
/// that stands alone as `\u{301}`.
fn unescaped(literal: &str) -> String {
    let mut text = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(at) = rest.find("\\u{") {
        let digits = &rest[at + 3..];
        let end = digits.find('}').unwrap_or(0);
        let letter = u32::from_str_radix(&digits[..end], 16);
        let letter = letter.ok().and_then(char::from_u32);
        text.push_str(&rest[..at]);
        text.extend(letter);
        rest = match letter {
            Some(_) => &digits[end + 1..],
            None => {
                text.push_str("\\u{");
                digits
            }
        };
    }
    text.push_str(rest);
    text
}

/// `… = ferrite_runtime::store::<T>(NAME, …` → `NAME` and `T`; likewise
/// `store_borrower::<'_, T>(_, NAME, …`.
fn store_call(line: &str) -> Option<(&str, &str)> {
    let at = line.find("ferrite_runtime::")?;
    let call = &line[at..];
    let head = &call[..call.find('(')?];
    let (start, argument) = match (head.find("store::<"), head.find("store_borrower::<")) {
        (Some(start), _) => (start + "store::<".len(), 0),
        (_, Some(start)) => (start + "store_borrower::<".len(), 1),
        _ => return None,
    };
    let generic = &call[start..];
    let end = closing(generic, '<', '>')?;
    let argument = generic[end..]
        .strip_prefix(">(")?
        .split(',')
        .nth(argument)?
        .trim();
    let argument = argument
        .trim_start_matches("move ")
        .trim_start_matches("copy ");
    Some((argument, generic[..end].trim_start_matches("'_, ")))
}

/// `… = ferrite_runtime::run::<…>(move _5) …` → `_5`.
fn run_call(line: &str) -> Option<&str> {
    let at = line.find("ferrite_runtime::")?;
    let call = &line[at..];
    let generic = ["run::<", "run_async::<"]
        .iter()
        .filter_map(|name| call.find(name).map(|at| &call[at + name.len()..]))
        .next()?;
    let end = closing(generic, '<', '>')?;
    let argument = generic[end..].strip_prefix(">(")?;
    let argument = &argument[..argument.find(')')?];
    Some(argument.rsplit(' ').next().unwrap_or(argument))
}

/// The fields of the closure that is assigned to a local.
fn closure<'a>(function: &'a str, local: &str) -> Option<&'a str> {
    let start = format!("        {local} = {{");
    function.lines().find_map(|line| {
        let value = line.strip_prefix(&start)?;
        let value = &value[closing(value, '{', '}')? + 1..];
        // A coroutine says its number first: ` (#0)`.
        let fields = &value[value.find('{')? + 1..];
        Some(&fields[..closing(fields, '{', '}')?])
    })
}

fn moved(captures: &str) -> Vec<String> {
    let mut names = Vec::new();
    for field in split(captures) {
        let Some((name, value)) = field.split_once(": ") else {
            continue;
        };
        // `move _21` is a reference made just before; `move (…)` is a place.
        let value = value.trim();
        if value.starts_with("move (") && !names.iter().any(|known| known == name.trim()) {
            names.push(name.trim().to_owned());
        }
    }
    names
}

/// Splits at commas outside of brackets.
fn split(fields: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    let mut previous = ' ';
    for (at, c) in fields.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if previous == '-' || previous == '=' => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&fields[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        previous = c;
    }
    parts.push(&fields[start..]);
    parts
}

/// Where the bracket closes that was opened just before `text`.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 1;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close && !(close == '>' && (previous == '-' || previous == '=')) {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
        previous = c;
    }
    None
}

/// Crates that polars re-exports under another name. rustc writes the path of
/// a type in them with the crate's real name, which does not exist there.
const RENAMED: &[(&str, &str)] = &[
    ("polars::polars_io::", "polars::io::"),
    ("polars::polars_lazy::", "polars::lazy::"),
    ("polars::polars_time::", "polars::time::"),
];

fn writable(type_text: &str) -> String {
    // rustc may go through `extern crate ferrite_prelude as _`.
    let mut text = String::with_capacity(type_text.len());
    let mut rest = type_text;
    while let Some(at) = rest.find("_::") {
        let part_of_name = rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        text.push_str(&rest[..at]);
        text.push_str(if part_of_name { "_::" } else { "" });
        rest = &rest[at + 3..];
    }
    text.push_str(rest);
    let text = text.replace(&format!("{DECLARED}::"), "");
    RENAMED
        .iter()
        .fold(text, |text, (real, name)| text.replace(real, name))
}

/// Whether a type can be written down in a later cell.
pub fn nameable(type_text: &str) -> bool {
    !type_text.contains('{') && !type_text.contains("impl ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What rustc may write one day, or has never written.
        #[test]
        fn any_text_has_facts(text in "\\PC{0,200}", cuts in prop::collection::vec(0..MIR.len(), 2), noise in "[-<>(){}:=;,&'_ \"\\\\na-z0-9]{0,40}") {
            facts(&text);
            type_asked_for(&text);
            let (from, to) = (cuts[0].min(cuts[1]), cuts[0].max(cuts[1]));
            let broken = format!("{}{noise}{}", &MIR[..from], &MIR[to..]);
            facts(&broken);
            type_asked_for(&broken);
        }

        /// Names that are not cut off come through whole.
        #[test]
        fn any_name_is_read(name in "[a-zäx\u{301}_]{1,12}", type_text in "[a-z]{1,5}(::[A-Z][a-z]{1,5}){0,3}") {
            let mir = format!("\nfn f() {{\n    _1 = ferrite_runtime::store::<{type_text}>(const {name:?}, move _2, const X) -> x;\n}}");
            prop_assert_eq!(facts(&mir).stored, [(name, writable(&type_text))]);
        }
    }

    const MIR: &str = r#"
fn ferrite_cell::{closure#0}(_1: Pin<&mut X>) -> Poll<()> {
    bb9: {
        _21 = &mut (((*_44) as variant#3).0: std::vec::Vec<i32>);
        _20 = {closure@cell.rs:12:13: 12:57} { x: move _21, y: move _22, z: move (((*_44) as variant#3).2: std::vec::Vec<std::string::String>), p: move ((((*_44) as variant#3).3: (std::string::String, i32)).0: std::string::String), ctx: copy _41 };
        _19 = ferrite_runtime::run::<{closure@cell.rs:12:13: 12:57}>(move _20) -> [return: bb10, unwind: bb25];
    }
}

fn ferrite_cell::{closure#0}::{closure#0}(_1: {closure@cell.rs:12:13: 12:57}) -> R {
    bb10: {
        _14 = ferrite_runtime::store::<std::boxed::Box<dyn std::ops::Fn(i32) -> bool>>(const "w", copy _3, const X) -> [return: bb9, unwind: bb18];
        _9 = const "n";
        _16 = ferrite_runtime::store_borrower::<'_, &[(i32, u8)]>(copy _7, const "b", move _4, copy _8, const X) -> [return: bb9, unwind: bb18];
        _15 = ferrite_runtime::slots::store::<usize>(move _9, copy _3, const X) -> [return: bb9, unwind: bb18];
        _25 = ferrite_runtime::store::<u8>(move _26, copy _27, move _29) -> [return: bb10, unwind continue];
    }
    bb12: {
        _26 = const "late";
    }
}

const ferrite_cell::{closure#0}::{closure#0}::promoted[0]: &[&str; 1] = {
    bb0: {
        _26 = const "another";
        _9 = const "other";
    }
}

fn ferrite_cell::{closure#0}::{closure#0}::{closure#1}(_1: &{closure@cell.rs:3:4: 3:8}, _2: &(str, i32), _3: i32) -> std::vec::Vec<i32> {
}
"#;

    #[test]
    fn types_and_moves_are_read() {
        let facts = facts(MIR);
        assert_eq!(
            facts.stored,
            [
                (
                    "w".into(),
                    "std::boxed::Box<dyn std::ops::Fn(i32) -> bool>".into()
                ),
                ("b".into(), "&[(i32, u8)]".into()),
                ("n".into(), "usize".into()),
                ("late".into(), "u8".into())
            ]
        );
        assert_eq!(facts.moved, ["z", "p"]);
        assert_eq!(
            facts.closures["{closure@cell.rs:3:4: 3:8}"],
            Signature {
                kind: "Fn",
                arguments: vec!["&(str, i32)".into(), "i32".into()],
                output: "std::vec::Vec<i32>".into()
            }
        );
        assert!(facts.has_body);
    }

    #[test]
    fn a_body_without_captures_moves_nothing() {
        let mir = "\nfn f() {\n        _1 = ferrite_runtime::run::<{closure@cell.rs:1:2: 1:3}>(const ZeroSized: {closure@cell.rs:1:2: 1:3}) -> [return: bb1];\n}";
        assert_eq!(
            facts(mir),
            Facts {
                has_body: true,
                ..Facts::default()
            }
        );
    }

    #[test]
    fn paths_are_those_that_a_cell_can_write() {
        assert_eq!(
            writable("&_::polars::x_::Y<_::a::B>"),
            "&polars::x_::Y<a::B>"
        );
        assert_eq!(writable("polars::polars_io::Z"), "polars::io::Z");
    }

    #[test]
    fn a_type_is_told() {
        let mir =
            "_1 = std::any::type_name_of_val::<std::vec::Vec<(i32, fn() -> u8)>>(copy _2) -> x;";
        assert_eq!(
            type_asked_for(mir).as_deref(),
            Some("std::vec::Vec<(i32, fn() -> u8)>")
        );
    }

    #[test]
    fn letters_come_back() {
        assert_eq!(unescaped("x\\u{301}y\\u{302}"), "x\u{301}y\u{302}");
        assert_eq!(
            unescaped("\\u{zz} \\u{ \\u{d800}"),
            "\\u{zz} \\u{ \\u{d800}"
        );
    }

    #[test]
    fn closures_cannot_be_named() {
        assert!(!nameable("{closure@cell.rs:1:2: 1:3}"));
        assert!(nameable("std::vec::Vec<&str>"));
    }
}
