//! Where in the person's code a panic happened, and how it got there.
//!
//! The worker says which compiled cell an address lies in; the cell's file has
//! the names of its functions, and the notebook's items say where they are
//! defined. Cells are compiled without debug information, which would cost a
//! quarter of their time, so a frame names its function and not its line; the
//! line of the panic itself is known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ferrite_wire::{Location, ThreadPanic};

use crate::generate::{ITEMS_CRATE, MAIN_FILE};
use crate::items::Items;
use crate::render::{label, short_path};
use crate::segments;
use crate::symbols::{self, Symbol};

/// Most frames that are shown.
const MOST: usize = 16;

/// What the compiled cells of a worker were compiled from.
#[derive(Debug, Default)]
pub struct Places {
    /// Libraries with the cell whose statements they hold, and the lines before
    /// its first one.
    libraries: BTreeMap<PathBuf, (u32, usize)>,
    /// Files of items with the cells that they were copied from.
    files: BTreeMap<String, u32>,
}

impl Places {
    /// A cell is about to run.
    pub fn add(&mut self, library: &Path, cell: u32, offset: usize, items: &Items) {
        self.libraries.insert(library.to_owned(), (cell, offset));
        let files = items.files.iter();
        self.files
            .extend(files.map(|file| (file.file_name(), file.cell)));
    }

    /// A place as the person knows it.
    pub fn place(&self, location: &Location) -> String {
        let Location {
            file, line, column, ..
        } = location;
        let library = location.library.as_ref();
        if file == MAIN_FILE
            && let Some((cell, offset)) = library.and_then(|library| self.libraries.get(library))
        {
            let line = (*line as usize).saturating_sub(*offset);
            return format!("{}:{line}:{column}", label(*cell));
        }
        match self.files.get(file) {
            Some(cell) => format!("{}:{line}", label(*cell)),
            None => format!("{}:{line}:{column}", short_path(file)),
        }
    }

    /// A panic of a thread, as text for stderr.
    pub fn thread_panic(&self, panic: &ThreadPanic) -> String {
        let thread = match &panic.thread {
            Some(name) => format!("thread `{name}`"),
            None => "a thread".to_owned(),
        };
        let mut text = format!("{thread} panicked: {}\n", panic.message);
        if let Some(location) = &panic.location {
            text.push_str(&format!("  --> {}\n", self.place(location)));
        }
        text
    }

    /// The frames that are the person's own, innermost first, a line each.
    /// Nothing if there is only the cell itself.
    pub fn frames(&self, frames: &[(PathBuf, u64)], items: &Items) -> Vec<String> {
        let mut symbols: BTreeMap<&Path, Vec<Symbol>> = BTreeMap::new();
        let mut told: Vec<(String, usize)> = Vec::new();
        let mut functions = false;
        for (library, address) in frames {
            let known = symbols.entry(library).or_insert_with(|| {
                std::fs::read(library).map_or_else(|_| vec![], |f| symbols::functions(&f))
            });
            let Some(symbol) = known
                .iter()
                .find(|symbol| (symbol.start..symbol.end).contains(address))
            else {
                continue;
            };
            let demangled = format!("{:#}", rustc_demangle::demangle(&symbol.name));
            let Some(frame) = Frame::of(&demangled) else {
                continue;
            };
            functions |= frame.function.is_some();
            let line = match (&frame.function, self.libraries.get(library)) {
                (Some(function), _) => match defined(function, items) {
                    Some((cell, line)) => format!("{frame}, {}:{line}", label(cell)),
                    None => frame.to_string(),
                },
                (None, Some((cell, _))) => format!("{frame}, {}", label(*cell)),
                (None, None) => frame.to_string(),
            };
            match told.last_mut() {
                Some((last, times)) if *last == line => *times += 1,
                _ => told.push((line, 1)),
            }
        }
        if !functions {
            return Vec::new();
        }
        let left_out = told.len().saturating_sub(MOST);
        let mut lines: Vec<String> = told
            .into_iter()
            .take(MOST)
            .map(|(line, times)| match times {
                1 => format!("  in {line}"),
                _ => format!("  in {line} ({times} times)"),
            })
            .collect();
        if left_out > 0 {
            lines.push(format!("  and {left_out} more"));
        }
        lines
    }
}

/// A frame of the person's code in words, by the demangled name of its function;
/// nothing for what the person has not written.
///
/// ```
/// use ferrite_engine::frame_name;
///
/// assert_eq!(frame_name("cell_items::area").as_deref(), Some("`area`"));
/// assert_eq!(frame_name("core::ops::function::FnOnce::call_once"), None);
/// ```
pub fn frame_name(demangled: &str) -> Option<String> {
    Frame::of(demangled).map(|frame| frame.to_string())
}

/// A frame of the person's code.
#[derive(Debug, PartialEq, Eq)]
struct Frame {
    /// The function with its type, as the person would write it; none for the
    /// statements of a cell.
    function: Option<String>,
    /// Whether it is a closure in there.
    closure: bool,
}

impl std::fmt::Display for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.function, self.closure) {
            (Some(name), false) => write!(f, "`{name}`"),
            (Some(name), true) => write!(f, "a closure in `{name}`"),
            (None, false) => write!(f, "the cell"),
            (None, true) => write!(f, "a closure in the cell"),
        }
    }
}

impl Frame {
    /// None for what the person has not written: generated code, and functions
    /// of the standard library and other crates that were compiled for a cell.
    fn of(demangled: &str) -> Option<Self> {
        const CRATES: [&str; 2] = ["cell::", "cell_items::"];
        debug_assert!(CRATES[1].starts_with(ITEMS_CRATE));
        let demangled = &*segments::plain(demangled);
        let own = |path: &str| CRATES.iter().any(|name| path.starts_with(name));
        // `<Type>::method`, `<Type as Trait>::method`.
        let mine = match demangled.strip_prefix('<') {
            Some(rest) => own(rest.trim_start_matches(['&', '<'])) || own(behind_as(rest)?),
            None => own(demangled),
        };
        if !mine || demangled.contains("{shim") || demangled.contains("{vtable") {
            return None;
        }
        let name = CRATES
            .iter()
            .fold(demangled.to_owned(), |name, own| without(&name, own));
        // The statements are a closure in an async block in this function.
        const STATEMENTS: &str = "ferrite_cell::{closure#0}::{closure#0}";
        if let Some(rest) = name.strip_prefix(STATEMENTS) {
            return Some(Self {
                function: None,
                closure: !rest.is_empty(),
            });
        }
        if name.starts_with("ferrite_cell") {
            return None;
        }
        let function = match name.find("::{closure") {
            Some(at) => &name[..at],
            None => &name,
        };
        let closure = function.len() < name.len();
        // `f::<i32>` → `f`, `<P>::f` → `P::f`.
        let mut function = function.to_owned();
        if function.ends_with('>')
            && let Some(at) = function.rfind("::<")
        {
            function.truncate(at);
        }
        if let Some(inherent) = function.strip_prefix('<')
            && !function.contains(" as ")
            && let Some(at) = inherent.rfind(">::")
        {
            function = format!("{}{}", &inherent[..at], &inherent[at + 1..]);
        }
        Some(Self {
            function: Some(function),
            closure,
        })
    }
}

/// Takes the name of a crate away wherever a path begins with it.
fn without(text: &str, own: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(own) {
        let inside = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        left.push_str(&rest[..at]);
        if left.ends_with(inside) {
            left.push_str(own);
        }
        rest = &rest[at + own.len()..];
    }
    left + rest
}

/// `Type as Trait>::method` → `Trait>::method`; an empty text without a trait.
fn behind_as(rest: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if depth == 0 => return Some(""),
            '>' if !rest[..at].ends_with('-') => depth -= 1,
            ' ' if depth == 0 && rest[at..].starts_with(" as ") => return Some(&rest[at + 4..]),
            _ => {}
        }
    }
    None
}

/// Cell and line where a function is defined.
fn defined(function: &str, items: &Items) -> Option<(u32, usize)> {
    let (owner, name) = match function.rsplit_once("::") {
        Some((owner, name)) => (Some(owner), name),
        None => (None, function),
    };
    // `<P as T>` and `P<i32>`: the first word is the type.
    let owner = owner.and_then(|owner| {
        let mut words = owner.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.find(|word| !word.is_empty())
    });
    let files = items.files.iter().rev();
    files
        .flat_map(|file| file.items.iter().map(move |item| (file, item)))
        .filter(|(_, item)| match owner {
            Some(owner) => item.key.contains(owner),
            None => item.key == format!("value {name}"),
        })
        .find_map(|(file, item)| {
            let at = function_at(file.text.get(item.range.clone())?, name)?;
            let before = &file.text[..item.range.start + at];
            Some((file.cell, before.matches('\n').count() + 1))
        })
}

/// Where `fn name` stands.
fn function_at(text: &str, name: &str) -> Option<usize> {
    let pattern = format!("fn {name}");
    text.match_indices(&pattern).map(|(at, _)| at).find(|at| {
        !text[at + pattern.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(demangled: &str) -> Option<String> {
        Frame::of(demangled).map(|frame| frame.to_string())
    }

    #[test]
    fn frames_are_named_as_the_person_names_them() {
        let told = |demangled| name(demangled).unwrap();
        assert_eq!(told("cell_items::inner"), "`inner`");
        assert_eq!(told("cell_items::inner::<i32>"), "`inner`");
        assert_eq!(told("<cell_items::P>::len"), "`P::len`");
        assert_eq!(
            told("<cell_items::G<i32>>::go::{closure#0}"),
            "a closure in `G<i32>::go`"
        );
        assert_eq!(
            told("<cell_items::P as core::ops::drop::Drop>::drop"),
            "`<P as core::ops::drop::Drop>::drop`"
        );
        assert_eq!(told("<i32 as cell_items::T>::t"), "`<i32 as T>::t`");
        assert_eq!(
            told("cell::ferrite_cell::{closure#0}::{closure#0}"),
            "the cell"
        );
        assert_eq!(
            told("cell_items::ferrite_cell::{closure#0}::{closure#0}::{closure#1}"),
            "a closure in the cell"
        );
    }

    #[test]
    fn what_the_person_has_not_written_is_left_out() {
        for other in [
            "ferrite_cell",
            "cell::ferrite_cell::{closure#0}",
            "core::ptr::drop_in_place::<cell_items::P>",
            "<alloc::vec::Vec<cell_items::P>>::push",
            "<alloc::vec::Vec<cell_items::P> as core::clone::Clone>::clone",
            "<core::slice::iter::Iter<cell_items::P> as core::iter::Iterator>::next",
            "<cell::ferrite_cell::{closure#0}::{closure#0} as core::ops::FnOnce<()>>::call_once::{shim:vtable#0}",
            "ferrite_runtime::cell::run::<cell::ferrite_cell::{closure#0}::{closure#0}>",
            "_start",
        ] {
            assert_eq!(name(other), None, "{other}");
        }
    }
}
