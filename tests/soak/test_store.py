"""The store's faults in their short forms; the long ones are `python -m tests.soak store_...`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak import Verdict, store_data, store_disk, store_gone, store_killed, store_memory, store_stopped
from tests.soak._scene import scene


def ours(folder: Path) -> Verdict:
    """The bundled store, one fault after the other."""
    with scene(folder, 1, calls=0.2) as one:
        store_killed.killed(one, 1, kills=2, between=1.0)
        store_stopped.stopped(one, "stop", 6.0)
        store_memory.filled(one, 3.0)
        store_disk.refused(one, 3.0)
        store_gone.prevented(one, 3.0)
        one.sent(1000)
        return one.finish()


FAULTS: dict[str, Callable[[Path], Verdict]] = {
    "ours": ours,
    "its disk full": lambda folder: store_disk.filled(folder, 1, 3.0),
    "its directory": lambda folder: store_data.soak(folder, 1, cuts=10, breaks=10),
    "another's": lambda folder: store_gone.elsewhere(folder, 1, 5.0),
}


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FAULTS)
def test_nothing_acknowledged_is_lost_or_doubled_and_it_recovers_by_itself(name: str, tmp_path: Path) -> None:
    assert FAULTS[name](tmp_path).faults == []
