"""Signals as they come in and as they are stored: one by one, as columns, as entries of the log, as dead letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:  # so that a verb which knows only the words starts without it
    import numpy as np
    import numpy.typing as npt

Labels: TypeAlias = dict[str, str]
Floats: TypeAlias = "npt.NDArray[np.float64]"
Ints: TypeAlias = "npt.NDArray[np.int64]"
Bools: TypeAlias = "npt.NDArray[np.bool_]"


class Kind(StrEnum):
    """What a signal tells of."""

    RATING = "rating"
    CRASH = "crash"
    LATENCY = "latency"
    COMPLAINT = "complaint"
    GAUGE = "gauge"
    COUNTER = "counter"
    PULL = "pull"
    CHANGE = "change"
    ACCEPT = "accept"


KINDS: tuple[Kind, ...] = tuple(Kind)
"""A kind's position here is its code in a batch's `kind` column; new kinds go to the end."""
SENT: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind is not Kind.ACCEPT)
"""The kinds that are taken from outside."""


class Tier(StrEnum):
    """How loudly a rule calls."""

    WATCH = "watch"
    YELLOW = "yellow"
    RED = "red"

    @property
    def rank(self) -> int:
        """Return 0 for watch, 1 for yellow, 2 for red."""
        return ("watch", "yellow", "red").index(self.value)


class Signal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing a customer's app, a feed or a person told, as it comes in.

    `value`: the rating, the crashes, the latency in ms, the gauge; a complaint and a pull need none.
    `of`: crash: the sessions; otherwise how many customers or measurements this value stands for (1).
    `name`: the rating's scale, the gauge's or counter's name, the change's name. An `accept` (the rule `name`'s alert of `segment`
    shows what is usual from now on) is written into the log by andon itself, and taken from nobody else.
    `time`: RFC 3339 or epoch seconds; without it, the time of arrival. `by`, `owner`, `tier`: a pull's.
    """

    kind: Kind
    name: str = ""
    value: float | None = None
    of: float | None = None
    time: float | str | None = None
    segment: Labels = msgspec.field(default_factory=dict)
    id: str | None = None
    text: str | None = None
    customer: str | None = None
    by: str | None = None
    owner: str | None = None
    tier: Tier | None = None


class Note(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a few signals carry beside numbers; `customer` is a pseudonym already."""

    id: str = ""
    text: str = ""
    customer: str = ""
    by: str = ""
    owner: str = ""
    tier: Tier | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Signals as columns of length n; row i of every column is one signal.

    `segment` and `name` index `segments` and `names`, which are distinct; a segment may be one object in many batches, and
    is never changed. `value` and `of` are NaN where absent
    (`of` is filled with 1 where it means "how many"). `ahead`: the sender's clock was ahead, `time` is its arrival.
    `set_back`: by how many seconds the machine's clock, by which senders stamp, stood behind the service's at its arrival.
    """

    arrived: float
    segments: Sequence[Labels]
    names: tuple[str, ...]
    kind: npt.NDArray[np.uint8]
    segment: npt.NDArray[np.int32]
    name: npt.NDArray[np.int32]
    value: Floats
    of: Floats
    time: Floats
    ahead: Bools
    notes: Mapping[int, Note] = field(default_factory=dict)
    set_back: float = 0.0

    def __len__(self) -> int:
        """Return the number of signals."""
        return len(self.kind)


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter: what was refused, where it stood, why, and its raw bytes."""

    at: float
    position: int
    reason: str
    raw: bytes
    sender: str = ""
    id: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log: a batch (encoded), or with none a tick, by which time passes in an idle log."""

    position: str
    at: float
    batch: bytes | None = None
    key: str = ""
