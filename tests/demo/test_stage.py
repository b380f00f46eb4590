from __future__ import annotations

import io
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from andon.demo.cast import Answer
from andon.demo.stage import Stage, hour, named, span
from andon.model import AlertState, Incident, State, Tier
from tests.demo.day import NOON, alert, incident, page, promise

OWNERS = ["app", "care", "payments"]


class Seen:
    """A stage on a pipe, and what it printed."""

    def __init__(self, width: int = 80, *, terminal: bool = False) -> None:
        self.out = io.StringIO()
        self.stage = Stage(Console(file=self.out, width=width, force_terminal=terminal or None, color_system="auto"))

    def lines(self) -> list[str]:
        """Return the lines since last asked."""
        text = self.out.getvalue()
        self.out.seek(0)
        self.out.truncate()
        return [line.rstrip() for line in text.splitlines()]


def shop(**others: Any) -> Incident:
    return incident(**{"alerts": {"a": alert({"product": "shop"})}} | others)


def test_times_are_the_company_s() -> None:
    assert hour(NOON) == "12:00"
    assert hour(NOON - 1) == "11:59"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 min"), (90, "2 min"), (5399, "90 min"), (5400, "1.5 h"), (28_800, "8 h")]
)
def test_spans_are_minutes_then_hours(seconds: float, said: str) -> None:
    assert span(seconds) == said


def test_an_incident_is_named_by_its_title_and_the_segment_that_is_bad_not_by_the_rule_s_line() -> None:
    assert named(shop()) == "paying is slow (shop)"


def test_segments_that_are_well_again_are_not_named_while_others_are_bad() -> None:
    alerts = {"a": alert({"product": "shop"}, AlertState.OK), "b": alert({"product": "food", "region": "east"})}
    assert named(incident(alerts=alerts)) == "paying is slow (food, east)"


def test_a_segment_that_is_well_is_named_when_none_is_bad() -> None:
    assert named(shop(alerts={"a": alert({"product": "shop"}, AlertState.OK)})) == "paying is slow (shop)"


def test_two_bad_segments_are_both_named() -> None:
    alerts = {"a": alert({"product": "shop"}), "b": alert({"product": "food"})}
    assert named(incident(alerts=alerts)) == "paying is slow (shop; food)"


def test_a_rule_over_everything_has_no_segment_to_name() -> None:
    assert named(incident(alerts={"a": alert({})})) == "paying is slow"


@pytest.mark.parametrize(
    "title", ["满减券在结算时消失，已有三位顾客来电 (coupons vanish at checkout)", "x" * 200, "很" * 200]
)
def test_a_long_title_is_clipped_by_columns(title: str) -> None:
    said = named(incident(title=title))
    assert said.endswith("…")
    assert cell_len(said) <= 40


def test_all_calm_is_one_short_line() -> None:
    seen = Seen()
    seen.stage.lamps(NOON, OWNERS, [])
    assert seen.lines() == ["12:00  ✓ app, care, payments"]


def test_a_burning_lamp_says_rule_and_segment() -> None:
    seen = Seen()
    seen.stage.lamps(NOON, OWNERS, [shop()])
    assert seen.lines() == ["12:00  ◆ payments: paying is slow (shop)   ✓ app, care"]


def test_the_worst_of_an_owner_s_calls_is_its_lamp_and_the_others_are_counted() -> None:
    seen = Seen()
    seen.stage.lamps(NOON, ["payments"], [shop(), shop(id="i2", tier=Tier.RED, title="it burns")])
    assert seen.lines() == ["12:00  ● payments: it burns (shop) and 1 more"]


def test_lamps_that_do_not_fit_one_line_take_a_line_each() -> None:
    seen = Seen(60)
    seen.stage.lamps(NOON, OWNERS, [shop(), shop(id="i2", owner="app", title="app crash spike", tier=Tier.RED)])
    assert seen.lines() == [
        "12:00  ● app: app crash spike (shop)",
        "       ◆ payments: paying is slow (shop)",
        "       ✓ care",
    ]


def test_a_pipe_gets_no_colour_and_a_terminal_does() -> None:
    pipe, terminal = Seen(), Seen(terminal=True)
    for one in (pipe, terminal):
        one.stage.lamps(NOON, OWNERS, [shop()])
    assert "\x1b" not in "".join(pipe.lines())
    assert "\x1b[33m" in "".join(terminal.lines())


def test_a_long_line_goes_on_under_itself_and_never_beyond_the_width() -> None:
    seen = Seen(60)
    seen.stage.say(NOON, "word " * 30)
    lines = seen.lines()
    assert len(lines) > 1
    assert all(line.startswith("       word") for line in lines[1:])
    assert all(cell_len(line) <= 60 for line in lines)


def test_markup_in_a_customer_s_words_is_shown_and_not_obeyed() -> None:
    seen = Seen()
    seen.stage.say(NOON, "[red]x[/red] :smile:")
    assert seen.lines() == ["12:00  [red]x[/red] :smile:"]


def test_a_call_is_told_once() -> None:
    seen = Seen()
    for at in (NOON, NOON + 60):
        seen.stage.incident(at, shop(state=State.CALLED, holder=""))
    assert seen.lines() == ["12:00  ◆ 7K paying is slow (shop) calls payments"]


def test_a_rise_to_red_is_told() -> None:
    seen = Seen()
    seen.stage.incident(NOON, shop())
    seen.lines()
    seen.stage.incident(NOON + 60, shop(state=State.CALLED, tier=Tier.RED))
    assert seen.lines() == ["12:01  ● 7K paying is slow (shop) is red now and calls again"]


def test_a_call_that_comes_again_at_the_same_tier_is_told() -> None:
    seen = Seen()
    seen.stage.incident(NOON, shop())
    seen.stage.incident(NOON + 60, shop(state=State.CALLED))
    assert seen.lines()[-1].endswith("calls again")


def test_who_answered_elsewhere_is_told() -> None:
    seen = Seen()
    seen.stage.incident(NOON, shop(state=State.CALLED, holder=""))
    seen.stage.incident(NOON + 60, shop())
    assert seen.lines()[-1] == "12:01  ◆ 7K paying is slow (shop) has li.na on it"


def test_an_answer_that_was_printed_is_not_told_twice() -> None:
    seen = Seen()
    seen.stage.incident(NOON, shop(state=State.CALLED, holder=""))
    seen.stage.answer(NOON + 60, Answer(NOON, "i1", "ack", "li.na"), shop(), "li.na has it")
    seen.stage.incident(NOON + 120, shop())
    assert seen.lines()[1:] == ["12:01  > li.na says: ack 7K - li.na has it"]


def test_a_note_is_quoted() -> None:
    seen = Seen()
    seen.stage.answer(NOON, Answer(NOON, "i1", "note", "li.na", "nearly done"), shop(), "noted")
    assert seen.lines() == ["12:00  > li.na says: note 7K - “nearly done”"]


def test_who_does_not_answer_is_told() -> None:
    seen = Seen()
    seen.stage.silent(NOON, page(code="7K", person="li.na"))
    assert seen.lines() == ["12:00  > li.na does not answer 7K; the ladder goes on"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.RECOVERING, "is getting well"),
        (State.VERIFIED, "is well again; an answer is still wanted"),
        (State.CLOSED, "is closed: verified"),
    ],
)
def test_how_it_ends_is_told(state: State, said: str) -> None:
    seen = Seen()
    seen.stage.incident(NOON, shop())
    seen.stage.incident(NOON + 60, shop(state=state))
    assert seen.lines()[-1].endswith(said)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("kept", "✓ promise kept: answer within 30 min (7K)"),
        ("at-risk", "! promise at risk: answer within 30 min (7K)"),
        ("broken", "✗ promise broken: answer within 30 min (7K)"),
    ],
)
def test_what_becomes_of_a_promise_is_said_plainly_and_once(state: str, said: str) -> None:
    seen = Seen()
    for _ in range(2):
        seen.stage.incident(NOON, shop(promises=[promise("respond", state)]))
    assert [line for line in seen.lines() if "promise" in line] == [f"12:00  {said}"]


@pytest.mark.parametrize("state", ["running", "void"])
def test_a_promise_that_runs_or_is_replaced_is_not_told(state: str) -> None:
    seen = Seen()
    seen.stage.incident(NOON, shop(promises=[promise("respond", state)]))
    assert not [line for line in seen.lines() if "promise" in line]


def test_red_and_yellow_promises_are_told_apart() -> None:
    seen = Seen()
    kept = [promise("respond", "kept"), promise("respond", "kept", 300.0, Tier.RED), promise("resolve", "kept", 28_800)]
    seen.stage.incident(NOON, shop(promises=kept))
    told = [line.partition(": ")[2] for line in seen.lines() if "promise" in line]
    assert told == ["answer within 30 min (7K)", "answer within 5 min (7K)", "well again within 8 h (7K)"]
