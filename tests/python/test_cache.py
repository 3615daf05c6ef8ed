"""The cache of compiled cells: it may be damaged, vanish or fill up, and every
cell gives what it gives."""

import json
import os
import random
import shutil
import signal
import subprocess
import time

import pytest
from jupyter_client.kernelspec import get_kernel_spec

from client import PATIENCE, Notebook, descendants, result, stdout, wait_until_gone

# A little of everything, with what it shows.
CELLS = [
    ("let mut v = vec![1, 2, 3];", []),
    ("#[derive(Debug, Clone)]\nstruct P { x: i32 }\nfn total(v: &[i32]) -> i32 { v.iter().sum() }", []),
    ("v.push(total(&v));\nlet p = P { x: v.len() as i32 };", []),
    ("let w = v;\nlet twice = |n: i32| n * 2;", []),
    ("twice(total(&w)) + p.x", [result("28")]),
    ('for n in &w { println!("{n}"); }', [stdout("1\n2\n3\n6\n")]),
    ("(&w, &p)", [result("([1, 2, 3, 6], P { x: 4 })")]),
]


def play(notebook, more=""):
    for code, outputs in CELLS:
        assert notebook.run(code + more) == outputs, code
    assert "`v` was moved by" in notebook.fail("v.len()")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A cache of the test's own."""
    home = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    return home


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A cache in which all of the cells are."""
    folder = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        notebook = Notebook(folder)
        play(notebook)
        notebook.close()
    assert len(entries(folder)) >= len(CELLS)
    return folder


def cells(home):
    return home / "ferrite" / "cells"


def entries(home):
    return sorted(path.parent for path in cells(home).glob("*/entry.json"))


def libraries(home):
    return sorted(path for entry in entries(home) for path in entry.glob("*.so"))


def replace(path, content):
    """As another program would: what has the old file open keeps it."""
    path.unlink()
    path.write_bytes(content)


# -- what is left behind -------------------------------------------------------------


def scratch(home):
    """The folders in which something is being compiled."""
    return sorted(path.name for path in cells(home).iterdir() if path.name.startswith("."))


def test_a_kernel_leaves_no_folder_behind(home, tmp_path):
    """Also not that of a compiler which is just being started: for the first optimised cell."""
    notebook = Notebook(tmp_path)
    assert notebook.run("(0..10).map(|x| x * 3).sum::<i32>()") == [result("135")]
    assert any(name.startswith(".warm-") for name in scratch(home))
    pids = descendants(notebook.pid)
    notebook.close()
    assert scratch(home) == []
    wait_until_gone(pids)


def test_a_kernel_that_ends_while_it_compiles_leaves_no_folder_behind(home, tmp_path):
    notebook = Notebook(tmp_path)
    notebook.run("let a = 1;")
    ticket = notebook.send('println!("started"); loop {}')
    # These are compiled while that one runs.
    for number in range(20):
        notebook.send(f"fn later_{number}() -> i32 {{ {number} }}")
    notebook.until(ticket, "started")
    notebook.close()
    assert scratch(home) == []


def test_a_killed_kernel_leaves_no_folder_behind(home, tmp_path):
    """Its compilers tidy up, whatever they were doing."""
    notebook = Notebook(tmp_path)
    notebook.run("let a = 1;")
    notebook.send('println!("{:?}", (0..9).map(|x| x * a).collect::<Vec<_>>())')
    while not any(name.startswith(".work-") for name in scratch(home)):
        time.sleep(0.001)
    pids = [notebook.pid, *descendants(notebook.pid)]
    os.kill(notebook.pid, signal.SIGKILL)
    wait_until_gone(pids)
    assert scratch(home) == []


def test_a_run_without_jupyter_leaves_no_folder_behind(home, tmp_path):
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None,
            "source": "(0..10).map(|x| x * 3).sum::<i32>()"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (tmp_path / "short.ipynb").write_text(json.dumps(notebook))
    ferrite = get_kernel_spec("ferrite").argv[0]
    for _ in range(3):
        subprocess.run([ferrite, "run", "short.ipynb"], cwd=tmp_path, check=True, stderr=subprocess.PIPE)
        assert scratch(home) == []


def test_what_a_killed_kernel_could_not_remove_goes_with_the_next(home, tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    old = cells(home) / f".work-{gone.pid}-0-abcdef"
    old.mkdir(parents=True)
    (old / "cell.rs").write_text("")
    notebook = Notebook(tmp_path)
    notebook.run("let a = 1;")
    until = time.monotonic() + PATIENCE
    while old.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    notebook.close()


# -- damage ----------------------------------------------------------------------------


def shorten(home):
    for path in libraries(home):
        replace(path, path.read_bytes()[: path.stat().st_size // 2])


def empty(home):
    for entry in entries(home):
        for path in entry.iterdir():
            replace(path, b"")


def garble(home):
    """Other bytes, as many."""
    noise = random.Random(1)
    for path in libraries(home):
        replace(path, noise.randbytes(path.stat().st_size))


def garble_the_middle(home):
    """A library to look at, with nonsense in it."""
    noise = random.Random(2)
    for path in libraries(home):
        content = path.read_bytes()
        half = len(content) // 2
        replace(path, content[:1000] + noise.randbytes(half - 1000) + content[half:])


def exchange(home):
    """Whole libraries, each under another's name."""
    found = libraries(home)
    contents = [path.read_bytes() for path in found]
    for path, content in zip(found, contents[1:] + contents[:1]):
        replace(path, content)


def garble_what_is_known(home):
    for number, entry in enumerate(entries(home)):
        replace(entry / "entry.json", [b"{}", b"null", b"\xff\xfe", b'{"library": "../x"'][number % 4])


def lie(home):
    """What is known of a cell, said of another."""
    facts = [entry / "entry.json" for entry in entries(home)]
    contents = [path.read_bytes() for path in facts]
    for path, content in zip(facts, contents[1:] + contents[:1]):
        replace(path, content)


def remove_libraries(home):
    for path in libraries(home):
        path.unlink()


def files_for_folders(home):
    for entry in entries(home):
        shutil.rmtree(entry)
        entry.write_text("")


def forbid_writing(home):
    for entry in entries(home):
        for path in entry.iterdir():
            path.chmod(0o444)
        entry.chmod(0o555)


@pytest.mark.parametrize(
    "damage",
    [
        shorten, empty, garble, garble_the_middle, exchange, garble_what_is_known, lie, remove_libraries,
        files_for_folders, forbid_writing,
    ],
)
def test_a_damaged_cache_gives_what_a_new_one_gives(home, filled, another, damage):
    shutil.copytree(filled, home)
    damage(home)
    notebook = another()
    play(notebook)
    for entry in entries(home):
        entry.chmod(0o755)


def test_a_whole_cache_is_used(home, filled, another):
    shutil.copytree(filled, home)
    before = entries(home)
    notebook = another()
    play(notebook)
    assert entries(home) == before


@pytest.mark.parametrize("what", ["the folder", "its content"])
def test_the_cache_is_deleted_while_a_kernel_runs(home, another, what):
    notebook = another()
    play(notebook)
    if what == "the folder":
        shutil.rmtree(home)
    else:
        for entry in cells(home).iterdir():
            shutil.rmtree(entry)
    # New cells, with and without items, and cells that were compiled before.
    assert notebook.run("w.len() + 100") == [result("104")]
    assert notebook.run("total(&w) + p.x") == [result("16")]
    notebook.run("let q = P { x: 7 };")
    assert notebook.run("(p, q)") == [result("(P { x: 4 }, P { x: 7 })")]
    notebook.run("fn more(p: &P) -> i32 { total(&[p.x, 1]) }")
    notebook.run("let p = P { x: 9 };")
    assert notebook.run("more(&p)") == [result("10")]
    play(notebook)
    # And once more, with a worker that knows nothing of it.
    notebook.fail("std::process::abort()")
    shutil.rmtree(home)
    assert notebook.run("total(&[1, 2])") == [result("3")]
    play(notebook)


def test_a_kernel_killed_while_it_compiles_leaves_a_good_cache(home, another):
    notebook = another()
    notebook.run("let before = 1;")
    waiting = set(cells(home).glob(".work-*"))
    code = (
        "const fn ever(n: u64) -> u64 { if n == 0 { 1 } else { ever(n - 1) + ever(n - 1) } }\n"
        "#[allow(long_running_const_eval)]\nconst LONG: u64 = ever(19);\nLONG"
    )
    notebook.send(code)
    while set(cells(home).glob(".work-*")) == waiting:
        assert notebook.manager.is_alive()
        time.sleep(0.01)
    # rustc has begun, and is not done for a while.
    time.sleep(0.2)
    pids = [notebook.pid, *descendants(notebook.pid)]
    os.kill(notebook.pid, signal.SIGKILL)
    wait_until_gone(pids)
    notebook = another()
    play(notebook)
    assert notebook.run("let before = 1;\nbefore") == [result("1")]


def test_kernels_killed_at_any_moment_leave_a_good_cache(home, another):
    """Cells are compiled, kept and read while it happens; four kinds of them, so
    that some are there from an earlier kernel and some are not."""
    moments = random.Random(4)
    kinds = ["", "\n// 1", "\n// 2", "\n// 3"]
    for turn in range(20):
        notebook = another()
        for code, _ in CELLS:
            notebook.send(code + kinds[turn % 4])
        time.sleep(moments.uniform(0, 0.2 + turn / 20))
        pids = [notebook.pid, *descendants(notebook.pid)]
        os.kill(notebook.pid, signal.SIGKILL)
        wait_until_gone(pids)
    notebook = another()
    for kind in kinds:
        play(notebook, kind)
    # Whatever is there is whole: a kernel that finds it uses it.
    before = entries(home)
    play(another(), kinds[1])
    assert entries(home) == before


def test_two_kernels_mend_the_same_cache_at_once(home, filled, another):
    shutil.copytree(filled, home)
    garble(home)
    one, other = another(), another()
    tickets = [(one.send(code), other.send(code), outputs) for code, outputs in CELLS]
    for mine, theirs, outputs in tickets:
        assert one.wait(mine).outputs == other.wait(theirs).outputs == outputs
    third = another()
    play(third)


def test_a_cache_that_cannot_be_made(home, another):
    """A file is where the folder should be."""
    home.write_text("")
    notebook = another()
    play(notebook)
    play(notebook)
    assert home.read_text() == ""


def test_a_cache_that_cannot_be_written_to(home, filled, another):
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    shutil.copytree(filled, home)
    cells(home).chmod(0o555)
    try:
        notebook = another()
        play(notebook)
        assert notebook.run("total(&[1, 5])") == [result("6")]
    finally:
        cells(home).chmod(0o755)


def test_a_disk_that_is_full(home, another):
    """Cells say so, or run; and run again when there is room."""
    home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(home)]
    if os.geteuid() != 0 or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("a disk of a few megabytes takes the right to mount one")
    try:
        notebook = another()
        notebook.run("let before = vec![1];\nfn same(n: i32) -> i32 { n }")
        for left in [0, 4, 40, 200]:
            fill(home / "filler", left << 10)
            for code, shown in [(f"before.len() + {left}", 1 + left), (f"same({left}) + 1", left + 1)]:
                done = notebook.execute(code)
                if done.status == "ok":
                    assert done.outputs == [result(str(shown))]
                else:
                    assert done.failure().name != "Crash", done.failure().text
        (home / "filler").unlink()
        assert notebook.run("before") == [result("[1]")]
        play(notebook)
        notebook.close()
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)


def fill(path, left):
    """Fills the disk, but for some bytes."""
    path.unlink(missing_ok=True)
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
        file.truncate(max(file.tell() - left, 0))
