//! Cells that run in parts.
//!
//! A variable can only borrow from one that a later cell finds in its place: from
//! a variable of the notebook. If a cell makes both (`let df = …; let mass =
//! df.column("mass")?;`), it is cut before the borrower, and its parts are built
//! and run like cells: the owner is a variable of the notebook when its turn to
//! be borrowed from comes. All parts are built before the first one runs. If one
//! cannot be, or loses a variable that the cell has to its end, the cell is run
//! as a whole, and the borrower is not kept.

use crate::build::{BuildError, Built};
use crate::compile::Running;
use crate::notebook::{Compilers, Notebook, Prepared};
use crate::parse::Cell;

/// A cell, or a part of one, that can be run.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it finds.
    pub prepared: Prepared,
    /// What it was compiled to.
    pub built: Built,
}

impl Step {
    /// Leaves in a notebook what it will leave if it ends well.
    pub fn foresee(mut self, notebook: &mut Notebook) {
        // What is to be told is told when it happens.
        let _ = notebook.before(&mut self.prepared, &self.built);
        notebook.ran(&self.prepared, &self.built);
        let _ = notebook.keep(&self.prepared, &self.built);
    }
}

/// Builds a cell: one step, or more if it has to run in parts.
///
/// # Errors
/// When it does not compile, or the compiler cannot run.
pub fn build(
    notebook: &Notebook,
    compilers: &Compilers,
    running: &Running,
    number: u32,
    cell: Cell,
) -> Result<Vec<Step>, BuildError> {
    let whole = 0..cell.text.len();
    build_part(notebook, compilers, running, number, cell, whole)
}

fn build_part(
    notebook: &Notebook,
    compilers: &Compilers,
    running: &Running,
    number: u32,
    cell: Cell,
    range: std::ops::Range<usize>,
) -> Result<Vec<Step>, BuildError> {
    let prepared = notebook.prepare(number, cell);
    let context = notebook.context(compilers, running, &prepared, true);
    let mut built = context.build()?;
    let cuts = built.entry.cut.filter(|cut| range.contains(cut));
    if let Some(cut) = cuts {
        let parts = [range.start..cut, cut..range.end];
        match in_parts(notebook, compilers, running, number, &prepared.cell, parts) {
            Ok(Some(steps)) => return Ok(steps),
            Ok(None) | Err(BuildError::Rejected(_)) => {}
            Err(error) => return Err(error),
        }
    }
    if built.entry.cut.is_some() {
        let context = notebook.context(compilers, running, &prepared, false);
        built = context.build()?;
    }
    Ok(vec![Step { prepared, built }])
}

/// The steps of a cell that is cut in two; none if the first part would lose
/// something by it.
fn in_parts(
    notebook: &Notebook,
    compilers: &Compilers,
    running: &Running,
    number: u32,
    cell: &Cell,
    [first, rest]: [std::ops::Range<usize>; 2],
) -> Result<Option<Vec<Step>>, BuildError> {
    let (Ok(beginning), Ok(end)) = (cell.part(first), cell.part(rest.clone())) else {
        return Ok(None);
    };
    let prepared = notebook.prepare(number, beginning);
    let context = notebook.context(compilers, running, &prepared, false);
    let built = context.build()?;
    if !built.entry.unkept.is_empty() {
        return Ok(None);
    }
    let first = Step { prepared, built };
    let mut notebook = notebook.clone();
    first.clone().foresee(&mut notebook);
    let mut steps = vec![first];
    steps.extend(build_part(
        &notebook, compilers, running, number, end, rest,
    )?);
    Ok(Some(steps))
}
