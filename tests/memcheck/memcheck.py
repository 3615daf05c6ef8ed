"""Variables that borrow, with the worker under valgrind's memcheck.

    python3 tests/memcheck/memcheck.py --record TARGET/ferrite/…/toolchain.json --cells TARGET/release/examples/cells

Runs random notebooks of owners and borrowers: made, used, changed, moved,
shadowed, dropped, with panics and errors between. Ends with 1 if memcheck sees
an invalid read, write or free, or if it does not see the one that is put in at
the end on purpose. `--seed` and `--count` choose the notebook and its length.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Owners by kind, with borrowers of them and changes to them.
KINDS = {
    "list": ("vec![String::from(\"a\"), String::from(\"bc\"), \"x\".repeat({n})]",
             ["&{o}[1..]", "{o}.iter()", "{o}.first().unwrap().as_str()", "{o}.iter().map(|s| s.as_str()).collect::<Vec<&str>>()", "&{o}"],
             ["{o}.push(String::from(\"new\"));", "{o}.clear();", "{o}[0].push('!');", "{o}.truncate(1);"]),
    "text": ("\"some text \".repeat({n})",
             ["&{o}[2..4]", "{o}.chars()", "{o}.split(' ').collect::<Vec<_>>()", "{o}.as_bytes()", "{o}.trim()"],
             ["{o}.push('+');", "{o}.insert_str(0, \"ab\");", "{o}.shrink_to_fit();"]),
    "map": ("(0..{n}).map(|i| (i, format!(\"v{{i}}\"))).collect::<std::collections::BTreeMap<i32, String>>()",
            ["{o}.get(&0).unwrap()", "{o}.keys()", "{o}.values().collect::<Vec<&String>>()", "{o}.range(0..2)"],
            ["{o}.insert(99, String::from(\"z\"));", "{o}.remove(&0);"]),
    "boxed": ("Box::new((1, vec![{n}; 3], String::from(\"in a box\")))",
              ["&{o}.1", "{o}.2.as_str()", "&{o}.1[..]"],
              ["{o}.1.push(4);", "{o}.2.clear();"]),
}
# What says that a value is whole: reads all of it.
LOOK = "println!(\"{}\", format!(\"{:?}\", %s).len());"


def cells(seed, count):
    """A random notebook."""
    choose = random.Random(seed)
    owners, borrowers = {}, {}
    made = []

    def owner():
        return choose.choice(sorted(owners)) if owners else None

    def end(name):
        for borrower in [b for b, of in borrowers.items() if of == name]:
            borrowers.pop(borrower)

    while len(made) < count:
        step = choose.randrange(12)
        name = owner()
        if step <= 1 or name is None:
            new, kind = f"owner_{choose.randrange(5)}", choose.choice(sorted(KINDS))
            end(new)
            owners[new] = kind
            made.append(f"let mut {new} = {KINDS[kind][0].format(n=choose.randrange(1, 50))};")
            continue
        _, looks, changes = KINDS[owners[name]]
        if step <= 5:
            new = f"look_{choose.randrange(6)}"
            borrowers[new] = name
            made.append(f"let {new} = {choose.choice(looks).format(o=name)};")
        elif step <= 8 and borrowers:
            new = choose.choice(sorted(borrowers))
            made.append(LOOK % f"{new}.clone()" + "\n" + LOOK % f"&{borrowers[new]}")
        elif step == 9:
            end(name)
            made.append(choose.choice(changes).format(o=name))
        elif step == 10:
            end(name)
            kind = owners.pop(name)
            other = f"owner_{choose.randrange(5)}"
            end(other)
            if other != name and choose.random() < 0.7:
                owners[other] = kind
                made.append(f"let mut {other} = {name};")
            else:
                made.append(f"drop({name});")
        else:
            made.append(LOOK % f"&{name}" + choose.choice(["\npanic!(\"on purpose\");", "\n\"x\".parse::<i32>()?;", ""]))
    return made


MISTAKE = "let dangling = { let v = vec![7u64; 10]; v.as_ptr() };\nprintln!(\"{}\", unsafe { std::ptr::read_volatile(dangling) });"
ERROR = re.compile(r"==\d+== (Invalid (?:read|write|free)|Mismatched free|Conditional jump|Use of uninit|Source and destination)")


def run(arguments, folder, notebook):
    """The errors that memcheck sees in a notebook, and what the notebook printed."""
    record = json.loads(Path(arguments.record).read_text(encoding="utf-8"))
    wrapper = folder / "worker"
    log = folder / "memcheck.log"
    log.unlink(missing_ok=True)
    wrapper.write_text(
        f"#!/bin/sh\nexec valgrind --error-limit=no --num-callers=20 --log-file={log} "
        f"--child-silent-after-fork=yes {record['toolchain']['worker']} \"$@\"\n"
    )
    wrapper.chmod(0o755)
    record["toolchain"]["worker"] = str(wrapper)
    copy = folder / "toolchain.json"
    copy.write_text(json.dumps(record))
    file = folder / "cells.rs"
    file.write_text("// %%\n".join(cell + "\n" for cell in notebook))
    done = subprocess.run([arguments.cells, copy, file], capture_output=True, text=True, check=True, env={**os.environ})
    return [line for line in log.read_text(errors="replace").splitlines() if ERROR.search(line)], done.stdout, log


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", required=True)
    parser.add_argument("--cells", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=150)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        notebook = cells(arguments.seed, arguments.count)
        errors, said, log = run(arguments, folder, notebook)
        used = len(re.findall(r"^Stdout: \d+", said, re.M))
        dropped = len(re.findall(r"was dropped", said))
        refused = len(re.findall(r"^E0\d+:", said, re.M))
        print(f"{len(notebook)} cells: {used} looks, {dropped} borrowers dropped, {refused} cells refused, {len(errors)} errors")
        if errors:
            print(log.read_text(errors="replace"))
        caught, _, _ = run(arguments, folder, [MISTAKE])
        print(f"a mistake on purpose: {len(caught)} errors")
        sys.exit(bool(errors) or not caught)


main()
