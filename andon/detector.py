"""The Detector protocol: what a plugin in `detectors/` is.

A detector steps all series of a metric together and never sees rules, tiers or people. Three things are kept apart:
the score (the detector's), the threshold and who may learn (the bank's, from the rule's promise).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias, runtime_checkable

from andon.model import Bools, Direction, Floats, Form, Ints, Observation

if TYPE_CHECKING:  # so that a verb which only names detectors starts without it
    import numpy as np

State: TypeAlias = "dict[str, np.ndarray[Any, np.dtype[Any]]]"
"""A struct of arrays; the first axis of each is the series' row. No other state is allowed."""


@dataclass(frozen=True, slots=True)
class Field:
    """One array of a detector's state: dtype, shape of one row, initial value.

    `evidence`: set back to `fill` when an alert has recovered, where the rest (the baseline) is kept.
    """

    dtype: str = "f8"
    shape: tuple[int, ...] = ()
    fill: float = 0.0
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What a rule tells its detector.

    `every`: seconds between looks. `form`, `direction`: of the rule. `smallest`: the least relative shift that matters
    (NaN: the detector's own). `options`: what the condition's YAML says to this detector, parsed (e.g. {"above": 0.02,
    "over": 600.0}).
    """

    every: float
    form: Form
    direction: Direction = Direction.RISES
    smallest: float = float("nan")
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """One step's result for m series.

    `score` (m,): log odds against chance, so that a promise of one in N looks is the threshold ln N; a detector that is
    not calibrated gives 0 at its own line, more beyond it. -inf where nothing can be said. `fresh` (m,): this step brought
    data that can raise an alarm. `since` (m,): epoch seconds, the likeliest beginning of what the score tells of (NaN: none).
    `learning_left` (m,): seconds until the promise holds; 0 once learnt.
    """

    score: Floats
    fresh: Bools
    since: Floats
    learning_left: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What a detector expects of m series: `expected`, and the 95 % predictive interval `low`..`high`, each (m,).

    In the metric's natural value: a proportion 0..1, a count per second of exposure, a level. NaN where not known.
    It is for a window like that of `observation` (its n, its seconds), before learning from it.
    """

    expected: Floats
    low: Floats
    high: Floats


class Detector(Protocol):
    """One way to tell usual from unusual; made once a rule's condition from `Settings`, immutable ever after."""

    name: ClassVar[str]
    takes: ClassVar[frozenset[Form]]
    calibrated: ClassVar[bool]
    format: ClassVar[int]
    """Number of the state's layout: a change of `fields` that old snapshots do not fit raises it."""

    def __init__(self, settings: Settings) -> None:
        """Refuse with ConfigError what `settings` cannot mean."""
        ...

    @property
    def fields(self) -> Mapping[str, Field]:
        """The state's arrays: at most 4 KiB a row; without a weekly season or a ring of past looks at most 1.25 KiB."""
        ...

    @property
    def windows(self) -> Sequence[float]:
        """Lengths in seconds of the windows it wants at each look, all ending at it; usually (every,)."""
        ...

    def step(self, state: State, rows: Ints, observation: Observation, now: float, learn: Bools) -> Scores:
        """Advance `rows` of `state` in place by one look that ended at `now`; row i learns only where `learn[i]`.

        A look's length is `observation.seconds`, which may differ from one to the next (history comes coarser). No clock, no
        look-ahead; inputs are left untouched; the result for a row does not depend on the other rows.
        """
        ...

    def expect(self, state: State, rows: Ints, observation: Observation, now: float) -> Expectation:
        """Return what was expected of such windows, from what is learnt so far; called only where evidence is needed."""
        ...


@runtime_checkable
class Accepts(Protocol):
    """What a detector can beside, when it keeps of its baseline what a lasting change has left as it was.

    Of one that cannot, the bank forgets a series' state and lets it learn anew from all since the change.
    """

    def accept(self, state: State, rows: Ints, observation: Observation, now: float) -> None:
        """Take for usual, in `rows` of `state`, what one window, from the change point to `now`, showed.

        The baseline is set to where the window points, with twice the spread that the window leaves; the season's shape and the
        over-dispersion stay. The bank sets the evidence back afterwards. Rows of which the window shows nothing stay as they are.
        """
        ...


def adds(detector: Detector | type[Detector], form: Form) -> bool:
    """Tell whether it learns of one long window what it would of the looks within: shares, counts and scores add up.

    A level does not, since its noise is its window's; nor does a score that is watched as a level.
    """
    return form is not Form.LEVEL and (form is not Form.SCORE or Form.LEVEL not in detector.takes)
