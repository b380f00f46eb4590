from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.streams import frames as module
from andon.streams.frame import Frame, Weights
from andon.streams.frames import KEEP, SIZES, Frames

T0 = 1_767_225_600
WIDTH = 3
CELL = st.tuples(st.integers(0, 7000), st.integers(0, 5), st.floats(-1e6, 1e6))


def _add(frames: Frames, cells: list[tuple[int, int, float]]) -> None:
    """Add (seconds after T0, key, value) cells."""
    if cells:
        at, keys, values = zip(*cells, strict=True)
        ten = (np.array(at, np.int64) + T0) // 10
        frames.add(ten, np.array(keys, np.int64), np.array(values, np.float64))


def _sum(frames: Frames, begin: float, end: float) -> float:
    return sum(float(piece.values.sum()) for piece in frames.pieces(T0 + begin, T0 + end))


def _state(frames: Frames) -> list[dict[int, tuple[bytes, bytes]]]:
    frames.settle()
    return [{i: (f.keys.tobytes(), f.values.tobytes()) for i, f in level.items()} for level in frames.levels]


def test_a_window_holds_what_began_inside_it() -> None:
    frames = Frames(WIDTH)
    _add(frames, [(0, 0, 1.0), (59, 0, 2.0), (60, 0, 4.0)])
    assert _sum(frames, 0, 60) == 3
    assert _sum(frames, 10, 70) == 6


def test_equal_keys_add_up() -> None:
    frames = Frames(WIDTH)
    _add(frames, [(0, 4, 1.0), (3, 1, 2.0), (9, 4, 4.0)])
    (frame,) = frames.all()
    assert (frame.keys.tolist(), frame.values.tolist()) == ([1, 4], [2, 5])


def test_a_minimum_and_a_maximum_are_kept_beside_sums() -> None:
    frames = Frames(3, least=1)
    _add(frames, [(0, 0, 5.0), (0, 1, 5.0), (0, 2, 5.0)])
    frames.settle()
    _add(frames, [(1, 0, 3.0), (1, 1, 3.0), (1, 2, 3.0)])
    assert frames.all()[0].values.tolist() == [8, 3, 5]


@given(st.lists(CELL, max_size=60), st.lists(st.integers(0, 60), max_size=6), st.booleans())
def test_cells_add_up_to_the_same_bits_wherever_they_were_cut_and_settled(
    cells: list[tuple[int, int, float]], cuts: list[int], rolled: bool
) -> None:
    whole, cut = Frames(WIDTH), Frames(WIDTH)
    if rolled:
        whole.roll(T0 + 3600)
        cut.roll(T0 + 3600)
    _add(whole, cells)
    edges = sorted({0, *cuts, len(cells)})
    for begin, end in pairwise(edges):
        _add(cut, cells[begin:end])
        cut.settle()
    assert _state(whole) == _state(cut)


@given(st.lists(CELL, max_size=60), st.lists(CELL, max_size=20), st.integers(0, 120), st.integers(1, 120))
def test_a_window_is_the_same_sum_before_and_after_rolling_up(
    cells: list[tuple[int, int, float]], late: list[tuple[int, int, float]], begin: int, length: int
) -> None:
    plain, rolled = Frames(WIDTH), Frames(WIDTH)
    _add(plain, cells)
    _add(rolled, cells)
    rolled.roll(T0 + 3700)
    for frames in (plain, rolled):
        _add(frames, late)
    rolled.roll(T0 + 7200)
    window = (60 * begin, 60 * (begin + length))
    assert _sum(rolled, *window) == pytest.approx(_sum(plain, *window), abs=1e-6)


def test_a_long_window_is_a_sum_of_few_pieces() -> None:
    frames = Frames(WIDTH)
    for minute in range(4 * 1440):
        _add(frames, [(60 * minute + 7, 0, 1.0)])
        if minute % 60 == 59:
            frames.roll(T0 + 60 * minute + 60)
    end = 4 * 86400 - 11 * 60
    assert len(frames.pieces(T0 + end - 6 * 3600, T0 + end)) <= 60
    assert len(frames.pieces(T0 + end - 3 * 86400, T0 + end)) <= 130
    assert _sum(frames, end - 6 * 3600, end) == 360


def test_each_level_holds_no_more_than_it_is_kept_for() -> None:
    frames = Frames(WIDTH)
    for hour in range(0, 100 * 24, 6):
        _add(frames, [(3600 * hour, 0, 1.0), (3600 * hour + 1800, 0, 1.0)])
        frames.roll(T0 + 3600 * (hour + 6))
    for level, (size, keep) in enumerate(zip(SIZES, KEEP, strict=True)):
        assert len(frames.levels[level]) <= keep / size + 10
        assert all(index * size >= T0 + 100 * 86400 - keep - 2 * 3600 for index in frames.levels[level])


def test_late_cells_reach_every_level_that_covers_them() -> None:
    frames = Frames(WIDTH)
    _add(frames, [(0, 0, 1.0)])
    frames.roll(T0 + 2 * 86400)
    _add(frames, [(0, 0, 10.0)])
    frames.settle()
    assert [sum(float(f.values.sum()) for f in level.values()) for level in frames.levels] == [0, 0, 11, 11]
    assert _sum(frames, 0, 3600) == 11


def test_cells_beyond_the_last_level_are_dropped() -> None:
    frames = Frames(WIDTH)
    frames.roll(T0 + 100 * 86400)
    _add(frames, [(0, 0, 1.0)])
    assert frames.all() == []


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=80), st.integers(1, 6), st.integers(0, 50))
def test_nested_windows_never_count_a_cell_twice(at: list[int], windows: int, shift: int) -> None:
    frames = Frames(WIDTH)
    _add(frames, [(one, 0, 1.0) for one in at])
    frames.roll(T0 + 200_040)
    edges = [200_040 - (7_777 + 600 * shift) * k for k in range(windows + 1)]
    parts = sum(_sum(frames, begin, end) for end, begin in pairwise(edges))
    assert parts == _sum(frames, edges[-1], edges[0])


def test_rows_that_are_forgotten_leave_every_level() -> None:
    frames = Frames(WIDTH)
    _add(frames, [(0, 0, 1.0), (0, WIDTH, 2.0), (4000, 2 * WIDTH + 1, 4.0)])
    frames.roll(T0 + 3600)
    frames.forget(np.array([0, 2]))
    assert _sum(frames, 0, 7200) == 2
    assert all(len(frame.keys) for frame in frames.all())


def test_rolling_to_an_earlier_time_changes_nothing() -> None:
    frames = Frames(WIDTH)
    _add(frames, [(0, 0, 1.0)])
    frames.roll(T0 + 3600)
    before = _state(frames)
    frames.roll(T0 + 60)
    assert _state(frames) == before
    assert frames.built == T0 + 3600


def test_much_that_waits_is_settled_by_itself() -> None:
    frames = Frames(WIDTH)
    for _ in range(70):
        _add(frames, [(0, 0, 1.0)] * 1000)
    assert frames.levels[0]
    assert frames._waiting < 70_000
    assert _sum(frames, 0, 10) == 70_000


def test_a_frame_sums_its_rows_by_weight() -> None:
    frames = Frames(WIDTH)
    _add(frames, [(0, 0, 1.0), (0, 1, 2.0), (0, 7, 4.0)])
    (frame,) = frames.all()
    rows, values = frame.weighed(Weights(np.array([[1.0, 10.0, 0.0], [1.0, 1.0, 1.0]])))
    assert (rows.tolist(), values.tolist()) == ([0, 2], [[21, 40], [3, 4]])


@pytest.mark.parametrize(
    ("key", "value", "size"), [(5, 3.0, 8), (5, 0.1, 12), (5, 1e300, 12), (2**31, 3.0, 12), (2**31, 0.1, 16)]
)
def test_a_frame_takes_half_the_room_where_nothing_is_lost_by_that(key: int, value: float, size: int) -> None:
    frame = Frame(np.array([key]), np.array([value])).narrow()
    assert (frame.keys.tolist(), frame.values.tolist(), frame.nbytes) == ([key], [value], size)
    assert (frame.keys.dtype.str, frame.values.dtype.str) == ("<i8", "<f8")


def test_coarse_frames_are_held_narrow() -> None:
    frames = Frames(WIDTH)
    _add(frames, [(second, 4, 1.0) for second in range(0, 60, 10)])
    frames.roll(T0 + 60)
    (coarse,) = frames.levels[1].values()
    assert coarse.nbytes == 8


def test_a_frame_without_cells_has_no_sums() -> None:
    rows, values = Frame(np.empty(0, np.int64), np.empty(0)).weighed(Weights(np.ones((2, WIDTH))))
    assert (rows.shape, values.shape) == ((0,), (2, 0))


def test_sums_are_kept_from_one_look_to_the_next_and_forgotten_once_one_passes_without() -> None:
    frames = Frames(WIDTH)
    _add(frames, [(0, 4, 1.0)])
    (frame,) = frames.all()
    weights = Weights(np.ones((1, WIDTH)))

    def ask() -> object:
        return frames.pieces(T0, T0 + 60)[0].weighed(weights)

    first = ask()
    frames.roll(T0 + 10)
    assert ask() is first
    for later in (20, 30, 40):
        frames.roll(T0 + later)
    assert frame.weighed(weights) is not first


def test_an_empty_frame_set_answers_every_window() -> None:
    assert Frames(WIDTH).pieces(T0, T0 + 1e7) == []
    frames = Frames(WIDTH)
    frames.roll(T0)
    assert frames.pieces(0, T0) == []
    assert math.isfinite(frames.since(0))


@given(
    st.lists(st.tuples(st.integers(1000, 1060), st.floats(-1e6, 1e6)), min_size=1, max_size=80),
    st.sampled_from([None, 1]),
)
def test_counting_dense_keys_gives_what_sorting_gives_to_the_bit(
    cells: list[tuple[int, float]], least: int | None
) -> None:
    frames = Frames(WIDTH, least)
    keys, values = (np.array(column) for column in zip(*cells, strict=True))
    counted = frames.merged(keys, values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "DENSE", 0)
        ordered = frames.merged(keys, values)
    assert counted.keys.tolist() == ordered.keys.tolist()
    assert counted.values.tolist() == ordered.values.tolist()
