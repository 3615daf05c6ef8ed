"""Cells that wait are compiled while another one runs."""

import re
import uuid

import pytest

from client import result, stdout

# A cell during which there is time to look at those behind it.
LONG = "std::thread::sleep(std::time::Duration::from_secs(2));"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def timed(nb):
    """Every cell says what it cost; and a name that no cell ever had."""
    nb.run(":timing")
    yield f"x{uuid.uuid4().hex}"
    nb.run(":timing")


def run_all(nb, *cells):
    """Sends cells in one go, as Run All does; the outputs of each."""
    tickets = [nb.send(cell) for cell in cells]
    return [nb.wait(ticket) for ticket in tickets]


def cached(outputs):
    """Whether a cell came out of the compile cache."""
    (kind, text) = outputs[-1]
    assert kind == "stdout" and text.splitlines()[-1].startswith("compile "), outputs
    return "(cached)" in text.splitlines()[-1]


def test_what_waits_is_compiled_already(nb, timed):
    alone = nb.run(f'let {timed} = "alone";')
    assert not cached(alone)
    results = run_all(
        nb,
        f"{LONG} // {timed}",
        f"struct T{timed}(i32); impl T{timed} {{ fn double(&self) -> i32 {{ self.0 * 2 }} }}",
        f"let {timed} = T{timed}(21);",
        f"let f = move |n: i32| n + {timed}.double();",
        "println!(\"{}\", f(0));",
    )
    assert [result.status for result in results] == ["ok"] * 5
    assert [cached(result.outputs) for result in results[1:]] == [True] * 4
    assert results[-1].outputs[0][1].startswith("42\n")


def test_a_variable_that_moves_and_one_that_borrows(nb, timed):
    results = run_all(
        nb,
        f"{LONG} let {timed} = vec![1, 2, 3];",
        f"let s{timed} = &{timed}[1..];",
        f"println!(\"{{s{timed}:?}}\");",
        f"let moved = {timed};",
        "println!(\"{moved:?}\");",
    )
    assert [result.status for result in results] == ["ok"] * 5
    assert [cached(result.outputs) for result in results[1:]] == [True] * 4
    assert results[2].outputs[0][1].startswith("[2, 3]\n")
    assert ("stderr" in [kind for kind, _ in results[3].outputs])


def test_what_a_command_does_is_not_guessed(nb, timed):
    results = run_all(nb, f"{LONG} // {timed}", ":vars", f"let {timed} = 1;")
    assert [result.status for result in results] == ["ok"] * 3


def test_a_cell_that_fails_ends_it(nb):
    name = f"x{uuid.uuid4().hex}"
    results = run_all(nb, f'{LONG} panic!("{name}");', f"let {name} = 1;")
    assert [result.status for result in results] == ["error", "aborted"]
    assert nb.fail(f"{name}").name == "E0425"
    assert nb.run(f"let {name} = 2; {name}") == [result("2")]


def test_an_interrupt_ends_it(nb):
    name = f"x{uuid.uuid4().hex}"
    first = nb.send(f'println!("{name}"); loop {{}}')
    second = nb.send(f"let {name} = 1;")
    nb.until(first, name)
    nb.interrupt()
    assert nb.wait(first).status == "error"
    assert nb.wait(second).status == "aborted"
    assert nb.run(f"let {name} = 3; {name}") == [result("3")]


def test_an_edit_of_the_cell_that_waits_is_seen(nb):
    name = f"x{uuid.uuid4().hex}"
    first, second = run_all(nb, f"{LONG} let {name} = 1;", f"println!(\"{{}}\", {name});")
    assert second.outputs == [stdout("1\n")]
    first, second = run_all(nb, f"{LONG} let {name} = 2.5;", f"println!(\"{{}}\", {name});")
    assert second.outputs == [stdout("2.5\n")]


def test_the_warning_of_a_cell_that_was_compiled_ahead_is_shown(nb):
    name = f"x{uuid.uuid4().hex}"
    first, second = run_all(
        nb, f"{LONG} let {name} = 1;", f'std::fs::remove_file("no such file {name}");'
    )
    assert first.outputs == []
    ((kind, data),) = second.outputs
    assert kind == "display_data" and "unused `Result" in data["text/plain"]
    assert f"In [{second.count}]:1:1" in COLOURS.sub("", data["text/plain"])
