from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from andon.detector import State
from andon.model import Floats
from detectors._level import novelty
from detectors._level.rows import only


def empty(rows: int = 1) -> State:
    return {name: np.full((rows, *what.shape), what.fill, what.dtype) for name, what in novelty.FIELDS.items()}


def look(state: State, x: Floats, rest: Floats | None = None) -> novelty.Look:
    """Take one look of every row up, learning from it."""
    rows = np.arange(len(x))
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        found = novelty.take(state, rows, x, np.zeros_like(x) if rest is None else rest)
        novelty.learn(state, rows, found)
        novelty.follow(state, rows, found)
    return found


def usual(state: State, looks: int, seed: int = 1) -> None:
    rng, rows = np.random.default_rng(seed), len(state["novel"])
    for _ in range(looks):
        look(state, rng.normal(100.0, 5.0, rows))


@pytest.fixture(scope="module")
def learnt() -> State:
    """A series of 100, give or take 5, that was looked at 500 times."""
    state = empty()
    usual(state, 500)
    return state


@pytest.fixture
def state(learnt: State) -> State:
    return {name: array.copy() for name, array in learnt.items()}


def most(state: State, values: list[float]) -> float:
    """Return the largest surprise of these values, one after the other."""
    return max(float(look(state, np.array([value])).surprise[0]) for value in values)


def test_a_value_far_from_any_before_is_novel(state: State) -> None:
    found = look(state, np.array([190.0]))
    assert found.surprise[0] > np.log(1_000)
    assert found.news[0]


def test_a_usual_value_is_not(state: State) -> None:
    assert look(state, np.array([102.0])).surprise[0] < np.log(10)


def test_a_value_between_two_levels_that_were_never_left_is_novel() -> None:
    state, rng = empty(), np.random.default_rng(2)
    for _ in range(400):
        look(state, rng.choice([10.0, 90.0], 1) + rng.normal(0.0, 1.0, 1))
    between, again = look(state, np.array([50.0])).surprise[0], look(state, np.array([90.0])).surprise[0]
    assert between > np.log(100) > again


def test_usual_values_in_an_order_never_seen_are_novel() -> None:
    state = empty()
    for place in range(400):
        look(state, np.array([10.0 * (place % 2)]))
    assert most(state, [0.0, 10.0] * 8) < np.log(20)
    assert most(state, [10.0] * 16) > np.log(1_000)


def test_the_second_time_it_is_less_novel_and_no_news(state: State) -> None:
    first = most(state, [190.0] * 5)
    usual(state, 50, seed=3)
    again = look(state, np.array([190.0]))
    assert again.surprise[0] < first / 2
    assert not again.news[0]


def test_where_nothing_may_be_learnt_it_stays_novel_and_is_news_once(state: State) -> None:
    before = {name: array.copy() for name, array in state.items()}
    found = []
    for _ in range(5):
        found.append(novelty.take(state, np.arange(1), np.array([190.0]), np.zeros(1)))
        novelty.follow(state, np.arange(1), found[-1])
    assert [bool(one.news[0]) for one in found] == [True, False, False, False, False]
    assert len({float(one.surprise[0]) for one in found}) == 1
    assert all(np.array_equal(state[name], before[name]) for name in before if name != "novel_height")


def test_what_stood_out_is_forgotten_in_the_end(state: State) -> None:
    rows, x, rest = np.arange(1), np.array([190.0]), np.zeros(1)
    first = novelty.take(state, rows, x, rest)
    novelty.follow(state, rows, first)
    assert not novelty.take(state, rows, x, rest).news[0]
    for _ in range(1_000):
        novelty.follow(state, rows, novelty.take(state, rows, np.array([100.0]), rest))
    assert novelty.take(state, rows, x, rest).news[0]


def test_a_look_that_the_baseline_does_not_expect_is_novel_though_its_value_is_not() -> None:
    state, rng = empty(), np.random.default_rng(5)
    for place in range(500):
        look(state, 50.0 * np.sin(place / 20.0) + rng.normal(0.0, 1.0, 1), rng.normal(0.0, 1.0, 1))
    x = np.array([50.0 * np.sin(500 / 20.0)])
    calm, odd = (novelty.take(state, np.arange(1), x, np.array([rest])).surprise[0] for rest in (0.0, 40.0))
    assert calm < np.log(30) < np.log(100) < odd


def test_nothing_is_novel_in_the_first_looks() -> None:
    state = empty()
    assert most(state, [1.0] * 20 + [1e6] * 20) == 0.0


def test_what_never_moves_is_never_novel() -> None:
    assert most(empty(), [7.0] * 200) == 0.0


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1e25, 1e300])
def test_any_size_of_value_can_be_looked_at(size: float) -> None:
    state, rng = empty(3), np.random.default_rng(6)
    for _ in range(120):
        assert np.isfinite(look(state, rng.normal(1.0, 1.0, 3) * size).surprise).all()


def test_the_unit_of_a_level_does_not_matter() -> None:
    state, rng, units = empty(2), np.random.default_rng(7), np.array([1.0, 4_096.0])
    for _ in range(300):
        mine, yours = look(state, rng.normal(5.0, 1.0) * units).surprise
        assert mine == pytest.approx(yours, abs=1e-3)


def test_rows_do_not_know_of_each_other() -> None:
    together, alone, rng = empty(3), empty(1), np.random.default_rng(8)
    for _ in range(120):
        x = rng.normal(0.0, 1.0, 3)
        assert look(together, x).surprise[2] == look(alone, x[2:]).surprise[0]


def test_only_the_rows_of_a_mask_are_kept() -> None:
    found = look(empty(3), np.array([1.0, 2.0, 3.0]))
    assert only(found, np.array([False, True, False])).seen[:, 0].tolist() == [2.0]


def test_it_takes_at_most_600_bytes_a_row() -> None:
    assert sum(array.nbytes for array in empty(1).values()) <= 600


def autoregressive() -> Callable[[np.random.Generator, int], Floats]:
    now: Floats = np.zeros(1)

    def draw(rng: np.random.Generator, rows: int) -> Floats:
        nonlocal now
        now = np.asarray(0.9 * now + rng.normal(0.0, 1.0, rows))
        return now

    return draw


IN_CONTROL: dict[str, Callable[[], Callable[[np.random.Generator, int], Floats]]] = {
    "normal": lambda: lambda rng, rows: rng.normal(0.0, 1.0, rows),
    "lognormal": lambda: lambda rng, rows: rng.lognormal(0.0, 1.0, rows),
    "t with 3 degrees of freedom": lambda: lambda rng, rows: rng.standard_t(3, rows),
    "Poisson": lambda: lambda rng, rows: rng.poisson(3.0, rows).astype(float),
    "rare spikes of one height": lambda: lambda rng, rows: np.where(rng.random(rows) < 0.02, 20.0, 0.0),
    "autoregressive": autoregressive,
}


def alarms(kind: str, looks: int, rows: int, *asked: float) -> list[float]:
    """Return how many looks in control reached ln of each promise, in what it allows; from the 200th look on."""
    state, rng, draw, line = empty(rows), np.random.default_rng(9), IN_CONTROL[kind](), np.log(asked)
    found = np.zeros(len(asked))
    for place in range(looks):
        surprise = look(state, draw(rng, rows)).surprise
        found += (surprise[:, None] >= line).sum(axis=0) * (place >= 200)
    return list(found * asked / (rows * (looks - 200)))


def test_in_control_it_promises_no_more_than_it_keeps() -> None:
    assert max(alarms("t with 3 degrees of freedom", 600, 80, 1_000.0)) <= 1.2


@pytest.mark.long
@pytest.mark.parametrize("kind", list(IN_CONTROL))
def test_in_control_it_promises_no_more_than_it_keeps_whatever_the_stream(kind: str) -> None:
    assert max(alarms(kind, 3_000, 60, 1_000.0, 10_000.0)) <= 1.2
