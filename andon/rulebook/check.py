"""`andon check` as a registry: what is unwise about a rulebook that loads; every room adds its own checks.

A check is a function over the rulebook and what this installation has. It is registered under the code of its notices:

    @check("no-lead")
    def no_lead(book: Rulebook, world: World) -> Iterable[Notice]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from andon.detector import Detector
from andon.rulebook.model import Place, Rulebook


class Level(StrEnum):
    """How grave a notice is; only errors make `andon check` fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know about a rulebook, where it stands, and what to do."""

    level: Level
    code: str
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class World:
    """What this installation has: detectors by name (None: its package cannot be loaded), channels.

    `live`: how many segments of each rule, by its id, live in a running service; empty where none was asked. `now`: from when
    on duties are looked at, epoch seconds; None: they are not.
    """

    detectors: Mapping[str, type[Detector] | None]
    channels: Collection[str]
    live: Mapping[str, int] = field(default_factory=dict)
    now: float | None = None


Check: TypeAlias = Callable[[Rulebook, World], Iterable[Notice]]

CHECKS: dict[str, Check] = {}
"""Every registered check by its notices' code."""

REINSTALL = "a new entry point is visible only after its package is reinstalled (pip install .)"


def check(code: str) -> Callable[[Check], Check]:
    """Register a check under the code of its notices; ValueError if the code is another's."""

    def register(function: Check) -> Check:
        if CHECKS.setdefault(code, function) is not function:
            raise ValueError(
                f"the check {code!r} is registered already, by {CHECKS[code].__module__}; choose another code"
            )
        return function

    return register


def notices(book: Rulebook, world: World) -> list[Notice]:
    """Return what every registered check says, the gravest first, then by place."""
    found = {notice for run in CHECKS.values() for notice in run(book, world)}
    order = list(Level)
    return sorted(found, key=lambda one: (order.index(one.level), one.place.file, one.place.line, one.code, one.text))
