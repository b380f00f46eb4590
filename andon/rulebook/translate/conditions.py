"""Conditions: what `when` says, as tests of detectors."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from andon.model import Direction, Form, Metric
from andon.rulebook.forms.rules import WAYS, RuleForm, WhenForm
from andon.rulebook.merge import Item, Spot
from andon.rulebook.model import FalseAlarms, Test, When
from andon.rulebook.translate.desk import Desk
from andon.rulebook.translate.options import plain
from andon.rulebook.units import Amount, Rate

_HOUR = 3600.0
_BY_FORM = {Form.PROPORTION: "proportion", Form.COUNT: "count", Form.LEVEL: "level", Form.SCORE: "score"}
_GOOD_SHARES = ("csat", "crash_free", "good_share")
"""Shares of what is good: their budget is for what is missing from 1, and burns as they fall."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a condition is compiled with: the metric it is about, the default promise, where it stands, the desk."""

    metric: Metric
    promise: Rate | None
    item: Item[RuleForm]
    inside: tuple[str | int, ...]
    desk: Desk

    def spot(self, *more: str | int) -> Spot:
        """Return where something inside the condition stands."""
        return self.item.at(*self.inside, *more)

    def into(self, *more: str | int) -> Bench:
        """Return the bench for a condition inside this one."""
        return Bench(self.metric, self.promise, self.item, (*self.inside, *more), self.desk)

    def wrong(self, where: str, text: str) -> None:
        """Keep a problem with one of the condition's words."""
        self.desk.wrong(self.spot(where), text)


def compiled(form: WhenForm, bench: Bench) -> When:
    """Return a condition's tests; problems are kept at the desk."""
    if form.any_of is not None:
        return When("any", tuple(_inner(form.any_of, "any", bench)))
    if form.all_of is not None:
        return When("all", tuple(_inner(form.all_of, "all", bench)))
    return When("any", _tests(form, bench))


def burns(form: WhenForm) -> bool:
    """Return whether a condition is a burn rate by itself, of which there is a slow companion."""
    return form.burns is not None


def learns(form: WhenForm) -> bool:
    """Return whether a condition, or one of those within it, is about what is learnt to be usual."""
    within = [*(form.any_of or ()), *(form.all_of or ())]
    return bool(form.rises or form.falls or form.changes) or any(learns(one) for one in within)


def slow(when: When) -> When:
    """Return a burn rate's companion that looks over its slow windows."""
    [test] = when.tests
    options = {**test.options, "windows": "slow"}
    return When(when.op, (Test(test.detector, test.direction, options, min_n=test.min_n),))


def _inner(forms: Iterable[WhenForm], op: str, bench: Bench) -> Iterable[Test]:
    for i, form in enumerate(forms):
        way = _way(form)
        inner = bench.into(op, i)
        if way in {"any", "all"}:
            inner.wrong(way, f"does not stand inside {op}; write the conditions in one list, or two rules")
        elif op == "all" and way == "changes":
            inner.wrong(way, "does not stand inside all, being two conditions; allowed: rises or falls")
        else:
            yield from _tests(form, inner)


def _way(form: WhenForm) -> str:
    return next(way for way in WAYS if way in form.stated())


def _tests(form: WhenForm, bench: Bench) -> tuple[Test, ...]:
    way = _way(form)
    if way in {"above", "below"}:
        return (_line(form, way, bench),)
    if way == "burns":
        return (_burning(form, bench),)
    if way == "silent":
        options = {"silent": form.silent, "expected": "usual" if form.expected is None else form.expected}
        return (Test("silence", Direction.FALLS, options),)
    directions = (Direction.RISES, Direction.FALLS) if way == "changes" else (Direction(way),)
    promise = _promise(form, way, bench)
    min_n, change, relative = _at_least(form, bench)
    detector = form.using or _BY_FORM[bench.metric.form]
    smallest = math.nan if form.smallest is None else form.smallest
    return tuple(
        Test(detector, one, plain(form.options), promise, smallest, min_n, change, relative) for one in directions
    )


def _promise(form: WhenForm, way: str, bench: Bench) -> FalseAlarms | None:
    """Return the promise whole for each direction: the bank divides it among a rule's tests."""
    stated = form.false_alarms or (bench.promise if form.using is None else None)
    if stated is None:
        if form.using is None:
            bench.wrong(
                way,
                "needs false_alarms: how often it may be wrong, such as 1 per 30d; or state it once under defaults",
            )
        return None
    return FalseAlarms(stated.times, stated.seconds, stated.in_all)


def _line(form: WhenForm, way: str, bench: Bench) -> Test:
    stated = form.above if way == "above" else form.below
    over = form.over or math.nan
    line = _natural(stated or Amount(math.nan), way, bench)
    options: dict[str, object] = {way: line, "over": over}
    if form.clear is not None:
        clear = _natural(form.clear, "clear", bench)
        if clear > line if way == "above" else clear < line:
            bench.wrong(
                "clear",
                f"lies on the bad side of {way}; allowed: {'at most' if way == 'above' else 'at least'} the line",
            )
        options["clear"] = clear
    min_n, change, _ = _at_least(form, bench)
    if change:
        bench.wrong("at_least", f"change does not go with {way}, which is a fixed line; allowed: n")
    return Test("threshold", Direction.RISES if way == "above" else Direction.FALLS, options, min_n=min_n)


def _burning(form: WhenForm, bench: Bench) -> Test:
    metric = bench.metric
    if metric.form is not Form.PROPORTION:
        bench.wrong("burns", f"needs a share, found {metric.word}; allowed: one such as crash_rate, slow_share, csat")
    min_n, change, _ = _at_least(form, bench)
    if change:
        bench.wrong("at_least", "change does not go with burns, which has its own factors; allowed: n")
    spent = form.burns
    options = {"budget": spent.budget, "of": spent.of, "windows": "fast"} if spent else {}
    falls = metric.word.partition(":")[0] in _GOOD_SHARES
    return Test("burn_rate", Direction.FALLS if falls else Direction.RISES, options, min_n=min_n)


def _at_least(form: WhenForm, bench: Bench) -> tuple[float, float, bool]:
    """Return the least n, the least change and whether that is a share of what was expected."""
    stated = form.at_least
    if stated is None:
        return 0.0, 0.0, False
    min_n = stated.n or 0.0
    if stated.change is None:
        return min_n, 0.0, False
    if stated.change.unit == "%":
        return min_n, stated.change.value, True
    if stated.change.unit == "pp":
        if bench.metric.form is not Form.PROPORTION:
            bench.wrong(
                "at_least",
                f"change is in pp, percentage points of a share, found {bench.metric.word}; allowed: 20%, or a number",
            )
        return min_n, stated.change.value, False
    change = _natural(stated.change, "at_least", bench)
    return min_n, change / _HOUR if bench.metric.form is Form.COUNT else change, False


def _natural(stated: Amount, word: str, bench: Bench) -> float:
    """Return a number as the metric has it: a share 0..1, a count in the window, a level or a score in its unit."""
    share, unit = bench.metric.form is Form.PROPORTION, stated.unit
    if unit == "pp" or (unit == "%" and not share) or (unit == "ms" and bench.metric.unit != "ms"):
        bench.wrong(word, f"is written in {unit}, which {bench.metric.word} is not; allowed: {_wanted(bench.metric)}")
    elif share and not 0 <= stated.value <= 1:
        bench.wrong(word, f"read {stated.value:g}; allowed: {_wanted(bench.metric)}")
    return stated.value


def _wanted(metric: Metric) -> str:
    if metric.form is Form.PROPORTION:
        return "a share such as 2% (or 0.02)"
    if metric.form is Form.COUNT:
        return "a number, so many in the time it is judged over"
    return "a time such as 800ms" if metric.unit == "ms" else "a number"
