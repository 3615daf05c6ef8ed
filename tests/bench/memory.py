"""What an idle kernel holds in memory, beside ipykernel with the same libraries imported.

    ferrite setup
    python tests/bench/memory.py --ferrite target/release/ferrite [--python PYTHON]

needs `requirements.txt` of this folder, in the environment of PYTHON as well if that
is another one. Every kernel is started alone, imports its libraries, runs a few cells
and is left alone for some seconds. Then all processes that belong to it are counted,
pages that several of them have by share (PSS).
"""

import argparse
import sys
import time
from pathlib import Path

from kernels import Spec
from machine import memory_shares

FERRITE = ["use ferrite::prelude::*;\nuse polars::prelude::*;", "let a = 1;", "a + 1"]
FRAME = ["let penguins = datasets::penguins()?;", "penguins"]
PYTHON = ["import pandas, sklearn.linear_model, matplotlib.pyplot", "a = 1", "a + 1"]
#: How long a kernel is left alone, in seconds.
REST = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ferrite", type=Path, required=True)
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    ferrite = [options.ferrite.resolve(), "kernel", "-f", "{file}"]
    python = [options.python, "-m", "ipykernel_launcher", "-f", "{file}"]
    said = "pandas, scikit-learn and matplotlib imported"
    for name, argv, cells in (
        ("Ferrite, nothing run", ferrite, []),
        ("Ferrite, polars, linfa and plotters there", ferrite, FERRITE),
        ("Ferrite, a frame loaded and shown", ferrite, FERRITE + FRAME),
        ("ipykernel, nothing run", python, []),
        (f"ipykernel, {said}", python, PYTHON),
    ):
        with Spec(name, argv).start() as kernel:
            for cell in cells:
                kernel.run(cell)
            time.sleep(REST)
            shares = memory_shares(kernel.process.pid)
        parts = ", ".join(f"{program} {share:.0f}" for program, share in sorted(shares.items()))
        print(f"{name + ':':<66}{sum(shares.values()):>5.0f} MB ({parts})")


if __name__ == "__main__":
    main()
