"""Tasks and threads go on between cells; what they print reaches the notebook."""

from client import result, stdout

LATER = """\
use std::time::Duration;
let task = tokio::spawn(async {
    for i in 0..3 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        println!("later {i}");
    }
    7
});"""


def test_a_task_prints_after_its_cell(fresh):
    ticket = fresh.send(LATER)
    assert fresh.wait(ticket).outputs == []
    # Without another cell.
    assert fresh.later(ticket, "later 2") == [stdout("later 0\nlater 1\nlater 2\n")]
    assert fresh.run("task.await?") == [result("7")]


def test_a_thread_prints_below_the_cell_that_was_last(fresh):
    fresh.run("let (send, receive) = std::sync::mpsc::channel::<()>();\n"
              "std::thread::spawn(move || { let _ = receive.recv(); "
              "std::thread::sleep(std::time::Duration::from_millis(500)); println!(\"done\"); });")
    ticket = fresh.send("send.send(())?;")
    assert fresh.wait(ticket).outputs == []
    assert fresh.later(ticket, "done") == [stdout("done\n")]


def test_a_task_shows_something(fresh):
    fresh.run("use ferrite::prelude::*;\nlet handle = display_handle(&\"first\");")
    ticket = fresh.send(
        "std::thread::spawn(move || { std::thread::sleep(std::time::Duration::from_millis(300)); "
        "handle.update(&\"second\"); println!(\"updated\"); });"
    )
    fresh.wait(ticket)
    kinds = [output[0] for output in fresh.later(ticket, "updated")]
    assert kinds == ["update_display_data", "stdout"]


def test_much_output_between_cells_stalls_nothing(fresh):
    ticket = fresh.send(
        "std::thread::spawn(|| { std::thread::sleep(std::time::Duration::from_millis(300)); "
        "for i in 0..20_000 { println!(\"line {i}\"); } eprintln!(\"that was all\"); });"
    )
    fresh.wait(ticket)
    assert fresh.run("1 + 1")[-1] == result("2")
    fresh.run("std::thread::sleep(std::time::Duration::from_secs(2));")
    assert fresh.run("2 + 2")[-1] == result("4")
