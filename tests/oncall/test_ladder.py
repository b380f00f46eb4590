from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.model import Policy, Rung, State, Step
from andon.oncall.duty import recipients, who
from andon.oncall.ladder import cancelled, channels_of, climb, current, missed, opening
from tests.oncall.company import BOOK, DAY, HOUR, MINUTE, MONDAY, POLICY, RED, WATCH, YELLOW, incident, policy

LI, ROOM = recipients(BOOK, ["li"]), who(BOOK, "room", "payments", MONDAY)


def climbed(rung: Rung, now: float, *, hurry: bool = False, reached: bool = True, **changes: object) -> Rung:
    one = incident(rung=rung, **changes)  # type: ignore[arg-type]  # a shorthand of tests
    return climb(BOOK, one, now, hurry=hurry, reached=reached)


def test_the_next_step_counts_from_the_step_before() -> None:
    late = MONDAY + 7 * MINUTE
    assert climbed(Rung(began=MONDAY, due=MONDAY), late).due == late + 15 * MINUTE


def test_a_round_begins_when_its_first_step_is_taken() -> None:
    assert climbed(Rung(began=MONDAY, due=MONDAY), MONDAY + 7).began == MONDAY + 7


def test_after_a_rounds_last_step_the_next_round_begins_by_repeat() -> None:
    at = MONDAY + 30 * MINUTE
    rung = climbed(Rung(began=MONDAY, step=2, due=at), at)
    assert (rung.round, rung.step, rung.due) == (2, 0, MONDAY + 4 * HOUR)


def test_a_step_that_reached_nobody_is_followed_at_once() -> None:
    assert climbed(Rung(began=MONDAY, due=MONDAY), MONDAY, hurry=True).due == MONDAY


def test_after_the_rounds_come_lead_and_catch_all() -> None:
    rung = climbed(Rung(began=MONDAY, round=2, step=2, due=MONDAY), MONDAY)
    step = current(BOOK, incident(rung=rung))
    assert rung.last
    assert rung.due == MONDAY + 4 * HOUR
    assert step is not None
    assert step.notify == ["lead", "owner:everyone"]


def test_a_round_that_reached_nobody_goes_to_the_last_at_once() -> None:
    rung = climbed(Rung(began=MONDAY, step=2, due=MONDAY), MONDAY, hurry=True, reached=False)
    assert (rung.last, rung.due) == (True, MONDAY)


def test_after_the_last_nothing_is_due() -> None:
    assert climbed(Rung(began=MONDAY, step=3, due=MONDAY, last=True), MONDAY).due is None


def test_a_last_that_reached_nobody_is_tried_again() -> None:
    rung = climbed(Rung(began=MONDAY, step=3, due=MONDAY, last=True), MONDAY, hurry=True)
    assert rung.due == MONDAY + 4 * HOUR


def test_an_acked_incident_has_no_further_round() -> None:
    assert climbed(Rung(began=MONDAY, step=2, due=MONDAY), MONDAY, state=State.ACKED).due is None


def test_a_tier_without_a_ladder_has_no_step() -> None:
    assert current(BOOK, incident(policy=Policy(name="none"))) is None


def test_an_empty_ladder_goes_to_the_last() -> None:
    rung = climbed(Rung(began=MONDAY, due=MONDAY), MONDAY, hurry=True, reached=False, policy=Policy(name="none"))
    assert (rung.last, rung.due) == (True, MONDAY)


@pytest.mark.parametrize(
    ("unless", "state", "gone"),
    [
        ("", State.CALLED, False),
        ("acked", State.CALLED, False),
        ("", State.ACKED, True),
        ("acked", State.ACKED, True),
        ("resolved", State.ACKED, False),
        ("resolved", State.RECOVERING, True),
        ("resolved", State.CLOSED, True),
    ],
)
def test_what_cancels_a_step(unless: str, state: State, *, gone: bool) -> None:
    assert cancelled(Step(notify=["lead"], unless=unless), state) is gone


def test_a_later_yellow_step_waits_for_the_hours_of_its_promise() -> None:
    evening = MONDAY + 8 * HOUR + 20 * MINUTE  # 18:20; the office closes at 18:30
    rung = climbed(Rung(began=evening, due=evening), evening)
    assert rung.due == MONDAY + DAY - 30 * MINUTE


def test_the_time_a_round_waited_does_not_count_to_its_repeat() -> None:
    evening = MONDAY + 8 * HOUR + 20 * MINUTE
    rung = climbed(Rung(began=evening, due=evening), evening)
    assert rung.due is not None
    assert rung.due - rung.began == 15 * MINUTE


def test_a_red_step_never_waits() -> None:
    night = MONDAY + 14 * HOUR
    assert climbed(Rung(began=night, due=night), night, tier=RED).due == night + 5 * MINUTE


def test_a_step_in_the_open_hours_does_not_wait() -> None:
    assert opening(BOOK, incident(), MONDAY) == MONDAY


def test_lunch_is_waited_out() -> None:
    assert opening(BOOK, incident(), MONDAY + 2.5 * HOUR) == MONDAY + 3 * HOUR


def test_a_promise_without_a_calendar_does_not_wait() -> None:
    night = MONDAY + 14 * HOUR
    assert opening(BOOK, incident(policy=policy(pledges={})), night) == night


def test_a_ladders_channels_are_in_the_order_of_their_first_use() -> None:
    assert channels_of(POLICY, RED) == ("slack", "sms", "phone")


def test_a_step_by_anything_makes_it_all_channels() -> None:
    ladders = {YELLOW: [Step(notify=["lead"], by=["sms"]), Step(notify=["lead"])]}
    assert channels_of(policy(ladders=ladders), YELLOW) == ()


def test_a_room_alone_answers_nobodys_call() -> None:
    assert missed(Step(notify=["on-duty", "room"]), ROOM)
    assert not missed(Step(notify=["on-duty", "room"]), [*ROOM, *LI])


def test_a_step_for_the_room_alone_is_not_missed() -> None:
    assert not missed(Step(notify=["room"]), ROOM)
    assert missed(Step(notify=["room"]), [])


ladders = st.lists(
    st.builds(
        Step, notify=st.just(["lead"]), after=st.floats(0, 1e5), unless=st.sampled_from(["", "acked", "resolved"])
    ),
    max_size=4,
)


@given(ladders, st.integers(0, 4), st.floats(0, 1e5), st.data())
def test_a_ladder_is_monotone_in_time_and_ends(
    steps: list[Step], rounds: int, repeat: float, data: st.DataObject
) -> None:
    one = incident(policy=policy(ladders={YELLOW: steps}, rounds=rounds, repeat={YELLOW: repeat}))
    place = (0, 0, False)
    for _ in range((len(steps) + 1) * (rounds + 1) + 2):
        due = one.rung.due
        if due is None:
            break
        now = due + data.draw(st.sampled_from([0.0, 1.0, 1e4]))
        rung = climb(BOOK, one, now, hurry=False, reached=data.draw(st.booleans()))
        one = incident(policy=one.policy, rung=rung)
        assert rung.due is None or rung.due >= now
        assert (rung.last, rung.round, rung.step) > (place[2], place[0], place[1]) or rung.due is None
        place = (rung.round, rung.step, rung.last)
    assert one.rung.due is None
    assert one.rung.last


def test_watch_has_no_ladder_but_does_not_break() -> None:
    assert current(BOOK, incident(tier=WATCH)) is None


def test_the_time_a_step_was_late_does_not_count_to_the_repeat() -> None:
    rung = climbed(Rung(began=MONDAY, step=2, due=MONDAY + 30 * MINUTE), MONDAY + HOUR)
    assert rung.due == MONDAY + 4.5 * HOUR
