from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from andon.model import Batch
from andon.streams.split import pick, split
from tests.streams.signals import T0, batch, nps, pieces

TIMES = st.lists(st.floats(0, 600, allow_nan=False), min_size=1, max_size=40)


def _looks(batches: list[Batch], lateness: float = 30.0) -> list[tuple[float, list[float]]]:
    """Return, for each look that was passed, what had been folded before it."""
    now, judged = -math.inf, -math.inf
    folded: list[float] = []
    looks: list[tuple[float, list[float]]] = []
    for one in batches:
        for until, piece in split(one, now, lateness, 60.0):
            end = (max(now, until) - lateness) // 60 * 60
            judged = end if math.isinf(judged) else judged
            while judged < end:
                judged += 60
                looks.append((judged, list(folded)))
            folded += piece.time.tolist()
            now = max(now, until, float(piece.time.max()))
    return looks


@given(TIMES, st.lists(st.integers(0, 40), max_size=5))
def test_looks_see_the_same_signals_wherever_batches_were_cut(times: list[float], cuts: list[int]) -> None:
    whole = batch([nps(5, at) for at in times])
    assert _looks([whole]) == _looks(pieces(whole, cuts))


@given(TIMES)
def test_nothing_is_lost_and_the_order_stays(times: list[float]) -> None:
    whole = batch([nps(5, at) for at in times])
    found = [time for _, piece in split(whole, -math.inf, 30.0, 60.0) for time in piece.time.tolist()]
    assert found == whole.time.tolist()


def test_a_batch_is_cut_before_the_signal_that_passes_a_look() -> None:
    found = list(split(batch([nps(5, at) for at in (30, 80, 89, 90, 100, 151)]), T0 + 30, 30.0, 60.0))
    assert [(until - T0, (piece.time - T0).tolist()) for until, piece in found] == [
        (30, [30, 80, 89]),
        (90, [90, 100]),
        (151, [151]),
    ]


def test_late_signals_do_not_move_the_clock_back() -> None:
    found = list(split(batch([nps(5, at) for at in (0, 200, 5)]), T0 + 100, 30.0, 60.0))
    assert [until - T0 for until, _ in found] == [100, 200]


def test_an_empty_batch_yields_nothing() -> None:
    assert list(split(batch([]), T0, 30.0, 60.0)) == []


def test_notes_move_with_their_signals() -> None:
    given_batch = batch([nps(1, 0, text="a"), nps(2, 0), nps(3, 0, text="c")])
    picked = pick(given_batch, np.array([1, 2]))
    assert {at: note.text for at, note in picked.notes.items()} == {1: "c"}
    assert picked.value.tolist() == [2, 3]
