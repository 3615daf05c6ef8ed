"""Progress bars, outputs that are updated, outputs that are cleared."""

import re

import pytest

from client import clear, display, result, stdout, update


@pytest.fixture(autouse=True, scope="module")
def imports(nb):
    nb.run("use ferrite::prelude::*;\nuse std::time::Duration;")


def texts(outputs):
    """The text of each display and update; each is checked to have HTML as well."""
    shown = []
    for output in outputs:
        if output[0] in ("display_data", "update_display_data"):
            assert "ferrite" in output[-1]["text/html"]
            shown.append(output[-1]["text/plain"])
    return shown


def test_a_loop_has_a_bar(nb):
    outputs = nb.run('for _ in progress(0..20).label("steps") { std::thread::sleep(Duration::from_millis(25)); }')
    kinds = [output[0] for output in outputs]
    # Ten times a second, and the loop lasts half a second.
    assert kinds[0] == "display_data" and set(kinds[1:]) == {"update_display_data"} and 3 <= len(kinds) <= 12
    assert len({output[1] for output in outputs[1:]}) == 1, "one bar, one name"
    shown = texts(outputs)
    assert shown[0] == "steps: 0/20 · 0 %"
    assert re.fullmatch(r"steps: \d+/20 · \d+ % · [\d.]+/s · [\d.]+ s left", shown[2])
    assert re.fullmatch(r"steps: 20/20 · 0\.\d s · [\d.]+/s", shown[-1])


def test_a_fast_loop_is_not_held_up(nb):
    outputs = nb.run("let mut sum = 0_u64;\nfor n in progress(0..50_000_000_u64) { sum = sum.wrapping_add(n ^ sum); }\nsum > 0")
    assert len(outputs) < 40
    assert texts(outputs)[-1].startswith("50000000/50000000")
    assert outputs[-1] == result("true")


def test_without_a_total(nb):
    shown = texts(nb.run("progress((0..100).filter(|n| n % 3 == 0)).count();"))
    assert shown[0] == "0" and re.match(r"34 · 0\.0 s", shown[-1])
    shown = texts(nb.run("progress((0..100).filter(|n| n % 3 == 0)).total(34).count();"))
    assert shown[0] == "0/34 · 0 %"


def test_a_loop_that_ends_early_says_where(nb):
    shown = texts(nb.run("for n in progress(0..100) { if n == 37 { break; } }"))
    assert shown[-1].startswith("stopped at 37/100")
    failure = nb.fail('for n in progress(0..100) { "x".parse::<i32>()?; }')
    assert texts(failure.outputs)[-1].startswith("stopped at 0/100")
    failure = nb.fail("for n in progress(0..100) { assert!(n < 5); }")
    assert texts(failure.outputs)[-1].startswith("stopped at 5/100")
    assert failure.outputs[-1][-1]["text/html"].count("--fe-warn)") == 1


def test_an_interrupted_loop_says_where(nb):
    ticket = nb.send("for n in progress(0..1000) { if n == 3 { println!(\"three\"); } std::thread::sleep(Duration::from_millis(if n < 3 { 1 } else { 10_000 })); }")
    nb.until(ticket, "three")
    nb.interrupt()
    cell = nb.wait(ticket)
    assert cell.failure().name == "Interrupted"
    assert texts(cell.outputs)[-1].startswith("stopped at 3/1000")


def test_nested_bars_stand_below_each_other(nb):
    outputs = nb.run('for _ in progress(0..3).label("outer") { for _ in progress(0..4).label("inner") {} }')
    displays = [output for output in outputs if output[0] == "display_data"]
    assert [data["text/plain"].split(":")[0] for _, data in displays] == ["outer", "inner"]
    ends = [text for text in texts(outputs) if " s" in text and "left" not in text]
    assert [text[:10] for text in ends] == ["inner: 4/4"] * 3 + ["outer: 3/3"]


def test_a_bar_keeps_its_place_among_text(nb):
    outputs = nb.run('println!("before");\nfor _ in progress(0..2) { }\nprintln!("after");')
    assert outputs[0] == stdout("before\n") and outputs[-1] == stdout("after\n")
    assert outputs[1][0] == "display_data"


def test_bars_of_two_threads(nb):
    outputs = nb.run("std::thread::scope(|s| { for _ in 0..2 { s.spawn(|| progress(0..10).count()); } });")
    assert [output[0] for output in outputs].count("display_data") == 2


def test_a_handle_updates_its_output(nb):
    outputs = nb.run('let status = display_handle(&MimeBundle::text("0 %").html("<b>0</b>"));\n'
                     'println!("between");\nstatus.update(&MimeBundle::text("50 %"));')
    assert outputs[:2] == [display(plain="0 %", html="<b>0</b>"), stdout("between\n")]
    kind, name, data = outputs[2]
    assert (kind, data) == ("update_display_data", {"text/plain": "50 %"})
    # From a later cell as well.
    assert nb.run('status.update(&MimeBundle::text("100 %"));') == [update(name, plain="100 %")]


def test_a_bundle_is_kept_for_later_cells(nb):
    nb.run('let bundle = MimeBundle::text("kept");')
    assert nb.run("display(&bundle);") == [display(plain="kept")]


def test_handles_do_not_mix(nb):
    nb.run('let a = display_handle(&MimeBundle::text("a"));\nlet b = display_handle(&MimeBundle::text("b"));')
    assert nb.run("a.id() != b.id()") == [result("true")]


def test_outputs_are_cleared_at_once_or_with_the_next(nb):
    assert nb.run('println!("x");\nclear_output(false);\nfor i in 0..2 { clear_output(true); println!("{i}"); }') == [
        stdout("x\n"), clear(), clear(wait=True), stdout("0\n"), clear(wait=True), stdout("1\n"),
    ]
