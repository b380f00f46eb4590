"""Bundles: pages that were held for one reader on one channel go out as one."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from andon.model import Delivery, Sending


def bundles(ready: Iterable[Delivery]) -> list[list[Delivery]]:
    """Return the deliveries as what goes out together, the page that carries the others first; most are alone.

    The worst tier leads, then the oldest. What was not held, or has been tried before, goes alone.
    """
    groups: dict[tuple[str, ...], list[Delivery]] = {}
    for one in ready:
        page = one.page
        fresh = page.held and not one.tries and one.status is Sending.QUEUED
        groups.setdefault((page.person, page.channel) if fresh else (page.id,), []).append(one)
    return [
        sorted(group, key=lambda one: (-one.page.tier.rank, one.page.called, one.page.id)) for group in groups.values()
    ]


def carrying(head: Delivery, others: Iterable[Delivery]) -> Delivery:
    """Return the page that carries others, with their ids."""
    ids = [one.page.id for one in others]
    return replace(head, page=replace(head.page, bundled=ids)) if ids else head
