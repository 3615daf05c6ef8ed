"""Cells that ask the person in front of them."""

import pytest

from ask import ask, question
from client import result, stdout

START = "use std::io::{BufRead, Read};\nuse ferrite::prelude::*;"


@pytest.fixture(autouse=True, scope="module")
def imports(nb):
    nb.run(START)


MORE = "(^D ends the input) "


def test_input_asks(nb):
    asked, outputs = ask(nb, 'let name = input("Name? ")?;\nname', "Ada")
    assert asked == [("Name? ", False)]
    assert outputs == [result('"Ada"')]


def test_a_password_is_hidden(nb):
    asked, outputs = ask(nb, 'let secret = password("Password? ")?;\nsecret.len()', "hunter2")
    assert asked == [("Password? ", True)]
    assert outputs == [result("7")]


def test_questions_come_one_after_the_other(nb):
    asked, outputs = ask(
        nb,
        'let mut sum = 0;\nfor i in 1..=3 { sum += input(&format!("{i}: "))?.parse::<i32>()?; }\nsum',
        "10", "20", "12",
    )
    assert asked == [("1: ", False), ("2: ", False), ("3: ", False)]
    assert outputs == [result("42")]


def test_a_line_of_stdin(nb):
    asked, outputs = ask(
        nb, 'print!("Name? ");\nlet mut line = String::new();\nstd::io::stdin().read_line(&mut line)?;\nline', "Grüße"
    )
    assert asked == [("", False)]
    assert outputs == [stdout("Name? "), result('"Grüße\\n"')]


def test_lines_of_stdin(nb):
    code = "let lines: Vec<String> = std::io::stdin().lines().collect::<Result<_, _>>()?;\nlines"
    asked, outputs = ask(nb, code, "one", "", "three", "^D")
    assert asked == [("", False)] + [(MORE, False)] * 3
    assert outputs == [result('["one", "", "three"]')]


def test_stdin_to_its_end(nb):
    code = "let mut text = String::new();\nstd::io::stdin().read_to_string(&mut text)?;\ntext"
    _, outputs = ask(nb, code, "a", "b", "\x04")
    assert outputs == [result('"a\\nb\\n"')]
    # The end was the end of that cell's input only.
    _, outputs = ask(nb, code, "again", "^D")
    assert outputs == [result('"again\\n"')]


def test_a_long_line(nb):
    long = "x" * 300_000
    _, outputs = ask(nb, "let mut line = String::new();\nstd::io::stdin().read_line(&mut line)?", long)
    assert outputs == [result("300001")]


def test_a_thread_reads(nb):
    code = ("std::thread::spawn(|| { let mut line = String::new(); std::io::stdin().read_line(&mut line).map(|_| line) })"
            ".join().unwrap()?")
    assert ask(nb, code, "from a thread")[1] == [result('"from a thread\\n"')]


def test_a_process_reads(nb):
    code = 'std::process::Command::new("head").arg("-n2").status()?.success()'
    asked, outputs = ask(nb, code, "one", "two")
    assert asked == [("", False), (MORE, False)]
    assert outputs == [stdout("one\ntwo\n"), result("true")]


def test_a_process_reads_to_the_end(nb):
    code = 'std::process::Command::new("sh").args(["-c", "cat | wc -l"]).status()?.success()'
    assert ask(nb, code, "one", "two", "^D")[1] == [stdout("2\n"), result("true")]


def test_c_code_reads(nb):
    nb.run('unsafe extern "C" { fn getchar() -> i32; }')
    assert ask(nb, "unsafe { (getchar(), getchar(), getchar()) }", "ab")[1] == [result("(97, 98, 10)")]


# -- nobody answers ---------------------------------------------------------------


READ_LINE = "let mut line = String::new();\nstd::io::stdin().read_line(&mut line)?"
NOTE = "note: the cell reads from stdin, but nobody can answer: "


@pytest.mark.parametrize(
    "read", [READ_LINE, "std::io::read_to_string(std::io::stdin())?", "std::io::stdin().bytes().next().unwrap()?;"]
)
def test_a_read_that_nobody_answers_is_an_error(nb, read):
    cell = nb.execute(read, allow_stdin=False)
    assert cell.status == "error"
    failure = cell.failure()
    assert failure.name == "Error" and "not supported" in failure.value
    (stream, text), = cell.outputs
    assert stream == "stderr" and text.startswith(NOTE) and "allow_stdin" in text


def test_an_input_that_nobody_answers_is_an_error(nb):
    cell = nb.execute('input("Name? ")?', allow_stdin=False)
    assert "cannot ask for input" in cell.failure().value
    assert cell.outputs == []
    cell = nb.execute('input("Name? ").is_err()', allow_stdin=False)
    assert cell.outputs == [result("true")]


def test_a_process_that_nobody_answers_gets_to_the_end(nb):
    cell = nb.execute('std::process::Command::new("cat").status()?.success()', allow_stdin=False)
    assert cell.outputs[-1] == result("true")
    assert cell.outputs[0][1].startswith(NOTE)
    # The next cell can ask again.
    assert ask(nb, READ_LINE, "x")[1] == [result("2")]


# -- interrupts -------------------------------------------------------------------


@pytest.mark.parametrize("read", [READ_LINE, 'input("Name? ")?', 'input("Name? ")',
                                  'std::process::Command::new("cat").status()?',
                                  "unsafe { getchar() }; loop {}"])
def test_an_interrupt_ends_a_question(nb, read):
    nb.run('unsafe extern "C" { fn getchar() -> i32; }\nlet stays = 5;')
    ticket = nb.send(read, allow_stdin=True)
    question(nb)
    nb.interrupt()
    cell = nb.wait(ticket)
    assert cell.status == "error"
    assert cell.failure().name == "Interrupted"
    assert nb.run("stays") == [result("5")]
    assert ask(nb, 'input("Again? ")?', "yes")[1] == [result('"yes"')]
