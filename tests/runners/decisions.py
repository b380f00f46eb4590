"""What was decided, as plain data, from a replay's report and from a running service alike."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from andon.config import RETENTION
from andon.incidents.story import tell
from andon.model import Act
from andon.rulebook.model import Rulebook
from andon.runners.replay import replay
from andon.runners.report import Report
from andon.web.views import incident_view


def replayed(
    book: Rulebook, lines: Iterable[bytes], batch: int = 500, acks: float | None = None, acts: Sequence[Act] = ()
) -> Report:
    """Replay lines."""

    async def run() -> Report:
        one = replay(book, acks)
        one.say(acts)
        await one.feed(lines, batch)
        return await one.report()

    return asyncio.run(run())


def as_bytes(report: Report) -> bytes:
    """Return a report as `--json` prints it."""
    return msgspec.json.encode(report)


def of_report(report: Report) -> list[dict[str, Any]]:
    """Return a replay's decisions, oldest incident first."""
    found = []
    for one in report.incidents:
        rows = [row for row in report.rows if row.incident == one.id]
        story = [{"at": row.at, "kind": row.kind, "by": row.by, "text": tell(row, "en")} for row in rows]
        found.append(_decided(json.loads(msgspec.json.encode(incident_view(one))), story))
    return found


def of_service(incidents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a service's decisions, as `Service.incidents` tells them."""
    return [_decided(one, one["story"]) for one in incidents]


def retained(decided: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
    """Return what a service keeps at a time: not what closed longer ago than its retention, which a replay keeps."""
    return [one for one in decided if one["milestones"].get("closed", now) >= now - RETENTION]


def _decided(view: dict[str, Any], story: Iterable[dict[str, Any]]) -> dict[str, Any]:
    rows = [(row["at"], row["kind"], row["by"], row["text"]) for row in story]
    return {name: value for name, value in view.items() if name not in {"pages", "story"}} | {"story": rows}
