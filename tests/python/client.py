"""A kernel as a notebook sees it: cells go in, outputs come out.

`run` returns the outputs of a cell that must end well, as a list that a test
compares whole: an output that nobody expected fails the test. `fail` is for
cells that must not end well. On the way every message is checked against
Jupyter's schema, and the messages of a cell against the order that the
protocol prescribes.
"""

import os
import re
import time
from dataclasses import dataclass, field
from itertools import groupby
from queue import Empty

from jupyter_client.manager import KernelManager
from jupyter_kernel_test.msgspec_v5 import schema_fragments, validate_message

# How long anything may take before the test is given up.
PATIENCE = 600

# Jupyter's schema leaves these out.
for kind, more in (("comm_open", {"target_name": {"type": "string"}}), ("comm_msg", {}), ("comm_close", {})):
    schema_fragments[kind] = {"properties": {"comm_id": {"type": "string"}, "data": {"type": "object"}, **more}}

COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def stdout(text):
    return ("stdout", text)


def stderr(text):
    return ("stderr", text)


def result(text):
    """A last expression that has no look but its text."""
    return ("execute_result", {"text/plain": text})


def display(**data):
    """What `display` shows: `display(plain="x", html="<b>x</b>")`."""
    names = {"plain": "text/plain", "html": "text/html", "svg": "image/svg+xml"}
    return ("display_data", {names[name]: value for name, value in data.items()})


def update(name, **data):
    """What `update_display` shows in place of the output of that name."""
    return ("update_display_data", name, display(**data)[1])


def clear(wait=False):
    return ("clear_output", wait)


@dataclass
class Failure:
    """An error as a person reads it."""

    name: str
    value: str
    raw: str
    outputs: list

    @property
    def text(self):
        """The traceback without its colours."""
        return COLOURS.sub("", self.raw)

    def __contains__(self, text):
        return text in self.text


@dataclass
class Result:
    """Everything that came back for one cell."""

    code: str
    reply: dict = None
    # Types of the IOPub messages in order; a run of one stream counts once.
    types: list = field(default_factory=list)
    outputs: list = field(default_factory=list)
    error: dict = None
    done: bool = False
    # The first that was printed to stdout.
    head: str = ""

    @property
    def status(self):
        return self.reply["status"]

    @property
    def count(self):
        """The number in front of the cell."""
        return self.reply["execution_count"]

    def take(self, message):
        """Takes an IOPub message in, at its place in the protocol's order."""
        kind, content = message["msg_type"], message["content"]
        assert not self.done or kind != "status", "a status after the cell was idle"
        if kind == "status":
            state = content["execution_state"]
            assert state in ("busy", "idle"), state
            assert (state == "busy") == (not self.types), f"{state} after {self.types}"
            self.done = state == "idle"
            self.types.append(state)
            return
        assert self.types[:1] == ["busy"], f"{kind} before the cell was busy"
        assert self.error is None, f"{kind} after the error"
        self.output(kind, content)
        if self.types[-1] != kind or kind != "stream":
            self.types.append(kind)

    def output(self, kind, content):
        if kind == "execute_input":
            assert self.types == ["busy"], f"execute_input after {self.types}"
            assert content["code"] == self.code
        elif kind == "stream":
            name, text = content["name"], content["text"]
            assert text, "an empty stream message"
            self.outputs.append((name, text))
            if name == "stdout" and len(self.head) < 1000:
                self.head += text
        elif kind == "execute_result":
            self.outputs.append((kind, content["data"]))
        elif kind == "display_data":
            self.outputs.append((kind, content["data"]))
        elif kind == "update_display_data":
            name = content["transient"]["display_id"]
            self.outputs.append((kind, name, content["data"]))
        elif kind == "clear_output":
            self.outputs.append((kind, content["wait"]))
        elif kind == "comm_open":
            self.outputs.append((kind, content["comm_id"], content["target_name"], content["data"]))
        elif kind == "comm_msg":
            self.outputs.append((kind, content["comm_id"], content["data"]))
        elif kind == "comm_close":
            self.outputs.append((kind, content["comm_id"]))
        elif kind == "error":
            self.error = content
        else:
            raise AssertionError(f"an unknown output: {kind}")

    def join(self):
        """Joins neighbouring texts: how they were cut is nobody's business."""
        joined = []
        for stream, group in groupby(self.outputs, key=lambda output: output[0]):
            if stream in ("stdout", "stderr"):
                joined.append((stream, "".join(text for _, text in group)))
            else:
                joined += group
        self.outputs = joined

    def failure(self):
        error = self.error
        raw = "\n".join(error["traceback"])
        return Failure(error["ename"], error["evalue"], raw, self.outputs)


class Notebook:
    """A kernel and the client that sends it cells."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.manager = KernelManager(kernel_name="ferrite")
        self.manager.start_kernel(cwd=self.folder)
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.results = {}

    # -- cells ---------------------------------------------------------------

    def run(self, code):
        """The outputs of a cell, which must end well."""
        result = self.execute(code)
        assert result.status == "ok", f"{code}\n{result.failure().raw}"
        return result.outputs

    def show(self, code):
        """The formats of the one thing that a cell shows, by MIME type."""
        outputs = self.run(code)
        assert len(outputs) == 1 and outputs[0][0] in ("execute_result", "display_data"), outputs
        return outputs[0][1]

    def text(self, code):
        """The text of the last expression, which must be all there is to see."""
        data = self.show(code)
        assert list(data) == ["text/plain"], list(data)
        return data["text/plain"]

    def page(self, code):
        """The formats of what a cell shows in the pager, which must be all there is to see."""
        result = self.execute(code)
        assert result.status == "ok", f"{code}\n{result.failure().raw}"
        [payload] = result.reply["payload"]
        assert result.outputs == [] and payload["source"] == "page", (result.outputs, payload)
        return payload["data"]

    def fail(self, code):
        """The error of a cell, which must not end well."""
        result = self.execute(code)
        assert result.status == "error", f"{code}\nended well: {result.outputs}"
        return result.failure()

    def execute(self, code, **options):
        return self.wait(self.send(code, **options))

    def send(self, code, **options):
        """Sends a cell without waiting for it."""
        ticket = self.client.execute(code, **options)
        self.results[ticket] = Result(code)
        return ticket

    def wait(self, ticket):
        """What came of a cell that was sent."""
        result = self.results[ticket]
        while not result.done:
            self.listen()
        while result.reply is None:
            reply = self.client.get_shell_msg(timeout=PATIENCE)
            parent = reply["parent_header"]["msg_id"]
            if parent in self.results:
                # Jupyter's schema has "abort"; every kernel says, and every
                # client expects, what the documentation says: "aborted".
                if reply["content"]["status"] != "aborted":
                    validate_message(reply, "execute_reply", parent)
                self.results[parent].reply = reply["content"]
        result.join()
        check(result)
        return result

    def until(self, ticket, text):
        """Waits until a running cell has printed a text at its beginning."""
        while text not in self.results[ticket].head:
            assert not self.results[ticket].done, self.results[ticket]
            self.listen()

    def later(self, ticket, text):
        """Waits until something was printed below a cell that is over; all its outputs."""
        result = self.results[ticket]
        assert not result.error, result.error
        while not any(text in output[1] for output in result.outputs if output[0] == "stdout"):
            self.listen()
        result.join()
        return result.outputs

    def listen(self):
        """Takes in one IOPub message."""
        try:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
        except Empty:
            waiting = [result for result in self.results.values() if not result.done]
            raise AssertionError(f"nothing more came for {waiting}") from None
        parent = message["parent_header"].get("msg_id")
        # The manager counts its own requests, interrupts above all, from one
        # as well: an identifier alone does not say whose it is.
        cell = message["parent_header"].get("msg_type") == "execute_request"
        if cell and parent in self.results:
            validate_message(message, message["msg_type"], parent)
            self.results[parent].take(message)

    def ask(self, family, content, channel="shell"):
        """The content of the reply to a request of any kind."""
        message = self.client.session.msg(f"{family}_request", content)
        getattr(self.client, f"{channel}_channel").send(message)
        while True:
            reply = getattr(self.client, f"get_{channel}_msg")(timeout=PATIENCE)
            if reply["parent_header"]["msg_id"] == message["header"]["msg_id"]:
                assert reply["msg_type"] == f"{family}_reply"
                return reply["content"]

    def say(self, kind, content, buffers=None):
        """Sends a comm's message. Returns what came of it, in order: whether it
        belongs to the message itself (else to an earlier cell), and the output."""
        message = self.client.session.msg(kind, content)
        self.client.session.send(self.client.shell_channel.socket, message, buffers=buffers)
        seen = Result("")
        seen.types = ["busy", "execute_input"]
        mine = []
        while True:
            reply = self.client.get_iopub_msg(timeout=PATIENCE)
            parent = reply["parent_header"]
            if parent.get("msg_type") not in (kind, "execute_request"):
                continue
            if reply["msg_type"] == "status":
                if parent["msg_id"] == message["header"]["msg_id"] and reply["content"]["execution_state"] == "idle":
                    return list(zip(mine, seen.outputs))
                continue
            mine.append(parent["msg_id"] == message["header"]["msg_id"])
            seen.output(reply["msg_type"], reply["content"])

    def number(self):
        """The number that the next cell will have."""
        return self.execute("", store_history=False).count

    # -- the kernel ----------------------------------------------------------

    @property
    def pid(self):
        return self.manager.provisioner.process.pid

    def interrupt(self):
        self.manager.interrupt_kernel()

    def interrupt_and_wait(self):
        """Interrupts, and returns when the kernel is done with that."""
        self.interrupt()
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            done = message["content"].get("execution_state") == "idle"
            if done and message["parent_header"].get("msg_type") == "interrupt_request":
                return

    def restart(self):
        self.client.stop_channels()
        self.manager.restart_kernel()
        self.connect()

    def close(self):
        """Ends the kernel, if it is not ended yet."""
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel()


def check(result):
    """What must agree when a cell is over."""
    reply, types = result.reply, result.types
    assert types[0] == "busy" and types[-1] == "idle", types
    if reply["status"] == "aborted":
        assert types == ["busy", "idle"], types
        return
    assert (reply["status"] == "error") == (result.error is not None), (reply, result.error)
    if result.error is not None:
        assert types[-2] == "error", types
        for name in ("ename", "evalue", "traceback"):
            assert reply[name] == result.error[name], name
        assert result.error["ename"] and result.error["traceback"], result.error


# -- processes -----------------------------------------------------------------


def descendants(pid):
    """Numbers of all processes that a process has started, directly or not."""
    children = {}
    for process, parent in processes():
        children.setdefault(parent, []).append(process)
    found, queue = [], [pid]
    while queue:
        new = children.get(queue.pop(), [])
        found += new
        queue += new
    return found


def processes():
    """Number and parent of every process that is not a zombie."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                # The command stands in brackets and may hold anything.
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] not in "ZX":
            yield int(name), int(fields[1])


def running(notebook, program):
    """Numbers of the processes of a notebook that run this program."""
    found = set()
    for pid in descendants(notebook.pid):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as comm:
                if comm.read().strip() == program:
                    found.add(pid)
        except OSError:
            continue
    return found


def wait_until_gone(pids):
    """Waits until none of the processes is there any more."""
    until = time.monotonic() + PATIENCE
    while left := {pid for pid, _ in processes()}.intersection(pids):
        assert time.monotonic() < until, f"still there: {left}"
        time.sleep(0.02)
