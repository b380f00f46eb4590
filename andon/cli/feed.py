"""`andon feed`: send a file of signals to a running service."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click
from rich.progress import Progress, TaskID

from andon.cli import options
from andon.errors import Unavailable
from andon.ingest.table import signals

TRIES = 60


@click.command()
@click.argument("file", metavar="FILE|-")
@options.url
@options.data
@click.option("--batch", default=500, show_default=True, help="Signals sent at a time.")
@options.table
def feed(
    file: str, url: str, data: str | None, batch: int, as_csv: bool, mapping: tuple[str, ...], fixed: tuple[str, ...]
) -> None:
    """Send NDJSON or CSV signals; each batch is repeated until it is durable, and counts once."""
    token = options.sender_token(data)
    sent = {"taken": 0, "duplicate": 0, "refused": 0}
    with options.opened(file) as source, Progress(transient=True) as progress:
        task = progress.add_task("sending", total=None if file == "-" else Path(file).stat().st_size)
        lines = _watched(source, progress, task)
        if as_csv or file.endswith(".csv"):
            lines = signals(lines, mapping, fixed)
        for body in _batches(lines, batch):
            for name, count in _send(url, token, body).items():
                sent[name] += count
    click.echo(f"{sent['taken']} taken, {sent['duplicate']} repeated, {sent['refused']} refused (see `andon letters`)")


def _watched(source: BinaryIO, progress: Progress, task: TaskID) -> Iterator[bytes]:
    for line in source:
        progress.advance(task, len(line))
        if line.strip():
            yield line.rstrip(b"\r\n")


def _batches(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    rest = iter(lines)
    while piece := list(islice(rest, size)):
        yield b"\n".join(piece)


def _send(url: str, token: str, body: bytes) -> dict[str, int]:
    """Send one batch until it is durable; a repeated one carries the same key, and counts once."""
    key = hashlib.sha256(body).hexdigest()
    headers = {"Idempotency-Key": f"{key}-{time.time_ns()}", "Content-Type": "application/x-ndjson"}
    for tried in range(TRIES):
        try:
            said = options.ask("POST", f"{url}/v1/signals", token=token, content=body, headers=headers).json()
        except Unavailable:
            if tried == TRIES - 1:
                raise
            time.sleep(1.0)
            continue
        return {name: int(said[name]) for name in ("taken", "duplicate", "refused")}
    raise Unavailable(url)
