"""Measures how long cells take: Ferrite, evcxr, bare rustc, and Python's kernel.

Run by `cargo bench --bench cell_latency` (see `cell_latency.rs`). Everybody
takes turns at every cell, so that a busy moment of the machine hits all alike.
Nothing here fails because of a time: it prints what is.
"""

import argparse
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import bare
import cells
import kernels
import machine
import report
import tours
from classic import NOTE, Classic, say

NOTEBOOKS = tours.RUST.parent


def arguments():
    parser = argparse.ArgumentParser(prog="cargo bench --bench cell_latency --", description=__doc__.split("\n")[0])
    parser.add_argument("--ferrite", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--target", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--classic", type=Path, help="evcxr's kernel")
    parser.add_argument("--no-evcxr", action="store_true", help="leave evcxr out")
    parser.add_argument("--build-evcxr", action="store_true", help="only build the libraries that evcxr needs")
    parser.add_argument("--quick", action="store_true", help="2 runs of everything instead of 7")
    parser.add_argument("--repeats", type=int, help="runs of everything")
    parser.add_argument("--only", nargs="+", metavar="PART", help="start, cold, tour, or groups of cells")
    options = parser.parse_args()
    options.repeats = options.repeats or (2 if options.quick else 7)
    return options


class Bench:
    def __init__(self, options, classic, results):
        self.options, self.classic, self.results = options, classic, results
        self.compiler = bare.rustc()
        self.scratch = tempfile.TemporaryDirectory(prefix="ferrite-bench-")
        self.folders = 0

    def wanted(self, part):
        return not self.options.only or part in self.options.only

    def ferrite(self, cache=None):
        """Our kernel; its compile cache is empty unless one is given."""
        return kernels.ferrite(self.options.ferrite, NOTEBOOKS, cache or self.new_folder())

    def new_folder(self):
        self.folders += 1
        return Path(self.scratch.name) / str(self.folders)

    def warm_up(self):
        """Brings prelude and compiler into the page cache, uncounted; sets Ferrite up if need be."""
        say("warming up")
        with self.ferrite().start() as kernel:
            kernel.run(cells.PREPARE_OURS, limit=3600)
        with kernels.ipykernel(tours.HERE).start() as kernel:
            tours.run(kernel, tours.cells(tours.PYTHON))

    def run_starts(self):
        """From the start of the process to the first answer."""
        makers = {"ferrite": self.ferrite, "ipykernel": lambda: kernels.ipykernel(NOTEBOOKS)}
        if self.classic:
            makers["evcxr"] = self.classic.empty
        for name in makers:
            self.results.starts[name] = {"ready": [], "answer": []}
        for turn in range(self.options.repeats):
            for name, make in makers.items():
                say(f"start {turn + 1} of {self.options.repeats} · {name}")
                with make().start() as kernel:
                    kernel.run("1 + 1")
                    self.results.starts[name]["answer"].append(kernel.since_spawn())
                    self.results.starts[name]["ready"].append(kernel.ready)

    def run_cold(self):
        """The first cells of a kernel whose files are not in the page cache, as after a start of the machine."""
        times = {"ready": [], "first": [], "second": []}
        # What a cell reads: the compiler, the prelude and the metadata of its crates.
        folders = [self.compiler.parents[1] / "lib", self.options.target / "ferrite",
                   self.options.ferrite.parent / "deps"]
        for turn in range(min(self.options.repeats, 3)):
            dropped = machine.drop_from_page_cache(folders)
            say(f"cold {turn + 1} · {dropped} MB dropped from the page cache")
            with self.ferrite().start() as kernel:
                times["ready"].append(kernel.ready)
                times["first"].append(kernel.run(cells.FIRST.replace("@N", "1")).seconds)
                times["second"].append(kernel.run(cells.FIRST.replace("@N", "2")).seconds)
        self.results.cold = times

    def run_cells(self):
        """Every cell in every kernel, in turns."""
        chosen = [cell for cell in cells.CELLS if self.wanted(cell.group)]
        if not chosen:
            return
        with ExitStack() as stack:
            running = {"ferrite": stack.enter_context(self.ferrite().start())}
            running["ferrite"].run(cells.PREPARE_OURS)
            if self.classic:
                running["evcxr"], seconds = self.classic.load()
                stack.enter_context(running["evcxr"])
                running["evcxr"].run(cells.PREPARE_EVCXR)
                running["evcxr_empty"] = stack.enter_context(self.classic.empty().start())
                self.note_dependencies(seconds)
            prepared = False
            for cell in chosen:
                if not prepared and cell.group not in cells.WITHOUT_LIBRARIES:
                    self.prepare(running)
                    prepared = True
                self.results.cell(cell.group, cell.name, *self.measure(cell, running))
            for name, kernel in running.items():
                self.results.memory[f"{report.CONTENDERS[name]}, after the cells"] = kernel.memory()

    def note_dependencies(self, seconds):
        first = self.classic.built()
        self.results.facts["evcxr_dependencies_first_build"] = first["seconds"]
        self.results.facts["evcxr_dependencies_built_before"] = seconds
        self.results.notes += [
            NOTE,
            f"evcxr's `:dep` cell took {first['seconds'] / 60:.0f} min when it was built, {seconds:.1f} s now",
        ]

    def prepare(self, running):
        for name in ("ferrite", "evcxr"):
            if name in running:
                for code in cells.PREPARE:
                    running[name].run(code)

    def measure(self, cell, running):
        times, cpu = {name: [] for name in report.CONTENDERS}, []
        for turn in range(self.options.repeats + cell.cached):
            say(f"{cell.group} · {cell.name} · {turn + 1}")
            for name in times:
                answer = self.once(cell, name, running, turn + 1)
                if answer is not None and not (cell.cached and turn == 0):
                    times[name].append(answer.seconds)
                    if name == "ferrite":
                        cpu.append(answer.cpu)
        return times, cpu

    def once(self, cell, name, running, number):
        """One run of a cell, or `None` where it cannot run."""
        if name == "rustc":
            code = cell.for_rustc(number)
            return kernels.Answer(bare.seconds(self.compiler, code)) if code else None
        if name not in running or (name == "evcxr_empty" and cell.group not in cells.WITHOUT_LIBRARIES):
            return None
        code = cell.for_ours(number) if name == "ferrite" else cell.for_evcxr(number)
        if not code:
            return None
        try:
            return running[name].run(code)
        except kernels.KernelFailed as error:
            say(str(error))
            self.results.notes.append(f"{cell.group}, {cell.name}: failed in {report.CONTENDERS[name]}")
            return None

    def run_tours(self):
        """Restart & Run All, everybody in turns."""
        ours, python = tours.cells(tours.RUST), tours.cells(tours.PYTHON)
        cold, cached, pandas = [], [], []
        for turn in range(self.options.repeats):
            say(f"tour {turn + 1} of {self.options.repeats}")
            cache = self.new_folder()
            for times in (cold, cached):
                with self.ferrite(cache).start() as kernel:
                    times.append(tours.run(kernel, ours))
                    self.results.memory["ferrite, after the tour"] = kernel.memory()
            with kernels.ipykernel(tours.HERE).start() as kernel:
                pandas.append(tours.run(kernel, python))
                self.results.memory["ipykernel, after the tour"] = kernel.memory()
        self.results.tours |= {"ferrite, cold": cold, "ferrite, cached": cached, "ipykernel": pandas}
        self.results.tours["evcxr, libraries built before"] = self.evcxr_tour() or self.results.missing

    def evcxr_tour(self):
        if not self.classic:
            return None
        times = []
        # It takes some 40 s each time and hardly varies.
        for _ in range(min(self.options.repeats, 3)):
            say("tour · evcxr")
            with self.classic.load()[0] as kernel:
                times.append(tours.run(kernel, tours.cells(tours.EVCXR)))
        self.results.notes.append("evcxr's tour is tests/bench/tour_evcxr.ipynb: ours without the pipeline")
        return times


def main():
    options = arguments()
    missing, classic = None, None
    if options.no_evcxr:
        missing = "left out (--no-evcxr)"
    elif options.classic is None:
        missing = "not installed: ferrite install --classic"
    else:
        classic = Classic(options.classic, options.target, tours.HERE)
    if options.build_evcxr:
        if classic:
            classic.load()[0].stop()
        return
    facts = report.machine(bare.rustc()) | {"repeats": options.repeats}
    results = report.Results(facts, missing)
    bench = Bench(options, classic, results)
    try:
        bench.warm_up()
        if bench.wanted("start"):
            bench.run_starts()
        if bench.wanted("cold"):
            bench.run_cold()
        bench.run_cells()
        if bench.wanted("tour"):
            bench.run_tours()
    finally:
        shutil.rmtree(bench.scratch.name, ignore_errors=True)
    facts["load_at_the_end"] = os.getloadavg()
    results.print()
    results.write(options.target / "ferrite-bench" / "cell_latency.json")


if __name__ == "__main__":
    main()
