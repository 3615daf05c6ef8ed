//! Ferrite as its users meet it: the real program, driven by real clients.
//!
//! - [`command_line`]: `ferrite run` and its siblings, without Python.
//! - [`browser`]: JupyterLab in Chromium, where both are there.
//! - [`differential`]: the engine, beside what evcxr made of the same cells.
//! - [`memcheck`]: variables that borrow, with the worker under valgrind.
//! - [`python`]: the kernel, through the clients that Jupyter itself uses. One
//!   test here is one file of `tests/python`, where each behaviour is a cell
//!   with what it shows.
//!
//! The whole: `cargo test --release --test clients`. One file:
//! `cargo test --release --test clients items`. What pytest said of a file that
//! passed: add `-- --nocapture`. One test of a file, with pytest's own options:
//! `FERRITE_PYTEST='-k shadowed -x' cargo test --release --test clients variables`.
//!
//! Nothing here asserts a time, and every test has a cell cache of its own that
//! is empty when it begins: what it runs was compiled for it.

mod browser;
mod command_line;
mod differential;
mod memcheck;
mod python;

/// Every test that Jupyter has for a kernel's messages.
#[test]
fn jupyter_kernel_test() {
    python::run("test_kernel_spec.py");
}

/// What a variable is and how long it lives.
#[test]
fn variables() {
    python::run("test_variables.py");
}

/// Functions, types and everything else that is defined.
#[test]
fn items() {
    python::run("test_items.py");
}

/// Items of long notebooks, which are in several crates.
#[test]
fn segments() {
    python::run("test_segments.py");
}

/// Statics that outlive the items around them.
#[test]
fn statics() {
    python::run("test_statics.py");
}

/// Cells that are compiled while another one runs.
#[test]
fn ahead() {
    python::run("test_ahead.py");
}

/// Tasks and threads that go on between cells.
#[test]
fn tasks() {
    python::run("test_tasks.py");
}

/// What a cell prints and shows, in order.
#[test]
fn outputs() {
    python::run("test_outputs.py");
}

/// Much output, and output as it comes.
#[test]
fn long_output() {
    python::run("test_long_output.py");
}

/// Progress bars, and outputs that change.
#[test]
fn progress() {
    python::run("test_progress.py");
}

/// What a cell asks.
#[test]
fn stdin() {
    python::run("test_stdin.py");
}

/// What a person reads when the code is wrong.
#[test]
fn errors() {
    python::run("test_errors.py");
}

/// What could be written at the cursor.
#[test]
fn completion() {
    python::run_with_completion("test_completion.py");
}

/// Tooltips.
#[test]
fn inspection() {
    python::run_with_completion("test_inspection.py");
}

/// The panel of variables.
#[test]
fn debugger() {
    python::run("test_debugger.py");
}

/// Breakpoints and steps, where there is a debugger.
#[test]
fn stepping() {
    python::run("test_stepping.py");
}

/// Variables that borrow from others.
#[test]
fn references() {
    python::run("test_references.py");
}

/// Panics and crashes: what is said, where it was, what is lost.
#[test]
fn panics() {
    python::run("test_panics.py");
}

/// What an interrupt stops, and what it leaves.
#[test]
fn interrupts() {
    python::run("test_interrupts.py");
}

/// Interrupts, crashes, queues, and kernels that come and go.
#[test]
fn sessions() {
    python::run("test_sessions.py");
}

/// What Jupyter's own tests leave out: several clients, long queues, positions
/// in the code, messages that must not be let in.
#[test]
fn protocol() {
    python::run("test_protocol.py");
}

/// What was run before, also in other kernels.
#[test]
fn history() {
    python::run("test_history.py");
}

/// Lines between code of the notebook and a part of the frontend.
#[test]
fn comms() {
    python::run("test_comms.py");
}

/// Sliders, drop-downs and buttons.
#[test]
fn widgets() {
    python::run("test_widgets.py");
}

/// nbconvert, papermill and jupyter console.
#[test]
fn frontends() {
    python::run("test_frontends.py");
}

/// JupyterLab, as a person sees it.
#[test]
fn browser() {
    browser::run();
}

/// Frames, charts and models.
#[test]
fn data() {
    python::run("test_data.py");
}

/// Tables, profiles and queries in cells.
#[test]
fn frames() {
    python::run("test_frames.py");
}

/// Charts in cells: pictures, files, interactive ones.
#[test]
fn charts() {
    python::run("test_charts.py");
}

/// Pipelines that are compared, tuned, explained and saved.
#[test]
fn models() {
    python::run("test_models.py");
}

/// The tour and the other notebooks, executed as JupyterLab and nbconvert do.
#[test]
fn tour() {
    python::run("test_tour.py");
}

/// Lines that begin with `:` or `!`.
#[test]
fn commands() {
    python::run("test_commands.py");
}

/// Crates from the registry, from a folder, from git.
#[test]
fn deps() {
    python::run("test_deps.py");
}

/// What works in evcxr.
#[test]
fn evcxr_habits() {
    python::run("test_evcxr_habits.py");
}

/// Texts that nobody would type, and some that somebody does.
#[test]
fn any_text() {
    python::run("test_any_text.py");
}

/// A cache that is damaged, vanishes or fills up.
#[test]
fn cache() {
    python::run("test_cache.py");
}

/// What is compiled again when a cell was edited.
#[test]
fn recompiling() {
    python::run("test_recompiling.py");
}

/// A long random session beside a model of it. `FERRITE_SOAK=2000` makes it
/// longer than the 150 cells that it has otherwise.
#[test]
fn soak() {
    python::run("test_soak.py");
}
