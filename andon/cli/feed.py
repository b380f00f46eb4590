"""`andon feed`: send a file of signals to a running service."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import click
import httpx
from rich.progress import Progress, TaskID

from andon.cli import asking, options
from andon.errors import Unavailable
from andon.ingest.table import signals

TRIES = 60


@click.command()
@click.argument("file", metavar="FILE|-")
@options.url
@options.data
@click.option("--batch", type=click.IntRange(1, 50_000), default=500, show_default=True, help="Signals sent at a time.")
@options.table
def feed(
    file: str, url: str, data: str | None, batch: int, as_csv: bool, mapping: tuple[str, ...], fixed: tuple[str, ...]
) -> None:
    """Send NDJSON or CSV signals; each batch is repeated until it is durable, and counts once."""
    sender = Sender(f"{url.rstrip('/')}/v1/signals", asking.sender_token(data))
    with options.opened(file) as source, Progress(transient=True) as progress, sender.line:
        task = progress.add_task("sending", total=None if file == "-" else Path(file).stat().st_size)
        lines: Iterable[bytes] = _watched(source, progress, task)
        if as_csv or file.endswith(".csv"):
            lines = signals(lines, mapping, fixed)
        lines = filter(None, (one.strip() for one in lines))
        for body in _batches(lines, batch):
            sender.send(body, lambda why: progress.update(task, description=why))
    said = sender.sent
    click.echo(f"{said['taken']} taken, {said['duplicate']} repeated, {said['refused']} refused (see `andon letters`)")


def _watched(source: BinaryIO, progress: Progress, task: TaskID) -> Iterator[bytes]:
    for line in source:
        progress.advance(task, len(line))
        yield line


def _batches(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    rest = iter(lines)
    while piece := list(islice(rest, size)):
        yield b"\n".join(piece)


@dataclass
class Sender:
    """Sends batches to one service, each until it is durable, and adds up what came of them."""

    address: str
    token: str
    line: httpx.Client = field(default_factory=httpx.Client)
    sent: dict[str, int] = field(default_factory=lambda: {"taken": 0, "duplicate": 0, "refused": 0})

    def send(self, body: bytes, show: Callable[[str], None]) -> None:
        """Send one batch; a repeated one carries the same key, and counts once.

        NobodyThere where the very first finds no service: there is none to wait for. Unavailable after a minute of asking.
        """
        headers = {"Idempotency-Key": secrets.token_hex(16), "Content-Type": "application/x-ndjson"}
        asked: dict[str, Any] = {"token": self.token, "line": self.line, "content": body, "headers": headers}
        for tried in range(TRIES):
            try:
                said = asking.ask("POST", self.address, **asked).json()
            except Unavailable as error:
                nobody = isinstance(error, asking.NobodyThere) and not any(self.sent.values())
                if nobody or tried == TRIES - 1:
                    raise
                show("waiting for the service")
                time.sleep(1.0)
                continue
            show("sending")
            break
        for name in self.sent:
            self.sent[name] += int(said[name])
