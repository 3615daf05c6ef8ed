"""*Restart & Run All*: a whole notebook, from the start of the kernel to the last cell's idle."""

from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
RUST = HERE.parents[1] / "notebooks" / "01_tour.ipynb"
#: The same steps with pandas, scikit-learn and matplotlib.
PYTHON = HERE / "tour_python.ipynb"
#: The same steps as far as polars, linfa and plotters go by themselves.
EVCXR = HERE / "tour_evcxr.ipynb"


def cells(path):
    notebook = nbformat.read(path, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def run(kernel, sources):
    """Runs the cells; returns the seconds since the process was started."""
    for source in sources:
        kernel.run(source)
    return kernel.since_spawn()
