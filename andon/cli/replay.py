"""`andon replay`: what the rules would have decided on a file of signals."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from andon.cli import options
from andon.config import settings
from andon.incidents.story import tell
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.runners.replay import BATCH, Report
from andon.runners.replay import replay as start


@click.command()
@click.argument("file", metavar="FILE|-")
@options.rules
@click.option("--acks", type=options.Duration(), help="Suppose that people answer their pages after so long.")
@click.option("--batch", default=BATCH, show_default=True, help="Lines taken at a time; the result is the same.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object: incidents, ledger rows, counts.")
def replay(file: str, rules: str | None, acks: float | None, batch: int, lang: str, as_json: bool) -> None:
    """Run NDJSON signals through the rules on their own clock, in memory."""
    book = load(settings(rules, None).rules, os.environ)
    with _open(file) as lines:
        report = asyncio.run(_replay(book, lines, acks, batch))
    click.echo(msgspec.json.encode(report).decode() if as_json else "\n".join(timeline(report, lang)))


@contextmanager
def _open(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as lines:
        yield lines


async def _replay(book: Rulebook, lines: BinaryIO, acks: float | None, batch: int) -> Report:
    run = start(book, acks)
    await run.feed((line.strip() for line in lines if line.strip()), batch)
    return await run.report()


def timeline(report: Report, lang: str) -> Iterator[str]:
    """Yield the ledger's rows in the order of time, then the sum of it."""
    titles = {one.id: one.title for one in report.incidents}
    for row in report.rows:
        when = datetime.fromtimestamp(row.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
        yield f"{when}  {row.incident:<12} {titles[row.incident]}: {tell(row, lang)}"
    kept = [one.state for incident in report.incidents for one in incident.promises]
    yield ""
    yield f"{report.taken} signals taken, {report.refused} refused; {len(report.incidents)} incidents, {report.pages} pages"
    yield f"promises: {kept.count('kept')} kept, {kept.count('broken')} broken, {kept.count('running')} running"
    for why, count in report.reasons.items():
        yield f"refused {count}: {why}"
