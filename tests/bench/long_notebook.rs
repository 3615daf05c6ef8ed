//! `cargo bench --bench long_notebook`: whether a cell of a long notebook takes
//! longer to compile than one at its beginning, and what a cell leaves behind
//! in memory. The bar: cell 500 takes at most 1.3 times as long as cell 5.
//!
//! The notebook grows by functions, types, variables, loops and prints, in turn.
//! Of each kind the median of some neighbouring cells is compared. An argument
//! after `--` says how many cells there are (510).

#[path = "notebook.rs"]
mod notebook;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use notebook::Notebook;

/// Most that a late cell may take of the time of an early one.
const BAR: f64 = 1.3;
/// Cells of a kind of which the median is taken.
const NEIGHBOURS: usize = 9;

/// Kinds of cells; `@` becomes the number of the round.
const KINDS: &[(&str, &str)] = &[
    (
        "function",
        "fn step_@(n: i64) -> Result<i64, String> { if n < 0 { Err(format!(\"{n}\")) } else { Ok(n + @) } }",
    ),
    ("variable", "let mut value_@ = step_@(@)?;"),
    ("text", "let name_@ = format!(\"name {}\", value_@);"),
    ("print", "println!(\"{name_@} {value_@}\");"),
    ("expression", "value_@ * 2 + @"),
    ("change", "value_@ += @;"),
    ("loop", "for i in 0..10 { value_@ += i * @; }"),
    (
        "type",
        "#[derive(Debug, Clone)]\nstruct Point@ { x: i64, y: i64 }\nimpl Point@ { fn sum(&self) -> i64 { self.x + self.y } }",
    ),
    (
        "method",
        "let point_@ = Point@ { x: value_@, y: @ };\npoint_@.sum()",
    ),
    (
        "vector",
        "let list_@: Vec<i64> = (0..@).collect();\nlist_@.len()",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let count = notebook::arguments()
        .first()
        .map_or(Ok(510), |n| n.parse())?;
    let mut notebook = Notebook::start()?;
    notebook.run("1 + 1")?;
    let before = memory()?;
    let mut costs: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let mut half = BTreeMap::new();
    for number in 0..count {
        if number == count / 2 {
            half = memory()?;
        }
        let kind = number % KINDS.len();
        let round = (number / KINDS.len() + 1).to_string();
        let ran = notebook.run(&KINDS[kind].1.replace('@', &round))?;
        costs.entry(kind).or_default().push(ran.compile);
    }
    println!(
        "{:12} {:>10} {:>10} {:>6}",
        "cell", "first", "last", "ratio"
    );
    let mut ratios = Vec::new();
    for (kind, costs) in &costs {
        // A short notebook has fewer that can be told apart.
        let neighbours = (costs.len() / 3).clamp(1, NEIGHBOURS);
        let first = median(&costs[..neighbours]);
        let last = median(&costs[costs.len() - neighbours..]);
        ratios.push(last / first);
        println!(
            "{:12} {:>7.0} ms {:>7.0} ms {:>6.2} {}",
            KINDS[*kind].0,
            first * 1e3,
            last * 1e3,
            last / first,
            notebook::verdict(last / first, BAR)
        );
    }
    let all = median(&ratios);
    println!(
        "cell {count} beside the first of its kind: {all:.2} times as long, bar {BAR}: {}",
        notebook::verdict(all, BAR)
    );
    // The second half alone tells what a cell costs: by then every compiler
    // that waits is there.
    let later = count - count / 2;
    println!(
        "\n{:24} {:>10} {:>10} {:>10} {:>16}",
        "process", "before", "half", "after", "each later cell"
    );
    let mut sums = [0; 2];
    for (name, after) in memory()? {
        let at = |memory: &BTreeMap<String, usize>| memory.get(&name).copied().unwrap_or(0);
        let (before, half) = (at(&before), at(&half));
        let each = after.saturating_sub(half) / later.max(1);
        println!("{name:24} {before:>7} kB {half:>7} kB {after:>7} kB {each:>13} kB");
        sums = [sums[0] + half, sums[1] + after];
    }
    println!(
        "memory after {count} cells: {} MB, {} kB more for each later cell",
        sums[1] / 1024,
        sums[1].saturating_sub(sums[0]) / later.max(1)
    );
    Ok(())
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Kilobytes of each process, what several share in equal parts, summed by name: this
/// process holds the engine.
fn memory() -> Result<BTreeMap<String, usize>, Box<dyn Error>> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.split_whitespace().nth(1));
        parents.insert(id, parent.and_then(|id| id.parse().ok()).unwrap_or(0));
    }
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    for id in parents.keys().copied() {
        let mut ancestors = std::iter::successors(Some(id), |id| parents.get(id).copied());
        if !ancestors.any(|id| id == std::process::id()) {
            continue;
        }
        let of = |file: &str| fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default();
        let shares = of("smaps_rollup");
        let shares = shares.lines().filter(|line| line.starts_with("Pss:"));
        let shares =
            shares.filter_map(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
        *used.entry(of("comm").trim().to_owned()).or_default() += shares.sum::<usize>();
    }
    Ok(used)
}
