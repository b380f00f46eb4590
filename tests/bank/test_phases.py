from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.bank.phases import (
    FIELDS,
    FIRING,
    NO_DATA,
    OK,
    PENDING,
    RECOVERING,
    Move,
    Pace,
    Signs,
    Verdict,
    advance,
)
from andon.bank.table import Table
from andon.detector import State

USUAL = Pace(hold=0.0, clear_after=600.0, calls=False)


def _row() -> State:
    table = Table(FIELDS)
    table.grow(1)
    return table.take(np.array([0], dtype=np.int64))


@dataclass
class Alert:
    """One alert that is shown a look a minute."""

    pace: Pace = USUAL
    now: float = 0.0
    moves: list[Move] = field(default_factory=list)
    state: State = field(default_factory=_row)

    def look(
        self,
        *,
        over: bool = False,
        ready: bool | None = None,
        fresh: bool = True,
        verdict: Verdict = Verdict.HOLD,
        data: bool = True,
        renewed: bool = True,
        times: int = 1,
    ) -> int:
        """Show the same look `times` and return the state."""
        ready = over if ready is None else ready
        for _ in range(times):
            self.now += 60.0
            signs = Signs(
                over=np.array([over]),
                ready=np.array([ready]),
                crossing=np.array([ready and fresh]),
                verdict=np.array([verdict], dtype=np.int8),
                data=np.array([data]),
                renewed=np.array([renewed]),
                clean=np.array([self.now]),
            )
            move = Move(int(advance(self.state, signs, self.pace, self.now)[0]))
            if move is not Move.NONE:
                self.moves.append(move)
        return int(self.state["state"][0])


def fired() -> Alert:
    alert = Alert()
    alert.look(over=True)
    return alert


def test_without_for_a_crossing_fires_at_once() -> None:
    assert fired().moves == [Move.FIRED]


def test_a_score_over_the_threshold_without_new_data_does_not_fire() -> None:
    alert = Alert()
    assert alert.look(over=True, fresh=False, times=5) == OK


def test_a_score_over_the_threshold_without_enough_behind_it_does_not_fire() -> None:
    alert = Alert()
    assert alert.look(over=True, ready=False, times=5) == OK


def test_for_holds_the_call_back_and_then_calls() -> None:
    alert = Alert(Pace(120.0, 600.0, calls=False))
    assert alert.look(over=True) == PENDING
    assert alert.look(over=True) == PENDING
    assert alert.look(over=True) == FIRING
    assert alert.moves == [Move.FIRED]


def test_a_crossing_counts_through_for_without_new_data() -> None:
    alert = Alert(Pace(120.0, 600.0, calls=False))
    alert.look(over=True)
    assert alert.look(over=True, fresh=False, times=2) == FIRING


def test_a_score_that_sinks_during_for_begins_anew() -> None:
    alert = Alert(Pace(120.0, 600.0, calls=False))
    alert.look(over=True, times=2)
    assert alert.look() == OK
    assert alert.look(over=True, times=2) == PENDING
    assert alert.moves == []


def test_the_first_good_look_recovers_and_clear_after_verifies() -> None:
    alert = fired()
    assert alert.look(verdict=Verdict.GOOD) == RECOVERING
    assert alert.look(verdict=Verdict.GOOD, times=9) == RECOVERING
    assert alert.look(verdict=Verdict.GOOD) == OK
    assert alert.moves == [Move.FIRED, Move.RECOVERS, Move.CLEARED]


def test_bad_again_goes_back_to_firing_and_the_good_time_counts_anew() -> None:
    alert = fired()
    alert.now += 3600.0
    alert.look(verdict=Verdict.GOOD, times=8)
    assert alert.look(verdict=Verdict.BAD) == FIRING
    alert.now += 3600.0
    assert alert.look(verdict=Verdict.GOOD, times=10) == RECOVERING
    assert alert.moves == [Move.FIRED, Move.RECOVERS, Move.AGAIN, Move.RECOVERS]


def test_a_look_that_cannot_say_changes_nothing() -> None:
    alert = fired()
    assert alert.look(verdict=Verdict.HOLD, times=100) == FIRING
    alert.look(verdict=Verdict.GOOD)
    assert alert.look(verdict=Verdict.HOLD, times=100) == RECOVERING


def test_without_new_data_since_the_first_good_look_nothing_is_verified() -> None:
    alert = fired()
    assert alert.look(verdict=Verdict.GOOD, renewed=False, times=50) == RECOVERING
    assert alert.look(verdict=Verdict.GOOD) == OK


def test_a_firing_alert_is_not_moved_by_scores() -> None:
    alert = fired()
    assert alert.look(over=True, times=20) == FIRING
    assert alert.moves == [Move.FIRED]


def test_the_third_flip_in_half_an_hour_is_flapping_and_told_once() -> None:
    alert = fired()
    alert.look(verdict=Verdict.GOOD)
    alert.look(verdict=Verdict.BAD)
    assert alert.look(verdict=Verdict.GOOD, times=20) == FIRING
    assert alert.moves == [Move.FIRED, Move.RECOVERS, Move.FLAPS]


def test_flapping_ends_after_half_an_hour_of_looks_that_are_not_bad() -> None:
    alert = fired()
    alert.look(verdict=Verdict.GOOD)
    alert.look(verdict=Verdict.BAD)
    alert.look(verdict=Verdict.GOOD, times=29)
    assert alert.look(verdict=Verdict.GOOD) == RECOVERING


def test_every_bad_look_prolongs_flapping() -> None:
    alert = fired()
    alert.look(verdict=Verdict.GOOD)
    alert.look(verdict=Verdict.BAD, times=20)
    assert alert.look(verdict=Verdict.GOOD, times=29) == FIRING
    assert alert.look(verdict=Verdict.GOOD) == RECOVERING


def test_firing_for_the_third_time_in_half_an_hour_is_flapping_too() -> None:
    alert = Alert(Pace(0.0, 60.0, calls=False))
    alert.look(over=True)
    alert.look(verdict=Verdict.GOOD, times=2)
    assert alert.look(over=True) == FIRING
    assert alert.moves[-1] is Move.FLAPS


def test_slow_flips_are_not_flapping() -> None:
    alert = fired()
    for _ in range(6):
        alert.now += 1800.0
        alert.look(verdict=Verdict.GOOD)
        alert.now += 1800.0
        alert.look(verdict=Verdict.BAD)
    assert Move.FLAPS not in alert.moves


def test_silence_calls_only_where_the_rule_says_so() -> None:
    quiet, calls = Alert(), Alert(Pace(0.0, 600.0, calls=True))
    for alert in (quiet, calls):
        alert.look()
        alert.look(data=False, times=10)
    assert quiet.moves == []
    assert calls.moves == [Move.SILENT]
    assert calls.look(data=False, times=50) == NO_DATA
    assert calls.moves == [Move.SILENT]


def test_a_feed_that_was_dead_from_the_start_calls_too() -> None:
    alert = Alert(Pace(0.0, 600.0, calls=True))
    assert alert.look(data=False, times=10) == OK
    assert alert.look(data=False) == NO_DATA


def test_data_after_silence_recovers_if_good_and_fires_if_bad() -> None:
    for verdict, state in ((Verdict.GOOD, RECOVERING), (Verdict.BAD, FIRING)):
        alert = Alert(Pace(0.0, 600.0, calls=True))
        alert.look()
        alert.look(data=False, times=10)
        assert alert.look(verdict=verdict) == state


def test_silence_while_firing_keeps_when_it_fired() -> None:
    alert = Alert(Pace(0.0, 600.0, calls=True))
    alert.look(over=True)
    alert.state["tests"][0] = 2
    assert alert.look(data=False, times=10) == NO_DATA
    assert alert.state["fired"][0] == 60.0
    assert alert.state["tests"][0] == 2


LOOKS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from(list(Verdict)), st.booleans()),
    max_size=80,
)


@given(LOOKS, st.booleans(), st.sampled_from([0.0, 120.0]))
def test_an_alert_is_never_ok_again_without_a_good_look(
    looks: list[tuple[bool, bool, Verdict, bool]], calls: bool, hold: float
) -> None:
    alert = Alert(Pace(hold, 300.0, calls=calls))
    was = OK
    for over, fresh, verdict, data in looks:
        state = alert.look(over=over, fresh=fresh, verdict=verdict, data=data)
        if state == OK and was > PENDING:
            assert was == RECOVERING
            assert verdict is Verdict.GOOD
        was = state


@given(LOOKS)
def test_every_call_is_told_before_it_is_taken_back(looks: list[tuple[bool, bool, Verdict, bool]]) -> None:
    alert = Alert()
    for over, fresh, verdict, data in looks:
        alert.look(over=over, fresh=fresh, verdict=verdict, data=data)
    for before, after in zip([Move.CLEARED, *alert.moves], alert.moves, strict=False):
        assert after is not Move.CLEARED or before is Move.RECOVERS
        assert after is not Move.RECOVERS or before in {Move.FIRED, Move.AGAIN, Move.FLAPS}


@pytest.mark.parametrize("many", [1, 7])
@given(LOOKS)
def test_alerts_do_not_touch_each_other(many: int, looks: list[tuple[bool, bool, Verdict, bool]]) -> None:
    one = Alert()
    table = Table(FIELDS)
    table.grow(many)
    state = table.take(np.arange(many, dtype=np.int64))
    for over, fresh, verdict, _ in looks:
        one.look(over=over, fresh=fresh, verdict=verdict)
        mine = np.zeros(many, dtype=np.bool_)
        mine[many // 2] = True
        verdicts = np.where(mine, verdict, Verdict.BAD).astype(np.int8)
        signs = Signs(
            mine & over, mine & over, mine & over & fresh, verdicts, ~mine | True, ~mine | True, np.zeros(many)
        )
        advance(state, signs, USUAL, one.now)
    assert state["state"][many // 2] == one.state["state"][0]
    assert np.all(np.delete(state["state"], many // 2) == OK)
