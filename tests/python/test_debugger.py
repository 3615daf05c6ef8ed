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
    assert (found["name"]["type"], found["name"]["value"]) == ("String", '"Ada"')
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
    assert (found["name"]["type"], found["name"]["value"]) == ("i32", "5")


def test_a_breakpoint_is_refused_in_words(notebook):
    path = debug(notebook, "dumpCell", code="let x = 1;")["body"]["sourcePath"]
    answer = debug(
        notebook,
        "setBreakpoints",
        source={"path": path},
        breakpoints=[{"line": 1}],
    )
    # JupyterLab would show one that comes back, whatever is said of it.
    assert answer["success"] and answer["body"]["breakpoints"] == []
    assert not debug(notebook, "next", threadId=1)["success"]
