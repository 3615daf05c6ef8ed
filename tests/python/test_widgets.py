"""Widgets: what JupyterLab's ipywidgets is told, and what it tells."""

import json

import pytest

from client import PATIENCE, display, result, stdout

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True, scope="module")
def imports(nb):
    nb.run("use ferrite::prelude::*;")


def models(outputs):
    """The widgets that a cell opens, by the name of their model: id and state."""
    opened = {}
    for kind, comm_id, target, data in (output for output in outputs if output[0] == "comm_open"):
        assert target == "jupyter.widget" and data["buffer_paths"] == []
        opened[data["state"]["_model_name"]] = (comm_id, data["state"])
    return opened


def change(notebook, comm_id, **state):
    """A person changes a widget; what came of it."""
    data = {"method": "update", "state": state, "buffer_paths": []}
    return notebook.say("comm_msg", {"comm_id": comm_id, "data": data})


def click(notebook, comm_id):
    data = {"method": "custom", "content": {"event": "click"}}
    return notebook.say("comm_msg", {"comm_id": comm_id, "data": data})


def test_a_slider_is_a_widget_and_a_line_of_text(nb):
    outputs = nb.run('let n = slider(1..=10).initial(3).label("n");\nn')
    comm_id, state = models(outputs)["IntSliderModel"]
    assert state["_model_module"] == state["_view_module"] == "@jupyter-widgets/controls"
    assert (state["min"], state["max"], state["value"], state["description"]) == (1, 10, 3, "n")
    kind, data = outputs[-1]
    assert kind == "execute_result" and data["text/plain"] == "n: 3 (a slider from 1 to 10)"
    assert data[VIEW] == {"version_major": 2, "version_minor": 0, "model_id": comm_id}
    assert "jupyterlab_widgets" in data["text/html"]
    assert change(nb, comm_id, value=7) == []
    assert nb.run("n.value()") == [result("Some(7)")]
    # Shown again it is the same widget.
    assert models(nb.run("n")) == {}
    data = {"method": "update", "state": {"value": 2}, "buffer_paths": []}
    assert nb.run("n.set(2);") == [("comm_msg", comm_id, data)]


def test_a_handler_is_told_and_prints_under_its_cell(nb):
    outputs = nb.run('let x = slider(0.0..=1.0);\nx.on_change(|x| println!("{:.2}", x * 2.0));\ndisplay(&x);')
    comm_id, state = models(outputs)["FloatSliderModel"]
    assert state["step"] == 0.01
    assert change(nb, comm_id, value=0.25) == [(False, stdout("0.50\n"))]
    assert change(nb, comm_id, value="no number") == []
    assert change(nb, comm_id, description="x") == []


def test_a_button(nb):
    outputs = nb.run('let b = button("Run");\nlet mut clicks = 0;\n'
                     'b.on_click(move || { clicks += 1; println!("{clicks}"); });\nb')
    comm_id, state = models(outputs)["ButtonModel"]
    assert state["description"] == "Run" and outputs[-1][1]["text/plain"] == "[Run]"
    assert click(nb, comm_id) == [(False, stdout("1\n"))]
    assert click(nb, comm_id) == [(False, stdout("2\n"))]


def test_all_controls_together(nb):
    outputs = nb.run(
        'let kind = dropdown(["mean", "max"]).label("of");\nlet log = checkbox(false);\n'
        'let title = text_field("Penguins");\n'
        "widgets::column([kind.widget().clone(), log.widget().clone(), title.widget().clone()])"
    )
    opened = models(outputs)
    assert list(opened) == ["DropdownModel", "CheckboxModel", "TextModel", "VBoxModel"], "children come first"
    assert opened["VBoxModel"][1]["children"] == [
        f"IPY_MODEL_{opened[model][0]}" for model in ("DropdownModel", "CheckboxModel", "TextModel")
    ]
    assert outputs[-1][1]["text/plain"] == "of: mean (one of mean, max)\nno\nPenguins"
    change(nb, opened["DropdownModel"][0], index=1)
    change(nb, opened["CheckboxModel"][0], value=True)
    change(nb, opened["TextModel"][0], value="Pinguine 🐧")
    assert nb.run("(kind.value(), log.value(), title.value())") == [
        result('(Some("max"), Some(true), Some("Pinguine 🐧"))')
    ]


def test_interact(nb):
    outputs = nb.run('interact(slider(1..=5).label("n"), |n| n * n);')
    kinds = [output[0] for output in outputs]
    assert kinds == ["comm_open", "display_data", "display_data"]
    assert outputs[1][1]["text/plain"] == "n: 1 (a slider from 1 to 5)"
    assert outputs[2] == display(plain="1")
    comm_id = outputs[0][1]
    [(mine, (kind, name, data))] = change(nb, comm_id, value=4)
    assert not mine and kind == "update_display_data" and data == {"text/plain": "16"}


def test_interact_with_a_frame(nb):
    """Several controls, a variable that is kept, `?`, and a table as the result."""
    nb.run("let penguins = datasets::penguins()?;")
    outputs = nb.run(
        "let frame = penguins.clone();\n"
        'let by = dropdown(["species", "island", "no such column"]).label("by");\n'
        'interact((slider(1..=20).label("rows"), by), move |(rows, by)| {\n'
        "    let counts = frame.clone().lazy().group_by([col(by)]).agg([len().alias(\"n\")]);\n"
        "    counts.sort([\"n\"], Default::default()).limit(rows).collect()\n"
        "});"
    )
    opened = models(outputs)
    assert "text/html" in outputs[-1][1] and "Chinstrap" in outputs[-1][1]["text/plain"]
    [(_, shown)] = change(nb, opened["DropdownModel"][0], index=1)
    assert shown[0] == "update_display_data" and "Torgersen" in shown[2]["text/plain"]
    [(_, shown)] = change(nb, opened["IntSliderModel"][0], value=3)
    assert "Biscoe" in shown[2]["text/html"]
    [(_, shown)] = change(nb, opened["DropdownModel"][0], index=2)
    assert shown[2]["text/plain"].startswith("error: ") and "no such column" in shown[2]["text/plain"]
    [(_, shown)] = change(nb, opened["DropdownModel"][0], index=1)
    assert "Torgersen" in shown[2]["text/plain"]


def test_interact_with_a_chart(nb):
    nb.run("let all = datasets::penguins()?;")
    outputs = nb.run(
        'interact(dropdown(["bill_length_mm", "body_mass_g"]), move |column| {\n'
        '    chart::scatter(&all, "flipper_length_mm", column)\n'
        "});"
    )
    assert "image/svg+xml" in outputs[-1][1]
    [(_, shown)] = change(nb, outputs[0][1], index=1)
    assert "image/svg+xml" in shown[2]


def test_a_panic_in_interact_is_shown_and_the_next_change_counts(nb):
    outputs = nb.run('interact(slider(0..=3), |n| 6 / (n - 1));')
    comm_id = outputs[0][1]
    [(mine, (stream, text))] = change(nb, comm_id, value=1)
    assert not mine and stream == "stderr" and "divide by zero" in text
    [(_, shown)] = change(nb, comm_id, value=3)
    assert shown[2] == {"text/plain": "3"}


def test_a_page_that_is_loaded_again_gets_all_widgets(nb):
    outputs = nb.run('let again = slider(1..=9).label("again");\nagain')
    comm_id, _ = models(outputs)["IntSliderModel"]
    change(nb, comm_id, value=5)
    control = {"comm_id": "control-1", "target_name": "jupyter.widget.control", "data": {}}
    assert nb.say("comm_open", control) == []
    asked = {"comm_id": "control-1", "data": {"method": "request_states"}}
    [(mine, (kind, _, data))] = nb.say("comm_msg", asked)
    assert mine and kind == "comm_msg" and data["method"] == "update_states"
    model = data["states"][comm_id]
    assert model["model_name"] == "IntSliderModel" and model["state"]["value"] == 5
    [(_, (_, _, data))] = nb.say("comm_msg", {"comm_id": comm_id, "data": {"method": "request_state"}})
    assert data["method"] == "update" and data["state"]["value"] == 5
    assert comm_id in nb.ask("comm_info", {"target_name": "jupyter.widget"})["comms"]


def test_a_widget_by_its_name(nb):
    outputs = nb.run(
        'let bar = widgets::Widget::new("FloatProgressModel", "ProgressView", serde_json::json!({ "max": 10.0 }));\n'
        'display(&bar);\nbar.set("value", 2.5.into());'
    )
    comm_id, state = models(outputs)["FloatProgressModel"]
    assert state["_view_name"] == "ProgressView" and state["max"] == 10
    data = {"method": "update", "state": {"value": 2.5}, "buffer_paths": []}
    assert outputs[-1] == ("comm_msg", comm_id, data)


def test_messages_name_the_version_of_the_widgets_protocol(nb):
    nb.client.execute('button("x")')
    while True:
        message = nb.client.get_iopub_msg(timeout=PATIENCE)
        if message["msg_type"] == "comm_open":
            break
    assert message["metadata"] == {"version": "2.1.0"}
    assert json.dumps(message["content"])
    nb.client.get_shell_msg(timeout=PATIENCE)
