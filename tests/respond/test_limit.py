from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from andon.model import Reason, Rung, Step, Tier
from andon.respond.limit import LIMITS, MINUTE, allowed_at
from tests.oncall.company import HOUR, MONDAY, RED, YELLOW, incident, policy
from tests.respond.world import answer, due_row, kinds

SMS = LIMITS["sms"]


def texted(*ago: float, tier: Tier = YELLOW, channel: str = "sms") -> tuple[float, str]:
    """Return (seconds until it goes, what holds it) of a page, the earlier ones having been so many seconds ago."""
    one = incident(
        tier=tier,
        policy=policy(ladders={tier: [Step(notify=["on-duty"], by=[channel])]}),
        rung=Rung(began=MONDAY, due=MONDAY),
    )
    done = answer(one=one, recent={("li", channel): sorted(MONDAY - one for one in ago)})
    return done.pages[0].due - MONDAY, done.pages[0].held


def test_a_first_text_goes_at_once() -> None:
    assert texted() == (0, "")


def test_a_second_within_a_minute_waits_for_the_minute() -> None:
    assert texted(20) == (40, "limit")


def test_a_sixth_in_a_quarter_of_an_hour_waits_for_the_first_to_be_that_old() -> None:
    assert texted(100, 200, 300, 400, 800) == (100, "limit")


def test_a_third_call_in_a_quarter_of_an_hour_still_rings_and_a_fourth_does_not() -> None:
    assert texted(100, 200, channel="phone") == (0, "")
    assert texted(100, 200, 300, channel="phone")[1] == "limit"


def test_twelve_an_hour_are_too_many() -> None:
    assert texted(*(60 * part for part in (16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56)))[1] == "limit"


def test_red_is_exempt_from_all_but_the_minute() -> None:
    assert texted(100, 200, 300, 400, 800, tier=RED) == (0, "")
    assert texted(20, tier=RED) == (40, "limit")


def test_slack_has_no_limit() -> None:
    assert texted(*range(1, 50), channel="slack") == (0, "")


def test_a_page_that_is_held_already_takes_more_with_it() -> None:
    assert texted(20, -40) == (40, "limit")


def test_a_page_that_is_held_far_away_is_not_waited_for() -> None:
    assert texted(100, -8 * HOUR) == (0, "")


def test_what_is_over_is_held_and_not_dropped() -> None:
    one = incident(policy=policy(ladders={YELLOW: [Step(notify=["on-duty"], by=["sms"])]}))
    done = answer(one=one, recent={("li", "sms"): [MONDAY - 1]})
    assert (len(done.pages), kinds(done)) == (1, ["page-due", "held"])


def test_two_texts_of_one_moment_are_a_minute_apart() -> None:
    rows = [due_row("person:li", reason=reason) for reason in (Reason.WORSE, Reason.BROKEN)]
    done = answer(one=incident(rung=Rung(began=MONDAY)), rows=rows, channels=frozenset({"sms"}))
    assert [(page.due - MONDAY, page.held) for page in done.pages] == [(0, ""), (60, "limit")]


@given(st.lists(st.floats(0, 10_800), max_size=60))
def test_one_who_is_paged_as_allowed_is_never_over_any_limit(wishes: list[float]) -> None:
    times: list[float] = []
    for now in sorted(wishes):
        times.append(allowed_at(times, now, SMS))
    out = sorted(set(times))
    for seconds, most in SMS:
        for first, beyond in zip(out, out[most:], strict=False):
            assert beyond - first >= seconds - 1e-6
    assert all(after - before >= MINUTE - 1e-6 for before, after in pairwise(out))


@given(st.lists(st.floats(0, 10_800), max_size=60), st.floats(0, 10_800))
def test_nothing_goes_before_it_is_due_nor_later_than_the_longest_stretch(times: list[float], now: float) -> None:
    assert now <= allowed_at(times, now, SMS) <= now + 180 * MINUTE + MINUTE
