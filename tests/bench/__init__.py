"""Measures ours beside a peer or a floor, in one run: `python -m tests.bench NAME`.

A bench is a module of this package with a function `bench() -> list[Row]`; names with an underscore are helpers.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import process_time
from typing import TypeVar

import msgspec
from rich.console import Console
from rich.table import Table

T = TypeVar("T")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison: `ours` and `theirs` in `unit`, their ratio, the goal that the ratio has, and whether it was met."""

    what: str
    ours: float
    unit: str
    beside: str
    theirs: float
    ratio: float
    goal: str
    holds: bool


class Report(msgspec.Struct, frozen=True):
    """A bench's result as its last line prints it."""

    bench: str
    rows: list[Row]


def at_least(what: str, ours: float, unit: str, beside: str, theirs: float, goal: float) -> Row:
    """Return a row that holds if ours is at least `goal` times theirs; a goal of 0 is only shown."""
    ratio = ours / theirs
    wanted = f">= {goal:g}" if goal else "none"
    return Row(
        what=what, ours=ours, unit=unit, beside=beside, theirs=theirs, ratio=ratio, goal=wanted, holds=ratio >= goal
    )


def at_most(what: str, ours: float, unit: str, beside: str, theirs: float, goal: float) -> Row:
    """Return a row that holds if ours is at most `goal` times theirs; a goal of 0 is only shown."""
    ratio = ours / theirs
    wanted = f"<= {goal:g}" if goal else "none"
    holds = ratio <= goal or not goal
    return Row(what=what, ours=ours, unit=unit, beside=beside, theirs=theirs, ratio=ratio, goal=wanted, holds=holds)


def names() -> list[str]:
    """Return the benches there are."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in found if not name.startswith(("_", "test_")))


def run(name: str) -> Report:
    """Run a bench by its name; KeyError if there is none."""
    if name not in names():
        raise KeyError(name)
    bench: Callable[[], list[Row]] = importlib.import_module(f"{__name__}.{name}").bench
    return Report(name, bench())


def show(report: Report, console: Console) -> None:
    """Print a table, and as the last line the report as one JSON object."""
    table = Table(title=report.bench)
    for column in ("what", "ours", "unit", "beside", "theirs", "ratio", "goal", "holds"):
        table.add_column(column, justify="right" if column in {"ours", "theirs", "ratio"} else "left")
    for row in report.rows:
        figures = (
            row.what,
            f"{row.ours:,.4g}",
            row.unit,
            row.beside,
            f"{row.theirs:,.4g}",
            f"{row.ratio:.3f}",
            row.goal,
        )
        table.add_row(*figures, "yes" if row.holds else "no")
    console.print(table)
    print(msgspec.json.encode(report).decode())  # noqa: T201 - the machine's line must not be wrapped


def seconds(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median CPU time of each way, all taken in turn in every round, so that a slow spell hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begin = process_time()
            way()
            taken[name].append(process_time() - begin)
    return {name: median(times) for name, times in taken.items()}


def chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return items in runs of `size`, the last one shorter."""
    return [items[begin : begin + size] for begin in range(0, len(items), size)]
