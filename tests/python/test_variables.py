"""What a variable is, and how long it lives."""

import pytest

from client import result, stderr, stdout


def test_a_variable_is_there_in_later_cells(nb):
    assert nb.run("let x = 6;") == []
    assert nb.run("x * 7") == [result("42")]
    assert nb.run("x") == [result("6")]


def test_several_variables_in_one_cell(nb):
    assert nb.run('let width = 3;\nlet height = 4.5;\nlet name = "box";') == []
    assert nb.run("(width, height, name)") == [result('(3, 4.5, "box")')]


def test_a_variable_is_shadowed_within_a_cell(nb):
    nb.run("let a = 1;\nlet a = a + 1;\nlet a = a * 10;")
    assert nb.run("a") == [result("20")]


def test_a_variable_is_shadowed_by_a_later_cell(nb):
    nb.run("let b = 1;")
    nb.run("let b = b + 1;")
    assert nb.run("b") == [result("2")]


def test_a_variable_changes_its_type(nb):
    nb.run("let c = 1;")
    nb.run('let c = "one";')
    assert nb.run("c") == [result('"one"')]
    nb.run("let c = vec![c.to_string()];")
    assert nb.run("c") == [result('["one"]')]


def test_a_cell_that_is_run_again_starts_anew(nb):
    for _ in range(3):
        nb.run("let mut again = vec![1];\nagain.push(2);")
    assert nb.run("again") == [result("[1, 2]")]


def test_a_mutable_variable_is_changed_by_later_cells(nb):
    nb.run("let mut v = vec![1];")
    assert nb.run("v.push(2);") == []
    assert nb.run("v.push(3);\nv.len()") == [result("3")]
    nb.run("let mut n = 1;")
    nb.run("n += 1;")
    nb.run("n = n * 10;")
    assert nb.run("n") == [result("20")]
    assert nb.run("v") == [result("[1, 2, 3]")]


def test_a_variable_without_mut_cannot_be_changed(nb):
    nb.run("let fixed = 1;")
    failure = nb.fail("fixed = 2;")
    assert "cannot assign to `fixed`, as it is not declared as mutable" in failure.value
    failure = nb.fail("let list = vec![1];\nlist.push(2);")
    assert failure.name == "E0596"
    assert nb.run("fixed") == [result("1")]


def test_shadowing_forgets_mut(nb):
    nb.run("let mut m = 1;")
    nb.run("let m = m;")
    assert "not declared as mutable" in nb.fail("m += 1;").value


def test_an_element_is_assigned(nb):
    nb.run("let mut grid = [[0; 3]; 2];")
    nb.run("grid[1][2] = 5;")
    assert nb.run("grid") == [result("[[0, 0, 0], [0, 0, 5]]")]


@pytest.mark.parametrize(
    "code, shown",
    [
        ("let (p1, p2) = (1, 'x');", [("p1", "1"), ("p2", "'x'")]),
        ("let (q1, (q2, _), ..) = (1, (2, 3), 4, 5);", [("q1", "1"), ("q2", "2")]),
        ("let [first, .., last] = [1, 2, 3, 4];", [("first", "1"), ("last", "4")]),
        ("let [head, tail @ ..] = [1, 2, 3];", [("head", "1"), ("tail", "[2, 3]")]),
        ("let whole @ (left, _) = (1, 2);", [("whole", "(1, 2)"), ("left", "1")]),
        ("let (mut counter, limit): (u8, u8) = (1, 9);", [("counter", "1"), ("limit", "9")]),
        ("let &referred = &7;", [("referred", "7")]),
    ],
)
def test_patterns_make_variables(nb, code, shown):
    nb.run(code)
    for name, text in shown:
        assert nb.run(name) == [result(text)]


def test_a_struct_is_taken_apart(nb):
    nb.run("struct Place { name: String, at: (f64, f64), height: i32 }")
    nb.run('let place = Place { name: "top".to_string(), at: (1.5, 2.5), height: 80 };')
    nb.run("let Place { name: top, at: (lat, ..), height } = place;")
    assert nb.run("format!(\"{top} {lat} {height}\")") == [result('"top 1.5 80"')]


def test_let_else(nb):
    nb.run("let maybe = Some(5);")
    nb.run('let Some(sure) = maybe else { panic!("nothing there") };')
    assert nb.run("sure") == [result("5")]
    nb.run("let none: Option<i32> = None;")
    failure = nb.fail('let Some(sure) = none else { panic!("nothing there") };')
    assert failure.value == "nothing there"
    assert nb.run("sure") == [result("5")]


def test_a_variable_declared_first_and_set_later(nb):
    nb.run("let later;\nif true { later = 1 } else { later = 2 }")
    assert nb.run("later") == [result("1")]


@pytest.mark.parametrize(
    "name",
    ["größe", "_hidden", "r#type", "X", "N", "X_train", "camelCase"],
)
def test_any_name_will_do(nb, name):
    nb.run(f"let {name} = 18;")
    assert nb.run(f"{name} + 1") == [result("19")]


def test_the_underscore_keeps_nothing(nb):
    assert nb.run("let _ = vec![1];") == []
    assert nb.fail("_").name


@pytest.mark.parametrize(
    "value, later, shown",
    [
        ("3_u8", "x.checked_add(250)", "Some(253)"),
        ("3_u8", "x.checked_add(253)", "None"),
        ("1.5_f32", "x.to_bits()", "1069547520"),
        ("'ß'", "x.len_utf8()", "2"),
        ('String::from("text")', "x.as_str()", '"text"'),
        ('"text"', "x.len()", "4"),
        ("[1.0; 3]", "x.iter().sum::<f64>()", "3.0"),
        ("vec![Some(1), None]", "x.iter().flatten().count()", "1"),
        ('("a", 1, [true])', "x.2[0]", "true"),
        ("Box::new(5)", "*x + 1", "6"),
        ("std::rc::Rc::new(std::cell::RefCell::new(vec![1]))", "x.borrow().len()", "1"),
        ('"7".parse::<i32>()', "x.is_ok()", "true"),
        ("(1..4).rev().skip(1)", "x.sum::<i32>()", "3"),
        ('"a b".split(\' \')', "x.last()", 'Some("b")'),
        ("0..=3", "x.contains(&3)", "true"),
        ("i32::abs as fn(i32) -> i32", "x(-4)", "4"),
        ("std::time::Duration::from_secs(90)", "x.as_secs()", "90"),
        ("std::sync::Arc::new(std::sync::Mutex::new(0))", "*x.lock().unwrap() + 1", "1"),
        ('Box::new(|a: i32| a + 1) as Box<dyn Fn(i32) -> i32>', "x(1)", "2"),
        ('std::collections::HashMap::from([("a", vec![1])])', 'x["a"][0]', "1"),
    ],
)
def test_types_are_exact(nb, value, later, shown):
    nb.run(f"let x = {value};")
    assert nb.run(later) == [result(shown)]


def test_a_type_may_be_settled_further_down(nb):
    nb.run("let mut found = Vec::new();\nfound.push(1_u8);\nlet nothing: Option<String> = None;")
    assert nb.run("(found[0].count_ones(), nothing.is_none())") == [result("(1, true)")]


def test_an_iterator_goes_on_where_it_was(nb):
    nb.run('let mut letters = "abc".chars();')
    assert nb.run("letters.next()") == [result("Some('a')")]
    assert nb.run("letters.next()") == [result("Some('b')")]


def test_a_moved_variable_is_gone_and_the_error_names_the_cell(nb):
    nb.run('let s = String::from("text");')
    number = nb.number()
    nb.run("let t = s;")
    assert nb.run("t") == [result('"text"')]
    for code in ("s.len()", "s"):
        failure = nb.fail(code)
        assert failure.name == "E0425"
        assert f"`s` was moved by In [{number}]" in failure


def test_a_variable_given_to_a_function_is_gone(nb):
    nb.run('fn swallow(text: String) -> usize { text.len() }\nlet food = "apple".to_string();')
    number = nb.number()
    assert nb.run("swallow(food)") == [result("5")]
    assert f"`food` was moved by In [{number}]" in nb.fail("swallow(food)")


def test_a_variable_that_is_only_looked_at_stays(nb):
    nb.run('let kept = vec!["a".to_string()];')
    nb.run("let n = kept.len();\nlet copy = kept.clone();\nfor k in &kept { println!(\"{k}\"); }")
    assert nb.run("kept") == [result('["a"]')]


def test_a_moved_name_can_be_used_again(nb):
    nb.run('let reused = String::from("old");')
    nb.run("drop(reused);")
    nb.run('let reused = String::from("new");')
    assert nb.run("reused") == [result('"new"')]


def test_a_variable_assigned_from_its_own_consumption_stays(nb):
    nb.run('let mut words = vec!["b", "a"];')
    nb.run("words = words.into_iter().rev().collect();")
    assert nb.run("words") == [result('["a", "b"]')]
    nb.run("fn twice(mut v: Vec<&'static str>) -> Vec<&'static str> { v.extend(v.clone()); v }")
    nb.run("words = twice(words);")
    nb.run("words = twice(words);")
    assert nb.run("words.len()") == [result("8")]


def test_a_variable_moved_within_its_own_cell_is_not_kept(nb):
    number = nb.number()
    assert nb.run("let brief = vec![1];\nlet longer = brief;") == []
    assert nb.run("longer") == [result("[1]")]
    failure = nb.fail("brief")
    assert f"`brief` was not kept after In [{number}]" in failure


def test_a_closure_is_used_within_its_cell(nb):
    nb.run("let factor = 3;")
    assert nb.run("let times = |n: i32| n * factor;\ntimes(14)") == [result("42")]
    assert nb.run("let mut seen = 0;\nlet mut see = || seen += 1;\nsee();\nsee();\nseen") == [
        result("2")
    ]


def test_closures_are_kept(nb):
    nb.run("let offset = 5;\nlet name = \"Ada\".to_string();")
    nb.run(
        "let add = |a: i32, b: i32| a + b;\nlet shift = |n: i32| n + offset;\n"
        "let len = |s: &str| s.len();\nlet rest = |s: &str, n: usize| -> Vec<char> { s.chars().skip(n).collect() };\n"
        "let mut count = 0;\nlet mut next = move || { count += 1; count };\n"
        "let greeting = format!(\"Hello {name}\");\nlet greet = move || greeting.clone();"
    )
    assert nb.run('(add(1, 2), shift(1), len("four"), rest("abc", 1))') == [result("(3, 6, 4, ['b', 'c'])")]
    assert nb.run("(next(), next())") == [result("(1, 2)")]
    assert nb.run("(next(), greet(), offset)") == [result('(3, "Hello Ada", 5)')]
    assert nb.run("[1, 2].map(shift)") == [result("[6, 7]")]


def test_variables_of_a_cell_that_ends_with_a_question_mark_are_kept(nb):
    nb.run('let greet = || String::from("hello");\nSome(greet()).ok_or("nothing")?')
    assert nb.run("greet()") == [result('"hello"')]
    nb.run('let (word, other) = (String::from("a"), vec![greet()]);\nSome(greet()).ok_or("nothing")?.len()')
    assert nb.run("(word, other)") == [result('("a", ["hello"])')]


def test_a_closure_that_is_called_once_is_moved_by_its_call(nb):
    nb.run('let parts = vec!["a".to_string()];\nlet join = move || parts;')
    number = nb.number()
    assert nb.run("join()") == [result('["a"]')]
    assert f"`join` was moved by In [{number}]" in nb.fail("join()")


def test_a_closure_can_go_to_a_thread(nb):
    nb.run("let scale = 3;\nlet times = |n: i32| n * scale;")
    assert nb.run("std::thread::spawn(move || times(14)).join().unwrap()") == [result("42")]


def test_functions_are_kept_as_values(nb):
    nb.run("fn square(n: i32) -> i32 { n * n }\nlet f = square;\nlet g = str::len;")
    assert nb.run('(f(4), g("abc"))') == [result("(16, 3)")]


def test_iterators_over_closures_are_kept(nb):
    nb.run("let step = 10;\nlet mut tens = (1..).map(|n| n * step).filter(|n| n % 20 != 0);")
    assert nb.run("tens.next()") == [result("Some(10)")]
    assert nb.run("tens.by_ref().take(2).collect::<Vec<i32>>()") == [result("[30, 50]")]
    assert nb.run("tens.next()") == [result("Some(70)")]


def test_results_of_impl_trait_are_kept(nb):
    nb.run("fn evens() -> impl Iterator<Item = u32> { (0..).step_by(2).filter(|n| *n > 0) }\n"
           "fn adder(k: i32) -> impl Fn(i32) -> i32 { move |n| n + k }")
    nb.run("let mut e = evens();\nlet add_two = adder(2);")
    assert nb.run("(e.next(), add_two(40))") == [result("(Some(2), 42)")]


def test_futures_are_kept(nb):
    nb.run("let base = 20;\nasync fn fetch(n: i32) -> i32 { n + 1 }")
    nb.run("let later = fetch(base);\nlet block = async { base * 2 };")
    assert nb.run("later.await + block.await") == [result("61")]


def test_a_closure_that_borrows_says_how_to_keep_it(nb):
    nb.run("let list = vec![1, 2, 3];")
    number = nb.number()
    assert nb.run("let total = || list.iter().sum::<i32>();\ntotal()") == [result("6")]
    failure = nb.fail("total()")
    assert f"`total` was not kept after In [{number}]" in failure
    assert "it borrows `list`; write `move |…|`" in failure
    # It was not moved behind one's back.
    assert nb.run("list") == [result("[1, 2, 3]")]


def test_a_collection_of_closures_says_how_to_keep_it(nb):
    number = nb.number()
    assert nb.run("let steps = vec![|n: &str, x: f64| n.len() as f64 * x];\nsteps[0](\"ab\", 1.5)") == [result("3.0")]
    failure = nb.fail("steps[0](1)")
    assert f"`steps` was not kept after In [{number}]" in failure
    assert "`let steps: Vec<Box<dyn Fn(&str, f64) -> f64>> = …`" in failure
    nb.run("let steps: Vec<Box<dyn Fn(&str, f64) -> f64>> = vec![Box::new(|n, x| n.len() as f64 * x)];")
    assert nb.run("steps[0](\"ab\", 1.5)") == [result("3.0")]


def test_a_boxed_closure_is_kept(nb):
    nb.run("let start = 40;")
    nb.run("let plus: Box<dyn Fn(i32) -> i32> = Box::new(move |n| n + start);")
    assert nb.run("plus(2)") == [result("42")]
    assert nb.run("start") == [result("40")]


def test_a_borrow_that_ends_with_its_cell_is_named(nb):
    number = nb.number()
    assert nb.run('let piece = &"abc".to_string()[1..];\npiece.len()') == [result("2")]
    assert f"`piece` was not kept after In [{number}]" in nb.fail("piece")


def test_every_value_is_dropped_once(nb):
    nb.run("struct Loud(i32);\nimpl Drop for Loud { fn drop(&mut self) { println!(\"drop {}\", self.0); } }")
    assert nb.run("let one = Loud(1);\nlet two = Loud(2);") == []
    assert nb.run("drop(one);") == [stdout("drop 1\n")]
    assert nb.run("let three = two;") == []
    assert nb.run("let three = Loud(3);") == [stdout("drop 2\n")]
    assert nb.run("{ let four = Loud(4); }") == [stdout("drop 4\n")]
    assert nb.run("let mut five = Some(Loud(5));") == []
    assert nb.run("five.take();") == [stdout("drop 5\n")]
    assert nb.run("let none = five.is_none();\nnone") == [result("true")]


def test_a_variable_may_be_moved_into_a_thread(nb):
    nb.run("let numbers = vec![1, 2, 3];")
    nb.run("let worker = std::thread::spawn(move || numbers.iter().sum::<i32>());")
    assert nb.run("worker.join().unwrap()") == [result("6")]


def test_a_struct_of_variables_changes_in_place(nb):
    nb.run("#[derive(Debug)]\nstruct Account { owner: String, balance: i64 }")
    nb.run('let mut account = Account { owner: "Ada".into(), balance: 1 };')
    nb.run("account.balance += 41;")
    nb.run('account.owner.push_str(" L.");')
    assert nb.run("account") == [result('Account { owner: "Ada L.", balance: 42 }')]


def test_a_field_moved_out_takes_the_variable_with_it(nb):
    nb.run('let pair = (String::from("a"), String::from("b"));')
    assert nb.run("let half = pair.0;\nhalf.len()") == [result("1")]
    assert nb.run("half") == [result('"a"')]


def test_variables_are_listed(fresh):
    fresh.run("let a = 1_u8;\nlet mut b = vec![String::new()];")
    (kind, text), = fresh.run(":vars")
    assert kind == "stdout"
    assert "a: u8" in text
    assert "mut b: " in text and "Vec<" in text


def test_an_unused_variable_is_no_matter_for_a_warning(nb):
    assert nb.run("let unused = 1; let mut never_changed = 2;") == []


def test_stderr_stays_silent_on_a_kept_variable(nb):
    outputs = nb.run("let plain = 5;")
    assert [output for output in outputs if output[0] == stderr("")[0]] == []
