"""What a usual look would have shown of a longer one: its events drawn at random, by a seed."""

from __future__ import annotations

import numpy as np

from andon.model import Floats, Form

_MOST = 1e15


def thinned(
    form: Form, seen: tuple[float, float, Floats | None], values: Floats | None, part: float, seed: tuple[int, ...]
) -> float | None:
    """Return the natural value of `part` of a window that showed x, n and, of a score, counts (k,) at `values` (k,).

    None where nothing can be drawn from what it showed.
    """
    x, n, hist = seen
    if not (0.0 <= x <= _MOST or form is Form.SCORE) or n > _MOST:
        return None
    rng = np.random.default_rng(seed)
    if form is Form.COUNT:
        return float(rng.binomial(round(x), part)) / (n * part)
    fewer = max(round(n * part), 1)
    if form is Form.PROPORTION:
        return float(rng.binomial(fewer, min(x / n, 1.0))) / fewer
    if hist is None or values is None or not (np.isfinite(hist).all() and hist.min() >= 0.0 and hist.sum() > 0.0):
        return None
    return float(rng.multinomial(fewer, hist / hist.sum()) @ values) / fewer
