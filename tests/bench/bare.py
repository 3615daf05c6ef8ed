"""What rustc alone takes for a cell: the floor that no kernel can go below."""

import subprocess
import tempfile
import time
from pathlib import Path

# The least that a cell needs: a dynamic library that links to libstd, not
# optimised, without debug information.
FLAGS = ["--edition", "2024", "--crate-name", "cell", "--crate-type", "cdylib", "--cap-lints", "allow",
         "-C", "prefer-dynamic", "-C", "opt-level=0", "-C", "debuginfo=0", "-C", "codegen-units=1"]


def rustc():
    """The compiler itself; rustup's stand-in for it costs time at every start."""
    return Path(_print("sysroot")) / "bin" / "rustc"


def libstd():
    """The folder of libstd."""
    return _print("target-libdir")


def _print(what):
    output = subprocess.run(["rustc", "--print", what], capture_output=True, text=True, check=True)
    return output.stdout.strip()


def seconds(compiler, code):
    """Compiles and links `code` once."""
    with tempfile.TemporaryDirectory(prefix="ferrite-bench-") as folder:
        (Path(folder) / "cell.rs").write_text(code)
        begin = time.perf_counter()
        subprocess.run([compiler, "cell.rs", *FLAGS], cwd=folder, check=True)
        return time.perf_counter() - begin
