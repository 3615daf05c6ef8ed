"""What a cell prints and shows, in order."""

import os

import pytest

from client import clear, display, result, stderr, stdout, update


@pytest.mark.parametrize(
    "code, shown",
    [
        ("1 + 1", "2"),
        ("let a = 20;\na + 1", "21"),
        ('"text"', '"text"'),
        ('format!("{:.2}", 1.0 / 3.0)', '"0.33"'),
        ("if 1 < 2 { 'a' } else { 'b' }", "'a'"),
        ("{ let inner = 3; inner * 2 }", "6"),
        ("match 5 { n if n > 4 => Some(n), _ => None }", "Some(5)"),
        ("vec![1, 2]", "[1, 2]"),
        ("loop { break 7 }", "7"),
        ("unsafe { 9 }", "9"),
        ("(1..=3).map(|n| n * n).collect::<Vec<_>>()", "[1, 4, 9]"),
        ("1 // a comment", "1"),
        ("1 /* a comment */\n\n", "1"),
        ("-1_i32.pow(2)", "-1"),
        ("&[1.5][..]", "[1.5]"),
        ('"größer als ß"', '"größer als ß"'),
        ("None::<String>", "None"),
        ('Ok::<i32, String>(1)', "Ok(1)"),
        ("std::time::Duration::from_millis(1500)", "1.5s"),
    ],
)
def test_the_last_expression_is_shown(nb, code, shown):
    assert nb.run(code) == [result(shown)]


@pytest.mark.parametrize(
    "code",
    [
        "1 + 1;",
        "let b = 2;",
        "()",
        "let mut c = 1;\nc = 2",
        "for _ in 0..3 {}",
        "if true {}",
        "fn f() {}",
        "assert_eq!(1, 1)",
        "vec![1, 2];",
        "use std::fmt;",
    ],
)
def test_nothing_else_is(nb, code):
    assert nb.run(code) == []


def test_a_large_value_is_spread_over_lines(nb):
    nb.run("#[derive(Debug)]\nstruct Wide { first_of_its_fields: Vec<u64>, second_of_its_fields: Vec<u64> }")
    text = nb.text("Wide { first_of_its_fields: (0..12).collect(), second_of_its_fields: (0..12).collect() }")
    assert text.startswith("Wide {\n    first_of_its_fields: [\n        0,\n")


def test_a_value_without_a_look_says_what_it_is(nb):
    nb.run("struct Faceless;")
    text = nb.text("Faceless")
    assert "Faceless" in text and "Debug" in text
    nb.run("let faceless = Faceless;")
    assert nb.text("faceless") == text


def test_a_look_of_ones_own(nb):
    nb.run("use ferrite::display::{MimeBundle, Show};\nstruct Badge(&'static str);\n"
           "impl Show for Badge {\n    fn show(&self) -> MimeBundle {\n"
           "        MimeBundle::text(self.0).html(format!(\"<b>{}</b>\", self.0))\n    }\n}")
    look = {"text/plain": "new", "text/html": "<b>new</b>"}
    assert nb.run('Badge("new")') == [("execute_result", look)]
    nb.run('let badge = Badge("new");')
    assert nb.run("badge") == [("execute_result", look)]
    assert nb.run("&badge") == [("execute_result", look)]
    assert nb.run("ferrite::display::display(&badge);") == [("display_data", look)]


def test_a_look_written_for_evcxr(nb):
    nb.run("struct Old;\nimpl Old {\n    fn evcxr_display(&self) {\n"
           '        println!("EVCXR_BEGIN_CONTENT text/html\\n<i>old</i>\\nEVCXR_END_CONTENT");\n    }\n}')
    (_, data), = nb.run("Old")
    assert data == {"text/html": "<i>old</i>"}


def test_text_is_printed(nb):
    assert nb.run('println!("one");\nprint!("two");\nprintln!();') == [stdout("one\ntwo\n")]
    assert nb.run('print!("no line end")') == [stdout("no line end")]
    assert nb.run('eprintln!("beware");') == [stderr("beware\n")]
    assert nb.run('println!("{0:>5}|{0:<5}|{name:?}", 1, name = "ä€😀");') == [
        stdout('    1|1    |"ä€😀"\n')
    ]


def test_both_streams_are_whole(nb):
    outputs = nb.run('for i in 0..200 { println!("out {i}"); eprintln!("err {i}"); }')
    for name, word in (("stdout", "out"), ("stderr", "err")):
        text = "".join(text for stream, text in outputs if stream == name)
        assert text == "".join(f"{word} {i}\n" for i in range(200))


def test_the_streams_are_in_order(nb):
    """Twice: in a flood of them, too."""
    assert nb.run('println!("1");\neprintln!("2");\nprintln!("3");\nprintln!("4");\neprintln!("5");\neprintln!("6");') == [
        stdout("1\n"), stderr("2\n"), stdout("3\n4\n"), stderr("5\n6\n")
    ]
    expected = []
    for i in range(300):
        expected += [stdout(f"out {i}\n"), stderr(f"err {i}\n")]
    assert nb.run('for i in 0..300 { println!("out {i}"); eprintln!("err {i}"); }') == expected


def test_the_streams_of_a_thread_are_in_order(nb):
    assert nb.run('std::thread::spawn(|| for i in 0..3 { println!("{i}"); eprintln!("{i}"); }).join().unwrap();') == [
        output for i in range(3) for output in (stdout(f"{i}\n"), stderr(f"{i}\n"))
    ]


def test_a_result_comes_after_what_was_printed(nb):
    assert nb.run('println!("first");\n"then"') == [stdout("first\n"), result('"then"')]


def test_a_megabyte_is_printed(nb):
    outputs = nb.run('for i in 0..100_000 { println!("{i:09}"); }')
    assert outputs == [stdout("".join(f"{i:09}\n" for i in range(100_000)))]


def test_one_line_of_a_megabyte(nb):
    assert nb.run('println!("{}", "x".repeat(1 << 20));') == [stdout("x" * (1 << 20) + "\n")]


def test_text_between_rich_outputs_keeps_its_place(nb):
    nb.run("use ferrite::prelude::*;")
    outputs = nb.run(
        'for i in 0..50 {\n    println!("before {i}");\n'
        "    display(&MimeBundle::text(format!(\"shown {i}\")));\n}\n"
        'print!("after");'
    )
    expected = []
    for i in range(50):
        expected += [stdout(f"before {i}\n"), display(plain=f"shown {i}")]
    assert outputs == [*expected, stdout("after")]


def test_stderr_before_a_rich_output_keeps_its_place(nb):
    assert nb.run(
        "use ferrite::prelude::*;\n"
        'eprint!("warned");\ndisplay(&MimeBundle::text("shown"));\neprint!("warned again");'
    ) == [stderr("warned"), display(plain="shown"), stderr("warned again")]


def test_several_displays_and_a_result(nb):
    nb.run("use ferrite::prelude::*;")
    assert nb.run(
        'display(&MimeBundle::text("a").html("<p>a</p>"));\n'
        'display(&MimeBundle::text("b").svg("<svg></svg>"));\n3'
    ) == [display(plain="a", html="<p>a</p>"), display(plain="b", svg="<svg></svg>"), result("3")]


def test_a_display_is_updated(nb):
    nb.run("use ferrite::prelude::*;")
    assert nb.run('display_as("bar", &MimeBundle::text("0 %"));') == [display(plain="0 %")]
    assert nb.run('update_display("bar", &MimeBundle::text("100 %"));') == [
        update("bar", plain="100 %")
    ]


def test_outputs_are_cleared(nb):
    nb.run("use ferrite::prelude::*;")
    assert nb.run('println!("old");\nclear_output(true);\nprintln!("new");') == [
        stdout("old\n"),
        clear(wait=True),
        stdout("new\n"),
    ]


def test_json_is_sent_as_json(nb):
    nb.run("use ferrite::prelude::*;")
    assert nb.run('display(&MimeBundle::text("x").with("application/json", "{\\"a\\": [1]}"));') == [
        ("display_data", {"text/plain": "x", "application/json": {"a": [1]}})
    ]


def test_output_comes_while_the_cell_runs(nb, tmp_path):
    gate = tmp_path / "gate"
    ticket = nb.send(
        'println!("waiting");\n'
        f"while !std::path::Path::new({str(gate)!r}).exists() {{\n".replace("'", '"')
        + "    std::thread::sleep(std::time::Duration::from_millis(5));\n}\n"
        'println!("through");'
    )
    nb.until(ticket, "waiting\n")
    gate.touch()
    assert nb.wait(ticket).outputs == [stdout("waiting\nthrough\n")]


def test_a_thread_prints_under_the_cell_that_waits_for_it(nb):
    assert nb.run(
        'let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| println!("line"))).collect();\n'
        "for thread in threads { thread.join().unwrap(); }"
    ) == [stdout("line\n" * 4)]


def test_what_a_process_prints_is_there(nb):
    assert nb.run('std::process::Command::new("echo").arg("from a child").status()?.success()') == [
        stdout("from a child\n"),
        result("true"),
    ]


def test_bytes_that_are_no_text_do_no_harm(nb):
    (kind, text), = nb.run(
        "use std::io::Write;\nstd::io::stdout().write_all(b\"a\\xff\\xfeb\\n\")?;"
    )
    assert kind == "stdout"
    assert text[0] == "a" and text[-2:] == "b\n"
    assert nb.run('println!("fine");') == [stdout("fine\n")]


def test_control_characters_pass(nb):
    assert nb.run(r'print!("\x1b[31mred\x1b[0m\r50 %\x08");') == [
        stdout("\x1b[31mred\x1b[0m\r50 %\x08")
    ]


def test_cells_run_in_the_notebooks_folder(nb):
    assert nb.run("std::env::current_dir()?.display().to_string()") == [
        result(f'"{os.path.realpath(nb.folder)}"')
    ]
