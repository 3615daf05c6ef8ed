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
        self.starts, self.cells, self.tours, self.memory = {}, [], {}, {}
        self.notes = []

    def cell(self, group, name, times):
        self.cells.append({"group": group, "name": name, "seconds": times})

    def print(self):
        print_row = lambda *columns: print("| " + " | ".join(columns) + " |")
        load = " ".join(f"{value:.1f}" for value in self.facts["load"])
        print(f"\n{self.facts['date']} · {self.facts['cpu']} × {self.facts['cores']} · {self.facts['rustc']}")
        print(f"load average at the beginning {load}; medians of {self.facts['repeats']} runs, in milliseconds\n")
        if self.missing:
            print(f"evcxr: {self.missing}\n")
        self._print_starts(print_row)
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

    def _print_cells(self, row):
        if not self.cells:
            return
        row("group", "cell", *CONTENDERS.values(), "loaded ÷ ferrite", "empty ÷ ferrite", "ferrite ÷ rustc")
        row("---", "---", *["---:"] * (len(CONTENDERS) + 3))
        for cell in self.cells:
            times = {name: cell["seconds"].get(name) for name in CONTENDERS}
            row(
                cell["group"], cell["name"], *[ms(times[name]) for name in CONTENDERS],
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
        print("Summary (medians; the bars are those of the project's second issue)")
        for group in dict.fromkeys(cell["group"] for cell in self.cells):
            parts = []
            for name, title in CONTENDERS.items():
                times = self._medians(group, name)
                if times:
                    parts.append(f"{title} {ms(times)} ms")
            print(f"  {group}: " + ", ".join(parts))
            for name, bar in (("evcxr", 8.0), ("evcxr_empty", 2.5)):
                counts = group in ("trivial", "dataframe") if name == "evcxr" else group == "trivial"
                self._print_ratio(group, name, bar if counts else None)
        if "ferrite" in self.starts:
            answer = median(self.starts["ferrite"]["answer"])
            print(f"  first answer: {verdict(answer <= 1.0)} {answer * 1000:.0f} ms, bar 1000 ms")
        ours, python = self.tours.get("ferrite, cached"), self.tours.get("ipykernel")
        if isinstance(ours, list) and isinstance(python, list):
            faster = median(python) / median(ours)
            print(f"  tour, unchanged: {verdict(faster > 1)} {faster:.1f} times faster than Python, bar 1")

    def _print_ratio(self, group, name, bar):
        ratios = [
            median(cell["seconds"][name]) / median(cell["seconds"]["ferrite"])
            for cell in self.cells
            if cell["group"] == group and cell["seconds"].get(name) and cell["seconds"].get("ferrite")
        ]
        if not ratios:
            return
        text = f"{median(ratios):.1f} times faster than {CONTENDERS[name]} (from {min(ratios):.1f} to {max(ratios):.1f})"
        print(f"    {verdict(median(ratios) >= bar)} {text}, bar {bar:g}" if bar else f"    {text}")

    def _medians(self, group, name):
        cells = (cell["seconds"].get(name) for cell in self.cells if cell["group"] == group)
        return [median(times) for times in cells if times]

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        data = self.facts | {
            "evcxr_missing": self.missing, "notes": self.notes, "unit": "seconds", "starts": self.starts,
            "cells": self.cells, "tours": self.tours, "memory_megabytes": self.memory,
        }
        path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
        print(f"\nall numbers: {path}")


def ms(times):
    return f"{median(times) * 1000:.0f}" if times else "–"


def ratio(slow, quick):
    return f"{median(slow) / median(quick):.1f} ×" if slow and quick else "–"


def verdict(reached):
    return "reached:" if reached else "MISSED:"
