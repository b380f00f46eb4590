"""`andon letters`: what was refused, and why; and sending it again."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from andon.cli import asking, options
from andon.respond.plain import clean


@click.group(invoke_without_command=True)
@options.url
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_context
def letters(ctx: click.Context, url: str, as_json: bool) -> None:
    """List the dead letters, oldest first; `letters resend` sends them in again."""
    if ctx.invoked_subcommand:
        return
    found = asking.ask("GET", f"{url}/v1/letters", token=os.environ.get("ANDON_ACT_TOKEN", "")).json()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    table = Table("id", "when", "line", "why", "what came in")
    for one in found:
        when = datetime.fromtimestamp(one["at"], UTC).strftime("%m-%d %H:%M:%S")
        said = (one["id"], when, str(one["position"]), one["reason"], one["raw"][:60])
        table.add_row(*(Text(clean(cell)) for cell in said))  # as text: it came from anybody
    Console().print(table if found else "no dead letters")


@letters.command()
@click.argument("ids", nargs=-1)
@options.url
def resend(ids: tuple[str, ...], url: str) -> None:
    """Send the dead letters with IDS in again, or all of them: after a fix of the rulebook's scales, say."""
    token = os.environ.get("ANDON_ACT_TOKEN", "")
    said = asking.ask("POST", f"{url}/v1/letters/resend", token=token, json={"ids": list(ids)}).json()
    click.echo(f"{said['taken']} taken, {said['refused']} refused again")
