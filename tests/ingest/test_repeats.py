from __future__ import annotations

from time import process_time

import pytest

from andon.ingest import repeats
from andon.ingest.repeats import WITHIN, Repeats

A, B = (0, "a"), (0, "b")


def test_an_id_is_remembered_for_ten_minutes() -> None:
    memory = Repeats()
    memory.remember([A], 0.0)
    assert memory.count([A, B], WITHIN - 1) == 1


def test_an_id_that_came_late_in_a_half_is_remembered_for_ten_minutes_too() -> None:
    memory = Repeats()
    memory.remember([B], 0.0)
    memory.remember([A], WITHIN - 1)
    assert memory.count([A], 2 * WITHIN - 2) == 1


def test_an_id_is_forgotten_after_twice_that() -> None:
    memory = Repeats()
    memory.remember([A], 0.0)
    assert memory.count([A], 2 * WITHIN) == 0
    assert memory.count([A], 9 * WITHIN) == 0


def test_an_id_of_another_kind_is_another() -> None:
    memory = Repeats()
    memory.remember([A], 0.0)
    assert memory.count([(3, "a")], 1.0) == 0


def test_each_repeat_counts() -> None:
    memory = Repeats()
    memory.remember([A], 0.0)
    assert memory.count([A, A, B, B, B], 1.0) == 4


def test_an_id_in_both_halves_counts_once() -> None:
    memory = Repeats()
    memory.remember([A], 0.0)
    memory.remember([A], WITHIN)
    assert memory.count([A], WITHIN + 1) == 1


def test_its_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "MOST", 1_000)
    memory = Repeats()
    for start in range(0, 5 * repeats.MOST, repeats.MOST // 2):
        memory.remember([(0, str(i)) for i in range(start, start + repeats.MOST // 2)], 0.0)
    assert len(memory._old) + len(memory._new) <= 2 * repeats.MOST
    assert memory.count([(0, str(5 * repeats.MOST - 1))], 0.0) == 1


def test_a_clock_that_goes_back_forgets_nothing() -> None:
    memory = Repeats()
    memory.remember([A], 1_000.0)
    assert memory.count([A], 0.0) == 1


def test_a_batch_costs_no_more_where_many_ids_are_remembered() -> None:
    some = [(0, f"n{number}") for number in range(500)]

    def cost(held: int) -> float:
        memory = Repeats()
        memory.remember([(0, str(number)) for number in range(held)], 0.0)
        memory.remember([A], WITHIN + 1)  # what was held is the old half now
        began = process_time()
        for _ in range(30):
            assert memory.count(some, WITHIN + 2) == 0
        return process_time() - began

    assert cost(200_000) < 20 * cost(100)
