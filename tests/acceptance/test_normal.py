"""A new normal, from the first page to the detectors and back."""

from __future__ import annotations

import pytest

from andon.errors import Unavailable
from andon.model import Acceptance, Incident, State
from tests.acceptance.test_stories import BOOK
from tests.acceptance.timeline import Story, between

LEARNT = BOOK[: BOOK.index("    when:")] + "    when: {rises: true, false_alarms: 1 per 30d}\n"
SESSIONS = 4000
CALM, MORE, WORSE = 8, 40, 200
"""Crashes of so many sessions: 0.2 %, 1 %, 5 %."""
STEP = 110.0
"""Minutes of calm from which it learns."""


def since_a_release(until: float, book: str = LEARNT) -> Story:
    """A story in which more of the app's sessions crash from a release on, for good."""
    story = Story(book)
    story.during(0, STEP, 1).crashes(CALM, SESSIONS, platform="ios")
    story.during(STEP, until, 1).crashes(MORE, SESSIONS, platform="ios")
    return story


async def test_what_a_person_accepts_is_usual_from_then_on_and_what_leaves_that_is_called_again() -> None:
    story = since_a_release(STEP + 110)
    story.at(STEP + 45).accept("li.na", "the new version counts background crashes")
    story.during(STEP + 110, STEP + 118, 1).crashes(WORSE, SESSIONS, platform="ios")
    story.expect(between(0, STEP)).silence().incidents(0)
    story.expect(between(STEP, STEP + 6)).page("li.na", by="slack").state(State.CALLED)
    story.expect(between(STEP + 45, STEP + 45.2)).state(State.CLOSED)
    story.expect(between(STEP + 45, STEP + 110)).silence().incidents(1)
    story.expect(between(STEP + 110, STEP + 118)).page("li.na", by="slack")
    await story.play()
    incident = (await story.store.incidents())[0]
    told = [row.kind for row in await story.store.ledger(incident.id)]
    assert told.index("accepted") < told.index("settled") < told.index("closed")
    assert "verified" not in told


@pytest.mark.long
async def test_what_lasts_is_accepted_by_itself_after_the_time_that_the_rule_says() -> None:
    story = since_a_release(STEP + 80, LEARNT + "    accept_after: 40m\n")
    story.at(STEP + 10).ack("li.na")
    story.expect(between(STEP, STEP + 6)).page("li.na", by="slack")
    story.expect(between(STEP + 41, STEP + 47)).state(State.CLOSED)
    story.expect(between(STEP + 6, STEP + 80)).silence(to="li.na").incidents(1)
    await story.play()
    [incident] = await story.store.incidents()
    assert incident.closed_reason == "accepted as the new normal"
    assert "verified" not in incident.milestones


async def test_a_service_that_starts_anew_right_after_the_act_still_takes_it_up() -> None:
    story = since_a_release(STEP + 50)
    story.at(STEP + 45).accept("li.na", "since release 7")
    story.do(STEP + 20, story.andon.save)
    story.do(STEP + 45.5, story.andon.resume)
    story.expect(between(STEP + 45, STEP + 45.2)).state(State.CLOSED)
    story.expect(between(STEP + 45, STEP + 50)).silence().incidents(1)
    await story.play()
    assert [light.expected > 0.008 for light in story.andon.engine.bank.lights()] == [True]


async def test_when_the_log_is_away_the_act_stands_and_is_handed_in_once_it_is_back() -> None:
    story = since_a_release(STEP + 50)
    hand, told = story.andon.hand_in, []

    async def flaky(incident: Incident, accepted: Acceptance) -> None:
        told.append(story.minutes(story.clock.now()))
        if told[-1] < STEP + 45.5:
            raise Unavailable("the log is away")
        await hand(incident, accepted)

    story.andon.desk.hand = flaky
    story.at(STEP + 45).accept("li.na", "since release 7")
    story.expect(between(STEP + 45, STEP + 45.2)).state(State.ACKED)
    story.expect(between(STEP + 45.5, STEP + 45.7)).state(State.CLOSED)
    await story.play()
    assert len(told) > 2
