"""What a server's errors become."""

from __future__ import annotations

import pytest
from redis.exceptions import BusyLoadingError, WatchError

from andon.errors import Conflict, Unavailable
from andon.store.packing import asking


def watched(why: Exception) -> WatchError:
    """Return what redis-py raises where a watched key can no longer be vouched for."""
    error = WatchError("while watching one or more keys")
    error.__context__ = why
    return error


@pytest.mark.parametrize("why", [BusyLoadingError("loading"), OSError(111, "refused")])
async def test_a_line_that_broke_while_a_key_was_watched_is_no_conflict(why: Exception) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        async with asking():
            raise watched(why)


async def test_a_key_that_somebody_else_wrote_is_a_conflict() -> None:
    with pytest.raises(Conflict):
        async with asking():
            raise WatchError("Watched variable changed.")
