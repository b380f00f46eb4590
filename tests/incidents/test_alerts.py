"""What findings do: joining, rising, going back, calling again."""

from __future__ import annotations

import math
from typing import Any

import pytest

from andon.incidents.alerts import concerns, key_of_alert, say
from andon.incidents.machine import decide, key_of
from andon.model import AlertState, Direction, Outcome, Reason, State, Tier, Verb
from andon.rulebook.model import Group
from tests.incidents.book import BOOK, HOUR, MINUTE, NOW, RED, YELLOW, Story, book, evidence, finding, key, rule


def test_a_finding_opens_an_incident_that_waits_for_company() -> None:
    story = Story().at(0).fires(region="eu")
    it = story.it
    assert (it.state, it.tier, it.owner, it.title, it.version, it.rows) == (
        State.CALLED,
        YELLOW,
        "payments",
        "pay",
        1,
        1,
    )
    assert (it.rung.due, it.paged_due, it.rung.reason) == (NOW + 30, NOW + 30, Reason.FIRST)
    assert it.evidence_from == NOW - 5 * MINUTE


def test_a_call_cites_its_rule_by_file_line_and_version() -> None:
    assert Story().at(0).fires().it.where == "pay.yml:7@abc"


def test_a_red_finding_does_not_wait() -> None:
    assert Story().at(0).fires(RED).it.rung.due == NOW


@pytest.mark.parametrize(
    "changes",
    [
        {"tier": Tier.WATCH},
        {"evidence": evidence(learning_left=60.0)},
        {"window": math.nan},
        {"state": AlertState.PENDING},
    ],
)
def test_watch_learning_pending_and_rubbish_concern_nobody(changes: dict[str, object]) -> None:
    args: dict[str, Any] = {"state": AlertState.FIRING, "tier": YELLOW, **changes}
    found = finding("pay", segment={}, now=NOW, **args)
    assert not concerns(found)
    assert decide(None, found, NOW, BOOK, set()) is None
    story = Story().at(0).fires()
    assert decide(story.it, found, NOW, BOOK, set()) == Outcome(story.it)


@pytest.mark.parametrize("state", [AlertState.OK, AlertState.RECOVERING, AlertState.RETIRED, AlertState.NO_DATA])
def test_what_was_never_bad_opens_nothing(state: AlertState) -> None:
    assert decide(None, finding("pay", state, YELLOW, {}, NOW), NOW, BOOK, set()) is None


def test_no_data_calls_where_the_rule_says_so() -> None:
    assert Story(rule="quiet").at(0).finds(AlertState.NO_DATA, YELLOW, {}).state() is State.CALLED


def test_the_incident_keeps_the_rules_own_waits() -> None:
    patient = book(rules={"pay": rule("pay", group=Group(wait=90.0), clear_after=1234.0)})
    it = Story(patient).at(0).fires().it
    assert (it.policy.group_wait, it.policy.clear_after) == (90.0, 1234.0)


def test_all_segments_of_a_rule_make_one_call() -> None:
    assert key(region="eu") == key(region="us")


def test_a_rule_that_groups_by_product_makes_one_call_a_product() -> None:
    assert key("by-product", product="a", region="eu") == key("by-product", product="a", region="us")
    assert key("by-product", product="a") != key("by-product", product="b")


def test_an_open_incident_keeps_its_alert_when_the_rule_gets_another_owner() -> None:
    story = Story().at(0).fires(region="eu")
    moved = book(rules={"pay": rule("pay", owner="everyone")})
    found = finding("pay", AlertState.OK, YELLOW, {"region": "eu"}, NOW + 60)
    assert key_of(found, moved) != story.it.key
    assert key_of(found, moved, [story.it]) == story.it.key


def test_a_removed_rules_alert_is_retired_and_not_waited_for() -> None:
    story = Story().at(0).fires(region="eu").fires(region="us").at(2).acks("li.na")
    story.book = book(rules={})
    story.at(5).finds(AlertState.RETIRED, YELLOW, {"region": "eu"}).at(9).recovers(region="us").at(19).ok(region="us")
    assert story.state() is State.CLOSED


def test_the_same_window_twice_changes_nothing() -> None:
    story = Story().at(0).fires()
    again = finding("pay", AlertState.FIRING, YELLOW, {}, NOW)
    outcome = decide(story.it, again, NOW + 60, BOOK, set())
    assert outcome.incident is story.it
    assert outcome.rows == ()


def test_an_older_window_changes_nothing_even_if_it_recovers() -> None:
    story = Story().at(5).fires()
    old = finding("pay", AlertState.OK, YELLOW, {}, NOW)
    assert decide(story.it, old, story.now, BOOK, set()).incident is story.it


def test_company_before_the_first_page_is_not_a_page_of_its_own() -> None:
    story = Story().at(0).fires(region="eu").at(0.4).fires(region="us").at(4)
    assert story.kinds() == ["called", "joined"]
    assert story.pages() == []


def test_what_joins_later_is_paged_at_most_every_five_minutes() -> None:
    story = Story().at(0).fires(region="eu").at(2).acks("li.na")
    story.at(3).fires(region="us").at(4).fires(region="jp").at(5.4)
    assert story.pages() == []
    story.at(5.6)
    assert story.pages() == [(Reason.ADDED, ["on-duty", "holder"])]
    story.at(6).fires(region="cn").at(10)
    assert len(story.pages()) == 1
    assert story.at(11).pages()[1:] == [(Reason.ADDED, ["on-duty", "holder"])]


def test_an_added_page_names_the_segments() -> None:
    story = Story().at(0).fires(region="eu").at(2).acks("li.na").at(9).fires(region="us", product="app")
    assert story.rows[-1].data["segments"] == ["product=app, region=us"]


def test_a_segment_that_comes_back_is_no_news() -> None:
    story = Story().at(0).fires(region="eu").fires(region="us").at(2).acks("li.na")
    story.at(10).ok(region="us").at(20).fires(region="us")
    assert story.kinds()[-1] == "joined"
    assert story.pages() == []


def test_evidence_stands_still_while_an_alert_fires() -> None:
    story = Story().at(0).fires()
    story.at(5).finds(AlertState.FIRING, YELLOW, {}, evidence=evidence(observed=0.9))
    (alert,) = story.it.alerts.values()
    assert alert.evidence is not None
    assert alert.evidence.observed == 0.4
    assert alert.window == story.now - 30


def test_what_the_evidence_says_of_flapping_is_kept() -> None:
    story = Story().at(0).fires()
    story.at(5).finds(AlertState.FIRING, YELLOW, {}, evidence=evidence(text="flaps"))
    (alert,) = story.it.alerts.values()
    assert alert.evidence is not None
    assert alert.evidence.text == "flaps"


def test_every_first_good_look_pauses_the_ladder() -> None:
    story = Story().at(0).fires(region="eu").fires(region="us").at(10).recovers(region="eu")
    assert story.state() is State.CALLED
    story.at(11).recovers(region="us")
    assert story.state() is State.RECOVERING
    assert story.it.rung.due is None


def test_bad_again_without_a_resolve_goes_back_without_a_page() -> None:
    story = Story().at(0).fires().at(2).acks("li.na").at(10).recovers().at(12).fires()
    assert story.state() is State.ACKED
    assert story.pages() == []
    assert story.it.ack_expires == story.now + 4 * HOUR


def test_a_paused_ladder_goes_on_with_what_was_left() -> None:
    story = Story().at(0).fires()
    story.minute = 0.25
    story.recovers()
    story.at(10).fires()
    assert story.state() is State.CALLED
    assert story.it.rung.due == story.now + 15
    assert story.it.paged_due == story.now + 15


def test_bad_again_after_a_resolve_is_worse() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.RESOLVE).at(5).recovers().at(8).fires()
    assert story.state() is State.CALLED
    assert (story.it.rung.due, story.it.rung.reason) == (story.now, Reason.WORSE)
    assert story.pages() == [(Reason.WORSE, ["holder"])]


def test_still_firing_right_after_a_resolve_is_not_worse_yet() -> None:
    story = Story().at(0).fires().at(2).says("li.na", Verb.RESOLVE).at(5).fires()
    assert story.state() is State.RECOVERING


def test_no_data_is_not_all_right() -> None:
    story = Story().at(0).fires().at(10).recovers().at(11).finds(AlertState.NO_DATA, YELLOW, {})
    assert story.state() is State.CALLED


def test_the_ledger_tells_when_data_is_lost_and_comes_back_bad() -> None:
    story = Story(rule="quiet").at(0).fires().at(5).finds(AlertState.NO_DATA, YELLOW, {}).at(9).fires()
    moves = [(row.data["was"], row.data["state"]) for row in story.rows if row.kind == "alert"]
    assert moves == [("firing", "no_data"), ("no_data", "firing")]
    assert story.it.version == 3


def test_no_data_of_what_was_all_right_is_no_news() -> None:
    story = Story().at(0).fires(region="eu").fires(region="us").at(5).ok(region="us")
    before = story.it
    assert story.at(6).finds(AlertState.NO_DATA, YELLOW, {"region": "us"}).it is before


def test_a_second_pull_joins_and_is_told() -> None:
    story = Story().at(0).pulls("wang").sent().at(2).acks("li.na").at(6).pulls("j.ortiz", text="refunds fail")
    assert [row.text for row in story.rows if row.kind == "joined"] == ["refunds fail"]
    assert story.pages() == [(Reason.ADDED, ["on-duty", "holder"])]


def test_a_pull_for_an_unknown_owner_goes_to_the_default() -> None:
    assert Story().at(0).pulls(owner="nobody").it.owner == "everyone"


def test_a_pull_is_named_by_what_was_said() -> None:
    assert Story().at(0).pulls(text="卡顿").it.title == "卡顿"


def test_another_furious_customer_after_a_resolve_is_worse() -> None:
    story = Story(rule="furious").at(0).fires().at(5).says("li.na", Verb.RESOLVE).at(7).fires()
    assert story.state() is State.CALLED
    assert story.it.rung.reason is Reason.WORSE


def test_what_came_before_the_resolve_and_is_told_after_it_is_not_worse() -> None:
    story = Story(rule="furious").at(0).fires().at(5).says("li.na", Verb.RESOLVE).at(5.2).fires()
    assert story.state() is State.RECOVERING


def test_an_alert_counts_its_flips() -> None:
    story = Story().at(0).fires().at(5).recovers().at(8).fires()
    (alert,) = story.it.alerts.values()
    assert alert.count == 2
    assert len(alert.flips) == 3


def test_both_directions_of_a_segment_are_alerts_of_one_call() -> None:
    story = Story().at(0).fires().finds(AlertState.FIRING, YELLOW, {}, direction=Direction.FALLS)
    assert len(story.it.alerts) == 2


def test_a_segment_reads_as_a_line() -> None:
    assert say({"region": "eu", "product": "app"}) == "product=app, region=eu"
    assert say({}) == "all"


def test_an_alert_is_named_without_its_owner() -> None:
    found = finding("pay", AlertState.FIRING, YELLOW, {"region": "eu"}, NOW)
    assert key_of_alert(found) in Story().at(0).happen(found).it.alerts


def test_an_incident_that_nobody_ends_keeps_what_is_bad_and_the_newest_of_what_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("andon.incidents.alerts.MOST", 4)
    story = Story().at(0).fires(version="bad")
    for minute in range(1, 12):
        story.at(minute).fires(version=f"v{minute}")
        story.at(minute + 0.5).finds(AlertState.RETIRED, YELLOW, {"version": f"v{minute}"})
    kept = {one.segment["version"]: one.state for one in story.it.alerts.values()}
    assert kept == {"bad": "firing", "v9": "retired", "v10": "retired", "v11": "retired"}
    story.at(12).fires(version="bad", more="x").at(30).sent()


def test_of_single_signals_an_incident_keeps_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("andon.incidents.alerts.MOST", 3)
    story = Story(rule="furious")
    for minute in range(6):
        story.at(minute).fires(guest=f"g{minute}")
    assert [one.segment["guest"] for one in story.it.alerts.values()] == ["g3", "g4", "g5"]
