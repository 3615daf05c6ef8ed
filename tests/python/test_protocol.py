"""What the protocol asks of a kernel and Jupyter's own tests leave out."""

import json
import os
import random
import socket
import subprocess
import sys
import threading

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.session import Session

from client import PATIENCE, clear, descendants, display, result, stdout, update, wait_until_gone


# -- beside the cell ---------------------------------------------------------------


def test_user_expressions(nb):
    nb.run("use ferrite::prelude::*;\nlet frame = df!(\"a\" => [1, 2])?;")
    expressions = {
        "sum": "1 + 2", "frame": "frame", "bad": "no_such_name", "none": "()",
        "statement": "let z = 1;", "panic": 'panic!("oh")',
    }
    reply = nb.execute("let x = 5;", user_expressions=expressions).reply
    values = reply["user_expressions"]
    assert values["sum"] == {"status": "ok", "data": {"text/plain": "3"}, "metadata": {}}
    assert "text/html" in values["frame"]["data"]
    assert values["none"]["data"] == {"text/plain": "()"}
    assert values["bad"]["status"] == "error" and values["bad"]["ename"] == "E0425"
    assert "not an expression" in values["statement"]["evalue"]
    assert values["panic"]["ename"] == "panic" and values["panic"]["evalue"] == "oh"
    # They count as no cell, and a cell that fails has none.
    assert nb.run("x") == [result("5")]
    failed = nb.execute('panic!("no")', user_expressions={"a": "1"})
    assert failed.reply["user_expressions"] == {} and failed.reply["payload"] == []


def test_user_expressions_of_a_silent_cell(nb):
    reply = nb.execute("", silent=True, user_expressions={"a": "6 * 7"}).reply
    assert reply["user_expressions"]["a"]["data"]["text/plain"] == "42"


def test_help_is_a_page(nb):
    page = nb.page(":help dep")
    assert ":dep NAME" in page["text/plain"] and ":dep NAME" in page["text/html"]
    # The page comes when the cell has ended, its output as ever.
    cell = nb.execute(':help dep\nprintln!("below");')
    assert cell.outputs == [stdout("below\n")]
    assert [payload["source"] for payload in cell.reply["payload"]] == ["page"]


def test_a_display_is_updated_by_a_later_cell(nb):
    nb.run("use ferrite::prelude::*;")
    shown = nb.run('let status = display_handle(&MimeBundle::text("waiting"));\nstatus.id().to_owned()')
    name = shown[1][1]["text/plain"].strip('"')
    assert shown[0] == display(plain="waiting")
    assert nb.run('status.update(&MimeBundle::text("done"));') == [update(name, plain="done")]
    assert nb.run("clear_output(true);") == [clear(wait=True)]


# -- positions ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "before", ["", "é", "\U0001f980", "\U0001f468‍\U0001f469‍\U0001f467 \U00020000", "𝒳" * 50]
)
def test_positions_are_code_points(nb, before):
    """A crab is one character, though two units of UTF-16 and four bytes."""
    code = f'let s = "{before}";\n:tim'
    nb.client.complete(code, len(code))
    content = nb.client.get_shell_msg(timeout=PATIENCE)["content"]
    assert content["matches"] == [":time", ":time_passes", ":timing"]
    assert (content["cursor_start"], content["cursor_end"]) == (len(code) - 4, len(code))
    nb.client.inspect(code + "e", len(code))
    assert nb.client.get_shell_msg(timeout=PATIENCE)["content"]["found"]


@pytest.mark.parametrize("position", [-1, 5, 10**9])
def test_a_position_outside_of_the_code_is_no_matter(nb, position):
    for family in ("complete", "inspect"):
        content = {"code": "\U0001f980", "cursor_pos": position, "detail_level": 0}
        assert nb.ask(family, content)["status"] in ("ok", "error")
    assert nb.run("1") == [result("1")]


# -- several at once ------------------------------------------------------------------


@pytest.fixture
def second(fresh):
    """One more client of the same kernel."""
    client = BlockingKernelClient()
    client.load_connection_info(fresh.manager.get_connection_info())
    client.session = Session(key=client.session.key)
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    yield client
    client.stop_channels()


def heard(client, msg_id):
    """Types and contents of what a client hears of a request, until it is done."""
    messages = []
    while not messages or messages[-1][1].get("execution_state") != "idle":
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message["parent_header"].get("msg_id") == msg_id:
            messages.append((message["msg_type"], message["content"]))
    return messages


def test_two_clients_of_one_kernel(fresh, second):
    ticket = fresh.send('let shared = 20;\nprintln!("from the first");')
    assert fresh.wait(ticket).outputs == [stdout("from the first\n")]
    # Each hears everything on IOPub, and only its own replies on shell.
    types = [kind for kind, _ in heard(second, ticket)]
    assert types == ["status", "execute_input", "stream", "status"]
    msg_id = second.execute("shared + 22")
    reply = second.get_shell_msg(timeout=PATIENCE)
    assert reply["parent_header"]["msg_id"] == msg_id and reply["content"]["execution_count"] == 2
    assert ("execute_input", {"code": "shared + 22", "execution_count": 2}) in heard(fresh.client, msg_id)
    assert fresh.run("shared") == [result("20")]


def test_a_question_goes_to_the_client_that_runs_the_cell(fresh, second):
    fresh.run("use ferrite::prelude::*;")
    second.execute('input("Name? ")?', allow_stdin=True)
    assert second.get_stdin_msg(timeout=PATIENCE)["content"]["prompt"] == "Name? "
    second.input("Ada")
    assert second.get_shell_msg(timeout=PATIENCE)["content"]["status"] == "ok"
    assert not fresh.client.stdin_channel.msg_ready()


def test_an_interrupt_of_one_client_stops_the_cell_of_the_other(fresh, second):
    fresh.run("let mut count = 0_u64;")
    ticket = fresh.send('println!("started");\nloop { count += 1; }')
    fresh.until(ticket, "started")
    message = second.session.msg("interrupt_request", {})
    second.control_channel.send(message)
    assert second.get_control_msg(timeout=PATIENCE)["content"] == {"status": "ok"}
    assert fresh.wait(ticket).error["ename"] == "Interrupted"
    # What the cell did until then is there.
    assert fresh.run("count > 0") == [result("true")]


def test_a_thousand_cells_in_the_queue(fresh):
    fresh.run("let mut sum = 0_u64;")
    tickets = [fresh.send("sum += 1;") for _ in range(1000)]
    results = [fresh.wait(ticket) for ticket in tickets]
    assert {result.status for result in results} == {"ok"}
    assert [result.count for result in results] == list(range(2, 1002))
    assert fresh.run("sum") == [result("1000")]


def test_an_error_aborts_a_thousand_cells(fresh):
    tickets = [fresh.send('panic!("first")')] + [fresh.send('println!("never");') for _ in range(1000)]
    statuses = [fresh.wait(ticket).status for ticket in tickets]
    assert statuses == ["error"] + ["aborted"] * 1000
    assert fresh.run("1") == [result("1")]


def test_a_restart_under_load(fresh):
    """With a cell that runs, a queue behind it, and much on its way out."""
    ticket = fresh.send('println!("started");\nloop { println!("{}", "x".repeat(1000)); }')
    for i in range(200):
        fresh.send(f"let queued = {i};")
    fresh.until(ticket, "started")
    before = descendants(fresh.pid)
    fresh.restart()
    assert fresh.run("1 + 1") == [result("2")]
    assert fresh.fail("queued").name == "E0425"
    wait_until_gone(before)


def test_requests_of_all_kinds_at_once(fresh):
    """Ten of each from threads of their own, while cells run: every one is answered."""
    ticket = fresh.send('println!("started");\nfor _ in 0..20 { std::thread::sleep(std::time::Duration::from_millis(20)); }')
    fresh.until(ticket, "started")
    info = fresh.manager.get_connection_info()
    answered = []

    def ask():
        client = BlockingKernelClient()
        client.load_connection_info(info)
        client.session = Session(key=client.session.key)
        client.start_channels(stdin=False, hb=False)
        try:
            for _ in range(10):
                asked = {
                    client.execute("1", silent=True), client.complete(":ti", 3), client.inspect(":type", 3),
                    client.history(hist_access_type="tail", n=3), client.is_complete("1 +"),
                    client.comm_info(), client.kernel_info(),
                }
                while asked:
                    reply = client.get_shell_msg(timeout=PATIENCE)
                    asked.discard(reply["parent_header"]["msg_id"])
                    answered.append(reply["msg_type"])
        finally:
            client.stop_channels()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answered) == 4 * 10 * 7
    assert fresh.wait(ticket).status == "ok"


# -- what must not be let in ----------------------------------------------------------


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Where kernels of this test write their log."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state/ferrite/log/kernel.log"


def frames(session, message):
    return session.serialize(message)


def test_unsigned_replayed_and_malformed_messages_are_refused_and_logged(log, another):
    nb = another()
    nb.run("let a = 1;")
    session, socket = nb.client.session, nb.client.shell_channel.socket
    good = frames(session, session.msg("execute_request", {"code": "a = 2;"}))
    at = good.index(b"<IDS|MSG>")
    unsigned = good[: at + 1] + [b""] + good[at + 2 :]
    other_key = frames(Session(key=b"another key"), session.msg("kernel_info_request", {}))
    cut = good[: at + 3]
    no_json = session.sign([b"{", b"{}", b"{}", b"{}"])
    for message in (
        unsigned, other_key, cut, [b"<IDS|MSG>", no_json, b"{", b"{}", b"{}", b"{}"], [b"nothing"], [b""],
    ):
        socket.send_multipart(message)
    once = frames(session, session.msg("execute_request", {"code": "let replayed = 1;"}))
    socket.send_multipart(once)
    socket.send_multipart(once)
    assert nb.execute("a").outputs == [result("1")]
    assert nb.number() == 4, "the replayed message ran once"
    lines = [line for line in log.read_text().splitlines() if "refused a message" in line]
    assert len(lines) == 7
    assert all("WARN" in line and f"[{nb.pid}]" in line for line in lines)
    for said in ("signature was seen before", "signature are wrong", "not JSON"):
        assert any(said in line for line in lines), said


def test_a_content_that_does_not_fit_is_answered_with_an_error(nb):
    for family, content in (
        ("execute", {}), ("execute", {"code": 5}), ("execute", {"code": "1", "user_expressions": {"a": 1}}),
        ("complete", {"code": []}), ("inspect", {}), ("history", {"hist_access_type": "all"}),
        ("history", {"hist_access_type": "tail", "n": "many"}), ("is_complete", {}),
    ):
        reply = nb.ask(family, content)
        assert reply["status"] == "error" and reply["ename"] == "MalformedRequest", (family, content, reply)
    assert nb.run("1") == [result("1")]


def test_levels_of_the_log(log, another, monkeypatch):
    quiet = another()
    quiet.run("1")
    quiet.close()
    assert log.read_text() == "", "nothing happened that is worth a warning"
    monkeypatch.setenv("RUST_LOG", "ferrite_jupyter=debug")
    loud = another()
    loud.run("1")
    pid = loud.pid
    loud.close()
    text = log.read_text()
    assert "DEBUG" in text and "execute_request" in text and f"[{pid}]" in text


# -- the rest ----------------------------------------------------------------------------


def test_ports_are_told(nb):
    info = nb.manager.get_connection_info()
    reply = nb.ask("connect", {})
    assert reply["status"] == "ok"
    for port in ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"):
        assert reply[port] == info[port]


def test_control_takes_what_shell_takes(nb):
    assert nb.ask("is_complete", {"code": "1 +"}, channel="control")["status"] == "incomplete"
    assert nb.ask("history", {"hist_access_type": "tail", "n": 1}, channel="control")["status"] == "ok"
    assert nb.ask("execute", {"code": "1", "silent": True}, channel="control")["status"] == "ok"
    assert nb.ask("create_subshell", {}, channel="control")["ename"] == "NotSupported"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where temporary files of this test go."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def test_a_kernel_leaves_no_file_and_no_socket(another, folder):
    """Neither when it is told to end, nor when it is killed."""
    ended, killed = another(), another()
    for notebook in (ended, killed):
        notebook.run('println!("running");')
    pids = [killed.pid, *descendants(killed.pid)]
    ended.close()
    os.kill(killed.pid, 9)
    wait_until_gone(pids)
    assert [path for path in folder.rglob("*") if "ferrite" in str(path.relative_to(folder))] == []


PARENT = """
import sys, time
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="ferrite", connection_file=sys.argv[1])
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=600)
client.execute_interactive("let a = 1;", timeout=600)
client.execute("loop {}")
print(manager.provisioner.process.pid, flush=True)
time.sleep(1000)
"""


def test_nothing_is_left_when_the_parent_is_killed(folder, tmp_path):
    """In the middle of a cell, too: no process, no socket, no file, not even the parent's own."""
    connection_file = tmp_path / "connection.json"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(connection_file)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    kernel = int(parent.stdout.readline())
    pids = [kernel, *descendants(kernel)]
    assert len(pids) > 1 and connection_file.exists()
    info = json.loads(connection_file.read_text())
    parent.kill()
    parent.wait()
    wait_until_gone(pids)
    for port in ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"):
        with socket.socket() as probe:
            assert probe.connect_ex((info["ip"], info[port])) != 0, port
    assert not connection_file.exists()
    assert [path for path in folder.rglob("*") if "ferrite" in str(path.relative_to(folder))] == []


def test_usage_is_that_of_all_processes(nb):
    nb.run("let big = vec![1_u8; 300 << 20];")
    usage = nb.ask("usage", {}, channel="control")
    assert usage["pid"] == nb.pid and usage["kernel_memory"] > 300 << 20
    nb.run("drop(big);")


# -- any message --------------------------------------------------------------------


def some_value(lots, depth=0):
    """A value that JSON can say."""
    kinds = ["null", "bool", "int", "float", "text", "list", "object"]
    kind = lots.choice(kinds if depth < 3 else kinds[:5])
    if kind == "list":
        return [some_value(lots, depth + 1) for _ in range(lots.randrange(4))]
    if kind == "object":
        return {some_text(lots): some_value(lots, depth + 1) for _ in range(lots.randrange(4))}
    return {
        "null": None,
        "bool": lots.random() < 0.5,
        "int": lots.choice([0, -1, 1, 5, 2**31, -(2**63), 2**64]),
        "float": lots.choice([0.5, -1e300, 1e-300]),
        "text": some_text(lots),
    }[kind]


def some_text(lots):
    pieces = [
        "", ":", "!", "x", "\"", "'", "col(\"", "{", "}", "(", "::", ".", "\n", "\0", "//", "/*",
        "r#\"", "\U0001f980", "e\u0301", "\u202e", "fn f() {", "let ", ":type ", "use std::", "9" * 40,
        "code", "cursor_pos", "comm_id", "target_name", "data", "command", "arguments", "seq",
    ]
    return "".join(lots.choice(pieces) for _ in range(lots.randrange(6)))


FIELDS = [
    "code", "cursor_pos", "detail_level", "hist_access_type", "n", "pattern", "session", "start",
    "stop", "raw", "output", "unique", "target_name", "comm_id", "data", "command", "arguments",
    "seq", "type", "value", "subshell_id",
]


@pytest.mark.parametrize("seed", range(4))
def test_no_message_ends_the_kernel(fresh, seed):
    """Signed, so they are let in. Cells are left out: those may end a process."""
    lots = random.Random(seed)
    families = [
        "complete", "inspect", "is_complete", "history", "kernel_info", "connect", "comm_info",
        "debug", "usage", "interrupt", "create_subshell", "list_subshell", "input", "x",
    ]
    kinds = [f"{family}_request" for family in families] + ["comm_open", "comm_msg", "comm_close", "input_reply", "status", "\U0001f980"]
    client = fresh.client
    for _ in range(150):
        content = {field: some_value(lots) for field in FIELDS if lots.random() < 0.4}
        if lots.random() < 0.7:
            content |= {"code": some_text(lots), "cursor_pos": lots.randrange(12), "detail_level": 0}
        message = client.session.msg(lots.choice(kinds), content, metadata={some_text(lots): some_value(lots)})
        channel = lots.choice([client.shell_channel, client.control_channel, client.stdin_channel])
        channel.send(message)
    # Both channels still answer, in order: so all of it was taken.
    for channel, receive in [
        (client.shell_channel, client.get_shell_msg), (client.control_channel, client.get_control_msg),
    ]:
        last = client.session.msg("kernel_info_request", {})
        channel.send(last)
        while receive(timeout=PATIENCE)["parent_header"].get("msg_id") != last["header"]["msg_id"]:
            pass
    assert fresh.run("1 + 1") == [result("2")]
