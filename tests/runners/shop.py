"""A small shop's rulebook, with ladders of seconds, and what its tests of the living service ask and wait for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.runners.service import Service

T = TypeVar("T")
BOOK = """\
version: 1
people:
  ana: {name: Ana, zone: Europe/Madrid, lang: en, console: screen}
  bo:  {name: Bo, zone: Asia/Shanghai, lang: zh, console: screen}
owners:
  shop:     {on-duty: [ana], lead: bo}
  till:     {on-duty: [ana], lead: bo}
  door:     {on-duty: [ana], lead: bo}
  desk:     {on-duty: [ana], lead: bo}
  everyone: {on-duty: [bo], lead: ana}
promises:
  yellow: {respond: 10m, resolve: 2h, clock: always}
policies:
  default:
    rounds: 2
    yellow: [{notify: on-duty, by: [console]}, {after: 2s, unless: acked, notify: lead, by: [console]}]
    red:    [{notify: [on-duty, lead], by: [console]}]
defaults: {policy: default, owner: shop, every: 10s, clear_after: 10m}
rules:
  - name: one furious guest
    id: furious
    watch: ratings
    each: {stars: {below: 2}, guest: vip}
    group: {by: [product], wait: 0s}
"""
OVEN = '  - {name: the oven is hot, id: oven, watch: "gauge:heat", by: [shop], when: {above: 240, over: 1m}}\n'


def rulebook(folder: Path, text: str = BOOK) -> Path:
    """Write a rulebook and return its directory."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yml").write_text(text)
    return folder


def stars(count: int, begin: int = 0, **more: Any) -> list[bytes]:
    """Return ratings of five stars, each with an id of its own."""
    rating = {"kind": "rating", "name": "stars", "value": 5, "segment": {"product": "tea"}}
    return [json.dumps(rating | {"id": f"r{begin + i}"} | more).encode() for i in range(count)]


def pulled(service: Service, text: str, owner: str = "shop") -> dict[str, Any]:
    """Pull the cord, and return the incident's story once its first page has been delivered, and its receipt is in the ledger."""
    said = {"by": "ana", "text": text, "owner": owner}
    service.client.post("/v1/pulls", json=said).raise_for_status()
    return soon(lambda: next((one for one in service.incidents() if one["title"] == text and _told(one)), None))


def paged(story: dict[str, Any]) -> list[str]:
    """Return who was paged of an incident, in order, by what has been delivered."""
    return [page["person"] for page in story["pages"] if page["status"] in {"sent", "delivered"}]


def _told(story: dict[str, Any]) -> bool:
    """Tell whether the ledger knows of a page: the outbox knows a transaction earlier."""
    return "paged" in story["milestones"] and bool(paged(story))


def soon(look: Callable[[], T | None], within: float = 8.0) -> T:
    """Return what `look` finds, as soon as it finds something."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.03)
    raise AssertionError(f"nothing came of it in {within} s")
