"""An invented company's rulebook, and the words tests are told in."""

from __future__ import annotations

import math

from andon.incidents.machine import Handed, Tick, decide, key_of
from andon.incidents.timers import RUNG, timers
from andon.model import (
    Act,
    AlertState,
    Direction,
    Evidence,
    Finding,
    Form,
    Incident,
    Kind,
    Metric,
    Outcome,
    Pledge,
    Policy,
    Projection,
    Reason,
    Receipt,
    Row,
    Sending,
    State,
    Step,
    Tier,
    Verb,
)
from andon.rulebook.model import (
    Calendar,
    Each,
    FalseAlarms,
    Group,
    Layer,
    Owner,
    Person,
    Place,
    Rule,
    Rulebook,
    Schedule,
    Test,
    When,
    Worsen,
)

NOW = 1_767_600_000.0  # Monday 2026-01-05 08:00 UTC
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
YELLOW, RED = Tier.YELLOW, Tier.RED

OFFICE = Calendar(
    "office",
    "Asia/Shanghai",
    dict.fromkeys(range(5), ((9 * 60 + 30, 12 * 60), (13 * 60, 18 * 60 + 30))),
)
POLICY = Policy(
    name="default",
    repeat={YELLOW: 4 * HOUR, RED: 30 * MINUTE},
    ladders={
        YELLOW: [Step(notify=["on-duty", "room"]), Step(notify=["lead"], after=15 * MINUTE, unless="acked")],
        RED: [
            Step(notify=["on-duty"]),
            Step(notify=["lead"], after=5 * MINUTE, unless="acked"),
            Step(notify=["owner:everyone", "person:boss"], after=10 * MINUTE, unless="resolved"),
        ],
    },
    pledges={
        YELLOW: Pledge(respond=30 * MINUTE, resolve=24 * HOUR),
        RED: Pledge(respond=5 * MINUTE, resolve=4 * HOUR),
    },
)


def rule(name: str, **changes: object) -> Rule:
    """Return a rule on detractors, with the given differences."""
    usual: dict[str, object] = {
        "id": name,
        "name": name.replace("-", " "),
        "place": Place("pay.yml", 7, "abc"),
        "projection": Projection(Kind.RATING, by=("product", "region")),
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
        "group": Group(wait=30.0),
    }
    return Rule(**{**usual, **changes})  # type: ignore[arg-type]  # a shorthand of tests


def book(**changes: object) -> Rulebook:
    """Return the invented rulebook, with the given differences."""
    people = ("li.na", "j.ortiz", "boss", "wang", "stranger")
    rules = (
        rule("pay"),
        rule("crash", worsens=(Worsen(RED, after=30 * MINUTE, unless="verified"),)),
        rule("slow", worsens=(Worsen(RED, after=30 * MINUTE, unless="acked"),)),
        rule("by-product", group=Group(("product",), 30.0)),
        rule("furious", each=Each()),
        rule("quiet", no_data="call"),
        rule("learnt", when=When("any", (Test("proportion", promise=FalseAlarms(1.0, 30 * DAY)),))),
    )
    usual: dict[str, object] = {
        "version": "1",
        "directory": "rules",
        "rules": {one.id: one for one in rules},
        "scales": {},
        "topics": {},
        "calendars": {"office": OFFICE},
        "events": (),
        "people": {name: Person(name, name) for name in people},
        "schedules": {"payments": Schedule("payments", "UTC", (Layer(("li.na", "wang"), "weekly", "2026-01-05"),))},
        "owners": {
            "payments": Owner("payments", schedule="payments", lead="li.na"),
            "everyone": Owner("everyone", people=("j.ortiz",), lead="j.ortiz"),
        },
        "policies": {"default": POLICY},
        "inhibit": (),
        "stops": {},
        "telephony": {},
        "default_owner": "everyone",
        "default_policy": "default",
    }
    return Rulebook(**{**usual, **changes})  # type: ignore[arg-type]  # a shorthand of tests


BOOK = book()


def evidence(**changes: object) -> Evidence:
    """Return some evidence."""
    usual: dict[str, object] = {
        "metric": "detractor_share",
        "unit": "share",
        "observed": 0.4,
        "expected": 0.1,
        "low": 0.05,
        "high": 0.2,
        "n": 120.0,
        "seconds": 600.0,
        "since": NOW - 300,
    }
    return Evidence(**{**usual, **changes})  # type: ignore[arg-type]  # a shorthand of tests


class Story:
    """One incident's life on a timeline: things happen at minutes after `NOW`, ticks come when they were asked for."""

    def __init__(self, policy: Rulebook = BOOK, rule: str = "pay") -> None:
        self.book = policy
        self.rule = rule
        self.incident: Incident | None = None
        self.rows: list[Row] = []
        self.codes: set[str] = set()
        self.minute = 0.0
        self.last: Outcome | None = None

    @property
    def now(self) -> float:
        return NOW + self.minute * MINUTE

    @property
    def it(self) -> Incident:
        assert self.incident is not None
        return self.incident

    def at(self, minute: float) -> Story:
        """Let time pass until a minute; every timer on the way ticks when it comes due."""
        until = NOW + minute * MINUTE
        for _ in range(200):
            due = None if self.incident is None else self._wake(self.incident)
            if due is None or due > until:
                break
            self.minute = max(self.minute, (due - NOW) / MINUTE)
            self.happen(Tick(), max(due, self.now))
        self.minute = minute
        return self

    def happen(self, event: Finding | Act | Receipt | Tick | Handed, now: float | None = None) -> Story:
        outcome = decide(self.incident, event, self.now if now is None else now, self.book, self.codes)
        self.last = outcome
        if outcome is not None and outcome.incident is not self.incident:
            self.incident = outcome.incident
            self.rows += outcome.rows
        return self

    def fires(self, tier: Tier = YELLOW, **segment: str) -> Story:
        return self.finds(AlertState.FIRING, tier, segment)

    def recovers(self, **segment: str) -> Story:
        return self.finds(AlertState.RECOVERING, YELLOW, segment)

    def ok(self, **segment: str) -> Story:
        return self.finds(AlertState.OK, YELLOW, segment)

    def finds(self, state: AlertState, tier: Tier, segment: dict[str, str], **changes: object) -> Story:
        return self.happen(finding(self.rule, state, tier, segment, self.now, **changes))

    def pulls(self, by: str = "wang", text: str = "卡顿", owner: str = "payments") -> Story:
        self.rule = "pull"
        return self.finds(AlertState.FIRING, YELLOW, {}, by=by, text=text, owner=owner)

    def says(self, by: str, verb: Verb, **changes: object) -> Story:
        usual: dict[str, object] = {"incident": self.it.code, "via": "sms", "at": self.now}
        return self.happen(Act(verb=verb, by=by, **{**usual, **changes}))  # type: ignore[arg-type]  # a shorthand

    def acks(self, by: str) -> Story:
        return self.says(by, Verb.ACK)

    def sent(self) -> Story:
        return self.happen(Receipt(page="p1", status=Sending.SENT, at=self.now))

    def state(self) -> State:
        return self.it.state

    def kinds(self) -> list[str]:
        return [row.kind for row in self.rows]

    def pages(self) -> list[tuple[Reason | None, list[str]]]:
        """Return (reason, to) of every page that was due outside the ladder."""
        due = [row for row in self.rows if row.kind == "page-due"]
        return [(row.reason, [str(one) for one in _listed(row)]) for row in due]

    @staticmethod
    def _wake(incident: Incident) -> float | None:
        """The ladder's steps are another room's: its rung is taken for done."""
        return min((when for when, name in timers(incident) if name != RUNG), default=None)


def _listed(row: Row) -> list[str]:
    to = row.data["to"]
    assert isinstance(to, list)
    return to


def finding(
    rule: str, state: AlertState, tier: Tier, segment: dict[str, str], now: float, **changes: object
) -> Finding:
    """Return a finding known at `now`, of the window that ended half a minute before."""
    usual: dict[str, object] = {
        "direction": Direction.RISES,
        "window": now - 30,
        "at": now,
        "since": now if rule == "pull" else now - 5 * MINUTE,
        "evidence": evidence() if state is AlertState.FIRING else None,
    }
    return Finding(rule=rule, state=state, tier=tier, segment=segment, **{**usual, **changes})  # type: ignore[arg-type]  # a shorthand


def key(rule: str = "pay", policy: Rulebook = BOOK, **segment: str) -> str:
    return key_of(finding(rule, AlertState.FIRING, YELLOW, segment, NOW), policy)


NEVER = math.inf
