"""False alarms realised beside those promised, on streams that are in control and yet hard.

Each series learns from its history as the bank has it learn, in pieces, and is then watched for twice the time that was
asked, or over its holiday; its false alarms end with the first. What was promised is the time at risk over what was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any

from andon.detector import Settings
from andon.model import Direction, Form
from andon.plugins import detectors
from andon.testing.series import START
from tests.bench import Row
from tests.bench._detect_run import Course, Length, length, told
from tests.bench._detect_weather import DAY, HOUR, Holiday, Weather

GOAL = 1.0 / 0.9
_ROWS, _LONG = 300, 2.0
_WEEKS = 28.0 * DAY
_SMALLEST = 0.2
_EVERY, _ASKED = 900.0, 2_880.0
"""A look in a quarter of an hour, and a false alarm in 30 days."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row: what is hard about it, how its detector is driven, and for how many looks."""

    what: str
    course: Course
    weather: Weather
    looks: int


def _case(
    what: str, weather: Weather, direction: Direction | None = None, *, days: float = 0.0, asked: float = _ASKED
) -> Case:
    """Return a case of the detector that takes the weather's form, on four weeks of history."""
    piece = weather.every if weather.form is Form.LEVEL else HOUR
    history = _WEEKS / 4 if weather.form is Form.LEVEL else _WEEKS
    worse = Direction.FALLS if weather.form is Form.SCORE else Direction.RISES
    settings = Settings(weather.every, weather.form, direction or worse)
    course = Course(weather.form.value, settings, asked, round(history / piece), piece)
    looks = days * DAY / weather.every if days else _LONG * asked
    return Case(f"{weather.form.value}: {what}", course, weather, round(looks))


def _share(**hard: Any) -> Weather:
    return Weather(Form.PROPORTION, **{"volume": 200.0, "level": 0.05, "every": _EVERY, **hard})


def _count(**hard: Any) -> Weather:
    return Weather(Form.COUNT, **{"volume": 1.0, "level": 20.0, "every": _EVERY, **hard})


def _gauge(**hard: Any) -> Weather:
    return Weather(Form.LEVEL, **{"volume": 100.0, "level": 250.0, "every": _EVERY, **hard})


def _stars(**hard: Any) -> Weather:
    return Weather(Form.SCORE, **{"volume": 20.0, "level": 1.0, "every": _EVERY, **hard})


def _common(make: Any) -> list[Case]:
    """Return what is hard for every form."""
    return [
        _case("calm", make()),
        _case("by hour of the day +-10 %", make(shape=0.1)),
        _case("by hour of the day +-35 %", make(shape=0.3)),
        _case("an unusual weekday, +50 % on Tuesdays from 10 to 14", make(tuesday=1.5)),
        _case("+10 % in 2,000 looks", make(trend=0.1 / 2_000)),
        _case("each day its own level, sd 10 %", make(daily=0.1)),
        _case("a level that wanders within the day, sd 10 %", make(hourly=0.1)),
    ]


def _coarse(make: Any) -> list[Case]:
    """Return the same for a rule that says what is too small to matter."""
    cases = _common(make)
    settings = [replace(case.course.settings, smallest=_SMALLEST) for case in cases]
    return [
        replace(case, what=f"{case.what}, smallest {_SMALLEST:.0%}", course=replace(case.course, settings=own))
        for case, own in zip(cases, settings, strict=True)
    ]


def _wide(make: Any) -> list[Case]:
    return [_case(f"variance {factor:g}x", make(factor=factor)) for factor in (2.0, 4.0)]


def _swelling(make: Any) -> list[Case]:
    """Return what is hard where volume is not the metric: traffic that changes tenfold."""
    began = START + (_WEEKS / 4 if make is _gauge else _WEEKS)
    middle = began + _ASKED * _EVERY
    usual = make().volume
    return [
        _case("a tenth of the traffic", make(volume=usual / 10)),
        _case("ten times the traffic", make(volume=usual * 10)),
        _case("traffic 20-fold within the day", make(swing=1.5)),
        _case("traffic that grows tenfold midway", make(turns=middle, later=10.0)),
        _case("traffic that falls to a tenth midway", make(turns=middle, later=0.1)),
    ]


def _resting(make: Any, level: float, what: str, direction: Direction | None = None) -> list[Case]:
    """Return a holiday on the first day after the history, and two days after it, not known and known."""
    began = START + (_WEEKS / 4 if make is _gauge else _WEEKS)
    cases = []
    for known in (False, True):
        holiday = Holiday(began, level=level, known=known)
        case = _case(
            f"a holiday with {what}, {'' if known else 'not '}known", make(holiday=holiday), direction, days=3.0
        )
        span = (began, began + DAY) if known else (0.0, 0.0)
        cases.append(replace(case, course=replace(case.course, known=span)))
    return cases


def _few(form: Form) -> Case:
    """Return 20 a day, looked at by the minute, from 9 to 21, a false alarm a fortnight."""
    volume = 20.0 / 720.0
    weather = Weather(
        form, volume=volume, level=0.15 if form is Form.PROPORTION else 1.0, every=60.0, opens=(9.0, 21.0)
    )
    return _case("20 a day by the minute, none at night", weather, asked=20_160.0)


def cases() -> list[Case]:
    """Return all cases."""
    return [
        *_common(_share),
        *_coarse(_share),
        *_wide(_share),
        *_swelling(_share),
        *_resting(_share, 1.0, "0.3 of the traffic"),
        *_resting(_share, 1.3, "0.3 of the traffic and the share 1.3 times"),
        _few(Form.PROPORTION),
        *_common(_count),
        *_wide(_count),
        _case("20-fold within the day", _count(swing=1.5)),
        *_resting(_count, 1.0, "0.3 of the usual, looking for rises"),
        *_resting(_count, 1.0, "0.3 of the usual, looking for falls", Direction.FALLS),
        _few(Form.COUNT),
        *_common(_stars),
        *_wide(_stars),
        *_swelling(_stars),
        *_resting(_stars, 1.0, "0.3 of the traffic"),
        _few(Form.SCORE),
        *_common(_gauge),
        *_swelling(_gauge),
        *_resting(_gauge, 1.0, "0.3 of the traffic"),
        _few(Form.LEVEL),
        _case("correlated, 0.5 from look to look", _gauge(persists=0.5)),
        _case("correlated, 0.9 from look to look", _gauge(persists=0.9)),
        _case("heavy tails, t3", _gauge(tail="t3")),
        _case("heavy tails, lognormal", _gauge(tail="lognormal")),
    ]


def rows(words: Sequence[str] = ()) -> list[Row]:
    """Return the rows of the cases that hold every word, on two processes."""
    known = detectors()
    picked = [case for case in cases() if all(word in case.what for word in words) and case.course.name in known]
    return told(judged, picked)


def judged(case: Case, many: int = _ROWS) -> list[Row]:
    """Return what one case shows."""
    short = case.looks < case.course.asked
    ran = length(case.course, case.weather, 3 * many if short else many, case.looks)
    return [row(case.what, ran, case.course.asked)]


def row(what: str, ran: Length, asked: float) -> Row:
    """Return false alarms over those promised, with the interval at 95 %; without a promise there is no goal."""
    promised = ran.risk / asked
    ratio = ran.alarms / promised if promised else nan
    low, high = (asked / bound if bound else nan for bound in reversed(ran.interval))
    learning = f"; learning {ran.learning:.0%} of it" if ran.learning else ""
    return Row(
        what=f"{what} (95 % {low:.2f} to {high:.2f}; first tenth {ran.early:.3f}{learning})",
        ours=float(ran.alarms),
        unit="false alarms",
        beside="promised",
        theirs=promised,
        ratio=ratio,
        goal=f"<= {GOAL:.2f}" if promised else "none: learning",
        holds=not promised or ratio <= GOAL,
    )
