"""Comms: lines between code of the notebook and a part of the frontend."""

import pytest

from client import result, stderr, stdout


@pytest.fixture(autouse=True, scope="module")
def imports(nb):
    nb.run("use ferrite::prelude::*;\nuse serde_json::json;")


def open_comm(notebook, comm_id, target, data=None):
    return notebook.say("comm_open", {"comm_id": comm_id, "target_name": target, "data": data or {}})


def message(notebook, comm_id, data, buffers=None):
    return notebook.say("comm_msg", {"comm_id": comm_id, "data": data}, buffers)


def comms(notebook, target=None):
    content = {} if target is None else {"target_name": target}
    told = [notebook.ask("comm_info", content, channel) for channel in ("shell", "control")]
    assert told[0] == told[1] and told[0]["status"] == "ok"
    return {comm_id: comm["target_name"] for comm_id, comm in told[0]["comms"].items()}


def test_nobody_answers_for_an_unknown_target(nb):
    assert open_comm(nb, "u1", "no such target") == [(True, ("comm_close", "u1"))]
    assert message(nb, "u1", {"x": 1}) == []
    assert nb.say("comm_close", {"comm_id": "u1", "data": {}}) == []
    assert "u1" not in comms(nb)


def test_a_target_of_the_notebook_answers(nb):
    nb.run(
        'comm::register("greeter", |comm, data| {\n'
        '    comm.send(json!({ "hello": data["name"] }));\n'
        '    comm.on_message(|comm, data| comm.send(json!({ "heard": data })));\n'
        '    comm.on_close(|_| println!("closed"));\n'
        "});"
    )
    assert open_comm(nb, "g1", "greeter", {"name": "Ada"}) == [(True, ("comm_msg", "g1", {"hello": "Ada"}))]
    assert message(nb, "g1", {"n": 1}) == [(True, ("comm_msg", "g1", {"heard": {"n": 1}}))]
    open_comm(nb, "g2", "greeter")
    assert comms(nb, "greeter") == {"g1": "greeter", "g2": "greeter"}
    assert comms(nb, "another") == {}
    assert nb.say("comm_close", {"comm_id": "g1", "data": {}}) == [(True, stdout("closed\n"))]
    assert comms(nb, "greeter") == {"g2": "greeter"}


def test_a_handler_keeps_what_it_owns(nb):
    nb.run(
        'let mut total = 0;\n'
        'comm::register("sum", move |comm, _| {\n'
        "    comm.on_message(move |comm, data| {\n"
        '        total += data["n"].as_i64().unwrap_or(0);\n'
        '        comm.send(json!({ "total": total }));\n'
        "    });\n"
        "});"
    )
    open_comm(nb, "s1", "sum")
    answers = [message(nb, "s1", {"n": n}) for n in (1, 10, 100)]
    assert [answer[0][1][2]["total"] for answer in answers] == [1, 11, 111]


def test_a_variable_is_shared_with_a_handler(nb):
    nb.run(
        "use std::sync::{Arc, Mutex};\n"
        "let heard: Arc<Mutex<Vec<String>>> = Arc::default();\n"
        "let ears = heard.clone();\n"
        'comm::register("ears", move |_, data| ears.lock().unwrap().push(data.to_string()));'
    )
    open_comm(nb, "e1", "ears", {"a": 1})
    open_comm(nb, "e2", "ears", {"b": "🦀"})
    assert nb.run("heard.lock().unwrap().len()") == [result("2")]
    assert nb.run("heard.lock().unwrap()[1].clone()") == [result('"{\\"b\\":\\"🦀\\"}"')]


def test_a_comm_that_the_notebook_opens(nb):
    outputs = nb.run(
        'let panel = comm::Comm::open("my_panel", json!({ "title": "Progress" }));\n'
        'println!("between");\n'
        'panel.send(json!({ "done": 0.5 }));\n'
        'panel.on_message(|comm, data| {\n'
        '    println!("{}", data["said"]);\n'
        '    comm.send(json!({ "thanks": true }));\n'
        "});"
    )
    comm_id = outputs[0][1]
    assert outputs == [
        ("comm_open", comm_id, "my_panel", {"title": "Progress"}),
        stdout("between\n"),
        ("comm_msg", comm_id, {"done": 0.5}),
    ]
    assert comms(nb, "my_panel") == {comm_id: "my_panel"}
    # What is printed appears under the cell that opened it.
    assert message(nb, comm_id, {"said": 7}) == [
        (False, stdout("7\n")), (True, ("comm_msg", comm_id, {"thanks": True})),
    ]
    assert nb.run("panel.close();\npanel.send(json!({}));\npanel.is_open()") == [
        ("comm_close", comm_id), result("false"),
    ]
    assert message(nb, comm_id, {"said": 8}) == []


def test_a_message_waits_for_the_cell_that_runs(nb):
    nb.run('comm::register("later", |comm, data| comm.send(json!({ "got": data })));')
    ticket = nb.send('println!("started");\nstd::thread::sleep(std::time::Duration::from_millis(200));')
    nb.until(ticket, "started")
    assert (True, ("comm_msg", "l1", {"got": {}})) in open_comm(nb, "l1", "later")
    # The reply is there already: it came first.
    reply = nb.client.get_shell_msg(timeout=5)
    assert reply["parent_header"]["msg_id"] == ticket and reply["content"]["status"] == "ok"
    del nb.results[ticket]


def test_binary_data(nb):
    nb.run(
        'comm::register("bytes", |comm, _| {\n'
        "    comm.on_binary(|comm, _, buffers| {\n"
        "        let sums: Vec<u64> = buffers.iter().map(|b| b.iter().map(|n| u64::from(*n)).sum()).collect();\n"
        '        comm.send_binary(json!({ "sums": sums }), vec![vec![1, 2, 255]]);\n'
        "    });\n"
        "});"
    )
    open_comm(nb, "b1", "bytes")
    answer = message(nb, "b1", {}, [b"\x00\xff", bytes(range(256)) * 100])
    assert answer == [(True, ("comm_msg", "b1", {"sums": [255, 3264000]}))]


def test_an_error_in_a_handler_is_shown_and_costs_nothing(nb):
    nb.run(
        "let kept = 5;\n"
        'comm::register("shaky", |comm, _| {\n'
        '    comm.on_message(|comm, data| comm.send(json!({ "n": data["n"].as_i64().expect("a number") })));\n'
        "});"
    )
    open_comm(nb, "h1", "shaky")
    [(mine, (stream, text))] = message(nb, "h1", {"n": "three"})
    assert mine and stream == "stderr" and "a number" in text and "panic" in text
    assert message(nb, "h1", {"n": 3}) == [(True, ("comm_msg", "h1", {"n": 3}))]
    assert nb.run("kept") == [result("5")]


def test_a_handler_is_interrupted(nb):
    nb.run('comm::register("endless", |_, _| { println!("started"); loop {} });')
    message = nb.client.session.msg("comm_open", {"comm_id": "i1", "target_name": "endless", "data": {}})
    nb.client.shell_channel.send(message)
    while nb.client.get_iopub_msg(timeout=600)["content"].get("text") != "started\n":
        pass
    nb.interrupt_and_wait()
    assert nb.run("1 + 1") == [result("2")]


def test_handlers_run_where_cells_run(nb):
    """They may use the async runtime, frames and outputs."""
    nb.run(
        'comm::register("runtime", |comm, _| {\n'
        "    let comm = comm.clone();\n"
        '    tokio::spawn(async move { comm.send(json!({ "from": "a task" })) });\n'
        '    let frame = df!("a" => [3, 1, 2]).unwrap().lazy().sort(["a"], Default::default()).collect().unwrap();\n'
        '    println!("{}", frame.height());\n'
        "});"
    )
    said = [output for _, output in open_comm(nb, "r1", "runtime")]
    assert stdout("3\n") in said
    nb.run("std::thread::sleep(std::time::Duration::from_millis(50));")


def test_comms_end_with_the_process_that_they_lived_in(fresh):
    fresh.run('use ferrite::prelude::*;\ncomm::register("t", |_, _| {});')
    open_comm(fresh, "p1", "t")
    assert comms(fresh) == {"p1": "t"}
    crash = fresh.execute("std::process::abort()")
    assert ("comm_close", "p1") in crash.outputs
    assert comms(fresh) == {}
    assert open_comm(fresh, "p2", "t") == [(True, ("comm_close", "p2"))]
    fresh.run('use ferrite::prelude::*;\ncomm::register("t", |_, _| {});')
    open_comm(fresh, "p3", "t")
    assert ("comm_close", "p3") in fresh.run(":restart")
    assert comms(fresh) == {}


def test_comms_of_a_new_process_stay(fresh):
    """A cell may start another process and open comms in it."""
    code = 'let p = ferrite::widgets::comm::Comm::open("panel", serde_json::json!({}));'
    [(_, old, _, _)] = fresh.run(code)
    kinds = [(output[0], output[1]) for output in fresh.run(f":restart\n{code}")]
    assert ("comm_close", old) in kinds and comms(fresh).keys() == {kinds[0][1]} != {old}


def test_a_comm_before_the_first_cell(fresh):
    assert open_comm(fresh, "f1", "jupyter.widget.control") == [(True, ("comm_close", "f1"))]
    assert fresh.run("1") == [result("1")]
