from __future__ import annotations

import numpy as np
import pytest

from andon.model import Floats
from detectors import _betabin


def told(k: Floats, n: float, share: float, odds: float, off: float = 0.0) -> tuple[Floats, Floats]:
    shifted = share * odds / (1.0 + share * (odds - 1.0))
    columns = (np.full((len(k), 1), value) for value in (n, share, shifted, 1e-12, off))
    return _betabin.weigh(k[:, None], *columns)


@pytest.mark.parametrize(("share", "k"), [(0.15, 0.0), (0.15, 1.0), (0.8, 0.0), (0.8, 1.0)])
def test_a_single_trial_is_weighed_exactly(share: float, k: float) -> None:
    logs, _ = told(np.array([k]), 1.0, share, 2.2)
    shifted = 2.2 * share / (1.0 + 1.2 * share)
    assert logs[0, 0] == pytest.approx(np.log(shifted / share if k else (1.0 - shifted) / (1.0 - share)), rel=1e-6)


@pytest.mark.parametrize(("share", "odds", "off"), [(0.05, 2.0, 0.005), (0.05, 0.5, -0.005), (0.9, 2.0, 0.01)])
@pytest.mark.parametrize("n", [1.0, 50.0])
def test_a_share_that_is_off_by_what_is_allowed_gives_no_evidence(
    share: float, odds: float, off: float, n: float
) -> None:
    k = np.random.default_rng(2).binomial(int(n), share + off, 40_000).astype(np.float64)
    logs, _ = told(k, n, share, odds, off)
    usual, _ = told(k, n, share, odds)
    assert np.exp(logs).mean() <= 1.01
    assert np.exp(logs).mean() < np.exp(usual).mean()


@pytest.mark.parametrize(("n", "share"), [(1.0, 0.15), (1.0, 0.8), (1000.0, 0.002), (50.0, 0.3)])
def test_sums_cross_their_line_by_as_much_as_is_said(n: float, share: float) -> None:
    rng, sums, line, over = np.random.default_rng(1), np.zeros(3_000), 100.0, []
    for _ in range(400):
        k = rng.binomial(int(n), share, len(sums)).astype(np.float64)
        logs, factor = told(k, n, share, 2.2)
        sums = (sums + 1.0) * np.exp(logs[:, 0])
        over += (sums[sums >= line] / line).tolist()
        sums[sums >= line] = 0.0
    assert float(np.mean(over)) == pytest.approx(1.0 / np.exp(factor[0]), rel=0.2)
