"""The store is gone for a while: the bundled one cannot be started, a server of somebody else's ends, the line to it is cut."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.soak import Verdict
from tests.soak._scene import Scene, scene
from tests.soak._server import Line, Server
from tests.soak._store import fault, store_of


def soak(folder: Path, seed: int, seconds: float = 30.0) -> Verdict:
    """Each for `seconds`."""
    mine = bundled(folder / "bundled", seed, seconds)
    other = elsewhere(folder / "other", seed, seconds)
    figures = {
        f"{name}, {what}": figure
        for name, one in (("bundled", mine), ("--redis", other))
        for what, figure in one.figures.items()
    }
    return Verdict(figures, mine.faults + other.faults)


def bundled(folder: Path, seed: int, seconds: float) -> Verdict:
    """Kill ours, and put a file where its directory belongs, so that it cannot be started."""
    with scene(folder, seed, calls=0.2) as one:
        one.sent(1000)
        prevented(one, seconds)
        one.sent(1000)
        return one.finish()


def prevented(one: Scene, seconds: float) -> None:
    """Kill it once."""
    kept, elsewhere = one.service.data / "appendonlydir", one.service.data / "elsewhere"
    with fault(one, "not to be started", "ended") as seen:
        os.kill(store_of(one), signal.SIGKILL)
        kept.rename(elsewhere)
        kept.write_text("not a directory")
        seen.lasts(seconds)
        kept.unlink()
        elsewhere.rename(kept)


def elsewhere(folder: Path, seed: int, seconds: float) -> Verdict:
    """Kill a server of our own and start it again, then cut the line to it, then let the line hang."""
    with (
        Server(folder / "server") as server,
        Line(server.port) as line,
        scene(folder, seed, redis=line.url, calls=0.2) as one,
    ):
        one.sent(1000)
        with fault(one, "killed") as seen:
            server.kill()
            seen.lasts(seconds)
            server.start()
        one.sent(500)
        with fault(one, "cut") as seen:
            line.cut()
            seen.lasts(seconds)
            line.mend()
        one.sent(500)
        with fault(one, "hangs") as seen:
            line.hang()
            seen.lasts(seconds)
            line.mend()
        one.sent(500)
        return one.finish()
