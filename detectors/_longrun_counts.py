"""The long-run variance of a count: how much more sums over longer spans stray than its hours tell, as its rate wanders.

Sums of 6, 24 and 96 hours are held against what was expected of them, in units of the variance that their hours would give
were they independent. Evidence is divided by that factor, as quasi-likelihoods are (Wedderburn, Biometrika 61, 1974),
of the span that a shift of its size takes to show: a large one shows within hours, and what wanders from day to day
does not hide it; a small one takes days.
"""

from __future__ import annotations

import numpy as np

from andon.detector import Field
from andon.model import Floats

HOURS = (6, 24, 96)
_SEEN, _OFF, _VARIANCE, _SQUARES = 0, 1, 4, 7
"""Hours seen; of each span: how far the one under way is off, by what variance, and the sum of squares of those before."""
WIDTH = 1 + 3 * len(HOURS)
_KEEP = 60 * 24
"""Hours remembered: fifteen of the longest span."""
_RUNGS: Floats = 2.0 ** np.arange(0.0, 9.0, 0.5)
_PRIOR: Floats = np.where(_RUNGS > 1.0, -1.0 - 0.35 * np.arange(len(_RUNGS)), 0.0)
"""Log odds of each factor: most likely there is none."""
_FIRM = 8.0
"""Spans without surprise that a single one is held against, so that one day of trouble does not count in full."""
_NATS = 7.0
"""What evidence must come to before it is told: a promise of about 1 in 1,000."""


def field() -> Field:
    """Return the state's field."""
    return Field("f4", (WIDTH,))


def learn(spans: Floats, off: Floats, variance: Floats, level: Floats) -> Floats:
    """Return the record (m, WIDTH) after one more hour each.

    `off` (m,): by how much it held more than expected, `variance` (m,) of that, and `level` (m,) the variance that all hours
    share, since what was expected of them was learnt together.
    """
    new = spans.copy()
    new[:, _SEEN] += 1.0
    new[:, _SEEN] -= np.where(new[:, _SEEN] >= _KEEP + HOURS[-1], HOURS[-1], 0.0)
    new[:, _OFF:_VARIANCE] += off[:, None]
    new[:, _VARIANCE:_SQUARES] += variance[:, None]
    for place, hours in enumerate(HOURS):
        full = new[:, _SEEN] % hours < 1.0
        if full.any():
            new[full] = _closed(new[full], place, level[full])
    return new


def _closed(new: Floats, place: int, level: Floats) -> Floats:
    """Return the record with a span that is full counted, and a new one begun."""
    hours, off, variance, squares = HOURS[place], _OFF + place, _VARIANCE + place, _SQUARES + place
    found = np.square(new[:, off]) / np.maximum(new[:, variance] + level * hours**2, 1e-12)
    count = _count(new, hours)
    usual = (new[:, squares] + _FIRM) / (count + _FIRM)
    keep = np.where(new[:, _SEEN] >= _KEEP, 1.0 - hours / _KEEP, 1.0)
    new[:, squares] = new[:, squares] * keep + np.minimum(found, 9.0 * usual)
    new[:, [off, variance]] = 0.0
    return new


def factors(spans: Floats, speed: Floats) -> Floats:
    """Return by what evidence is to be divided, (m, j), at least 1.

    `speed` (m, j): the nats an hour that it would grow by, were hours independent, had the rate shifted by size j.
    """
    need = np.log(_NATS / np.maximum(speed, 1e-12))
    start, factor = np.zeros((len(spans), 1)), np.zeros((len(spans), 1))
    logs = np.zeros_like(speed)
    for place, hours in enumerate(HOURS):
        found = np.maximum(np.log(_strayed(spans, place))[:, None], factor)
        end = np.maximum(np.log(hours) - found, start + 0.1)
        logs += np.clip((need - start) / (end - start), 0.0, 1.0) * (found - factor)
        start, factor = end, found
    return np.exp(logs)


def _strayed(spans: Floats, place: int) -> Floats:
    """Return the expected factor (m,) of one span: of a few, each as likely as it predicts the squares seen."""
    count = _count(spans, HOURS[place])[:, None]
    told = _PRIOR - 0.5 * (count * np.log(_RUNGS) + spans[:, _SQUARES + place, None] / _RUNGS)
    weights = np.exp(np.maximum(told - told.max(axis=1, keepdims=True), -80.0))
    found = weights @ (_RUNGS - 1.0) / weights.sum(axis=1)
    return np.asarray(1.0 + found * count[:, 0] ** 2 / (count[:, 0] ** 2 + _FIRM**2))


def _count(spans: Floats, hours: int) -> Floats:
    return np.floor(np.minimum(spans[:, _SEEN], _KEEP) / hours)
