from __future__ import annotations

import pytest

from tests.bench import _flood, overload
from tests.bench._flood import BODY, Flood, bodies, flood
from tests.bench._receiver import Receiver


def test_a_refusal_that_does_not_say_when_to_come_again_does_not_hold() -> None:
    count = Flood(seconds=2.0)
    count.note(202, "", 500)
    count.note(429, "1", 0)
    count.note(503, "", 0)
    rows = {row.what: row for row in overload._answers(count, 100.0)}
    assert rows["with Retry-After"].ratio == 0.5
    assert not rows["with Retry-After"].holds
    assert rows["answers 202, 429 or 503"].holds
    assert rows["taken meanwhile"].ours == 250.0


def test_an_answer_of_any_other_kind_does_not_hold() -> None:
    count = Flood(seconds=1.0)
    count.note(500, "", 0)
    assert not {row.what: row for row in overload._answers(count, 1.0)}["answers 202, 429 or 503"].holds


@pytest.mark.parametrize(("counted", "holds"), [(10.0, True), (9.0, False), (11.0, False)])
def test_lost_and_counted_twice_both_do_not_hold(counted: float, *, holds: bool) -> None:
    assert overload._lost(10, counted).holds is holds


def test_none_of_the_floods_signals_has_an_id_so_that_each_counts_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_flood, "PIECES", 4)
    given = bodies()
    assert {body.count(b"\n") + 1 for body in given} == {BODY}
    assert not any(b'"id"' in body for body in given)


async def test_the_flood_sends_no_more_than_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_flood, "PIECES", 4)
    receiver = Receiver()
    await receiver.start()
    count = await flood(receiver.port, "", seconds=0.3, rate=100.0 * BODY, lines=4)
    await receiver.stop()
    assert 10 <= sum(count.answers.values()) <= 31


@pytest.mark.long
@pytest.mark.timeout(90)
def test_ten_times_what_the_machine_takes_is_refused_in_time_and_loses_nothing_acknowledged() -> None:
    rows = overload.bench(seconds=15.0)
    assert [row for row in rows if not row.holds] == []
    assert rows[1].ours > rows[2].ours  # something was refused
