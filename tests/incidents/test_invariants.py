"""What holds whatever happens, in whatever order, however often."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from random import Random

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from andon.errors import Refused
from andon.incidents.machine import Tick, decide
from andon.incidents.story import tell
from andon.incidents.timers import RUNG, timers, wake
from andon.model import Act, AlertState, Finding, Incident, Receipt, Row, Sending, State, Tier, Verb
from tests.incidents.book import BOOK, NOW, RED, YELLOW, finding

Event = Finding | Act | Receipt | Tick
PEOPLE = ["li.na", "li.na", "li.na", "wang", "wang", "j.ortiz", "boss", "stranger", "ghost"]
REGIONS = st.sampled_from(["eu", "us", "jp"])
STATES = st.sampled_from(list(AlertState))
TIERS = st.sampled_from(list(Tier))
STEPS = st.sampled_from([0.0, 1.0, 29.0, 60.0, 299.0, 301.0, 1801.0, 7201.0, 14_401.0, 86_401.0])


class Life(RuleBasedStateMachine):
    """An incident's key lives through anything; a ladder as simple as can be takes its steps."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.name = "pay"
        self.incident: Incident | None = None
        self.rows: dict[str, list[Row]] = {}
        self.told: list[tuple[Event, float]] = []

    @initialize(name=st.sampled_from(["pay", "crash", "slow", "furious", "pull"]))
    def begin(self, name: str) -> None:
        self.name = name
        self.happen(finding(name, AlertState.FIRING, YELLOW, {"region": "eu"}, self.now, window=self.now))
        self.now += 1.0

    @rule(state=STATES, tier=TIERS, region=REGIONS, late=st.sampled_from([0.0, 0.0, 0.0, 600.0]))
    def finds(self, state: AlertState, tier: Tier, region: str, late: float) -> None:
        self.happen(finding(self.name, state, tier, {"region": region}, self.now, window=self.now - late))

    @rule(state=st.sampled_from([AlertState.FIRING, AlertState.RECOVERING, AlertState.OK]), region=REGIONS)
    def finds_the_usual(self, state: AlertState, region: str) -> None:
        self.happen(finding(self.name, state, YELLOW, {"region": region}, self.now, window=self.now))

    @rule(state=st.sampled_from([AlertState.RECOVERING, AlertState.OK]))
    def all_is_well(self, state: AlertState) -> None:
        for region in ("eu", "us", "jp"):
            self.happen(finding(self.name, state, YELLOW, {"region": region}, self.now, window=self.now))

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def comes_again(self, data: st.DataObject) -> None:
        event, _ = data.draw(st.sampled_from(self.told))
        self.happen(event)

    @precondition(lambda self: self.incident is not None)
    @rule(
        verb=st.sampled_from(list(Verb)),
        by=st.sampled_from(PEOPLE),
        whom=st.sampled_from(PEOPLE),
        text=st.sampled_from(["", "why"]),
        seconds=st.sampled_from([60.0, 3600.0, 86_400.0]),
        name=st.sampled_from(["", "1", "2"]),
    )
    def says(self, verb: Verb, by: str, whom: str, text: str, seconds: float, name: str) -> None:
        act = Act(verb=verb, incident="7K", by=by, at=self.now, whom=whom, text=text, seconds=seconds, id=name)
        self.happen(act)

    @rule(status=st.sampled_from(list(Sending)))
    def hears(self, status: Sending) -> None:
        self.happen(Receipt(page="p", status=status, at=self.now))

    @rule(seconds=STEPS)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.happen(Tick())

    @precondition(lambda self: self.incident is not None and wake(self.incident) is not None)
    @rule()
    def wakes(self) -> None:
        when = wake(self.incident) if self.incident else None
        self.now = max(self.now, when or self.now)
        self.happen(Tick())
        self.climb()

    def climb(self) -> None:
        """Take the ladder's step as the next room would: the next one is due in five minutes."""
        it = self.incident
        if it is not None and it.rung.due is not None and it.rung.due <= self.now:
            rung = msgspec.structs.replace(it.rung, step=it.rung.step + 1, due=self.now + 300)
            self.incident = msgspec.structs.replace(it, rung=rung, version=it.version + 1)

    def happen(self, event: Event) -> None:
        old = self.incident
        try:
            outcome = decide(old, event, self.now, BOOK, {"3A"})
        except Refused:
            return
        assert outcome == decide(old, event, self.now, BOOK, {"3A"})
        self.told.append((event, self.now))
        if outcome is None or outcome.incident is old:
            assert outcome is None or outcome.rows == ()
            return
        new = outcome.incident
        known = self.rows.setdefault(new.id, [])
        if old is not None and old.id == new.id:
            assert new.version == old.version + 1
            _keeps_its_word(old, new, outcome.rows)
        else:
            assert old is None or old.state is State.CLOSED
            assert new.version == 1
        assert [row.n for row in outcome.rows] == list(range(len(known) + 1, new.rows + 1))
        known.extend(outcome.rows)
        self.incident = new

    @invariant()
    def it_never_waits_for_nothing(self) -> None:
        it = self.incident
        if it is None or it.state is State.CLOSED:
            return
        waits = any(one.state not in {AlertState.OK, AlertState.RETIRED} for one in it.alerts.values())
        assert waits or wake(it) is not None

    @invariant()
    def somebody_will_be_called_or_has_it(self) -> None:
        it = self.incident
        if it is None or it.shelved_until is not None:
            return
        if it.state is State.CALLED:
            assert it.rung.due is not None
        if it.state is State.ACKED:
            assert it.holder
            assert it.ack_expires is not None or it.restart_at is not None
        if it.state is State.VERIFIED:
            assert it.closes_at is not None

    @invariant()
    def a_ladder_stands_still_while_it_recovers_and_after(self) -> None:
        it = self.incident
        if it is not None and it.state in {State.RECOVERING, State.VERIFIED, State.CLOSED}:
            assert it.rung.due is None

    @invariant()
    def no_promise_is_open_after_the_end_and_one_a_kind_before(self) -> None:
        it = self.incident
        if it is None:
            return
        open_ones = [one.milestone for one in it.promises if one.state in {"running", "at-risk"}]
        assert len(open_ones) == len(set(open_ones))
        assert it.state is not State.CLOSED or not open_ones

    @invariant()
    def the_ledger_is_in_order_and_can_be_read(self) -> None:
        for rows in self.rows.values():
            assert all(one.at <= other.at for one, other in pairwise(rows))
            assert all(tell(one, "zh") and tell(one, "en") for one in rows[-3:])

    @invariant()
    def it_survives_being_stored(self) -> None:
        if self.incident is not None:
            packed = msgspec.msgpack.encode(self.incident)
            assert msgspec.msgpack.decode(packed, type=Incident) == self.incident

    @invariant()
    def a_tick_leaves_nothing_due(self) -> None:
        if self.incident is None:
            return
        after = decide(self.incident, Tick(), self.now, BOOK, set()).incident
        assert all(when > self.now or name == RUNG for when, name in timers(after))
        assert decide(after, Tick(), self.now, BOOK, set()).incident is after


def _keeps_its_word(old: Incident, new: Incident, rows: tuple[Row, ...]) -> None:
    kinds = {row.kind for row in rows}
    for name in ("called", "acked", "first_action", "paged", "told"):
        if name in old.milestones:
            assert new.milestones[name] == old.milestones[name]
    if "reopened" not in kinds:
        assert new.tier.rank >= old.tier.rank
        assert new.holder or not old.holder
    assert (new.key, new.id, new.owner, new.policy, new.called) == (old.key, old.id, old.owner, old.policy, old.called)
    assert len(new.promises) >= len(old.promises)
    assert old.alerts.keys() <= new.alerts.keys()
    for key, alert in old.alerts.items():
        assert new.alerts[key].window >= alert.window
    if old.state is State.CLOSED and new.state is not State.CLOSED:
        assert "reopened" in kinds


Life.TestCase.settings = settings(
    max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
test_whatever_happens_it_keeps_its_word = Life.TestCase


INVARIANTS = (
    Life.it_never_waits_for_nothing,
    Life.somebody_will_be_called_or_has_it,
    Life.a_ladder_stands_still_while_it_recovers_and_after,
    Life.no_promise_is_open_after_the_end_and_one_a_kind_before,
    Life.it_survives_being_stored,
    Life.a_tick_leaves_nothing_due,
)


def _move(life: Life, dice: Random) -> None:
    """Do something likely: most moves of a long life are made of the usual things."""
    region = dice.choice(["eu", "us", "jp"])
    usual = [AlertState.FIRING, AlertState.RECOVERING, AlertState.OK]
    move = dice.randrange(8)
    if move == 0:
        life.finds(dice.choice(list(AlertState)), dice.choice(list(Tier)), region, dice.choice([0.0, 600.0]))
    elif move in {1, 2}:
        life.finds_the_usual(dice.choice(usual), region)
    elif move == 3:
        life.all_is_well(dice.choice(usual[1:]))
    elif move == 4:
        verb, text = dice.choice(list(Verb)), dice.choice(["", "why", "why"])
        if life.incident is not None:
            life.says(verb, dice.choice(PEOPLE), dice.choice(PEOPLE), text, dice.choice([60.0, 3600.0]), "")
    elif move == 5:
        life.hears(dice.choice(list(Sending)))
    elif life.incident is not None and wake(life.incident) is not None:
        life.wakes()
    life.now += dice.choice([0.0, 1.0, 30.0, 300.0, 2000.0, 8000.0])


def test_long_and_eventful_lives_keep_their_word() -> None:
    seen = Counter[str]()
    for seed in range(24):
        dice = Random(seed)  # noqa: S311  # a seeded walk, no secret
        life = Life()
        life.begin(dice.choice(["pay", "crash", "slow", "furious", "pull"]))
        for _ in range(100):
            _move(life, dice)
            for holds in INVARIANTS:
                holds(life)
        life.the_ledger_is_in_order_and_can_be_read()
        seen.update(row.kind for rows in life.rows.values() for row in rows)
    assert len(seen) > 28


windows = st.integers(0, 20).map(lambda step: NOW + 60.0 * step)
findings = st.builds(
    lambda state, region, window, tier: finding("pay", state, tier, {"region": region}, window, window=window),
    STATES,
    REGIONS,
    windows,
    st.sampled_from([YELLOW, RED]),
)


def fold(events: list[Finding]) -> Incident | None:
    incident: Incident | None = None
    for step, event in enumerate(events):
        outcome = decide(incident, event, NOW + 3000.0 + step, BOOK, set())
        incident = outcome.incident if outcome is not None else None
    return incident


@settings(max_examples=80, deadline=None)
@given(st.lists(findings, max_size=15), st.data())
def test_findings_in_any_order_and_number_decide_the_same_every_time(
    events: list[Finding], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(events + events))
    assert fold(mixed) == fold(mixed)


@settings(max_examples=80, deadline=None)
@given(st.lists(findings, max_size=15))
def test_telling_each_finding_twice_in_a_row_changes_nothing(events: list[Finding]) -> None:
    incident: Incident | None = None
    for step, event in enumerate(events):
        outcome = decide(incident, event, NOW + 3000.0 + step, BOOK, set())
        incident = outcome.incident if outcome is not None else None
        again = decide(incident, event, NOW + 3000.0 + step, BOOK, set())
        assert (again.incident if again is not None else None) is incident
