"""The end of a soak: what is in the store is compared with what the sender and the receiver noted, each by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from andon.log.redis import RedisLog
from andon.model import Delivery, Incident, Row, Sending, State
from andon.rulebook.load import load
from andon.store.connect import connect
from andon.store.redis import RedisStore
from tests.soak._frames import compare, worked_off
from tests.soak._receiver import Got
from tests.soak._sender import Told

SAID = frozenset({Sending.SENT, Sending.DELIVERED, Sending.READ})
AFTER: Mapping[str, frozenset[str]] = {
    "called": frozenset({"acked", "resolved", "recovering", "closed", "verified"}),
    "acked": frozenset({"resolved", "recovering", "verified", "closed", "restarted", "worse", "ack-expired"}),
    "resolved": frozenset({"recovering", "verified", "closed"}),
    "recovering": frozenset({"verified", "relapsed", "worse", "closed", "acked", "resolved"}),
    "verified": frozenset({"closed", "reopened", "acked", "resolved"}),
    "closed": frozenset({"reopened"}),
    "reopened": frozenset({"acked", "resolved", "recovering", "closed", "verified"}),
    "relapsed": frozenset({"acked", "resolved", "recovering", "verified", "closed", "worse"}),
    "worse": frozenset({"acked", "resolved", "recovering", "verified", "closed", "worse"}),
    "restarted": frozenset({"acked", "resolved", "recovering", "verified", "closed"}),
    "ack-expired": frozenset({"acked", "restarted", "resolved", "recovering", "verified", "closed"}),
}
"""Which of these kinds of rows may follow which; every other kind leaves the state as it is."""
SIDE_BY_SIDE = 5.0
"""Seconds: a row has its event's own time, and what is decided at the same time by several loops is written in turn."""
ENDS_IN = {"called": State.CALLED, "reopened": State.CALLED, "acked": State.ACKED, "verified": State.VERIFIED}


async def examine(
    url: str,
    rules: Path,
    told: Told,
    got: Sequence[Got],
    *,
    kills: int,
    acked: Mapping[str, str],
    hard: Collection[str] = (),
    away: float = 0.0,
) -> tuple[dict[str, float | str], list[str]]:
    """Return figures and faults; `kills`: how many duplicates are forgiven; `acked`: titles, by whom; `hard`: to reach.

    `away`: seconds by which another may have noted later than it happened what became of a page.
    """
    client = connect(url)
    try:
        log, store = RedisLog(client), RedisStore(client)
        faults = list(told.wrong) + compare(await worked_off(log, store, load(rules, {})), told.cells)
        incidents = await store.incidents(100_000)
        stories = [(one, await store.ledger(one.id), await store.pages(one.id)) for one in incidents]
        faults += [f"left in the outbox: {one.page.id} {one.status}" for one in await store.outbox(float("inf"))]
    finally:
        await client.aclose()
    for story in stories:
        faults += ledger(*story, away) + delivered(story[0], story[2], got, hard)
    faults += (
        called(told, incidents)
        + doubled([one for one in got if one.person not in hard], kills)
        + answered(incidents, acked)
    )
    return {"incidents": len(incidents), "pages": len({one.key for one in got if one.well})}, faults


def ledger(incident: Incident, rows: Sequence[Row], pages: Sequence[Delivery], away: float = 0.0) -> list[str]:
    """Return what is wrong with an incident's ledger: its numbers, its order, its pages' and receipts' rows."""
    name, faults = f"{incident.id} {incident.title!r}", []
    if [row.n for row in rows] != list(range(1, incident.rows + 1)):
        faults.append(f"{name}: {incident.rows} rows, numbered {[row.n for row in rows]}")
    late = {"receipt": SIDE_BY_SIDE + away}
    if any(later.at < row.at - late.get(later.kind, SIDE_BY_SIDE) for row, later in pairwise(rows)):
        faults.append(f"{name}: rows go back in time: {[(row.kind, row.at) for row in rows]}")
    if incident.single and any(row.kind == "joined" for row in rows):
        faults.append(f"{name}: called by one signal, and joined by another")
    turns = [row.kind for row in rows if row.kind in AFTER]
    if turns[:1] != ["called"] or any(b not in AFTER[a] for a, b in pairwise(turns)):
        faults.append(f"{name}: {' -> '.join(turns) or 'never called'}")
    if turns and ENDS_IN.get(turns[-1], incident.state) is not incident.state:
        faults.append(f"{name}: {incident.state} after {turns[-1]}")
    made = Counter(str(row.data["page"]) for row in rows if row.kind in {"paged", "held"})
    if made != Counter(one.page.id for one in pages):
        faults.append(f"{name}: rows for pages {dict(made)}, pages {[one.page.id for one in pages]}")
    receipts = Counter(str(row.data["page"]) for row in rows if row.kind == "receipt")
    if receipts != Counter(one.page.id for one in pages):
        faults.append(f"{name}: {len(pages)} pages, receipts {dict(receipts)}")
    return faults


def delivered(incident: Incident, pages: Sequence[Delivery], got: Sequence[Got], hard: Collection[str]) -> list[str]:
    """Return the pages that are said to be sent and never came, and those that failed where nobody is `hard` to reach."""
    came = {one.key for one in got}
    name = f"{incident.id} {incident.title!r}"
    failed = {Sending.FAILED_FOR_GOOD}
    return [
        f"{name}: {one.page.reason} to {one.page.person} is {one.status} ({one.reason}), came: {one.page.id in came}"
        for one in pages
        if (one.status in SAID and one.page.id not in came)
        or one.status not in SAID | {Sending.DROPPED} | (failed if one.page.person in hard else set())
    ]


def called(told: Told, incidents: Sequence[Incident]) -> list[str]:
    """Return the pulls and the single signals that were acknowledged and have no incident, or more than one."""
    titles = Counter(one.title for one in incidents if one.rule == "pull")
    dishes = Counter(one.labels.get("product", "") for one in incidents if one.rule == "furious")
    faults = [
        f"{text!r} has {titles[text]} incidents"
        for text in titles.keys() | told.pulls
        if titles[text] != (text in told.pulls)
    ]
    return faults + [
        f"{dish!r} has {dishes[dish]} incidents"
        for dish in dishes.keys() | told.guests
        if dishes[dish] != (dish in told.guests)
    ]


def doubled(got: Sequence[Got], kills: int) -> list[str]:
    """Return the pages that came more often than kills explain."""
    counts = Counter(one.key for one in got if one.well)
    extra = sum(counts.values()) - len(counts)
    if extra <= kills:
        return []
    return [f"{extra} pages came twice, {kills} kills: {[one for one, count in counts.items() if count > 1]}"]


def answered(incidents: Sequence[Incident], acked: Mapping[str, str]) -> list[str]:
    """Return the answers that un-happened."""
    by_title = {one.title: one for one in incidents}
    return [
        f"{title!r} was acked by {by}: it is {by_title[title].state}, held by {by_title[title].holder!r}"
        for title, by in acked.items()
        if title in by_title and (by_title[title].holder != by or by_title[title].state is State.CALLED)
    ]
