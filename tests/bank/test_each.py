"""Single signals: `each` rules and pulls."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from andon.model import AlertState, Batch, Finding, Kind, Labels, Match, Note, Projection, Tier
from andon.rulebook.model import Bound, Each, Group
from andon.streams.split import pick
from tests.bank.world import World, batch, each, rule, trial, where

FURIOUS = Each(Bound(below=2.0), (where("tier", "vip"),))
VIP = {"tier": "vip", "product": "tea"}

Star = tuple[float, Labels, float]


def stars(*rows: Star, notes: dict[int, Note] | None = None, name: str = "stars") -> Batch:
    return batch(Kind.RATING, [(time, labels, value, 1.0) for time, labels, value in rows], name, notes)


def found(world: World, *rows: Star, **kwargs: Any) -> list[Finding]:
    return world.bank.each(stars(*rows, **kwargs), 100.0)


def test_one_signal_calls_at_once_with_its_own_time() -> None:
    [finding] = found(World(each(FURIOUS)), (42.0, VIP, 1.0), notes={0: Note(text="never again")})
    assert (finding.rule, finding.state, finding.tier) == ("furious", AlertState.FIRING, Tier.YELLOW)
    assert (finding.segment, finding.window, finding.since, finding.at) == ({"product": "tea"}, 100.0, 42.0, 100.0)
    assert finding.evidence is not None
    assert (finding.evidence.observed, finding.evidence.n, finding.evidence.text) == (1.0, 1.0, "never again")


def test_bounds_are_strict() -> None:
    world = World(each(Each(Bound(below=2.0, above=0.0))))
    assert found(world, (1.0, VIP, 2.0), (1.0, VIP, 0.0), (1.0, VIP, math.nan)) == []
    assert len(found(world, (1.0, VIP, 1.0))) == 1


def test_another_scale_and_another_segment_do_not_match() -> None:
    world = World(each(FURIOUS))
    assert found(world, (1.0, VIP, 1.0), name="csat") == []
    assert found(world, (1.0, {"product": "tea"}, 1.0)) == []


def test_globs_and_negation_match_segments() -> None:
    condition = Each(Bound(below=2.0), (Match("product", like="te*"), Match("tier", frozenset({"staff"}), negate=True)))
    world = World(each(condition))
    assert len(found(world, (1.0, VIP, 1.0))) == 1
    assert found(world, (1.0, {"product": "tea", "tier": "staff"}, 1.0), (1.0, {"product": "ham"}, 1.0)) == []


def test_where_narrows_an_each_rule_too() -> None:
    projection = Projection(Kind.RATING, "stars", (where("product", "ham"),))
    assert found(World(each(FURIOUS, projection=projection)), (1.0, VIP, 1.0)) == []


def test_a_flood_calls_once_and_is_counted_at_the_next_look() -> None:
    world = World(each(FURIOUS), rule(trial("line")))
    rows = [(float(second), VIP, 1.0) for second in range(10)]
    notes = {place: Note(text=f"no {place}") for place in range(10)}
    assert len(found(world, *rows, notes=notes)) == 1
    [finding] = world.bank.judge(60.0, 130.0)
    assert finding.evidence is not None
    assert (finding.window, finding.since, finding.evidence.n) == (130.0, 0.0, 10.0)
    assert finding.evidence.quotes == ["no 9", "no 8", "no 7"]
    assert world.bank.judge(120.0, 150.0) == []


def test_one_alone_is_not_told_twice() -> None:
    world = World(each(FURIOUS))
    found(world, (42.0, VIP, 1.0))
    assert world.bank.judge(60.0, 90.0) == []


def test_segments_are_told_apart_by_the_rules_own_dimensions() -> None:
    world = World(each(FURIOUS, group=Group(("product",))))
    rows = [
        (1.0, {**VIP, "city": "Rome"}, 1.0),
        (2.0, {**VIP, "city": "Bonn"}, 1.0),
        (3.0, {"tier": "vip", "product": "ham"}, 1.0),
        (4.0, {"tier": "vip"}, 1.0),
    ]
    assert [one.segment for one in found(world, *rows)] == [{"product": "tea"}, {"product": "ham"}, {}]


def test_an_each_rule_in_shadow_only_shows() -> None:
    [finding] = found(World(each(FURIOUS, shadow=True)), (1.0, VIP, 1.0))
    assert finding.tier is Tier.WATCH


def test_what_comes_more_than_an_hour_late_calls_nobody_but_a_person_who_pulls_is_heard() -> None:
    world, now = World(each(FURIOUS)), 90_000.0
    late = stars((now - 3601, VIP, 1.0), (now - 86_400, VIP, 1.0))
    assert world.bank.each(late, now) == []
    assert len(world.bank.each(stars((now - 3600, VIP, 1.0)), now)) == 1
    assert len(world.bank.each(batch(Kind.PULL, [(now - 7200, {}, math.nan, math.nan)]), now)) == 1


def test_a_pull_is_told_with_who_and_what() -> None:
    note = Note(by="mei", owner="till", text="the till prints nothing", tier=Tier.RED)
    pulled = batch(Kind.PULL, [(7.0, {"shop": "3"}, math.nan, math.nan)], notes={0: note})
    [finding] = World().bank.each(pulled, 9.0)
    assert (finding.rule, finding.segment, finding.tier) == ("pull", {"shop": "3"}, Tier.RED)
    assert (finding.by, finding.owner, finding.text) == ("mei", "till", "the till prints nothing")
    assert (finding.window, finding.since, finding.at) == (9.0, 7.0, 9.0)


def test_a_bare_pull_is_yellow() -> None:
    [finding] = World().bank.each(batch(Kind.PULL, [(7.0, {}, math.nan, math.nan)]), 9.0)
    assert (finding.tier, finding.by) == (Tier.YELLOW, "")


def test_every_pull_is_told_in_the_logs_order() -> None:
    pulled = batch(Kind.PULL, [(float(9 - place), {"shop": str(place)}, math.nan, math.nan) for place in range(5)])
    assert [one.segment["shop"] for one in World().bank.each(pulled, 9.0)] == ["0", "1", "2", "3", "4"]


def test_where_the_machines_clock_was_set_back_a_signal_is_as_late_as_that_clock_says() -> None:
    now, day = 90_000.0, 86_400.0
    for behind, calls in ((day + 60, 1), (day + 3601, 0)):
        late = replace(stars((now - behind, VIP, 1.0)), set_back=day)
        assert len(World(each(FURIOUS)).bank.each(late, now)) == calls


def test_no_finding_is_as_old_as_the_one_before_though_the_clock_stands_still_and_signals_come_late() -> None:
    world = World(each(FURIOUS))
    pulled = batch(Kind.PULL, [(time, {}, math.nan, math.nan) for time in (7.0, 7.0, 3.0)])
    late = found(world, (50.0, VIP, 1.0)), world.bank.judge(60.0, 130.0), found(world, (20.0, VIP, 1.0))
    windows = [one.window for one in (*world.bank.each(pulled, 9.0), *late[0], *late[2])]
    again = World(each(FURIOUS))
    again.bank.load(world.bank.save())
    windows += [one.window for one in again.bank.each(pulled, 100.0)]
    assert sorted(set(windows)) == sorted(windows)
    assert windows[-3:] == sorted(windows)[-3:]


def test_the_rule_pull_of_the_rulebook_does_not_call_twice() -> None:
    implicit = each(Each(), id="pull", projection=Projection(Kind.PULL))
    assert len(World(implicit).bank.each(batch(Kind.PULL, [(7.0, {}, math.nan, math.nan)]), 9.0)) == 1


def test_nothing_comes_of_an_empty_batch() -> None:
    assert World(each(FURIOUS)).bank.each(batch(Kind.RATING, []), 9.0) == []


ROWS = st.lists(
    st.tuples(st.integers(0, 9).map(float), st.sampled_from([VIP, {"tier": "vip"}, {}]), st.sampled_from([1.0, 3.0])),
    min_size=1,
    max_size=12,
)


@given(ROWS, st.data())
def test_it_makes_no_difference_where_batches_are_cut(rows: list[Star], data: st.DataObject) -> None:
    notes = {place: Note(text=str(place)) for place in range(len(rows)) if place % 2}
    batched = batch(Kind.RATING, [(time, labels, value, 1.0) for time, labels, value in rows], "stars", notes)
    cut = data.draw(st.integers(0, len(rows)))
    whole, pieces = World(each(FURIOUS)), World(each(FURIOUS))
    expected = whole.bank.each(batched, 9.0) + whole.bank.judge(60.0, 90.0)
    got: list[Finding] = []
    for begin, end in ((0, cut), (cut, len(rows))):
        got += pieces.bank.each(pick(batched, np.arange(begin, end)), 9.0)
    assert repr(got + pieces.bank.judge(60.0, 90.0)) == repr(expected)
