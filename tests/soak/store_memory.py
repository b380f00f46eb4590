"""The store's memory comes to its limit: above 80 % for a while, then wholly, where every ordinary write is refused."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
from redis import Redis

from tests.soak import Verdict
from tests.soak._scene import Scene, scene
from tests.soak._store import fault

BALLAST = "somebody-elses"
ROOM = 64 * 1024**2


def soak(folder: Path, seed: int, seconds: float = 30.0) -> Verdict:
    """Fill it for `seconds` to 90 %, then for `seconds` to the last byte."""
    with scene(folder, seed, calls=0.2) as one:
        one.sent(1000)
        filled(one, seconds)
        one.sent(1000)
        return one.finish()


def filled(one: Scene, seconds: float) -> None:
    """Fill it once and once."""
    with Redis(unix_socket_path=str(one.service.data / "store.sock")) as store:
        before = store.config_get("maxmemory")["maxmemory"]
        store.config_set("maxmemory", ROOM)
        with fault(one, "memory 90 % full", "memory") as seen:
            while store.info("memory")["used_memory"] < 0.88 * ROOM:
                store.rpush(BALLAST, bytes(1 << 20))
            seen.lasts(0.0)
            _pages_go(one)
            seen.lasts(seconds)
            store.delete(BALLAST)
        with fault(one, "memory full", "memory") as seen:
            store.config_set("maxmemory", int(0.95 * store.info("memory")["used_memory"]))
            seen.lasts(seconds)
            store.config_set("maxmemory", before)


def _pages_go(one: Scene) -> None:
    """Somebody pulls the cord: it takes no room in the log, and the last fifth is there for it."""
    began, text = time.monotonic(), "pull while full-1"
    said = {"by": "ana", "text": text, "owner": "everyone"}
    httpx.post(f"{one.sender.url}/v1/pulls", json=said, timeout=5.0).raise_for_status()
    one.sender.told.pulls[text] = began
    while not any(got.title == text and got.person == "bo" for got in one.receiver.got):
        if time.monotonic() - began > 10.0:
            one.faults.append("90 % full: the ladder of a pull did not come to its second step, which is due after 3 s")
            return
        time.sleep(0.05)
    one.figures["90 % full: a pull's second step after, s"] = time.monotonic() - began
