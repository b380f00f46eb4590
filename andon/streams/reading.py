"""Reads metrics from frames: sums of cells become observations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from andon.model import Floats, Form, Ints, Metric, Observation, Scale
from andon.streams import bins
from andon.streams.frame import Frame, Weights, joined
from andon.streams.frames import Frames
from andon.streams.layout import Layout
from andon.streams.sums import sums

_QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
MOST_VALUES = 11
"""So many values has a score's histogram at most."""


def observe(
    metric: Metric, plan: Layout, frames: Frames, rows: Ints, room: int, end: float, spans: Sequence[float]
) -> Observation:
    """Return what a metric showed for `rows` in windows of `spans` seconds that end at `end`; `room`: rows there are."""
    seconds = np.asarray(spans, np.float64)
    x, n = np.zeros((len(rows), len(seconds))), np.zeros((len(rows), len(seconds)))
    read = _quantiles if metric.word in _QUANTILES else _sums
    if metric.form is Form.SCORE:
        return _score(metric, plan, frames, rows, room, end, seconds)
    order = np.argsort(seconds, kind="stable")
    for index, (values, weights) in zip(order, read(metric, plan, frames, room, end, seconds[order]), strict=True):
        x[:, index], n[:, index] = values.take(rows), weights.take(rows)
    if metric.form is Form.COUNT:
        n = np.broadcast_to(seconds, x.shape).copy()
    elif metric.form is Form.PROPORTION:
        x = np.minimum(np.maximum(x, 0.0), n)
    elif metric.word not in _QUANTILES:
        with np.errstate(invalid="ignore", divide="ignore"):
            x = np.where(n > 0, x / n, np.nan)
    return Observation(metric.form, x, n, seconds)


def weights(metric: Metric, plan: Layout) -> tuple[Floats, Floats]:
    """Return what each column counts in a metric's x and in its n, each (width,)."""
    if plan.scale is not None:
        return _rated(metric, plan.scale), np.ones(plan.width)
    if metric.word == "slow_share":
        return bins.beyond(metric.target), np.ones(plan.width)
    if metric.word in {*_QUANTILES, "requests", "ratings"}:
        return np.ones(plan.width), np.ones(plan.width)
    x, n = _COLUMNS.get(metric.word.partition(":")[0], (("count",), ("count",)))
    if metric.word.startswith("complaints:"):
        x = (f"topic {metric.word.partition(':')[2]}",)
    return _ones(plan, x), _ones(plan, n)


def counts(plan: Layout) -> Floats:
    """Return what each column counts in the number of signals, (width,)."""
    if plan.width > 1 and (first := plan.columns[0]) in {"sessions", "count", "n"}:
        return _ones(plan, (first,))
    return np.ones(plan.width)


def total(plan: Layout, frames: Frames, room: int, end: float, span: float) -> Floats:
    """Return how many signals every row had in a window, (room,)."""
    by = frames.weights.get("signals") or frames.weights.setdefault("signals", Weights(counts(plan)[np.newaxis]))
    return _weigh(frames.pieces(end - span, end), by, room).reshape(room)


_COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "crash_rate": (("crashes",), ("sessions",)),
    "crash_free": (("crashes",), ("sessions",)),
    "sessions": (("sessions",), ("sessions",)),
    "negative_share": (("negative",), ("negative", "neutral", "positive")),
    "gauge": (("sum",), ("n",)),
    "counter": (("sum",), ("n",)),
}


def grid(points: Floats) -> tuple[Floats, Floats]:
    """Return the values that scores of `points` (width,) are kept at, (k,), and what each column counts at each, (k, width).

    On a scale of more than eleven points a rating counts in part at the two values that it lies between, so that the mean
    stays what it is; to a bet on the mean, so spread out, it pays a little less than it would.
    """
    values = np.unique(points)
    if len(values) > MOST_VALUES:
        values = np.linspace(values[0], values[-1], MOST_VALUES)
    within = [np.interp(points, values, one) for one in np.eye(len(values))]
    return values, np.array(within)


def _score(
    metric: Metric, plan: Layout, frames: Frames, rows: Ints, room: int, end: float, seconds: Floats
) -> Observation:
    points, ones = weights(metric, plan)
    values, within = grid(points)
    by = frames.weights.get(metric) or frames.weights.setdefault(metric, Weights(np.vstack([points, ones, within])))
    found, order = np.zeros((len(rows), len(seconds), 2 + len(values))), np.argsort(seconds, kind="stable")
    for place, added in zip(order, _added(by, frames, room, end, seconds[order]), strict=True):
        found[:, place] = added.T[rows]
    x, n = found[:, :, 0], found[:, :, 1]
    mean = np.divide(x, n, out=np.full(x.shape, np.nan), where=n > 0)
    return Observation(metric.form, mean, n, seconds, found[:, :, 2:], values)


def _rated(metric: Metric, scale: Scale) -> Floats:
    values = np.arange(scale.low, scale.high + 1, dtype=np.float64)
    good = ((values >= scale.good[0]) & (values <= scale.good[1])).astype(np.float64)
    bad = ((values >= scale.bad[0]) & (values <= scale.bad[1])).astype(np.float64)
    head = metric.word.partition(":")[0]
    return {"csat": good, "good_share": good, "nps": 100 * (good - bad), "ces": values, "mean": values}.get(head, bad)


def _ones(plan: Layout, names: tuple[str, ...]) -> Floats:
    return np.array([1.0 if name in names else 0.0 for name in plan.columns])


def _sums(
    metric: Metric, plan: Layout, frames: Frames, room: int, end: float, spans: Floats
) -> Sequence[tuple[Floats, Floats]]:
    by = frames.weights.get(metric) or frames.weights.setdefault(metric, Weights(np.array(weights(metric, plan))))
    return [(n - x if metric.word == "crash_free" else x, n) for x, n in _added(by, frames, room, end, spans)]


def _added(by: Weights, frames: Frames, room: int, end: float, spans: Floats) -> Iterator[Floats]:
    """Yield k sums of every row's cells, (k, room), over each of ascending `spans` that end at `end`."""
    sum_, edge = np.zeros((len(by.columns), room)), end
    for span in spans.tolist():
        pieces, edge = frames.pieces(end - span, edge), end - span
        sum_ = sum_ + _weigh(pieces, by, room)
        yield sum_


def _quantiles(
    metric: Metric, plan: Layout, frames: Frames, room: int, end: float, spans: Floats
) -> Sequence[tuple[Floats, Floats]]:
    edge, cells, found = end, joined([]), []
    for span in spans.tolist():
        more = joined([cells, *frames.pieces(end - span, edge)])
        cells, edge = frames.merged(more.keys, more.values), end - span
        row = cells.keys // plan.width
        found.append(bins.quantile(row, cells.keys - row * plan.width, cells.values, room, _QUANTILES[metric.word]))
    return found


def _weigh(pieces: Sequence[Frame], weights: Weights, room: int) -> Floats:
    """Return k sums of every row's cells in some frames, (k, room)."""
    if not pieces:
        return np.zeros((len(weights.columns), room))
    found = [piece.weighed(weights) for piece in pieces]
    rows = np.concatenate([rows for rows, _ in found])
    return np.array([sums(rows, one, room) for one in np.concatenate([values for _, values in found], axis=1)])
