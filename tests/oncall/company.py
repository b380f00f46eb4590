"""An invented company: its people, its ladders, its calendars."""

from __future__ import annotations

from msgspec.structs import replace

from andon.model import Form, Incident, Kind, Metric, Pledge, Policy, Projection, Rung, State, Step, Tier
from andon.rulebook.model import Calendar, Layer, Owner, Person, Place, Rule, Rulebook, Schedule

MONDAY = 1_767_578_400.0
"""2026-01-05 10:00 in Shanghai, which is 02:00 UTC; the office is open."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
YELLOW, RED, WATCH = Tier.YELLOW, Tier.RED, Tier.WATCH

PEOPLE = {
    one.id: one
    for one in (
        Person(
            "li", "李娜", "Asia/Shanghai", "zh", {"slack": "U1", "sms": "+8613800000001", "phone": "+8613800000001"}
        ),
        Person("wang", "王磊", "Asia/Shanghai", "zh", {"slack": "U2"}),
        Person("boss", "Boss", "Asia/Shanghai", "en", {"slack": "U3", "sms": "+3460000003", "phone": "+3460000003"}),
        Person("ortiz", "J. Ortiz", "Europe/Madrid", "en", {"slack": "U4", "phone": "+3460000004"}),
        Person("mail", "Mail Only", "UTC", "en", {"email": "m@example.org"}),
    )
}
OWNERS = {
    one.name: one
    for one in (
        Owner("payments", schedule="payments", lead="boss", room={"slack": "#pay"}, lang="zh"),
        Owner("everyone", people=("ortiz",), lead="ortiz", room={"slack": "#andon"}),
        Owner("empty", lead=""),
    )
}
POLICY = Policy(
    name="default",
    rounds=2,
    repeat={YELLOW: 4 * HOUR, RED: 30 * MINUTE},
    ladders={
        YELLOW: [
            Step(notify=["on-duty", "room"], by=["slack"]),
            Step(notify=["on-duty"], after=15 * MINUTE, unless="acked", by=["sms"]),
            Step(notify=["lead"], after=15 * MINUTE, unless="acked", by=["slack", "sms"]),
        ],
        RED: [
            Step(notify=["on-duty", "room"], by=["slack", "sms", "phone"]),
            Step(notify=["on-duty", "lead"], after=5 * MINUTE, unless="acked", by=["phone"]),
            Step(notify=["owner:everyone"], after=10 * MINUTE, unless="resolved", by=["slack", "phone"]),
        ],
    },
    pledges={
        YELLOW: Pledge(respond=30 * MINUTE, resolve=24 * HOUR, clock="office"),
        RED: Pledge(respond=5 * MINUTE, resolve=4 * HOUR),
    },
)
OFFICE = Calendar("office", "Asia/Shanghai", dict.fromkeys(range(5), ((9 * 60 + 30, 12 * 60), (13 * 60, 18 * 60 + 30))))


def rule(name: str = "pay", **changes: object) -> Rule:
    """Return a rule with the given differences."""
    usual: dict[str, object] = {
        "id": name,
        "name": f"{name} detractors",
        "place": Place("pay.yml", 7, "abc"),
        "projection": Projection(Kind.RATING),
        "metric": Metric("detractor_share", Kind.RATING, "nps", Form.PROPORTION, "share"),
        "when": None,
        "each": None,
        "tier": YELLOW,
        "owner": "payments",
        "policy": "default",
        "every": 60.0,
        "hold": 0.0,
        "clear_after": 600.0,
        "no_data": "hold",
    }
    return Rule(**{**usual, **changes})  # type: ignore[arg-type]  # a shorthand of tests


def book(**changes: object) -> Rulebook:
    """Return the company's rulebook with the given differences."""
    usual: dict[str, object] = {
        "version": "1",
        "directory": "rules",
        "rules": {name: rule(name) for name in ("pay", "slow")},
        "scales": {},
        "topics": {},
        "calendars": {"office": OFFICE},
        "events": (),
        "people": PEOPLE,
        "schedules": {
            "payments": Schedule("payments", "Asia/Shanghai", (Layer(("li", "wang"), "weekly", "2026-01-05 09:30"),))
        },
        "owners": OWNERS,
        "policies": {"default": POLICY},
        "inhibit": (),
        "stops": {},
        "telephony": {},
        "default_owner": "everyone",
        "default_policy": "default",
    }
    return Rulebook(**{**usual, **changes})  # type: ignore[arg-type]  # a shorthand of tests


BOOK = book()


def incident(now: float = MONDAY, **changes: object) -> Incident:
    """Return an incident of payments that was just called, with the given differences."""
    made = Incident(
        key="key",
        id="inc-1",
        code="7K",
        version=1,
        rows=1,
        rule="pay",
        title="pay detractors",
        owner="payments",
        labels={},
        policy=POLICY,
        tier=YELLOW,
        state=State.CALLED,
        called=now,
        evidence_from=now - 300,
        rung=Rung(began=now, due=now),
    )
    return replace(made, **changes)


def policy(**changes: object) -> Policy:
    """Return the company's policy with the given differences."""
    return replace(POLICY, **changes)
