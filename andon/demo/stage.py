"""What the demo's terminal shows beside the pages themselves: lamps, answers, promises, and the table at the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from andon.demo.company import ZONE
from andon.demo.verdict import Line, Verdict
from andon.model import Incident, State, Tier

LAMPS = {Tier.RED: ("●", "bold red"), Tier.YELLOW: ("◆", "bold yellow"), Tier.WATCH: ("▲", "blue")}
CALM = ("✓", "green")


def hour(time: float) -> str:
    """Return a time as the company's clock shows it."""
    return (datetime.fromtimestamp(time, UTC) + timedelta(seconds=ZONE)).strftime("%H:%M")


def span(seconds: float | None) -> str:
    """Return how long, in minutes or hours."""
    if seconds is None:
        return "-"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Stage:
    """Prints; one line a thing that happened, in the company's time."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.shown: dict[str, str] = {}

    def say(self, time: float, text: str, style: str = "") -> None:
        """Print one line."""
        self.console.print(Text(f"{hour(time)}  ", "dim") + Text(text, style))

    def lamps(self, time: float, owners: list[str], incidents: list[Incident]) -> None:
        """Print a row of lamps, one an owner, and where each one burns."""
        row = Text(f"{hour(time)}  ", "dim")
        for owner in owners:
            burning = [one for one in incidents if one.owner == owner]
            worst = max((one.tier for one in burning), key=lambda tier: tier.rank, default=None)
            lamp, style = LAMPS[worst] if worst else CALM
            where = "; ".join(sorted({f"{one.title} ({one.where})" if one.where else one.title for one in burning}))
            row += Text(f"{lamp} {owner}", style) + Text(f" {where}" if where else "", "dim") + "   "
        self.console.print(row)

    def incident(self, time: float, one: Incident) -> None:
        """Print what has become of an incident, if that is new."""
        promises = ", ".join(
            f"{kept.milestone} {kept.state}" for kept in one.promises if kept.state in {"kept", "broken"}
        )
        now = f"{one.state} {one.holder} {promises}"
        if self.shown.get(one.id) == now:
            return
        self.shown[one.id] = now
        said = {
            State.CALLED: "calls for help",
            State.ACKED: f"is answered by {one.holder}",
            State.RECOVERING: "looks better",
            State.VERIFIED: "is verified to be well",
            State.CLOSED: "is closed, verified to be well",
        }[one.state]
        lamp, style = LAMPS[one.tier]
        self.say(time, f"{lamp} {one.code} {one.title} {said}" + (f"; promises: {promises}" if promises else ""), style)

    def table(self, verdict: Verdict) -> None:
        """Print the day's sum."""
        table = Table(title="The day", title_style="bold", show_lines=False)
        for name in (
            "fault",
            "called",
            "felt since",
            "first page",
            "promised in",
            "acked",
            "verified",
            "answer promise",
            "",
        ):
            table.add_column(name, overflow="fold")
        for line in verdict.lines:
            table.add_row(*_cells(line))
        self.console.print(table)
        for said in verdict.said():
            self.console.print(said)


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.fault.name,
        f"{line.fault.owner} by {line.fault.rule}",
        hour(line.felt),
        span(line.paged),
        span(line.fault.within),
        span(line.acked),
        span(line.verified),
        line.promise or "-",
        "[green]✓[/]" if line.held else "[bold red]✗ missed[/]",
    )
