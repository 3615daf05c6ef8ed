"""Tab: what could be written at the cursor."""

import os
import signal
import time

import pytest
from ask import complete, inspect, item, matches, warm
from client import PATIENCE, Notebook

FRAME = """
use ferrite::prelude::*;
use polars::prelude::*;
let penguins = datasets::penguins()?;
let other = df!("weight" => [1.0, 2.0], "näme" => ["a", "b"])?;
let mut numbers = vec![1u8, 2, 3];
struct Point { x_of_it: f64, y_of_it: f64 }
impl Point { /// How far away it is.
    fn distance(&self) -> f64 { 0.0 } }
let point = Point { x_of_it: 1.0, y_of_it: 2.0 };
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    notebook = Notebook(tmp_path_factory.mktemp("notebook"))
    notebook.run(FRAME)
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def analysed(notebook):
    warm(notebook)
    return notebook


# -- at once, whatever rust-analyzer does --------------------------------------


def test_commands(notebook):
    assert matches(notebook, ":ti") == [":time", ":time_passes", ":timing"]
    found = item(notebook, ":ty", ":type")
    assert found["type"] == "magic"
    assert "EXPRESSION" in found["signature"]
    assert "not run" in found["documentation"]


def test_variables_with_their_types(notebook):
    found = item(notebook, "let a = peng", "penguins")
    assert (found["type"], found["signature"]) == ("instance", "DataFrame")
    assert (found["start"], found["end"]) == (8, 12)
    assert item(notebook, "num", "numbers")["signature"] == "Vec<u8>"


def test_methods_of_usual_types_are_known_before_rust_analyzer_is_ready(another):
    fresh = another()
    fresh.run(FRAME)
    found = item(fresh, "penguins.so", "sort")
    assert found["type"] == "function"
    assert found["signature"].startswith("pub fn sort(&self")


def test_what_the_notebook_defines_is_known_before_rust_analyzer_is_ready(another):
    fresh = another()
    fresh.run(
        "/// A place.\n#[derive(Debug)]\nstruct Place { /// To the right.\n x: f64, inner: i32 }\n"
        "impl Place { /// How far.\n fn far(&self, from: f64) -> f64 { let local = from; local } }\n"
        "fn make_place() -> Place { Place { x: 1.0, inner: 2 } }"
    )
    fresh.run("let here = make_place();")
    assert matches(fresh, "here.") == ["x", "inner", "far"]
    found = item(fresh, "here.fa", "far")
    assert (found["type"], found["signature"]) == ("function", "fn far(&self, from: f64) -> f64")
    assert found["documentation"] == "How far."
    assert item(fresh, "here.x", "x")["type"] == "property"
    assert item(fresh, "make", "make_place")["signature"] == "fn make_place() -> Place"
    assert matches(fresh, "Pla") == ["Place"] and "Vec" in matches(fresh, "Ve")
    assert "local" not in matches(fresh, "loc") and "inner" not in matches(fresh, "inn")


def test_commands_and_keywords_are_there_from_the_first_moment(another):
    fresh = another()
    assert ":type" in matches(fresh, ":ty")
    assert "while" in matches(fresh, "whi")
    assert "println!" in matches(fresh, "let x = 1; printl")


def test_names_of_the_notebook_crates_macros_and_keywords(notebook):
    assert "Point" in matches(notebook, "let p: Poi")
    assert "linfa" in matches(notebook, "use lin")
    assert "println!" in matches(notebook, "printl")
    assert "while" in matches(notebook, "whi")


def test_columns_of_the_frame_in_question(notebook):
    of_penguins = matches(notebook, 'penguins.clone().lazy().filter(col("')
    assert "species" in of_penguins and "weight" not in of_penguins
    assert matches(notebook, 'other.column("') == ["weight", "näme"]
    assert matches(notebook, 'let q = other.clone().lazy(); q.select([col("n') == ["näme"]
    both = matches(notebook, 'col("')
    assert {"species", "weight"} <= set(both)
    found = item(notebook, 'penguins.column("spec', "species")
    assert (found["type"], found["signature"]) == ("column", "str")
    assert found["documentation"] == "A column of `penguins`."


def test_columns_are_those_of_now(notebook):
    notebook.run('let changing = df!("before" => [1])?;')
    assert matches(notebook, 'changing.column("') == ["before"]
    notebook.run('let changing = changing.lazy().rename(["before"], ["after"], true);')
    assert matches(notebook, 'changing.select([col("') == ["after"]


def test_a_string_is_completed_to_the_cursor_only(notebook):
    code = 'penguins.column("spec")'
    reply = complete(notebook, code, len('penguins.column("spec'))
    assert reply["matches"] == ["species"]
    assert code[reply["cursor_start"] : reply["cursor_end"]] == "spec"


def test_files(notebook):
    folder = os.path.join(notebook.folder, "data")
    os.makedirs(folder, exist_ok=True)
    for name in ("one.csv", "two.csv", ".hidden"):
        open(os.path.join(folder, name), "w").close()
    assert "data/" in matches(notebook, 'read_csv("da')
    assert matches(notebook, 'read_csv("data/') == ["data/one.csv", "data/two.csv"]
    assert matches(notebook, 'std::fs::read_to_string("data/.') == ["data/.hidden"]


def test_nothing_in_comments_and_numbers(notebook):
    assert matches(notebook, "// peng") == []
    assert matches(notebook, "let x = 12") == []


def test_offsets_count_characters(notebook):
    code = 'let 🦀s = "🦀"; peng'
    reply = complete(notebook, code)
    assert reply["matches"][0] == "penguins"
    assert (reply["cursor_start"], reply["cursor_end"]) == (14, 18)


# -- rust-analyzer -------------------------------------------------------------


def patiently(ask, *arguments):
    """Asks again until rust-analyzer has answered: nobody waits for it long."""
    end = time.monotonic() + PATIENCE
    while not (found := ask(*arguments)):
        assert time.monotonic() < end, arguments
        time.sleep(0.2)
    return found


def found(notebook, code, at=None):
    return patiently(matches, notebook, code, at)


def said(notebook, code, text):
    patiently(lambda: text in matches(notebook, code))
    return item(notebook, code, text)


def test_methods_with_signature_and_documentation(analysed):
    sort = said(analysed, "penguins.so", "sort")
    assert sort["signature"].startswith("pub fn sort(&self, by: impl IntoIterator")
    assert sort["documentation"].startswith("Return a sorted clone")
    assert "iter_mut" in found(analysed, "numbers.it")


def test_methods_along_a_chain(analysed):
    assert "group_by" in found(analysed, "penguins.clone().lazy().gro")
    assert "is_not_null" in found(analysed, 'penguins.clone().lazy().filter(col("sex").is_n')


def test_fields_and_methods_of_own_types(analysed):
    assert found(analysed, "point.x_o") == ["x_of_it"]
    assert said(analysed, "point.dist", "distance")["documentation"] == "How far away it is."
    assert found(analysed, "struct Q { abc: u8 } let q = Q { abc: 1 }; q.a") == ["abc"]


def test_a_type_that_changes_completes_as_it_is_now(analysed):
    analysed.run("struct Shape { first_name: u8 } let shape = Shape { first_name: 1 };")
    assert found(analysed, "shape.f") == ["first_name"]
    analysed.run("struct Shape { second_name: u8 } let shape = Shape { second_name: 1 };")
    assert found(analysed, "shape.s") == ["second_name"]


def test_paths_and_bundled_crates(analysed):
    assert "HashMap" in found(analysed, "std::collections::Ha")
    assert "Dataset" in found(analysed, "linfa::Data")
    assert "from_str" in found(analysed, "serde_json::fr")
    assert "penguins" in found(analysed, "datasets::")


def test_names_that_imports_bring(analysed):
    assert "DataFrame" in found(analysed, "let f: DataFr")


def test_the_argument_of_a_command_is_code(analysed):
    assert "iter" in found(analysed, ":type numbers.it")


def test_incomplete_cells_are_completed(analysed):
    assert "len" in found(analysed, "for n in 0..numbers.le")
    assert "len" in found(analysed, "if true { numbers.le", None)
    code = "let a = numbers.le\nlet b = 1;"
    assert "len" in found(analysed, code, len("let a = numbers.le"))


def test_no_item_is_of_the_machinery(analysed):
    names = matches(analysed, "")
    assert not [name for name in names if name.startswith("__") or name == "cell_items"]


def children(pid):
    found = []
    for process in os.listdir("/proc"):
        if process.isdigit():
            try:
                stat = open(f"/proc/{process}/stat").read()
            except OSError:
                continue
            name, rest = stat.split("(", 1)[1].rsplit(")", 1)
            if int(rest.split()[1]) == pid and name.startswith("ferrite-analyze"):
                found.append(int(process))
    return found


def test_it_starts_again_when_it_dies(analysed):
    (first,) = children(analysed.pid)
    os.kill(first, signal.SIGKILL)
    # What the engine knows itself is there all the while.
    assert "penguins" in matches(analysed, "peng")
    warm(analysed)
    (second,) = children(analysed.pid)
    assert second != first
    assert "map" in found(analysed, "numbers.iter().ma")


def test_it_ends_with_the_kernel(another):
    notebook = another()
    notebook.run("let x = 1;")
    inspect(notebook, "Vec")
    (analyser,) = children(notebook.pid)
    os.kill(notebook.pid, signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while os.path.exists(f"/proc/{analyser}"):
        assert time.monotonic() < end, "the analyser outlives its kernel"
        time.sleep(0.1)


def test_it_starts_afresh_when_it_grows_past_its_bound(tmp_path, monkeypatch):
    monkeypatch.setenv("FERRITE_ANALYZER_MEMORY", "100")
    notebook = Notebook(tmp_path)
    try:
        notebook.run("let numbers = vec![1u8];")
        warm(notebook)
        seen = set(children(notebook.pid))
        end = time.monotonic() + PATIENCE
        while len(seen) < 2:
            assert time.monotonic() < end, seen
            inspect(notebook, "let zz = vec![0u8]; zz")
            seen.update(children(notebook.pid))
            time.sleep(0.2)
    finally:
        notebook.close()
