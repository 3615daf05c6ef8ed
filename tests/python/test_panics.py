"""Panics: what they say, where, and how the code got there."""

import pytest

from client import result, stderr


@pytest.fixture
def plain(nb):
    """The notebook, with cells as they are written: optimised code has no frame
    for a function that is part of its caller."""
    nb.run(":opt 0")
    yield nb
    nb.run(":opt auto")


def trace(failure):
    """The lines behind the message."""
    return failure.text.splitlines()[1:]


def test_a_panic_in_the_cell_itself_has_a_line(nb):
    failure = nb.fail('let a = 1;\npanic!("bad {a}");')
    number = nb.number() - 1
    assert (failure.name, failure.value) == ("panic", "bad 1")
    assert trace(failure) == [f"  --> In [{number}]:2:1"]


def test_the_functions_on_the_way_are_named(fresh):
    fresh.run("/// Picks one.\nfn pick(v: &[i32], i: usize) -> i32 {\n    v[i]\n}")
    fresh.run("struct Table { rows: Vec<i32> }\nimpl Table {\n    fn row(&self, i: usize) -> i32 { pick(&self.rows, i) }\n}")
    fresh.run("let table = Table { rows: vec![1, 2] };")
    failure = fresh.fail("let n = 7;\ntable.row(n)")
    assert failure.value == "index out of bounds: the len is 2 but the index is 7"
    assert trace(failure) == [
        "  --> In [1]:3",
        "  in `pick`, In [1]:2",
        "  in `Table::row`, In [2]:3",
        "  in the cell, In [4]",
    ]
    # Again, from a library that was loaded after the first panic.
    fresh.run("fn later(t: &Table) -> i32 { t.row(9) }")
    assert "  in `later`, In [5]:1" in trace(fresh.fail("later(&table) + 1"))
    assert fresh.run("table.rows") == [result("[1, 2]")]


def test_closures_and_traits_are_named(plain):
    plain.run('trait Loud { fn shout(&self); }\nimpl Loud for i32 {\n    fn shout(&self) { panic!("{self}!") }\n}')
    number = plain.number() - 1
    failure = plain.fail("[1, 2, 3].iter().for_each(|n| if *n == 2 { n.shout() });")
    assert trace(failure) == [
        f"  --> In [{number}]:3",
        f"  in `<i32 as Loud>::shout`, In [{number}]:3",
        f"  in a closure in the cell, In [{number + 1}]",
        f"  in the cell, In [{number + 1}]",
    ]


def test_frames_of_libraries_are_left_out(plain):
    plain.run("use std::collections::BTreeMap;\nfn get(map: &BTreeMap<i32, i32>, key: i32) -> i32 { *map.get(&key).expect(\"no such key\") }")
    failure = plain.fail("vec![BTreeMap::from([(1, 2)])].iter().map(|map| get(map, 3)).collect::<Vec<_>>()")
    assert failure.value == "no such key"
    text = "\n".join(trace(failure))
    assert "`get`" in text and "the cell" in text
    for word in ("core::", "std::", "alloc::", "ferrite", "tokio", "worker"):
        assert word not in text


def test_a_recursion_is_told_in_a_line(plain):
    plain.run('fn down(n: u32) -> u32 { if n == 0 { panic!("bottom") } else { down(n - 1) + 1 } }')
    number = plain.number() - 1
    failure = plain.fail("down(99)")
    assert f"  in `down`, In [{number}]:1 (100 times)" in trace(failure)


def test_an_optimised_cell_says_where(nb):
    nb.run('fn deep(n: u32) -> u32 { if n == 0 { panic!("bottom") } else { deep(n - 1) + 1 } }')
    number = nb.number() - 1
    failure = nb.fail("[3_u32].iter().map(|n| deep(*n)).sum::<u32>()")
    lines = trace(failure)
    assert lines[0].startswith(f"  --> In [{number}]:1")
    for word in ("core::", "std::", "alloc::", "ferrite", "tokio", "worker"):
        assert word not in "\n".join(lines)


def test_a_panic_in_an_async_cell(nb):
    nb.run('async fn slow(n: u32) -> u32 { tokio::time::sleep(std::time::Duration::from_millis(1)).await; panic!("at {n}") }')
    number = nb.number() - 1
    failure = nb.fail("slow(3).await")
    assert failure.value == "at 3"
    assert trace(failure)[0].startswith(f"  --> In [{number}]:1")
    assert any("`slow`" in line for line in trace(failure)), trace(failure)


def test_a_panic_while_a_variable_is_shown(nb):
    nb.run('use std::fmt;\nstruct Shy;\nimpl fmt::Debug for Shy { fn fmt(&self, _: &mut fmt::Formatter<\'_>) -> fmt::Result { panic!("no") } }\nlet shy = Shy;')
    number = nb.number() - 1
    failure = nb.fail("shy")
    assert failure.value == "no" and f"  --> In [{number}]:3" in trace(failure)


def test_a_panic_of_a_library_names_the_way_there(nb):
    nb.run("fn cut(text: &str) -> &str { &text[0..1] }")
    number = nb.number() - 1
    failure = nb.fail('cut("ä€")')
    assert "char boundary" in failure.value
    assert f"  in `cut`, In [{number}]:1" in trace(failure)


# -- other threads ------------------------------------------------------------------


def test_a_panic_of_a_thread_is_told_in_a_message(nb):
    outputs = nb.run('let it = std::thread::Builder::new().name("loader".into()).spawn(|| {\n    panic!("no file");\n})?;\nit.join().is_err()')
    number = nb.number() - 1
    assert outputs == [
        stderr(f"thread `loader` panicked: no file\n  --> In [{number}]:2:5\n"),
        result("true"),
    ]


def test_a_thread_without_a_name(nb):
    outputs = nb.run('println!("before");\nlet _ = std::thread::spawn(|| { panic!("oh") }).join();\nprintln!("after");')
    number = nb.number() - 1
    assert "".join(text for stream, text in outputs if stream == "stdout") == "before\nafter\n"
    assert stderr(f"a thread panicked: oh\n  --> In [{number}]:2:33\n") in outputs


def test_a_thread_of_an_earlier_cell(nb):
    nb.run('let (go, wait) = std::sync::mpsc::channel::<()>();\n'
           'let late = std::thread::spawn(move || { let _ = wait.recv();\n  if true { panic!("late") } });')
    number = nb.number() - 1
    outputs = nb.run("go.send(())?;\nlate.join().is_err()")
    assert outputs == [stderr(f"a thread panicked: late\n  --> In [{number}]:3:13\n"), result("true")]


def test_a_thread_that_holds_the_lock_of_stderr(nb):
    outputs = nb.run('std::thread::spawn(|| { let _a = std::io::stderr().lock(); let _b = std::io::stdout().lock(); panic!("locked") }).join().is_err()')
    assert outputs[-1] == result("true") and "panicked: locked" in outputs[0][1]


def test_many_threads(nb):
    outputs = nb.run('let all: Vec<_> = (0..50).map(|i| std::thread::spawn(move || { if true { panic!("thread {i}") } })).collect();\n'
                     "all.into_iter().filter(|_| true).map(|one| one.join().is_err()).filter(|failed| *failed).count()")
    assert outputs[-1] == result("50")
    text = outputs[0][1]
    assert sorted(line for line in text.splitlines() if "panicked" in line) == sorted(
        f"a thread panicked: thread {i}" for i in range(50))


def test_a_panic_that_rayon_passes_on(nb):
    nb.run("use ferrite::prelude::*;\nfn check(n: i64) -> bool { assert!(n < 9, \"nine\"); n > 3 }")
    number = nb.number() - 1
    failure = nb.fail('let frame = df!("a" => (0..10_i64).collect::<Vec<_>>())?;\n'
                      'frame.lazy().select([col("a").map(|c| Ok(c.i64()?.iter().map(|n| n.map(check)).collect::<BooleanChunked>().into_column()), '
                      "|_, field| Ok(Field::new(field.name().clone(), DataType::Boolean))), col(\"a\").sum().alias(\"b\")]).collect()?")
    assert failure.value == "nine"
    assert f"  --> In [{number}]:2" in trace(failure)
    assert f"  in `check`, In [{number}]:2" in trace(failure)


def test_a_task_that_panics(nb):
    outputs = nb.run('tokio::spawn(async { panic!("task") }).await.is_err()')
    assert outputs[-1] == result("true")
    assert "panicked: task" in outputs[0][1]


# -- crashes --------------------------------------------------------------------------


def test_the_system_would_end_the_cells_before_the_kernel(nb):
    """When there is no memory left: then somebody is there to say so."""
    read = 'std::fs::read_to_string("/proc/self/oom_score_adj")?.trim().parse::<i32>()?'
    with open(f"/proc/{nb.pid}/oom_score_adj", encoding="ascii") as file:
        kernel = int(file.read())
    assert int(nb.text(read)) > kernel or kernel == 1000


@pytest.mark.parametrize(
    "code, said",
    [
        ("fn deep(n: u64) -> u64 { std::hint::black_box([n; 64]); deep(n + 1) + 1 }\ndeep(0)", "stack overflow"),
        ("std::thread::spawn(|| { fn deep(n: u64) -> u64 { std::hint::black_box([n; 64]); deep(n + 1) + 1 } deep(0) }).join()", "stack overflow"),
        ("std::process::abort()", "it called `abort()`"),
        ("std::process::exit(3)", "exit code 3"),
        ("unsafe { std::ptr::null_mut::<i32>().write_volatile(1) }", "segmentation fault"),
        ("let huge: Vec<u8> = Vec::with_capacity(1 << 46);\nstd::hint::black_box(huge);", "out of memory"),
        ('unsafe extern "C" { fn raise(signal: i32) -> i32; }\nunsafe { raise(9) };', "SIGKILL"),
        ('unsafe extern "C" { fn raise(signal: i32) -> i32; }\nunsafe { raise(15) };', "SIGTERM"),
        ('unsafe extern "C" { fn free(p: *mut u8); fn malloc(n: usize) -> *mut u8; }\nunsafe { let p = malloc(40); free(p); free(p); }', "freed twice"),
        ('extern "C" fn no() { panic!("in C") }\nno();', "must not unwind"),
        ('struct Worse;\nimpl Drop for Worse { fn drop(&mut self) { panic!("worse") } }\nlet worse = Worse;\npanic!("bad");', "a panic while unwinding"),
    ],
)
def test_a_crash_says_which_it_was(fresh, code, said):
    fresh.run("let lost = 1;\nlet also = 2;")
    failure = fresh.fail(code)
    assert failure.name == "Crash"
    assert said in failure.value
    assert "these variables are lost: also, lost" in failure
    assert fresh.run("1 + 1") == [result("2")]
