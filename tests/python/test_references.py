"""Variables that borrow from other variables, used in later cells."""

import pytest

from client import result, stderr, stdout


def test_a_slice_of_a_vector(nb):
    nb.run("let v = vec![1, 2, 3, 4];")
    nb.run("let tail = &v[2..];")
    assert nb.run("tail") == [result("[3, 4]")]
    assert nb.run("tail.iter().sum::<i32>() + v[0]") == [result("8")]
    assert nb.run("v.len() + tail.len()") == [result("6")]
    assert nb.run("v") == [result("[1, 2, 3, 4]")]


def test_a_reference_to_the_variable_itself(nb):
    nb.run("let pair = (7, String::from(\"seven\"));")
    nb.run("let number = &pair.0;\nlet word = pair.1.as_str();")
    assert nb.run("(*number, word)") == [result('(7, "seven")')]
    nb.run("let filler = vec![0u8; 1 << 20];")
    assert nb.run("(*number + 1, word.len(), &pair.1)") == [result('(8, 5, "seven")')]


def test_a_reference_to_what_is_lent_already(nb):
    """The frame that it points into was freed: found by tests/memcheck."""
    nb.run("let source = vec![1, 2, 3];")
    nb.run("let slice = &source[1..];")
    nb.run("let whole = &source;")
    nb.run("let filler: Vec<Vec<usize>> = (0..100).map(|i| vec![i; 2]).collect();")
    assert nb.run("(whole.len(), slice, whole[0])") == [result("(3, [2, 3], 1)")]
    (kind, said), = nb.run("drop(source);")
    assert "`slice` was dropped" in said and "`whole` was dropped" in said


def test_an_array_on_the_stack(nb):
    nb.run("let grid = [[1, 2], [3, 4]];")
    nb.run("let row = &grid[1];")
    nb.run("let more = [9; 64];\nlet sum: i32 = more.iter().sum();")
    assert nb.run("row") == [result("[3, 4]")]


def test_a_column_of_a_frame(nb):
    nb.run("use ferrite::prelude::*;\nlet df = datasets::penguins()?;")
    nb.run('let mass = df.column("body_mass_g")?;')
    assert nb.run("(mass.len(), df.height(), mass.name().as_str())") == [
        result('(344, 344, "body_mass_g")')
    ]
    nb.run("let heavy = df.head(Some(3));")
    assert nb.run("mass.len()") == [result("344")]


def test_an_iterator_that_borrows(nb):
    nb.run("let letters = String::from(\"abc\");")
    nb.run("let mut chars = letters.chars();")
    assert nb.run("chars.next()") == [result("Some('a')")]
    assert nb.run("chars.next()") == [result("Some('b')")]
    assert nb.run("letters") == [result('"abc"')]


def test_a_map_of_references(nb):
    nb.run('let words = vec!["b".to_string(), "a".to_string()];')
    nb.run("let mut order: Vec<&String> = words.iter().collect();")
    nb.run("order.sort();")
    assert nb.run("order") == [result('["a", "b"]')]
    assert nb.run("words") == [result('["b", "a"]')]


def test_a_change_of_the_owner_ends_its_borrows(nb):
    nb.run("let mut list = vec![1, 2];")
    nb.run("let front = &list[0];")
    assert nb.run("list.len()") == [result("2")]
    assert nb.run("*front") == [result("1")]
    number = nb.number()
    outputs = nb.run("list.push(3);")
    assert outputs == [
        stderr(f"note: variable `front` was dropped by In [{number}], which changes or moves `list`: it borrowed from that\n")
    ]
    assert nb.run("list") == [result("[1, 2, 3]")]
    failure = nb.fail("*front")
    assert failure.name == "E0425"
    assert f"`front` was dropped by In [{number}]" in failure


def test_a_move_of_the_owner_ends_its_borrows(nb):
    nb.run("let text = String::from(\"owned\");")
    nb.run("let part = &text[1..3];")
    number = nb.number()
    (kind, said), = nb.run("let other = text;")
    assert kind == "stderr" and f"`part` was dropped by In [{number}]" in said
    assert nb.run("other") == [result('"owned"')]
    assert f"`part` was dropped by In [{number}]" in nb.fail("part")


def test_a_new_owner_of_the_same_name_ends_the_borrows_of_the_old(nb):
    nb.run("let data = vec![1.5, 2.5];")
    nb.run("let view = &data[..];")
    (kind, said), = nb.run("let data = view.to_vec();")
    assert kind == "stderr" and "`view` was dropped" in said
    assert nb.run("data") == [result("[1.5, 2.5]")]
    assert "`view` was dropped" in nb.fail("view")


def test_a_borrower_cannot_outlive_its_cell_by_other_ways(nb):
    nb.run("let shared = vec![1, 2];")
    nb.run("let slice = &shared[..];")
    failure = nb.fail("std::thread::spawn(move || slice.len()).join().unwrap()")
    assert failure.name.startswith("E0") or "lifetime" in failure.value
    assert nb.run("std::thread::scope(|s| s.spawn(|| slice.len()).join().unwrap())") == [result("2")]
    nb.run("static KEPT: std::sync::Mutex<Vec<&'static [i32]>> = std::sync::Mutex::new(Vec::new());")
    nb.fail("KEPT.lock().unwrap().push(slice);")


def test_owner_and_borrower_of_one_cell(nb):
    nb.run("use ferrite::prelude::*;")
    nb.run('let df = datasets::penguins()?;\nlet mass = df.column("body_mass_g")?;')
    assert nb.run("(mass.len(), df.height())") == [result("(344, 344)")]
    assert nb.run('let text = String::from("a b c");\nlet parts: Vec<&str> = text.split(\' \').collect();\nparts') == [
        result('["a", "b", "c"]')
    ]
    assert nb.run("(&parts, text.len())") == [result('(["a", "b", "c"], 5)')]
    (kind, said), = nb.run("drop(text);")
    assert kind == "stderr" and "`parts` was dropped" in said


def test_a_cell_that_runs_in_parts_is_one_cell(nb):
    number = nb.number()
    code = (
        "use std::collections::BTreeMap;\nstruct Named { name: String }\n"
        'let named = Named { name: "x".repeat(3) };\nprintln!("before");\n'
        "let name = &named.name;\nlet mut counts: BTreeMap<&str, usize> = BTreeMap::new();\n"
        "counts.insert(name, length(name));\nfn length(text: &str) -> usize { text.len() }\n"
        "let all: Vec<_> = counts.values().collect();\n"
        'println!("after");\ncounts.len()'
    )
    done = nb.execute(code)
    assert done.count == number and done.outputs == [stdout("before\nafter\n"), result("1")]
    assert nb.run("(length(name), &counts)") == [result('(3, {"xxx": 3})')]
    # From the cache, and beside what is there already.
    assert nb.run(code) == [stdout("before\nafter\n"), result("1")]


def test_a_panic_in_a_later_part_is_placed_and_leaves_the_earlier_ones(nb):
    number = nb.number()
    failure = nb.fail("let kept = vec![1, 2];\nlet view = &kept[..];\nlet n = view.len();\nif n == 2 {\n    panic!(\"at {n}\");\n}")
    assert failure.value == "at 2" and f"In [{number}]:5:5" in failure
    assert nb.run("kept") == [result("[1, 2]")]
    nb.fail("view")


def test_errors_in_a_cell_with_a_borrower_are_those_of_the_whole(nb):
    number = nb.number()
    failure = nb.fail("let whole = vec![1];\nlet part = &whole[..];\nlet wrong: i32 = part;")
    assert failure.name == "E0308" and f"In [{number}]:3" in failure
    assert "let wrong: i32 = part;" in failure
    nb.fail("whole")


def test_what_lives_to_the_end_of_a_cell_does_so(nb):
    """`watch` cannot be kept, so the cell is not run in parts."""
    nb.run("use std::cell::RefCell;")
    nb.run('struct Loud;\nimpl Drop for Loud { fn drop(&mut self) { println!("over"); } }')
    assert nb.run("let loud = Loud;\nlet list = vec![1];\nlet first = &list[0];\nprintln!(\"{first}\");") == [stdout("1\n")]
    assert nb.run("*first + list[0]") == [result("2")]
    nb.run("let cell = RefCell::new(5);\nlet watch = cell.borrow_mut();\nlet more = vec![1];\nlet of_more = &more[0];")
    assert "is a guard" in nb.fail("watch") and nb.run("more") == [result("[1]")]


def test_a_borrower_takes_the_name_of_its_owner(nb):
    assert nb.run('let same = String::from(" x ");\nlet same = same.trim();\nsame') == [result('"x"')]
    assert "give it another name" in nb.fail("same")


@pytest.mark.parametrize(
    "before, made, name, why",
    [
        ("", 'let brief = &String::from("x")[..];', "brief", '`let owned = String::from("x");`, and borrow from `owned`'),
        ("let mut numbers = vec![1, 2];", "let last = numbers.last_mut();", "last", "`numbers` could be changed through it"),
        ("let mut numbers = vec![1, 2];", "let rest = numbers.drain(1..);", "rest", "write `let rest = numbers.drain(1..);` in the cell that uses it"),
        ("let locked = std::sync::Mutex::new(1);", "let guard = locked.lock().unwrap();", "guard", "write `let guard = locked.lock().unwrap();` in the cell that uses it"),
        ("let shared = std::cell::RefCell::new(1);", "let look = shared.borrow_mut();", "look", "is a guard"),
        ("let bytes = vec![1u8];", "let hidden: Box<dyn Iterator<Item = &u8>> = Box::new(bytes.iter());", "hidden", "leave out the `dyn`"),
        ("", "let early;\n{ let inner = vec![1]; early = &inner[0]; println!(\"{early}\"); }", "early", None),
        ("", "let owner = vec![1];\nif owner.is_empty() { return Ok(()); }\nlet seen = &owner[0];", "seen", "put `let seen = &owner[0];` into a cell of its own"),
        ("", "let wanted = vec![1];\nlet known = |n: i32| wanted.contains(&n);", "known", "write `move |…|`"),
    ],
)
def test_why_a_borrower_is_not_kept_and_what_keeps_it(nb, before, made, name, why):
    nb.run(":clear")
    if before:
        nb.run(before)
    number = nb.number()
    nb.run(made)
    failure = nb.fail(name)
    if why is not None:
        assert f"`{name}` was not kept after In [{number}]" in failure and why in failure, failure.text


def test_the_change_that_is_shown_keeps_it(nb):
    nb.run('let owned = String::from("x");\nlet brief = &owned[..];')
    assert nb.run("brief") == [result('"x"')]
    nb.run("let owner = vec![1];\nif owner.is_empty() { return Ok(()); }")
    nb.run("let seen = &owner[0];")
    assert nb.run("seen") == [result("1")]


def test_a_mutable_borrow_that_no_type_shows_is_not_kept(nb):
    """Its owner could be read while it changes."""
    nb.run("struct Hidden<'a>(&'a mut Vec<i32>);\nimpl Hidden<'_> { fn add(&mut self) { self.0.push(1); } }")
    nb.run("let mut changed = vec![1, 2];")
    number = nb.number()
    nb.run("let mut hidden = Hidden(&mut changed);\nhidden.add();")
    assert f"`hidden` was not kept after In [{number}]: `changed` could be changed through it" in nb.fail("hidden.add()")
    assert nb.run("changed") == [result("[1, 2, 1]")]


def test_an_iterator_over_closures_that_borrows(nb):
    nb.run("let limit = 1;\nlet many = vec![1, 2, 3];")
    nb.run("let mut above = many.iter().filter(|n| **n > limit).map(|n| n * 10);")
    assert nb.run("above.next()") == [result("Some(20)")]
    assert nb.run("(above.collect::<Vec<_>>(), many.len(), limit)") == [result("([30], 3, 1)")]
    nb.run("let words = vec![String::from(\"a\"), String::from(\"bc\")];\nlet long = words.iter().filter(|w| w.len() > 1);")
    assert nb.run("long.map(|w| w.as_str()).collect::<Vec<&str>>()") == [result('["bc"]')]
    nb.run("let long = words.iter().filter(|w| w.len() > 1);")
    (kind, said), = nb.run("let moved = words;")
    assert "`long` was dropped" in said


def test_a_borrow_of_a_borrow(nb):
    nb.run("let base = vec![10, 20, 30, 40];")
    nb.run("let upper = &base[1..];")
    nb.run("let top = &upper[1..];")
    assert nb.run("(base.len(), upper.len(), top)") == [result("(4, 3, [30, 40])")]
    (kind, said), = nb.run("drop(base);")
    assert "`upper` was dropped" in said and "`top` was dropped" in said
    nb.fail("top")


def test_a_panic_keeps_owner_and_borrower(nb):
    nb.run("let owner = vec![1, 2];")
    nb.run("let look = &owner[..];")
    assert nb.fail('println!("{}", look.len() + owner.len());\npanic!("now");').value == "now"
    assert nb.run("(look, owner.len())") == [result("([1, 2], 2)")]


def test_a_value_that_is_dropped_is_dropped_once(nb):
    nb.run(
        "struct Loud(&'static str);\nimpl Drop for Loud { fn drop(&mut self) { println!(\"dropped {}\", self.0); } }"
    )
    nb.run('let loud = Loud("a");')
    nb.run("let name = &loud.0;")
    assert nb.run("*name") == [result('"a"')]
    outputs = nb.run("let loud = 1;")
    assert ("stdout", "dropped a\n") in outputs
    assert nb.run("loud") == [result("1")]


@pytest.mark.parametrize("rounds", [30])
def test_many_borrows_come_and_go(nb, rounds):
    for i in range(rounds):
        nb.run(f"let mut many = vec![{i}; {i + 1}];")
        nb.run("let one = &many[0];\nlet all = &many[..];")
        assert nb.run("(*one, all.len())") == [result(f"({i}, {i + 1})")]
        if i % 3 == 0:
            nb.run("many.push(1);")
            nb.fail("one")


def test_a_changed_type_takes_what_borrows_from_its_values(nb):
    nb.run("struct Holder { n: Vec<i32> }\nlet holder = Holder { n: vec![1] };")
    nb.run("let inside = &holder.n;")
    assert nb.run("inside") == [result("[1]")]
    (kind, said), = nb.run("struct Holder { n: Vec<i32>, m: i32 }")
    assert "`holder` was dropped" in said and "`inside` was dropped" in said
    nb.fail("inside")
    assert nb.run("1 + 1") == [result("2")]


def test_clear_drops_borrowers_and_owners(fresh):
    fresh.run("let v = vec![1];")
    fresh.run("let s = &v[..];")
    fresh.run(":clear")
    fresh.fail("s")
    fresh.run("let v = vec![2];\nlet w = v.len();")
    assert fresh.run("(v, w)") == [result("([2], 1)")]


def test_the_same_cell_before_while_and_after_lending(nb):
    nb.run("let lender = vec![1, 2, 3];")
    assert nb.run("lender.len()") == [result("3")]
    nb.run("let loan = &lender[1..];")
    assert nb.run("lender.len()") == [result("3")]
    assert nb.run("loan.len()") == [result("2")]
    nb.run("drop(loan);\nlet loan = 0;")
    assert nb.run("lender.len()") == [result("3")]
    assert nb.run("let same = lender;\nsame.len()") == [result("3")]
