"""Breaks a running service on purpose, and compares what is left with what its sender counted: `python -m tests.soak NAME`.

A soak is a module of this package with a function `soak(folder: Path, seed: int) -> Verdict` whose further parameters have
the longest form's values; names with an underscore are helpers. See `_scene.py` for what happens on the stage.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table


class Verdict(msgspec.Struct, frozen=True):
    """What a soak measured, and what was lost, doubled or illegal: nothing, if it is well."""

    figures: dict[str, float | str]
    faults: list[str]


def names() -> list[str]:
    """Return the soaks there are."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in found if not name.startswith(("_", "test_")))


def run(name: str, folder: Path, seed: int) -> Verdict:
    """Run a soak by its name; KeyError if there is none."""
    if name not in names():
        raise KeyError(name)
    soak: Callable[[Path, int], Verdict] = importlib.import_module(f"{__name__}.{name}").soak
    return soak(folder, seed)


def show(name: str, verdict: Verdict, console: Console) -> None:
    """Print the figures and the faults."""
    table = Table("what", "measured", title=name)
    for what, figure in verdict.figures.items():
        table.add_row(what, figure if isinstance(figure, str) else f"{figure:,.6g}")
    console.print(table)
    for fault in verdict.faults:
        console.print(f"FAULT {fault}", markup=False)
    console.print(f"{name}: {len(verdict.faults)} faults", markup=False)
