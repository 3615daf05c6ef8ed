"""The notebooks that come along, executed by nbclient as JupyterLab and nbconvert execute them."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from client import PATIENCE

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


@cache
def executed(name):
    """A notebook after all of its cells have run, each of them once for all tests."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="ferrite",
        timeout=PATIENCE,
        startup_timeout=PATIENCE,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    # Raises an error with the whole story if a cell fails.
    return client.execute()


@pytest.fixture
def tour():
    return executed("01_tour")


@pytest.fixture
def frames():
    return executed("03_frames")


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def formats(notebook, mime):
    return [output.data[mime] for output in outputs(notebook) if mime in output.get("data", {})]


def texts(notebook):
    streams = [o.text for o in outputs(notebook) if o.output_type == "stream"]
    return "\n".join(streams + formats(notebook, "text/plain"))


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_was_run_and_none_failed(name):
    notebook = executed(name)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [o for o in outputs(notebook) if o.output_type == "error"] == []
    assert [o for o in outputs(notebook) if o.get("name") == "stderr"] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_result_is_a_valid_notebook(name):
    nbformat.validate(executed(name))


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_are_kept_without_outputs(name):
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    assert outputs(notebook) == []


def test_frames_are_looked_at_profiled_and_joined(frames):
    told = texts(frames)
    assert "344 rows × 8 columns" in told and "19 values missing" in told
    assert "258 rows × 8 columns" in told and "86 rows × 8 columns" in told
    assert 'did you mean "flipper_length_mm"?' in told
    assert "ExpressJet" in told
    assert len(formats(frames, "image/svg+xml")) == 3
    assert all("<script" not in page for page in formats(frames, "text/html"))


def test_frames_are_tables(tour):
    tables = formats(tour, "text/html")
    assert any("<table" in table for table in tables)
    assert "344 rows × 8 columns" in texts(tour)


def test_charts_are_svg(tour):
    charts = formats(tour, "image/svg+xml")
    assert len(charts) >= 2
    assert all("<svg" in chart for chart in charts)


def test_the_models_are_good(tour):
    accuracies = [float(a) for a in re.findall(r"accuracy:?\s+([01]\.\d+)", texts(tour))]
    assert len(accuracies) >= 2, texts(tour)
    assert all(accuracy > 0.9 for accuracy in accuracies), accuracies
