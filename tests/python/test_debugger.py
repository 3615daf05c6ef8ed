"""The panel of variables, as JupyterLab's debugger sidebar asks for it."""

import pytest
from ask import debug


@pytest.fixture
def notebook(fresh):
    fresh.run(
        "use ferrite::prelude::*;\n"
        "let penguins = datasets::penguins()?;\n"
        'let name = String::from("Ada");\n'
        "let many = vec![7u8; 10_000_000];\n"
    )
    return fresh


def variables(notebook):
    answer = debug(notebook, "inspectVariables")
    assert answer["success"]
    return {variable["name"]: variable for variable in answer["body"]["variables"]}


def test_the_kernel_says_that_it_can_be_asked(fresh):
    content = fresh.client.kernel_info(reply=True, timeout=60)["content"]
    assert "debugger" in content["supported_features"]
    assert fresh.manager.kernel_spec.metadata["debugger"] is True


def test_the_sidebar_starts_and_stops(fresh):
    info = debug(fresh, "debugInfo")["body"]
    assert info["isStarted"] is False and info["richRendering"] is True
    assert debug(fresh, "initialize", clientID="jupyterlab")["success"]
    assert debug(fresh, "attach")["success"]
    assert debug(fresh, "debugInfo")["body"]["isStarted"] is True
    assert debug(fresh, "disconnect", restart=False)["success"]
    assert debug(fresh, "debugInfo")["body"]["isStarted"] is False


def test_variables_have_types_and_previews(notebook):
    found = variables(notebook)
    assert sorted(found) == ["many", "name", "penguins"]
    assert (found["name"]["type"], found["name"]["value"]) == ('String = "Ada"', '"Ada"')
    assert found["many"]["value"].startswith("[7, 7, 7,")
    assert len(found["many"]["value"]) < 200
    assert found["penguins"]["value"] == "344 rows × 8 columns"


def test_a_frame_opens_into_its_columns(notebook):
    reference = variables(notebook)["penguins"]["variablesReference"]
    columns = debug(notebook, "variables", variablesReference=reference)["body"]["variables"]
    assert [column["name"] for column in columns][:2] == ["species", "island"]
    assert columns[0]["type"] == "str"
    assert not debug(notebook, "variables", variablesReference=99)["success"]


def test_a_frame_is_shown_as_a_table(notebook):
    body = debug(notebook, "richInspectVariables", variableName="penguins")["body"]
    assert "<table" in body["data"]["text/html"]
    refused = debug(notebook, "richInspectVariables", variableName="nobody")
    assert not refused["success"] and "nobody" in refused["message"]


def test_variables_are_told_while_a_cell_runs(notebook):
    variables(notebook)
    cell = notebook.send('println!("begun"); std::thread::sleep(std::time::Duration::from_secs(3));')
    notebook.until(cell, "begun")
    assert sorted(variables(notebook)) == ["many", "name", "penguins"]
    assert notebook.wait(cell).status == "ok"


def test_variables_change_with_the_notebook(notebook):
    notebook.run("let name = 5; drop(many);")
    found = variables(notebook)
    assert sorted(found) == ["name", "penguins"]
    assert (found["name"]["type"], found["name"]["value"]) == ("i32 = 5", "5")


def inside(notebook, variable):
    """What is inside a variable: names with values, in order."""
    answer = debug(notebook, "variables", variablesReference=variable["variablesReference"])
    assert answer["success"], answer
    return answer["body"]["variables"]


def values(found):
    return [(it["name"], it["value"]) for it in found]


def test_structs_and_collections_open(fresh):
    fresh.run(
        "use std::collections::{BTreeMap, HashSet};\n"
        "#[derive(Debug)] struct Point { x: f64, tags: Vec<String> }\n"
        "#[derive(Debug)] enum Shape { Dot(Point), Nothing }\n"
        'let point = Point { x: 1.5, tags: vec!["a, b".into(), "c]".into()] };\n'
        'let map = BTreeMap::from([("one", vec![1]), ("two", vec![])]);\n'
        "let set = HashSet::from([7]);\n"
        "let pair = (1, 'x', None::<u8>);\n"
        "let shape = Some(Shape::Dot(Point { x: 0.5, tags: vec![] }));\n"
        "let nothing = Shape::Nothing; let empty: Vec<u8> = vec![]; let number = 5;\n"
        "let slice = [1u8, 2];"
    )
    found = variables(fresh)
    assert values(inside(fresh, found["point"])) == [("x", "1.5"), ("tags", '["a, b", "c]"]')]
    tags = inside(fresh, found["point"])[1]
    assert tags["evaluateName"] == "point.tags"
    assert values(inside(fresh, tags)) == [("[0]", '"a, b"'), ("[1]", '"c]"')]
    assert inside(fresh, tags)[1]["evaluateName"] == "point.tags[1]"
    assert values(inside(fresh, found["map"])) == [('"one"', "[1]"), ('"two"', "[]")]
    assert values(inside(fresh, found["set"])) == [("[0]", "7")]
    assert values(inside(fresh, found["pair"])) == [("0", "1"), ("1", "'x'"), ("2", "None")]
    [dot] = inside(fresh, found["shape"])
    [point] = inside(fresh, dot)
    assert values(inside(fresh, point)) == [("x", "0.5"), ("tags", "[]")]
    assert values(inside(fresh, found["slice"])) == [("[0]", "1"), ("[1]", "2")]
    for closed in ("nothing", "empty", "number"):
        assert found[closed]["variablesReference"] == 0


def test_a_large_value_opens_up_to_a_bound(notebook):
    found = inside(notebook, variables(notebook)["many"])
    assert len(found) == 101
    assert values(found[:1] + found[-1:]) == [("[0]", "7"), ("…", "and more")]


def test_what_was_moved_does_not_open(notebook):
    many = variables(notebook)["many"]
    notebook.run("drop(many);")
    answer = debug(notebook, "variables", variablesReference=many["variablesReference"])
    assert not answer["success"] and "many" in answer["message"]
