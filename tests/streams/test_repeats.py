from __future__ import annotations

import numpy as np

from andon.model import Kind
from andon.streams.repeats import Repeats
from tests.streams.signals import Told, batch


def _mark(memory: Repeats, ids: list[str], clock: list[float]) -> list[bool]:
    given = batch(Told(Kind.COMPLAINT, id=one) for one in ids)
    repeated = np.zeros(len(given), np.bool_)
    memory.mark(given, np.ones(len(given), np.bool_), np.array(clock), repeated)
    found: list[bool] = repeated.tolist()
    return found


def test_an_id_seen_again_is_a_repeat() -> None:
    assert _mark(Repeats(10, 600), ["a", "b", "a"], [0, 1, 2]) == [False, False, True]


def test_an_id_may_come_again_after_its_time() -> None:
    assert _mark(Repeats(10, 600), ["a", "a", "a"], [0, 600, 601]) == [False, True, False]


def test_a_signal_without_an_id_is_never_a_repeat() -> None:
    given = batch([Told(Kind.COMPLAINT, text="x"), Told(Kind.COMPLAINT, text="x")])
    repeated = np.zeros(2, np.bool_)
    Repeats(10, 600).mark(given, np.ones(2, np.bool_), np.zeros(2), repeated)
    assert not repeated.any()


def test_past_its_room_the_memory_forgets_the_oldest_and_says_so() -> None:
    memory = Repeats(16, 600)
    assert not any(_mark(memory, [str(n) for n in range(17)], [0.0] * 17))
    assert memory.dropped == 1
    assert len(memory) == 16
    assert _mark(memory, ["0", "16"], [1, 1]) == [False, True]


def test_what_has_had_its_time_makes_room_first() -> None:
    memory = Repeats(16, 600)
    _mark(memory, [str(n) for n in range(16)], [0.0] * 8 + [700.0] * 8)
    _mark(memory, ["new"], [800])
    assert memory.dropped == 0
    assert _mark(memory, ["15"], [800]) == [True]


def test_purging_changes_no_decision() -> None:
    purged, plain = Repeats(100, 600), Repeats(100, 600)
    for memory in (purged, plain):
        _mark(memory, ["a", "b"], [0, 500])
    purged.purge(650)
    assert _mark(purged, ["a", "b"], [650, 650]) == _mark(plain, ["a", "b"], [650, 650]) == [False, True]


def test_the_memory_outlives_a_snapshot() -> None:
    memory, other = Repeats(100, 600), Repeats(100, 600)
    _mark(memory, ["a", "b"], [0, 500])
    other.load(memory.save())
    assert _mark(other, ["a", "b"], [610, 610]) == [False, True]
