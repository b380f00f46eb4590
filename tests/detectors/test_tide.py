from __future__ import annotations

import numpy as np
import pytest

from andon.model import Floats
from detectors import _tide

HOUR = 3_600.0


def judged(levels: Floats, expected: float = 120.0, least: float = 0.0) -> Floats:
    """Return the tides (m, 7) after blocks whose rates were `levels` (m, blocks) times the expected."""
    rng, tide = np.random.default_rng(1), np.zeros((len(levels), 7))
    all_ = np.full(len(levels), 20.0 * expected)
    for level in levels.T:
        k = rng.poisson(expected * level).astype(np.float64)
        tide = _tide.judge(tide, (k, all_, np.full(len(levels), expected)), least)
    return tide


def moved(tide: Floats, seconds: float) -> Floats:
    _tide.ebb(tide, np.full(len(tide), seconds))
    return tide


def test_where_only_chance_moves_the_blocks_hardly_any_swing_is_proven() -> None:
    tide = moved(judged(np.ones((200, 400))), 1e6)
    assert np.median(_tide.unsure(tide)) == 0.0
    assert _tide.unsure(tide).mean() < 0.0005


def test_a_level_of_each_days_own_is_proven_with_about_its_variance() -> None:
    days = np.exp(0.1 * np.random.default_rng(2).normal(size=(100, 28)))
    tide = moved(judged(np.repeat(days, 24, axis=1)), 1e6)
    assert np.median(_tide.unsure(tide)) == pytest.approx(0.012, rel=0.3)


@pytest.mark.parametrize(("least", "swings"), [(0.05, True), (0.2, False)])
def test_a_swing_smaller_than_asked_is_none(least: float, swings: bool) -> None:
    days = np.exp(0.1 * np.random.default_rng(2).normal(size=(100, 28)))
    found = _tide.swings(judged(np.repeat(days, 24, axis=1), least=least))
    assert bool(found.mean() > 0.9) is swings


def test_what_moves_only_from_block_to_block_is_no_swing() -> None:
    blocks = np.exp(0.2 * np.random.default_rng(3).normal(size=(100, 400)))
    assert np.median(_tide.unsure(moved(judged(blocks), 1e6))) < 0.001


def test_one_wild_hour_or_two_prove_nothing() -> None:
    levels = np.ones((50, 400))
    levels[:, 200:202] = 10.0
    assert np.median(_tide.unsure(moved(judged(levels), 1e6))) < 0.005


def test_where_no_swing_is_proven_nothing_is_followed() -> None:
    tide = np.zeros((1, 7))
    gain = _tide.follow(tide, np.array([50.0]), np.array([100.0]), np.ones(1))
    assert gain[0] == _tide.stands(tide)[0] == 0.0


def test_a_proven_swing_is_followed_to_where_it_stands_and_fades() -> None:
    days = np.exp(0.1 * np.random.default_rng(4).normal(size=(1, 28)))
    tide = moved(judged(np.repeat(days, 24, axis=1)), 1e6)
    for _ in range(40):
        moved(tide, 300.0)
        expected = 100.0 * np.exp(_tide.stands(tide))
        _tide.follow(tide, 100.0 * np.exp(0.1) - expected, expected, np.ones(1))
    assert _tide.stands(tide)[0] == pytest.approx(0.1, abs=0.02)
    assert abs(_tide.stands(moved(tide, 24 * HOUR))[0]) < 0.01


def test_what_goes_further_than_swings_do_is_not_followed_there() -> None:
    days = np.exp(0.1 * np.random.default_rng(4).normal(size=(1, 28)))
    tide = moved(judged(np.repeat(days, 24, axis=1)), 1e6)
    swing, gains = float(np.sqrt(_tide.unsure(tide)[0])), []
    for _ in range(200):
        moved(tide, 300.0)
        expected = 1_000.0 * np.exp(_tide.stands(tide))
        gains.append(_tide.follow(tide, 1_500.0 - expected, expected, np.ones(1))[0])
    assert _tide.stands(tide)[0] == pytest.approx(1.5 * swing, rel=0.02)
    assert gains[0] > 0.0
    assert gains[-1] < 0.1 * gains[0]
