"""A rulebook as the rest of the house reads it: parsed, checked, frozen. `load.py` makes it, nothing changes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from andon.model import Direction, Match, Metric, Policy, Projection, Scale, Tier


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the rulebook something stands: file relative to its directory, line from 1, sha256 of the file."""

    file: str = ""
    line: int = 0
    hash: str = ""

    def __str__(self) -> str:
        """Return `file:line`."""
        return f"{self.file}:{self.line}"

    @property
    def cited(self) -> str:
        """Return `file:line@hash`, the hash cut to eight digits, as pages cite it; "" for what stands in no file."""
        version = f"@{self.hash[:8]}" if self.hash else ""
        return f"{self}{version}" if self.file else ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Business hours: `hours[weekday]` (Monday 0) is that day's intervals in minutes since midnight."""

    name: str
    zone: str = "UTC"
    hours: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    holidays: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can be paged; `addresses` by channel name; `quiet` in minutes since midnight of their zone."""

    id: str
    name: str
    zone: str = "UTC"
    lang: str = "en"
    addresses: Mapping[str, str] = field(default_factory=dict)
    quiet: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """A rotation: `people[0]` has the turn that begins at `start` (naive wall time in the schedule's zone).

    `rotate`: hourly, daily, weekly, monthly; `only`: weekdays (Monday 0) on which it counts, empty for all; `hours` (from,
    to) in minutes since midnight, None for all day.
    """

    people: tuple[str, ...]
    rotate: str
    start: str
    only: frozenset[int] = frozenset()
    hours: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """For a stretch of wall time in the schedule's zone: `add` joins, `remove` leaves, `replace` takes over from all.

    The two of `swap`, if any, take each other's turns.
    """

    start: str
    end: str
    add: str = ""
    remove: str = ""
    replace: str = ""
    swap: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Return the ids of all whom it names."""
        return tuple(one for one in (self.add, self.remove, self.replace, *self.swap) if one)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Who is on duty when; a later layer wins over an earlier one where it counts."""

    name: str
    zone: str
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """A team: on duty a `schedule` or fixed `people`; a lead; a room (channel to address) where all read along."""

    name: str
    schedule: str = ""
    people: tuple[str, ...] = ()
    lead: str = ""
    room: Mapping[str, str] = field(default_factory=dict)
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """The promise `N per T`: `times` in `seconds`, each alert's own or, `in_all`, the rule's."""

    times: float
    seconds: float
    in_all: bool = False


@dataclass(frozen=True, slots=True)
class Test:
    """One detector's condition. `options` go to the detector; `at_least` is judged on the data since the change point.

    `min_change`: in the metric's natural value (0.05 for 5pp), or, `relative`, a share of what was expected.
    """

    __test__ = False

    detector: str
    direction: Direction = Direction.RISES
    options: Mapping[str, object] = field(default_factory=dict)
    promise: FalseAlarms | None = None
    smallest: float = float("nan")
    min_n: float = 0.0
    min_change: float = 0.0
    relative: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A condition: `op` "any" or "all" over the tests; most rules have one test (`changes` is one test a direction)."""

    op: str
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Worsen:
    """A way for a firing alert to rise to `tier`: a condition of its own, or `after` seconds unless acked or verified."""

    tier: Tier
    when: When | None = None
    after: float = 0.0
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on a value for `each` rules; None where open. `below` and `above` are strict."""

    below: float | None = None
    above: float | None = None


@dataclass(frozen=True, slots=True)
class Each:
    """A condition on single signals: the value's bounds by the projection's name, and the dimensions' matches."""

    bound: Bound = Bound()
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """How alerts join incidents: `by` labels (empty: all of an owner's rule together), `wait` seconds for company."""

    by: tuple[str, ...] = ()
    wait: float = 30.0


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, with every default filled in. Exactly one of `when` and `each` is set.

    `accept_after`: seconds after which what fires without a break is taken for the new normal; by default never.
    """

    id: str
    name: str
    place: Place
    projection: Projection
    metric: Metric
    when: When | None
    each: Each | None
    tier: Tier
    owner: str
    policy: str
    every: float
    hold: float
    clear_after: float
    no_data: str
    worsens: tuple[Worsen, ...] = ()
    group: Group = Group()
    runbook: str = ""
    stop: str = ""
    shadow: bool = False
    accept_after: float = math.inf


@dataclass(frozen=True, slots=True)
class Inhibit:
    """While an incident that `source` matches is open, those that `mute` matches are held, if labels `equal` agree.

    Both map "rule", "owner", "tier" or a label to a value.
    """

    source: Mapping[str, str]
    mute: Mapping[str, str]
    equal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """What can be taken off the line: where the order is posted; carried out by a later part of andon."""

    name: str
    post: str
    confirm: str = ""
    secret: str = field(default="", repr=False)
    max_per_day: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """A known stretch of time whose excess is expected and not learnt from; `expect` maps "volume" to a factor.

    "least" and "most": between which factors it lies, where that is said.
    """

    name: str
    start: float
    end: float
    expect: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A whole directory of policy; `version` is a hash of its content.

    `absent`: names of the environment that were asked for and not set, with where; what stood there is left out.
    `places`: where each definition stands, by (noun, name), e.g. ("people", "li.na").
    """

    version: str
    directory: str
    rules: Mapping[str, Rule]
    scales: Mapping[str, Scale]
    topics: Mapping[str, tuple[str, ...]]
    calendars: Mapping[str, Calendar]
    events: tuple[Event, ...]
    people: Mapping[str, Person]
    schedules: Mapping[str, Schedule]
    owners: Mapping[str, Owner]
    policies: Mapping[str, Policy]
    inhibit: tuple[Inhibit, ...]
    stops: Mapping[str, Stop]
    telephony: Mapping[str, str]
    default_owner: str
    default_policy: str
    lateness: float = 30.0
    catch_all: str = "everyone"
    absent: Mapping[str, Place] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)
