"""evcxr with libraries loaded.

`:dep polars` compiles for many minutes, so it is a step of its own whose
result stays: evcxr works in the folder `EVCXR_TMPDIR` and does not clean it up,
and cargo finds there what it has built before. Two things would still make it
build again: evcxr starts every kernel with a `Cargo.toml` without dependencies,
which empties the lock file, and newer versions may have come out since. So the
workspace's own lock file is put in place before `:dep`; with it evcxr also gets
the very versions that our kernel has.
"""

import json
import shutil
import sys
import time
import tomllib
from pathlib import Path

import bare
import kernels

ROOT = Path(__file__).resolve().parents[2]
# What the cells and the tour need of polars; the less, the shorter the build
# and the quicker evcxr's cells, which link all of it every time.
POLARS = {"fmt", "dtype-slim", "csv", "lazy", "zip_with", "strings"}
PLOTTERS = {"svg_backend", "all_series", "all_elements", "evcxr"}
OTHERS = ["ndarray", "linfa", "linfa-bayes", "linfa-logistic"]
NOTE = "evcxr's polars has fewer features than ours (" + ", ".join(sorted(POLARS)) + "), in its favour"


def dependencies():
    """The cell that loads the libraries, with the workspace's versions."""
    table = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["dependencies"]
    lines = [_line("polars", table["polars"], POLARS), _line("plotters", table["plotters"], PLOTTERS)]
    lines += [f':dep {name} = "{_version(table[name])}"' for name in OTHERS]
    return "\n".join(lines)


def _line(name, entry, wanted):
    features = json.dumps([feature for feature in entry["features"] if feature in wanted])
    version = entry["version"]
    return f':dep {name} = {{ version = "{version}", default-features = false, features = {features} }}'


def _version(entry):
    """Ours have serde, to be saved; no cell of the bench asks for it."""
    return entry if isinstance(entry, str) else entry["version"]


class Classic:
    """evcxr's program with a folder for each of the ways it is run."""

    def __init__(self, program, target, cwd):
        self.program, self.dir, self.cwd = program, target / "ferrite-bench-evcxr", cwd
        self.loaded_dir = self.dir / "loaded"
        # A person's own evcxr settings would change what is measured.
        self.config = self.dir / "config"
        self.config.mkdir(parents=True, exist_ok=True)
        self.libstd = bare.libstd()

    def empty(self):
        """A kernel without libraries, in a folder without earlier results, as Jupyter starts it."""
        folder = self.dir / "empty"
        shutil.rmtree(folder, ignore_errors=True)
        return kernels.evcxr(self.program, self.cwd, folder, self.config, self.libstd)

    def load(self):
        """Starts a kernel and loads the libraries; returns it with the seconds that took."""
        self.loaded_dir.mkdir(parents=True, exist_ok=True)
        kernel = kernels.evcxr(self.program, self.cwd, self.loaded_dir, self.config, self.libstd).start()
        try:
            shutil.copy(ROOT / "Cargo.lock", self.loaded_dir / "Cargo.lock")
            if not self.built():
                say("building evcxr's dependencies: some 20 minutes, once")
            begin = time.monotonic()
            kernel.run(dependencies(), limit=3 * 3600, progress=lambda: self._progress(begin))
            seconds = time.monotonic() - begin
            if not self.built():
                record = {"dependencies": dependencies(), "seconds": seconds}
                self._record().write_text(json.dumps(record, indent=1))
        except BaseException:
            kernel.stop()
            raise
        return kernel, seconds

    def built(self):
        """What is known of the first build, if it was of these dependencies."""
        try:
            record = json.loads(self._record().read_text())
        except (OSError, ValueError):
            return None
        return record if record["dependencies"] == dependencies() else None

    def _record(self):
        return self.dir / "built.json"

    def _progress(self, begin):
        crates = sum(1 for _ in self.loaded_dir.glob("target/*/debug/deps/*.rlib"))
        minutes, seconds = divmod(int(time.monotonic() - begin), 60)
        say(f"evcxr :dep · {crates} crates · {minutes}:{seconds:02}")


def say(text):
    print(text, file=sys.stderr, flush=True)
