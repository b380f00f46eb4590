from __future__ import annotations

import math
from pathlib import Path

import pytest

from andon.model import Kind, Match, Projection, Tier
from andon.rulebook.model import Bound, Each, Group, Worsen
from tests.rulebook.books import book, rule

W = "when: {falls: true, false_alarms: 1 per 30d}"


def test_a_rule_that_says_little_takes_the_defaults(tmp_path: Path) -> None:
    found = rule(tmp_path, f"watch: csat, {W}")
    assert (found.every, found.hold, found.clear_after, found.no_data) == (60, 0, 600, "hold")
    assert (found.tier, found.owner, found.policy, found.shadow, found.group) == (
        Tier.YELLOW,
        "everyone",
        "default",
        False,
        Group(),
    )


def test_defaults_are_the_rulebooks(tmp_path: Path) -> None:
    more = "defaults: {every: 2m, for: 3m, clear_after: 4m, no_data: call, owner: app, policy: loud}\n"
    more += "owners: {app: {on-duty: [ann]}}\npolicies: {loud: {}}\n"
    found = rule(tmp_path, f"watch: csat, {W}", more)
    assert (found.every, found.hold, found.clear_after, found.no_data) == (120, 180, 240, "call")
    assert (found.owner, found.policy) == ("app", "loud")


def test_what_lasts_is_accepted_by_itself_after_the_time_that_is_said_and_else_never(tmp_path: Path) -> None:
    more = "defaults: {accept_after: 28d}\n"
    assert rule(tmp_path, f"watch: csat, {W}").accept_after == math.inf
    assert rule(tmp_path, f"watch: csat, {W}", more).accept_after == 28 * 86_400
    assert rule(tmp_path, f"watch: csat, accept_after: 14d, {W}", more).accept_after == 14 * 86_400


def test_a_rule_has_the_last_word_even_when_it_says_nothing_of_it(tmp_path: Path) -> None:
    found = rule(tmp_path, f"watch: csat, {W}, for: 0s, clear_after: 0s", "defaults: {for: 3m, clear_after: 4m}")
    assert (found.hold, found.clear_after) == (0, 0)


def test_a_rules_id_is_its_name_unless_stated(tmp_path: Path) -> None:
    assert rule(tmp_path, f"watch: csat, {W}").id == "r"
    assert "short" in book(tmp_path, f"rules: [{{name: r, id: short, watch: csat, {W}}}]").rules


@pytest.mark.parametrize(
    ("watch", "kind", "name"),
    [("csat", Kind.RATING, "csat"), ("detractor_share", Kind.RATING, "nps"), ("ratings", Kind.RATING, ""), ("p95", Kind.LATENCY, ""),
     ("gauge:cpu", Kind.GAUGE, "cpu"), ("counter:orders", Kind.COUNTER, "orders"), ("complaints:late", Kind.COMPLAINT, ""), ("mean:stars", Kind.RATING, "stars")],
)  # fmt: skip
def test_what_is_watched_says_which_signals_count(tmp_path: Path, watch: str, kind: Kind, name: str) -> None:
    found = rule(
        tmp_path, f'watch: "{watch}", when: {{rises: true, false_alarms: 1 per 30d}}', "topics: {late: [late]}"
    )
    assert found.projection == Projection(kind, name)
    assert found.metric.word == watch


def test_where_is_a_condition_on_each_dimension(tmp_path: Path) -> None:
    text = f'watch: csat, {W}, by: [region], where: {{a: x, b: [x, y], c: {{not: [x, y]}}, d: {{like: "pay-*"}}, e: {{not: {{like: "t*"}}}}}}'
    projection = rule(tmp_path, text).projection
    assert projection.by == ("region",)
    assert projection.where == (
        Match("a", frozenset({"x"})),
        Match("b", frozenset({"x", "y"})),
        Match("c", frozenset({"x", "y"}), negate=True),
        Match("d", like="pay-*"),
        Match("e", like="t*", negate=True),
    )


def test_rules_with_the_same_series_share_a_projection(tmp_path: Path) -> None:
    found = book(
        tmp_path, f"rules: [{{name: a, watch: csat, {W}, by: [x]}}, {{name: b, watch: mean:csat, {W}, by: [x]}}]"
    ).rules
    assert found["a"].projection == found["b"].projection


def test_a_target_is_in_milliseconds(tmp_path: Path) -> None:
    assert (
        rule(tmp_path, "watch: slow_share, target: 1.5s, when: {rises: true, false_alarms: 1 per 30d}").metric.target
        == 1500
    )


def test_a_rule_worsens_by_condition_and_by_time(tmp_path: Path) -> None:
    found = rule(
        tmp_path,
        f"watch: csat, {W}, worsens: [{{when: {{below: 50%, over: 10m}}, tier: red}}, {{after: 30m, unless: verified, tier: red}}]",
    )
    first, second = found.worsens
    assert first.when is not None
    assert first.when.tests[0].options == {"below": 0.5, "over": 600}
    assert second == Worsen(Tier.RED, None, 1800, "verified")


def test_company_is_waited_for_half_a_minute_and_red_waits_for_none(tmp_path: Path) -> None:
    assert rule(tmp_path, f"watch: csat, {W}").group.wait == 30
    assert rule(tmp_path, f"watch: csat, {W}, tier: red").group.wait == 0
    assert rule(tmp_path, f"watch: csat, {W}, tier: red, by: [x], group: {{by: [x], wait: 1m}}").group == Group(
        ("x",), 60
    )
    assert rule(tmp_path, f"watch: csat, {W}, tier: red, group: {{}}").group.wait == 0


def test_a_burn_rate_has_a_slow_companion_that_only_shows(tmp_path: Path) -> None:
    text = "rules: [{name: r, watch: crash_rate, by: [platform], when: {burns: {budget: 1%, of: 30d}}, tier: red, worsens: []}]"
    rules = book(tmp_path, text).rules
    fast, slow = rules["r"], rules["r~slow"]
    assert (slow.tier, slow.projection, slow.place, slow.owner) == (Tier.WATCH, fast.projection, fast.place, fast.owner)
    assert slow.when is not None
    assert fast.when is not None
    assert slow.when.tests[0].options == {**fast.when.tests[0].options, "windows": "slow"}


def test_the_pull_rule_is_always_there(tmp_path: Path) -> None:
    pull = book(tmp_path, "defaults: {owner: app}\nowners: {app: {on-duty: [ann]}}").rules["pull"]
    assert (pull.projection.kind, pull.tier, pull.group.wait, pull.each, pull.when) == (
        Kind.PULL,
        Tier.YELLOW,
        0,
        Each(),
        None,
    )
    assert pull.owner == "app"


def test_the_pull_rule_makes_nobody_look_more_often(tmp_path: Path) -> None:
    assert book(tmp_path, "defaults: {every: 1h}").rules["pull"].every == 3600


def test_each_bounds_a_scale_and_matches_dimensions(tmp_path: Path) -> None:
    found = rule(tmp_path, "watch: ratings, each: {stars: {below: 2}, customer_tier: vip}, group: {by: [product]}")
    assert found.projection.name == "stars"
    assert found.each == Each(Bound(below=2), (Match("customer_tier", frozenset({"vip"})),))
    assert found.when is None


def test_each_bounds_a_plain_value_by_the_word_value(tmp_path: Path) -> None:
    found = rule(tmp_path, "watch: requests, each: {value: {above: 10s, below: 60s}}")
    assert (found.projection, found.each) == (Projection(Kind.LATENCY), Each(Bound(60_000, 10_000)))


def test_each_may_bound_a_gauge_by_its_name(tmp_path: Path) -> None:
    found = rule(tmp_path, "watch: gauge:cpu, each: {cpu: {above: 0.9}}")
    assert (found.projection.name, found.each) == ("cpu", Each(Bound(above=0.9)))


def test_each_may_only_match(tmp_path: Path) -> None:
    found = rule(tmp_path, "watch: complaints, each: {customer_tier: [vip, press]}")
    assert found.each == Each(matches=(Match("customer_tier", frozenset({"vip", "press"})),))


def test_inhibition_names_rules_by_id_however_they_were_written(tmp_path: Path) -> None:
    text = f"rules: [{{name: loud one, id: loud, watch: csat, {W}}}, {{name: soft, watch: csat, {W}}}]\n"
    text += "inhibit: [{when: {rule: loud one, tier: red}, mute: {rule: soft, product: food}, equal: [product]}]\n"
    [found] = book(tmp_path, text).inhibit
    assert found.source == {"rule": "loud", "tier": "red"}
    assert found.mute == {"rule": "soft", "product": "food"}
    assert found.equal == ("product",)


def test_a_stop_is_named(tmp_path: Path) -> None:
    found = rule(
        tmp_path,
        f"watch: csat, {W}, by: [x], stop: {{action: halt, scope: [x], ask: lead, undo_after: 4h}}",
        "stops: {halt: {post: 'https://r.example'}}",
    )
    assert found.stop == "halt"
