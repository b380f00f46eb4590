"""Whether anybody was reached by a round of a ladder."""

from __future__ import annotations

from collections.abc import Iterable

from andon.model import Delivery, Sending
from andon.respond.work import Call


def round_reached(number: int, began: float, pages: Iterable[Delivery], calls: Iterable[Call] = ()) -> bool:
    """Return whether a person was called in round `number`, which began then, by a page that has not failed for good."""
    if any(call.step >= 0 and call.round == number and not call.recipient.room for call in calls):
        return True
    return any(
        one.page.round == number
        and one.page.step >= 0
        and one.page.due >= began
        and not is_room(one)
        and one.status is not Sending.FAILED_FOR_GOOD
        for one in pages
    )


def is_room(delivery: Delivery) -> bool:
    """Return whether a page went to an owner's room, which answers nobody's call."""
    return delivery.page.person.startswith("room:")
