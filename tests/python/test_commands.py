"""Commands: lines that begin with `:` or `!`."""

import re

from client import result, stderr, stdout


def said(notebook, code):
    """What a cell prints to stdout, which must be all there is to see."""
    outputs = notebook.run(code)
    assert [kind for kind, *_ in outputs] == ["stdout"], outputs
    return outputs[0][1]


# -- looking -------------------------------------------------------------------


def test_help_lists_every_command(nb):
    page = nb.page(":help")
    text = page["text/plain"]
    assert page["text/html"].count("<tr>") == text.count("\n:") + 2
    for name in (
        "vars type dep show_deps opt timing time explain doc clear restart replay load env "
        "build_env last_error_json toolchain fmt version last_compile_dir preserve_vars_on_panic"
    ).split():
        assert re.search(rf"^:{name}\b", text, re.M), name
    assert "!PROGRAM" in text


def test_help_tells_one_command(nb):
    assert nb.page(":help type")["text/plain"].startswith(":type, :t EXPRESSION\n")
    assert nb.page(":help :vars")["text/plain"] == ":vars\n    The variables with their types"


def test_an_unknown_command_is_told_the_near_ones(nb):
    assert nb.fail(":tpye 1").value == (
        "there is no command `:tpye`; did you mean `:type`? `:help` lists all of them"
    )


def test_a_command_without_arguments_takes_none(nb):
    assert "takes no arguments" in nb.fail(":vars x").value


def test_variables_are_listed_with_short_types(fresh):
    assert said(fresh, ":vars") == "there are no variables\n"
    fresh.run("let n = 1_u8; let mut names = vec![String::new()];")
    assert said(fresh, ":vars") == "n: u8\nmut names: Vec<String>\n"


def test_the_type_of_an_expression_is_told_without_running_it(nb):
    nb.run("let words = vec![String::from(\"a\")];")
    assert said(nb, ":type words") == "Vec<String>\n"
    assert said(nb, ":t words.iter().map(|w| w.len()).sum::<usize>()") == "usize\n"
    assert said(nb, ":type println!(\"not run\")") == "()\n"
    assert said(nb, ":type &words[0]") == "&String\n"
    assert said(nb, ":type 1 + 1 // a comment") == "i32\n"
    assert nb.run("words.len()") == [result("1")]


def test_the_type_of_what_does_not_compile_is_an_error(nb):
    failure = nb.fail(":type no_such_variable")
    assert failure.name == "E0425" and ":1:7" in failure
    assert "not an expression" in nb.fail(":type let x").value


def test_a_long_text_explains_an_error(fresh):
    assert "no cell has failed to compile" in fresh.fail(":explain").value
    assert "A variable was used after" in fresh.show(":explain E0382")["text/plain"]
    fresh.fail('let x: i32 = "one";')
    assert "Expected type did not match" in fresh.show(":explain")["text/plain"]
    assert "no explanation of `E9999`" in fresh.fail(":explain E9999").value


def test_the_last_error_is_told_as_rustc_wrote_it(fresh):
    fresh.fail('let x: i32 = "one";')
    assert '"code":"E0308"' in said(fresh, ":last_error_json")


def test_documentation_is_found(nb):
    nb.run("let list = vec![1];")
    assert "list: Vec<i32>" in nb.page(":doc list")["text/plain"]
    assert "keyword.match" in nb.page(":doc match")["text/plain"]
    assert '<a href="https://docs.rs/polars' in nb.page(":doc polars::prelude::DataFrame")["text/html"]


def test_the_documentation_of_what_the_notebook_defines(fresh):
    """Also without rust-analyzer, whose tests are in test_inspection.py."""
    fresh.run("/// Adds one to `n`.\nfn successor(n: i64) -> i64 { n + 1 }")
    page = fresh.page(":doc successor")
    assert set(page) == {"text/plain", "text/markdown"}
    assert "Adds one to `n`." in page["text/markdown"] and "fn successor(n: i64) -> i64" in page["text/markdown"]
    assert "https" not in page["text/plain"]


def test_version_toolchain_and_folder_are_told(nb):
    assert said(nb, ":version").startswith("ferrite ")
    assert said(nb, ":toolchain").startswith("rustc ")
    nb.run("let compiled = 1;")
    assert said(nb, ":last_compile_dir").startswith("/")


# -- what a cell costs -----------------------------------------------------------


def test_time_runs_a_cell_and_says_what_it_cost(fresh):
    outputs = fresh.run(":time let total: u64 = (0..10_u64).sum();\nprintln!(\"{total}\");")
    assert re.fullmatch(r"45\ncompile .+, run .+\n", outputs[0][1]), outputs
    assert fresh.run("total") == [result("45")]


def test_timing_is_told_until_it_is_not(fresh):
    assert said(fresh, ":timing") == "Timing: on\n"
    outputs = fresh.run("1 + 1")
    assert outputs[0] == result("2")
    assert re.fullmatch(r"compile .+, run .+\n", outputs[1][1]), outputs
    assert said(fresh, ":timing") == "Timing: off\n"
    assert fresh.run("1 + 1") == [result("2")]


def test_optimisation_is_chosen(fresh):
    assert said(fresh, ":opt 2") == "Optimization: 2\n"
    assert fresh.run("1 + 2") == [result("3")]
    assert said(fresh, ":opt") == "Optimization: automatic\n"
    assert "write `:opt [0|1|2|3|auto]`" in fresh.fail(":opt fast").value


def test_a_format_is_chosen(fresh):
    fresh.run("let list = vec![1, 2];")
    assert said(fresh, ":fmt {:#?}") == "Output format: {:#?}\n"
    assert fresh.run("list") == [result("[\n    1,\n    2,\n]")]
    assert said(fresh, ":fmt") == "Output format: {:?}\n"
    assert fresh.run("list") == [result("[1, 2]")]
    assert "no place for the value" in fresh.fail(":fmt pretty").value


# -- cells that mix ----------------------------------------------------------------


def test_commands_stand_above_code(fresh):
    outputs = fresh.run("// first\n:opt 0\n\n:version\nlet x = 20;\nx + 1")
    assert outputs[0][1].startswith("Optimization: 0\nferrite ")
    assert outputs[1] == result("21")


def test_errors_below_commands_keep_their_lines(fresh):
    failure = fresh.fail(":version\n\nlet x: i32 = true;")
    assert "In [1]:3:14" in failure.text


def test_a_failed_command_ends_the_cell(fresh):
    fresh.fail(":no_such_command\nlet x = 1;")
    assert said(fresh, ":vars") == "there are no variables\n"


# -- the shell -----------------------------------------------------------------------


def test_a_line_for_the_shell(fresh):
    assert said(fresh, "!echo one; echo two >&2; echo three") == "one\ntwo\nthree\n"
    assert fresh.run("!echo above\n1 + 1") == [stdout("above\n"), result("2")]


def test_an_exit_code_is_told(fresh):
    assert fresh.run("!exit 3") == [stderr("`!exit 3` ended with exit code 3\n")]


def test_a_negation_is_no_line_for_the_shell(fresh):
    fresh.run("let done = false;")
    assert fresh.run("!done") == [result("true")]
    assert fresh.run("!(1 > 2)") == [result("true")]


def test_a_line_for_the_shell_is_interrupted(fresh):
    ticket = fresh.send("!echo begun; sleep 1000; echo never")
    fresh.until(ticket, "begun")
    fresh.interrupt()
    assert fresh.wait(ticket).failure().name == "Interrupted"
    assert said(fresh, "!echo on") == "on\n"


# -- the environment ---------------------------------------------------------------------


def test_an_environment_variable_is_for_cells_and_shell(fresh):
    assert fresh.run(":env GREETING=hello world") == []
    assert fresh.run('std::env::var("GREETING")?') == [result('"hello world"')]
    assert said(fresh, "!echo $GREETING") == "hello world\n"
    fresh.run(":restart")
    assert fresh.run('std::env::var("GREETING")?') == [result('"hello world"')]
    assert "write `:env NAME=VALUE`" in fresh.fail(":env GREETING").value


# -- what the notebook holds ---------------------------------------------------------------


def test_clear_forgets_everything(fresh):
    fresh.run("fn f() -> i32 { 1 }\nlet x = f();")
    assert fresh.run(":clear") == []
    assert fresh.fail("x").name == "E0425"
    assert fresh.fail("f()").name == "E0425"


def test_restart_is_a_new_process(fresh):
    process = fresh.run("let x = 1; std::process::id()")
    fresh.run(":restart")
    assert fresh.run("std::process::id()") != process
    assert fresh.fail("x").name == "E0425"


def test_replay_runs_the_good_cells_again(fresh):
    fresh.run("fn double(x: i32) -> i32 { x * 2 }")
    fresh.run("let mut x = double(2);")
    fresh.fail("x += 100; panic!()")
    fresh.run("x += 1; println!(\"seen once\");")
    assert re.fullmatch(r"replayed 3 cells in .+ s, all from the cache; 1 variable\n", said(fresh, ":replay"))
    assert fresh.run("x") == [result("5")]
    assert re.fullmatch(r"replayed 4 cells in .+ s, all from the cache; 1 variable\n", said(fresh, ":replay"))


def test_a_crash_is_followed_by_a_replay(fresh):
    fresh.run("let mut count = 41;")
    fresh.run("count += 1;")
    failure = fresh.fail("std::process::abort()")
    assert "these variables are lost: count" in failure
    assert ":replay" in failure
    fresh.run(":replay")
    assert fresh.run("count") == [result("42")]


def test_a_replay_runs_each_cell_under_the_settings_it_had(fresh):
    fresh.run(":opt 2\nlet a = 1;")
    fresh.run(":opt 0\n:fmt <{:?}>\na + 1")
    fresh.run(":opt 3\n:fmt\nlet b = a + 2;\nb")
    assert re.fullmatch(r"replayed 3 cells in .+ s, all from the cache; 2 variables\n", said(fresh, ":opt 1\n:replay").partition("\n")[2])
    # The setting of now is kept.
    fresh.run("let c = b + 3;")
    assert "all from the cache; 3 variables" in said(fresh, ":replay")


def test_a_replayed_cell_asks_again(fresh):
    def run(code, answer):
        ticket = fresh.send(code, allow_stdin=True)
        assert fresh.client.get_stdin_msg(timeout=600)["content"]["prompt"] == "Name? "
        fresh.client.input(answer)
        cell = fresh.wait(ticket)
        assert cell.status == "ok", cell.failure().raw
        return cell.outputs

    run('let name = ferrite::prelude::input("Name? ")?;', "Ada")
    (stream, text), = run(":replay", "Grace")
    assert stream == "stdout" and "all from the cache" in text
    assert fresh.run("name") == [result('"Grace"')]


def test_a_replay_of_nothing(fresh):
    assert "nothing to replay" in said(fresh, ":replay")


def test_a_file_runs_as_a_cell(fresh, tmp_path):
    (tmp_path / "helpers.rs").write_text("fn triple(x: i32) -> i32 { x * 3 }\nlet nine = triple(3);")
    assert fresh.run(":load helpers.rs\ntriple(nine)") == [result("27")]
    failure = fresh.fail(":load no_such_file.rs")
    assert "`no_such_file.rs` cannot be read" in failure.value
    assert str(tmp_path) in failure.value


# -- editors ---------------------------------------------------------------------------------


def test_commands_complete(nb):
    code = "let x = 1;\n:ti"
    nb.client.complete(code, len(code))
    content = nb.client.get_shell_msg(timeout=60)["content"]
    assert content["matches"] == [":time", ":time_passes", ":timing"]
    assert (content["cursor_start"], content["cursor_end"]) == (11, 14)


def test_a_command_has_a_tooltip(nb):
    nb.client.inspect(":type 1", 3)
    content = nb.client.get_shell_msg(timeout=60)["content"]
    assert content["found"] and "The type of an expression" in content["data"]["text/plain"]
