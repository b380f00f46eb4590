"""The best that can be had where both laws are known: Page's CUSUM, exactly where its Markov chain is small, else drawn."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from andon.model import Floats
from tests.bench._detect_laws import Counts, Draw, Law, Trials
from tests.real.shared import ROOT

_ROWS, _LONG = 3_000, 2.0
_LINES = 1_000


def delay(calm: Law, shifted: Law, asked: float) -> float:
    """Return the mean delay, in looks, after a late change, of the CUSUM that knows both laws and rings once in `asked`."""
    exact = _exact()
    if exact is not None:
        match calm, shifted:
            case Trials(n, a, 1.0), Trials(_, b, 1.0) if b > a:
                return float(exact("binomial" if n > 1 else "bernoulli", a, b, asked, n)["steady"])
            case Trials(n, a, 1.0), Trials(_, b, 1.0) if b < a:
                return float(exact("binomial" if n > 1 else "bernoulli", 1 - a, 1 - b, asked, n)["steady"])
            case Counts(a, 1.0), Counts(b, 1.0) if b > a:
                return float(exact("poisson", a, b, asked)["steady"])
    return drawn(calm, shifted, asked)


def drawn(calm: Law, shifted: Law, asked: float, seed: int = 11) -> float:
    """Return the same by drawing: for laws that no Markov chain of integers tells."""
    rng = np.random.default_rng(seed)

    def ratio(draw: Draw) -> Floats:
        seen = draw(0.0, 1.0)
        return shifted.log_mass(seen) - calm.log_mass(seen)

    line = _line(ratio, calm.open(rng, _ROWS), asked)
    usual, total, rang = calm.open(rng, 3 * _ROWS), np.zeros(3 * _ROWS), np.zeros(3 * _ROWS, dtype=np.bool_)
    for _ in range(int(min(asked / 2.0, 200.0))):
        total = np.maximum(total + ratio(usual), 0.0)
        rang |= total >= line
    total, waits = total[~rang], 0.0
    moved, live = shifted.open(rng, len(total)), np.ones(len(total), dtype=np.bool_)
    while live.any():
        waits += float(live.sum())
        total = np.maximum(total + ratio(moved), 0.0)
        live &= total < line
    return waits / len(total)


def _line(ratio: Callable[[Draw], Floats], draw: Draw, asked: float) -> float:
    """Return the height that the CUSUM reaches once in `asked` looks."""
    heights = np.linspace(0.05, 1.5 * np.log(asked), _LINES)
    total, most = np.zeros(_ROWS), np.zeros(_ROWS)
    risk = np.zeros(_LINES)
    for _ in range(int(_LONG * asked)):
        risk += _below(most, heights)
        total = np.maximum(total + ratio(draw), 0.0)
        np.maximum(most, total, out=most)
    alarms = _ROWS - _below(most, heights)
    return float(np.interp(np.log(asked), np.log(risk / np.maximum(alarms, 0.5)), heights))


def _below(most: Floats, heights: Floats) -> Floats:
    """Return how many rows have stayed below each height."""
    places = np.searchsorted(heights, most, side="right")
    return np.cumsum(np.bincount(places, minlength=_LINES + 1)[:_LINES]).astype(np.float64)


@cache
def _exact() -> Callable[..., dict[str, Any]] | None:
    """Return the shared Markov chain; None where the shared folder is absent: then all is drawn."""
    path = Path(ROOT).parent / "bench" / "cusum_optimum.py"
    spec = importlib.util.spec_from_file_location("cusum_optimum", path)
    if not path.exists() or spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[..., dict[str, Any]] = module.optimal
    return found
