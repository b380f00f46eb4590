"""`andon replay`: what the rules would have decided on a file of signals."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable
from typing import TextIO

import click
import msgspec

from andon.cli import options
from andon.cli.timeline import timeline
from andon.config import settings
from andon.errors import ConfigError
from andon.ingest.table import signals
from andon.model import Act
from andon.rulebook.load import load
from andon.runners.replay import BATCH, Replay
from andon.runners.replay import replay as start
from andon.runners.report import Report

NOTHING_TAKEN = 1


@click.command()
@click.argument("file", metavar="FILE|-")
@options.rules
@options.table
@click.option(
    "--acks", type=options.Duration(), help="Suppose that people answer their pages after so long, such as 6m."
)
@click.option(
    "--acts", type=click.File("r", encoding="utf-8"), help="NDJSON of what people said: verb, incident, by, at."
)
@click.option(
    "--batch", type=click.IntRange(1), default=BATCH, show_default=True, help="Lines at a time; the result is the same."
)
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="The timeline's language."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object: alerts, incidents, ledger rows, counts.")
def replay(
    file: str,
    rules: str | None,
    as_csv: bool,
    mapping: tuple[str, ...],
    fixed: tuple[str, ...],
    acks: float | None,
    acts: TextIO | None,
    batch: int,
    lang: str,
    as_json: bool,
) -> None:
    """Run NDJSON or CSV signals through the rules on their own clock, in memory; nobody is paged.

    What is refused is counted, with its reasons. The exit status is 1 if nothing in the file could be taken, 2 if the
    rules or the file cannot be used.
    """
    book = load(settings(rules, None).rules, os.environ)
    said = list(_said(acts)) if acts else []
    with options.opened(file) as source:
        lines: Iterable[bytes] = source
        if as_csv or file.endswith(".csv"):
            lines = signals(source, mapping, fixed)
        run = start(book, acks)
        run.say(said)
        report = asyncio.run(_report(run, lines, batch))
    click.echo(msgspec.json.encode(report).decode() if as_json else "\n".join(timeline(report, book, lang)))
    if report.refused and not report.taken:
        sys.exit(NOTHING_TAKEN)


async def _report(run: Replay, lines: Iterable[bytes], batch: int) -> Report:
    await run.feed(lines, batch)
    return await run.report()


def _said(file: TextIO) -> Iterable[Act]:
    """Read acts; ConfigError names the line of one that cannot be read."""
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(line, type=Act)
        except msgspec.DecodeError as error:
            raise ConfigError(
                f"{file.name}:{number}: {error}; an act is an object with verb, incident, by, and at in epoch seconds"
            ) from error
