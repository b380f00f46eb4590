"""Feeds andon what nobody would send: `python -m tests.fuzz TARGET [SECONDS]`, or `... cost` for bodies and books of great size.

A target is a module of this package with `SEEDS` (inputs that are as they should be), `WORDS` (what inputs are made of) and
`one(data: bytes)`, which raises when what must hold does not; names with an underscore are helpers, `cost.py` is no target.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Sequence
from typing import Protocol, cast

SLOWEST = 1.0
"""Seconds of this process that one input may take."""
LONGEST = 4096
"""Bytes of an input."""
_OTHERS = ("cost",)


class Target(Protocol):
    """One way in, and what must hold of it."""

    SEEDS: Sequence[bytes]
    WORDS: Sequence[bytes]

    def one(self, data: bytes) -> None:
        """Put an input in; AssertionError, or whatever escapes, is a finding."""
        ...


def names() -> list[str]:
    """Return the targets there are."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in found if not name.startswith(("_", "test_")) and name not in _OTHERS)


def target(name: str) -> Target:
    """Return a target by its name; KeyError if there is none."""
    if name not in names():
        raise KeyError(name)
    return cast("Target", importlib.import_module(f"{__name__}.{name}"))


def fed(one: Target, data: bytes) -> None:
    """Put an input in, in time."""
    began = time.process_time()
    one.one(data)
    took = time.process_time() - began
    assert took < SLOWEST, f"{took:.2f} s for {data[:200]!r}"
