"""What people who come from evcxr are used to: its ways, in our own words."""

import pytest

from ask import ask
from client import display, result, stdout

SHOWS_ITSELF = """
#[derive(Debug)]
struct Badge { text: String }
impl Badge {
    fn evcxr_display(&self) {
        println!("EVCXR_BEGIN_CONTENT text/html\\n<b>{}</b>\\nEVCXR_END_CONTENT", self.text);
    }
}
"""


def test_a_type_that_shows_itself(nb):
    nb.run(SHOWS_ITSELF)
    nb.run('let badge = Badge { text: "gold".into() };')
    assert nb.run("badge") == [display(html="<b>gold</b>")]
    assert nb.run('Badge { text: "tin".to_string() }') == [display(html="<b>tin</b>")]


def test_a_trait_that_shows_other_types(nb):
    nb.run(
        "trait Paint { fn evcxr_display(&self); }\n"
        "impl Paint for std::time::Duration {\n"
        "    fn evcxr_display(&self) { println!(\"EVCXR_BEGIN_CONTENT text/html\\n<i>{}</i>\\nEVCXR_END_CONTENT\", self.as_secs()); }\n"
        "}"
    )
    assert nb.run("std::time::Duration::from_secs(7)") == [display(html="<i>7</i>")]
    # What it does not show is shown as ever.
    assert nb.run("vec![7]") == [result("[7]")]


def test_the_runtime_crates_own_trait(fresh):
    fresh.run(":dep evcxr_runtime")
    fresh.run(
        "pub struct Plate { text: String }\n"
        "impl evcxr_runtime::Display for Plate {\n"
        "    fn evcxr_display(&self) { evcxr_runtime::mime_type(\"text/html\").text(format!(\"<b>{}</b>\", self.text)); }\n"
        "}"
    )
    fresh.run('let plate = Plate { text: "A1".into() };')
    missing = fresh.fail("plate.evcxr_display()")
    assert "`use evcxr_runtime::Display;` at the top of a cell" in missing
    fresh.run('use evcxr_runtime::Display;\nlet plate = Plate { text: "B2".into() };')
    assert fresh.run("plate") == [display(html="<b>B2</b>")]


def test_questions_by_evcxr_input(fresh):
    fresh.run(":dep evcxr_input")
    code = 'let name = evcxr_input::get_string("Name?");\nlet key = evcxr_input::get_password("Key?");\n(name, key)'
    asked, outputs = ask(fresh, code, "Ada", "1815")
    assert asked == [("Name?", False), ("Key?", True)]
    assert outputs == [result('("Ada", "1815")')]
    # What looks like a question and is none is printed.
    assert fresh.run('println!("EVCXR_INPUT_REQUEST:why?");') == [stdout("EVCXR_INPUT_REQUEST:why?\n")]


def test_a_counter_that_a_thread_moves_on(nb):
    nb.run(
        "use std::sync::{Arc, Mutex};\n"
        "let ticks = Arc::new(Mutex::new(0));\n"
        "let (stop, stopped) = std::sync::mpsc::channel::<()>();\n"
        "let clock = std::thread::spawn({ let ticks = ticks.clone(); move || {\n"
        "    *ticks.lock().unwrap() += 5;\n"
        "    stopped.recv().unwrap();\n"
        "    *ticks.lock().unwrap() += 1;\n"
        "} });"
    )
    nb.run("while *ticks.lock()? == 0 { std::thread::yield_now(); }")
    assert nb.run("*ticks.lock()?") == [result("5")]
    nb.run("stop.send(())?;\nclock.join().unwrap();")
    assert nb.run("*ticks.lock()?") == [result("6")]


def test_a_question_mark_behind_an_option(nb):
    assert nb.run("[1, 2, 3].get(1)? + 1") == [result("3")]
    failure = nb.fail("let missing = [1, 2, 3].get(4)?;\nmissing + 1")
    assert failure.name == "NoneError"
    assert "`None`" in failure.value
    assert nb.run("async fn some() -> Option<i32> { Some(5) }\nsome().await? + some().await?") == [result("10")]


def test_a_question_mark_inside_of_ones_own_function_is_ones_own(nb):
    failure = nb.fail("let first = |v: &[i32]| -> Result<i32, String> { Ok(*v.get(0)?) };")
    assert failure.name == "E0277"


@pytest.mark.parametrize(
    "error, name, said",
    [
        ("Box::<dyn std::error::Error + Send + Sync>::from(\"both\")", None, "both"),
        ("(1, 'x')", None, "(1, 'x')"),
        ("404", "i32", "404"),
    ],
)
def test_an_error_that_is_no_error(nb, error, name, said):
    failure = nb.fail(f"let outcome: Result<i32, _> = Err({error});\noutcome?")
    assert failure.value == said
    assert name is None or failure.name == name


def test_plotters_and_its_figures(nb):
    nb.run(
        ':dep plotters = { version = "^0.3", default_features = false, features = ["evcxr", "all_series"] }\n'
        "extern crate plotters;\nuse plotters::prelude::*;"
    )
    nb.run(
        "let figure = evcxr_figure((300, 200), |root| {\n"
        "    root.fill(&WHITE)?;\n"
        "    let mut chart = ChartBuilder::on(&root).margin(5).build_cartesian_2d(0f32..1f32, 0f32..1f32)?;\n"
        "    chart.configure_mesh().draw()?;\n"
        "    chart.draw_series(LineSeries::new((0..10).map(|i| (i as f32 / 10.0, i as f32 / 20.0)), &RED))?;\n"
        "    Ok(())\n"
        "});"
    )
    (kind, data), = nb.run("figure")
    assert kind in ("execute_result", "display_data")
    assert "<svg" in "".join(data.values())
    (kind, data), = nb.run('evcxr_figure((30, 20), |root| { root.fill(&BLUE)?; Ok(()) }).style("width: 60%")')
    assert "width: 60%" in "".join(data.values())


def test_a_crate_in_a_folder_by_its_folder_alone(fresh, tmp_path):
    mine = tmp_path / "mine"
    (mine / "src").mkdir(parents=True)
    (mine / "Cargo.toml").write_text('[package]\nname = "my-own"\nversion = "0.1.0"\nedition = "2024"\n')
    (mine / "src/lib.rs").write_text("pub fn six() -> i32 { 6 }\n")
    fresh.run(":dep ./mine")
    assert fresh.run("my_own::six()") == [result("6")]
    assert "no-such-folder" in fresh.fail(":dep ../no-such-folder").value


@pytest.mark.parametrize("setting", ["efmt {}", "cache 500", "clear_cache", "sccache 0", "linker", "types", "load_config"])
def test_settings_that_are_not_needed_say_why(nb, setting):
    (stream, said), = nb.run(f":{setting}")
    assert stream == "stdout" and said.startswith("there is nothing to set: ")


def test_offline(nb):
    assert nb.run(":offline 1") == [stdout("Offline: on\n")]
    assert nb.run(":offline") == [stdout("Offline: off\n")]
    nb.fail(":offline 5")


def test_a_box_that_is_leaked_for_its_references(nb):
    nb.run("let all: &'static Vec<i32> = Box::leak(Box::new(vec![10, 20, 30]));\nlet some = &all[1..];")
    assert nb.run("some") == [result("[20, 30]")]
