"""Incidents, pages and faults as an invented day has them."""

from __future__ import annotations

from typing import Any

import msgspec

from andon.demo.faults import Fault
from andon.model import (
    Alert,
    AlertState,
    Clocked,
    Delivery,
    Direction,
    Incident,
    Labels,
    Page,
    Policy,
    Sending,
    State,
    Tier,
)
from andon.testing.pages import page as sample

NOON = 1_780_977_600.0
"""2026-06-09 12:00 in Shanghai."""
START = NOON - 12 * 3600
HOUR = 3600.0

FAULT = Fault("paying slows down", 13 * HOUR, 14 * HOUR, "pay-slow", "payments", 0.5 * HOUR)

INCIDENT = Incident(
    key="k",
    id="i1",
    code="7K",
    rule="pay-slow",
    title="paying is slow",
    owner="payments",
    labels={},
    policy=Policy(name="default"),
    where="latency.yml:3",
    tier=Tier.YELLOW,
    state=State.ACKED,
    called=START + FAULT.start + 360,
    evidence_from=START + FAULT.start,
    announced=True,
    holder="li.na",
)


def incident(**others: Any) -> Incident:
    return msgspec.structs.replace(INCIDENT, **others)


def page(**others: Any) -> Page:
    return sample(**{"incident": "i1", "tier": Tier.YELLOW, "person": "li.na", "due": NOON} | others)


def delivery(status: Sending = Sending.DELIVERED, **others: Any) -> Delivery:
    return Delivery(page=page(**others), status=status)


def alert(segment: Labels, state: AlertState = AlertState.FIRING) -> Alert:
    key = "/".join(segment.values())
    return Alert(
        key=key, segment=segment, direction=Direction.RISES, state=state, tier=Tier.YELLOW, since=NOON, window=NOON
    )


def promise(milestone: str, state: str, allowed: float = 1800.0, tier: Tier = Tier.YELLOW) -> Clocked:
    return Clocked(
        milestone=milestone,
        tier=tier,
        clock="always",
        allowed=allowed,
        started=NOON,
        at_risk=NOON + 0.8 * allowed,
        breaks=NOON + allowed,
        state=state,
    )
