"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from andon.errors import AndonError
from andon.rulebook.units import duration

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_URL = "http://127.0.0.1:8717"

rules = click.option(
    "--rules", metavar="DIR", help="The rulebook's directory; without it ANDON_RULES, else the shipped one."
)
data = click.option(
    "--data", metavar="DIR", help="Where the store and the secrets are; without it ANDON_DATA, else ~/.andon."
)
redis = click.option(
    "--redis",
    metavar="URL",
    default="",
    envvar="ANDON_REDIS",
    show_envvar=True,
    help="Use this server instead of the bundled one.",
)
url = click.option(
    "--url",
    default=DEFAULT_URL,
    envvar="ANDON_URL",
    show_envvar=True,
    show_default=True,
    help="The service to talk to.",
)
port = click.option("--port", default=8717, show_default=True, help="The port to listen on; 0 takes a free one.")


def table(command: F) -> F:
    """Let a command read CSV: which columns are which of a signal's fields."""
    fixed = click.option("--set", "fixed", multiple=True, metavar="FIELD=VALUE", help="CSV: kind=rating, name=csat ...")
    mapping = click.option(
        "--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="CSV: time=date, segment.product=shop ..."
    )
    flag = click.option("--csv", "as_csv", is_flag=True, help="The file is CSV (so is any that ends in .csv).")
    return flag(mapping(fixed(command)))


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """Open a file, or, for `-`, what is piped in; AndonError when there is none to read."""
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        source = Path(file).open("rb")  # noqa: SIM115 - closed by the with below
    except OSError as error:
        raise AndonError(
            f"{file} cannot be read: {error.strerror}. Name a file of signals, or - for what is piped in."
        ) from error
    with source:
        yield source


class Duration(click.ParamType[float]):
    """A duration as rulebooks write it: 90s, 15m, 4h, 30d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        if isinstance(value, float):
            return value
        try:
            return duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
