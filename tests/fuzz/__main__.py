"""`python -m tests.fuzz TARGET [SECONDS]`, `... contract [SECONDS]`, `... cost`, `... flood`; without a name, list them."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz import _flood, cost, names
from tests.fuzz._contract import contract

SECONDS = 300.0
OTHERS = ("contract", "cost", "flood")


def main(arguments: list[str]) -> int:
    """Run what is named; the exit status is 0 if nothing was found. A finding is kept in this directory as `crash-...`."""
    if not arguments:
        sys.stdout.write("\n".join([*names(), *OTHERS]) + "\n")
        return 0
    name, seconds = arguments[0], float(arguments[1]) if arguments[1:] else SECONDS
    if name == "cost":
        return cost.main()
    with TemporaryDirectory(prefix="andon-fuzz-") as folder:
        if name == "flood":
            return _flood.main(Path(folder))
        if name == "contract":
            status, said = contract(Path(folder), seconds, secrets.randbelow(10_000))
            sys.stdout.write(said)
            return status
        if name not in names():
            sys.stdout.write(f"found {name!r}; it is one of: {', '.join([*names(), *OTHERS])}\n")
            return 2
        return fuzz(name, seconds, secrets.randbelow(10_000), Path(folder))


def fuzz(name: str, seconds: float, seed: int, folder: Path, out: int | None = None) -> int:
    """Fuzz a target in a process of its own; return its exit status."""
    command = [sys.executable, "-m", "tests.fuzz._run", name, str(int(seconds)), str(seed), str(folder)]
    status = subprocess.run(command, check=False, stdout=out, stderr=out).returncode
    for found in folder.glob("*-*"):
        if found.is_file():
            Path(found.name).write_bytes(found.read_bytes())
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
