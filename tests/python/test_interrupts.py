"""What an interrupt stops, and that nothing is lost by it."""

import time

import pytest

from client import result, running, stdout, wait_until_gone

STARTED = "started\n"

SETUP = """
use ferrite::prelude::*;
use std::io::{Read, Write};
use std::time::Duration;
let mut kept = vec![1, 2, 3];
let numbers: DataFrame = df!("a" => (0..3_000_i64).collect::<Vec<_>>())?;
"""


@pytest.fixture(scope="module", autouse=True)
def prepared(nb):
    nb.run(SETUP)


def stop(notebook, code):
    """Runs a cell, interrupts it when it says that it has started, and returns its error."""
    ticket = notebook.send(f'println!("started");\n{code}')
    notebook.until(ticket, STARTED)
    notebook.interrupt()
    cell = notebook.wait(ticket)
    assert cell.status == "error", cell.outputs
    return cell.failure()


@pytest.mark.parametrize(
    "code",
    [
        # Sleeping and waiting for the system.
        "std::thread::sleep(Duration::from_secs(60));",
        'println!("{:?}", std::process::Command::new("sleep").arg("60").status()?);',
        'std::process::Command::new("sleep").arg("60").status()',
        'std::process::Command::new("sleep").arg("60").output()?.stdout.len()',
        'let mut child = std::process::Command::new("sleep").arg("60").spawn()?;\nchild.wait()?;',
        'std::process::Command::new("sh").args(["-c", "trap \'\' INT; sleep 8"]).status().unwrap();',
        'std::net::TcpListener::bind("127.0.0.1:0")?.accept()?;',
        'for client in std::net::TcpListener::bind("127.0.0.1:0")?.incoming() { println!("{client:?}"); }',
        'let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;\nsocket.recv(&mut [0; 10])?;',
        "let (mut a, _b) = std::os::unix::net::UnixStream::pair()?;\na.read_exact(&mut [0; 10]).unwrap();",
        "let (mut a, _b) = std::io::pipe()?;\nlet mut text = String::new();\na.read_to_string(&mut text)?;",
        "let (mut a, _b) = std::io::pipe()?;\nlet _ = a.read(&mut [0; 10]);",
        # Waiting for tasks.
        "tokio::time::sleep(Duration::from_secs(60)).await;",
        "tokio::spawn(async { tokio::time::sleep(Duration::from_secs(60)).await }).await?;",
        # Iterators, which have no loop that one sees.
        "(0u64..).filter(|x| x % 2 == 3).count()",
        "(0..u64::MAX).map(|x| x ^ 5).find(|x| x % 2 == 3)",
        "(0..=u64::MAX).step_by(2).filter(|x| x % 2 == 1).collect::<Vec<_>>().len()",
        "for x in (0u64..).filter(|x| x % 2 == 3) { println!(\"{x}\"); }",
        "let mut odd = (0u64..).map(|x| x * 2).filter(|x| x % 2 == 1);\nodd.next()",
        "std::iter::successors(Some(0u64), |x| Some(x + 2)).filter(|x| x % 2 == 1).count()",
        "[1, 2, 3].iter().cycle().position(|x| *x == 4)",
        "let many = vec![20u32; 1_000_000];\n"
        "many.iter().map(|n| (0..100_000_u64).fold(*n as u64, |a, b| a.wrapping_mul(31) ^ b)).fold(0, u64::wrapping_add)",
        # Computing.
        "let mut n = 0_u64;\nloop { n = n.wrapping_add(1); }",
        "fn fib(n: u64) -> u64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }\nfib(100)",
        "std::thread::spawn(|| loop { std::hint::spin_loop(); }).join().unwrap();",
        "loop { numbers.cross_join(&numbers, None, None, MaintainOrderJoin::None)?.height(); }",
        "let mut query = numbers.clone().lazy();\n"
        'for i in 0..5_000 { query = query.with_columns([(col("a") * lit(7) + lit(i)) % lit(10_007)]).sort(["a"], Default::default()); }\n'
        "query.collect()?.height()",
    ],
)
def test_an_interrupt_stops_it_and_variables_stay(nb, code):
    failure = stop(nb, code)
    assert failure.name == "Interrupted"
    assert "lost" not in failure, failure.text
    assert failure.outputs == [stdout(STARTED)]
    assert nb.run("kept") == [result("[1, 2, 3]")]


def test_a_fit_with_many_iterations(nb):
    nb.run(
        "let n = 200_000;\n"
        'let data = df!("x" => (0..n).map(|i| (i as f64 * 0.7).sin()).collect::<Vec<_>>(),\n'
        '    "y" => (0..n).map(|i| (i as f64 * 1.3).cos()).collect::<Vec<_>>(),\n'
        '    "label" => (0..n).map(|i| if (i * 7919) % 3 == 0 { "a" } else { "b" }).collect::<Vec<_>>())?;'
    )
    model = "LogisticRegression::new().max_iter(1_000_000).tol(1e-300)"
    failure = stop(nb, f'Pipeline::new().model({model}).fit(&data, "label")?;')
    assert failure.name == "Interrupted" and "lost" not in failure
    assert nb.run("data.height()") == [result("200000")]


def test_a_deep_recursion_unwinds(nb):
    nb.run("fn deep(n: u64) -> u64 { if n == 0 { loop {} } else { deep(n - 1) + 1 } }")
    failure = stop(nb, "kept.push(4);\ndeep(300_000)")
    assert failure.name == "Interrupted" and "lost" not in failure
    assert nb.run("kept.pop()") == [result("Some(4)")]


def test_what_follows_a_sleep_does_not_run(nb):
    failure = stop(nb, 'std::thread::sleep(Duration::from_secs(60));\nprintln!("after");\nlet late = 1;')
    assert failure.outputs == [stdout(STARTED)]
    assert nb.fail("late").name == "E0425"


def test_destructors_run_and_may_sleep(nb):
    nb.run("struct Slow;\nimpl Drop for Slow { fn drop(&mut self) { "
           'std::thread::sleep(Duration::from_millis(100)); println!("put away"); } }')
    failure = stop(nb, "let slow = Slow;\nstd::thread::sleep(Duration::from_secs(60));")
    assert failure.outputs == [stdout("started\nput away\n")]


def test_an_interrupt_is_for_the_cell_that_runs(nb):
    """A thread of an earlier cell sleeps on, and the next cell knows nothing of it."""
    nb.run("let sleeper = std::thread::spawn(|| { std::thread::sleep(Duration::from_millis(1500)); 7 });")
    assert stop(nb, "loop {}").name == "Interrupted"
    nb.run("std::thread::sleep(Duration::from_millis(50));")
    assert nb.run("sleeper.join().unwrap()") == [result("7")]


def test_a_process_that_was_started_gets_the_interrupt_too(nb):
    assert stop(nb, 'std::process::Command::new("sleep").arg("1000").status()?').name == "Interrupted"
    wait_until_gone(running(nb, "sleep"))


@pytest.mark.parametrize(
    "spawn",
    [
        "command.spawn()?",
        # The standard library forks for this one, instead of `posix_spawn`.
        "unsafe { command.pre_exec(|| Ok(())) }.spawn()?",
    ],
)
def test_no_process_is_born_behind_an_interrupts_back(nb, spawn):
    """A long environment takes long to write down: the interrupt falls before the child is there."""
    nb.run("use std::process::Command; use std::os::unix::process::CommandExt;")
    nb.run('let many: Vec<_> = (0..20_000).map(|i| (format!("V{i}"), "")).collect();')
    for _ in range(4):
        code = f'loop {{ let mut command = Command::new("sleep"); command.arg("1000").envs(many.clone()); {spawn}; }}'
        assert stop(nb, code).name == "Interrupted"
        wait_until_gone(running(nb, "sleep"))


def test_an_interrupt_twice(nb):
    ticket = nb.send('println!("started");\nstd::thread::sleep(Duration::from_secs(60));')
    nb.until(ticket, STARTED)
    nb.interrupt()
    nb.interrupt()
    assert nb.wait(ticket).failure().name == "Interrupted"
    assert nb.run("kept.len()") == [result("3")]


@pytest.mark.parametrize("code", [
    "let (_send, receive) = std::sync::mpsc::channel::<()>();\nreceive.recv()?;",
    "std::thread::spawn(|| std::thread::sleep(std::time::Duration::from_secs(100))).join().unwrap();",
    "let lock = std::sync::Mutex::new(1);\nlet _first = lock.lock().unwrap();\nlet _second = lock.lock().unwrap();",
])
def test_what_cannot_be_stopped_is_ended_and_the_loss_is_named(fresh, code):
    fresh.run("let gone = 1;")
    ticket = fresh.send(f'println!("started");\n{code}')
    fresh.until(ticket, STARTED)
    # By now it waits: an interrupt that comes before ends it as any other cell.
    time.sleep(0.5)
    fresh.interrupt()
    failure = fresh.wait(ticket).failure()
    assert failure.name == "Interrupted"
    assert "did not stop within 3 seconds" in failure.value
    assert "these variables are lost: gone" in failure
    assert fresh.run("1 + 1") == [result("2")]
