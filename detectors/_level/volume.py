"""How noisy a level is for want of events: of few of them, as on a holiday, it strays more than it usually does.

By how much cannot be known beforehand: as if all its noise were the events' own, a mean's of a quarter of them is twice as
large. It counts only below what is usual at the quiet end of a day, since the spread has been learnt from quiet hours too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from andon.detector import Field, State
from andon.model import Floats, Ints

FIELDS: Mapping[str, Field] = {"volume": Field("f4")}
_LOOKS, _TIME = 400.0, 4.0 * 86_400.0
"""Looks over which the usual number of events follows upwards, or those of four days if they are more."""
_LOW = 10.0
"""How many times as fast it follows downwards: it lies low among a day's (an expectile: Newey & Powell, Econometrica 55, 1987)."""
_MOST = 3.0
"""No level counts as noisier than so: a ninth of the events."""


def noise(state: State, rows: Ints, n: Floats, looks: Floats) -> Floats:
    """Return how many times as noisy (m,) as usual a level of `n` (m,) events is, at least 1, `looks` after the first."""
    fewer = np.asarray(state["volume"][rows], np.float64) - np.log(np.maximum(n, 1e-9))
    return np.where(looks > 0.0, np.clip(np.exp(0.5 * fewer), 1.0, _MOST), 1.0)


def learn(state: State, rows: Ints, n: Floats, looks: Floats, every: float) -> None:
    """Learn how many events (m,), more than none, are usual; looks come `every` seconds."""
    usual, found = np.asarray(state["volume"][rows], np.float64), np.log(n)
    keep = np.minimum(looks + 1.0, max(_LOOKS, _TIME / every))
    rate = np.minimum(1.0, np.where(found < usual, _LOW, 1.0) / keep)
    state["volume"][rows] = usual + rate * (found - usual)
