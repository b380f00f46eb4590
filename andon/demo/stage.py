"""What the demo's terminal shows beside the pages themselves: lamps, calls, answers and promises, in the company's time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from andon.demo.cast import Answer
from andon.demo.company import ZONE
from andon.model import AlertState, Clocked, Incident, Page, State, Tier

LAMPS = {Tier.RED: ("●", "bold red"), Tier.YELLOW: ("◆", "bold yellow"), Tier.WATCH: ("▲", "blue")}
CALM = ("✓", "green")
TITLE = 40
"""Cells of a call's title."""
PROMISES = {"respond": "answer", "resolve": "well again"}
TOLD = {
    "kept": ("✓ promise kept: {what} within {allowed}", "green"),
    "at-risk": ("! promise at risk: {what} within {allowed}", "yellow"),
    "broken": ("✗ promise broken: {what} within {allowed}", "bold red"),
}


def hour(time: float) -> str:
    """Return a time as the company's clock shows it."""
    return (datetime.fromtimestamp(time, UTC) + timedelta(seconds=ZONE)).strftime("%H:%M")


def span(seconds: float) -> str:
    """Return how long, in minutes, or in hours if they are many."""
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f}".removesuffix(".0") + " h"


def named(one: Incident) -> str:
    """Return what an incident is about and where: its title, and the values that its bad alerts' segments have."""
    alerts = [each for each in one.alerts.values() if each.state is not AlertState.OK] or list(one.alerts.values())
    places = dict.fromkeys(", ".join(each.segment.values()) for each in alerts)
    where = "; ".join(place for place in places if place)
    return f"{_clipped(one.title)} ({where})" if where else _clipped(one.title)


def _clipped(title: str) -> str:
    if cell_len(title) <= TITLE:
        return title
    room = set_cell_size(title, TITLE - 1)
    return (room.rpartition(" ")[0] or room).rstrip() + "…"


class Stage:
    """Prints; one line a thing that happened, further lines of it indented."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.states: dict[str, tuple[State, Tier, str]] = {}
        self.answered: dict[str, str] = {}
        self.promises: dict[tuple[str, str, Tier, float], str] = {}

    def say(self, time: float, text: str, style: str = "") -> None:
        """Print one line."""
        self._line(hour(time), Text(text, style))

    def lamps(self, time: float, owners: Sequence[str], incidents: Iterable[Incident]) -> None:
        """Print the lamps: each that burns with what is called, a line each if one cannot hold them; then the calm ones."""
        called = list(incidents)
        burning = [lamp for owner in owners if (lamp := _lamp(owner, called))]
        calm = [owner for owner in owners if not any(one.owner == owner for one in called)]
        parts = [*burning, *([Text(f"{CALM[0]} {', '.join(calm)}", CALM[1])] if calm else [])]
        row = Text("   ").join(parts)
        if row.cell_len <= self.console.width - 7:
            self._line(hour(time), row)
            return
        for number, part in enumerate(parts):
            self._line(hour(time) if number == 0 else "", part)

    def incident(self, time: float, one: Incident) -> None:
        """Print what has become of an incident and of its promises, if that is new."""
        before, now = self.states.get(one.id), (one.state, one.tier, one.holder)
        self.states[one.id] = now
        said = _became(before, one)
        told = one.state is State.ACKED and self.answered.pop(one.id, "") == one.holder
        if before != now and said and not told:
            lamp, style = CALM if one.state is State.CLOSED else LAMPS[one.tier]
            self.say(time, f"{lamp} {one.code} {named(one)} {said}", style)
        for promise in one.promises:
            self._promise(time, one, promise)

    def answer(self, time: float, answer: Answer, one: Incident, said: str) -> None:
        """Print what somebody answered, and what came of it."""
        text = f"“{answer.text}”" if answer.text else said
        self.answered[one.id] = answer.by
        self.say(time, f"> {answer.by} says: {answer.verb} {one.code}" + (f" - {text}" if text else ""), "cyan")

    def silent(self, time: float, page: Page) -> None:
        """Print that somebody does not answer."""
        self.say(time, f"> {page.person} does not answer {page.code}; the ladder goes on", "magenta")

    def _promise(self, time: float, one: Incident, promise: Clocked) -> None:
        key = (one.id, promise.milestone, promise.tier, promise.started)
        if promise.state not in TOLD or self.promises.get(key) == promise.state:
            return
        self.promises[key] = promise.state
        text, style = TOLD[promise.state]
        what = PROMISES.get(promise.milestone, promise.milestone)
        self.say(time, f"{text.format(what=what, allowed=span(promise.allowed))} ({one.code})", style)

    def _line(self, head: str, text: Text) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=5, style="dim")
        grid.add_column(overflow="fold")
        grid.add_row(head, text)
        self.console.print(grid)


def _lamp(owner: str, called: Iterable[Incident]) -> Text | None:
    mine = sorted((one for one in called if one.owner == owner), key=lambda one: -one.tier.rank)
    if not mine:
        return None
    lamp, style = LAMPS[mine[0].tier]
    more = f" and {len(mine) - 1} more" if len(mine) > 1 else ""
    return Text.assemble((f"{lamp} {owner}: ", style), (f"{named(mine[0])}{more}", style.removeprefix("bold ")))


def _became(before: tuple[State, Tier, str] | None, one: Incident) -> str:
    """Return what is new of an incident in words, "" where an answer has said it already."""
    if one.state is State.CALLED:
        if before is None or before[0] is State.CLOSED:
            return f"calls {one.owner}"
        return f"is {one.tier.value} now and calls again" if before[1] is not one.tier else "calls again"
    if one.state is State.ACKED:
        return f"has {one.holder} on it" if before is None or before[2] != one.holder else ""
    return {
        State.RECOVERING: "is getting well",
        State.VERIFIED: "is well again; an answer is still wanted",
        State.CLOSED: f"is closed: {one.closed_reason or 'verified'}",
    }[one.state]
