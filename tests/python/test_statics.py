"""Statics keep their value, whatever is defined around them afterwards."""

from client import result, stderr

COUNTER = "static COUNTER: AtomicU32 = AtomicU32::new(0);"


def test_a_static_keeps_its_value_when_items_are_added(nb):
    nb.run("use std::sync::atomic::{AtomicU32, Ordering};")
    nb.run(COUNTER)
    nb.run("fn count() -> u32 { COUNTER.fetch_add(1, Ordering::SeqCst) + 1 }")
    assert nb.run("count()") == [result("1")]
    nb.run("fn unrelated() {}")
    assert nb.run("count()") == [result("2")]
    nb.run("fn count() -> u32 { COUNTER.fetch_add(10, Ordering::SeqCst) + 10 }")
    assert nb.run("count()") == [result("12")]
    assert nb.run("COUNTER.load(Ordering::SeqCst)") == [result("12")]


def test_the_same_definition_again_changes_nothing_and_another_begins_anew(nb):
    nb.run(COUNTER + " // as above")
    assert nb.run("count()") == [result("22")]
    nb.run("static COUNTER: AtomicU32 = AtomicU32::new(1000);")
    assert nb.run("count()") == [result("1010")]


def test_a_static_inside_a_function(nb):
    body = "{ static SEEN: AtomicU32 = AtomicU32::new(0); SEEN.fetch_add(1, Ordering::SeqCst) }"
    nb.run(f"fn ticket() -> u32 {body}")
    nb.run(f"mod desk {{ use super::*; pub fn ticket() -> u32 {body} }}")
    assert nb.run("(ticket(), ticket(), desk::ticket())") == [result("(0, 1, 0)")]
    nb.run("fn nothing_to_do_with_it() {}")
    assert nb.run("(ticket(), desk::ticket())") == [result("(2, 1)")]


def test_a_log_a_cache_and_a_lazy_value(nb):
    nb.run("use std::collections::HashMap;\nuse std::sync::{LazyLock, Mutex, OnceLock};\n"
           "static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());\n"
           "static CACHE: LazyLock<Mutex<HashMap<u64, u64>>> = LazyLock::new(|| {\n"
           "    LOG.lock().unwrap().push(\"made\".into());\n"
           "    Mutex::default()\n});\n"
           "static NAME: OnceLock<String> = OnceLock::new();")
    nb.run("fn square(n: u64) -> u64 {\n    *CACHE.lock().unwrap().entry(n).or_insert_with(|| {\n"
           "        LOG.lock().unwrap().push(format!(\"square of {n}\"));\n        n * n\n    })\n}")
    nb.run('NAME.set("Adelie".to_owned()).unwrap();')
    nb.run("square(3); square(4);")
    nb.run("fn cube(n: u64) -> u64 { n * square(n) }")
    assert nb.run("cube(3)") == [result("27")]
    assert nb.run("(LOG.lock().unwrap().clone(), NAME.get())") == [
        result('(["made", "square of 3", "square of 4"], Some("Adelie"))')
    ]


def test_a_thread_local(nb):
    nb.run("use std::cell::{Cell, RefCell};\nthread_local! {\n"
           "    static DEPTH: Cell<u32> = const { Cell::new(0) };\n"
           "    pub static STACK: RefCell<Vec<&'static str>> = RefCell::new(Vec::new());\n}")
    nb.run('fn enter(name: &\'static str) { DEPTH.set(DEPTH.get() + 1); STACK.with_borrow_mut(|s| s.push(name)) }')
    nb.run('enter("outer");')
    nb.run("fn leave() { DEPTH.set(DEPTH.get() - 1) }")
    nb.run('enter("inner");')
    assert nb.run("(DEPTH.get(), STACK.take())") == [result('(2, ["outer", "inner"])')]


def test_a_mutable_static(nb):
    nb.run("static mut TOTAL: i64 = 5;")
    nb.run("unsafe { TOTAL += 2; }")
    nb.run("fn more() { unsafe { TOTAL += 100; } }")
    nb.run("more();")
    assert nb.run("unsafe { TOTAL }") == [result("107")]


def test_a_static_of_a_type_that_changes_begins_anew(nb):
    nb.run("use std::sync::Mutex;\nstruct Bird { mass: f64 }\n"
           "static BIRDS: Mutex<Vec<Bird>> = Mutex::new(Vec::new());")
    nb.run("BIRDS.lock().unwrap().push(Bird { mass: 3750.0 });")
    nb.run("impl Bird { fn heavy(&self) -> bool { self.mass > 5000.0 } }")
    assert nb.run("BIRDS.lock().unwrap().len()") == [result("1")]
    nb.run("struct Bird { mass: f64, year: u16 }")
    assert nb.run("BIRDS.lock().unwrap().len()") == [result("0")]


def test_a_static_that_a_constant_reads(nb):
    nb.run("static SIZES: [usize; 2] = [2, 3];")
    nb.run("const COUNT: usize = SIZES[1];")
    nb.run("static BUFFER: Mutex<[u8; COUNT]> = Mutex::new([0; COUNT]);")
    nb.run("BUFFER.lock().unwrap()[2] = 9;")
    assert nb.run("fn after() {}") == []
    assert nb.run("(*BUFFER.lock().unwrap(), SIZES)") == [result("([0, 0, 9], [2, 3])")]


def test_a_static_whose_size_is_a_constant_that_changes_begins_anew(nb):
    nb.run("static SIZES: [usize; 2] = [2, 4];")
    assert nb.run("*BUFFER.lock().unwrap()") == [result("[0, 0, 0, 0]")]


def test_a_variable_whose_type_holds_a_constant_that_changes_is_dropped(nb):
    nb.run("const WIDTH: usize = 2;\n#[derive(Debug, Clone)] struct Row([u8; WIDTH]);")
    nb.run("let row = Row([1, 2]);")
    assert nb.run("fn not_the_width() {}") == []
    assert nb.run("row.clone()") == [result("Row([1, 2])")]
    assert nb.run("const WIDTH: usize = 3;") == [
        stderr("note: variable `row` was dropped because the type `Row` was changed\n")
    ]
    assert "type `Row` was changed" in nb.fail("row.0")


def test_a_trait_object_of_a_trait_that_changes_is_dropped(nb):
    nb.run("trait Sound { fn call(&self) -> String; }\nstruct Gull;\n"
           "impl Sound for Gull { fn call(&self) -> String { \"kee\".into() } }")
    nb.run("let singer: Box<dyn Sound> = Box::new(Gull);")
    assert nb.run("singer.call()") == [result('"kee"')]
    # The table of methods in the box is that of the old trait.
    assert nb.run("trait Sound { fn volume(&self) -> u8 { 3 } fn call(&self) -> String; }") == [
        stderr("note: variable `singer` was dropped because the type `Sound` was changed\n")
    ]


def test_statics_begin_anew_when_the_notebook_is_cleared(nb):
    nb.run(":clear")
    nb.run("use std::sync::atomic::{AtomicU32, Ordering};")
    nb.run(COUNTER)
    assert nb.run("COUNTER.load(Ordering::SeqCst)") == [result("0")]
