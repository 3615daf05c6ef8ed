"""Functions, types and everything else that is defined."""

from itertools import permutations

import pytest

from client import result, stderr, stdout


def test_a_function(nb):
    assert nb.run("fn add(a: i32, b: i32) -> i32 {\n    a + b\n}") == []
    assert nb.run("add(2, 3)") == [result("5")]


def test_functions_call_each_other_across_cells(nb):
    nb.run("fn even(n: u32) -> bool { if n == 0 { true } else { odd(n - 1) } }\n"
           "fn odd(n: u32) -> bool { if n == 0 { false } else { even(n - 1) } }")
    nb.run("fn describe(n: u32) -> &'static str { if even(n) { \"even\" } else { \"odd\" } }")
    assert nb.run("describe(7)") == [result('"odd"')]


def test_a_definition_and_its_use_in_one_cell(nb):
    assert nb.run("fn square(n: i64) -> i64 { n * n }\nlet nine = square(3);\nnine + 1") == [
        result("10")
    ]
    assert nb.run("nine") == [result("9")]
    assert nb.run("let before = defined_below();\nfn defined_below() -> i32 { 4 }\nbefore") == [
        result("4")
    ]


def test_a_redefined_function_is_seen_by_its_callers(nb):
    nb.run("fn rate() -> f64 { 0.1 }")
    nb.run("fn price(net: f64) -> f64 { net * (1.0 + rate()) }")
    assert nb.run("price(100.0).round()") == [result("110.0")]
    nb.run("fn rate() -> f64 { 0.5 }")
    assert nb.run("price(100.0)") == [result("150.0")]


def test_a_redefinition_that_breaks_a_caller_is_refused(nb):
    number = nb.number()
    nb.run("fn inner() -> i32 { 1 }")
    nb.run("fn outer() -> i32 {\n    inner() + 1\n}")
    failure = nb.fail('fn inner() -> &\'static str { "one" }')
    assert f"In [{number + 1}]:2" in failure
    assert nb.run("outer()") == [result("2")]


def test_a_function_that_does_not_compile_leaves_the_old_one(nb):
    nb.run("fn careful() -> i32 { 1 }")
    assert nb.fail('fn careful() -> i32 { "two" }').name == "E0308"
    assert nb.run("careful()") == [result("1")]


def test_a_generic_function(nb):
    nb.run("fn largest<T: PartialOrd + Copy>(items: &[T]) -> Option<T> {\n"
           "    let mut best = *items.first()?;\n"
           "    for item in items { if *item > best { best = *item; } }\n"
           "    Some(best)\n}")
    assert nb.run("largest(&[1.5, 2.5, 0.5])") == [result("Some(2.5)")]
    assert nb.run("largest(&['a', 'c'])") == [result("Some('c')")]


def test_a_struct_and_its_impl_in_another_cell(nb):
    nb.run("#[derive(Debug, Clone, PartialEq)]\nstruct Point { x: f64, y: f64 }")
    nb.run("impl Point {\n    fn new(x: f64, y: f64) -> Self { Self { x, y } }\n"
           "    fn norm(&self) -> f64 { self.x.hypot(self.y) }\n}")
    nb.run("let p = Point::new(3.0, 4.0);")
    assert nb.run("p.norm()") == [result("5.0")]
    assert nb.run("p") == [result("Point { x: 3.0, y: 4.0 }")]
    assert nb.run("p.clone() == p") == [result("true")]


def test_a_method_is_added_later_to_a_type_that_has_values(nb):
    nb.run("#[derive(Debug)]\nstruct Celsius(f64);\nlet warm = Celsius(20.0);")
    nb.run("impl Celsius { fn fahrenheit(&self) -> f64 { self.0 * 1.8 + 32.0 } }")
    assert nb.run("warm.fahrenheit()") == [result("68.0")]
    nb.run("impl Celsius { fn fahrenheit(&self) -> f64 { 0.0 } fn kelvin(&self) -> f64 { self.0 + 273.0 } }")
    assert nb.run("(warm.fahrenheit(), warm.kelvin())") == [result("(0.0, 293.0)")]


def test_a_trait_of_ones_own(nb):
    nb.run("trait Area { fn area(&self) -> f64; fn twice(&self) -> f64 { 2.0 * self.area() } }")
    nb.run("struct Square(f64);\nimpl Area for Square { fn area(&self) -> f64 { self.0 * self.0 } }")
    nb.run("struct Circle(f64);")
    nb.run("impl Area for Circle { fn area(&self) -> f64 { 3.0 * self.0 * self.0 } }")
    nb.run("let shapes: Vec<Box<dyn Area>> = vec![Box::new(Square(2.0)), Box::new(Circle(1.0))];")
    assert nb.run("shapes.iter().map(|s| s.twice()).sum::<f64>()") == [result("14.0")]


def test_a_trait_of_ones_own_for_a_type_of_std(nb):
    nb.run("trait Shout { fn shout(&self) -> String; }")
    nb.run("impl Shout for str { fn shout(&self) -> String { self.to_uppercase() } }")
    assert nb.run('"hey".shout()') == [result('"HEY"')]


def test_traits_of_std(nb):
    nb.run("use std::fmt;\n#[derive(Clone, Copy)]\nstruct Euro(i64);\n"
           "impl fmt::Display for Euro {\n"
           "    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, \"{} €\", self.0) }\n}")
    nb.run("impl std::ops::Add for Euro { type Output = Euro; fn add(self, o: Euro) -> Euro { Euro(self.0 + o.0) } }")
    nb.run("impl From<i64> for Euro { fn from(cents: i64) -> Self { Euro(cents / 100) } }")
    assert nb.run('let sum: Euro = Euro(1) + 4100.into();\nprintln!("{sum}");') == [
        stdout("42 €\n")
    ]
    nb.run("impl std::iter::Sum for Euro { fn sum<I: Iterator<Item = Euro>>(all: I) -> Euro { Euro(all.map(|e| e.0).sum()) } }")
    assert nb.run("[Euro(1), Euro(2)].into_iter().sum::<Euro>().to_string()") == [result('"3 €"')]


def test_an_iterator_of_ones_own(nb):
    nb.run("struct Fibonacci { a: u64, b: u64 }\n"
           "impl Iterator for Fibonacci {\n    type Item = u64;\n"
           "    fn next(&mut self) -> Option<u64> {\n"
           "        let next = self.a;\n        self.a = self.b;\n        self.b += next;\n        Some(next)\n    }\n}")
    assert nb.run("Fibonacci { a: 0, b: 1 }.take_while(|n| *n < 20).collect::<Vec<_>>()") == [
        result("[0, 1, 1, 2, 3, 5, 8, 13]")
    ]


def test_an_enum_and_a_match(nb):
    nb.run("#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]\n"
           "enum Species { Adelie, Gentoo { tall: bool }, Other(u8) }")
    nb.run("fn say(s: Species) -> String {\n    match s {\n"
           '        Species::Adelie => "small".into(),\n'
           '        Species::Gentoo { tall: true } => "tall".into(),\n'
           '        Species::Gentoo { .. } => "large".into(),\n'
           "        Species::Other(n) => format!(\"number {n}\"),\n    }\n}")
    assert nb.run("[Species::Adelie, Species::Gentoo { tall: true }, Species::Other(3)].map(say)") == [
        result('["small", "tall", "number 3"]')
    ]
    nb.run("use Species::*;")
    assert nb.run("Other(1) > Adelie") == [result("true")]


def test_a_generic_type(nb):
    nb.run("#[derive(Debug, Default)]\nstruct Stack<T> { items: Vec<T> }\n"
           "impl<T: Clone> Stack<T> {\n    fn push(&mut self, item: T) -> &mut Self { self.items.push(item); self }\n"
           "    fn peek(&self) -> Option<&T> { self.items.last() }\n}")
    nb.run("let mut stack = Stack::default();\nstack.push(1).push(2);")
    assert nb.run("stack.peek().copied()") == [result("Some(2)")]
    assert nb.run("stack") == [result("Stack { items: [1, 2] }")]


def test_a_type_with_a_lifetime(nb):
    nb.run("struct Parser<'a> { rest: &'a str }\n"
           "impl<'a> Parser<'a> { fn word(&mut self) -> &'a str {\n"
           "    let (word, rest) = self.rest.split_once(' ').unwrap_or((self.rest, \"\"));\n"
           "    self.rest = rest;\n    word\n} }")
    nb.run('let mut parser = Parser { rest: "ab cd" };')
    assert nb.run("parser.word()") == [result('"ab"')]
    assert nb.run("parser.word()") == [result('"cd"')]


def test_constants(nb):
    nb.run('const LIMIT: usize = 3;\nconst NAMES: [&str; LIMIT] = ["a", "b", "c"];')
    assert nb.run("NAMES.len() * LIMIT") == [result("9")]
    nb.run("const fn double(n: usize) -> usize { n * 2 }\nconst BIG: usize = double(LIMIT);")
    assert nb.run("[0; BIG].len()") == [result("6")]


def test_a_static_is_changed(nb):
    nb.run("use std::sync::atomic::{AtomicU32, Ordering};\nstatic CALLS: AtomicU32 = AtomicU32::new(0);\n"
           "fn call() -> u32 { CALLS.fetch_add(1, Ordering::SeqCst) + 1 }")
    assert nb.run("call()") == [result("1")]
    assert nb.run("call()") == [result("2")]
    assert nb.run("CALLS.load(Ordering::SeqCst)") == [result("2")]


def test_a_macro(nb):
    nb.run("macro_rules! maximum {\n    ($a:expr) => { $a };\n"
           "    ($a:expr, $($rest:expr),+) => {{ let rest = maximum!($($rest),+); if $a > rest { $a } else { rest } }};\n}")
    assert nb.run("maximum!(3, 9, 4)") == [result("9")]
    nb.run("fn top() -> i32 { maximum!(1, 2) }")
    assert nb.run("top()") == [result("2")]
    assert nb.run("macro_rules! seven { () => { 7 }; }\nseven!() + 1") == [result("8")]


def test_a_macro_that_defines_items(nb):
    nb.run("macro_rules! unit { ($name:ident) => { #[derive(Debug)] pub struct $name(pub f64); } }")
    nb.run("unit!(Metre);")
    assert nb.run("Metre(2.0)") == [result("Metre(2.0)")]
    # Both in one cell, and nothing public.
    nb.run("macro_rules! empty { ($($name:ident),*) => { $(#[derive(Debug)] struct $name;)* } }\nempty!(Left, Right);")
    assert nb.run("(Left, Right)") == [result("(Left, Right)")]
    # One that only looks like it.
    nb.run("macro_rules! twice { ($e:expr) => { $e * 2 } }")
    assert nb.run("twice!(4)") == [result("8")]


def test_a_module(nb):
    nb.run("mod shapes {\n    pub const SIDES: u32 = 4;\n    pub mod flat {\n"
           "        use super::SIDES;\n        pub fn sides() -> u32 { SIDES }\n    }\n"
           "    fn hidden() {}\n}")
    assert nb.run("shapes::flat::sides() + shapes::SIDES") == [result("8")]
    nb.run("use shapes::flat;")
    assert nb.run("flat::sides()") == [result("4")]
    assert nb.fail("shapes::hidden()").name == "E0603"


def test_a_type_alias(nb):
    nb.run("type Table = std::collections::BTreeMap<&'static str, Vec<f64>>;")
    nb.run('let mut table = Table::new();\ntable.entry("a").or_default().push(1.5);')
    assert nb.run("table") == [result('{"a": [1.5]}')]


def test_imports_last(nb):
    nb.run("use std::collections::{BTreeSet, HashMap as Map};")
    assert nb.run("BTreeSet::from([2, 1])") == [result("{1, 2}")]
    nb.run('let mut ages = Map::new();\nages.insert("Ada", 36);')
    nb.run("fn count(map: &Map<&str, i32>) -> usize { map.len() }")
    assert nb.run("count(&ages)") == [result("1")]


def test_an_import_of_a_trait_gives_its_methods(nb):
    nb.run("use std::io::Write;")
    nb.run('let mut bytes = Vec::new();\nwrite!(bytes, "{}", 7)?;')
    assert nb.run("bytes") == [result("[55]")]


def test_an_import_is_replaced_by_another_of_its_name(nb):
    nb.run("use std::fmt::Result as Outcome;")
    nb.run("use std::cmp::Ordering as Outcome;")
    assert nb.run("Outcome::Less") == [result("Less")]


def test_an_async_function(nb):
    nb.run("async fn later(n: u32) -> u32 {\n    tokio::time::sleep(std::time::Duration::from_millis(1)).await;\n    n + 1\n}")
    assert nb.run("later(41).await") == [result("42")]
    assert nb.run("let a = later(1).await;\nlet b = later(a).await;\nb") == [result("3")]
    assert nb.run("a") == [result("2")]


def test_await_at_the_top(nb):
    assert nb.run("std::future::ready(5).await") == [result("5")]
    assert nb.run(
        "let tasks: Vec<_> = (0..3).map(|i| tokio::spawn(async move { i * i })).collect();\n"
        "let mut squares = Vec::new();\n"
        "for task in tasks { squares.push(task.await?); }\nsquares"
    ) == [result("[0, 1, 4]")]
    assert nb.run("squares.len()") == [result("3")]


def test_serde(nb):
    nb.run("use serde::{Deserialize, Serialize};\n"
           "#[derive(Debug, Serialize, Deserialize, PartialEq)]\n"
           "struct Config { name: String, sizes: Vec<u32>, #[serde(default)] deep: bool }")
    nb.run('let config: Config = serde_json::from_str(r#"{"name": "a", "sizes": [1, 2]}"#)?;')
    assert nb.run("config") == [result('Config { name: "a", sizes: [1, 2], deep: false }')]
    assert nb.run("serde_json::to_string(&config)?") == [
        result(repr('{"name":"a","sizes":[1,2],"deep":false}').replace('"', '\\"').replace("'", '"'))
    ]


def test_a_changed_type_retires_its_variables_and_says_so(nb):
    nb.run("#[derive(Debug)]\nstruct Sample { a: i32 }")
    nb.run("let sample = Sample { a: 1 };\nlet samples = vec![Sample { a: 2 }];\nlet other = 5;")
    (kind, text), = nb.run("#[derive(Debug)]\nstruct Sample { a: i32, b: i32 }")
    assert kind == "stderr"
    assert "variable `sample` was dropped because the type `Sample` was changed" in text
    assert "variable `samples`" in text and "`other`" not in text
    failure = nb.fail("sample")
    assert "`sample` was dropped because the type `Sample` was changed" in failure
    assert nb.run("other") == [result("5")]
    assert nb.run("Sample { a: 1, b: 2 }") == [result("Sample { a: 1, b: 2 }")]


def test_a_type_that_is_defined_again_unchanged_keeps_its_variables(nb):
    definition = "#[derive(Debug)]\nstruct Steady { a: i32 }"
    nb.run(definition)
    nb.run("let steady = Steady { a: 1 };")
    assert nb.run(definition) == []
    assert nb.run("// with a comment\n" + definition.replace("{ a", "{  a")) == []
    assert nb.run("steady") == [result("Steady { a: 1 }")]
    nb.run("let moved_on = Steady { a: steady.a + 1 };")
    assert nb.run("moved_on") == [result("Steady { a: 2 }")]


def test_variables_survive_unrelated_definitions(nb):
    nb.run("#[derive(Debug)]\nstruct Lasting(i32);\nlet lasting = Lasting(1);")
    nb.run("fn unrelated() {}")
    nb.run("struct Unrelated;")
    assert nb.run("lasting") == [result("Lasting(1)")]
    assert nb.run("lasting.0 + 1") == [result("2")]


def test_a_type_that_does_not_compile_changes_nothing(nb):
    nb.run("#[derive(Debug)]\nstruct Whole { a: i32 }\nlet whole = Whole { a: 1 };")
    assert nb.fail("struct Whole { a: NoSuchType }").name == "E0425"
    assert nb.run("whole.a") == [result("1")]


def test_a_variable_and_a_function_of_the_same_name(nb):
    nb.run("fn level() -> i32 { 1 }")
    nb.run("let depth = level();")
    nb.run("fn depth_of(depth: i32) -> i32 { depth * 10 }")
    assert nb.run("depth_of(depth)") == [result("10")]


def test_a_function_may_take_the_name_of_a_variable(nb):
    nb.run("let area = 5;")
    nb.run("fn area(side: i32) -> i32 { side * side }")
    assert nb.run("area(3)") == [result("9")]
    nb.run("let area = 6;")
    assert nb.run("area + 1") == [result("7")]


def test_an_item_does_not_see_variables(nb):
    nb.run("let outside = 1;")
    failure = nb.fail("fn inside() -> i32 { outside }")
    assert failure.name == "E0425"
    assert "outside" in failure


def test_recursion_is_deep(nb):
    nb.run("fn dive(n: u64) -> u64 { if n == 0 { 0 } else { 1 + dive(n - 1) } }")
    assert nb.run("dive(100_000)") == [result("100000")]


def test_items_in_a_block_stay_there(nb):
    assert nb.run("{ fn local() -> i32 { 5 } println!(\"{}\", local()); }") == [stdout("5\n")]
    assert nb.fail("local()").name == "E0425"


def test_unsafe_and_extern(nb):
    nb.run('unsafe extern "C" { fn strlen(text: *const std::ffi::c_char) -> usize; }')
    assert nb.run('unsafe { strlen(c"four".as_ptr()) }') == [result("4")]


def test_a_feature_of_the_compiler(nb):
    nb.run("#![feature(never_type)]\nlet sure: Result<i32, !> = Ok(5);\nfn get(sure: Result<i32, !>) -> i32 { let Ok(n) = sure; n }")
    # Later cells have it as well.
    assert nb.run("get(sure)") == [result("5")]
    assert nb.run("let also: Result<&str, !> = Ok(\"a\");\nalso") == [result('Ok("a")')]


DEFINITIONS = {
    "type": "#[derive(Debug, Clone, PartialEq)]\nstruct Length { metres: f64 }",
    "methods": "impl Length { fn feet(&self) -> f64 { self.metres / FOOT } }",
    "constant": "const FOOT: f64 = 0.5;",
    "trait": "trait Told { fn told(&self) -> String { \"nothing\".into() } fn loud(&self) -> String { self.told().to_uppercase() } }",
    "implementation": "impl Told for Length { fn told(&self) -> String { format!(\"{} m\", self.metres) } }",
}
# What has to be there before.
WANTED = {"methods": {"type", "constant"}, "implementation": {"type", "trait"}}


def orders():
    for order in permutations(DEFINITIONS):
        if all(WANTED.get(name, set()) <= set(order[:at]) for at, name in enumerate(order)):
            yield order


@pytest.mark.parametrize("order", list(orders())[::3], ids=" ".join)
def test_definitions_in_every_order_that_they_can_be_run_in(nb, order):
    nb.run(":clear")
    for name in order:
        assert nb.run(DEFINITIONS[name]) == []
    assert nb.run("let long = Length { metres: 3.0 };\n(long.feet(), long.loud())") == [result('(6.0, "3 M")')]


def test_a_definition_that_came_too_early_is_run_again(nb):
    nb.run(":clear")
    assert nb.fail(DEFINITIONS["implementation"]).name.startswith("E0")
    for name in ["trait", "type", "implementation", "constant", "methods"]:
        nb.run(DEFINITIONS[name])
    assert nb.run("Length { metres: 1.0 }.told()") == [result('"1 m"')]


def test_an_attribute_for_the_whole_cell(nb):
    assert nb.run("#![allow(unused)]\nlet a = 1;\na") == [result("1")]


@pytest.mark.parametrize("code", ["", "  \n", "// only a comment", "/* a\ncomment */"])
def test_a_cell_without_code_is_fine(nb, code):
    assert nb.run(code) == []


def test_doc_comments(nb):
    nb.run("/// Adds one.\n///\n/// With an `example`.\nfn increment(n: i32) -> i32 {\n    n + 1 // here\n}")
    assert nb.run("increment(1) // there") == [result("2")]


def test_a_warning_is_not_shown(nb):
    outputs = nb.run("fn unused(unused_too: i32) { let x = 1; }")
    assert outputs == [] and stderr("") not in outputs


# -- functions that are compiled once ------------------------------------------------


def test_a_function_of_long_ago_is_what_it_was(fresh):
    """Later versions of the items only declare it."""
    fresh.run('fn shout(mut text: String, times: usize) -> String {\n    for _ in 0..times { text.push(\'!\'); }\n    text\n}')
    fresh.run("fn longest<'a>(a: &'a str, b: &'a str) -> &'a str { if shout(a.into(), 1).len() > b.len() + 1 { a } else { b } }")
    fresh.run("fn twice(f: &dyn Fn(u8) -> u8, n: u8) -> Box<dyn Fn() -> u8> { let m = f(f(n)); Box::new(move || m) }")
    for number in range(4):
        fresh.run(f"struct Other{number};")
    assert fresh.run('shout("a".into(), 3)') == [result('"a!!!"')]
    assert fresh.run('longest("abc", "de")') == [result('"abc"')]
    assert fresh.run("twice(&|n| n * 3, 2)()") == [result("18")]
    assert fresh.run("let f: fn(String, usize) -> String = shout;\nf(String::new(), 2)") == [result('"!!"')]
    assert fresh.run("[1, 2].map(|n| shout(String::new(), n))") == [result('["!", "!!"]')]


def test_a_function_changes_with_what_it_calls(fresh):
    fresh.run('fn rate() -> f64 { println!("asked"); 0.5 }')
    fresh.run("struct Price(f64);")
    fresh.run("fn tax(price: &Price) -> f64 { price.0 * rate() }")
    fresh.run("fn total(price: f64) -> f64 { price + tax(&Price(price)) }")
    fresh.run("fn unconcerned() -> String { format!(\"{}\", 7) }")
    assert fresh.run("total(10.0)") == [stdout("asked\n"), result("15.0")]
    fresh.run('fn rate() -> f64 { println!("asked again"); 1.0 }')
    assert fresh.run("total(10.0)") == [stdout("asked again\n"), result("20.0")]
    fresh.run("struct Price(f64);\nimpl Drop for Price { fn drop(&mut self) { println!(\"sold\") } }")
    assert fresh.run("total(1.0)") == [stdout("asked again\nsold\n"), result("2.0")]
    # A new process needs all the versions that they live in.
    fresh.fail("std::process::abort()")
    assert fresh.run("total(1.0)") == [stdout("asked again\nsold\n"), result("2.0")]
    assert fresh.run("unconcerned()") == [result('"7"')]


def test_a_function_of_long_ago_says_where_it_is(fresh):
    fresh.run("// A comment.\n\nfn third(list: &[i32]) -> i32 {\n    println!(\"{}\", list.len());\n    list[2]\n}")
    for number in range(3):
        fresh.run(f"fn other{number}() {{ println!() }}")
    failure = fresh.fail("third(&[1])")
    assert "--> In [1]:5" in failure and "in `third`, In [1]:3" in failure
    # And what is wrong with a call of it.
    failure = fresh.fail("third(&[1], 2)")
    assert "function defined here" in failure and "fn third(list: &[i32]) -> i32" in failure


def test_what_an_error_is_about_may_be_a_function_of_long_ago(fresh):
    fresh.run("fn count(mut n: u64) -> u64 { while n > 10 { n -= 1; } n }")
    fresh.run("fn later() { println!() }")
    failure = fresh.fail('count("a")')
    assert failure.name == "E0308" and "In [3]" in failure
