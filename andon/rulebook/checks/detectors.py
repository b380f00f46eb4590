"""Whether each rule's detectors are there, can watch what they are to watch, and can keep what they are to promise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from andon.detector import Detector, Settings
from andon.errors import ConfigError
from andon.rulebook.check import REINSTALL, Level, Notice, World, check
from andon.rulebook.model import Rule, Rulebook, Test
from andon.rulebook.units import choose

SOON = 86_400.0
"""Seconds; so long an outage may last without anybody wanting it for the new normal."""


def _tests(book: Rulebook) -> Iterator[tuple[Rule, Test]]:
    for rule in book.rules.values():
        whens = [rule.when, *(one.when for one in rule.worsens)]
        yield from ((rule, test) for when in whens if when is not None for test in when.tests)


def _there(book: Rulebook, world: World) -> Iterator[tuple[Rule, Test, type[Detector]]]:
    for rule, test in _tests(book):
        if detector := world.detectors.get(test.detector):
            yield rule, test, detector


@check("unknown-detector")
def unknown_detector(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find rules whose detector is not there: they judge nothing."""
    for rule, test in _tests(book):
        if test.detector not in world.detectors:
            text = f"rule {rule.id!r}: {choose(test.detector, world.detectors, 'detector')}; {REINSTALL}"
        elif world.detectors[test.detector] is None:
            text = f"rule {rule.id!r}: the detector {test.detector!r} is registered but cannot be loaded; install what it needs"
        else:
            continue
        yield Notice(Level.ERROR, "unknown-detector", rule.place, text)


@check("promise-not-kept")
def promise_not_kept(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find promises of false alarms that a detector, not being calibrated, cannot keep."""
    for rule, test, detector in _there(book, world):
        if test.promise is not None and not detector.calibrated:
            text = f"rule {rule.id!r}: {test.detector} is not calibrated and cannot keep false_alarms; leave it out, and state a line"
            yield Notice(Level.ERROR, "promise-not-kept", rule.place, text)


@check("promise-missing")
def promise_missing(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find calibrated detectors without a promise, hence without a threshold: they never call."""
    for rule, test, detector in _there(book, world):
        if test.promise is None and detector.calibrated:
            text = (
                f"rule {rule.id!r}: {test.detector} needs false_alarms, such as 1 per 30d; without it nothing can fire"
            )
            yield Notice(Level.ERROR, "promise-missing", rule.place, text)


@check("detector-refuses")
def detector_refuses(book: Rulebook, world: World) -> Iterable[Notice]:
    """Ask each detector whether it takes the metric and understands its options."""
    for rule, test, detector in _there(book, world):
        if said := _refusal(rule, test, detector):
            yield Notice(Level.ERROR, "detector-refuses", rule.place, f"rule {rule.id!r}: {said}")


@check("accepted-soon")
def accepted_soon(book: Rulebook, world: World) -> Iterable[Notice]:
    """Find rules that take for usual, by themselves, what may be no more than a long outage."""
    del world
    for rule in book.rules.values():
        if rule.accept_after < SOON:
            text = (
                f"rule {rule.id!r}: accept_after is {rule.accept_after / 3600:.3g} h; an outage that lasts so long would be taken "
                "for usual, and its call closed: say several days, or leave it out and let a person accept"
            )
            yield Notice(Level.WARNING, "accepted-soon", rule.place, text)


def _refusal(rule: Rule, test: Test, detector: type[Detector]) -> str:
    form = rule.metric.form
    if form not in detector.takes:
        takes = " or ".join(sorted(detector.takes))
        return f"{test.detector} takes a {takes}, and {rule.metric.word} is a {form}; choose another metric or detector"
    try:
        detector(Settings(rule.every, form, test.direction, test.smallest, test.options))
    except ConfigError as wrong:
        return f"{str(wrong).rstrip('.')} (in options)"
    return ""
