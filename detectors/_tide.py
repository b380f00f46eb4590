"""A base rate's tide: the slow swing that is usual for a series (a day's own level, the hour of the day), and is followed.

How high it goes is learnt from blocks of an hour: what one has over the expected, times what the one before had. Chance
leaves nothing of such products, a swing that outlives the hour leaves its variance. The swing is then tracked by Kalman's
filter as an Ornstein-Uhlenbeck process that fades within hours (Durbin & Koopman, Time Series Analysis by State Space
Methods, 2012): while it is not known where it stands it widens what is expected, and what it has known before, a shift
of that size is no news. It is followed no further than swings usually go: what lies beyond is a shift, and must not become
one's own baseline. Where no swing is proven, nothing is followed.
"""

from __future__ import annotations

import numpy as np

from andon.detector import Field
from andon.model import Bools, Floats

_EBB = 21_600.0
"""Seconds in which a swing fades to 1/e."""
_SURE = 1.0
"""Standard errors that a swing's variance must exceed."""
_MORE = 1.5
"""The base rate has followed part of each swing by itself, and a part of it is gone by the next hour."""
_KEEP = 1.0 - 1.0 / 1000.0
"""Blocks are forgotten over about 1,000."""
_SMALL = 0.01
"""Blocks weigh as if they had swings of about a tenth."""
_FAR = 1.5
"""Standard deviations of a swing beyond which it is not followed; without such a bound one lasting shift in 100 was swallowed."""
_STANDS, _UNSURE, _SWELL, _BEFORE, _SUM, _SQUARES, _WEIGHT = range(7)


def field() -> Field:
    """Return the state's field: where the swing stands in log odds, and the variance of that; its size, and sums for it."""
    return Field("f8", (7,))


def ebb(tide: Floats, elapsed: Floats) -> Floats:
    """Return by how much a swing fades in `elapsed` seconds (m,), after moving `tide` (m, 7) on by them in place."""
    fading = np.exp(-elapsed / _EBB)
    square = fading * fading
    tide[:, _STANDS] *= fading
    tide[:, _UNSURE] = square * tide[:, _UNSURE] + (1.0 - square) * tide[:, _SWELL]
    return np.asarray(fading)


def stands(tide: Floats) -> Floats:
    """Return where the swing stands (m,), in log odds of the base rate."""
    return tide[:, _STANDS]


def swings(tide: Floats) -> Bools:
    """Tell where a swing is proven (m,)."""
    return np.asarray(tide[:, _SWELL] > 0.0)


def unsure(tide: Floats) -> Floats:
    """Return the variance (m,) of where it stands."""
    return tide[:, _UNSURE]


def alike(tide: Floats, share: Floats) -> Floats:
    """Return how alike the trials of one look are for want of knowing where it stands, at a `share` (m,)."""
    return np.asarray(unsure(tide) * share * (1.0 - share))


def follow(tide: Floats, surprise: Floats, known: Floats, spread: Floats) -> Floats:
    """Move `tide` in place by a look's surprise; return the gain (m,), by which log odds move a count of surprise.

    `surprise` (m,): the count over what was expected; `known` (m,): its variance by chance alone, `spread` (m,) times which it
    has. Where the swing would go further than swings do, the gain is only as much as it still went.
    """
    gain = tide[:, _UNSURE] / (spread + tide[:, _UNSURE] * known)
    tide[:, _UNSURE] = gain * spread
    stood, step = tide[:, _STANDS].copy(), gain * surprise
    far = np.maximum(_FAR * np.sqrt(tide[:, _SWELL]), np.abs(stood))
    tide[:, _STANDS] = np.clip(stood + step, -far, far)
    went = np.divide(tide[:, _STANDS] - stood, step, out=np.ones(len(step)), where=np.abs(step) > 1e-12)
    return np.asarray(gain * went)


def judge(tide: Floats, told: tuple[Floats, Floats, Floats], least: float) -> Floats:
    """Return `tide` (m, 7) after a block of k in n, of which the base rate alone expected so many: `told`, (m,) each.

    A swing whose standard deviation is less than `least`, in log odds, is none.
    """
    k, n, expected = told
    known = expected * np.maximum(1.0 - expected / n, 1e-9)
    over = (k - expected) / known
    weight = 1.0 / (1.0 / known + _SMALL) ** 2
    product = weight * over * tide[:, _BEFORE]
    tide[:, _SUM:] = tide[:, _SUM:] * _KEEP + np.stack([product, product * product, weight], axis=1)
    tide[:, _BEFORE] = over
    swell = (tide[:, _SUM] - _SURE * np.sqrt(tide[:, _SQUARES])) / tide[:, _WEIGHT]
    swell = np.clip(_MORE * swell, 0.0, 1.0)
    tide[:, _SWELL] = np.where(swell >= least * least, swell, 0.0)
    return tide
