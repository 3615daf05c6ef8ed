//! `cargo bench --bench cell_speed`: how fast loops and numeric code run in
//! cells, beside the same code in a release build by cargo, and what the
//! optimisation costs in compile time.
//!
//! Every program is timed from within, a few times in turn with the other side;
//! the best counts, so that other work on the machine does not. Both sides are several
//! processes, since where a vector lies in memory may be worth a third. An argument
//! after `--` chooses programs by a part of their name.

#[path = "notebook.rs"]
mod notebook;
mod programs;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use notebook::Notebook;
use programs::{PROGRAMS, Program};

const ROUNDS: usize = 9;
/// Most that a cell may take of the time of the release build.
const BAR: f64 = 1.2;

fn main() -> Result<(), Box<dyn Error>> {
    let chosen: Vec<String> = notebook::arguments();
    let chosen = |program: &&Program| {
        chosen.is_empty()
            || chosen
                .iter()
                .any(|part| program.name.contains(part.as_str()))
    };
    let programs: Vec<&Program> = PROGRAMS.iter().filter(chosen).collect();
    let release = release_build(&programs)?;
    println!(
        "{:36} {:>9} {:>9} {:>6} {:>12} {:>12}",
        "program", "cell", "release", "ratio", "compile", "unoptimised"
    );
    let mut ratios = Vec::new();
    for program in &programs {
        let mut cells = InCells::prepare(program)?;
        let (mut ours, mut theirs) = (f64::MAX, f64::MAX);
        for round in 0..ROUNDS {
            let (seconds, value) = cells.time(round)?;
            let (other, same) = timed(&run(Command::new(&release).arg(program.name))?)?;
            if value != same {
                return Err(format!("{}: {value} and {same}", program.name).into());
            }
            (ours, theirs) = (ours.min(seconds), theirs.min(other));
        }
        println!(
            "{:36} {:>6.1} ms {:>6.1} ms {:>6.2} {:>9.0} ms {:>9.0} ms  {}",
            program.name,
            ours * 1e3,
            theirs * 1e3,
            ours / theirs,
            cells.compile * 1e3,
            cells.unoptimised * 1e3,
            notebook::verdict(ours / theirs, BAR)
        );
        ratios.push(ours / theirs);
    }
    let missed = ratios.iter().filter(|ratio| **ratio > BAR).count();
    let worst = ratios.iter().copied().fold(0.0, f64::max);
    println!(
        "bar {BAR}: {} of {} programs met it, {missed} missed it; the worst ratio is {worst:.2}",
        ratios.len() - missed,
        ratios.len()
    );
    Ok(())
}

/// A program in notebooks.
struct InCells {
    notebooks: Vec<Notebook>,
    cell: String,
    /// Seconds that all its cells took to compile as they are.
    compile: f64,
    /// The same with `:opt 0`.
    unoptimised: f64,
}

impl InCells {
    fn prepare(program: &Program) -> Result<Self, Box<dyn Error>> {
        let cell = timing(program, program.timed);
        let cells = program.items.iter().chain(program.variables);
        let cells: Vec<&str> = cells.copied().chain([cell.as_str()]).collect();
        let mut costs = [f64::MAX; 2];
        let mut notebooks = Vec::new();
        // Once more than needed: the first has cold compilers.
        for level in ["auto", "0", "auto", "0", "auto"] {
            let mut fresh = Notebook::start()?;
            fresh.run(&format!(":opt {level}"))?;
            let mut sum = 0.0;
            for cell in &cells {
                sum += fresh.run(cell)?.compile;
            }
            let cost = &mut costs[usize::from(level == "0")];
            *cost = cost.min(sum);
            if level == "auto" {
                notebooks.push(fresh);
            }
        }
        Ok(Self {
            notebooks,
            cell,
            compile: costs[0],
            unoptimised: costs[1],
        })
    }

    fn time(&mut self, round: usize) -> Result<(f64, String), Box<dyn Error>> {
        let at = round % self.notebooks.len();
        timed(&self.notebooks[at].run(&self.cell)?.text)
    }
}

/// Code that says how long it took, and what came of it.
fn timing(program: &Program, code: &str) -> String {
    format!(
        "let begin = std::time::Instant::now();\nlet value = {{\n{code}\n}};\n\
         println!(\"{}|{{}}|{{value:?}}\", begin.elapsed().as_secs_f64());",
        program.name
    )
}

fn timed(text: &str) -> Result<(f64, String), Box<dyn Error>> {
    let mut parts = text.trim().splitn(3, '|').skip(1);
    let seconds = parts.next().ok_or("no time")?.parse()?;
    Ok((seconds, parts.next().ok_or("no value")?.to_owned()))
}

/// A package of all programs, built as cargo builds a release.
fn release_build(programs: &[&Program]) -> Result<PathBuf, Box<dyn Error>> {
    let dir = tempfile::tempdir()?.keep();
    fs::create_dir(dir.join("src"))?;
    let manifest = "[package]\nname = \"programs\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(dir.join("Cargo.toml"), manifest)?;
    let mut main = String::from("fn main() { match std::env::args().nth(1).as_deref() {\n");
    let mut modules = String::new();
    for (index, program) in programs.iter().enumerate() {
        writeln!(main, "Some({:?}) => p{index}::run(),", program.name)?;
        writeln!(
            modules,
            "mod p{index} {{\n#![allow(unused)]\n{}\npub fn run() {{\n{}\n{}\n}}\n}}",
            program.items.join("\n"),
            program.variables.join("\n"),
            timing(program, program.timed)
        )?;
    }
    fs::write(
        dir.join("src/main.rs"),
        format!("{modules}{main}_ => {{}} }} }}"),
    )?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--offline", "--quiet"]);
    cargo
        .current_dir(&dir)
        .env("CARGO_TARGET_DIR", dir.join("target"));
    run(&mut cargo)?;
    Ok(dir.join(Path::new("target/release/programs")))
}

fn run(command: &mut Command) -> Result<String, Box<dyn Error>> {
    let output = command.output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?} failed: {why}").into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
