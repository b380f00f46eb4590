"""The store is gone for a while: the bundled one cannot be started, a server of somebody else's ends, the line to it is cut."""

from __future__ import annotations

import os
import signal
import time
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
        kept, elsewhere = one.service.data / "appendonlydir", one.service.data / "elsewhere"
        with fault(one, "not to be started", "ended"):
            os.kill(store_of(one), signal.SIGKILL)
            kept.rename(elsewhere)
            kept.write_text("not a directory")
            time.sleep(seconds)
            kept.unlink()
            elsewhere.rename(kept)
        one.sent(1000)
        return one.finish()


def elsewhere(folder: Path, seed: int, seconds: float) -> Verdict:
    """Kill a server of our own and start it again, then cut the line to it, then let the line hang."""
    with (
        Server(folder / "server") as server,
        Line(server.port) as line,
        scene(folder, seed, redis=line.url, calls=0.2) as one,
    ):
        one.sent(1000)
        with fault(one, "killed"):
            server.kill()
            time.sleep(seconds)
            server.start()
        _on(one)
        with fault(one, "cut"):
            line.cut()
            time.sleep(seconds)
            line.mend()
        _on(one)
        with fault(one, "hangs"):
            line.hang()
            time.sleep(seconds)
            line.mend()
        _on(one)
        return one.finish()


def _on(one: Scene) -> None:
    one.sent(500)
