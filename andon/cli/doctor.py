"""`andon doctor`: what keeps andon from working, or could."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from andon.cli import logs, options
from andon.config import Settings, settings
from andon.store.looks import Seen, Verdict

COLOURS = {Verdict.REFUSE: "red", Verdict.WARN: "yellow", Verdict.FINE: "green"}


@click.command()
@options.rules
@options.data
@options.redis
@options.url
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for machines.")
def doctor(rules: str | None, data: str | None, redis: str, url: str, as_json: bool) -> None:
    """Look at everything that may keep andon from working.

    The rulebook, the channels, the data directory, the store, the service; whether it runs or not. Nothing is changed. The exit
    status is 1 if something keeps it from working.
    """
    logs.configure(sys.stderr)
    found = asyncio.run(_looked(settings(rules, data, redis=redis), url.rstrip("/")))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        show(found)
    sys.exit(any(one.verdict is Verdict.REFUSE for one in found))


async def _looked(chosen: Settings, url: str) -> list[Seen]:
    from andon.runners.checkup import check_up  # noqa: PLC0415 - the servers' libraries load only when they are needed
    from andon.runners.checkup.subject import subject  # noqa: PLC0415 - likewise

    async with subject(chosen, url) as one:
        return await check_up(one)


def show(found: Sequence[Seen]) -> None:
    """Print what was seen as a table."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for one in found:
        table.add_row(Text(one.verdict.value, COLOURS[one.verdict]), Text(one.look), Text(str(one), overflow="fold"))
    Console().print(table)
    counts = ", ".join(f"{sum(one.verdict is verdict for one in found)} {verdict.value}" for verdict in COLOURS)
    click.echo(counts)
