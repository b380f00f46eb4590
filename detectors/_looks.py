"""How far apart looks with data usually are."""

from __future__ import annotations

import numpy as np

from andon.model import Floats


def usual_gap(gap: Floats, latest: Floats) -> Floats:
    """Return the usual gap (m,) after the `latest` one, all in seconds: a running mean over about 50, outliers bounded.

    History comes in pieces longer than a look; a piece counts as its last look, so that pieces in a row leave no gap.
    """
    return np.asarray(gap + 0.02 * (np.clip(latest, 0.0, 20.0 * gap) - gap))
