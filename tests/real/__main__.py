"""`python -m tests.real`: every labelled stretch and every alert of the recorded series, with its delay."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from andon.rulebook.load import load
from tests.real.labelled import KINDS, RULES, Found, Series, Sum, compare, folder, signals, sum_up
from tests.real.shared import ROOT, WHY, rulebook
from tests.runners.decisions import replayed


def main() -> int:
    """Print a table a folder; 1 if there is nothing to read."""
    if not ROOT.is_dir():
        print(WHY, file=sys.stderr)  # noqa: T201 - a command
        return 1
    console = Console(width=None if sys.stdout.isatty() else 120)
    with tempfile.TemporaryDirectory() as place:
        book = load(rulebook(Path(place), RULES), {})
        for name in sys.argv[1:] or KINDS:
            series = folder(name)
            found = list(compare(series, replayed(book, signals(series), 5000)))
            show(console, name, series, found)
    return 0


def show(console: Console, name: str, series: Sequence[Series], found: Sequence[Found]) -> Sum:
    """Print what was found of some series, and what it comes to."""
    table = Table(title=name)
    for column in ("series", "labelled from", "to", "alert at", "good again", "delay", ""):
        table.add_column(column, justify="right" if column == "delay" else "left")
    for one in found:
        table.add_row(*_row(one))
    console.print(table)
    total = sum_up(series, found)
    middle = f"{statistics.median(total.delays):g}" if total.delays else "-"
    console.print(
        f"{name}: {len(series)} series, {total.found} of {total.stretches} labelled stretches found "
        f"(median delay {middle} looks); {total.false} other alerts in {total.looks:,} looks, "
        f"{total.false_per_thousand:.2f} in 1,000\n"
    )
    return total


def _row(one: Found) -> tuple[str, ...]:
    said = []
    if one.alert is None:
        said.append("not found")
    elif one.stretch is None:
        said.append("no label")
    if (one.alert and one.alert.learning) or not one.judged:
        said.append("learning")
    begin, end = (one.stretch.begin, one.stretch.end) if one.stretch else (None, None)
    at, good = (one.alert.at, one.alert.good) if one.alert else (None, None)
    delay = "" if one.delay is None else str(one.delay)
    return (one.series.service, _when(begin), _when(end), _when(at), _when(good), delay, ", ".join(said))


def _when(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%m-%d %H:%M")


if __name__ == "__main__":
    sys.exit(main())
