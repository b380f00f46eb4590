"""Shares whose odds are multiplied: of what a shift by a ratio makes, and of what it was made."""

from __future__ import annotations

import numpy as np

from andon.model import Floats


def moved(share: Floats, ratio: Floats) -> Floats:
    """Return the share once its odds are `ratio` times as high."""
    return np.asarray(share * ratio / (1.0 + share * (ratio - 1.0)))


def before(share: Floats, part: Floats, ratio: Floats) -> Floats:
    """Return the share that becomes `share` once the odds of a `part` of the trials are `ratio` times as high."""
    square = (1.0 - part) * (ratio - 1.0)
    linear = 1.0 - part + part * ratio - share * (ratio - 1.0)
    return np.asarray(2.0 * share / (linear + np.sqrt(linear * linear + 4.0 * square * share)))
