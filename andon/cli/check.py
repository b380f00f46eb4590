"""`andon check`: what is wrong or unwise about a rulebook."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from andon import plugins
from andon.cli import options
from andon.config import settings
from andon.detector import Detector
from andon.errors import RulebookError
from andon.oncall import checks  # noqa: F401 - registers what it finds
from andon.rulebook.check import Level, Notice, World
from andon.rulebook.checks import notices
from andon.rulebook.load import load
from andon.rulebook.model import Place

COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.INFO: "blue"}


@click.command()
@click.argument("directory", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for machines.")
@click.option("--live", is_flag=True, help="Ask the service at --url how many segments each rule has.")
@options.url
def check(directory: str | None, as_json: bool, live: bool, url: str) -> None:
    """Say all that is wrong or unwise about the rulebook in DIRECTORY (ANDON_RULES, else the shipped one).

    The exit status is 1 if there is an error.
    """
    found = examine(settings(directory, None).rules, os.environ, _live(url) if live else {}, time.time())
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
    else:
        show(found)
    sys.exit(any(one.level is Level.ERROR for one in found))


def examine(directory: Path, env: Mapping[str, str], live: Mapping[str, int], now: float | None = None) -> list[Notice]:
    """Return what is wrong with a directory, or what every check says of it; `live` and `now` as in World."""
    try:
        book = load(directory, env)
    except RulebookError as wrong:
        return [Notice(Level.ERROR, "rulebook", Place(one.file, one.line), one.text) for one in wrong.problems]
    channels = {point.name for point in entry_points(group=plugins.CHANNELS)}
    return notices(book, World(_detectors(), channels, live, now))


def show(found: list[Notice]) -> None:
    """Print notices as a table."""
    table = Table("", "where", "what", show_lines=False)
    for one in found:
        place = str(one.place) if one.place.line else one.place.file
        table.add_row(Text(one.level.value, COLOURS[one.level]), Text(place), Text(f"{one.text} ({one.code})"))
    Console().print(table)
    counts = ", ".join(f"{sum(one.level is level for one in found)} {level.value}" for level in Level)
    click.echo(counts)


def _live(url: str) -> dict[str, int]:
    from andon.cli.asking import ask  # noqa: PLC0415 - the HTTP client loads only where a service is asked

    found = ask("GET", f"{url}/v1/rules", token=os.environ.get("ANDON_ACT_TOKEN", "")).json()
    return {rule["rule"]: rule["live"] for rule in found}


def _detectors() -> dict[str, type[Detector] | None]:
    found: dict[str, type[Detector] | None] = {}
    for point in entry_points(group=plugins.DETECTORS):
        try:
            found[point.name] = point.load()
        except (ImportError, AttributeError):
            found[point.name] = None
    return found


def _plain(one: Notice) -> dict[str, object]:
    return {"level": one.level, "code": one.code, "file": one.place.file, "line": one.place.line, "text": one.text}
