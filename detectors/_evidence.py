"""Shiryaev-Roberts sums: evidence that a series has changed, at some time not known.

Of each shift size j: R_j <- (R_j + w) L_j, with L_j the likelihood ratio of a step and w the looks it stands for. In
control, R minus elapsed time is a martingale, so alarming at R >= A keeps the mean time between false alarms above A,
whatever the traffic does (Pollak, Ann. Statist. 13, 1985; e-detectors: Shin, Ramdas & Rinaldo, NEJSDS 2, 2023).
Beside each sum runs Page's CUSUM, whose last visit to zero is the likeliest beginning of the change.
"""

from __future__ import annotations

import numpy as np

from andon.detector import Field
from andon.model import Bools, Floats

_CAP = 60.0
"""Evidence beyond e^60 adds nothing but time until it is gone again."""
_R, _C, _T = 0, 1, 2


def field(sizes: int) -> Field:
    """Return the state's field for `sizes` shift sizes: sums, CUSUMs, beginnings."""
    return Field("f8", (3, sizes), 0.0, evidence=True)


def advance(evidence: Floats, log_ratio: Floats, wait: Floats, start: Floats | float) -> tuple[Floats, Bools]:
    """Return the evidence (m, 3, j) after a step, and of which rows the step itself raised the sum.

    `log_ratio` (m, j) is 0 and `wait` (m,), in looks, is 0 where nothing was observed; `start`: when the step began.
    """
    log_ratio = np.clip(log_ratio, -300.0, 300.0)
    after = np.empty_like(evidence)
    grown = evidence[:, _R] + wait[:, None]
    np.minimum(grown * np.exp(log_ratio), np.exp(_CAP), out=after[:, _R])
    before = evidence[:, _C]
    np.clip(before + log_ratio, 0.0, _CAP, out=after[:, _C])
    begins = (before <= 0.0) & (after[:, _C] > 0.0)
    after[:, _T] = np.where(begins, np.reshape(start, (-1, 1)), evidence[:, _T])
    return after, after[:, _R].sum(axis=1) > grown.sum(axis=1)


def score(evidence: Floats, log_line: Floats) -> Floats:
    """Return ln(R / line) (m,), with R the mean over the shift sizes; -inf where there is no evidence."""
    mean = np.ascontiguousarray(evidence[:, _R].T).mean(axis=0)  # along rows it takes seven times as long
    return np.where(mean > 0.0, np.log(np.maximum(mean, 1e-300)) - log_line, -np.inf)


def since(evidence: Floats) -> Floats:
    """Return the likeliest beginning (m,) by the leading shift size; NaN where nothing points to a change."""
    leader = np.arange(len(evidence)), evidence[:, _R].argmax(axis=1)
    return np.where(evidence[:, _C][leader] > 0.0, evidence[:, _T][leader], np.nan)


def overshoot(log_shift: Floats, variance: Floats, spread: Floats) -> Floats:
    """Return ln F (m,), by how much a crossing overshoots its line on average; the line may be that much lower.

    `log_shift` (j,) are the logs of the shifts, `variance` (m,) that of a step's count, `spread` (m,) how many times that is
    what chance alone would give. Siegmund's correction (Sequential Analysis, 1985) with a lattice's share, bounded.
    """
    z = np.abs(log_shift)[:, None] / spread
    jump = np.sqrt((z / 3.0) ** 2 + (0.583 * z) ** 2 * variance)
    return np.asarray(np.log(np.exp(-np.minimum(jump, 5.0)).mean(axis=0)))
