"""Whatever is typed into a cell, the kernel answers, and goes on."""

import json
import random

import pytest
from jupyter_client.jsonutil import json_default

from client import result, stdout

# What may come of it.
GOOD, BAD, EITHER = "ok", "error", None

DEEP = 10_000
LONG = 200_000

TEXTS = {
    # Texts that are not whole.
    "a quote": ('let s = "never ends', BAD),
    "a raw string": ('let s = r##"never ends"#', BAD),
    "a character": ("let c = 'ab';", BAD),
    "an open bracket": ("vec![1, (2, {3", BAD),
    "a wrong bracket": ("vec![1, 2)", BAD),
    "an open comment": ("1 /* never /* ends */", BAD),
    "only brackets": ("}{)(][", BAD),
    # Texts that would end the code around them.
    "the frame's end": ("} }) }); fn evil() {", BAD),
    "the frame's end in brackets": ("}) }) } pub fn evil() { ({ ({ (", BAD),
    "the tail's end": ("1) { __shown => {} } match &(2", BAD),
    "a comment at the end": ("1 + 2 // the end", GOOD),
    "an open comment behind a slash": ("1 + 2 //* no end", GOOD),
    # Files.
    "include": ('include!("x")', BAD),
    "include itself": ('include!("cell.rs")', BAD),
    "include the root": ('include!("root.rs");', BAD),
    "include nothing": ('include_str!("\\0")', BAD),
    # Attributes and crates.
    "no_std": ("#![no_std]", EITHER),
    "no_core": ("#![no_core]\n1 + 1", EITHER),
    "an unknown feature": ("#![feature(ferrite_knows_no_such_feature)]\n1", BAD),
    "a broken feature": ("#![feature(1 + )]\n1", EITHER),
    "no_main": ("#![no_main]\nfn main() {}", EITHER),
    "the runtime": ("extern crate ferrite_runtime as _;", GOOD),
    "no crate": ("extern crate there_is_no_such_crate;", BAD),
    "std by another name": ("extern crate std as core;\nlet v = vec![1];\nv", EITHER),
    "an export": ("#[unsafe(no_mangle)] pub extern \"C\" fn ferrite_cell() {}", EITHER),
    "an error of one's own": ('compile_error!("on purpose");', BAD),
    # Macros.
    "a macro without end": ("macro_rules! ever { ($($t:tt)*) => { ever!($($t)* x) } }\never!()", BAD),
    "a macro named include": ("macro_rules! include { ($($t:tt)*) => { 7 } }\nfn seven() -> i32 { include!() }\nseven()", EITHER),
    "a macro of half a text": ("macro_rules! half { () => { { ( } }", BAD),
    # Much.
    "deep brackets": ("(" * DEEP + "1" + ")" * DEEP, BAD),
    "deep blocks": ("{" * DEEP + "}" * DEEP, BAD),
    "open brackets": ("(" * DEEP, BAD),
    "deep types": ("let x: " + "Vec<" * 3_000 + "i32" + ">" * 3_000 + ";", EITHER),
    "many signs": ("!" * 1_000 + "true", EITHER),
    "a long sum": ("1" + " + 1" * 1_000, EITHER),
    "a long text": ('let long = "' + "x" * LONG + '";\nlong.len()', GOOD),
    "a long line that is wrong": ('let long: i32 = "' + "x" * LONG + '";', BAD),
    "a long line that is no Rust": ("ab " * (LONG // 3), BAD),
    "a long list": ("let long = vec![" + "1, " * 5_000 + "];\nlong.len()", GOOD),
    # Letters.
    "other alphabets": ('let größe = 1;\nlet 変数 = 2;\nstruct Δ(i32);\nΔ(größe + 変数).0', GOOD),
    "a decomposed letter": ("let cafe\u0301 = 5;\ncafe\u0301 + 1", GOOD),
    "a picture as a name": ("let 🦀 = 1;", BAD),
    "half a pair": ('"\\u{d800}"', BAD),
    "half a pair as JSON has it": ('"\\ud800"', BAD),
    "text that turns around": ('let s = "\u202e";\ns.len()', EITHER),
    "a zero byte": ("1 + \0 1", BAD),
    "a zero byte in a text": ('"a\0b".len()', GOOD),
    "line ends of another system": ("let a = 1;\r\nlet b = 2;\r\na + b\r\n", GOOD),
    "a lone carriage return": ("let a = 1;\rlet b = 2;\ra + b", EITHER),
    "tabs": ("\tlet a = 1;\n\t\ta\t+\t1\t", GOOD),
    "a byte order mark": ("\ufefflet ä = 1;\nä + 1", GOOD),
    "a byte order mark and an error": ("\ufefflet ä: i32 = true;", BAD),
    "only comments": ("// nothing\n/* at */\n/// all", EITHER),
    "only blanks": (" \n\t\r\n\u3000", GOOD),
    "a shebang": ("#!/usr/bin/env run\n1", BAD),
    # Ways out.
    "return": ("return;", EITHER),
    "return a value": ("return 5;", BAD),
    "return well": ("return Ok(());", GOOD),
    "break": ("break;", BAD),
    "break from a loop": ("loop { break }", GOOD),
    "await nothing": ("().await", BAD),
    "exit": ("std::process::exit(0)", BAD),
    "an error": ('Err::<(), _>("no")?', BAD),
    # Names that generated code has as well.
    "ferrite_cell": ("let ferrite_cell = 1;\nferrite_cell", GOOD),
    "__shown": ("let __shown = 1;\n__shown + 1", GOOD),
    "__value": ("let __value = 1;\nlet __kept = |n: i32| n + 1;\n__kept(__value)", GOOD),
    "Some": ("let Some = 1;", BAD),
    "Ok": ("let Ok = 1;", BAD),
    "a function ferrite_cell": ("fn ferrite_cell() -> i32 { 1 }\nferrite_cell()", EITHER),
    "a type ferrite_cell": ("#[allow(non_camel_case_types)] struct ferrite_cell;", EITHER),
    "a module ferrite_runtime": ("mod ferrite_runtime { pub fn run() -> i32 { 3 } }\nself::ferrite_runtime::run()", EITHER),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("code, status", TEXTS.values(), ids=TEXTS)
def test_the_kernel_answers_and_goes_on(nb, code, status):
    nb.run(":clear")
    done = nb.execute(code)
    assert status in (EITHER, done.status), done
    # Quickly read, whatever it was that was long.
    if done.status == "error":
        assert len(done.failure().raw) < 100_000
    assert nb.run("1 + 1") == [result("2")]
    nb.run('let after = vec![String::from("a")];')
    assert nb.run("after") == [result('["a"]')]
    assert nb.run("for word in &after { println!(\"{word}\"); }\nSome(after.len())") == [stdout("a\n"), result("Some(1)")]


@pytest.mark.parametrize(
    "code, used, shown",
    [
        ("enum Result { Good, Bad }", "Result::Good as i32", "0"),
        ("fn Ok(n: i32) -> i32 { n }", "Ok(3)", "3"),
        ("enum Option { Some, None }", "Option::None as i32", "1"),
        ("#[derive(Debug)] struct String(i32);", "String(1).0", "1"),
        ("#[derive(Debug)] struct Vec(i32);", "Vec(2).0", "2"),
        ("#[derive(Debug)] struct Box(i32);", "Box(2).0", "2"),
        ("mod std { pub fn f() -> i32 { 4 } }", "5", "5"),
        ("mod core { pub fn f() -> i32 { 4 } }", "5", "5"),
        ("trait Debug { fn debug(&self) -> i32 { 6 } }\nimpl Debug for i32 {}", "1.debug()", "6"),
        ("macro_rules! vec { () => { 7 } }", "crate::vec!()", None),
        ("macro_rules! include { () => { 7 } }\nfn f() -> i32 { 1 }", "f()", "1"),
        ("trait Fn { fn call(&self) -> i32 { 8 } }\nimpl Fn for i32 {}", "1.call()", "8"),
        ("struct Send;\nstruct Sync;", "9", "9"),
    ],
)
def test_names_of_the_standard_library_may_be_defined(nb, code, used, shown):
    """What the notebook has is of the true types, and so is what is made next."""
    nb.run(":clear")
    nb.run('let words = vec!["a".to_string()];\nlet maybe = Some(1);\nlet plus = |n: i32| n + 1;')
    nb.run(code)
    if shown is not None:
        assert nb.run(used) == [result(shown)]
    else:
        nb.execute(used)
    assert nb.run("words.len()") == [result("1")]
    assert nb.run("maybe.is_some()") == [result("true")]
    assert nb.run("plus(1)") == [result("2")]
    nb.run("let more = words.clone();\nlet twice = |n: i32| n * 2;\ntwice(1);")
    assert nb.run("more") == [result('["a"]')]
    assert nb.run("more.len() as i32 + twice(2)") == [result("5")]
    # Defined with something of the notebook's at hand.
    nb.run("fn another() -> i32 { 1 }")
    assert nb.run("another() + words.len() as i32") == [result("2")]
    assert nb.fail('Err::<i32, &str>("no such")? + another()').value == "no such"


@pytest.mark.parametrize(
    "name", ["__shown", "__value", "__kept", "ferrite_cell", "r#loop", "cafe\u0301", "x\u0301", "std", "core", "Self_"]
)
def test_a_variable_of_any_name_is_kept(nb, name):
    nb.run(":clear")
    nb.run(f"let {name} = vec![1, 2];")
    assert nb.run(name) == [result("[1, 2]")]
    assert nb.run(f"{name}.len()") == [result("2")]
    nb.run(f"let {name} = move |n: i32| n + {name}[0];")
    assert nb.run(f"{name}(4)") == [result("5")]


def test_a_name_that_is_typed_in_two_ways_is_one_name(nb):
    nb.run("let cafe\u0301 = vec![1];\nfn menu\u0308() -> usize { 2 }")
    assert nb.run("caf\u00e9.len() + men\u00fc()") == [result("3")]
    nb.run("let moved = caf\u00e9;")
    assert "was moved by" in nb.fail("cafe\u0301.len()")


def test_a_place_behind_a_byte_order_mark_is_right(nb):
    failure = nb.fail("\ufefflet ä = 1;\nlet b: i32 = true;")
    number = nb.number() - 1
    assert failure.name == "E0308" and f"In [{number}]:2" in failure


def test_depth_is_told(nb):
    failure = nb.fail("(" * DEEP + ")" * DEEP)
    assert failure.value == "brackets are nested too deeply"
    failure = nb.fail(":type " + "(" * DEEP + "1" + ")" * DEEP)
    assert failure.name == "CommandError"


@pytest.mark.parametrize("text", ["let x =", "(" * DEEP, '"', "r#\"", "/*", "\ufeff", "\0", "}" * 100, "'"])
def test_any_text_is_complete_or_not(nb, text):
    nb.client.is_complete(text)
    reply = nb.client.get_shell_msg(timeout=60)
    assert reply["msg_type"] == "is_complete_reply"
    assert reply["content"]["status"] in ("complete", "incomplete", "invalid")
    assert nb.run("1 + 1") == [result("2")]


# What random cells are made of: parts of code, good ones and others.
PARTS = [
    "let ", "mut ", "x", "y", " = ", "1", "2.5", '"text"', "'c'", ";", "\n", "(", ")", "[", "]", "{", "}", "&", "&mut ", "*",
    ".", "::", "<", ">", "|", "||", "move ", "fn f", "()", " -> ", "i32", "String", "vec![", "println!(", '"{x}"', "?", "!",
    "if ", "else ", "match ", "loop { break }", "for i in 0..3 ", "return ", "struct S", "impl ", "enum E", "use std::", "mod m",
    "#[", "#![", "derive(Debug)", "async ", ".await", "unsafe ", "const ", "static ", "macro_rules! m", "$x", "'a", "r#", "//", "/*",
    "*/", "\\", "\"", "é", "e\u0301", "\u202e", "\t", "0x", "1e", "__shown", "crate::", "where ", "dyn ", ":dep", ":", "\n:vars\n",
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(4))
def test_random_cells(fresh, seed):
    lots = random.Random(seed)
    fresh.run('let mut x = vec![1];\nlet y = String::from("y");')
    for turn in range(12):
        code = "".join(lots.choices(PARTS, k=lots.randrange(1, 25)))
        done = fresh.execute(code)
        if done.status == "error":
            # Not even a worker ends: nothing here could do that.
            assert done.failure().name not in ("Crash", "FerriteError"), (code, done.failure().text)
        assert fresh.run(f"{turn} + 1") == [result(str(turn + 1))], code


def test_a_message_that_is_no_text_is_passed_over(nb):
    """Half of a pair cannot be said in UTF-8; JSON can say it all the same."""
    session = nb.client.session
    pack = session.pack
    session.pack = lambda content: json.dumps(content, default=json_default).encode()
    try:
        nb.client.execute('let s = "\ud800";')
    finally:
        session.pack = pack
    assert nb.run("1 + 1") == [result("2")]
