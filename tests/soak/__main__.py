"""`python -m tests.soak NAME [SEED]`: run one soak in its longest form; without a name, list them."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.soak import names, run, show


def main(arguments: list[str]) -> int:
    """Run the soak that is named; the exit status is 0 if nothing was lost, doubled or illegal."""
    console = Console()
    if not arguments:
        console.print("\n".join(names()))
        return 0
    name, seed = arguments[0], (arguments[1:] or ["1"])[0]
    if len(arguments) > 2 or name not in names() or not seed.isdecimal():
        said = f"found {' '.join(arguments)!r}; it takes NAME [SEED], with NAME one of: {', '.join(names())}"
        console.print(said, markup=False)
        return 2
    with TemporaryDirectory(prefix="andon-soak-") as folder:
        verdict = run(name, Path(folder), int(seed))
    show(name, verdict, console)
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
