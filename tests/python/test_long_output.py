"""Cells that print more than a browser bears, and how printing reaches it."""

import re
import time

from client import stderr, stdout

FILE = re.compile(r"(/\S+\.txt)\]")


def split(outputs):
    """What was printed, the two notes, and the file."""
    out = "".join(text for stream, text in outputs if stream == "stdout")
    notes = "".join(text for stream, text in outputs if stream == "stderr")
    with open(FILE.search(notes).group(1), encoding="utf-8") as file:
        return out, notes, file.read()


def test_a_hundred_megabytes(nb):
    start = time.monotonic()
    outputs = nb.run('let line = "x".repeat(99);\nfor i in 0..1_000_000 { println!("{line}"); }\nprintln!("the end");')
    print(f"{time.monotonic() - start:.1f} s")
    out, notes, kept = split(outputs)
    assert len(out) < 3_000_000 and out.startswith("x" * 99 + "\n")
    assert out.endswith("x\nthe end\n")
    assert out.count("\n") + kept.count("\n") == 1_000_001 + 20
    assert "as much text as is shown of one cell" in notes
    assert re.search(r"another 9\d\.\d MB \(9\d\d,\d\d\d lines\)", notes)
    assert nb.run('println!("fine");') == [stdout("fine\n")]


def test_many_short_lines(nb):
    outputs = nb.run('for i in 0..300_000 { println!("{i}"); }')
    out, notes, kept = split(outputs)
    lines = out.splitlines()
    assert lines == [str(i) for i in [*range(100_000), *range(299_980, 300_000)]]
    assert kept.splitlines() == [str(i) for i in range(100_000, 300_000)]
    assert "(200,000 lines)" in notes


def test_a_flood_of_a_process(nb):
    outputs = nb.run('std::process::Command::new("sh").args(["-c", "yes | head -n 5000000; echo over"]).status()?;')
    out, _, kept = split(outputs)
    assert out.endswith("y\nover\n") and kept.endswith("y\nover\n")
    assert len(out) < 3_000_000


def test_a_flood_on_stderr(nb):
    outputs = nb.run('for i in 0..200_000 { eprintln!("warning {i}"); }')
    text = "".join(text for stream, text in outputs if stream == "stderr")
    assert text.startswith("warning 0\n") and text.endswith("warning 199999\n")
    assert "[The cell printed another" in text and outputs[0][0] == "stderr"


def test_a_flood_can_be_interrupted(nb):
    ticket = nb.send('let mut n = 0_u64;\nloop { println!("on and on {n}"); n += 1; }')
    nb.until(ticket, "on and on 0\n")
    time.sleep(2)
    nb.interrupt()
    cell = nb.wait(ticket)
    assert cell.failure().name == "Interrupted"
    assert sum(len(text) for _, text in cell.outputs) < 3_000_000


def test_cleared_text_does_not_count(nb):
    nb.run("use ferrite::prelude::*;")
    code = 'for round in 0..5 {\n    clear_output(true);\n    println!("{}", format!("{round}").repeat(1_000_000));\n}'
    outputs = nb.run(code)
    assert [kind for kind, _ in outputs] == ["clear_output", "stdout"] * 5


def arrivals(notebook, code):
    """Texts of the stream messages of a cell, each with the time when it came."""
    ticket = notebook.send(code)
    result, came, seen = notebook.results[ticket], [], 0
    while not result.done:
        notebook.listen()
        for _, text in result.outputs[seen:]:
            came.append((time.monotonic(), text))
        seen = len(result.outputs)
    notebook.wait(ticket)
    return came


def test_progress_on_one_line_is_seen_at_once(nb):
    came = arrivals(
        nb,
        "use std::io::Write;\nfor i in 0..5 {\n    print!(\"\\r{i}\");\n    std::io::stdout().flush()?;\n"
        "    std::thread::sleep(std::time::Duration::from_millis(200));\n}",
    )
    assert [text for _, text in came] == [f"\r{i}" for i in range(5)]
    gaps = [later - earlier for (earlier, _), (later, _) in zip(came, came[1:])]
    assert all(gap > 0.05 for gap in gaps), gaps


def test_many_lines_come_in_few_messages(nb):
    came = arrivals(nb, 'for i in 0..50_000 { println!("{i}"); }')
    assert len(came) < 500
    assert "".join(text for _, text in came) == "".join(f"{i}\n" for i in range(50_000))


# -- text that Rust has not printed -------------------------------------------------


def test_c_code_prints(nb):
    nb.run('unsafe extern "C" { fn puts(text: *const std::ffi::c_char) -> i32; fn printf(text: *const std::ffi::c_char, ...) -> i32; }')
    assert nb.run('println!("rust");\nunsafe { puts(c"c".as_ptr()) };\nprintln!("rust");') == [stdout("rust\nc\nrust\n")]
    assert nb.run('unsafe { printf(c"%d without a line end".as_ptr(), 42) };') == [stdout("42 without a line end")]


def test_processes_print_on_both_streams(nb):
    outputs = nb.run('std::process::Command::new("sh").args(["-c", "echo out; echo err >&2"]).status()?;')
    assert sorted(outputs) == [stderr("err\n"), stdout("out\n")]


def test_a_cell_that_closes_its_stdout_ends(fresh):
    fresh.run('unsafe extern "C" { fn close(descriptor: i32) -> i32; }')
    assert fresh.run("unsafe { close(1) };\n5")[-1][1] == {"text/plain": "5"}
    assert fresh.run("6")[-1][1] == {"text/plain": "6"}
