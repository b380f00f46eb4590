"""The store's disk fills up: above 80 %, then wholly; a small file system of its own, or a limit on its files without one."""

from __future__ import annotations

import contextlib
import resource
from pathlib import Path

from andon.log.room import disk_free
from tests.soak import Verdict
from tests.soak._scene import Scene, scene
from tests.soak._store import fault, small_disk, store_of

SIZE = 64 * 1024**2
STARTS = 0.5
"""Starts a second, at most, of a store that ends again and again: no loop that burns the machine."""


def soak(folder: Path, seed: int, seconds: float = 30.0) -> Verdict:
    """Fill it for `seconds` to 90 %, then for `seconds` to the last byte; then limit the store's files for `seconds`."""
    mine, limit = filled(folder / "filled", seed, seconds), limited(folder / "limited", seed, seconds)
    figures = {
        f"{name}, {what}": figure
        for name, one in (("filled", mine), ("limited", limit))
        for what, figure in one.figures.items()
    }
    return Verdict(figures, mine.faults + limit.faults)


def filled(folder: Path, seed: int, seconds: float) -> Verdict:
    """A small file system, where this machine lets us mount one; nothing is done without."""
    with small_disk(folder / "data", SIZE) as mounted:
        if not mounted:
            return Verdict({"mounting is not allowed here": "nothing was done"}, [])
        with scene(folder, seed, calls=0.2) as one:
            one.sent(1000)
            _nearly_full(one, seconds)
            _full(one, seconds)
            one.sent(1000)
            return one.finish()


def limited(folder: Path, seed: int, seconds: float) -> Verdict:
    """The kernel refuses the store's file its next bytes (RLIMIT_FSIZE), also when it is started again."""
    with scene(folder, seed, calls=0.2) as one:
        one.sent(1000)
        refused(one, seconds)
        one.sent(1000)
        return one.finish()


def _nearly_full(one: Scene, seconds: float) -> None:
    store, calls, filler = store_of(one), len(one.receiver.got), one.service.data / "filler"
    with fault(one, "90 % full", "disk") as seen:
        fill(filler, SIZE // 10)
        seen.lasts(seconds)
        filler.unlink()
    if store_of(one) != store:
        one.faults.append("90 % full: the store did not live through it")
    one.figures["90 % full: pages meanwhile"] = len(one.receiver.got) - calls


def _full(one: Scene, seconds: float) -> None:
    starts, filler = _starts(one), one.service.data / "filler"
    with fault(one, "full", "disk") as seen:
        fill(filler, 0)
        seen.lasts(seconds)
        _count(one, "full", _starts(one) - starts, seconds)
        filler.unlink()


def refused(one: Scene, seconds: float) -> None:
    """Limit them once."""
    size = max(path.stat().st_size for path in (one.service.data / "appendonlydir").iterdir())
    starts, service = _starts(one), one.service.process.pid
    with fault(one, "limited", "ended") as seen:
        for pid in (service, store_of(one)):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        seen.lasts(seconds)
        _count(one, "limited", _starts(one) - starts, seconds)
        for pid in filter(None, (service, store_of(one))):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _count(one: Scene, name: str, starts: int, seconds: float) -> None:
    one.figures[f"{name}: starts of the store in {seconds:g} s"] = starts
    if starts > max(4, STARTS * seconds):
        one.faults.append(f"{name}: the store was started {starts} times in {seconds:g} s")


def _starts(one: Scene) -> int:
    """Return how often the service's store was started, by its own log."""
    return (one.service.data / "store.log").read_text(errors="replace").count("Ready to accept connections")


def fill(path: Path, left: int) -> None:
    """Write a file that leaves so many bytes of its file system free."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):  # the last byte may go to somebody else
        while (free := disk_free(path.parent) - left) > 0:
            file.write(bytes(min(free, 1 << 20)))
