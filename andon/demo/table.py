"""The demo's last words: the day as one table of 80 columns, what was missed, what came in, and what to do next."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from andon.demo.stage import hour, span
from andon.demo.verdict import Line, Verdict

HEADS = ("fault, its rule and owner", "felt", "page", "within", "acked", "verified", "promise", "")


def show(console: Console, verdict: Verdict) -> None:
    """Print the day's sum."""
    table = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False, title="The day", title_justify="left")
    for place, name in enumerate(HEADS):
        table.add_column(name, overflow="fold", no_wrap=place > 0, justify="left" if place in {0, 6} else "right")
    for line in verdict.lines:
        table.add_row(*_cells(line))
    if verdict.lines:
        console.print(table)
        console.print(
            "felt: since when customers felt it; the other times count from then",
            style="dim",
        )
    for said in verdict.said():
        console.print(Text(said))
    for wrong in verdict.wrong():
        console.print(Text(f"✗ {wrong}", "bold red"))
    if verdict.good:
        console.print(Text("✓ the day went as promised", "bold green"))


def closing(console: Console, url: str, *, keep: bool) -> None:
    """Print where the board was, or still is, and what to do next."""
    if keep:
        console.print(
            Text(
                f"\nIt goes on at the true speed, and an agent has pulled the cord.\n"
                f"Answer on the board: {url}/  (Ctrl-C ends it)"
            )
        )
        return
    console.print(
        Text(
            f"\nThe board was at {url}/ and has ended with the demo. Next:\n"
            "  andon demo --keep   the same day, then it stays: answer a page yourself\n"
            "  andon up            the service itself, for your own signals\n"
            "  README.md           how to send them, write a rule, be paged in Slack"
        )
    )


def _cells(line: Line) -> tuple[Text, ...]:
    promise = Text(line.promise or "-", {"kept": "green", "broken": "red"}.get(line.promise, ""))
    return (
        Text(line.fault.name) + Text(f"\n{line.fault.rule} → {line.fault.owner}", "dim"),
        Text(hour(line.felt)),
        _after(line.paged),
        Text(span(line.fault.within), "dim"),
        _after(line.acked),
        _after(line.verified),
        promise,
        Text("✓", "green") if line.held else Text("✗", "bold red"),
    )


def _after(seconds: float | None) -> Text:
    return Text("-" if seconds is None else f"+{span(seconds)}")
