"""`andon up`: the service on one machine."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from andon.cli import logs, options
from andon.clock import Clock, EventClock, WallClock
from andon.config import Settings, settings

if TYPE_CHECKING:  # it knows the store's library
    from andon.runners.running import Running


@click.command()
@options.rules
@options.data
@options.redis
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@options.port
@click.option(
    "--public-url",
    metavar="URL",
    default="",
    envvar="ANDON_PUBLIC_URL",
    show_envvar=True,
    help="How people reach the board, for links in pages.",
)
@click.option(
    "--clock",
    type=click.Choice(["wall", "events"]),
    default="wall",
    show_default=True,
    help="Events: time goes as the signals' own time goes.",
)
def up(rules: str | None, data: str | None, redis: str, host: str, port: int, public_url: str, clock: str) -> None:
    """Run the service: HTTP ingest, detectors, pages, the board; Ctrl-C ends it in order."""
    chosen = settings(rules, data, redis=redis, host=host, port=port, public_url=public_url)
    logs.configure(sys.stderr)
    import uvloop  # noqa: PLC0415 - as the servers' libraries: only when it is needed

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(chosen, EventClock() if clock == "events" else WallClock()))


async def _run(chosen: Settings, clock: Clock) -> None:
    from andon.runners.up import run, service  # noqa: PLC0415 - the servers' libraries load only when they are needed

    async with service(chosen, clock) as running:
        click.echo(greeting(running))
        await run(running)


def greeting(running: Running) -> str:
    """Return what an operator needs to know at the start."""
    chosen, andon = running.settings, running.andon
    send = '{"kind":"rating","name":"csat","value":5,"segment":{"product":"shop","region":"east"}}'
    channels = ", ".join(sorted(andon.outside.channels))
    missing = "".join(f"\n        not set up: {why}" for _, why in sorted(running.missing.items()))
    doubts = "".join(f"\nstore   {one}" for one in running.doubts)
    leads = f"\nleads   {running.standing_by}; this one stands by" if running.standing_by else ""
    return (
        f"andon watches by {len(andon.book.rules)} rules from {chosen.rules}; its data is in {chosen.data}\n"
        f"board   {chosen.url}/\n"
        f"pages   {channels}{missing}{doubts}{leads}\n"
        f"send    curl -H 'Authorization: Bearer {andon.outside.secrets.ingest}' {chosen.url}/v1/signals -d '{send}'"
    )
