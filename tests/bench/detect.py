"""Whether detectors keep their promise, how soon they find a change, on made-up and recorded data, and what they cost.

`python -m tests.bench.detect PART WORD ...` runs one part, or of it the cases that hold every word.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from rich.console import Console

from tests.bench import Report, Row, show

PARTS = ("table", "hard", "real", "speed")


def bench() -> list[Row]:
    """Return all parts' rows."""
    return [row for part in PARTS for row in rows(part)]


def rows(part: str, words: Sequence[str] = ()) -> list[Row]:
    """Return one part's rows, of the cases that hold every word; none of a part that is not there."""
    module = f"tests.bench._detect_{part}"
    if find_spec(module) is None:
        return []
    found: Callable[..., list[Row]] = importlib.import_module(module).rows
    return found(words) if words else found()


def main(arguments: Sequence[str]) -> int:
    """Show one part; the exit status is 0 if it ran, whether its goals were met or not."""
    console = Console()
    if not arguments or arguments[0] not in PARTS:
        console.print(f"found {' '.join(arguments)!r}; a part is one of: {', '.join(PARTS)}", markup=False)
        return 2
    show(Report(f"detect {' '.join(arguments)}", rows(arguments[0], arguments[1:])), console)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
