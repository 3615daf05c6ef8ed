"""The tour, executed by nbclient as JupyterLab and nbconvert execute it."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from client import PATIENCE

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="module")
def tour():
    notebook = nbformat.read(NOTEBOOKS / "01_tour.ipynb", as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="ferrite",
        timeout=PATIENCE,
        startup_timeout=PATIENCE,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    # Raises an error with the whole story if a cell fails.
    return client.execute()


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def formats(notebook, mime):
    return [output.data[mime] for output in outputs(notebook) if mime in output.get("data", {})]


def texts(notebook):
    streams = [o.text for o in outputs(notebook) if o.output_type == "stream"]
    return "\n".join(streams + formats(notebook, "text/plain"))


def test_every_cell_was_run_and_none_failed(tour):
    code = [cell for cell in tour.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [o for o in outputs(tour) if o.output_type == "error"] == []
    assert [o for o in outputs(tour) if o.get("name") == "stderr"] == []


def test_the_result_is_a_valid_notebook(tour):
    nbformat.validate(tour)


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
