"""A backup taken and brought back: the store it is about, running or not, and the secrets beside it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path

from andon.config import SECRETS, Settings
from andon.errors import ConfigError
from andon.store.backup import Head, Record, Secret, count, reading, writing
from andon.store.carry import carry_in, carry_out, empty
from andon.store.formats import FORMATS, readable
from andon.store.reach import reached
from andon.store.tail import FOLDER


async def back_up(settings: Settings, file: Path, *, secrets: bool) -> dict[str, int]:
    """Write a backup and return how many records of each sort it has. ConfigError, Unavailable: there is none then."""
    if not settings.redis and not (settings.data / FOLDER).exists():
        raise ConfigError(f"{settings.data} holds no store to back up; name another data directory with --data.")
    head = Head(version=version("andon"), at=time.time(), formats=dict(FORMATS))
    with writing(file, head) as writer:
        for name in SECRETS if secrets else ():
            if (kept := settings.data / name).exists():
                writer.write(Secret(name, kept.read_text()))
        async with reached(settings.data, settings.redis) as client:
            await carry_out(client, writer)
    return writer.counts


async def bring_back(settings: Settings, file: Path, *, over: bool) -> dict[str, int]:
    """Put a backup in a store's place and return how many records of each sort it had.

    ConfigError, Unavailable: the store is as it was.
    """
    counts: dict[str, int] = {}
    with reading(file) as (head, records):
        readable({name: str(number) for name, number in head.formats.items()} | {"version": head.version}, str(file))
        async with reached(settings.data, settings.redis, alone=True) as client:
            if not over and not await empty(client):
                raise ConfigError(
                    f"{(settings.redis and 'that store') or settings.data} is not empty. Restore to another, or put the backup "
                    "in the place of what is there with --over."
                )
            await carry_in(client, _counted(records, counts), partial(_keep, settings.data))
    return counts


def _counted(records: Iterator[Record], counts: dict[str, int]) -> Iterator[Record]:
    for record in records:
        count(record, counts)
        yield record


def _keep(data: Path, secrets: list[Secret]) -> None:
    """Write secrets as the files they were, each whole at once."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in secrets:
        if one.name not in SECRETS:
            continue  # a file's name comes from the backup, and only ours are written
        made = data / f".{one.name}.{os.getpid()}"
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(one.text)
            file.flush()
            os.fsync(file.fileno())
        made.replace(data / one.name)
