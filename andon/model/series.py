"""Series, and what is observed of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from andon.model.signals import Floats, Kind


class Form(StrEnum):
    """What a metric's observation is."""

    PROPORTION = "proportion"
    COUNT = "count"
    LEVEL = "level"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Match:
    """A condition on one dimension: its value is among `values`, or like a glob; `negate` turns it round.

    A signal without the dimension has the value "".
    """

    dimension: str
    values: frozenset[str] = frozenset()
    like: str = ""
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Projection:
    """A set of series: one for each combination of the `by` dimensions' values among signals that pass `where`.

    `name` is the rating's scale or the gauge's or counter's name; "" takes all of the kind.
    """

    kind: Kind
    name: str = ""
    where: tuple[Match, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """What a rule watches, as read from a frame's vector; `word` is how the rulebook says it."""

    word: str
    kind: Kind
    name: str
    form: Form
    unit: str
    target: float = float("nan")


@dataclass(frozen=True, slots=True)
class Scale:
    """A rating scale: whole numbers from `low` to `high`; `good` and `bad` are inclusive ranges."""

    name: str
    low: int
    high: int
    good: tuple[int, int]
    bad: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a metric showed: m series by w windows, all ending at the same time.

    proportion: `x` of `n`; count: `x` in `n` seconds of exposure; level: `x` (NaN if nothing) with `n` behind it;
    score: `x`, the mean (NaN if nothing), of `n` ratings, of which `hist` (m, w, k) lay at each of `values` (k,), ascending.
    `seconds` (w,) is each window's length.
    """

    form: Form
    x: Floats
    n: Floats
    seconds: Floats
    hist: Floats | None = None
    values: Floats | None = None
