//! Whatever a person types, the engine answers: nothing here may panic, and
//! what a generated file claims to have from a cell, it has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::commands::Lines;
use crate::complete::completeness;
use crate::functions::Functions;
use crate::generate::{Generated, Input, Lending, Seen, Statics, Variable, Version};
use crate::imports::Import;
use crate::items::Items;
use crate::parse::Cell;
use crate::reach::{self, Basis};
use crate::statics::Homes;

/// Cells that are good as they are.
const CELLS: &[&str] = &[
    "let x = 1;\nlet mut größe = vec![\"ä\", \"日本\"];\ngröße.len() + x",
    "fn f(n: u64) -> u64 { if n < 2 { n } else { f(n - 1) + f(n - 2) } }\nf(10)",
    "#[derive(Debug, Clone)]\nstruct P { x: i32, pub y: f64 }\nimpl P { fn norm(&self) -> f64 { self.y } fn b() {} }",
    "impl P { fn norm(&self) -> f64 { for _ in 0..3 {} 1.0 } }",
    "use std::collections::{self, BTreeMap as Map, hash_map::*};\nuse crate::shapes::Round;\nlet m: Map<_, _> = Map::from([(1, 2)]);\nm",
    "extern crate serde as s;\nlet P { x, .. } = p else { panic!(\"{x:?}\") };",
    "#![feature(never_type, r#try)]\n#![allow(unused)]\nlet f = |a: &str| -> usize { a.len() };\nf(\"r#\\\"\")",
    "macro_rules! make { ($n:ident) => { #[derive(Debug)] pub struct $n(f64); } }\nmake!(Made);\nMade(1.0)",
    "thread_local! { static N: std::cell::Cell<i32> = const { std::cell::Cell::new(0) }; }",
    "enum Shape { Round(f64), Square { side: f64 } }\ntrait Area { const N: usize; fn area(&self) -> f64 { 0.0 } }",
    "mod shapes { pub struct Round; pub(crate) fn f() { loop { break } } }\nstatic mut S: [u8; { 3 }] = [0; 3];",
    "let r = r##\"a \"# b\"##; let c = 'x'; let l: &'static str = b\"\\x00\".escape_ascii().to_string().leak();",
    "df = df.lazy().collect()?;\nn = n + 1;\nprintln!(\"{n:>width$} {{}} {0}\", df.await);",
    "async fn g() -> i32 { 5 }\nlet t = async { g().await };\nt.await",
    "/* a /* nested */ comment */ // and another\nwhile let Some(x) = stack.pop() { total += x; } // end",
    "unsafe extern \"C\" { safe fn abs(n: i32) -> i32; static environ: *const u8; }\nabs(-1)",
    "let (a, [b, .., c @ 1..=5]) = t;\nmatch a { Some(ref x) if *x > 1 => {} None | Some(_) => {} }",
    ":dep regex = \"1\"\n!ls -l\n:time let x = 1;\nx",
    "const fn k() -> usize { 3 }\nconst _: () = ();\ntype T<'a, const N: usize> = [&'a str; N];\nunion U { a: u8, b: i8 }",
    "x",
];

/// What texts break at.
const PIECES: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "\"",
    "'",
    "r#\"",
    "\"#",
    "r##\"",
    "b'",
    "c\"",
    "/*",
    "*/",
    "//",
    "///",
    "//!",
    "/**",
    "\\",
    "\\\"",
    "\0",
    "\r",
    "\r\n",
    "\n",
    "\t",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "é",
    "e\u{301}",
    "🦀",
    "日本",
    "#",
    "#!",
    "#![feature(x)]",
    "#[cfg(any())]",
    "!",
    "!ls",
    ":",
    ":vars",
    "::",
    ";",
    ",",
    "=",
    "=>",
    "->",
    "..",
    "..=",
    "@",
    "$",
    "$x:tt",
    "?",
    "&",
    "&&",
    "|",
    "||",
    "'a",
    "'a:",
    "_",
    "1",
    "1.",
    "0x",
    "1e",
    "1_u8",
    "0b2",
    "x",
    "P",
    "let",
    "let x = ",
    "mut",
    "fn ",
    "fn f() ",
    "struct S",
    "impl ",
    "use ",
    "use std::{",
    "extern crate ",
    "mod m ",
    "macro_rules! m ",
    "loop ",
    "for i in ",
    "async ",
    ".await",
    "move ",
    "return",
    "break",
    "unsafe ",
    "const ",
    "static ",
    "as ",
    "dyn ",
    "where ",
    "r#type",
    "__shown",
    "{x}",
    "\"{x}\"",
    "\"\\u{d800}\"",
    "vec!",
    "match x ",
    "if ",
    "else ",
    "self",
    "crate",
    "super",
];

fn at(text: &str, place: usize) -> usize {
    let wanted = place % (text.len() + 1);
    (0..=wanted)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// A cell to which something happened.
fn damaged() -> impl Strategy<Value = String> {
    let change = (0..5_u8, any::<usize>(), any::<usize>(), 0..PIECES.len());
    let cell = (0..CELLS.len()).prop_map(|index| CELLS[index].to_owned());
    (cell, prop::collection::vec(change, 0..4)).prop_map(|(mut text, changes)| {
        for (kind, from, to, piece) in changes {
            let (from, to) = (at(&text, from), at(&text, to));
            let range = from.min(to)..from.max(to);
            match kind {
                0 => text.truncate(from),
                1 => text.replace_range(range, ""),
                2 => text.insert_str(from, PIECES[piece]),
                3 => {
                    let again = text[range.clone()].to_owned();
                    text.insert_str(range.end, &again);
                }
                _ => {
                    let brackets = |c: char| "()[]{}<>\"".contains(c);
                    if let Some(found) = text[from..].find(brackets) {
                        text.remove(from + found);
                    }
                }
            }
        }
        text
    })
}

fn soup() -> impl Strategy<Value = String> {
    let piece = (0..PIECES.len(), any::<bool>());
    prop::collection::vec(piece, 0..25).prop_map(|pieces| {
        let with_space = |(index, space): (usize, bool)| {
            format!("{}{}", PIECES[index], if space { " " } else { "" })
        };
        pieces.into_iter().map(with_space).collect()
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => damaged(),
        2 => soup(),
        1 => any::<String>(),
        1 => "\\PC{0,40}",
    ]
}

/// The same texts every time, or others: with `FERRITE_FUZZ=50:17` before
/// `cargo test --release --lib any_text`, 50 times as many, from seed 17.
fn check<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let asked = std::env::var("FERRITE_FUZZ").ok();
    let (times, seed) = asked.as_deref().map_or((1, None), |asked| {
        let (times, seed) = asked.split_once(':').unwrap_or((asked, "0"));
        let number = |text: &str| text.parse::<u32>().expect("a number");
        (number(times), Some(number(seed)))
    });
    let config = Config {
        cases: cases * times,
        failure_persistence: None,
        ..Config::default()
    };
    let random = match seed {
        None => TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        Some(seed) => {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&seed.to_le_bytes());
            TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
        }
    };
    let mut runner = TestRunner::new_with_rng(config, random);
    let result = runner.run(strategy, |value| {
        test(value);
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// Every segment of a generated file holds the bytes that it says it does.
fn segments_are_true(generated: &Generated) {
    for origin in &generated.origins.files {
        let file = generated
            .files
            .iter()
            .find(|(name, _)| *name == origin.file);
        let mut end = 0;
        for segment in &origin.segments {
            let theirs = &origin.text[segment.from..segment.from + segment.len];
            assert!(segment.at >= end, "segments overlap in {origin:?}");
            end = segment.at + segment.len;
            if let Some((_, text)) = file {
                assert_eq!(&text[segment.at..end], theirs, "in {}", origin.file);
            }
        }
    }
}

/// A notebook without a compiler: each variable is an `i32`.
#[derive(Default)]
struct Notebook {
    items: Items,
    imports: Vec<Import>,
    variables: BTreeMap<String, Variable>,
}

impl Notebook {
    fn cell(&mut self, number: u32, text: &str) -> bool {
        let lines = Lines::of(text, |name| self.variables.contains_key(name));
        let Ok(cell) = Cell::parse_among(&lines.code, self.items.item_macros()) else {
            return false;
        };
        let items = if cell.items.is_empty() {
            self.items.clone()
        } else {
            self.items.with(number, &cell)
        };
        for (version, prelude) in [
            (Version::Run, false),
            (Version::Run, true),
            (Version::Read, true),
        ] {
            let generated = self.generate(number, &cell, &items, prelude, version);
            segments_are_true(&generated);
            if version == Version::Run {
                lines_are_true(&generated, &cell, prelude);
            }
        }
        for import in &cell.imports {
            self.imports.retain(|old| !import.replaces(old));
        }
        self.imports.extend(cell.imports.iter().cloned());
        for binding in &cell.bindings {
            let variable = Variable {
                type_text: "std::vec::Vec<P>".to_owned(),
                mutable: binding.mutable,
                cell: number,
                borrows: BTreeSet::new(),
            };
            self.variables.insert(binding.name.clone(), variable);
        }
        self.items = items;
        true
    }

    fn generate(
        &self,
        number: u32,
        cell: &Cell,
        items: &Items,
        prelude: bool,
        version: Version,
    ) -> Generated {
        let moves: Vec<_> = cell.borrowing.iter().map(|b| b.own.clone()).collect();
        let basis = Basis::new(self.imports.clone(), (0, prelude), "", &[]);
        let functions = reach::functions(items, &basis, 0);
        let (statics, none) = (Statics::default(), Functions::new());
        let seen = Seen {
            statics: &statics,
            functions: &none,
        };
        let crates = vec![seen; items.segment()];
        let mut input = Input {
            cell,
            number,
            variables: &self.variables,
            imports: &self.imports,
            items,
            homes: &Homes::new(),
            functions: &functions,
            crates: &crates,
            prelude,
            glue: !prelude,
            declared: &[],
            debug: false,
            tie: None,
            format: prelude.then_some("{:#?}"),
            unkept: &BTreeSet::new(),
            reassigned: &BTreeSet::from(["x".to_owned()]),
            forms: &BTreeMap::new(),
            borrowing: &BTreeMap::new(),
            lending: Lending::default(),
            moves: if prelude { &moves } else { &[] },
        };
        // As if all statics were there already.
        let statics = input.generate(version).statics.here.into_iter();
        let elsewhere: Homes = statics.map(|symbol| (symbol, PathBuf::new())).collect();
        if prelude {
            input.homes = &elsewhere;
        }
        input.generate(version)
    }
}

/// Generated lines are where they are said to be, and the cell's own lines
/// have the numbers that a person sees.
fn lines_are_true(generated: &Generated, cell: &Cell, prelude: bool) {
    let main = generated.files.iter().find(|(name, _)| name == "cell.rs");
    let Some((_, text)) = main else {
        panic!("no file of the cell's own");
    };
    let lines: Vec<&str> = text.split('\n').collect();
    for (number, name) in &generated.store_lines {
        let start = format!("::ferrite_runtime::store(\"{name}\"");
        assert!(lines[number - 1].starts_with(&start), "{text}");
    }
    for (number, name) in &generated.take_lines {
        assert!(
            lines[number - 1].contains(&format!("take(\"{name}\")")),
            "{text}"
        );
    }
    let body = cell.has_statements || cell.items.is_empty();
    // `match &(…)` and what shows it stand in the tail's own lines.
    if body && !prelude {
        let own = cell.text.matches('\n').count();
        let end = lines.get(generated.offset + own + 1);
        assert!(end.is_some_and(|line| line.starts_with(';')), "{text}");
    }
}

#[test]
fn any_text_is_parsed_and_generated() {
    let notebook = prop::collection::vec(text(), 1..5);
    check(1_500, &notebook, |cells| {
        let mut notebook = Notebook::default();
        for (number, cell) in (1..).zip(&cells) {
            notebook.cell(number, cell);
        }
    });
}

/// Cells that are whole get far: the test above would pass if none did.
#[test]
fn whole_cells_are_generated_in_any_order() {
    let order = prop::collection::vec(0..CELLS.len(), 1..8);
    check(300, &order, |cells| {
        let mut notebook = Notebook::default();
        for (number, index) in (1..).zip(cells) {
            assert!(notebook.cell(number, CELLS[index]), "{}", CELLS[index]);
        }
    });
}

#[test]
fn any_text_is_taken_apart_into_lines() {
    check(3_000, &text(), |text| {
        let lines = Lines::of(&text, |name| name == "x");
        let text = crate::source::unmarked(&text);
        // What is code stands where it stood.
        let code = lines.code.as_bytes();
        for (at, (left, right)) in code.iter().zip(text.as_bytes()).enumerate() {
            assert!(left == right || *left == b' ' && *right != b'\n', "at {at}");
        }
        assert!(lines.code.is_empty() || lines.code.len() == text.len());
    });
}

#[test]
fn any_text_is_complete_or_not() {
    check(3_000, &text(), |text| {
        completeness(&text);
    });
}
