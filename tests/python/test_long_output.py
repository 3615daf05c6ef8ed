"""Cells that print more than a browser bears, and how printing reaches it."""

import re
import time

from client import display, stderr, stdout

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
        "for i in 0..5 {\n    print!(\"\\r{i}\");\n"
        "    std::thread::sleep(std::time::Duration::from_millis(200));\n}",
    )
    assert [text for _, text in came] == [f"\r{i}" for i in range(5)]
    gaps = [later - earlier for (earlier, _), (later, _) in zip(came, came[1:])]
    assert all(gap > 0.05 for gap in gaps), gaps


def test_a_part_of_a_line_is_seen_while_the_cell_goes_on(nb, tmp_path):
    nb.run('unsafe extern "C" { fn printf(text: *const std::ffi::c_char, ...) -> i32; }')
    for number, print_part in enumerate(['print!("half a line");', 'unsafe { printf(c"half a line".as_ptr()) };']):
        gate = tmp_path / f"gate {number}"
        ticket = nb.send(
            f'{print_part}\nwhile !std::path::Path::new("{gate}").exists() {{\n'
            "    std::thread::sleep(std::time::Duration::from_millis(5));\n}"
        )
        nb.until(ticket, "half a line")
        gate.touch()
        assert nb.wait(ticket).outputs == [stdout("half a line")]


def test_who_holds_stdout_stalls_nothing(nb):
    """The lock is held while a value is shown, and while another thread shows one."""
    nb.run("use ferrite::prelude::*;\nuse std::io::Write;")
    assert nb.run(
        '{\nlet mut held = std::io::stdout().lock();\nwrite!(held, "held")?;\n'
        'display(&MimeBundle::text("shown"));\nstd::thread::sleep(std::time::Duration::from_millis(200));\n'
        'writeln!(held, " on")?;\n}'
    ) == [stdout("held"), display(plain="shown"), stdout(" on\n")]
    outputs = nb.run(
        'std::thread::scope(|s| {\n    let mut held = std::io::stdout().lock();\n'
        '    s.spawn(|| display(&MimeBundle::text("of a thread")));\n'
        '    std::thread::sleep(std::time::Duration::from_millis(100));\n'
        '    display(&MimeBundle::text("of the cell"));\n    writeln!(held, "over").unwrap();\n});'
    )
    shown = [display(plain="of the cell"), stdout("over\n"), display(plain="of a thread")]
    assert sorted(map(str, outputs)) == sorted(map(str, shown))


def test_a_large_value_is_cut(nb):
    text = nb.text("vec![0u8; 50_000_000]")
    assert text.startswith("[0, 0, 0, ") and len(text) < 300_000
    assert text.endswith("\n[Cut here: more than another 16.8 MB of this are not shown]")
    nb.run("#[derive(Debug)]\nstruct Large { words: Vec<String> }\n"
           'let large = Large { words: vec!["word".to_owned(); 100_000] };')
    text = nb.text("large")
    assert text.startswith('Large {\n    words: [\n        "word",\n') and len(text) < 300_000
    assert text.endswith("MB of this are not shown]")
    try:
        nb.run(":fmt <{:?}>")
        text = nb.text("vec![0u8; 50_000_000]")
        assert text.startswith("<[0, 0, ") and len(text) < 300_000
    finally:
        nb.run(":fmt")


def test_a_flood_of_outputs_is_cut(nb):
    nb.run("use ferrite::prelude::*;")
    outputs = nb.run('for i in 0..5_000 { display(&i); }\n"the value"')
    assert outputs[:1_000] == [display(plain=str(i)) for i in range(1_000)]
    (stream, note), value = outputs[1_000:]
    assert stream == "stderr" and "A cell shows 1,000 outputs at most" in note
    assert value == ("execute_result", {"text/plain": '"the value"'})
    # What is cleared does not count.
    outputs = nb.run("for i in 0..1_500 { clear_output(true); display(&i); }")
    assert len(outputs) == 3_000


def test_a_flood_of_large_outputs_is_cut(nb):
    nb.run("use ferrite::prelude::*;")
    outputs = nb.run('let picture = MimeBundle::text("x".repeat(30_000_000));\nfor _ in 0..4 { display(&picture); }')
    assert [kind for kind, *_ in outputs] == ["display_data", "display_data", "stderr"]
    assert "A cell shows 67.1 MB of outputs at most" in outputs[-1][1]


def test_a_flood_of_updates_ends_with_the_last(nb):
    nb.run("use ferrite::prelude::*;")
    outputs = nb.run("let shown = display_handle(&0);\nfor i in 0..30_000 { shown.update(&i); }")
    assert len(outputs) < 10_000
    assert outputs[-1][-1] == {"text/plain": "29999"}


def test_much_output_between_cells_is_bounded_as_one(fresh):
    ticket = fresh.send(
        "std::thread::spawn(|| { for round in 0..20 {\n"
        "    std::thread::sleep(std::time::Duration::from_millis(50));\n"
        '    for _ in 0..5_000 { println!("{}", "x".repeat(99)); } }\n'
        '    std::thread::sleep(std::time::Duration::from_millis(300));\n'
        '    ferrite::display::display(&ferrite::display::MimeBundle::text("over")); });'
    )
    fresh.wait(ticket)
    result = fresh.results[ticket]
    while not any(output[0] == "display_data" for output in result.outputs):
        fresh.listen()
    # The file is written when there is no more for now.
    time.sleep(1)
    result.join()
    out, notes, kept = split([output for output in result.outputs if output[0] != "display_data"])
    assert len(out) < 3_000_000 and len(out) + len(kept) == 20 * 5_000 * 100
    assert notes.count("as much text as is shown of one cell") == 1


def test_many_lines_come_in_few_messages(nb):
    came = arrivals(nb, 'for i in 0..50_000 { println!("{i}"); }')
    assert len(came) < 500
    assert "".join(text for _, text in came) == "".join(f"{i}\n" for i in range(50_000))


# -- text that Rust has not printed -------------------------------------------------


def test_c_code_prints(fresh):
    nb = fresh
    nb.run('unsafe extern "C" { fn puts(text: *const std::ffi::c_char) -> i32; fn printf(text: *const std::ffi::c_char, ...) -> i32; }')
    assert nb.run('println!("rust");\nunsafe { puts(c"c".as_ptr()) };\nprintln!("rust");') == [stdout("rust\nc\nrust\n")]
    assert nb.run('unsafe { printf(c"%d without a line end".as_ptr(), 42) };') == [stdout("42 without a line end")]


def test_processes_keep_their_place_between_the_streams(nb):
    run = 'std::process::Command::new("sh").args(["-c", "{}"]).status()?;'
    assert nb.run(
        'println!("a");\n' + run.format("echo b >&2") + '\nprintln!("c");\neprintln!("d");\n'
        + run.format("echo e") + '\neprintln!("f");'
    ) == [stdout("a\n"), stderr("b\n"), stdout("c\n"), stderr("d\n"), stdout("e\n"), stderr("f\n")]


def test_a_file_in_place_of_stdout_holds_what_was_printed(fresh, tmp_path):
    """No marker of ours gets into it, and the cell's value is there at once."""
    fresh.run('unsafe extern "C" { fn dup2(old: i32, new: i32) -> i32; fn dup(old: i32) -> i32; }')
    outputs = fresh.run(
        "use std::os::fd::AsRawFd;\nlet before = unsafe { dup(1) };\n"
        f'let file = std::fs::File::create("{tmp_path}/printed")?;\n'
        "unsafe { dup2(file.as_raw_fd(), 1) };\n"
        'println!("into the file");\neprintln!("note");\nprintln!("and more");\n'
        'ferrite::display::display(&ferrite::display::MimeBundle::text("shown"));\n'
        'println!("at last");\nunsafe { dup2(before, 1) };\nprintln!("back");'
    )
    assert outputs == [stderr("note\n"), display(plain="shown"), stdout("back\n")]
    assert (tmp_path / "printed").read_text() == "into the file\nand more\nat last\n"


def test_processes_print_on_both_streams(nb):
    outputs = nb.run('std::process::Command::new("sh").args(["-c", "echo out; echo err >&2"]).status()?;')
    assert sorted(outputs) == [stderr("err\n"), stdout("out\n")]


def test_a_cell_that_closes_its_stdout_ends(fresh):
    fresh.run('unsafe extern "C" { fn close(descriptor: i32) -> i32; }')
    assert fresh.run("unsafe { close(1) };\n5")[-1][1] == {"text/plain": "5"}
    assert fresh.run("6")[-1][1] == {"text/plain": "6"}
