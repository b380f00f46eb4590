"""Labelled series of real services, as gauges through a replay and through the living service: `pytest -s` prints them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from tests.real.__main__ import show
from tests.real.labelled import KINDS, RULES, Found, Series, compare, folder, signals
from tests.real.shared import present, rulebook
from tests.runners.decisions import of_report, of_service, replayed, retained
from tests.runners.service import up

pytestmark = present

CRASHES, LATENCY = "application-crash-rate-1", "middle-tier-api-dependency-latency"
FALSE = 5.0
"""False alarms in 1,000 looks, where 1 was accepted: the recorded series wander, and a label is one person's opinion."""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rulebook(tmp_path_factory.mktemp("rules"), RULES)


@pytest.fixture(scope="module")
def book(rules: Path) -> Rulebook:
    return load(rules, {})


def look(name: str, book: Rulebook) -> tuple[list[Series], list[Found]]:
    series = folder(name)
    return series, list(compare(series, replayed(book, signals(series), 5000)))


@pytest.mark.parametrize(("name", "least"), [(CRASHES, 0.1), (LATENCY, 0.3)])
def test_labelled_stretches_are_found_without_many_other_alerts(name: str, least: float, book: Rulebook) -> None:
    series, found = look(name, book)
    total = show(Console(width=120), name, series, found)
    assert total.recall >= least
    assert total.false_per_thousand <= FALSE


@pytest.mark.parametrize("name", [CRASHES, LATENCY])
def test_every_stretch_and_every_alert_is_listed(name: str, book: Rulebook) -> None:
    series = folder(name)
    report = replayed(book, signals(series), 5000)
    found = list(compare(series, report))
    assert Counter(one.series.service for one in found if one.stretch) == Counter(
        {one.service: len(one.stretches) for one in series if one.stretches}
    )
    listed = {id(one.alert) for one in found if one.alert}
    for alert in report.alerts:  # several alerts of one stretch are listed by their first
        assert id(alert) in listed or any(
            one.stretch and one.alert and one.series.service == alert.segment["service"] for one in found
        )


def test_an_alert_of_a_stretch_does_not_come_before_it_can_be_known(book: Rulebook) -> None:
    _, found = look(LATENCY, book)
    delays = [one.delay for one in found if one.delay is not None]
    assert delays
    assert min(delays) >= 0


def test_what_is_still_being_learnt_calls_nobody(book: Rulebook) -> None:
    series = folder(CRASHES, ["app1-09"])  # shorter than it takes to learn
    report = replayed(book, signals(series))
    assert report.taken == len(series[0].points)
    assert all(alert.learning for alert in report.alerts)
    assert report.incidents == []


def test_the_living_service_decides_the_same(book: Rulebook, rules: Path, tmp_path: Path) -> None:
    decides_the_same([*folder(CRASHES, ["app1-03", "app1-05"]), *folder(LATENCY)[:2]], book, rules, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", KINDS)
def test_the_living_service_decides_the_same_on_all(name: str, book: Rulebook, rules: Path, tmp_path: Path) -> None:
    decides_the_same(folder(name), book, rules, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_over_all_folders_other_alerts_are_few(book: Rulebook) -> None:
    """One folder alone may have more: ecommerce-api-incoming-rps, one series with a strong week, has 7 in 1,000."""
    totals = [show(Console(width=120), name, *look(name, book)) for name in KINDS]
    false, looks = sum(one.false for one in totals), sum(one.looks for one in totals)
    assert 1000 * false / looks <= FALSE
    assert sum(one.found for one in totals) >= sum(one.stretches for one in totals) / 3


def decides_the_same(series: list[Series], book: Rulebook, rules: Path, tmp_path: Path) -> None:
    lines = signals(series)
    report = replayed(book, lines, 5000)
    with up(rules, tmp_path / "data", "--clock", "events") as service:
        counts = service.send(lines, 1000)
        service.settle(600.0)
        decided = of_service(service.incidents())
    assert retained(decided, report.last) == retained(of_report(report), report.last)
    assert decided
    assert counts == {"taken": len(lines), "duplicate": 0, "refused": 0}
