//! Compiles the cells that wait while one runs.
//!
//! What a cell leaves behind is known as soon as it is compiled, if it ends well
//! (`notebook`). So the cell behind it can be compiled meanwhile, and the one
//! behind that. The results go into the compile cache, where the cells find them
//! when their turn comes. If a cell fails, nothing was lost but time that nobody
//! was waiting for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::commands::Lines;
use crate::compile::Running;
use crate::notebook::{Compilers, Notebook};
use crate::parts;

/// Gives the cells that wait to be run, in order, each with a number by which
/// it is known.
pub type Waiting = Arc<dyn Fn() -> Vec<(u64, String)> + Send + Sync>;

/// How often to look for new ones while a cell runs.
const PAUSE: Duration = Duration::from_millis(10);

/// A thread that compiles ahead of the cell that runs.
#[derive(Debug)]
pub struct Ahead(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    running: Running,
    /// Whether a cell runs behind which others may come to wait.
    active: AtomicBool,
    progress: Mutex<Progress>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Progress {
    /// What is compiled and has not been run yet.
    ready: VecDeque<String>,
    /// What is being compiled.
    current: Option<String>,
    /// Whether nothing more will come.
    over: bool,
}

impl Ahead {
    /// Starts behind a cell that is about to run, with the notebook as it will
    /// be after that cell.
    pub fn start(
        compilers: Compilers,
        mut notebook: Notebook,
        mut number: u32,
        waiting: Waiting,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        shared.active.store(true, Ordering::SeqCst);
        let ahead = Self(shared.clone());
        std::thread::spawn(move || {
            let mut last = None;
            loop {
                let next = waiting().into_iter().find(|(id, _)| Some(*id) > last);
                let Some((id, code)) = next else {
                    if !shared.active.load(Ordering::SeqCst) || shared.progress().over {
                        break;
                    }
                    std::thread::sleep(PAUSE);
                    continue;
                };
                last = Some(id);
                number += 1;
                if !shared.begin(&code) {
                    break;
                }
                let done = compile(&compilers, &mut notebook, &shared.running, number, &code);
                shared.end(code, done);
                if !done {
                    break;
                }
            }
            shared.progress().over = true;
            shared.changed.notify_all();
        });
        ahead
    }

    /// What ends the compiler that runs.
    pub fn running(&self) -> Running {
        self.0.running.clone()
    }

    /// A cell's turn has come. Whether it is as expected; if it is just being
    /// compiled, that is waited for.
    pub fn reaches(&self, code: &str) -> bool {
        let mut progress = self.0.progress();
        loop {
            if let Some(first) = progress.ready.pop_front() {
                return first == code;
            }
            if progress.current.as_deref() != Some(code) {
                return false;
            }
            let changed = self.0.changed.wait(progress);
            progress = changed.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A cell runs, or has run to its end.
    pub fn set_active(&self, active: bool) {
        self.0.active.store(active, Ordering::SeqCst);
    }

    /// Whether it can still be of use.
    pub fn goes_on(&self) -> bool {
        let progress = self.0.progress();
        !progress.over || !progress.ready.is_empty()
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.0.progress().over = true;
        self.0.running.stop();
    }
}

impl Shared {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, code: &str) -> bool {
        let mut progress = self.progress();
        if !progress.over {
            progress.current = Some(code.to_owned());
        }
        !progress.over
    }

    fn end(&self, code: String, done: bool) {
        let mut progress = self.progress();
        progress.current = None;
        if done {
            progress.ready.push_back(code);
        }
        self.changed.notify_all();
    }
}

/// Compiles a cell and takes note of what it will leave behind. False if that
/// cannot be known.
fn compile(
    compilers: &Compilers,
    notebook: &mut Notebook,
    running: &Running,
    number: u32,
    code: &str,
) -> bool {
    let lines = Lines::of(code, |name| notebook.variables.contains_key(name));
    if !lines.commands.is_empty() {
        return false;
    }
    let Ok(cell) = notebook.parse(&lines.code) else {
        return false;
    };
    if cell.is_empty() || notebook.only_shows(&cell).is_some() {
        return true;
    }
    let Ok(steps) = parts::build(notebook, compilers, running, number, cell) else {
        return false;
    };
    for step in steps {
        step.foresee(notebook);
    }
    true
}
