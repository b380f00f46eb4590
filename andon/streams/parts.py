"""Who carries a change: the share of what went wrong by each value of the dimensions that a series does not fix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from andon.model import Floats, Kind, Labels, Metric, Part
from andon.streams.layout import Cells, Layout
from andon.streams.sums import sums

_BITS = 53
"""Columns whose marks fit into a float."""
_TELLING = 0.02
_TAIL = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0}


def badness(metric: Metric, plan: Layout, value: Floats, weight: Floats) -> Floats:
    """Return how much each signal counts as what a metric complains of: bad ratings, crashes, slow requests, complaints."""
    if plan.scale is not None:
        low, high = plan.scale.bad
        return np.where((value >= low) & (value <= high), weight, 0.0)
    if plan.kind is Kind.CRASH and metric.word != "sessions":
        return np.where(value >= 0, value, 1.0)
    if plan.kind is Kind.LATENCY:
        return _slow(metric, value, weight)
    if plan.kind is Kind.COMPLAINT:
        return _told(metric, plan, value, weight)
    if plan.kind is Kind.COUNTER:
        return np.abs(np.nan_to_num(value)) * weight
    return weight


def _slow(metric: Metric, value: Floats, weight: Floats) -> Floats:
    """Count what lies beyond the target, or, for a quantile, beyond that quantile of all."""
    if metric.word == "slow_share":
        return np.where(value > metric.target, weight, 0.0)
    if metric.word in _TAIL and len(value):
        return np.where(value >= np.percentile(value, _TAIL[metric.word]), weight, 0.0)
    return weight


def _told(metric: Metric, plan: Layout, marked: Floats, weight: Floats) -> Floats:
    """Count the complaints with the metric's topic, or a negative tone."""
    head, _, topic = metric.word.partition(":")
    name = "negative" if head == "negative_share" else f"topic {topic}"
    column = plan.columns.index(name) if name in plan.columns else _BITS
    if column >= _BITS:
        return weight
    return np.where(np.floor(np.ldexp(marked, -column)) % 2 == 1, weight, 0.0)


def marks(found: Cells, room: int) -> Floats:
    """Return for each signal the sum of 2 ** column over its cells, (room,): what a complaint was about, as one number."""
    low = found.column < _BITS
    return sums(found.at[low], np.ldexp(1.0, found.column[low]), room)


def parts(segments: Sequence[Labels], bad: Floats, weight: Floats, fixed: frozenset[str], most: int) -> list[Part]:
    """Return the finer segments that carry most of what is bad, the most telling first.

    `segments`, `bad` and `weight` (n,) describe the series' signals; dimensions in `fixed` are the series' own, and one that
    has a single value tells nothing. A part tells by how far its share of the bad exceeds its share of all; where all is
    bad (complaints), by its share.
    """
    all_bad, all_weight = float(bad.sum()), float(weight.sum())
    if all_bad <= 0 or all_weight <= 0:
        return []
    by_name: dict[str, dict[str, list[float]]] = {}
    for labels, its_bad, its_weight in zip(segments, bad.tolist(), weight.tolist(), strict=True):
        for name, value in labels.items():
            one = by_name.setdefault(name, {}).setdefault(value, [0.0, 0.0])
            one[0] += its_bad
            one[1] += its_weight
    usual = 0.0 if np.array_equal(bad, weight) else 1.0 / all_weight
    ranked = sorted(
        (usual * of - its_bad / all_bad, name, value, its_bad / all_bad)
        for name, values in by_name.items()
        if name not in fixed and len(values) > 1
        for value, (its_bad, of) in values.items()
    )
    return [Part(labels={name: value}, share=share) for less, name, value, share in ranked[:most] if less < -_TELLING]
