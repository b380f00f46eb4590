"""SIGKILL at the moments that could tear something: as it starts, takes over a rulebook, keeps its state; and SIGSTOP for a while."""

from __future__ import annotations

import asyncio
import random
import signal
import socket
import time
from pathlib import Path

from andon.runners.loops import SAVE_EVERY
from andon.store.connect import connect
from andon.store.redis import RedisStore
from tests.runners.service import STARTS_WITHIN
from tests.soak import Verdict
from tests.soak._scene import Scene, scene

EDIT = (
    '  - {{name: edit {n}, id: edit{n}, watch: "gauge:edit", tier: watch, when: {{above: {n}, over: 1m}}}}\nowners:\n'
)
SAVES_WITHIN = 20.0
STOPPED = 10.0


def soak(folder: Path, seed: int, times: int = 4, stopped: float = STOPPED) -> Verdict:
    """Do each `times` times."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    with scene(folder, seed, calls=0.3) as one:
        for number in range(times):
            for moment in (starting, editing, saving):
                moment(one, chance, number)
                one.kill()
                one.restart()
                one.sent(200)
        stop_for(one, stopped)
        one.sent(1000)
        return one.finish()


def starting(one: Scene, chance: random.Random, number: int) -> None:
    """Let it be killed as it takes up its state: shortly after its store answers, or, every other time, anywhere before."""
    one.kill()
    one.service = one.launch()
    one.logs.append(one.service.log)
    if number % 2:
        time.sleep(chance.uniform(0.1, 2.0))
        return
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and not _store_answers(one):
        time.sleep(0.005)
    time.sleep(chance.uniform(0.0, 0.4))


def _store_answers(one: Scene) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(str(one.service.data / "store.sock")) == 0


def editing(one: Scene, chance: random.Random, number: int) -> None:
    """Let it be killed as it looks at a changed rulebook, at the latest a second later, and takes it over."""
    book = one.folder / "rules" / "book.yml"
    text = book.read_text()
    book.write_text(text.replace("owners:\n", EDIT.format(n=number + 1), 1))
    time.sleep(chance.uniform(0.0, 2.0))


def saving(one: Scene, chance: random.Random, number: int) -> None:
    """Let it be killed once its state has been kept and the log behind it may not be forgotten yet, or shortly before."""
    until, before = time.monotonic() + SAVES_WITHIN, asyncio.run(_position(one))
    while time.monotonic() < until and asyncio.run(_position(one)) == before:
        pass
    if number % 2:
        time.sleep(SAVE_EVERY - chance.uniform(0.0, 0.3))


async def _position(one: Scene) -> str:
    client = connect(f"unix://{one.service.data / 'store.sock'}")
    try:
        saved = await RedisStore(client).saved()
        return saved[1] if saved else ""
    finally:
        await client.aclose()


def stop_for(one: Scene, seconds: float) -> None:
    """Stop it with SIGSTOP, and let it go on; what was in its hands may have come meanwhile."""
    one.service.process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    one.service.process.send_signal(signal.SIGCONT)
    one.forgiven += 1
