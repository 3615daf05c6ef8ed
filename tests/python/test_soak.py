"""A long session: a random walk of cells beside a model of what they must leave.

FERRITE_SOAK says how many cells (150 if nothing is said), FERRITE_SOAK_SEED
which walk. A failure names both.
"""

import os
import random
import time
from dataclasses import dataclass

import pytest

from client import descendants, result

CELLS = int(os.environ.get("FERRITE_SOAK", "150"))
SEED = int(os.environ.get("FERRITE_SOAK_SEED", "1"))
# Resident, in megabytes, of the kernel and of its worker each.
MOST_MEMORY = 1500

NAMES = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "größe", "r#type"]
CLOSURES = ["add", "scale"]
VIEWS = ["view", "sight", "r#ref"]
# What a variable of each kind is written as, and whether it is moved by use.
MOVED = {"int": False, "text": True, "list": True, "map": True, "pair": True, "point": True, "counted": True}

# Counts the values of a type that are alive, and what a static was told.
ITEMS = """use std::sync::atomic::{AtomicI64, Ordering};
static LIVE: AtomicI64 = AtomicI64::new(0);
static TICKS: AtomicI64 = AtomicI64::new(0);
thread_local! { static NOTES: std::cell::RefCell<Vec<i64>> = const { std::cell::RefCell::new(Vec::new()) }; }
#[derive(Debug)]
struct Counted(i64);
fn counted(n: i64) -> Counted { LIVE.fetch_add(1, Ordering::SeqCst); Counted(n) }
impl Drop for Counted { fn drop(&mut self) { LIVE.fetch_sub(1, Ordering::SeqCst); } }"""


@dataclass
class Variable:
    kind: str
    value: object
    mutable: bool = False


def literal(kind, value):
    """A value as Rust code."""
    if kind == "int":
        return f"{value}_i64"
    if kind == "text":
        return f'String::from("{value}")'
    if kind == "list":
        return f"Vec::<i64>::from({value})"
    if kind == "map":
        pairs = ", ".join(f"({k}_i64, {v}_i64)" for k, v in sorted(value.items()))
        return f"std::collections::BTreeMap::<i64, i64>::from([{pairs}])"
    if kind == "pair":
        return f'({value[0]}_i64, "{value[1]}".to_string())'
    if kind == "counted":
        return f"counted({value})"
    return f"Point {{ x: {value} }}"


def shown(variable):
    """A value as `Debug` writes it."""
    kind, value = variable.kind, variable.value
    if kind == "text":
        return f'"{value}"'
    if kind == "map":
        return "{" + ", ".join(f"{k}: {v}" for k, v in sorted(value.items())) + "}"
    if kind == "pair":
        return f'({value[0]}, "{value[1]}")'
    if kind == "point":
        return f"Point {{ x: {value} }}"
    if kind == "counted":
        return f"Counted({value})"
    return str(value)


def borrowed(name, kind):
    """A borrow of a variable that shows what the variable shows."""
    return f"&{name}" if kind in ("map", "counted") else f"&{name}[..]"


class Walk:
    """A notebook and what must be in it."""

    def __init__(self, notebook, seed):
        self.notebook = notebook
        self.random = random.Random(seed)
        self.variables = {}
        self.closures = {}
        # Borrowers with what they borrow from.
        self.views = {}
        self.ticks = 0
        self.notes = 0
        self.gone = set()
        self.step = None
        self.point = None
        self.limit = None
        self.cells = []

    # -- the notebook -----------------------------------------------------------

    def run(self, code):
        self.cells.append(code)
        return self.notebook.run(code)

    def fail(self, code, name=None):
        self.cells.append(code)
        failure = self.notebook.fail(code)
        assert name is None or failure.name == name, failure.text
        return failure

    def keep(self, name, kind, value, mutable=False):
        self.end_views(name)
        self.variables[name] = Variable(kind, value, mutable)
        self.gone.discard(name)

    def lose(self, name):
        self.end_views(name)
        del self.variables[name]
        self.gone.add(name)

    def end_views(self, owner):
        """A variable is changed, moved or replaced."""
        for view in [view for view, of in self.views.items() if of == owner]:
            del self.views[view]
            self.gone.add(view)

    # -- choices ----------------------------------------------------------------

    def number(self):
        return self.random.randrange(-100, 1000)

    def name(self):
        return self.random.choice(NAMES)

    def one(self, *kinds, mutable=False):
        """The name of a variable of these kinds, if there is one."""
        fit = [
            name
            for name, variable in self.variables.items()
            if (not kinds or variable.kind in kinds) and (variable.mutable or not mutable)
        ]
        return self.random.choice(fit) if fit else None

    def value(self):
        kinds = list(MOVED) if self.point else [kind for kind in MOVED if kind != "point"]
        kind = self.random.choice(kinds)
        number = self.number()
        value = {
            "int": number,
            "text": f"text {number}",
            "list": [number, 2, 3],
            "map": {1: number, 7: 8},
            "pair": (number, "right"),
            "point": number,
            "counted": number,
        }[kind]
        return kind, value

    # -- cells --------------------------------------------------------------------

    def define(self):
        name, (kind, value) = self.name(), self.value()
        mutable = self.random.random() < 0.7
        self.run(f"let {'mut ' if mutable else ''}{name} = {literal(kind, value)};")
        self.keep(name, kind, value, mutable)

    def define_two(self):
        first, second = self.random.sample(NAMES, 2)
        number = self.number()
        self.run(f'let ({first}, mut {second}) = ({number}_i64, "two".to_string());')
        self.keep(first, "int", number)
        self.keep(second, "text", "two", True)

    def shadow(self):
        if name := self.one("int"):
            value = self.variables[name].value + 1
            self.run(f"let {name} = {name} + 1;")
            self.keep(name, "int", value)

    def shadow_by_another_type(self):
        if name := self.one("list"):
            value = len(self.variables[name].value)
            self.run(f"let mut {name} = {name}.len() as i64;")
            self.keep(name, "int", value, True)

    def mutation(self):
        """A statement that changes a variable, and what it does to the model."""
        name = self.one("int", "list", "map", "text", mutable=True)
        if name is None:
            return None
        variable, number = self.variables[name], self.number()
        code, apply = {
            "int": (f"{name} += {number};", lambda: setattr(variable, "value", variable.value + number)),
            "list": (f"{name}.push({number});", lambda: variable.value.append(number)),
            "map": (f"{name}.insert({number}, 5);", lambda: variable.value.update({number: 5})),
            "text": (f'{name}.push_str("+");', lambda: setattr(variable, "value", variable.value + "+")),
        }[variable.kind]

        def changed():
            apply()
            self.end_views(name)

        return code, changed

    def mutate(self):
        if found := self.mutation():
            code, apply = found
            self.run(code)
            apply()

    def mutate_in_a_loop(self):
        if name := self.one("int", mutable=True):
            self.run(f"for i in 0..10_i64 {{ {name} += i; }}")
            self.variables[name].value += 45

    def move(self):
        name = self.one("text", "list", "map", "pair", "point", "counted")
        other = self.name()
        if name and name != other:
            variable = self.variables[name]
            self.run(f"let {other} = {name};")
            self.lose(name)
            self.keep(other, variable.kind, variable.value)

    def drop(self):
        if name := self.one("text", "list", "map", "pair", "point", "counted"):
            self.run(f"drop({name});")
            self.lose(name)

    def move_and_assign_again(self):
        if name := self.one("list", mutable=True):
            self.run(f"{name} = {name}.into_iter().rev().collect();")
            self.variables[name].value.reverse()
            self.end_views(name)

    def borrow(self):
        if name := self.one("text", "list", "map", "counted"):
            view = self.random.choice(VIEWS)
            self.run(f"let {view} = {borrowed(name, self.variables[name].kind)};")
            self.views[view] = name
            self.gone.discard(view)

    def define_and_borrow(self):
        """Both in one cell."""
        name, view, (kind, value) = self.name(), self.random.choice(VIEWS), self.value()
        if kind in ("text", "list", "map", "counted"):
            self.run(f"let mut {name} = {literal(kind, value)};\nlet {view} = {borrowed(name, kind)};")
            self.keep(name, kind, value, True)
            self.views[view] = name
            self.gone.discard(view)

    def tick(self):
        number = self.number()
        self.run(f"TICKS.fetch_add({number}, Ordering::SeqCst);\nNOTES.with_borrow_mut(|notes| notes.push({number}));")
        self.ticks += number
        self.notes += 1

    def panic(self):
        """What was changed before stays changed, what was new is not kept."""
        code, apply = self.mutation() or ("", lambda: None)
        self.fail(f'{code}\nlet {self.name()} = 1;\npanic!("on purpose");', "panic")
        apply()

    def panic_after_a_move(self):
        if name := self.one("list", "text", "counted"):
            self.fail(f'let moved = {name};\npanic!("{{moved:?}}");', "panic")
            self.lose(name)

    def error(self):
        code, apply = self.mutation() or ("", lambda: None)
        failure = self.fail(f'{code}\nlet number: i64 = "seven".parse()?;')
        assert "invalid digit" in failure.value
        apply()

    def compile_error(self):
        """Nothing of the cell happens."""
        code, _ = self.mutation() or ("", None)
        bad, name = self.random.choice([
            ('let alpha: i64 = "text";', "E0308"),
            ("nobody_made_this + 1", "E0425"),
            ("let = 3;", "error"),
            ("fn half(", "error"),
            ("struct Point { x: Nothing }", "E0425"),
        ])
        self.fail(f"{code}\n{bad}", name if name != "E0425" else None)

    def missing(self):
        if self.gone:
            name = self.random.choice(sorted(self.gone))
            self.fail(name, "E0425")

    def define_function(self):
        self.step = self.number()
        self.run(f"fn step(n: i64) -> i64 {{ n + ({self.step}) }}")

    def call_function(self):
        if self.step is not None and (name := self.one("int", mutable=True)):
            self.run(f"{name} = step({name});")
            self.variables[name].value += self.step

    def define_constant(self):
        self.limit = self.number()
        self.run(f"const LIMIT: i64 = {self.limit};")

    def use_constant(self):
        if self.limit is not None:
            assert self.run("LIMIT") == [result(str(self.limit))]

    def define_type(self):
        """The same definition changes nothing, another drops the variables."""
        kind = self.random.choice(["i64", "i128"])
        self.run(f"#[derive(Debug, Clone)]\nstruct Point {{ x: {kind} }}\nimpl Point {{ fn twice(&self) -> {kind} {{ self.x * 2 }} }}")
        if kind != self.point:
            for name in [n for n, v in self.variables.items() if v.kind == "point"]:
                self.lose(name)
        self.point = kind

    def call_method(self):
        if name := self.one("point"):
            expected = str(self.variables[name].value * 2)
            assert self.run(f"{name}.twice()") == [result(expected)]

    def define_closure(self):
        name, number = self.random.choice(CLOSURES), self.number()
        if captured := self.one("int"):
            self.run(f"let {name} = move |n: i64| n * 2 + {captured};")
            self.closures[name] = self.variables[captured].value
        else:
            self.run(f"let {name} = |n: i64| n * 2 + ({number});")
            self.closures[name] = number

    def interrupt(self):
        code, apply = self.mutation() or ("", lambda: None)
        pause = self.random.choice([
            "std::thread::sleep(std::time::Duration::from_secs(100_000));",
            "loop { std::thread::sleep(std::time::Duration::from_millis(1)); }",
            "loop {}",
        ])
        cell = f'{code}\nprintln!("started");\n{pause}'
        self.cells.append(cell)
        ticket = self.notebook.send(cell)
        self.notebook.until(ticket, "started")
        self.notebook.interrupt()
        done = self.notebook.wait(ticket)
        assert done.status == "error" and done.failure().name == "Interrupted", done
        apply()

    # -- checks -------------------------------------------------------------------

    def check(self, names):
        for name in names:
            expected = [result(shown(self.variables[name]))]
            assert self.run(name) == expected, name

    def check_closures(self):
        for name, number in self.closures.items():
            assert self.run(f"{name}(10)") == [result(str(20 + number))], name

    def check_views(self):
        for view, owner in self.views.items():
            assert self.run(view) == [result(shown(self.variables[owner]))], view

    def check_statics(self):
        """Nothing is leaked, and nothing dropped twice."""
        live = sum(variable.kind == "counted" for variable in self.variables.values())
        look = "(LIVE.load(Ordering::SeqCst), TICKS.load(Ordering::SeqCst), NOTES.with_borrow(Vec::len))"
        assert self.run(look) == [result(f"({live}, {self.ticks}, {self.notes})")]

    def check_all(self):
        self.check(self.variables)
        self.check_views()
        self.check_statics()
        self.check_closures()
        for name in sorted(self.gone):
            self.fail(name, "E0425")


OFTEN = [
    Walk.define, Walk.define, Walk.define_two, Walk.shadow, Walk.shadow_by_another_type, Walk.mutate, Walk.mutate,
    Walk.mutate_in_a_loop, Walk.move, Walk.drop, Walk.move_and_assign_again, Walk.panic, Walk.panic_after_a_move,
    Walk.error, Walk.compile_error, Walk.missing, Walk.define_function, Walk.call_function, Walk.call_function,
    Walk.define_constant, Walk.use_constant, Walk.define_type, Walk.call_method, Walk.define_closure,
    Walk.borrow, Walk.borrow, Walk.define_and_borrow, Walk.tick,
]


def memory(pid):
    """Name and resident megabytes of a process."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        fields = dict(line.split(":", 1) for line in file if ":" in line)
    return fields["Name"].strip(), int(fields["VmRSS"].split()[0]) // 1024


@pytest.mark.timeout(900 + 5 * CELLS)
def test_a_long_session_keeps_what_it_should(fresh, capsys):
    walk = Walk(fresh, SEED)
    begin = time.monotonic()
    count = 0
    walk.run(ITEMS)
    try:
        while count < CELLS:
            # A signal and a wait: now and then is enough.
            kind = Walk.interrupt if count % 40 == 39 else walk.random.choice(OFTEN)
            before = len(walk.cells)
            kind(walk)
            count += len(walk.cells) - before
            sample = sorted(walk.variables)
            walk.check(walk.random.sample(sample, min(2, len(sample))))
            if count % 10 == 0:
                walk.check_views()
                walk.check_statics()
        walk.check_all()
    except AssertionError as error:
        last = "\n---\n".join(walk.cells[-12:])
        again = f"FERRITE_SOAK={CELLS} FERRITE_SOAK_SEED={SEED}"
        raise AssertionError(f"{again}: after {len(walk.cells)} cells, the last of which\n{last}\n\n{error}") from error

    seconds = time.monotonic() - begin
    used = [memory(pid) for pid in [fresh.pid, *descendants(fresh.pid)]]
    with capsys.disabled():
        each = ", ".join(f"{name} {size} MB" for name, size in used)
        print(f"\n{count} cells and {len(walk.cells) - count} looks in {seconds:.1f} s; {each}")
    assert max(size for _, size in used) < MOST_MEMORY, used
