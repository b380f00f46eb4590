from __future__ import annotations

import math

import msgspec

from andon.model import Evidence, Incident, Outcome, Page, Policy, Reason, Row, State, Tier


def incident(
    name: str = "i1", key: str = "k1", *, code: str = "7K", version: int = 1, called: float = 100.0
) -> Incident:
    return Incident(
        key=key,
        id=name,
        code=code,
        version=version,
        rule="crashes",
        title="app crash spike",
        owner="app",
        labels={},
        policy=Policy(name="default"),
        tier=Tier.YELLOW,
        state=State.CALLED,
        called=called,
        evidence_from=called,
    )


def later(one: Incident, **changes: object) -> Incident:
    return msgspec.structs.replace(one, version=one.version + 1, **changes)


def row(n: int = 0, name: str = "i1") -> Row:
    return Row(incident=name, n=n, at=100.0, kind="called")


def page(name: str = "p1", *, incident_id: str = "i1", due: float = 100.0, person: str = "li.na") -> Page:
    return Page(
        id=name,
        incident=incident_id,
        row=0,
        code="7K",
        reason=Reason.FIRST,
        tier=Tier.YELLOW,
        state=State.CALLED,
        person=person,
        name="李娜",
        channel="console",
        address="screen",
        owner="app",
        title="app crash spike",
        labels={},
        called=100.0,
        since=90.0,
        due=due,
        evidence=Evidence(
            metric="crash_rate",
            unit="share",
            observed=0.02,
            expected=math.nan,
            low=math.nan,
            high=math.nan,
            n=10.0,
            seconds=60.0,
            since=90.0,
        ),
    )


def outcome(one: Incident, *pages: Page, rows: int = 1) -> Outcome:
    return Outcome(one, tuple(row(number, one.id) for number in range(rows)), pages)
