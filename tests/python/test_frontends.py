"""Programs that people run notebooks with, where they need no browser."""

import json
import os
import re
import subprocess
import sys

import nbformat
import pexpect
import pytest
from jupyter_client import KernelManager

from client import COLOURS, PATIENCE

CELLS = [
    "use ferrite::prelude::*;",
    "let factor = 2;\nlet name = \"nobody\";",
    'println!("{name}");\n6 * factor',
    ":help vars",
    'df!("a" => [1, 2])?',
    'interact(slider(1..=3).label("n"), |n| n * 10);',
]


@pytest.fixture
def notebook(tmp_path):
    cells = [nbformat.v4.new_code_cell(code) for code in CELLS]
    cells[1].metadata["tags"] = ["parameters"]
    metadata = {"kernelspec": {"name": "ferrite", "display_name": "Rust (Ferrite)", "language": "rust"}}
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


def tool(*arguments, cwd):
    command = [sys.executable, "-m", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done


def outputs(path, cell):
    return nbformat.read(path, as_version=4).cells[cell].outputs


def test_nbconvert_executes(notebook, tmp_path):
    tool("nbconvert", "--to", "notebook", "--execute", notebook, "--output", "out.ipynb", cwd=tmp_path)
    out = tmp_path / "out.ipynb"
    [printed, value] = outputs(out, 2)
    assert printed.text == "nobody\n" and value.data["text/plain"] == "12"
    assert "<table" in outputs(out, 4)[0].data["text/html"]
    # A widget is kept with its state, so that the page shows it without a kernel.
    widget, shown = outputs(out, 5)
    model = widget.data["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert shown.data["text/plain"] == "10"
    written = nbformat.read(out, as_version=4)
    states = written.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert states[model]["model_name"] == "IntSliderModel" and states[model]["state"]["value"] == 1
    assert written.metadata.language_info.name == "rust"
    nbformat.validate(written)


def test_nbconvert_makes_a_page(notebook, tmp_path):
    tool("nbconvert", "--to", "html", "--execute", notebook, cwd=tmp_path)
    page = (tmp_path / "a.html").read_text()
    assert "nobody" in page and 'class="ferrite"' in page


def test_nbconvert_stops_at_an_error(tmp_path):
    cells = [nbformat.v4.new_code_cell(code) for code in ("1", "let x: i32 = \"a\";", "2")]
    metadata = {"kernelspec": {"name": "ferrite", "display_name": "Rust (Ferrite)", "language": "rust"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), tmp_path / "bad.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "bad.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode != 0
    assert "mismatched types" in COLOURS.sub("", done.stderr)


def test_papermill_runs_a_notebook(notebook, tmp_path):
    tool("papermill", notebook, "out.ipynb", cwd=tmp_path)
    out = tmp_path / "out.ipynb"
    assert outputs(out, 2)[1].data["text/plain"] == "12"
    assert nbformat.read(out, as_version=4).metadata.papermill.exception is None


TRANSLATOR = """
import sys
import papermill
from papermill.translators import Translator, papermill_translators


class Rust(Translator):
    @classmethod
    def assign(cls, name, value):
        return f"let {name} = {value};"

    @classmethod
    def comment(cls, text):
        return f"// {text}"


papermill_translators.register("rust", Rust)
papermill.execute_notebook("a.ipynb", "out.ipynb", {"factor": 5, "name": "Ada"})
"""


def test_papermill_writes_parameters_once_it_knows_rust(notebook, tmp_path):
    """It comes without Rust; `ferrite run -p` needs nothing."""
    done = subprocess.run([sys.executable, "-c", TRANSLATOR], cwd=tmp_path, capture_output=True, text=True,
                          timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    written = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    injected = [cell for cell in written.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert 'let name = "Ada";' in injected[0].source
    [printed, value] = written.cells[3].outputs
    assert printed.text == "Ada\n" and value.data["text/plain"] == "30"


@pytest.fixture
def console(tmp_path):
    """Starts `jupyter console`; `simple` without its editor, as on a bare terminal."""
    children = []

    def start(simple):
        options = ["--simple-prompt"] if simple else []
        command = ["-m", "jupyter_console", "--kernel", "ferrite",
                   "--ZMQTerminalInteractiveShell.kernel_timeout=600", *options]
        # Else the editor asks the terminal where the cursor is, and waits.
        environment = {**os.environ, "TERM": "dumb" if simple else "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        child = pexpect.spawn(sys.executable, command, cwd=str(tmp_path), env=environment, encoding="utf-8",
                              timeout=120, dimensions=(50, 120), echo=False)
        children.append(child)
        child.expect(r"In \[.*?1.*?\]")
        return child

    yield start
    for child in children:
        child.close(force=True)


def test_console_runs_cells(console):
    console = console(simple=True)
    assert "Ferrite" in console.before, "the banner"
    console.sendline("let x = 6 * 7;")
    console.expect_exact("In [2]:")
    console.sendline("x")
    console.expect(r"Out\[2\]:\s*42")
    console.expect_exact("In [3]:")
    console.sendline('println!("{}", x / 0);')
    console.expect("panic|divide")
    console.expect_exact("In [4]:")
    console.sendline('ferrite::display::input("Name? ").unwrap()')
    console.expect_exact("Name? ")
    console.sendline("Ada")
    console.expect(r'Out\[4\]:\s*"Ada"')
    console.expect_exact("In [5]:")
    console.sendline(":help vars")
    console.expect_exact("The variables with their types")


def test_console_continues_a_cell_that_is_not_whole(console):
    console = console(simple=False)
    console.send("fn double(n: i32) -> i32 {\r")
    console.expect(r"\.\.\.:")
    console.send("n * 2\r}\r")
    console.expect(r"In \[.*?2.*?\]")
    console.send("double(21)\r")
    console.expect(r"Out\[.*?42")


def test_jupyter_run(tmp_path):
    """`jupyter run` is jupyter_client's own: a script, line after line of output."""
    (tmp_path / "script.rs").write_text('println!("{}", 6 * 7);\n')
    command = [sys.executable, "-m", "jupyter_client.runapp", "--kernel", "ferrite", "script.rs"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert "42" in done.stdout, done.stderr


def test_the_kernelspec_is_complete():
    listed = json.loads(tool("jupyter_client.kernelspecapp", "list", "--json", cwd=None).stdout)
    spec = listed["kernelspecs"]["ferrite"]
    assert spec["spec"]["interrupt_mode"] == "message"
    assert spec["spec"]["kernel_protocol_version"] == "5.5"
    files = os.listdir(spec["resource_dir"])
    assert {"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} <= set(files)
    assert re.match(r"Rust", spec["spec"]["display_name"])


# -- VS Code -------------------------------------------------------------------


def test_what_vs_code_sends(tmp_path):
    """Its extension is no Jupyter client of Python's: it may ask before it
    listens, says which cell it runs, and does not want the queue aborted."""
    manager = KernelManager(kernel_name="ferrite")
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    try:
        client.start_channels(iopub=False, stdin=False, hb=False, control=True)
        info = client.kernel_info(reply=True, timeout=PATIENCE)["content"]
        assert info["language_info"]["name"] == "rust"
        client.start_channels(shell=False, control=False)
        client.wait_for_ready(timeout=PATIENCE)

        def execute(code, cell):
            content = {
                "code": code, "silent": False, "store_history": True, "allow_stdin": True,
                "stop_on_error": False, "user_expressions": {},
            }
            metadata = {"cellId": f"vscode-notebook-cell:/a.ipynb#{cell}", "tags": []}
            message = client.session.msg("execute_request", content, metadata=metadata)
            client.shell_channel.send(message)
            return message["header"]["msg_id"]

        def outputs(asked):
            seen = []
            while True:
                message = client.get_iopub_msg(timeout=PATIENCE)
                if message["parent_header"].get("msg_id") != asked:
                    continue
                if message["content"].get("execution_state") == "idle":
                    return seen
                seen.append(message["msg_type"])

        # Run All sends every cell; one that fails does not stop the others.
        asked = [execute(code, at) for at, code in enumerate(["let x = 1;", "panic!()", "x + 1"])]
        assert [outputs(one)[-1] for one in asked] == ["execute_input", "error", "execute_result"]
        replies = [client.get_shell_msg(timeout=PATIENCE) for _ in asked]
        assert [reply["content"]["status"] for reply in replies] == ["ok", "error", "ok"]

        completed = client.complete("let s = wh", 10, reply=True, timeout=PATIENCE)["content"]
        assert "while" in completed["matches"]
        inspected = client.inspect("x", 1, 1, reply=True, timeout=PATIENCE)["content"]
        assert "i32" in inspected["data"]["text/markdown"]

        running = execute('println!("begun"); loop {}', 3)
        while "begun" not in client.get_iopub_msg(timeout=PATIENCE)["content"].get("text", ""):
            pass
        client.control_channel.send(client.session.msg("interrupt_request", {}))
        assert outputs(running)[-1] == "error"
        client.shutdown()
        manager.provisioner.process.wait(timeout=PATIENCE)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
