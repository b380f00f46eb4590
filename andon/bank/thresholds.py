"""From a promise to a threshold: how high a score must be before anybody is called.

A score is the log odds against chance with time in units of `every`, so a promise of one false alarm in N looks is the
threshold ln N. Tests of one rule of which any may fire share its promise: each of k gets ln(N k).
"""

from __future__ import annotations

import math

import numpy as np

from andon.detector import Detector
from andon.errors import ConfigError
from andon.model import Floats, Tier
from andon.rulebook.model import Rule, Test, When

MONTH = 30 * 86_400.0
EVEN = 0.5
"""The part of a promise `in all` that is divided evenly, so that no series is starved; the rest goes by volume."""


def line(rule: Rule, test: Test, detector: Detector, sharing: int) -> float:
    """Return the threshold of one test; 0 for a detector that has its own line. ConfigError: nothing was promised."""
    if not detector.calibrated:
        return 0.0
    if test.promise is None:
        raise ConfigError(
            f"{rule.place}: rule {rule.id!r}: detector {test.detector!r} keeps a promise and was given none; "
            "say how often it may be wrong, as in `false_alarms: 1 per 30d`"
        )
    looks = test.promise.seconds / test.promise.times / rule.every
    return max(math.log(looks * sharing), 0.0)


def sharing(when: When, calibrated: int) -> int:
    """Return among how many tests a rule's promise is divided; tests that must `all` agree need not divide it."""
    return max(calibrated, 1) if when.op == "any" else 1


def allot(volume: Floats) -> Floats:
    """Divide a promise `in all` over live series by their volume, (m,): shares that add up to 1 at most.

    Half of it goes evenly. Sums are exact, so that the order of the series changes nothing.
    """
    count = len(volume)
    if count == 0:
        return volume.copy()
    weight = np.where(np.isfinite(volume) & (volume > 0), volume, 0.0)
    whole = math.fsum(weight.tolist())
    by_volume = weight / whole if whole > 0 else np.full(count, 1.0 / count)
    return EVEN / count + (1.0 - EVEN) * by_volume


def promised(rule: Rule, live: int) -> float:
    """Return the false pages per 30 days that a rule has promised to stay below, over its `live` segments.

    A rule in shadow or of tier watch pages nobody: 0. Tests with their own line promise nothing.
    """
    if rule.when is None or rule.shadow or rule.tier is Tier.WATCH:
        return 0.0
    promises = [test.promise for test in rule.when.tests if test.promise is not None]
    if not promises:
        return 0.0
    most = max(promises, key=lambda promise: promise.times / promise.seconds)
    return most.times / most.seconds * MONTH * (1 if most.in_all else live)
