"""Interrupts, crashes, queues, and kernels that come and go."""

import signal
import time
from pathlib import Path

import pytest

from client import PATIENCE, Notebook, descendants, os, result, stderr, stdout, wait_until_gone

STARTED = "started\n"


def start(notebook, loop):
    """Sends a cell that says that it runs, and then runs for ever."""
    ticket = notebook.send(f'println!("started");\n{loop}')
    notebook.until(ticket, STARTED)
    return ticket


def interrupted(notebook, ticket):
    """The error of a running cell that is interrupted."""
    notebook.interrupt()
    result = notebook.wait(ticket)
    assert result.status == "error"
    kind, text = result.outputs[0]
    assert kind == "stdout" and text.startswith(STARTED)
    return result.failure()


# -- interrupts -------------------------------------------------------------------


@pytest.mark.parametrize(
    "loop",
    [
        "loop {}",
        "loop { count += 1; }",
        "while count >= 0 { count = (count + 1) % 1000; }",
        "for i in 0_u64.. { count = (i % 7) as i64; }",
        "spin();",
        "numbers.iter().cycle().for_each(|n| { count = *n; tick(); });",
        "loop { std::thread::sleep(std::time::Duration::from_millis(1)); }",
        "tokio::time::sleep(std::time::Duration::from_secs(100_000)).await;",
        "loop { tokio::time::sleep(std::time::Duration::from_millis(1)).await; }",
        "std::future::pending::<()>().await;",
        'loop { println!("on and on"); }',
    ],
)
def test_an_endless_cell_is_interrupted_and_variables_stay(nb, loop):
    nb.run("fn spin() -> ! { loop {} }\nfn tick() {}")
    nb.run("let mut count = 0_i64;\nlet numbers = vec![1_i64, 2, 3];")
    failure = interrupted(nb, start(nb, loop))
    assert failure.name == "Interrupted"
    assert nb.run("numbers") == [result("[1, 2, 3]")]
    assert nb.run("count >= 0") == [result("true")]


def test_an_interrupted_cell_runs_its_destructors(nb):
    nb.run("struct Guard;\nimpl Drop for Guard { fn drop(&mut self) { println!(\"released\"); } }")
    ticket = start(nb, "let guard = Guard;\nloop {}")
    assert interrupted(nb, ticket).outputs == [stdout("started\nreleased\n")]


def test_a_cell_that_cannot_stop_is_ended_with_its_process(fresh):
    fresh.run('let lost = vec![1];\nlet gone = "x";\nfn kept() -> i32 { 5 }')
    # Nothing sends, and the standard library waits for it whatever happens.
    wait = "let (_send, receive) = std::sync::mpsc::channel::<()>();\nreceive.recv()?;"
    failure = interrupted(fresh, start(fresh, wait))
    assert failure.name == "Interrupted"
    assert "gone, lost" in failure
    assert "`lost` was lost" in fresh.fail("lost")
    # What was defined is source text: that is still there.
    assert fresh.run("kept()") == [result("5")]


def test_a_compile_is_interrupted(nb):
    nb.run("let before = 1;")
    # The macro doubles its tokens until the compiler has nothing left to say.
    ticket = nb.send("macro_rules! double { ($($t:tt)*) => { double!($($t)* $($t)*) } }\n"
                     "#[allow(unconditional_recursion)]\nconst fn ever(n: u64) -> u64 { if n == 0 { 1 } else { ever(n - 1) + ever(n - 1) } }\n"
                     "#[allow(long_running_const_eval)]\nconst LONG: u64 = ever(60);\nLONG")
    while nb.results[ticket].types != ["busy", "execute_input"]:
        nb.listen()
    nb.interrupt()
    result_ = nb.wait(ticket)
    assert result_.status == "error"
    assert result_.failure().name == "Interrupted"
    assert nb.run("before") == [result("1")]


def test_an_interrupt_while_nothing_runs_does_nothing(nb):
    nb.run("let idle = 1;")
    nb.interrupt_and_wait()
    assert nb.run("idle + 1") == [result("2")]
    assert nb.run('for i in 0..3 { println!("{i}"); }') == [stdout("0\n1\n2\n")]


def test_an_interrupt_aborts_the_queue(nb):
    ticket = start(nb, "loop {}")
    queued = nb.send('println!("never");')
    assert interrupted(nb, ticket).name == "Interrupted"
    assert nb.wait(queued).status == "aborted"
    assert nb.run("1") == [result("1")]


# -- crashes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code, said",
    [
        ("unsafe { std::ptr::null_mut::<i32>().write_volatile(1) }", "segmentation fault"),
        ("unsafe { std::ptr::null::<i32>().read_volatile() }", "segmentation fault"),
        ("std::process::exit(3)", "exit code 3"),
        ("std::process::exit(0)", "exit code 0"),
        ("std::process::abort()", "SIGABRT"),
        ("fn deep(n: u64) -> u64 { std::hint::black_box([n; 64]); deep(n + 1) + 1 }\ndeep(0)", "stack overflow"),
    ],
)
def test_a_crash_is_told_and_the_kernel_lives(fresh, code, said):
    fresh.run('let mut lost = vec![1];\nlet also = "x";\nfn kept() -> i32 { 5 }')
    failure = fresh.fail(f'println!("last words");\n{code}')
    assert failure.name == "Crash"
    assert said in failure.value
    assert "these variables are lost: also, lost" in failure
    assert failure.outputs[0] == stdout("last words\n")

    assert fresh.run("1 + 1") == [result("2")]
    gone = fresh.fail("lost.push(2)")
    assert gone.name == "E0425" and "`lost` was lost" in gone
    assert fresh.run("kept()") == [result("5")]
    fresh.run("let lost = 1;")
    assert fresh.run("lost") == [result("1")]


def test_a_worker_killed_from_outside_is_told(fresh):
    fresh.run("let lost = 1;")
    ticket = start(fresh, "loop {}")
    for pid in descendants(fresh.pid):
        os.kill(pid, signal.SIGKILL)
    failure = fresh.wait(ticket).failure()
    assert "SIGKILL" in failure.value and "memory" in failure.value
    assert fresh.run("1 + 1") == [result("2")]


@pytest.fixture
def small_group():
    """A control group with 900 MB of memory, where one can be made (as root, mostly)."""
    for folder, limit in (("memory", "memory.limit_in_bytes"), ("", "memory.max")):
        group = Path("/sys/fs/cgroup", folder, f"ferrite-test-{os.getpid()}")
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            with (group / limit).open("r+", encoding="ascii") as file:
                file.write(str(900 << 20))
        except OSError:
            group.rmdir()
            continue
        yield group
        # It can go when the processes in it have gone.
        until = time.monotonic() + PATIENCE
        while (group / "cgroup.procs").read_text(encoding="ascii").split():
            assert time.monotonic() < until
            time.sleep(0.05)
        group.rmdir()
        return
    pytest.skip("no control group can be made here")


def test_memory_runs_out_for_the_worker_and_not_for_the_kernel(small_group, tmp_path):
    """The system's own killer, not one that a test plays."""
    notebook = Notebook(tmp_path)
    try:
        notebook.run("let lost = vec![1];\nfn kept() -> i32 { 5 }")
        for pid in [notebook.pid, *descendants(notebook.pid)]:
            (small_group / "cgroup.procs").write_text(str(pid), encoding="ascii")
        failure = notebook.fail("let mut all = Vec::new();\nloop { all.push(vec![1_u8; 10_000_000]); }")
        assert failure.value.startswith("out of memory: the system killed the process that runs cells")
        assert "these variables are lost: lost" in failure
        assert notebook.run("kept()") == [result("5")]
    finally:
        notebook.close()


def test_a_worker_that_dies_between_cells_is_told(fresh):
    fresh.run("let lost = 1;")
    pids = descendants(fresh.pid)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    wait_until_gone(pids)
    failure = fresh.fail("lost + 1")
    assert "lost" in failure
    assert fresh.run("2 + 2") == [result("4")]


def test_a_panic_while_unwinding_is_a_crash_that_is_told(fresh):
    failure = fresh.fail(
        'struct Worse;\nimpl Drop for Worse { fn drop(&mut self) { panic!("worse") } }\n'
        'let worse = Worse;\npanic!("bad");'
    )
    assert failure.name == "Crash"
    assert "panic while unwinding" in failure.value
    assert fresh.run("1") == [result("1")]


# -- queues and counts ----------------------------------------------------------------


def test_cells_are_counted_from_one(fresh):
    assert fresh.execute("1").count == 1
    assert fresh.execute("2").count == 2
    assert fresh.execute("panic!()").count == 3
    assert fresh.execute("let x: i32 = true;").count == 4
    assert fresh.execute("").count == 5


def test_a_cell_without_history_is_not_counted(fresh):
    assert fresh.execute("let a = 1;").count == 1
    assert fresh.execute("let a = a + 1;", store_history=False).outputs == []
    quiet = fresh.execute("a", store_history=False)
    assert quiet.outputs == [result("2")]
    assert fresh.execute("a").count == 2


def test_a_silent_cell_shows_no_result_and_is_not_counted(fresh):
    silent = fresh.execute("let hush = 1;\nhush", silent=True)
    assert silent.status == "ok"
    assert silent.types == ["busy", "idle"]
    loud = fresh.execute("hush + 1")
    assert (loud.count, loud.outputs) == (1, [result("2")])
    assert loud.types == ["busy", "execute_input", "execute_result", "idle"]


def test_the_messages_of_a_cell_come_in_order(nb):
    cell = nb.execute('println!("a");\nlet x = 1;\nx')
    assert cell.types == ["busy", "execute_input", "stream", "execute_result", "idle"]
    cell = nb.execute('println!("a");\npanic!()')
    assert cell.types == ["busy", "execute_input", "stream", "error", "idle"]
    cell = nb.execute("let y = 1;")
    assert cell.types == ["busy", "execute_input", "idle"]


@pytest.mark.parametrize("bad", ["panic!(\"stop\")", "let x: i32 = \"x\";", "let = ;"])
def test_an_error_aborts_the_cells_behind_it(nb, bad):
    tickets = [nb.send(code) for code in ("let q = 1;", bad, 'println!("never");', "let q = 2;")]
    statuses = [nb.wait(ticket).status for ticket in tickets]
    assert statuses == ["ok", "error", "aborted", "aborted"]
    assert nb.run("q") == [result("1")]


def test_an_error_that_does_not_stop_aborts_nothing(nb):
    first = nb.send('panic!("go on")', stop_on_error=False)
    second = nb.send("5")
    assert nb.wait(first).status == "error"
    assert nb.wait(second).outputs == [result("5")]


def test_queued_cells_run_in_order(nb):
    nb.run("let mut order: Vec<i32> = vec![];")
    tickets = [nb.send(f"order.push({i});") for i in range(5)]
    assert [nb.wait(ticket).status for ticket in tickets] == ["ok"] * 5
    assert nb.run("order") == [result("[0, 1, 2, 3, 4]")]


def test_the_kernel_answers_while_a_cell_runs(nb):
    """JupyterLab asks on the control channel whether the kernel is there."""
    ticket = start(nb, "loop {}")
    message = nb.client.session.msg("kernel_info_request", {})
    nb.client.control_channel.send(message)
    reply = nb.client.get_control_msg(timeout=600)
    assert reply["content"]["language_info"]["name"] == "rust"
    interrupted(nb, ticket)


def test_kernel_info(nb):
    content = nb.client.kernel_info(reply=True, timeout=600)["content"]
    assert content["status"] == "ok"
    assert content["implementation"] == "ferrite"
    assert content["protocol_version"] == "5.5"
    assert isinstance(content["supported_features"], list)
    assert content["language_info"]["mimetype"] == "text/rust"
    assert content["banner"] and content["help_links"]


# -- kernels that come and go -----------------------------------------------------------


def test_two_kernels_know_nothing_of_each_other(fresh, another):
    other = another()
    fresh.run("let mine = 1;\nfn f() -> i32 { 1 }")
    other.run("let mine = 2;\nfn f() -> i32 { 2 }")
    assert fresh.run("mine + f()") == [result("2")]
    assert other.run("mine + f()") == [result("4")]


def test_two_kernels_run_at_once(fresh, another, tmp_path):
    other = another()
    gate = tmp_path / "gate"
    ticket = start(fresh, f'while !std::path::Path::new("{gate}").exists() {{}}\n"waited"')
    assert other.run(f'std::fs::write("{gate}", "")?;\n"opened"') == [result('"opened"')]
    assert fresh.wait(ticket).outputs == [stdout(STARTED), result('"waited"')]


def test_two_kernels_compile_the_same_cell_at_once(fresh, another):
    other = another()
    cells = [f"let value{i} = {i} * 3;\nvalue{i}" for i in range(10)]
    tickets = [(fresh.send(code), other.send(code)) for code in cells]
    for i, (one, two) in enumerate(tickets):
        assert fresh.wait(one).outputs == other.wait(two).outputs == [result(str(i * 3))]


def test_run_all_again_gives_the_same(fresh, another):
    """The second kernel finds every cell compiled by the first."""
    cells = [
        "use std::collections::BTreeMap;",
        "#[derive(Debug, Clone)]\nstruct P { x: i32 }\nimpl P { fn new(x: i32) -> P { P { x } } }",
        "let mut map = BTreeMap::new();\nmap.insert(1, P::new(5));",
        "map.insert(2, P::new(6));\nmap",
        "let taken = map;",
        "taken.len()",
        'println!("{taken:?}");\neprintln!("done");',
        "let mut n = 0;\nfor p in taken.values() { n += p.x; }\nn",
    ]
    first = [sorted(map(str, fresh.run(code))) for code in cells]
    again = another()
    assert [sorted(map(str, again.run(code))) for code in cells] == first
    assert "`map` was moved by In [5]" in again.fail("map")


def test_a_restart_forgets_everything(fresh):
    fresh.run("let old = 1;\nfn f() {}")
    before = descendants(fresh.pid)
    fresh.restart()
    assert fresh.fail("old").name == "E0425"
    assert fresh.execute("1").count == 2
    wait_until_gone(before)


def test_a_restart_in_the_middle_of_a_cell(fresh):
    start(fresh, "loop {}")
    before = descendants(fresh.pid)
    fresh.restart()
    assert fresh.execute("1 + 1").outputs == [result("2")]
    wait_until_gone(before)


def test_shutdown_leaves_no_process(another):
    notebook = another()
    notebook.run("let a = 1;")
    pids = [notebook.pid, *descendants(notebook.pid)]
    assert len(pids) > 1
    notebook.close()
    wait_until_gone(pids)


def test_shutdown_in_the_middle_of_a_cell_leaves_no_process(another):
    notebook = another()
    start(notebook, "loop { std::thread::sleep(std::time::Duration::from_secs(100)); }")
    pids = [notebook.pid, *descendants(notebook.pid)]
    notebook.close()
    wait_until_gone(pids)


# What a cell may start: a child, and one that a shell leaves behind.
CHILDREN = """\
let child = std::process::Command::new("sleep").arg("99999").spawn()?;
std::process::Command::new("sh").args(["-c", "trap '' TERM; sleep 99998 & sleep 99997"]).spawn()?;"""


def started(notebook):
    """The processes that the cell above and a shell have started, once all run."""
    notebook.run(CHILDREN)
    notebook.run("!sleep 99996 >/dev/null 2>&1 &")
    end = time.monotonic() + PATIENCE
    while True:
        found = [pid for pid in of_this_notebook(notebook) if command_of(pid).startswith("sleep 9999")]
        if len(found) == 4:
            return found
        assert time.monotonic() < end, found
        time.sleep(0.05)


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def of_this_notebook(notebook):
    """Processes in its folder: those of shells that have ended have no parent."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{entry}/cwd") == os.path.realpath(notebook.folder):
                found.append(int(entry))
        except OSError:
            pass
    return found


def close(notebook):
    notebook.close()


def kill(notebook):
    os.kill(notebook.pid, signal.SIGKILL)


def clear(notebook):
    notebook.run(":restart")
    assert notebook.run("1 + 1") == [result("2")]


def crash(notebook):
    assert notebook.fail("std::process::abort()").name == "Crash"
    assert notebook.run("1 + 1") == [result("2")]


@pytest.mark.parametrize("end", [close, kill, clear, crash])
def test_what_a_cell_has_started_ends_with_its_worker(another, end):
    notebook = another()
    pids = started(notebook)
    if end is crash:
        # The shell's is not the worker's; it goes on until the notebook ends.
        pids = [pid for pid in pids if "99996" not in command_of(pid)]
    end(notebook)
    wait_until_gone(pids)


@pytest.mark.parametrize("loop", [None, "loop {}"])
def test_a_killed_kernel_leaves_no_process(another, loop):
    notebook = another()
    notebook.run("let a = 1;")
    if loop:
        start(notebook, loop)
    pids = [notebook.pid, *descendants(notebook.pid)]
    assert len(pids) > 1
    os.kill(notebook.pid, signal.SIGKILL)
    wait_until_gone(pids)


def test_a_kernel_leaves_no_files_behind(another, tmp_path):
    notebook = another()
    notebook.run("let a = 1;\na")
    notebook.close()
    assert list(tmp_path.iterdir()) == []


def test_stderr_of_a_background_thread_comes_under_a_later_cell(nb):
    nb.run('let (open, wait) = std::sync::mpsc::channel::<()>();\n'
           'let background = std::thread::spawn(move || { let _ = wait.recv(); eprintln!("late"); });')
    outputs = nb.run("open.send(())?;\nbackground.join().unwrap();")
    assert outputs == [stderr("late\n")]
