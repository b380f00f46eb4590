"""`andon demo`: a day of an invented company's customers, in about a minute."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile

import click
from rich.console import Console

from andon.cli import logs, options
from andon.config import settings


@click.command()
@options.rules
@click.option("--seed", default=1, show_default=True, help="Draws another day.")
@click.option(
    "--speed", default=2880.0, show_default=True, help="Seconds that go by in one; it waits where the engine must."
)
@options.port
@click.option(
    "--faults", type=click.Choice(["all", "none"]), default="all", show_default=True, help="None: a day without faults."
)
@click.option("--once", is_flag=True, help="End after the day; exit status 0 only if it went as promised.")
@click.option("--keep", is_flag=True, help="Go on at the true speed after the day, to answer a page on the board.")
def demo(rules: str | None, seed: int, speed: float, port: int, faults: str, once: bool, keep: bool) -> None:
    """Play a day into the very service that `andon up` starts: what breaks, who is paged, who answers, what was promised."""
    from andon.demo.faults import FAULTS  # noqa: PLC0415 - the demo loads only when it is played
    from andon.demo.play import Choice, play  # noqa: PLC0415 - the servers' libraries load only when they are needed

    logs.configure(sys.stderr, logging.WARNING)
    choice = Choice(seed, speed, FAULTS if faults == "all" else (), keep and not once)
    with tempfile.TemporaryDirectory(prefix="andon-demo-") as data:
        chosen = settings(rules, data, port=port)
        verdict = asyncio.run(play(chosen, choice, Console()))
    sys.exit(0 if verdict.good else 1)
