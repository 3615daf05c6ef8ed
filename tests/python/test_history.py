"""What was run, in this kernel and in earlier ones."""

import os
import shutil
from pathlib import Path

import pytest

from client import PATIENCE, result


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A history of the test's own, and the log."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state/ferrite"


def history(notebook, **request):
    """The entries that a `history_request` finds."""
    request = {"output": False, "raw": True, **request}
    reply = notebook.client.history(**request, reply=True, timeout=PATIENCE)
    assert reply["content"]["status"] == "ok"
    return [tuple(entry) for entry in reply["content"]["history"]]


def tail(notebook, n=100, **request):
    return history(notebook, hist_access_type="tail", n=n, **request)


def search(notebook, pattern, **request):
    return history(notebook, hist_access_type="search", pattern=pattern, **request)


def span(notebook, session, start=0, stop=1_000_000):
    return history(notebook, hist_access_type="range", session=session, start=start, stop=stop)


def test_inputs_and_outputs(another):
    nb = another()
    nb.run("let a = 1;")
    nb.run("a + 1")
    nb.execute("a", silent=True)
    nb.execute("a", store_history=False)
    nb.fail("no_such_name")
    assert tail(nb, output=True) == [
        (1, 1, ["let a = 1;", None]), (1, 2, ["a + 1", "2"]), (1, 3, ["no_such_name", None]),
    ]
    assert tail(nb, n=1) == [(1, 3, "no_such_name")]


def test_it_outlives_kernels(another):
    first = another()
    first.run('let text = "äöü 🦀";')
    first.run("1 + 1")
    first.close()
    second = another()
    assert tail(second) == [(1, 1, 'let text = "äöü 🦀";'), (1, 2, "1 + 1")]
    second.run("2 + 2")
    second.run("1 + 1")
    assert tail(second, n=2) == [(2, 1, "2 + 2"), (2, 2, "1 + 1")]
    assert span(second, 0) == [(2, 1, "2 + 2"), (2, 2, "1 + 1")]
    assert span(second, 2, 1, 2) == [(2, 1, "2 + 2")]
    assert span(second, -1, 2) == [(1, 2, "1 + 1")]
    assert search(second, "?*+*?") == [(1, 2, "1 + 1"), (2, 1, "2 + 2"), (2, 2, "1 + 1")]
    assert search(second, "?*+*?", unique=True) == [(2, 1, "2 + 2"), (2, 2, "1 + 1")]
    assert search(second, "?*+*?", n=1) == [(2, 2, "1 + 1")]
    assert search(second, "*🦀*") == [(1, 1, 'let text = "äöü 🦀";')]
    assert search(second, "[13-9]*") == [(1, 2, "1 + 1"), (2, 2, "1 + 1")]


def test_a_restart_is_a_new_session(another):
    nb = another()
    nb.run("1")
    nb.restart()
    nb.run("2")
    assert tail(nb) == [(1, 1, "1"), (2, 1, "2")]


def test_two_kernels_share_it(another):
    one, other = another(), another()
    for i in range(3):
        one.run(f"{i}")
        other.run(f"{i} * 10")
    assert [entry[2] for entry in tail(one) if entry[0] == 1] == ["0", "1", "2"]
    assert tail(one) == tail(other)


def test_a_kernel_killed_in_a_cell_keeps_what_was_run(another):
    nb = another()
    nb.run("1 + 2")
    os.kill(nb.pid, 9)
    nb.client.stop_channels()
    assert tail(another()) == [(1, 1, "1 + 2")]


@pytest.mark.parametrize("damage", ["text", "folder", "cut"])
def test_a_damaged_file_costs_the_history_only(another, home, damage):
    first = another()
    first.run("1 + 2")
    first.close()
    file = home / "history.sqlite"
    data = file.read_bytes()
    if damage == "text":
        file.write_text("no database" * 1000)
    elif damage == "cut":
        file.write_bytes(data[: len(data) // 2])
    else:
        file.unlink()
        file.mkdir()
    nb = another()
    assert nb.run("3 + 4") == [result("7")]
    assert tail(nb)[-1][2] == "3 + 4"
    assert "history" in (home / "log/kernel.log").read_text()


def test_nowhere_to_keep_it(another, home):
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("a file where a folder should be")
    nb = another()
    assert nb.run("1 + 2") == [result("3")]
    assert tail(nb) == [(1, 1, "1 + 2")]


def test_other_people_cannot_read_it(another, home):
    another().run("1")
    assert (home / "history.sqlite").stat().st_mode & 0o077 == 0


def test_it_is_a_plain_sqlite_file(another, home, tmp_path):
    """With any other program one can look into it."""
    import sqlite3

    nb = another()
    nb.run("40 + 2")
    nb.close()
    copy = Path(shutil.copy(home / "history.sqlite", tmp_path))
    with sqlite3.connect(copy) as database:
        rows = database.execute("SELECT session, line, input, output FROM cells").fetchall()
    assert rows == [(1, 1, "40 + 2", "42")]
    assert not list(home.glob("*-wal")), "nothing is left beside it"
