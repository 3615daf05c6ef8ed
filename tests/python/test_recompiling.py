"""A cell that was edited is compiled anew, and so are those that depend on it;
the others come out of the cache."""

import hashlib
import json
import re
import time

import pytest

from client import Notebook, result

COST = re.compile(r"compile .*?(\(cached\))?, run .*\n\Z")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


class Timed:
    """Runs cells that say what they cost."""

    def __init__(self, notebook):
        self.notebook = notebook
        notebook.run(":timing")

    def run(self, code):
        """The outputs of a cell, and whether it came out of the cache."""
        # What looks for cells that wait must have seen that none does: it would compile
        # this one, which then comes out of the cache.
        time.sleep(0.1)
        *outputs, (stream, text) = self.notebook.run(code)
        cost = COST.search(text)
        assert stream == "stdout" and cost, text
        if cost.start():
            outputs.append((stream, text[: cost.start()]))
        return outputs, cost.group(1) is not None

    def run_all(self, cells):
        return [self.run(code) for code in cells]


@pytest.fixture
def run_all(home):
    """Runs cells in a kernel of their own; all see the same cache."""

    def run(*cells):
        notebook = Notebook(home)
        try:
            return Timed(notebook).run_all(cells)
        finally:
            notebook.close()

    return run


def shows(value, cached):
    return [result(value)], cached


def test_a_function_is_edited(run_all):
    cells = ["fn f() -> i32 { 1 }", "fn g(n: i32) -> i32 { n * 10 }", "g(4) + 1", "f() + 1", "let v = vec![g(1)];", "v[0]"]
    assert run_all(*cells)[2:] == [
        shows("41", False), shows("2", False), ([], False), shows("10", False),
    ]
    cells[0] = "fn f() -> i32 { 100 }"
    assert run_all(*cells)[2:] == [
        shows("41", True), shows("101", False), ([], True), shows("10", True),
    ]
    # And back again: nothing is compiled.
    cells[0] = "fn f() -> i32 { 1 }"
    assert all(cached for _, cached in run_all(*cells))


def test_in_one_kernel(run_all):
    first = "fn first_one() -> u8 { 1 }"
    results = run_all(first, "fn second_one(n: u8) -> u8 { n + 1 }", "second_one(2)", "fn first_one() -> u8 { 7 }",
                      "second_one(2)", "second_one(first_one())")
    assert results[2] == shows("3", False)
    assert results[4:] == [shows("3", True), shows("8", False)]


def test_what_a_cell_comes_to_without_naming_it(run_all):
    """Through a constant, a macro, a trait, an operator, a type that a function gives."""
    cells = {
        "type": "#[derive(Debug, Clone, Default)]\nstruct P { x: i32 }\nfn origin() -> P { P { x: 1 } }",
        "constant": "const SCALE: i32 = 2;\nfn scaled(n: i32) -> i32 { n * SCALE }",
        "macro": "macro_rules! triple { ($n:expr) => { scaled($n) * 3 } }",
        "trait": "trait Area { fn area(&self) -> i32 { 1 } }\nimpl Area for P { fn area(&self) -> i32 { self.x + 10 } }",
        "operator": "impl std::ops::Neg for P { type Output = i32; fn neg(self) -> i32 { -self.x } }",
        "other": "struct Other { y: i32 }\nimpl Other { fn y(&self) -> i32 { self.y } }",
    }
    uses = ["triple!(5)", "origin().area()", "-origin()", "format!(\"{:?}\", [origin()])", "Other { y: 3 }.y()"]

    first = run_all(*cells.values(), *uses)[-len(uses):]
    assert first == [
        shows("30", False), shows("11", False), shows("-1", False), shows('"[P { x: 1 }]"', False), shows("3", False),
    ]

    def after(**changed):
        return run_all(*(cells | changed).values(), *uses)[-len(uses):]

    scale = "const SCALE: i32 = 4;\nfn scaled(n: i32) -> i32 { n * SCALE }"
    assert after(constant=scale) == [
        shows("60", False), shows("11", True), shows("-1", True), shows('"[P { x: 1 }]"', True), shows("3", True),
    ]
    macro = "macro_rules! triple { ($n:expr) => { scaled($n) * 3 + 1 } }"
    assert after(macro=macro) == [
        shows("31", False), shows("11", True), shows("-1", True), shows('"[P { x: 1 }]"', True), shows("3", True),
    ]
    # Whatever has to do with `P` is compiled again; its size is another.
    wider = "#[derive(Debug, Clone, Default)]\nstruct P { w: [u64; 9], x: i32 }\nfn origin() -> P { P { w: [7; 9], x: 2 } }"
    assert after(type=wider) == [
        shows("30", True), shows("12", False), shows("-2", False),
        shows('"[P { w: [7, 7, 7, 7, 7, 7, 7, 7, 7], x: 2 }]"', False), shows("3", True),
    ]
    operator = "impl std::ops::Neg for P { type Output = i32; fn neg(self) -> i32 { -self.x * 5 } }"
    assert after(operator=operator) == [
        shows("30", True), shows("11", False), shows("-5", False), shows('"[P { x: 1 }]"', False), shows("3", True),
    ]
    trait = "trait Area { fn area(&self) -> i32 { 1 } }\nimpl Area for P {}"
    assert after(trait=trait)[1] == shows("1", False)


def test_an_item_before_others(run_all):
    """An `impl` in front of the others gives them other names in the library."""
    cells = ["struct A(u8);", "struct B(u8);\nimpl B { fn get(&self) -> u8 { self.0 } }", "B(3).get()"]
    assert run_all(*cells)[-1] == shows("3", False)
    cells[0] = "struct A(u8);\nimpl A { fn set(&mut self) { self.0 = 1 } }\nimpl Drop for A { fn drop(&mut self) {} }"
    assert run_all(*cells)[-1][0] == [result("3")]


def test_generic_code_that_a_library_no_longer_has(run_all):
    """Cells take copies of generic functions from the items, where there are some."""
    cells = [
        "fn f() -> usize { let mut v: Vec<Option<u16>> = Vec::new(); v.push(None); v.reserve(3); v.len() }",
        "fn g(n: u16) -> Option<u16> { Some(n) }",
        "let mut w: Vec<Option<u16>> = Vec::new();\nw.push(g(1));\nw.reserve(3);\nw",
    ]
    assert run_all(*cells)[-1][0] == [result("[Some(1)]")]
    cells[0] = "fn f() -> usize { 1 }"
    assert run_all(*cells)[-1][0] == [result("[Some(1)]")]


def test_statics_live_on_where_they_are_said_to(run_all):
    cells = [
        "fn f() -> u32 { 1 }",
        "use std::sync::atomic::{AtomicU32, Ordering};\nstatic N: AtomicU32 = AtomicU32::new(5);\n"
        "fn next() -> u32 { N.fetch_add(1, Ordering::SeqCst) }",
        "next()",
        "fn g() -> u32 { 9 }",
        "next()",
        "N.load(Ordering::SeqCst)",
    ]
    uses = [2, 4, 5]
    values = [[result("5")], [result("6")], [result("7")]]
    results = run_all(*cells)
    assert [results[use][0] for use in uses] == values
    cells[0] = "fn f() -> u32 { 2 }"
    results = run_all(*cells)
    assert [results[use] for use in uses] == [(value, True) for value in values]
    # A definition between the uses is gone.
    cells[3] = "1"
    results = run_all(*cells)
    assert [results[use][0] for use in uses] == values


def test_moves_are_known_again(run_all):
    """Whether a type is `Copy` is no less part of what a cell depends on."""
    cells = ["fn f() {}", "#[derive(Debug, Clone, Copy)]\nstruct P(u8);", "let p = P(1);", "let q = p;", "format!(\"{q:?}\")"]
    run_all(*cells)
    cells[0] = "fn f() { println!() }"
    assert [cached for _, cached in run_all(*cells)[2:]] == [True] * 3
    assert run_all(*cells, "p.0")[-1][0] == [result("1")]
    cells[1] = "#[derive(Debug, Clone)]\nstruct P(u8);"
    assert run_all(*cells)[-1][0] == [result('"P(1)"')]


def test_a_variable_is_shown_without_a_compiler(home):
    notebook = Notebook(home)
    timed = Timed(notebook)
    timed.run("let v = vec![1, 2, 3];")
    before = sorted(path.name for path in home.glob("cache/ferrite/cells/*"))
    # Nothing is said of a compile, nothing new is in the cache.
    assert notebook.run("v") == [result("[1, 2, 3]")]
    assert notebook.run("  v // again") == [result("[1, 2, 3]")]
    assert sorted(path.name for path in home.glob("cache/ferrite/cells/*")) == before
    assert timed.run("v.len()") == shows("3", False)
    notebook.close()


def seal(entry, library):
    """What `cache.rs` writes as the seal."""
    opened = re.sub(rb'"seal":"[0-9a-f]*"', b'"seal":""', entry)
    digest = hashlib.sha256()
    for part in (opened, library):
        digest.update(len(part).to_bytes(8, "little") + part)
    return re.sub(rb'"seal":""', b'"seal":"' + digest.hexdigest()[:16].encode() + b'"', opened)


def test_a_library_that_cannot_be_loaded_is_compiled_again(home, run_all):
    """Sealed as it should be, and of no use: nobody is told."""
    cells = ["fn f() -> i32 { 1 }", "f() + 41", "let s = String::from(\"a\");\nf()"]
    run_all(*cells)
    spoilt = 0
    for facts in home.glob("cache/ferrite/cells/*/entry.json"):
        name = json.loads(facts.read_bytes())["library"]
        if name.startswith("libcell-"):
            library = facts.with_name(name)
            library.unlink()
            library.write_bytes(b"no library")
            facts.write_bytes(seal(facts.read_bytes(), b"no library"))
            spoilt += 1
    assert spoilt == 2
    notebook = Notebook(home)
    timed = Timed(notebook)
    assert timed.run_all(cells) == [([], True), shows("42", False), shows("1", False)]
    assert notebook.run("s") == [result('"a"')]
    notebook.close()
