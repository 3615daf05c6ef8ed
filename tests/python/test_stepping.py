"""Breakpoints and steps, as JupyterLab's debugger sidebar asks for them.

They need a debugger that speaks its protocol, `lldb-dap`. Where there is none,
only what is said then is looked at.
"""

import os
import shutil
import signal

import pytest
from ask import debug
from client import PATIENCE, descendants, result, running, stdout, wait_until_gone

NAMES = ["lldb-dap", *(f"lldb-dap-{version}" for version in range(18, 23))]
needs_debugger = pytest.mark.skipif(
    not any(shutil.which(name) for name in NAMES), reason="there is no lldb-dap on the path"
)

ITEMS = "fn twice(a: i32) -> i32 {\n    let b = a * 2;\n    b + 1\n}"
CELL = (
    'let name = String::from("Ada");\n'
    "let mut total = 0;\n"
    "for i in &numbers {\n"
    "    total += twice(*i);\n"
    "}\n"
    'println!("{name} {total}");\n'
    "total"
)


class Debugged:
    """A notebook with its debugger on."""

    def __init__(self, notebook):
        self.notebook = notebook
        self.ask("initialize", clientID="jupyterlab", linesStartAt1=True)
        self.ask("attach")

    def ask(self, command, **arguments):
        answer = debug(self.notebook, command, **arguments)
        assert answer["success"], answer
        return answer["body"]

    def break_at(self, code, *lines):
        path = self.ask("dumpCell", code=code)["sourcePath"]
        lines = [{"line": line} for line in lines]
        body = self.ask("setBreakpoints", source={"path": path}, breakpoints=lines)
        assert [(it["verified"], it["line"]) for it in body["breakpoints"]] == [
            (True, line["line"]) for line in lines
        ]
        self.ask("configurationDone")
        return path

    def event(self, name):
        """Waits for an event; outputs of cells are taken in meanwhile."""
        while True:
            message = self.notebook.client.get_iopub_msg(timeout=PATIENCE)
            if message["msg_type"] == "debug_event":
                if message["content"]["event"] == name:
                    return message["content"]["body"]
                continue
            parent = message["parent_header"].get("msg_id")
            if parent in self.notebook.results:
                self.notebook.results[parent].take(message)

    def stopped(self):
        """Waits until a cell stands still: the frames, innermost first."""
        self.thread = self.event("stopped")["threadId"]
        self.frames = self.ask("stackTrace", threadId=self.thread)["stackFrames"]
        return [(frame["name"], frame["source"]["path"], frame["line"]) for frame in self.frames]

    def step(self, how):
        self.ask(how, threadId=self.thread)
        return self.stopped()

    def locals(self, frame=0):
        scopes = self.ask("scopes", frameId=self.frames[frame]["id"])["scopes"]
        assert [scope["name"] for scope in scopes] == ["Locals"]
        return self.inside(scopes[0])

    def inside(self, variable):
        reference = variable["variablesReference"]
        found = self.ask("variables", variablesReference=reference)["variables"]
        return {variable["name"]: variable for variable in found}


@pytest.fixture
def debugged(fresh):
    return Debugged(fresh)


@needs_debugger
def test_a_cell_stops_and_goes_step_by_step(debugged):
    notebook = debugged.notebook
    notebook.run(ITEMS)
    notebook.run("let numbers = vec![1, 2];")
    path = debugged.break_at(CELL, 4)
    items = debugged.ask("dumpCell", code=ITEMS)["sourcePath"]
    cell = notebook.send(CELL)
    assert debugged.stopped() == [("the cell", path, 4)]

    found = debugged.locals()
    assert (found["total"]["type"], found["total"]["value"]) == ("i32 = 0", "0")
    assert (found["name"]["type"], found["name"]["value"]) == ('String = "Ada"', '"Ada"')
    assert found["i"]["value"] == "1"
    assert [it["value"] for it in debugged.inside(found["numbers"]).values()] == ["1", "2"]
    assert not any(name.startswith("__") for name in found)

    # Into a function of an earlier cell, over its lines, and out.
    assert debugged.step("stepIn") == [("twice", items, 2), ("the cell", path, 4)]
    assert debugged.locals()["a"]["value"] == "1"
    assert debugged.step("next") == [("twice", items, 3), ("the cell", path, 4)]
    assert debugged.locals()["b"]["value"] == "2"
    assert debugged.locals(frame=1)["i"]["value"] == "1"
    assert debugged.step("stepOut") == [("the cell", path, 4)]
    assert debugged.step("next") == [("the cell", path, 3)]
    assert debugged.locals()["total"]["value"] == "3"

    # On to the breakpoint, and to the end.
    assert debugged.step("continue") == [("the cell", path, 4)]
    debugged.break_at(CELL)
    debugged.ask("continue", threadId=debugged.thread)
    assert notebook.wait(cell).outputs == [stdout("Ada 8\n"), result("8")]
    assert notebook.text("total") == "8"


@needs_debugger
def test_steps_at_the_end_of_a_cell_end_it(debugged):
    code = "let a = 1;\nlet b = a + 1;"
    debugged.break_at(code, 2)
    cell = debugged.notebook.send(code)
    assert [line for _, _, line in debugged.stopped()] == [2]
    debugged.ask("next", threadId=debugged.thread)
    assert debugged.notebook.wait(cell).status == "ok"
    assert debugged.notebook.text("b") == "2"


@needs_debugger
@pytest.mark.parametrize(
    "code, line, shown",
    [
        ("let n = 5;\nn + 1", 2, "6"),
        ("let n = 5;\nn // the same", 2, "5"),
        ("let n = vec![5, 6];\nn.iter()\n    .map(|it| it * 2)\n    .sum::<i32>()", 2, "22"),
        ("let n = 5;\nif n > 3 {\n    n\n} else {\n    -n\n}", 3, "5"),
        ("let n = 5;\n(n, n.to_string())", 2, '(5, "5")'),
    ],
)
def test_a_last_expression_stops_once(debugged, code, line, shown):
    """It is shown by code of the kernel's own, which is no place to stop at."""
    path = debugged.break_at(code, line)
    # The other lines of a longer one are places of their own.
    for how in ("continue", "next") if code.count("\n") == 1 else ("continue",):
        cell = debugged.notebook.send(code)
        assert debugged.stopped() == [("the cell", path, line)]
        assert debugged.locals()["n"]["value"]
        debugged.ask(how, threadId=debugged.thread)
        assert debugged.notebook.wait(cell).outputs == [result(shown)]


@needs_debugger
def test_breakpoints_in_functions_of_earlier_cells(fresh):
    # Defined before the debugger was turned on: compiled again for it.
    fresh.run(ITEMS)
    debugged = Debugged(fresh)
    items = debugged.break_at(ITEMS, 3)
    cell = fresh.send("twice(20)")
    assert debugged.stopped()[0] == ("twice", items, 3)
    assert debugged.locals()["b"]["value"] == "40"
    debugged.ask("continue", threadId=debugged.thread)
    assert fresh.wait(cell).outputs == [result("41")]


@needs_debugger
def test_a_cell_with_statements_items_and_commands(debugged):
    code = ":timing\nlet x = 1;\nfn g(a: i32) -> i32 {\n    a + 1\n}\nlet y = g(x);\ny"
    path = debugged.break_at(code, 2, 4)
    cell = debugged.notebook.send(code)
    assert debugged.stopped() == [("the cell", path, 2)]
    assert debugged.step("continue") == [("g", path, 4), ("the cell", path, 6)]
    debugged.ask("continue", threadId=debugged.thread)
    assert result("2") in debugged.notebook.wait(cell).outputs


@needs_debugger
def test_a_closure_and_an_async_cell(debugged):
    code = "let add = |a: i32| {\n    a + 5\n};\nadd(1)"
    path = debugged.break_at(code, 2)
    cell = debugged.notebook.send(code)
    assert debugged.stopped() == [("a closure in the cell", path, 2), ("the cell", path, 4)]
    assert debugged.locals()["a"]["value"] == "1"
    debugged.ask("continue", threadId=debugged.thread)
    assert debugged.notebook.wait(cell).outputs == [result("6")]

    code = "let before = 7;\nlet after = async { before + 1 }.await;\nafter"
    path = debugged.break_at(code, 3)
    cell = debugged.notebook.send(code)
    assert debugged.stopped()[0][1:] == (path, 3)
    assert debugged.locals()["after"]["value"] == "8"
    debugged.ask("continue", threadId=debugged.thread)
    assert debugged.notebook.wait(cell).outputs == [result("8")]


@needs_debugger
def test_a_breakpoint_that_is_set_while_the_cell_runs(debugged):
    code = (
        "let mut rounds = 0u32;\n"
        "loop {\n"
        '    if rounds == 0 { println!("begun"); }\n'
        "    rounds += 1;\n"
        "    std::thread::sleep(std::time::Duration::from_millis(20));\n"
        "    if rounds > 100_000 { break; }\n"
        "}"
    )
    debugged.break_at(code, 1)
    cell = debugged.notebook.send(code)
    debugged.stopped()
    debugged.ask("continue", threadId=debugged.thread)
    debugged.notebook.until(cell, "begun")
    path = debugged.break_at(code, 4)
    assert debugged.stopped()[0] == ("the cell", path, 4)
    assert int(debugged.locals()["rounds"]["value"]) > 0
    # An interrupt ends a cell that stands still.
    debugged.notebook.interrupt()
    debugged.event("continued")
    assert debugged.notebook.wait(cell).failure().name == "Interrupted"
    assert debugged.notebook.text("1 + 1") == "2"


@needs_debugger
def test_turning_it_off_lets_the_cell_go_on(debugged):
    code = "let n = 5;\nn + 1"
    path = debugged.break_at(code, 2)
    cell = debugged.notebook.send(code)
    debugged.stopped()
    info = debugged.ask("debugInfo")
    assert info["stoppedThreads"] == [debugged.thread]
    assert info["breakpoints"] == [{"source": path, "breakpoints": [{"line": 2}]}]
    debugged.ask("disconnect", restart=False, terminateDebuggee=True)
    assert debugged.notebook.wait(cell).outputs == [result("6")]
    # The same process, and no breakpoint in it.
    assert debugged.notebook.run(code) == [result("6")]
    assert debugged.notebook.text("n") == "5"
    assert debugged.ask("debugInfo")["breakpoints"] == []


@needs_debugger
def test_a_panic_and_a_crash_are_told_as_ever(debugged):
    code = 'let v: Vec<i32> = vec![];\nlet n = v.len();\npanic!("on purpose {n}");'
    debugged.break_at(code, 2)
    cell = debugged.notebook.send(code)
    debugged.stopped()
    debugged.ask("continue", threadId=debugged.thread)
    failure = debugged.notebook.wait(cell).failure()
    assert failure.name == "panic" and "on purpose 0" in failure
    # A crash stands still where it happened, then ends the process.
    crash = "unsafe { std::ptr::null_mut::<u8>().write_volatile(1) };"
    cell = debugged.notebook.send(crash)
    assert debugged.stopped()[0][0] == "the cell"
    debugged.ask("continue", threadId=debugged.thread)
    assert debugged.notebook.wait(cell).failure().name == "Crash"
    # The next process has a debugger as well.
    debugged.break_at("let w = 3;\nw", 2)
    cell = debugged.notebook.send("let w = 3;\nw")
    debugged.stopped()
    debugged.ask("continue", threadId=debugged.thread)
    assert debugged.notebook.wait(cell).outputs == [result("3")]


@needs_debugger
def test_no_debugger_is_left_behind(debugged):
    notebook = debugged.notebook
    debugged.break_at("let a = 1;\na", 2)
    notebook.send("let a = 1;\na")
    debugged.stopped()
    before = descendants(notebook.pid)
    assert running(notebook, "lldb-dap") or running(notebook, "lldb-dap-19") or len(before) > 2
    os.kill(notebook.pid, signal.SIGKILL)
    wait_until_gone(before)


@needs_debugger
def test_a_restart_of_a_kernel_that_stands_still(debugged):
    notebook = debugged.notebook
    debugged.break_at("let a = 1;\na", 2)
    notebook.send("let a = 1;\na")
    debugged.stopped()
    before = descendants(notebook.pid)
    notebook.restart()
    wait_until_gone(before)
    assert debug(notebook, "debugInfo")["body"]["isStarted"] is False
    assert notebook.text("1 + 2") == "3"


def test_a_machine_without_a_debugger_says_so(another, monkeypatch):
    monkeypatch.setenv("FERRITE_LLDB_DAP", "")
    notebook = another()
    info = debug(notebook, "debugInfo")["body"]
    assert info["stepping"] is False and "lldb-dap" in info["message"]
    debug(notebook, "initialize")
    debug(notebook, "attach")
    path = debug(notebook, "dumpCell", code="let x = 1;")["body"]["sourcePath"]
    answer = debug(notebook, "setBreakpoints", source={"path": path}, breakpoints=[{"line": 1}])
    # JupyterLab would show one that comes back, whatever is said of it.
    assert answer["success"] and answer["body"]["breakpoints"] == []
    assert not debug(notebook, "next", threadId=1)["success"]
    notebook.run("let x = 1;")
    variables = debug(notebook, "inspectVariables")["body"]["variables"]
    assert [it["name"] for it in variables] == ["x"]
