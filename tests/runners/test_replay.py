from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from andon.model import SENT, Act, State, Tier, Verb
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.runners.report import MOST_REASONS, OTHERS, Report
from tests.runners.decisions import as_bytes, replayed
from tests.runners.history import BOOK, START, signals

LINES = signals(3.0)
SIX_MINUTES = 360.0


@pytest.fixture(scope="module")
def report(book: Rulebook) -> Report:
    return replayed(book, LINES, acks=SIX_MINUTES)


def one(kind: str = "latency", **signal: object) -> bytes:
    return json.dumps({"kind": kind, "value": 5} | signal).encode()


@pytest.mark.parametrize("batch", [1, 7, 100_000])
def test_any_batch_size_gives_the_same_bytes(book: Rulebook, report: Report, batch: int) -> None:
    assert as_bytes(replayed(book, LINES, batch, acks=SIX_MINUTES)) == as_bytes(report)


@pytest.mark.parametrize("seed", [11, 12])
def test_other_days_do_not_depend_on_the_batch_size_either(book: Rulebook, seed: int) -> None:
    lines = signals(1.7, seed)
    assert as_bytes(replayed(book, lines, 3)) == as_bytes(replayed(book, lines, 411))


def test_the_history_holds_what_can_go_wrong(report: Report) -> None:
    assert report.late
    assert report.repeated
    assert report.refused
    assert {alert.rule for alert in report.alerts} >= {"crashes", "slow", "oven", "burst", "furious", "pull", "unhappy"}


def test_every_kind_of_signal_is_in_the_history() -> None:
    assert all(any(f'"kind": "{kind}"'.encode() in line for line in LINES) for kind in SENT)


def test_rows_come_in_the_order_of_time(report: Report) -> None:
    assert all(before.at <= after.at for before, after in pairwise(report.rows))


def test_who_is_paged_answers_after_the_supposed_time(report: Report) -> None:
    slow = next(one for one in report.incidents if one.rule == "slow")
    assert slow.milestones["acked"] - slow.milestones["paged"] == SIX_MINUTES


def test_nobody_answers_unless_it_is_supposed(book: Rulebook) -> None:
    assert not any("acked" in one.milestones for one in replayed(book, LINES[:2000]).incidents)


def test_an_answer_keeps_the_ladder_from_climbing(book: Rulebook, report: Report) -> None:
    assert replayed(book, LINES).pages > report.pages


def test_a_fixed_position_that_nobody_answers_turns_red(book: Rulebook) -> None:
    crashes = next(one for one in replayed(book, LINES).incidents if one.rule == "crashes")
    assert crashes.tier is Tier.RED


def test_broken_lines_are_counted_by_their_reason_and_the_rest_is_taken(book: Rulebook) -> None:
    report = replayed(book, [b"{", one(time=START), b"[]", one(time=START + 1, value=-1)])
    assert (report.taken, report.refused, sum(report.reasons.values())) == (1, 3, 3)
    assert "value is -1: a latency cannot be negative" in report.reasons


def test_a_line_is_one_signal_however_it_is_written(book: Rulebook) -> None:
    two = one(time=START) + b" " + one(time=START)
    assert replayed(book, [two, b'{"kind":"complaint",', b'"time":1772359200}']).taken == 0


def test_the_mark_that_some_editors_put_before_a_file_is_passed_over(book: Rulebook) -> None:
    assert replayed(book, [b"\xef\xbb\xbf" + one(time=START)]).taken == 1


def test_a_huge_line_is_refused_like_any_other(book: Rulebook) -> None:
    huge = b'{"kind":"complaint","text":"' + b"x" * 20_000_000
    report = replayed(book, [one(time=START), huge, one(time=START)])
    assert (report.taken, report.refused) == (2, 1)


def test_reasons_are_kept_up_to_a_bound(book: Rulebook) -> None:
    lines = [one(time=START), *(one(time=START, value=-number) for number in range(1, 2 * MOST_REASONS))]
    reasons = replayed(book, lines).reasons
    assert len(reasons) == MOST_REASONS + 1
    assert reasons[OTHERS] == MOST_REASONS - 1


def test_nothing_gives_an_empty_report(book: Rulebook) -> None:
    report = replayed(book, [b"", b"  "])
    assert (report.taken, report.refused, report.incidents) == (0, 0, [])
    assert math.isnan(report.first)


def test_what_is_not_a_number_is_null_in_json(book: Rulebook) -> None:
    assert json.loads(as_bytes(replayed(book, [])))["first"] is None


def test_a_signal_without_a_time_has_that_of_the_one_before(book: Rulebook) -> None:
    pull = one("pull", text="help")
    [incident] = replayed(book, [one(time=START), pull]).incidents
    assert incident.called == START


def test_before_the_clock_has_started_a_signal_needs_a_time(book: Rulebook) -> None:
    report = replayed(book, [one(), one(time=START)])
    assert (report.taken, report.refused) == (1, 1)


def test_a_gap_of_years_is_passed_over(book: Rulebook) -> None:
    later = START + 9 * 365 * 86_400.0
    assert replayed(book, [one(time=START), one(time=later), one(time=later)]).last == later


def test_an_act_is_done_when_its_time_comes(book: Rulebook) -> None:
    [incident] = [one for one in replayed(book, LINES).incidents if one.rule == "slow"]
    act = Act(verb=Verb.ACK, incident=incident.id, by="ana", at=incident.called + 77.5)
    [again] = [one for one in replayed(book, LINES, acts=[act]).incidents if one.rule == "slow"]
    assert (again.milestones["acked"], again.holder) == (act.at, "ana")


def test_with_acts_too_any_batch_size_gives_the_same_bytes(book: Rulebook) -> None:
    incidents = replayed(book, LINES).incidents
    acts = [
        Act(verb=verb, incident=one.id, by="ana", at=one.called + 60 * number)
        for one in incidents
        for number, verb in enumerate((Verb.ACK, Verb.ESCALATE, Verb.TOLD, Verb.RESOLVE), 1)
    ]
    assert as_bytes(replayed(book, LINES, 1, acts=acts)) == as_bytes(replayed(book, LINES, 9999, acts=acts))


def test_an_act_that_is_refused_is_told(book: Rulebook) -> None:
    act = Act(verb=Verb.ACK, incident="nothing", by="ana", at=START)
    [said] = replayed(book, [one(time=START)], acts=[act]).acts_refused
    assert said.startswith("ack nothing by ana: there is no incident")


def test_an_alert_tells_when_it_was_good_again(report: Report) -> None:
    burst = next(one for one in report.alerts if one.rule == "burst")
    assert burst.good is not None
    assert burst.good > burst.at > START


def test_each_pull_is_an_alert_of_its_own(report: Report) -> None:
    assert sum(alert.rule == "pull" for alert in report.alerts) == 2


def test_promises_are_counted_by_what_became_of_them(report: Report) -> None:
    states = [promise.state for incident in report.incidents for promise in incident.promises]
    assert report.promises()["kept"] == states.count("kept") > 0


NORMAL = """\
  - {name: crashing, id: rise, watch: crash_rate, by: [platform], when: {rises: true, false_alarms: 1 per 30d}}
"""


def test_what_is_accepted_is_taken_up_at_its_time_whatever_the_batches(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text(BOOK + NORMAL)
    rules = load(tmp_path, {})
    rng = np.random.default_rng(5)
    lines = []
    for at in range(230):
        crashes = int(rng.binomial(500, 0.01 if at < 120 else 0.05))
        told = {"value": crashes, "of": 500, "segment": {"platform": "ios"}, "time": START + 60 * at}
        lines.append(one(kind="crash", **told))
    called = next(one for one in replayed(rules, lines).incidents if one.rule == "rise")
    act = Act(verb=Verb.ACCEPT, incident=called.id, by="ana", at=called.called + 3_601.0, text="so it is now")
    few, many = replayed(rules, lines, 1, acts=[act]), replayed(rules, lines, 9999, acts=[act])
    assert as_bytes(few) == as_bytes(many)
    [again] = [one for one in few.incidents if one.rule == "rise"]
    assert (again.state, again.milestones["closed"]) == (State.CLOSED, act.at)
    assert few.acts_refused == []
