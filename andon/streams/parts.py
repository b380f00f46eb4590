"""Who carries a change: the share of what went wrong by each value of the dimensions that a series does not fix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from andon.model import Floats, Labels, Metric, Part
from andon.streams.layout import Layout

_TAIL = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0}


def badness(metric: Metric, plan: Layout, value: Floats, weight: Floats) -> Floats:
    """Return how much each signal counts as what a metric complains of: bad ratings, crashes, slow requests, complaints."""
    if plan.scale is not None:
        low, high = plan.scale.bad
        return np.where((value >= low) & (value <= high), weight, 0.0)
    if metric.word in {"crash_rate", "crash_free"}:
        return np.where(value >= 0, value, 1.0)
    if metric.word == "slow_share":
        return np.where(value > metric.target, weight, 0.0)
    if metric.word in _TAIL and len(value):
        return np.where(value >= np.percentile(value, _TAIL[metric.word]), weight, 0.0)
    if metric.word.startswith("counter:"):
        return np.abs(np.nan_to_num(value)) * weight
    return weight


def parts(segments: Sequence[Labels], bad: Floats, weight: Floats, fixed: frozenset[str], most: int) -> list[Part]:
    """Return the finer segments that carry most beyond their share of the traffic, largest first.

    `segments`, `bad` and `weight` (n,) describe the series' signals; dimensions in `fixed` are the series' own.
    """
    all_bad, all_weight = float(bad.sum()), float(weight.sum())
    if all_bad <= 0 or all_weight <= 0:
        return []
    sums: dict[tuple[str, str], list[float]] = {}
    for labels, its_bad, its_weight in zip(segments, bad.tolist(), weight.tolist(), strict=True):
        for item in labels.items():
            if item[0] not in fixed:
                one = sums.setdefault(item, [0.0, 0.0])
                one[0] += its_bad
                one[1] += its_weight
    ranked = sorted(sums.items(), key=lambda item: (item[1][1] / all_weight - item[1][0] / all_bad, item[0]))
    some = [(name, value, one[0] / all_bad) for (name, value), one in ranked if one[0] > 0][:most]
    return [Part(labels={name: value}, share=share) for name, value, share in some]
