from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from andon.model import Page, Reason, Sending, State, Tier, Verb
from tests.oncall.company import HOUR, MINUTE, MONDAY, RED, YELLOW
from tests.respond.life import Life

CALLS = {Reason.FIRST, Reason.WORSE, Reason.REPEAT, Reason.ACK_EXPIRED}


def told(life: Life) -> list[tuple[int, str, str]]:
    """Return (minutes after the call, person, channel) of the calls that were sent."""
    calls = [(at, page) for at, page in life.sent if page.reason in CALLS]
    return [(round((at - MONDAY) / MINUTE), page.person, page.channel) for at, page in calls]


def test_an_unanswered_yellow_call_climbs_to_the_lead() -> None:
    life = Life().fires().until(MONDAY + 40 * MINUTE)
    assert told(life) == [
        (0, "li", "slack"),
        (0, "room:payments", "slack"),
        (16, "li", "sms"),
        (30, "boss", "slack"),
        (30, "boss", "sms"),
    ]


def test_an_unanswered_red_call_ends_with_lead_and_catch_all() -> None:
    life = Life().fires(RED).until(MONDAY + 3 * HOUR)
    last = [one for one in life.rows if one.text == "last"]
    assert len(last) == 1
    assert {page.person for at, page in life.sent if at == last[0].at and page.step == 3} == {"boss", "ortiz"}
    assert life.it.rung.due is None


def test_an_ack_stops_the_ladder() -> None:
    life = Life().fires().until(MONDAY + 5 * MINUTE).says(Verb.ACK).until(MONDAY + 3 * HOUR)
    assert [one for one in told(life) if one[0] > 5] == []


def test_when_nobody_can_be_reached_by_anything_the_last_comes_at_once_and_is_tried_again() -> None:
    life = Life(fares=lambda _: Sending.FAILED_FOR_GOOD).fires(RED).until(MONDAY + 2 * HOUR)
    assert life.sent == []
    assert next(row.at for row in life.rows if row.text == "last") == MONDAY
    assert life.it.rung.due is not None


def test_a_recovery_is_told_to_those_who_were_called() -> None:
    life = Life().fires().until(MONDAY + 5 * MINUTE).says(Verb.ACK).well().until(MONDAY + HOUR)
    assert {page.person for _, page in life.sent if page.reason is Reason.RECOVERED} == {"li", "room:payments"}


things = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([10.0, 5 * MINUTE, 16 * MINUTE, HOUR, 5 * HOUR])),
    st.tuples(st.just("fires"), st.sampled_from([YELLOW, RED])),
    st.tuples(st.just("well"), st.none()),
    st.tuples(st.just("says"), st.sampled_from([*Verb])),
)
lives = st.lists(things, max_size=12)
fates = st.dictionaries(st.sampled_from(["slack", "sms", "phone"]), st.just(Sending.FAILED_FOR_GOOD))


def lived(events: list[tuple[str, object]], broken: dict[str, Sending]) -> Life:
    life = Life(fares=lambda page: broken.get(page.channel, Sending.SENT)).fires()
    for what, more in events:
        if what == "wait":
            assert isinstance(more, float)
            life.until(life.now + more)
        elif what == "fires":
            assert isinstance(more, Tier)
            life.fires(more)
        elif what == "well":
            life.well()
        else:
            assert isinstance(more, Verb)
            life.says(more)
        life.until(life.now + 1)
    return life


bounded = settings(max_examples=60, deadline=None)


@bounded
@given(lives, fates)
def test_every_called_incident_waits_for_a_step_or_has_gone_through_the_last(
    events: list[tuple[str, object]], broken: dict[str, Sending]
) -> None:
    life = lived(events, broken)
    for outcome in life.outcomes:
        one = outcome.incident
        if one.state is State.CALLED and one.shelved_until is None:
            assert one.rung.due is not None or one.rung.last


@bounded
@given(lives, fates)
def test_nobody_is_paged_twice_for_one_row_by_one_channel(
    events: list[tuple[str, object]], broken: dict[str, Sending]
) -> None:
    life = lived(events, broken)
    keys = Counter((page.incident, page.row, page.person, page.channel) for one in life.outcomes for page in one.pages)
    ids = Counter(page.id for one in life.outcomes for page in one.pages)
    assert set(keys.values()) | set(ids.values()) <= {1}


@bounded
@given(lives, fates)
def test_the_ledger_is_numbered_without_a_gap_and_goes_on_in_time(
    events: list[tuple[str, object]], broken: dict[str, Sending]
) -> None:
    life = lived(events, broken)
    assert [row.n for row in life.rows] == list(range(1, len(life.rows) + 1))
    assert life.it.rows == len(life.rows)
    assert all(before.at <= after.at for before, after in pairwise(life.rows))


@bounded
@given(lives, fates)
def test_nobody_is_paged_after_an_ack_for_what_it_has_cancelled(
    events: list[tuple[str, object]], broken: dict[str, Sending]
) -> None:
    life = lived(events, broken)
    states = [(row.at, row.n, row.kind) for row in life.rows]
    for at, page in life.sent:
        if page.incident == life.it.id and page.step >= 0 and not _waits_for_recovery(life, page):
            since = [kind for when, number, kind in states if page.row < number and when < at]
            assert "acked" not in since or {"tier", "worse", "reopened", "escalated"} & set(since)


def _waits_for_recovery(life: Life, page: Page) -> bool:
    ladder = life.it.policy.ladders[page.tier]
    return page.step < len(ladder) and ladder[page.step].unless == "resolved"


@bounded
@given(lives, fates)
def test_every_page_has_the_row_that_made_it_due_and_one_that_says_it(
    events: list[tuple[str, object]], broken: dict[str, Sending]
) -> None:
    life = lived(events, broken)
    due = {row.n for row in life.rows if row.kind == "page-due"}
    said = {str(row.data["page"]) for row in life.rows if row.kind in {"paged", "held"} and "person" in row.data}
    for page in (one.page for one in life.deliveries.values()):
        assert page.row in due
        assert page.id in said
