"""What a frontend asks of a kernel besides running cells."""

import time

from client import PATIENCE


def complete(notebook, code, at=None):
    """The reply to Tab; `at` counts characters, the end if it is not given."""
    at = len(code) if at is None else at
    reply = notebook.client.complete(code, at, reply=True, timeout=PATIENCE)["content"]
    assert reply["status"] == "ok"
    types = reply["metadata"]["_jupyter_types_experimental"]
    assert [item["text"] for item in types] == reply["matches"]
    for item in types:
        assert (item["start"], item["end"]) == (reply["cursor_start"], reply["cursor_end"])
    return reply


def matches(notebook, code, at=None):
    return complete(notebook, code, at)["matches"]


def item(notebook, code, text):
    """What is said of one completion."""
    types = complete(notebook, code)["metadata"]["_jupyter_types_experimental"]
    found = [item for item in types if item["text"] == text]
    assert len(found) == 1, [item["text"] for item in types]
    return found[0]


def inspect(notebook, code, at=None, level=0):
    """The Markdown of a tooltip; nothing if there is none."""
    at = len(code) if at is None else at
    asked = notebook.client.inspect(code, at, level, reply=True, timeout=PATIENCE)
    reply = asked["content"]
    assert reply["status"] == "ok"
    if not reply["found"]:
        assert reply["data"] == {}
        return None
    assert set(reply["data"]) == {"text/plain", "text/markdown"}
    return reply["data"]["text/markdown"]


def warm(notebook):
    """Waits until rust-analyzer has read the crates."""
    end = time.monotonic() + PATIENCE
    while "Vec<u8>" not in (inspect(notebook, "let zz = vec![0u8]; zz") or ""):
        assert time.monotonic() < end, "rust-analyzer does not get ready"
        time.sleep(0.5)


def debug(notebook, command, **arguments):
    """The answer to a request of the debug adapter protocol."""
    content = {"type": "request", "seq": 1, "command": command, "arguments": arguments}
    message = notebook.client.session.msg("debug_request", content)
    channel = notebook.client.control_channel
    channel.send(message)
    while True:
        reply = notebook.client.get_control_msg(timeout=PATIENCE)
        if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            break
    assert reply["msg_type"] == "debug_reply"
    answer = reply["content"]
    assert (answer["type"], answer["request_seq"], answer["command"]) == ("response", 1, command)
    return answer


def ask(notebook, code, *answers):
    """Runs a cell and answers its questions; returns what was asked and the outputs."""
    ticket = notebook.send(code, allow_stdin=True)
    asked = []
    for answer in answers:
        content = question(notebook)
        asked.append((content["prompt"], content["password"]))
        notebook.client.input(answer)
    cell = notebook.wait(ticket)
    assert cell.status == "ok", cell.failure().raw
    return asked, cell.outputs


def question(notebook):
    message = notebook.client.get_stdin_msg(timeout=PATIENCE)
    assert message["msg_type"] == "input_request"
    return message["content"]
