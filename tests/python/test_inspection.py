"""Shift-Tab: what stands at the cursor."""

import time

import pytest
from ask import inspect, warm
from client import PATIENCE, Notebook


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    notebook = Notebook(tmp_path_factory.mktemp("notebook"))
    notebook.run(
        "use ferrite::prelude::*;\n"
        "use polars::prelude::*;\n"
        "let penguins = datasets::penguins()?;\n"
        "let mut many = (0..1_000_000).collect::<Vec<i64>>();\n"
        "/// Adds one.\nfn successor(n: i64) -> i64 { n + 1 }"
    )
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def analysed(notebook):
    warm(notebook)
    return notebook


def test_a_command(notebook):
    help = inspect(notebook, ":type many.len()")
    assert help.startswith("`:type, :t EXPRESSION`")
    assert "not run" in help


def test_a_variable_with_a_preview_of_its_value(notebook):
    text = inspect(notebook, "many")
    assert "let mut many: Vec<i64>" in text
    assert "made by In [1]" in text
    assert "[0, 1, 2, 3" in text and "…" in text
    assert len(text) < 20_000


def test_a_frame_with_its_columns(notebook):
    text = inspect(notebook, "penguins")
    assert "344 rows × 8 columns" in text
    assert "| species | str |" in text


def test_a_value_whose_look_panics(notebook):
    notebook.run(
        "struct Bad; impl std::fmt::Debug for Bad { fn fmt(&self, _: &mut std::fmt::Formatter) "
        '-> std::fmt::Result { panic!("no look") } } let bad = Bad;'
    )
    assert "its look panicked: no look" in inspect(notebook, "bad")
    assert inspect(notebook, "penguins").startswith("```rust\nlet penguins")


def test_nothing_where_nothing_is(notebook):
    assert inspect(notebook, "   ", 1) is None
    assert inspect(notebook, "// penguins") is None


def found(notebook, *where):
    """Asks again until rust-analyzer has answered: nobody waits for it long."""
    end = time.monotonic() + PATIENCE
    while (text := inspect(notebook, *where)) is None:
        assert time.monotonic() < end, where
        time.sleep(0.2)
    return text


def test_a_method_with_signature_and_documentation(analysed):
    text = found(analysed, "penguins.sort", 12)
    assert "pub fn sort(&self, by: impl IntoIterator" in text
    assert "Return a sorted clone of this" in text


def test_inside_a_call_it_is_the_function(analysed):
    code = 'penguins.sort(["species"], '
    assert "pub fn sort(&self" in found(analysed, code)
    assert "macro_rules! println" in found(analysed, 'println!("x", ')


def test_long_documentation_is_whole_at_level_1(analysed):
    short, long = found(analysed, "Vec", 2), found(analysed, "Vec", 2, 1)
    assert short.endswith("…") and not long.endswith("…")
    assert len(long) > 3 * len(short)


def test_own_functions(analysed):
    text = found(analysed, "successor(1)", 3)
    assert "fn successor(n: i64) -> i64" in text and "Adds one." in text
    assert "cell_items" not in text


def test_a_variable_of_the_cell_itself(analysed):
    text = found(analysed, "let penguins = 1u8; penguins")
    assert "u8" in text and "344" not in text


def test_the_type_of_a_variable_is_documented(analysed):
    end = time.monotonic() + PATIENCE
    while "contiguous growable" not in found(analysed, "many"):
        assert time.monotonic() < end


def test_keywords(analysed):
    assert "Iteration" in found(analysed, "for x in 0..3 {}", 2)


def test_inside_an_unfinished_cell(analysed):
    assert "pub fn sort(&self" in found(analysed, "if true { penguins.sort")


@pytest.mark.parametrize("name, said, page", [
    ("std::collections::HashMap", "hash map", "std/?search=HashMap"),
    ("Vec::push", "Appends an element", "std/?search=push"),
    ("match", "Control flow", "keyword.match"),
    ("DataFrame", "contiguous growable collection", "search=DataFrame"),
    ("penguins", "made by In [1]", "search=DataFrame"),
    ("successor", "Adds one.", ""),
])
def test_documentation_is_printed(analysed, name, said, page):
    end = time.monotonic() + PATIENCE
    while "text/markdown" not in (shown := analysed.page(f":doc {name}")) or said not in shown["text/markdown"]:
        assert time.monotonic() < end, shown
        time.sleep(0.2)
    assert page in shown["text/markdown"]


def test_a_name_that_nobody_knows_is_searched_for(analysed):
    page = analysed.page(":doc no_such_name_anywhere")
    assert page["text/plain"] == "https://doc.rust-lang.org/std/?search=no_such_name_anywhere"
