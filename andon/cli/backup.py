"""`andon backup` and `andon restore`: everything a service needs to go on elsewhere, in one file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from andon.cli import options
from andon.config import settings


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@options.data
@options.redis
@click.option("--without-secrets", is_flag=True, help="Leave out the key and the ingest token.")
def backup(file: Path, data: str | None, redis: str, without_secrets: bool) -> None:
    """Write all that a service needs to go on into FILE.

    Incidents, ledgers, pages, what was learnt, and the log behind it: as of one moment, also while the service runs.
    """
    from andon.runners.carry import back_up  # noqa: PLC0415 - the servers' libraries load only when they are needed

    counts = asyncio.run(back_up(settings(None, data, redis=redis), file, secrets=not without_secrets))
    click.echo(f"{file}: {_told(counts)}")
    if counts.get("secret"):
        click.echo(
            "It holds this service's key and ingest token: whoever has the file can answer pages and tell customers apart. "
            "Only you may read it; keep it so. The rulebook is not in it."
        )
    else:
        click.echo(
            "It holds no secrets: where it is restored, customers get new pseudonyms, and the links in pages that were sent end. "
            "The rulebook is not in it."
        )


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@options.data
@options.redis
@click.option("--over", is_flag=True, help="Put it in the place of what is there, which is lost.")
def restore(file: Path, data: str | None, redis: str, over: bool) -> None:
    """Put a backup into an empty store.

    All of it or nothing; `andon up` then goes on where it was taken.
    """
    from andon.runners.carry import bring_back  # noqa: PLC0415 - the servers' libraries load only when they are needed

    chosen = settings(None, data, redis=redis)
    counts = asyncio.run(bring_back(chosen, file, over=over))
    click.echo(f"{(redis and 'the store') or chosen.data} now holds what {file} does: {_told(counts)}")
    click.echo(
        "What was queued or being sent when the backup was taken will be sent again at the next start, also where it has "
        "arrived since."
    )


def _told(counts: dict[str, int]) -> str:
    named = {"case": "incidents", "logged": "entries of the log", "dead": "dead letters", "used": "batch keys"}
    return ", ".join(f"{counts.get(sort, 0):,} {name}" for sort, name in named.items()) + (
        "; no snapshot yet" if not counts.get("state") else ""
    )
