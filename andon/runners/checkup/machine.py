"""Looks at this machine: what is installed, the rulebook, the channels, the data directory."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from andon.config import KEY, KEY_FORM, SECRETS
from andon.errors import ConfigError, RulebookError
from andon.log.base import FULL
from andon.log.room import disk_free, disk_share
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.runners.channels import channels_of, close
from andon.runners.checkup.subject import Subject, fine, refuse, warn
from andon.store.looks import Seen

MOST_TOLD = 5
"""Mistakes of a rulebook that are told; `andon check` tells all."""
_SOME_ZONES = ("Asia/Shanghai", "Europe/Madrid", "America/New_York")


async def versions(subject: Subject) -> Sequence[Seen]:
    """See what is installed."""
    del subject
    libraries = ", ".join(f"{name} {version(name)}" for name in ("redis", "numpy", "msgspec", "fastapi"))
    said = (
        f"andon {version('andon')} on Python {platform.python_version()}, {platform.platform(terse=True)}; {libraries}"
    )
    return [fine("versions", said, version("andon"))]


async def zones(subject: Subject) -> Sequence[Seen]:
    """See whether the machine knows time zones."""
    del subject
    try:
        for name in _SOME_ZONES:
            ZoneInfo(name)
    except ZoneInfoNotFoundError as error:
        return [refuse("zones", f"no time zone data: {error}", "nobody's duty can be reckoned", "pip install tzdata")]
    return [fine("zones", "time zones are known")]


async def rulebook(subject: Subject) -> Sequence[Seen]:
    """See whether the rulebook can be used."""
    where = subject.settings.rules
    try:
        book = load(where, subject.settings.environment)
    except RulebookError as error:
        told = [str(one) for one in error.problems[:MOST_TOLD]]
        rest = f"; and {len(error.problems) - MOST_TOLD} more" if len(error.problems) > MOST_TOLD else ""
        return [refuse("rulebook", f"{where}: {'; '.join(told)}{rest}", "", "`andon check` tells all of it.")]
    except ConfigError as error:
        return [refuse("rulebook", str(error))]
    absent = [
        warn("rulebook", f"{name} is not set", f"what stands at {place} is left out", f"Set {name}.")
        for name, place in book.absent.items()
    ]
    return [fine("rulebook", f"{len(book.rules)} rules from {where}, version {book.version[:12]}"), *absent]


async def channels(subject: Subject) -> Sequence[Seen]:
    """See which channels are set up, and whom the others should reach."""
    try:
        opened, missing = channels_of(subject.settings)
    except ConfigError as error:
        return [refuse("channels", str(error))]
    await close(opened)
    reached = _reached(subject)
    seen = [fine("channels", f"{name} is set up, for {reached[name]} people") for name in sorted(opened)]
    for name, why in sorted(missing.items()):
        if people := reached[name]:
            seen.append(warn("channels", f"{name} is not set up", f"{people} people are not reached by it", why))
        else:
            seen.append(fine("channels", f"{name} is not set up, and nobody is to be reached by it"))
    return seen


def _reached(subject: Subject) -> Counter[str]:
    """Return how many people each channel is to reach; nobody by a rulebook that cannot be read."""
    try:
        book: Rulebook = load(subject.settings.rules, subject.settings.environment)
    except ConfigError:
        return Counter()
    return Counter(channel for person in book.people.values() for channel in person.addresses)


async def directory(subject: Subject) -> Sequence[Seen]:
    """See whether the data directory can be used, and by whom."""
    where = subject.settings.data
    if not where.exists():
        parent = next(one for one in where.absolute().parents if one.exists())
        if os.access(parent, os.W_OK):
            return [fine("directory", f"{where} is not there yet; the first start makes it")]
        return [refuse("directory", f"{where} cannot be made", todo="Name one that can be with --data.")]
    if not where.is_dir() or not os.access(where, os.R_OK | os.W_OK | os.X_OK):
        todo = "Name a directory that can be with --data."
        return [refuse("directory", f"{where} cannot be written to", "the service does not start", todo)]
    if (mode := where.stat().st_mode & 0o777) & 0o077:
        return [warn("directory", f"{where} has mode {mode:o}", "others may come at its secrets", f"chmod 700 {where}")]
    return [fine("directory", f"{where} can be written to, and by nobody else")]


async def disk(subject: Subject) -> Sequence[Seen]:
    """See how much room there is."""
    where = subject.settings.data
    while not where.exists():
        where = where.absolute().parent
    free, share = f"{disk_free(where) / 1e9:.1f} GB free", disk_share(where)
    if share < FULL or subject.settings.redis:
        return [fine("disk", f"{free} under {where}")]
    return [warn("disk", f"{free} under {where}", "the bundled store takes no signals on a disk so full", "Make room.")]


async def key(subject: Subject) -> Sequence[Seen]:
    """See whether the secrets are there, whole, and nobody else's."""
    seen = []
    for name in SECRETS:
        path = subject.settings.data / name
        try:
            kept, mode = path.read_text().strip(), path.stat().st_mode & 0o777
        except FileNotFoundError:
            seen.append(fine("key", f"{path} is not there yet; the first start makes it"))
            continue
        except OSError as error:
            seen.append(refuse("key", f"{path} cannot be read: {error.strerror}"))
            continue
        seen.append(_kept(path, kept, mode))
    return seen


def _kept(path: Path, kept: str, mode: int) -> Seen:
    if path.name == KEY and not KEY_FORM.fullmatch(kept):
        return refuse("key", f"{path} holds no key of 64 hexadecimal digits", todo="Put the saved one back.")
    if mode & 0o077:
        return warn("key", f"{path} has mode {mode:o}", "others of this machine may read it", f"chmod 600 {path}")
    return fine("key", f"{path} is there, and nobody else's")
