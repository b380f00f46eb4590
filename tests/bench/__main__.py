"""`python -m tests.bench NAME`: run one bench; without a name, list them."""

from __future__ import annotations

import sys

from rich.console import Console

from tests.bench import names, run, show


def main(arguments: list[str]) -> int:
    """Run the bench that is named; the exit status is 0 if it ran, whether its goals were met or not."""
    console = Console()
    if not arguments:
        console.print("\n".join(names()))
        return 0
    if len(arguments) > 1 or arguments[0] not in names():
        console.print(f"found {' '.join(arguments)!r}; a bench is one of: {', '.join(names())}", markup=False)
        return 2
    show(run(arguments[0]), console)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
