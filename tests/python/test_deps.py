"""`:dep`: crates from the registry, from a folder, from git."""

import subprocess
import time

from client import result, running, stdout, wait_until_gone


def ready(notebook, code):
    """What a cell says on stdout when its crates are ready; how far the build
    is goes to stderr, when there is one."""
    outputs = notebook.run(code)
    return "".join(text for kind, text in outputs if kind == "stdout")


def package(folder, name, source, manifest=""):
    """Makes a package in a folder beside the notebook."""
    (folder / name / "src").mkdir(parents=True, exist_ok=True)
    (folder / name / "src/lib.rs").write_text(source)
    (folder / name / "Cargo.toml").write_text(
        f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{manifest}'
    )


# -- crates from the registry --------------------------------------------------


def test_a_crate_is_there_for_later_cells(fresh):
    assert ready(fresh, ":dep itoa = \"1\"").startswith("itoa 1.")
    assert fresh.run('itoa::Buffer::new().format(1234_u32)') == [result('"1234"')]
    assert fresh.run("use itoa::Buffer;\nlet mut buffer = Buffer::new();") == []
    assert fresh.run("buffer.format(-5_i64)") == [result('"-5"')]
    assert fresh.run("fn show(n: u8) -> String { itoa::Buffer::new().format(n).to_owned() }") == []
    assert fresh.run("show(7)") == [result('"7"')]


def test_code_may_stand_below(fresh):
    outputs = fresh.run(':dep either\nuse either::Either;\nEither::<i32, &str>::Left(1)')
    assert outputs[-1] == result("Left(1)")


def test_extern_crate_asks_for_a_crate(fresh):
    """As in evcxr."""
    outputs = fresh.run('extern crate itoa;\nitoa::Buffer::new().format(7_u8).to_owned()')
    assert outputs[-1] == result('"7"')
    assert any(text.startswith("itoa 1.") for kind, text in outputs if kind == "stdout")
    # Known by now, or all along.
    assert fresh.run("extern crate itoa as digits;\ndigits::Buffer::new().format(8_u8).len()") == [result("1")]
    assert fresh.run("extern crate serde_json;\nserde_json::json!(1).is_number()") == [result("true")]
    assert fresh.fail("extern crate no_crate_has_this_name_at_all;").name == "DependencyError"


def test_several_in_one_cell_are_one_build(fresh):
    said = ready(fresh, ':dep either = "1"\n:dep regex = { version = "1" }\n\n:dep itoa')
    assert [line.split()[0] for line in said.splitlines()] == ["either", "itoa", "regex"]
    code = r'regex::Regex::new("a+")?.find("baac").map(|m| m.as_str().to_owned())'
    assert fresh.run(code) == [result('Some("aa")')]


def test_a_variable_of_its_type_lives_on(fresh):
    ready(fresh, ":dep regex")
    fresh.run('let word = regex::Regex::new(r"\\w+")?;')
    ready(fresh, ":dep either")
    assert fresh.run('word.find_iter("a bc").count()') == [result("2")]
    assert fresh.run(":vars") == [stdout("word: Regex\n")]


def test_a_renamed_crate(fresh):
    ready(fresh, ':dep expressions = { package = "regex", version = "1" }')
    fresh.run('let word = expressions::Regex::new("b")?;')
    assert fresh.run('word.is_match("abc")') == [result("true")]


def test_serde_is_the_bundled_one(fresh):
    ready(fresh, ':dep semver = { version = "1", features = ["serde"] }')
    fresh.run(
        "use serde::{Deserialize, Serialize};\n"
        "#[derive(Debug, Serialize, Deserialize)]\n"
        "struct Package { name: String, version: semver::Version }"
    )
    fresh.run('let package: Package = serde_json::from_str(r#"{"name": "a", "version": "1.2.3"}"#)?;')
    assert fresh.run("package.version.minor") == [result("2")]
    assert fresh.run("serde_json::to_string(&package)?") == [
        result(r'"{\"name\":\"a\",\"version\":\"1.2.3\"}"')
    ]


def test_a_derive_macro(fresh):
    ready(fresh, ':dep thiserror = "2"')
    fresh.run(
        "#[derive(Debug, thiserror::Error)]\n"
        'enum Trouble { #[error("no {0}")] Missing(String) }'
    )
    assert fresh.run('Trouble::Missing("bread".into()).to_string()') == [result('"no bread"')]


def test_a_crate_that_is_nothing_but_macros(fresh):
    ready(fresh, ':dep indoc = "2"')
    assert fresh.run('indoc::indoc!("\n    a\n      b\n").len()') == [result("6")]


def test_a_crate_whose_library_has_another_name(fresh):
    assert ready(fresh, ':dep md-5 = "0.10"').startswith("md5 0.10.")
    code = 'use md5::{Digest, Md5};\nformat!("{:x}", Md5::digest(b"a"))'
    assert fresh.run(code) == [result('"0cc175b9c0f1b6a831c399e269772661"')]


def test_more_features_of_an_earlier_crate(fresh):
    ready(fresh, ':dep either = { version = "1", default-features = false }\n:dep semver = "1"')
    fresh.run('let version = semver::Version::new(1, 2, 3); let kept = 5_u64;')
    fresh.run("fn major(version: &semver::Version) -> u64 { version.major }")
    told = "".join(text for _, text in fresh.run(':dep semver = { version = "1", features = ["serde"] }'))
    assert "variable `version` was dropped because the crate `semver` was built anew" in told
    assert "note: the crates either, semver were linked anew; statics inside them start afresh\n" in told
    assert fresh.run("major(&semver::Version::new(9, 0, kept))") == [result("9")]
    assert fresh.run("serde_json::to_string(&semver::Version::new(1, 0, 0))?") == [result(r'"\"1.0.0\""')]


# -- bundled crates --------------------------------------------------------------


def test_a_bundled_crate_answers_at_once(fresh):
    said = ready(fresh, ':dep polars = { version = "0.55", features = ["lazy"] }')
    assert said.startswith("polars 0.55.") and said.endswith(" is bundled\n")


def test_another_version_of_a_bundled_crate_is_told(fresh):
    said = ready(fresh, ':dep serde_json = "0.9"')
    assert "serde_json 1.0." in said and "not 0.9, which was asked for" in said


def test_a_feature_that_a_bundled_crate_lacks_is_told(fresh):
    said = ready(fresh, ':dep serde_json = { version = "1", features = ["arbitrary_precision"] }')
    assert "built without the features arbitrary_precision" in said


def test_the_crates_are_listed(fresh):
    ready(fresh, ':dep itoa = "1"')
    (_, text), = fresh.run(":show_deps")
    assert 'itoa = "1"\n' in text and "(bundled)" in text and "polars" in text


# -- folders -----------------------------------------------------------------------


COUNTER = """
use std::sync::atomic::{AtomicU32, Ordering};
static COUNT: AtomicU32 = AtomicU32::new(0);
pub fn count() -> u32 { COUNT.fetch_add(1, Ordering::SeqCst) + 1 }
"""


def test_a_static_lives_as_long_as_the_notebook(fresh, tmp_path):
    package(tmp_path, "counter", COUNTER)
    assert ready(fresh, ':dep counter = { path = "counter" }') == "counter 0.1.0\n"
    assert fresh.run("counter::count()") == [result("1")]
    assert fresh.run("fn twice() -> u32 { counter::count() + counter::count() }\ntwice()") == [
        result("5")
    ]
    # The next one is linked beside it, not instead of it.
    ready(fresh, ":dep either")
    assert fresh.run("counter::count()") == [result("4")]
    assert fresh.run("twice()") == [result("11")]


def test_a_logger_of_the_notebook_stays_the_logger(fresh):
    """`log` keeps it in a static of its own."""
    ready(fresh, ':dep log = { version = "0.4", features = ["std"] }')
    fresh.run(
        "struct Notes;\nimpl log::Log for Notes {\n    fn enabled(&self, _: &log::Metadata) -> bool { true }\n"
        '    fn log(&self, record: &log::Record) { println!("{}: {}", record.level(), record.args()); }\n'
        "    fn flush(&self) {}\n}"
    )
    fresh.run("log::set_boxed_logger(Box::new(Notes))?;\nlog::set_max_level(log::LevelFilter::Info);")
    assert fresh.run('log::info!("first");\nlog::debug!("not told");') == [stdout("INFO: first\n")]
    assert fresh.run('fn warn(n: i32) { log::warn!("number {n}"); }\nwarn(2);') == [stdout("WARN: number 2\n")]
    outputs = fresh.run(":dep either")
    assert not any("afresh" in text for _, text in outputs)
    assert fresh.run('log::error!("still");\nwarn(3);') == [stdout("ERROR: still\nWARN: number 3\n")]


def test_ndarray_is_the_bundled_one(fresh, tmp_path):
    package(
        tmp_path,
        "rows",
        "use ndarray::Array1;\npub fn twice(row: &Array1<f64>) -> Array1<f64> { row * 2.0 }",
        '[dependencies]\nndarray = "0.16"\n',
    )
    assert "another version" not in ready(fresh, ':dep rows = { path = "rows" }')
    fresh.run("let row = ndarray::array![1.0, 2.5];")
    assert fresh.run("rows::twice(&row).to_vec()") == [result("[2.0, 5.0]")]


def test_a_changed_folder_is_built_anew(fresh, tmp_path):
    package(tmp_path, "answers", "#[derive(Debug)] pub struct Answer(pub u8); pub fn get() -> Answer { Answer(41) }")
    ready(fresh, ':dep answers = { path = "answers" }')
    fresh.run("let old = answers::get(); let kept = 1_u8;\nfn ask() -> u8 { answers::get().0 }")
    assert fresh.run("ask()") == [result("41")]
    time.sleep(1.1)  # Cargo looks at whole seconds.
    package(tmp_path, "answers", "#[derive(Debug)] pub struct Answer(pub u8); pub fn get() -> Answer { Answer(42) }")
    outputs = fresh.run(':dep answers = { path = "answers" }')
    told = "".join(text for _, text in outputs)
    assert "variable `old` was dropped because the crate `answers` was built anew" in told
    assert fresh.run("ask()") == [result("42")]
    assert fresh.run("answers::get().0 + kept") == [result("43")]


def test_a_crate_of_a_folder_may_depend_on_others(fresh, tmp_path):
    package(tmp_path, "below", "pub fn one() -> i32 { 1 }")
    package(
        tmp_path,
        "above",
        "pub fn two() -> i32 { below::one() + 1 }\n"
        "pub fn json() -> serde_json::Value { serde_json::json!([two()]) }",
        '[dependencies]\nbelow = { path = "../below" }\nserde_json = "1"\n',
    )
    ready(fresh, ':dep above = { path = "above" }')
    # serde_json's type is the bundled one.
    assert fresh.run("let value: serde_json::Value = above::json();\nvalue[0] == 2") == [
        result("true")
    ]


def test_a_crate_from_git(fresh, tmp_path):
    package(tmp_path, "gitted", "pub fn ten() -> i32 { 10 }")
    for command in (
        "init --quiet",
        "add .",
        "-c user.name=a -c user.email=a@b.c commit --quiet --message one",
    ):
        subprocess.run(["git", *command.split()], cwd=tmp_path / "gitted", check=True)
    ready(fresh, f':dep gitted = {{ git = "file://{tmp_path}/gitted" }}')
    assert fresh.run("gitted::ten()") == [result("10")]


# -- later notebooks, crashes --------------------------------------------------------


def test_a_later_notebook_does_not_wait(another):
    ready(another(), ':dep semver = "1"\n:dep either')
    second = another()
    second.run("1 + 1")
    begin = time.monotonic()
    assert [kind for kind, _ in second.run(':dep semver = "1"\n:dep either')] == ["stdout"]
    # No limit to rely upon, a bound that another build would break.
    assert time.monotonic() - begin < 5


def test_crates_survive_a_crash(fresh):
    ready(fresh, ":dep itoa")
    fresh.fail("std::process::abort()")
    assert fresh.run("itoa::Buffer::new().format(1_u8)") == [result('"1"')]


# -- what can go wrong -----------------------------------------------------------------


def test_an_unknown_crate(fresh):
    failure = fresh.fail(":dep no_such_crate_as_this_one")
    assert failure.name == "DependencyError"
    assert failure.value.startswith("there is no crate `no_such_crate_as_this_one` on crates.io")


def test_an_unknown_version(fresh):
    failure = fresh.fail(':dep itoa = "99"')
    assert failure.value.startswith("no version of `itoa` is ^99; there are 1.")


def test_an_unknown_feature(fresh):
    failure = fresh.fail(':dep itoa = { version = "1", features = ["teapot"] }')
    assert failure.value.startswith("`itoa` has no feature `teapot`")


def test_a_crate_that_does_not_compile(fresh, tmp_path):
    package(tmp_path, "broken", "pub fn f() -> i32 { \"one\" }")
    failure = fresh.fail(':dep broken = { path = "broken" }')
    assert failure.value.startswith("the crate does not compile:\nerror[E0308]: mismatched types")
    assert "src/lib.rs:1:21" in failure
    # It is not asked for again.
    assert ready(fresh, ":dep either").startswith("either 1.")


def test_a_folder_without_a_package(fresh, tmp_path):
    failure = fresh.fail(':dep nothing = { path = "nothing" }')
    assert f"there is no Cargo.toml in {tmp_path}/nothing" in failure.value


def test_no_network(fresh):
    fresh.run(":build_env CARGO_HTTP_PROXY=http://127.0.0.1:9\n:build_env CARGO_NET_RETRY=0")
    failure = fresh.fail(":dep fantoccini")
    assert "is there a network connection?" in failure.value


def test_what_cannot_be_read(fresh):
    assert "`one` is no version" in fresh.fail(':dep itoa = "one"').value
    assert "write it as in Cargo.toml" in fresh.fail(":dep itoa = 1").value
    assert "there is no crate; write `:dep NAME" in fresh.fail(":dep").value


def test_a_build_is_interrupted(fresh, tmp_path):
    package(tmp_path, "slow", "")
    (tmp_path / "slow/build.rs").write_text(
        "fn main() { std::thread::sleep(std::time::Duration::from_secs(1000)); }"
    )
    fresh.run("1 + 1")
    ticket = fresh.send(':dep slow = { path = "slow" }')
    while not any("Building" in text and "slow" in text for kind, text in fresh.results[ticket].outputs if kind == "stderr"):
        fresh.listen()
    # Not compilers that wait for cells, which may start at any time.
    building = running(fresh, "cargo") | running(fresh, "build-script-bu")
    assert building
    fresh.interrupt()
    assert fresh.wait(ticket).failure().name == "Interrupted"
    wait_until_gone(building)
    assert ready(fresh, ":dep either").startswith("either 1.")
