"""A long notebook, whose items are in several crates: that it means the same as if
they were in one."""

import shutil

import pytest

from client import Notebook, result, stdout


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def long(cache, tmp_path):
    """A notebook with a finished crate of items, a second one, and a third begun."""
    notebook = Notebook(tmp_path)
    filler = [0]

    def finish_crate():
        filler[0] += 1
        notebook.run("\n".join(f"struct Filler{filler[0]}x{n}(u8);" for n in range(30)))

    notebook.finish_crate = finish_crate
    notebook.run("use std::fmt::Display;")
    notebook.run("#[derive(Debug, Clone, PartialEq)]\nstruct Point { x: i64, y: i64 }\n"
                 "impl Point { fn sum(&self) -> i64 { self.x + self.y } }")
    notebook.run("trait Area { fn area(&self) -> i64; fn twice(&self) -> i64 { 2 * self.area() } }")
    notebook.run('fn told(p: &Point) -> String { format!("{} and {}", p.x, p.y) }')
    notebook.run("macro_rules! point { ($x:expr) => { Point { x: $x, y: $x } } }")
    finish_crate()
    notebook.run("let first = point!(3);")
    notebook.run("#[derive(Debug, Clone)]\nstruct Line { from: Point, to: Point }\n"
                 "impl Area for Line { fn area(&self) -> i64 { self.from.sum() * self.to.sum() } }")
    notebook.run("fn line(to: i64) -> Line { println!(\"a line\"); Line { from: point!(1), to: point!(to) } }")
    finish_crate()
    notebook.run("#[derive(Debug, Clone)]\nstruct Path(Vec<Line>);\n"
                 "impl Path { fn lines(&self) -> usize { self.0.len() } }")
    notebook.run("let path = Path(vec![line(2), line(3)]);\n"
                 "let areas: Vec<Box<dyn Area>> = vec![Box::new(line(4))];")
    yield notebook
    notebook.close()


def crates(cache):
    """The crates of items that were compiled, by name."""
    return {path.name.split("-")[0] for path in cache.rglob("lib*_items-*.so")}


def value(notebook, code):
    *_, last = notebook.run(code)
    return last


def test_all_of_it_can_be_used(long, cache):
    assert crates(cache) == {"libcell_items", "libcell2_items", "libcell3_items"}
    assert long.run("(first.sum(), path.lines(), path.0[1].area(), told(&first))") == [
        result('(6, 2, 12, "3 and 3")')
    ]
    assert long.run("areas[0].twice()") == [result("32")]
    assert long.run("first == path.0[0].from") == [result("false")]
    assert value(long, "line(9).to") == result("Point { x: 9, y: 9 }")
    assert long.run(":type path") == [stdout("Path\n")]


def test_something_is_implemented_for_an_early_type(long, cache):
    long.run('impl Display for Point { fn fmt(&self, f: &mut std::fmt::Formatter<\'_>) -> std::fmt::Result {\n'
             '    write!(f, "<{}, {}>", self.x, self.y) } }')
    assert long.run("first.to_string()") == [result('"<3, 3>"')]
    # Values of types that had to move are still there.
    assert long.run("format!(\"{}\", path.0[1].to)") == [result('"<3, 3>"')]
    assert long.run("(areas[0].area(), path.lines())") == [result("(16, 2)")]
    long.run("impl Point { fn path(&self) -> Path { Path(vec![Line { from: self.clone(), to: self.clone() }]) } }")
    assert long.run("first.path().lines() + path.lines()") == [result("3")]
    long.run("impl Area for i64 { fn area(&self) -> i64 { *self } }")
    assert long.run("5_i64.twice()") == [result("10")]


def test_a_function_of_a_finished_crate_is_redefined(long):
    long.run("fn scale() -> i64 { 2 }")
    long.run("fn scaled(p: &Point) -> i64 { println!(\"scaling\"); p.sum() * scale() }")
    long.finish_crate()
    long.run("fn both(p: &Point) -> i64 { scaled(p) + scaled(p) }")
    assert value(long, "both(&first)") == result("24")
    long.run("fn scale() -> i64 { 10 }")
    assert value(long, "both(&first)") == result("120")
    long.run("fn told(p: &Point) -> String { format!(\"[{}]\", p.sum()) }")
    assert long.run("told(&path.0[0].from)") == [result('"[2]"')]


def test_an_early_type_is_changed(long):
    long.run("let count = path.lines();")
    outputs = long.run("#[derive(Debug, Clone, PartialEq)]\nstruct Point { x: i64, y: i64, z: i64 }\n"
                       "impl Point { fn depth(&self) -> i64 { self.z } }\n"
                       "macro_rules! point { ($x:expr) => { Point { x: $x, y: $x, z: 0 } } }\n"
                       "fn line(to: i64) -> Line { Line { from: point!(1), to: point!(to) } }")
    assert [text for _, text in outputs if "first" in text and "path" in text], outputs
    assert "was dropped because the type `Point` was changed" in long.fail("&first")
    assert "`path` was dropped because the type" in long.fail("path.lines()")
    assert long.run("count") == [result("2")]
    assert value(long, "(line(2).to.depth(), line(2).area())") == result("(0, 8)")


def test_a_cell_that_is_run_again_moves_nothing(long, cache):
    before = {path.name for path in cache.rglob("lib*_items-*.so")}
    long.run("trait Area { fn area(&self) -> i64; fn twice(&self) -> i64 { 2 * self.area() } }")
    assert long.run("areas[0].twice()") == [result("32")]
    cell = "static CALLS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);\n" \
           "CALLS.fetch_add(1, std::sync::atomic::Ordering::SeqCst)"
    assert long.run(cell) == [result("0")]
    assert long.run(cell) == [result("1")]
    long.run("let told = 4;")
    assert long.run("told") == [result("4")]
    # A function hides a variable of its name, also when it was there before.
    outputs = long.run('fn told(p: &Point) -> String { format!("{} and {}", p.x, p.y) }')
    assert [text for _, text in outputs if "`told`" in text], outputs
    assert long.run("told(&first)") == [result('"3 and 3"')]
    after = {path.name for path in cache.rglob("lib*_items-*.so")}
    assert len(after - before) == 1


def test_what_a_name_means_in_finished_crates(long):
    long.run("fn largest(a: i64, b: i64) -> i64 { println!(\"of two\"); max(a, b) }\n"
             "use std::cmp::max;")
    long.finish_crate()
    assert value(long, "largest(1, 2)") == result("2")
    long.run("struct New1;")
    long.run("use std::cmp::min as max;")
    assert value(long, "largest(1, 2)") == result("2")
    long.run("struct New2;")
    assert value(long, "largest(1, 2)") == result("1")


def test_statics_keep_their_value(long):
    long.run("use std::sync::atomic::{AtomicI64, Ordering::SeqCst};")
    long.run("static TOTAL: AtomicI64 = AtomicI64::new(0);")
    long.run("fn add(p: &Point) -> i64 { println!(\"adding\"); TOTAL.fetch_add(p.sum(), SeqCst) + p.sum() }")
    long.finish_crate()
    assert value(long, "add(&first)") == result("6")
    long.run("struct New;\nstatic OTHER: AtomicI64 = AtomicI64::new(1);")
    assert value(long, "add(&first)") == result("12")
    long.run("impl Drop for Line { fn drop(&mut self) { TOTAL.fetch_add(100, SeqCst); } }")
    long.run("{ let _ = line(1).area(); }")
    assert value(long, "(add(&first), OTHER.load(SeqCst))") == result("(118, 1)")


def test_a_macro_and_a_module(long):
    """What needs the text of earlier cells in the same crate gets it."""
    long.run("mod inner { use super::*; pub fn origin() -> Point { point!(0) } }")
    assert long.run("inner::origin().sum()") == [result("0")]
    long.run("macro_rules! area_of { ($t:ty) => { impl Area for $t { fn area(&self) -> i64 { self.sum() } } } }")
    long.run("area_of!(Point);")
    assert long.run("inner::origin().twice()") == [result("0")]
    assert long.run("areas[0].area()") == [result("16")]


def test_closures_borrowers_and_tasks_stay(long):
    long.run("let longest = path.0.iter().max_by_key(|line| line.area());")
    long.run("let extra = 2;\nlet more = move |line: &Line| line.area() + extra;")
    assert long.run("longest.map(|line| more(line))") == [result("Some(14)")]
    long.run("impl Point { fn negative(&self) -> Point { Point { x: -self.x, y: -self.y } } }")
    assert long.run("longest.map(|line| more(line))") == [result("Some(14)")]
    assert long.run("longest.map(|line| line.to.negative().sum())") == [result("Some(-6)")]


def test_errors_and_panics_name_the_cells(long):
    number = long.number()
    long.run("impl Path {\n    fn nth(&self, n: usize) -> &Line {\n        &self.0[n]\n    }\n}")
    long.finish_crate()
    failure = long.fail("path.nth(7)")
    assert f"In [{number}]:3" in failure and "`Path::nth`" in failure
    failure = long.fail("let p: Point = path.nth(0);")
    assert failure.name == "E0308" and "_items" not in failure
    failure = long.fail("Path { of: 1 }")
    assert "_items" not in failure
    failure = long.fail("struct Wrong(Missing);")
    assert failure.name == "E0412" or failure.name == "E0425", failure
    failure = long.fail("impl Area for Path { fn area(&self) -> u8 { 1 } }")
    assert failure.name == "E0053" and "In [" in failure
    assert long.run("path.lines()") == [result("2")]


def test_everything_needs_the_prelude_at_last(long):
    long.run("use ferrite::prelude::*;")
    long.run('fn frame(p: &Path) -> DataFrame { df!("x" => p.0.iter().map(|l| l.to.x).collect::<Vec<_>>()).unwrap() }')
    assert long.run("frame(&path).height()") == [result("2")]
    long.run("fn hot(p: &Path) -> i64 { let mut n = 0; for _ in 0..1000 { for l in &p.0 { n += l.area(); } } n }")
    assert long.run("hot(&path)") == [result("20000")]
    long.run("struct Last(Path);\nlet last = Last(path.clone());")
    assert long.run("(last.0.lines(), areas[0].area())") == [result("(2, 16)")]


def test_the_libraries_vanish(long, cache):
    for folder in cache.rglob("cells"):
        shutil.rmtree(folder)
    assert long.run("(path.lines(), first.sum(), areas[0].area())") == [result("(2, 6, 16)")]
    long.run("struct New(Line);")
    assert value(long, "New(line(1)).0.area()") == result("4")


def test_after_a_crash(long):
    long.fail("std::process::abort()")
    long.run(":replay")
    assert long.run("(path.lines(), first.sum(), areas[0].area())") == [result("(2, 6, 16)")]


def test_many_crates_become_one(long, cache):
    for _ in range(33):
        long.finish_crate()
    assert long.run("(path.lines(), first.sum(), areas[0].area())") == [result("(2, 6, 16)")]
    assert len(crates(cache)) > 30
