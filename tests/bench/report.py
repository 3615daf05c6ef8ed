"""What the bench prints and writes: tables, the summary against the bars, JSON."""

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path
from statistics import median

#: Who is measured, in the order of the columns.
CONTENDERS = {
    "ferrite": "ferrite",
    "evcxr": "evcxr, loaded",
    "evcxr_empty": "evcxr, empty",
    "rustc": "bare rustc",
}


#: What each group must reach, from points 16 and 17 of the project's third issue: how many
#: times bare rustc's time it may take, how many times faster than loaded evcxr it must be,
#: how many milliseconds of CPU a cell may cost.
BARS = {
    "trivial": {"rustc": 1.5, "evcxr": 12.0},
    "dataframe": {"cpu": 250, "evcxr": 15.0},
}
#: The fit that must compile within some milliseconds of CPU.
FIT, FIT_CPU = "our pipeline, fit", 300
#: Milliseconds from the start until a kernel is ready, and from then on until the first answer.
READY, FIRST = 150, 300
#: By how much the first cell may be slower than the second when nothing is in the page cache.
COLD = 3000


def machine(compiler):
    """Where and when the numbers were made."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True)
    return {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "cpu": model,
        "cores": os.cpu_count(),
        "rustc": version.stdout.strip(),
        "load": os.getloadavg(),
    }


class Results:
    """All times in seconds, each the list of its repeats."""

    def __init__(self, facts, missing):
        self.facts = facts
        #: Why evcxr has no numbers, if it has none.
        self.missing = missing
        self.starts, self.cold, self.cells, self.tours, self.memory = {}, {}, [], {}, {}
        self.notes = []

    def cell(self, group, name, times, cpu):
        self.cells.append({"group": group, "name": name, "seconds": times, "cpu_seconds": cpu})

    def print(self):
        print_row = lambda *columns: print("| " + " | ".join(columns) + " |")
        load = " ".join(f"{value:.1f}" for value in self.facts["load"])
        print(f"\n{self.facts['date']} · {self.facts['cpu']} × {self.facts['cores']} · {self.facts['rustc']}")
        print(f"load average at the beginning {load}; medians of {self.facts['repeats']} runs, in milliseconds\n")
        if self.missing:
            print(f"evcxr: {self.missing}\n")
        self._print_starts(print_row)
        self._print_cold(print_row)
        self._print_cells(print_row)
        self._print_tours(print_row)
        for note in self.notes:
            print(f"note: {note}")
        self._print_summary()

    def _print_starts(self, row):
        if not self.starts:
            return
        row("kernel", "start → kernel_info", "start → first `1 + 1`")
        row("---", "---:", "---:")
        for name, times in self.starts.items():
            row(name, ms(times["ready"]), ms(times["answer"]))
        print()

    def _print_cold(self, row):
        if not self.cold:
            return
        row("nothing in the page cache", "ms")
        row("---", "---:")
        row("start → kernel_info", ms(self.cold["ready"]))
        row("the first cell, with the prelude", ms(self.cold["first"]))
        row("the second", ms(self.cold["second"]))
        print()

    def _print_cells(self, row):
        if not self.cells:
            return
        row(
            "group", "cell", *CONTENDERS.values(), "ferrite, CPU", "loaded ÷ ferrite", "empty ÷ ferrite",
            "ferrite ÷ rustc",
        )
        row("---", "---", *["---:"] * (len(CONTENDERS) + 4))
        for cell in self.cells:
            times = {name: cell["seconds"].get(name) for name in CONTENDERS}
            row(
                cell["group"], cell["name"], *[ms(times[name]) for name in CONTENDERS], ms(cell["cpu_seconds"]),
                ratio(times["evcxr"], times["ferrite"]), ratio(times["evcxr_empty"], times["ferrite"]),
                ratio(times["ferrite"], times["rustc"]),
            )
        print()

    def _print_tours(self, row):
        if self.tours:
            row("Restart & Run All of the tour", "ms")
            row("---", "---:")
            for name, times in self.tours.items():
                row(name, times if isinstance(times, str) else ms(times))
            print()
        if self.memory:
            row("resident memory, all processes of a kernel", "MB")
            row("---", "---:")
            for name, megabytes in self.memory.items():
                row(name, f"{megabytes:.0f}")
            print()

    def _print_summary(self):
        print("Summary (medians; the bars are those of the project's third issue, points 16 and 17)")
        self._print_starts_beside_bars()
        for group in dict.fromkeys(cell["group"] for cell in self.cells):
            parts = []
            for name, title in CONTENDERS.items():
                times = self._medians(group, name)
                if times:
                    parts.append(f"{title} {ms(times)} ms")
            cpu = self._cpu(group)
            if cpu:
                parts.append(f"of CPU {ms(cpu)} ms")
            print(f"  {group}: " + ", ".join(parts))
            self._print_group(group, BARS.get(group, {}))
        for cell in self.cells:
            if cell["name"] == FIT and cell["cpu_seconds"]:
                line(median(cell["cpu_seconds"]) * 1000, FIT_CPU, f"{FIT}: # ms of CPU to compile")
        ours, python = self.tours.get("ferrite, cached"), self.tours.get("ipykernel")
        if isinstance(ours, list) and isinstance(python, list):
            line(median(ours) / median(python), 1, "tour, unchanged: # times what Python takes")

    def _print_starts_beside_bars(self):
        if "ferrite" in self.starts:
            ready, answer = self.starts["ferrite"]["ready"], self.starts["ferrite"]["answer"]
            after = [there - before for before, there in zip(ready, answer)]
            line(median(ready) * 1000, READY, "the kernel is ready after # ms")
            line(median(after) * 1000, FIRST, "the first cell # ms after that")
        if self.cold:
            slower = [first - second for first, second in zip(self.cold["first"], self.cold["second"])]
            line(median(slower) * 1000, COLD, "nothing in the page cache: the first cell is # ms slower than the second")

    def _print_group(self, group, bars):
        if "cpu" in bars and self._cpu(group):
            line(median(self._cpu(group)) * 1000, bars["cpu"], "# ms of CPU", indent=4)
        slower = self._ratios(group, "ferrite", "rustc")
        if slower:
            line(median(slower), bars.get("rustc"), "# times what bare rustc takes" + spread(slower), indent=4)
        for name in ("evcxr", "evcxr_empty"):
            faster = self._ratios(group, name, "ferrite")
            if faster:
                text = f"# times faster than {CONTENDERS[name]}{spread(faster)}"
                line(median(faster), bars.get(name), text, least=True, indent=4)
            elif name in bars:
                print(f"    not measured: {bars[name]:g} times faster than {CONTENDERS[name]} ({self.missing})")

    def _ratios(self, group, slow, quick):
        """For each cell of a group how many times one takes what another does."""
        cells = [cell["seconds"] for cell in self.cells if cell["group"] == group]
        return [median(cell[slow]) / median(cell[quick]) for cell in cells if cell.get(slow) and cell.get(quick)]

    def _cpu(self, group):
        cells = (cell["cpu_seconds"] for cell in self.cells if cell["group"] == group)
        return [median(times) for times in cells if times]

    def _medians(self, group, name):
        cells = (cell["seconds"].get(name) for cell in self.cells if cell["group"] == group)
        return [median(times) for times in cells if times]

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        data = self.facts | {
            "evcxr_missing": self.missing, "notes": self.notes, "unit": "seconds", "starts": self.starts,
            "cold": self.cold, "cells": self.cells, "tours": self.tours, "memory_megabytes": self.memory,
        }
        path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
        print(f"\nall numbers: {path}")


def ms(times):
    return f"{median(times) * 1000:.0f}" if times else "–"


def ratio(slow, quick):
    return f"{median(slow) / median(quick):.1f} ×" if slow and quick else "–"


def spread(values):
    return f" (from {min(values):.1f} to {max(values):.1f})"


def line(value, bar, text, least=False, indent=2):
    """Prints a value where `#` stands, with whether its bar is met, and by how much."""
    shown = f"{value:.1f}" if value < 100 else f"{value:.0f}"
    text = text.replace("#", shown)
    if bar is None:
        print(" " * indent + text)
        return
    met = value >= bar if least else value <= bar
    word = "at least" if least else "at most"
    print(f"{' ' * indent}{'met:   ' if met else 'MISSED:'} {text}; bar {word} {bar:g}, {value / bar:.2f} of it")
