"""Looking at data in a notebook: looks of what a frame turns into, short forms, profiles."""

import sqlite3

import pytest

from client import result


@pytest.fixture(scope="module")
def penguins(nb):
    nb.run("use ferrite::prelude::*;\nlet penguins = datasets::penguins()?;")
    return nb


def test_a_frame_can_be_displayed_in_the_middle_of_a_cell(penguins):
    outputs = penguins.run("display(&penguins);\ndisplay(&penguins.column(\"year\")?);\n1 + 1")
    assert [kind for kind, _ in outputs] == ["display_data", "display_data", "execute_result"]
    assert "344 rows × 8 columns" in outputs[0][1]["text/html"]
    assert "344 values" in outputs[1][1]["text/plain"]


def test_an_output_is_updated_with_a_frame(penguins):
    penguins.run('let handle = display_handle(&MimeBundle::text("loading"));')
    outputs = penguins.run("handle.update(&look(&penguins));")
    assert outputs[0][0] == "update_display_data"
    assert "<table" in outputs[0][-1]["text/html"]


def test_structs_that_serialise_are_a_table(penguins):
    penguins.run("""#[derive(serde::Serialize, Clone)]
struct Person { name: String, age: Option<u8> }""")
    penguins.run("""let people = vec![
    Person { name: "Ada".into(), age: Some(36) }, Person { name: "Bo".into(), age: None },
];""")
    data = penguins.show("people")
    assert "<td>Ada</td>" in data["text/html"] and "null" in data["text/plain"]
    assert penguins.show("people.clone()") == data
    assert penguins.run("vec![1, 2]") == [result("[1, 2]")]
    assert penguins.run('vec!["a"]') == [result('["a"]')]


def test_what_a_frame_turns_into_has_a_look(penguins):
    assert "<table" in penguins.show("penguins.schema().clone()")["text/html"]
    assert "3 groups" in penguins.show('penguins.group_by_stable(["species"])?')["text/plain"]
    assert "<table" in penguins.show('penguins.column("year")?.i64()?')["text/html"]
    assert "<details" in penguins.show('serde_json::json!({"a": [1, {"b": 2}]})')["text/html"]
    assert "<table" in penguins.show("ndarray::array![[1, 2], [3, 4]]")["text/html"]
    assert "<table" in penguins.show('penguins.view().rows(4)')["text/html"]


def test_frames_in_something_stand_below_each_other(penguins):
    both = "train_test_split(&penguins, 0.25).seed(7).split()"
    for cell in [f"{both}?", both]:
        data = penguins.show(cell)
        assert data["text/html"].count("<table") == 2
        assert "258 rows × 8 columns" in data["text/plain"]
        assert "86 rows × 8 columns" in data["text/plain"]
    penguins.run('let parts = penguins.partition_by(["species"], true)?;')
    assert penguins.show("parts")["text/html"].count("<table") == 3
    assert penguins.show("parts.first()")["text/html"].count("<table") == 1
    assert penguins.show("None::<DataFrame>")["text/plain"] == "None"
    data = penguins.show('penguins.pick(&["speceis"])')
    assert data["text/plain"].startswith('error: no column "speceis"')


def test_a_plan_names_the_place_of_a_bad_value(nb):
    with open(f"{nb.folder}/late.csv", "w") as file:
        file.write("x,n\n" + "1,2\n" * 12_000 + "3,soon\n")
    nb.run("use ferrite::prelude::*;")
    failure = nb.fail('scan_csv("late.csv")?.run()?')
    assert 'row 12001 (line 12002), column "n": "soon" is not a value of type i64' in failure.value


def test_short_forms_read_well(penguins):
    text = penguins.show("""penguins
    .keep(col("sex").is_not_null())?
    .aggregate(&["species"], &[col("body_mass_g").mean().alias("mean"), len().alias("n")])?
    .order_by(&["-mean"])?""")["text/plain"]
    assert text.splitlines()[3].startswith("Gentoo")
    failure = penguins.fail('penguins.order_by(&["-flipper_len_mm"])?')
    assert 'did you mean "flipper_length_mm"?' in failure.value


def test_a_profile(penguins):
    data = penguins.show("penguins.profile()?")
    assert "19 values missing" in data["text/plain"]
    assert "<svg" in data["text/html"] and "<script" not in data["text/html"]
    assert penguins.run("penguins.profile()?.warnings.len()") == [result("0")]


def test_a_query_of_sqlite(nb):
    with sqlite3.connect(f"{nb.folder}/shop.db") as database:
        database.execute("create table orders (id integer, day text)")
        database.execute("insert into orders values (1, '2024-02-29')")
    nb.run("use ferrite::prelude::*;")
    text = nb.show('read_sql("shop.db", "select * from orders")?')["text/plain"]
    assert "date" in text and "2024-02-29" in text
