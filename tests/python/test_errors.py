"""What a person reads when the code is wrong, and what survives it."""

import html
import os

import pytest

from client import COLOURS, result, stdout


def test_a_type_error_shows_the_line_as_it_was_typed(nb):
    number = nb.number()
    failure = nb.fail('let x = 1;\nlet count: i32 = "three";')
    assert (failure.name, failure.value) == ("E0308", "mismatched types")
    assert f"In [{number}]:2:18" in failure
    assert '2 | let count: i32 = "three";' in failure
    assert "expected `i32`, found `&str`" in failure


def test_errors_are_coloured(nb):
    failure = nb.fail("let x: i32 = 1.5;")
    assert "\x1b[" in failure.raw
    assert failure.raw != failure.text


def test_a_suggestion_is_shown(nb):
    failure = nb.fail('let name: String = "Ada";')
    assert "help: " in failure
    assert '"Ada".to_string()' in failure
    nb.run("let penguins = 344;")
    assert "penguins" in nb.fail("println!(\"{}\", pengins)")


def test_types_are_named_without_their_paths(nb):
    failure = nb.fail('let name: String = vec![Some(1)];')
    assert "expected `String`, found `Vec<Option<{integer}>>`" in failure
    assert "std::string::String" not in failure


@pytest.mark.parametrize(
    "code, line, column",
    [
        ("no_such_name", 1, 1),
        ("\n\n   no_such_name", 3, 4),
        ("let a = 1;\nif a > 0 {\n    no_such_name();\n}", 3, 5),
        ("let größe = 1; no_such_name", 1, 16),
        ("fn f() -> i32 {\n    no_such_name\n}", 2, 5),
        ("struct S;\nimpl S {\n    fn f(&self) { no_such_name }\n}", 3, 19),
        ("for i in 0..3 {\n    while i > 5 { no_such_name; }\n}", 2, 19),
        ("let v = vec![1];\nv.iter()\n    .map(|n| n + 1)\n    .filter(|n| no_such_name)\n    .count()", 4, 17),
        ("println!(\"{}\", no_such_name)", 1, 16),
        ("use std::fmt;\nfn g() {}\nno_such_name", 3, 1),
        ("let a = no_such_name;", 1, 9),
        ("match 1 {\n    1 => no_such_name,\n    _ => 2,\n}", 2, 10),
    ],
)
def test_places_are_those_of_the_cell(nb, code, line, column):
    number = nb.number()
    failure = nb.fail(code)
    assert failure.name == "E0425"
    assert f"In [{number}]:{line}:{column}\n" in failure
    assert f"{line} | {code.splitlines()[line - 1].rstrip()}\n" in failure


def test_nothing_of_the_generated_code_is_shown(nb):
    nb.run("let mut v = vec![1];\nfn helper() -> i32 { 1 }")
    for code in (
        'v.push("two");\nhelper()',
        "let w = v;\nv.len()",
        "let r = { let inner = 1; &inner };",
        "let f = |x| x;",
        'fn helper() -> i32 { "x" }',
        "helper(1)",
        "v.no_such_method()",
        "#[derive(Debug)] struct Broken { x: NoType }",
    ):
        failure = nb.fail(code)
        for trace in ("ferrite_runtime", "checkpoint", "__value", "cell_items", "fn cell()", "cell.rs"):
            assert trace not in failure, f"{code}\n{failure.text}"


def test_every_error_of_a_cell_is_shown(nb):
    failure = nb.fail('let a: i32 = "x";\nlet b: bool = 1;')
    assert failure.text.count("mismatched types") == 2


def test_a_warning_is_not_shown_beside_an_error(nb):
    assert "unused" not in nb.fail('let unused = 1;\nlet a: i32 = "x";')


@pytest.mark.parametrize(
    "code, place, said",
    [
        ("let x = ;", "1:9", "expected expression, found `;`"),
        ("let = 3;", "1:5", "expected pattern, found `=`"),
        ("fn f( {}", "1:", "mismatched closing delimiter"),
        ("let a = 1;\nlet b = (1 + 2;", "2:", None),
        ("struct S { x i32 }", "1:14", "expected `:`"),
        ("let a = 1\nlet b = 2;", "1:10", "expected `;`"),
    ],
)
def test_a_syntax_error(nb, code, place, said):
    number = nb.number()
    failure = nb.fail(code)
    assert f"In [{number}]:{place}" in failure
    assert failure.value
    assert said is None or said in failure.value
    for trace in ("fn cell", "cell.rs"):
        assert trace not in failure


def test_what_rustc_denies_is_denied(nb):
    """Lints that are errors by default: the code cannot mean what it says."""
    assert "literal out of range for `u8`" in nb.fail("let byte: u8 = 256;").value
    assert "this operation will panic" in nb.fail("let four = [1, 2, 3][4];").value
    assert "this arithmetic operation will overflow" in nb.fail("let big = 255_u8 + 1;").value


def test_an_error_across_cells_names_both(nb):
    number = nb.number()
    nb.run("// a comment\nfn takes_text(text: &str) -> usize { text.len() }")
    failure = nb.fail("takes_text(5)")
    assert f"In [{number + 1}]:1:12" in failure
    assert f"In [{number}]:2:4" in failure
    assert "fn takes_text(text: &str)" in failure
    assert "items_" not in failure


def test_a_suggestion_for_a_variable_of_an_earlier_cell(nb):
    number = nb.number()
    nb.run("let constant = vec![1];")
    failure = nb.fail("constant.push(2);")
    assert "help: consider changing this to be mutable" in failure
    assert "let mut constant" in failure or f"In [{number}]" in failure


def test_use_after_move_within_a_cell(nb):
    failure = nb.fail("let s = vec![1];\nlet t = s;\ns.len()")
    assert failure.name == "E0382"
    assert "borrow of moved value: `s`" in failure.value


def test_a_borrow_error(nb):
    failure = nb.fail("let mut v = vec![1];\nlet first = &v[0];\nv.push(2);\nprintln!(\"{first}\");")
    assert failure.name == "E0502"


def test_an_unfulfilled_trait_is_explained(nb):
    nb.run("struct Plain;\nfn needs<T: Clone>(_: T) {}")
    failure = nb.fail("needs(Plain)")
    assert failure.name == "E0277"
    assert "the trait bound `Plain: Clone` is not satisfied" in failure.value


def test_a_cell_with_an_error_runs_nothing(nb):
    nb.run("let mut tally = 1;")
    failure = nb.fail('tally += 1;\nprintln!("ran");\nlet x: i32 = "x";')
    assert failure.outputs == []
    assert nb.run("tally") == [result("1")]


def test_a_cell_with_an_error_defines_nothing(nb):
    nb.fail('fn half_done() {}\nlet ghost = 1;\nlet x: i32 = "x";')
    assert nb.fail("half_done()").name == "E0425"
    assert nb.fail("ghost").name == "E0425"


# -- errors while running -------------------------------------------------------


def test_the_question_mark(nb):
    assert nb.run('let n: i32 = "42".parse()?;\nn + 1') == [result("43")]
    failure = nb.fail('let n: i32 = "many".parse()?;')
    assert (failure.name, failure.value) == ("ParseIntError", "invalid digit found in string")
    assert nb.run("n") == [result("42")]


def test_the_question_mark_stops_the_cell(nb):
    failure = nb.fail('println!("one");\nlet x: f64 = "?".parse()?;\nprintln!("two");')
    assert failure.outputs == [stdout("one\n")]
    assert failure.name == "ParseFloatError"


def test_errors_of_every_kind_leave_through_the_question_mark(nb):
    nb.run("#[derive(Debug)]\nenum Trouble { Small(i32) }\n"
           "impl std::fmt::Display for Trouble {\n"
           '    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, "a little trouble") }\n}\n'
           "impl std::error::Error for Trouble {}")
    nb.run("fn risky() -> Result<i32, Trouble> { Err(Trouble::Small(1)) }")
    failure = nb.fail("risky()?")
    assert (failure.name, failure.value) == ("Trouble", "a little trouble")
    nb.run('fn boxed() -> Result<(), Box<dyn std::error::Error>> { Err("boxed trouble".into()) }')
    assert nb.fail("boxed()?;").value == "boxed trouble"
    assert nb.fail('Err("plain text")?;').value == "plain text"
    assert nb.fail('Err::<(), _>(format!("number {}", 3))?').value == "number 3"
    assert "No such file or directory" in nb.fail('std::fs::read("nowhere")?').value


def test_a_result_that_is_not_asked_is_only_shown(nb):
    assert nb.run('"many".parse::<i32>()') == [result("Err(ParseIntError { kind: InvalidDigit })")]


def test_the_causes_of_an_error_are_told(nb):
    nb.run("#[derive(Debug)]\nstruct Outer(std::num::ParseIntError);\n"
           "impl std::fmt::Display for Outer {\n"
           '    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, "no port in the settings") }\n}\n'
           "impl std::error::Error for Outer {\n"
           "    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> { Some(&self.0) }\n}")
    failure = nb.fail('"x".parse::<u16>().map_err(Outer)?')
    assert failure.value == "no port in the settings"
    assert "caused by: invalid digit found in string" in failure


def test_a_panic_shows_its_message_and_its_line(nb):
    number = nb.number()
    failure = nb.fail('let a = 1;\n\npanic!("gave up at {}", 3);')
    assert (failure.name, failure.value) == ("panic", "gave up at 3")
    assert f"In [{number}]:3" in failure


@pytest.mark.parametrize(
    "code, message",
    [
        ("let v = vec![1, 2];\nv[7]", "index out of bounds: the len is 2 but the index is 7"),
        ("None::<i32>.unwrap()", "called `Option::unwrap()` on a `None` value"),
        ('"x".parse::<i32>().expect("a number")', "a number: ParseIntError { kind: InvalidDigit }"),
        ("let zero = std::hint::black_box(0);\n1 / zero", "attempt to divide by zero"),
        ("let mut small = std::hint::black_box(255_u8);\nsmall += 1;", "attempt to add with overflow"),
        ("todo!()", "not yet implemented"),
        ('assert_eq!(1, 2, "they differ")', "they differ"),
        ("unreachable!()", "entered unreachable code"),
        ("std::panic::panic_any(5)", ""),
    ],
)
def test_panics_of_every_kind(nb, code, message):
    failure = nb.fail(code)
    assert failure.name == "panic"
    assert message in failure.value
    assert nb.run("1 + 1") == [result("2")]


def test_a_panic_in_a_function_names_the_functions_cell(nb):
    number = nb.number()
    nb.run('fn fragile(n: i32) -> i32 {\n    if n > 2 {\n        panic!("too much");\n    }\n    n\n}')
    failure = nb.fail("let a = fragile(1);\nfragile(3)")
    assert f"In [{number}]:3" in failure


def test_a_panic_keeps_every_variable(nb):
    nb.run('let mut list = vec![1];\nlet name = String::from("Ada");\nlet mut n = 0;')
    nb.fail('list.push(2);\nn += 5;\nlet new = 1;\nprintln!("{name}");\npanic!("now");')
    assert nb.run("list") == [result("[1, 2]")]
    assert nb.run("(n, name.len())") == [result("(5, 3)")]
    assert nb.fail("new").name == "E0425"
    nb.run("list.push(3);")
    assert nb.run("list") == [result("[1, 2, 3]")]


def test_a_question_mark_keeps_every_variable(nb):
    nb.run("let mut log = Vec::<i32>::new();")
    nb.fail('log.push(1);\n"x".parse::<i32>()?;')
    assert nb.run("log") == [result("[1]")]


def test_a_panic_while_showing_a_value(nb):
    nb.run("struct Grim;\nimpl std::fmt::Debug for Grim {\n"
           '    fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result { panic!("not to be seen") }\n}')
    assert nb.fail("Grim").value == "not to be seen"
    nb.run("let grim = Grim;\nlet spared = 1;")
    assert nb.fail("grim").value == "not to be seen"
    assert nb.run("spared") == [result("1")]


def test_a_panic_while_dropping_a_value(nb):
    nb.run("struct Sore;\nimpl Drop for Sore { fn drop(&mut self) { panic!(\"ouch\") } }")
    nb.run("let sore = Sore;\nlet beside = 1;")
    assert nb.fail("drop(sore);").value == "ouch"
    assert nb.run("beside") == [result("1")]


def test_a_panic_in_a_thread_is_an_error_of_its_join(nb):
    outputs = nb.run('std::thread::spawn(|| panic!("in a thread")).join().is_err()')
    assert outputs[-1] == result("true")
    (kind, text), = outputs[:-1]
    assert kind == "stderr" and "in a thread" in text


def test_a_panic_in_async_code(nb):
    nb.run("let mut awaited = 0;")
    failure = nb.fail('awaited += 1;\ntokio::time::sleep(std::time::Duration::from_millis(1)).await;\npanic!("after a wait");')
    assert failure.value == "after a wait"
    assert nb.run("awaited") == [result("1")]


def test_a_caught_panic_is_no_error(nb):
    assert nb.run('std::panic::catch_unwind(|| panic!("caught")).is_err()') == [result("true")]


def test_a_missing_csv_file_is_named(nb):
    nb.run("use ferrite::prelude::*;")
    failure = nb.fail('let frame = read_csv("data/pengiuns.csv")?;')
    assert failure.name == "FrameError"
    assert '"data/pengiuns.csv"' in failure.value
    assert nb.run("1") == [result("1")]


def test_a_file_with_a_similar_name_is_suggested(nb):
    os.makedirs(os.path.join(nb.folder, "data"), exist_ok=True)
    with open(os.path.join(nb.folder, "data", "penguins.csv"), "w", encoding="utf-8") as file:
        file.write("species,mass\nAdelie,3700\n")
    nb.run("use ferrite::prelude::*;")
    assert '"data/penguins.csv"' in nb.fail('read_csv("data/pengiuns.csv")?').value
    assert nb.run('read_csv("data/penguins.csv")?.shape()') == [result("(1, 2)")]


def test_a_missing_column_is_named_with_the_one_that_was_meant(nb):
    nb.run("use ferrite::prelude::*;\nlet frame = datasets::penguins()?;")
    text = 'no column "flipper_len_mm" in this frame; did you mean "flipper_length_mm"?'
    failure = nb.fail('train_test_split(&frame, 0.25).stratify("flipper_len_mm").split()?')
    assert text in failure.value
    # A chart is drawn when it is shown: the error stands in its place.
    data = nb.show('chart::scatter(&frame, "flipper_len_mm", "body_mass_g")')
    assert text in data["text/plain"]
    assert text in html.unescape(data["text/html"])
    assert nb.run("frame.height()") == [result("344")]


def test_an_unknown_command_is_told_the_known_ones(nb):
    failure = nb.fail(":no_such_command")
    assert ":vars" in failure.value


# -- beyond rustc's words -------------------------------------------------------


def test_the_number_is_a_link(nb):
    failure = nb.fail("let x: i32 = 1.5;")
    assert "https://doc.rust-lang.org/error_codes/E0308.html" in failure
    assert "`:explain`" in failure
    assert "https://" not in nb.fail("let x = ;")


@pytest.mark.parametrize(
    "code, sentence",
    [
        ("let s = vec![1];\nlet t = s;\ns.len()", "`s.clone()` there leaves the original"),
        (
            "let mut v = vec![1];\nlet first = &v[0];\nv.push(2);\nprintln!(\"{first}\");",
            "somebody still looks at `v`",
        ),
        (
            'let n: i32 = "3".parse::<i32>();',
            "`?` behind it takes the value",
        ),
        ('"3".parse::<i32>().pow(2)', "`?.pow` takes the value first"),
        ('fn f() -> i32 { "3".parse::<i32>()? }', "a function has to return a `Result`"),
        ("let n: i32 = vec![1].iter().max().copied();", "`.unwrap_or(…)`"),
        ("use no_such_crate::Thing;", ":dep no_such_crate"),
        ("no_such_crate::thing()", ":dep no_such_crate"),
    ],
)
def test_beginners_are_told_what_to_type(nb, code, sentence):
    assert sentence in nb.fail(code)


def test_nothing_is_added_where_rustc_says_it_all(nb):
    failure = nb.fail('let count: i32 = "three";')
    assert "help" not in failure.text.split("E0308 is explained")[0]


LONG = "(1..9).map(|n| (n, vec![Some(n)])).filter(|p| p.0 > 1).map(|p| p.1).skip(1).zip(1..9)"


def test_long_types_are_folded_and_told_by_explain(nb):
    failure = nb.fail(f"let x: i32 = {LONG};")
    assert "Zip<" in failure and "…" in failure
    assert "Filter<Map<Range<" not in failure
    assert "written to" not in failure
    (_, data), = [output for output in nb.run(":explain") if output[0] == "display_data"]
    assert "The types of the last error in full" in data["text/plain"]
    assert "Filter<" in data["text/plain"]


def warnings(outputs):
    return [data for kind, data in outputs if kind == "display_data"]


def test_a_warning_is_quiet_and_comes_once(nb):
    number = nb.number()
    code = 'std::fs::remove_file("no such file");'
    (data,) = warnings(nb.run(code))
    assert "unused `Result" in data["text/plain"]
    assert f"In [{number}]:1:1" in COLOURS.sub("", data["text/plain"])
    assert data["text/html"].startswith("<details")
    assert warnings(nb.run(code)) == []


@pytest.mark.parametrize(
    "code",
    [
        "let never_used = 1; let mut unchanged = 2;",
        "fn nobody_calls_this() {} struct Unused; const lower: i32 = 1;",
        "use std::collections::HashMap;",
        'panic!("after which nothing is reached")',
        "let v = vec![1]; v;",
        "for i in 0..3 { let j = i; }",
        "let (a, b); a = 1; b = 2;",
    ],
)
def test_what_is_no_fault_in_a_notebook_is_not_warned_of(nb, code):
    assert warnings(nb.execute(code).outputs) == []


def test_the_rest_of_a_cell_with_a_warning_runs(nb):
    outputs = nb.run('std::fs::remove_file("no such file");\nlet after = 5;\nafter + 1')
    assert len(warnings(outputs)) == 1
    assert outputs[-1] == result("6")


def test_a_warning_of_a_cell_out_of_the_cache_is_shown_once_under_its_number(nb, another):
    code = 'std::fs::remove_file("no such file, kept");'
    nb.run(code)
    other = another()
    other.run("1")
    number = other.number()
    (data,) = warnings(other.run(code))
    assert f"In [{number}]:1:1" in COLOURS.sub("", data["text/plain"])
    assert warnings(other.run(code)) == []
    other.run(":clear")
    assert len(warnings(other.run(code))) == 1


@pytest.mark.parametrize(
    "code, said",
    [
        ("let r: &String; { let s = String::new(); r = &s; } r.len()", "`s` ends before"),
        ("let s: &mut Vec<u8> = vec![1u8].as_mut(); s.len()", "give it a name with `let`"),
        ("fn name() -> &'static str { let s = String::new(); &s }", "`String` for `&str`"),
        ("fn later() -> impl Fn() -> i32 { let n = 1; || n + 1 }", "gives it `n` to keep"),
        ("let p = (vec![1], 2); let a = p.0; let b = p.0;", "`p.0.clone()`"),
        ("let mut text = String::new(); text.write_str(\"a\")?;", "`use std::fmt::Write;` at the top"),
        ("vec![1].lenght()", "Tab behind the dot"),
    ],
)
def test_who_begins_is_told_in_a_sentence(nb, code, said):
    assert said in nb.fail(code)


def test_the_sentence_is_of_the_first_error_that_has_one(nb):
    code = "let a: i32 = not_there_at_all;\nlet v = vec![1];\nlet w = v;\nv.len()"
    failure = nb.fail(code)
    assert failure.name == "E0425"
    code = "let v = vec![1];\nlet w = v;\nv.len();\nlet p = (vec![1], 2); let a = p.0; let b = p.0;"
    assert "`v.clone()`" in nb.fail(code)


def test_what_generated_code_needs_is_not_suggested(nb):
    assert "ferrite_glue" not in nb.fail("numbers")


def test_an_import_from_a_crate_that_a_cell_cannot_name_is_not_suggested(nb):
    failure = nb.fail("3.5_f64.to_u64()")
    assert "use num_traits" not in failure
    assert "is in the crate `num_traits`, which a line `:dep num_traits" in failure
    assert "is no method of this type" not in failure
    # Where there is one to import, nobody needs a crate.
    failure = nb.fail("polars_core::prelude::Series::default()")
    assert "use ferrite::prelude::Series;" in failure and ":dep" not in failure
    failure = nb.fail("chrono::Utc::now()")
    assert "`:dep chrono = " in failure
