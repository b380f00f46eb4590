"""History through the living service: `andon up --clock events` decides what `andon replay` decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from andon.model import Act, Verb
from andon.rulebook.model import Rulebook
from tests.runners.decisions import of_report, of_service, replayed
from tests.runners.history import signals
from tests.runners.service import stop, up

LINES = [line for line in signals(2.2) if line.strip()]
BY_EVENTS = ("--clock", "events")


@pytest.mark.long
@pytest.mark.parametrize("batch", [83, 2000])
def test_over_http_the_same_is_decided(book: Rulebook, rules: Path, tmp_path: Path, batch: int) -> None:
    report = replayed(book, LINES)
    with up(rules, tmp_path / "data", *BY_EVENTS) as service:
        counts = service.send(LINES, batch)
        service.settle()
        decided = of_service(service.incidents())
    assert decided == of_report(report)
    assert (counts["taken"] + counts["duplicate"], counts["refused"]) == (
        report.taken + report.repeated,
        report.refused,
    )


@pytest.mark.long
def test_a_service_that_was_ended_and_started_again_decides_the_same(
    book: Rulebook, rules: Path, tmp_path: Path
) -> None:
    half = len(LINES) // 2
    with up(rules, tmp_path / "data", *BY_EVENTS) as service:
        service.send(LINES[:half])
        service.settle()
        stop(service.process)
    with up(rules, tmp_path / "data", *BY_EVENTS) as service:
        service.sent = half_of(book)
        service.send(LINES[half:])
        service.settle()
        decided = of_service(service.incidents())
    assert decided == of_report(replayed(book, LINES))


def half_of(book: Rulebook) -> int:
    report = replayed(book, LINES[: len(LINES) // 2])
    return report.taken + report.repeated


def test_an_act_is_as_of_the_time_of_the_signals(book: Rulebook, rules: Path, tmp_path: Path) -> None:
    half = 2 * len(LINES) // 3
    with up(rules, tmp_path / "data", *BY_EVENTS) as service:
        service.send(LINES[:half])
        service.settle()
        [pull] = [one for one in service.incidents() if one["rule"] == "pull"]
        service.act(pull["id"], "ack", "ana")
        service.send(LINES[half:])
        service.settle()
        decided = of_service(service.incidents())
    before = replayed(book, LINES[:half])
    act = Act(verb=Verb.ACK, incident=pull["id"], by="ana", at=before.last)
    report = replayed(book, LINES, acts=[act])
    assert [one["holder"] for one in decided if one["rule"] == "pull"] == ["ana"]
    assert [(one["id"], one["milestones"]) for one in decided] == [
        (o["id"], o["milestones"]) for o in of_report(report)
    ]


def test_the_service_ends_in_order_when_it_is_asked_to(rules: Path, tmp_path: Path) -> None:
    with up(rules, tmp_path / "data", *BY_EVENTS) as service:
        assert stop(service.process) == 0
