"""Every row of the table: realised time between false alarms, its early part, delay beside the exact optimum.

A detector learns from its history look by look; in control it is then watched until it rings. The change, whose delay is
told, comes 400 looks after the history, or after half of what was asked if that is less. The bounds are the design's reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from andon.detector import Settings
from andon.model import Direction, Form
from andon.plugins import detectors
from tests.bench import Row, at_most
from tests.bench import _detect_known as known
from tests.bench._detect_laws import Counts, Law, Levels, Stars, Trials
from tests.bench._detect_run import Course, Length, delay, length, told

_ROWS, _LONG = 600, 5.0
"""Series a row, and how many times the time that was asked they are watched: nearly all ring by then."""
_HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Case:
    """One row: from `calm` to `shifted`, and the reach, as bounds of ARL0 over what was asked and of delay over optimum."""

    what: str
    course: Course
    calm: Law
    shifted: Law
    least: float = 0.95
    most: float = inf
    late: float = 0.0


def rating(
    base: float, to: float, asked: float, history: int, late: float, *, held: bool = False, either: bool = False
) -> Case:
    """Return a row of single ratings, one a look."""
    direction = Direction.FALLS if to < base else Direction.RISES
    settings = Settings(60.0, Form.PROPORTION, Direction.NONE if either else direction)
    what = f"{'held out: ' if held else ''}ratings {base:g} -> {to:g}, {asked:,.0f} ratings, from {history:,}"
    what += ", either way" if either else ""
    return Case(what, Course("proportion", settings, asked, history), Trials(1, base), Trials(1, to), late=late)


def batch(n: int, base: float, to: float, asked: float, late: float, factor: float = 1.0, most: float = 2.0) -> Case:
    """Return a row of batches of n, one in five minutes, learnt from a day of them."""
    course = Course("proportion", Settings(300.0, Form.PROPORTION), asked, 288)
    kind = "crashes" if base == 0.002 else "held out: batches"
    what = f"{kind} {base:g} -> {to:g} of {n:,}, {asked:,.0f} batches, from 288{_wide(factor, 'binomial')}"
    return Case(what, course, Trials(n, base, factor), Trials(n, to, factor), most=most, late=late)


def hourly(
    mean: float, to: float, asked: float, history: int, late: float, factor: float = 1.0, *, season: str = "none"
) -> Case:
    """Return a row of counts by the hour; what makes the rate wander scales with it: a negative binomial of one size."""
    direction = Direction.FALLS if to < mean else Direction.RISES
    course = Course("count", Settings(_HOUR, Form.COUNT, direction, options={"season": season}), asked, history)
    kind = "complaints" if mean == 5 else "held out: counts"
    on = ", season on" if season == "week" else ""
    what = f"{kind} {mean:g} -> {to:g} an hour, {asked:,.0f} h, from {history:,}{on}{_wide(factor, 'Poisson')}"
    most = 2.0 if factor > 1.0 else inf
    return Case(what, course, Counts(mean, factor), Counts(to, 1.0 + (factor - 1.0) * to / mean), most=most, late=late)


def gauge(sds: float, asked: float, history: int) -> Case:
    """Return a row of normal levels that rise by so many standard deviations."""
    course = Course("level", Settings(60.0, Form.LEVEL), asked, history)
    what = f"levels, normal, + {sds:g} sd, {asked:,.0f} looks, from {history:,}"
    return Case(what, course, Levels(100.0, 10.0), Levels(100.0 + 10.0 * sds, 10.0))


def stars(n: int, asked: float, history: int) -> Case:
    """Return a row of stars whose odds of each next lower value become 1.3 times as much."""
    usual = (0.05, 0.05, 0.1, 0.25, 0.55)
    odds = [share * 1.3 ** (2 - place) for place, share in enumerate(usual)]
    worse = tuple(odd / sum(odds) for odd in odds)
    course = Course("score", Settings(60.0, Form.SCORE, Direction.FALLS), asked, history)
    what = (
        f"{n} star ratings a look, mean {_mean(usual):.2f} -> {_mean(worse):.2f}, {asked:,.0f} looks, from {history:,}"
    )
    return Case(what, course, Stars(n, usual), Stars(n, worse))


def _goal(case: Case) -> str:
    return f">= {case.least:g}" if case.most == inf else f"{case.least:g} to {case.most:g}"


def _mean(shares: tuple[float, ...]) -> float:
    return sum(share * star for star, share in enumerate(shares, 1))


def _wide(factor: float, kind: str) -> str:
    return f", variance {factor:g}x {kind}" if factor > 1.0 else ""


CASES = (
    rating(0.15, 0.25, 2_000, 200, 1.2),
    rating(0.10, 0.20, 10_000, 200, 1.25),
    batch(1_000, 0.002, 0.004, 2_016, 1.12, most=1.5),
    batch(1_000, 0.002, 0.004, 2_016, 0.0, factor=2.0),
    batch(1_000, 0.002, 0.004, 2_016, 0.0, factor=4.0),
    hourly(5, 7.5, 720, 168, 1.12),
    hourly(5, 7.5, 720, 168, 1.12, season="week"),
    hourly(5, 7.5, 720, 672, 1.12, season="week"),
    hourly(5, 7.5, 720, 168, 0.0, factor=2.0),
    hourly(5, 7.5, 720, 168, 0.0, factor=3.5),
    hourly(5, 7.5, 720, 672, 0.0, factor=3.5, season="week"),
    rating(0.03, 0.06, 5_000, 1_000, 1.25, held=True),
    rating(0.3, 0.45, 500, 200, 1.25, held=True),
    rating(0.5, 0.65, 2_000, 200, 1.25, held=True),
    rating(0.8, 0.9, 20_000, 200, 1.25, held=True),
    rating(0.8, 0.7, 2_000, 200, 1.25, held=True),
    rating(0.01, 0.02, 20_000, 1_000, 0.0, held=True),
    rating(0.15, 0.25, 2_000, 200, 0.0, held=True, either=True),
    batch(50, 0.3, 0.4, 5_000, 1.12),
    batch(200, 0.05, 0.08, 500, 1.12),
    hourly(0.2, 0.4, 2_000, 600, 1.12),
    hourly(1, 2, 720, 168, 1.12),
    hourly(20, 26, 2_160, 168, 1.12),
    hourly(20, 14, 720, 168, 1.12),
    hourly(50, 75, 720, 168, 0.0, factor=10.0),
    hourly(200, 240, 5_000, 168, 1.12),
    stars(1, 2_000, 200),
    stars(20, 5_000, 200),
    gauge(1.0, 2_000, 300),
    gauge(2.0, 10_000, 300),
)


def rows(words: Sequence[str] = (), cases: Sequence[Case] = CASES) -> list[Row]:
    """Return the rows of the cases that hold every word, on two processes."""
    picked = [case for case in cases if all(word in case.what for word in words) and case.course.name in detectors()]
    return told(judged, picked)


def judged(case: Case, many: int = _ROWS) -> list[Row]:
    """Return what one case shows: time between false alarms, its early part, delay."""
    ran = length(case.course, case.calm, many, round(_LONG * case.course.asked))
    took, error = delay(case.course, case.calm, case.shifted, 3 * many)
    best = known.delay(case.calm, case.shifted, case.course.asked)
    beside = "the optimum that knows both"
    return [
        *lengths(case, ran),
        at_most(f"{case.what}: delay (+- {error:.2g})", took, "looks", beside, best, case.late),
    ]


def lengths(case: Case, ran: Length) -> Iterable[Row]:
    """Return the realised ARL0 and the chance of a false alarm in its first tenth."""
    asked = case.course.asked
    low, high = ran.interval
    learning = f", learning {ran.learning:.0%} of it" if ran.learning else ""
    yield Row(
        what=f"{case.what}: ARL0 (+- {ran.se / asked:.2f}, 95 % {low / asked:.2f} to {high / asked:.2f}){learning}",
        ours=ran.mean,
        unit="looks",
        beside="asked",
        theirs=asked,
        ratio=ran.mean / asked,
        goal=_goal(case) if ran.risk else "none: learning",
        holds=case.least <= ran.mean / asked <= case.most or not ran.risk,
    )
    yield at_most(f"{case.what}: first tenth", ran.early, "rang", "constant hazard", 0.0952, 0.0)
