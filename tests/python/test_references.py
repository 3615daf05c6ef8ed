"""Variables that borrow from other variables, used in later cells."""

import pytest

from client import result, stderr


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


def test_a_borrow_of_something_that_ends_with_its_cell_is_not_kept(nb):
    number = nb.number()
    assert nb.run('let brief = &String::from("x")[..];\nbrief.len()') == [result("1")]
    assert f"`brief` was not kept after In [{number}]" in nb.fail("brief")
    number = nb.number()
    nb.run("let fresh = vec![1];\nlet of_fresh = &fresh[..];")
    assert nb.run("fresh") == [result("[1]")]
    assert f"`of_fresh` was not kept after In [{number}]" in nb.fail("of_fresh")


def test_a_mutable_borrow_is_not_kept(nb):
    nb.run("let mut numbers = vec![1, 2];")
    number = nb.number()
    nb.run("let final_one = numbers.last_mut();")
    assert f"`final_one` was not kept after In [{number}]" in nb.fail("final_one")
    assert nb.run("numbers") == [result("[1, 2]")]


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
