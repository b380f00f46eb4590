from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from andon.demo.company import (
    COMPLAINTS,
    CRASHES,
    JOURNEYS,
    PLATFORMS,
    PRODUCTS,
    RATINGS,
    REGIONS,
    REQUESTS,
    SCORES,
    SESSIONS,
    TEXTS,
    World,
    minute,
    rhythm,
)
from andon.demo.history import History
from andon.model import KINDS, Batch, Kind

HOUR = 3600.0
START = 1_780_934_400.0
"""2026-06-09 00:00 in Shanghai."""
DAY = 86_400.0


def draw(
    hours: float = 6.0, seed: int = 5, piece: float = 1800.0, start: float = START + 9 * HOUR
) -> list[tuple[float, Batch]]:
    return list(History(np.random.default_rng(seed)).pieces(start, start + hours * HOUR, piece, 300.0))


@pytest.fixture(scope="module")
def day() -> list[Batch]:
    return [batch for _, batch in draw(24, start=START)]


def rows(batches: list[Batch], kind: Kind) -> list[tuple[dict[str, str], str, float, float]]:
    """Return (segment, name, value, of) of each row of a kind."""
    found = []
    for batch in batches:
        for at in np.flatnonzero(batch.kind == KINDS.index(kind)).tolist():
            labels, name = batch.segments[batch.segment[at]], batch.names[batch.name[at]]
            found.append((labels, name, float(batch.value[at]), float(batch.of[at])))
    return found


def near(found: float, wanted: float) -> None:
    """Assert that a Poisson count is within five deviations."""
    assert found == pytest.approx(wanted, abs=5 * wanted**0.5)


def test_pieces_are_batches_that_arrive_when_they_end_one_after_the_other() -> None:
    pieces = draw(3)
    assert all(isinstance(batch, Batch) and batch.arrived == end for end, batch in pieces)
    assert [after - before for (before, _), (after, _) in pairwise(pieces)] == [1800.0] * 5


def test_a_piece_holds_its_own_time_only() -> None:
    for end, batch in draw(3):
        assert end - 1800.0 < batch.time.min()
        assert batch.time.max() < end


def test_each_look_of_a_piece_has_signals_at_its_middle() -> None:
    _, batch = draw(0.5)[0]
    assert np.unique(batch.time - (START + 9 * HOUR)).tolist() == [150.0 + 300.0 * k for k in range(6)]


def test_all_columns_have_one_length_and_the_types_that_batches_have() -> None:
    _, batch = draw(0.5)[0]
    columns = (batch.kind, batch.segment, batch.name, batch.value, batch.of, batch.time, batch.ahead)
    assert {len(one) for one in columns} == {len(batch)}
    assert [one.dtype.str[1:] for one in columns] == ["u1", "i4", "i4", "f8", "f8", "f8", "b1"]
    assert not batch.ahead.any()


def test_the_same_seed_draws_the_same_history() -> None:
    one, other = draw(1), draw(1)
    for (_, a), (_, b) in zip(one, other, strict=True):
        assert np.array_equal(a.value, b.value, equal_nan=True)
        assert a.notes == b.notes


def test_another_seed_draws_another() -> None:
    assert len(draw(1, seed=5)[0][1]) != len(draw(1, seed=6)[0][1])


def test_sessions_and_crashes_have_the_company_s_shares_and_rates(day: list[Batch]) -> None:
    crashes = rows(day, Kind.CRASH)
    total = sum(of for *_, of in crashes)
    for name, shares in (("product", PRODUCTS), ("region", REGIONS), ("platform", PLATFORMS)):
        for value, share in shares.items():
            near(sum(of for labels, _, _, of in crashes if labels[name] == value), total * share)
    for platform, rate in CRASHES.items():
        mine = [row for row in crashes if row[0]["platform"] == platform]
        near(sum(value for *_, value, _ in mine), rate * sum(of for *_, of in mine))


def test_ratings_have_the_company_s_shares_of_each_score(day: list[Batch]) -> None:
    ratings = rows(day, Kind.RATING)
    for name, (low, shares) in SCORES.items():
        mine = [(value, of) for _, scale, value, of in ratings if scale == name]
        total = sum(of for _, of in mine)
        for point, share in enumerate(shares):
            near(sum(of for value, of in mine if value == low + point), total * share)


def test_latencies_have_the_company_s_medians(day: list[Batch]) -> None:
    latencies = rows(day, Kind.LATENCY)
    for journey, (median, _) in JOURNEYS.items():
        mine = sorted((value, of) for labels, _, value, of in latencies if labels["journey"] == journey)
        below = np.cumsum([of for _, of in mine])
        middle = mine[int(np.searchsorted(below, below[-1] / 2))][0]
        assert middle == pytest.approx(median, rel=0.05)


def test_complaints_carry_the_company_s_texts_each_at_its_row(day: list[Batch]) -> None:
    known = {text for texts in TEXTS.values() for text in texts}
    for batch in day:
        complaints = set(np.flatnonzero(batch.kind == KINDS.index(Kind.COMPLAINT)).tolist())
        assert set(batch.notes) == complaints
        assert {note.text for note in batch.notes.values()} <= known


def test_every_segment_is_one_that_the_played_day_has_too() -> None:
    played = {
        (one["kind"], tuple(sorted(one["segment"].items())))
        for one in minute(World(), START + 12 * HOUR, 4 * HOUR, np.random.default_rng(1))
    }
    learnt = {
        (kind.value, tuple(sorted(labels.items())))
        for kind in (Kind.CRASH, Kind.RATING, Kind.LATENCY, Kind.COMPLAINT)
        for labels, *_ in rows([batch for _, batch in draw(4)], kind)
    }
    assert learnt == played


@pytest.mark.parametrize(
    ("kind", "rate"),
    [(Kind.CRASH, SESSIONS), (Kind.RATING, RATINGS), (Kind.LATENCY, 2 * REQUESTS), (Kind.COMPLAINT, COMPLAINTS)],
)
def test_a_day_s_sum_is_the_rate_over_the_day_s_rhythm(day: list[Batch], kind: Kind, rate: float) -> None:
    wanted = rate * sum(rhythm(START + at + 150.0) * 5 for at in np.arange(0, DAY, 300.0).tolist())
    near(sum(of for *_, of in rows(day, kind)), wanted)


def test_learnt_and_played_hours_agree_within_sampling_error() -> None:
    learnt = [batch for _, batch in draw(6)]
    random = np.random.default_rng(2)
    played = [one for at in range(360) for one in minute(World(), START + 9 * HOUR + at * 60.0, 60.0, random)]
    for kind in (Kind.CRASH, Kind.RATING, Kind.LATENCY, Kind.COMPLAINT):
        mine = sum(one.get("of", 1) for one in played if one["kind"] == kind.value)
        theirs = sum(of for *_, of in rows(learnt, kind))
        assert mine == pytest.approx(theirs, abs=5 * (mine + theirs) ** 0.5)
