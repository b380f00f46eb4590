"""People pull the cord: each is heard, whatever the clocks of their telephones say."""

from __future__ import annotations

import json

from tests.acceptance.timeline import MINUTE, Story, between
from tests.kitchen import HEAD


def pull(story: Story, minute: float, by: str, text: str, minutes_ahead: float = 0.0) -> None:
    """Let somebody pull the cord, whose telephone's clock is so far ahead."""
    time = story.start + (minute + minutes_ahead) * MINUTE
    body = json.dumps({"kind": "pull", "by": by, "text": text, "owner": "shop", "time": time}).encode()

    async def send() -> None:
        await story.andon.receive(body, "application/x-ndjson", "", "")

    story.do(minute, send)


async def joined(story: Story) -> list[str]:
    [incident] = await story.store.open_incidents()
    return [row.text for row in await story.store.ledger(incident.id) if row.kind == "joined"]


async def test_a_pull_is_heard_though_the_one_before_came_from_a_clock_that_was_ahead() -> None:
    story = Story(HEAD)
    pull(story, 1, "ana", "help", minutes_ahead=4)
    pull(story, 2, "ben", "here too")
    story.expect(between(1, 3)).incidents(1)
    await story.play()
    assert await joined(story) == ["here too"]


async def test_two_pulls_of_one_moment_are_two() -> None:
    story = Story(HEAD)
    for text in ("help", "here too", "and here"):
        pull(story, 1, "ana", text)
    story.expect(between(1, 3)).incidents(1)
    await story.play()
    assert await joined(story) == ["here too", "and here"]
