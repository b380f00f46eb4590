"""Looks at the running service, from outside: what it says of itself, and who holds its port and its data directory."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from andon.runners.checkup.subject import Subject, fine, refuse, warn
from andon.store.looks import Seen

PATIENCE = 5.0
"""Seconds in which a service has to answer."""
LOCKS = Path("/proc/locks")


async def service(subject: Subject) -> Sequence[Seen]:
    """See whether a service answers and is ready, or whether it could be started there."""
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.get(f"{subject.url}/readyz")
        said = answer.json()
        ready = bool(said["ready"])
    except httpx.ConnectError:
        return [_free(subject.url)]
    except httpx.TransportError as error:
        why = str(error) or type(error).__name__
        return [refuse("service", f"{subject.url} does not answer: {why}", "nobody is called", "Look at its log.")]
    except (httpx.InvalidURL, ValueError, KeyError, TypeError):
        todo = "Choose another address: --url here, --host and --port for `andon up`."
        return [refuse("service", f"{subject.url} answers, and is no andon", "`andon up` cannot listen there", todo)]
    return [_told(subject.url, said, ready=ready)]


def _told(url: str, said: dict[str, Any], *, ready: bool) -> Seen:
    if not ready:
        waiting = ", ".join([*said["waiting"], *filter(None, [said.get("store")])])
        harm = "what waits for them is not judged, or nobody is called"
        return refuse(
            "service", f"{url} is not ready: {waiting}", harm, "Its log says why; so do the looks at its store."
        )
    if leader := said.get("standing_by"):
        return fine("service", f"{url} is ready and stands by for {leader}")
    return fine("service", f"{url} is ready")


def _free(url: str) -> Seen:
    """Tell whether the address is free for a service to listen on."""
    place = urlsplit(url)
    host, port = place.hostname or "127.0.0.1", place.port or 80
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
            return refuse(
                "service", f"no andon answers at {url}, which is on another machine", "nobody is called there"
            )
        return refuse(
            "service", f"{host}:{port} cannot be listened on: {error.strerror}", "`andon up` does not start there"
        )
    return warn("service", f"no andon runs at {url}; the port is free", "nobody is called", "`andon up` starts one.")


async def holder(subject: Subject) -> Sequence[Seen]:
    """See who has the data directory."""
    where = subject.settings.data
    held = _holders(where / "lock")
    if held is None:
        return [fine("lock", f"who has {where} is not told on this system")]
    return [fine("lock", f"{where} is process {', '.join(map(_named, held))}'s" if held else f"nobody has {where}")]


def _holders(lock: Path) -> list[str] | None:
    """Return the processes that lock a file, as Linux tells; None elsewhere (man 5 proc_locks)."""
    try:
        found = lock.stat()
        lines = [line.split() for line in LOCKS.read_text().splitlines()]
    except FileNotFoundError:
        return [] if LOCKS.exists() else None
    device = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    return [line[4] for line in lines if "FLOCK" in line and device in line]


def _named(pid: str) -> str:
    try:
        return f"{pid} ({(Path('/proc') / pid / 'comm').read_text().strip()})"
    except OSError:
        return pid
