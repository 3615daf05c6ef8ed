//! What a debugger has to know of the cells that run.
//!
//! While somebody watches, cells are compiled with debug information and without
//! optimisation, under keys of their own in the cache, by a rustc of their own.
//! The engine knows no debugger: it says which process is about to load which
//! files of which cell, and waits until whoever watches has set breakpoints
//! there.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::items::{ItemDef, Items};

/// A cell that is about to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loading {
    /// The process that runs it.
    pub process: u32,
    /// Its execution count.
    pub number: u32,
    /// The file of its statements, as its debug information has it.
    pub file: String,
    /// Lines of that file before the cell's first one.
    pub offset: usize,
    /// Which lines of the cell, counted from 1, hold items: breakpoints on
    /// those are meant for another file.
    pub item_lines: Vec<RangeInclusive<usize>>,
    /// The files of all live items, this cell's and those of earlier ones.
    pub items: Vec<ItemsFile>,
}

/// A file with the items of one cell, at their own lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsFile {
    /// The cell's execution count.
    pub number: u32,
    /// Its name, as debug information has it.
    pub file: String,
    /// The lines that hold items.
    pub lines: Vec<RangeInclusive<usize>>,
}

/// Whoever watches is told of a cell before it runs.
pub type Watcher = Arc<dyn Fn(&Loading) + Send + Sync>;

/// Says whether cells are watched; usable from another thread. A change counts
/// from the next cell on.
///
/// ```
/// use ferrite_engine::Debugging;
/// use std::sync::Arc;
///
/// let debugging = Debugging::default();
/// debugging.watch(Some(Arc::new(|cell| {
///     println!("process {} is about to run cell {}", cell.process, cell.number);
/// })));
/// debugging.watch(None);
/// ```
#[derive(Clone, Default)]
pub struct Debugging(Arc<Mutex<Option<Watcher>>>);

impl Debugging {
    /// Sets or removes the one who watches.
    pub fn watch(&self, watcher: Option<Watcher>) {
        *self.lock() = watcher;
    }

    /// The one who watches.
    pub(crate) fn watcher(&self) -> Option<Watcher> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Watcher>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines of a cell that hold items.
pub(crate) fn item_lines(text: &str, items: &[ItemDef]) -> Vec<RangeInclusive<usize>> {
    let line = |at: usize| {
        let before = text.as_bytes().iter().take(at);
        before.filter(|byte| **byte == b'\n').count() + 1
    };
    let lines = items.iter().map(|item| &item.range);
    lines
        .map(|range| line(range.start)..=line(range.end))
        .collect()
}

/// The files of all live items.
pub(crate) fn items_files(items: &Items) -> Vec<ItemsFile> {
    let files = items.files.iter();
    files
        .map(|file| ItemsFile {
            number: file.cell,
            file: file.file_name(),
            lines: item_lines(&file.text, &file.items),
        })
        .collect()
}

/// Code by which a process lets a debugger attach to it that is none of its
/// ancestors: Linux's Yama may allow those alone (`ptrace_scope` is 1).
pub(crate) const LETS_ATTACH: &str = "{ unsafe extern \"C\" { fn prctl(option: i32, who: usize, _: usize, _: usize, _: usize) -> i32; } \
     const PR_SET_PTRACER: i32 = 0x5961_6d61; unsafe { prctl(PR_SET_PTRACER, usize::MAX, 0, 0, 0) }; }";

/// Whether that code is needed.
pub(crate) fn only_ancestors_attach() -> bool {
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
    scope.is_ok_and(|scope| scope.trim() == "1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Cell;

    #[test]
    fn lines_of_items_are_known() {
        let text = "let a = 1;\nfn f() -> i32 {\n    2\n}\nlet é = 'é'; struct S;\n";
        let cell = Cell::parse(text).unwrap();
        assert_eq!(item_lines(text, &cell.items), [2..=4, 5..=5]);
    }
}
