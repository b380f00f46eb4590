"""How unlike anything this series has done before a look is: the distance to the nearest place it has ever been to.

A look is seen from five sides: its value, the running mean, how far it jumped, how restless it lately was, and what a
baseline leaves of it. Of each side the series keeps a few places it has visited; what lies far from all of them is novel,
what comes back is not. Distances are judged by the series' own tail of distances, and their sum over the sides once more by
its own, so that the score is -ln p.

Source: leader clustering: Hartigan, Clustering Algorithms (1975). Distance to a neighbour as nonconformity: Laxhammar &
Falkman, Ann. Math. Artif. Intell. 74 (2015); Burnaev & Ishimtsev, arXiv:1608.04585. Peaks over threshold: Pickands, Ann.
Statist. 3 (1975).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from andon.detector import Field, State
from andon.model import Bools, Floats, Ints
from detectors._level import pareto

_SIDES = 5
"""Value, running mean, jump, restlessness, and what a baseline leaves of it."""
_PLACES = 12
"""Places remembered of each side."""
_LOOKS, _LAST, _SHORT, _RESTLESS, _TYPICAL = range(5)
_WHERE, _SPREAD, _DISTANCE, _TAIL = range(4)
_WIDTH = 4
"""Of a tail: looks seen, how many beyond the mark, the sum of their excesses, and of these squared."""
_NOWHERE = 1e30
"""Where a place is that was never visited."""
FIELDS: Mapping[str, Field] = {
    "novel": Field("f8", (5,)),
    "novel_height": Field("f8", (), evidence=True),
    "novel_places": Field("f4", (_SIDES, _PLACES), fill=_NOWHERE),
    "novel_visits": Field("f2", (_SIDES, _PLACES)),
    "novel_sides": Field("f4", (_SIDES, _TAIL + _WIDTH)),
    "novel_tail": Field("f4", (_WIDTH,)),
}
_MEAN, _RESTLESS_OVER = 8.0, 32.0
"""Looks that the running mean, and the mean step, are taken over."""
_YOUNG = 50.0
"""Looks before anything can be called novel."""
_SETTLED = 20.0
"""Looks before distances tell of the series and not of how little of it was seen."""
_KEEP = 1_000.0
"""Looks over which locations and spreads forget."""
_VISITS_KEEP = 2_000.0
"""Looks over which visits are forgotten."""
_FADE = 32.0
"""Looks between one fading of all visits and the next, for speed."""
_NEAR = 0.4
"""Spreads within which a look is a visit to a place, and not a place of its own."""
_BEND = 1.0
"""Spreads beyond which distances count by their logarithm."""
_MOST = 100.0
"""Usual distances beyond which farther is no more novel."""
_UNSEEN = 150.0
"""Looks after which half is believed of how strange a look is: in a young series much is seen for the first time."""
_STRANGE, _LATE = 6.5, 0.7
"""The least novelty that is told, and how much more than it says it is worth: it rings far less often than asked."""
_HALF_LIFE = 400.0
"""Looks after which what stood out is half forgotten."""
_MARK = 2.0
_SIDES_KEEP, _SUM_KEEP = 5_000.0, 2_000.0
"""Looks over which the tails forget."""
_PRIOR = pareto.Prior(looks=40.0, share=0.08, over=10.0, excess=0.7, shape=0.2, trust=30.0, most=0.45)
_RATE = 1.0 / 200.0
_LARGEST = 1e30


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A look held against the series' past, m rows, s sides.

    `surprise` (m,): -ln of the chance of a look so unlike all before it. `news` (m,): it stands out more than what is left
    of the last one that did. The rest is what `learn` needs: `seen` (m, s), the look's sides; `away`, `usual` (m, s), the bent
    distance and that in usual ones; `nearest` (m, s); `new` (m, s): no place is near; `total` (m,), the sides' sum.
    """

    surprise: Floats
    news: Bools
    seen: Floats
    away: Floats
    usual: Floats
    nearest: Ints
    new: Bools
    total: Floats


def take(state: State, rows: Ints, x: Floats, rest: Floats) -> Look:
    """Hold values and what a baseline leaves of them, (m,), finite, against the past; in the first 50 looks nothing is novel."""
    base, sides = state["novel"][rows], np.asarray(state["novel_sides"][rows], np.float64)
    looks = base[:, _LOOKS]
    seen = np.clip(_sides(base, x, rest), -_LARGEST, _LARGEST)
    gaps = np.abs(state["novel_places"][rows] - seen[:, :, None].astype(np.float32))
    nearest = gaps.argmin(axis=2)
    away = np.take_along_axis(gaps, nearest[:, :, None], axis=2)[:, :, 0] / _spread(sides)
    away = np.where(looks[:, None] > 0.0, away, 0.0)
    bent = _BEND * np.log1p(away / _BEND)
    usual = np.minimum(bent / np.maximum(sides[:, :, _DISTANCE], 1e-6), _MOST)
    total = pareto.surprise(_fit(sides[:, :, _TAIL:]), usual, _MARK).sum(axis=1)
    tail = _fit(np.asarray(state["novel_tail"][rows], np.float64))
    found = pareto.surprise(tail, total / np.maximum(base[:, _TYPICAL], 1e-3), _MARK)
    found = np.where(looks >= _YOUNG, found, 0.0)
    news = found > state["novel_height"][rows]
    return Look(found, news, seen, bent, usual, nearest, (away > _NEAR) | (looks[:, None] <= 0.0), total)


def told(look: Look, looks: Floats, noise: Floats) -> Floats:
    """Return the score (m,) of a look, `looks` (m,) after the first; -inf where nothing is to be told."""
    strange = look.surprise * (looks / (looks + _UNSEEN)) / noise
    return np.where(look.news & (strange >= _STRANGE), strange + _LATE, -np.inf)


def follow(state: State, rows: Ints, look: Look) -> None:
    """Remember how much a look stood out; after every look, learnt from or not."""
    height = state["novel_height"][rows]
    state["novel_height"][rows] = np.maximum(height * 0.5 ** (1.0 / _HALF_LIFE), look.surprise)


def learn(state: State, rows: Ints, look: Look) -> None:
    """Visit the place a look is at, or make it one in stead of the one least visited; learn how far is usual."""
    base, sides = state["novel"][rows], np.asarray(state["novel_sides"][rows], np.float64)
    looks = base[:, _LOOKS].copy()
    rate = 1.0 / np.minimum(looks + 1.0, _KEEP)
    settled = looks >= _SETTLED
    tails = sides[:, :, _TAIL:]
    sides[:, :, _TAIL:] = np.where(settled[:, None, None], _learnt(tails, look.usual, _SIDES_KEEP), tails)
    tail, scaled = np.asarray(state["novel_tail"][rows], np.float64), look.total / np.maximum(base[:, _TYPICAL], 1e-3)
    state["novel_tail"][rows] = np.where(settled[:, None], _learnt(tail, scaled, _SUM_KEEP), tail)
    _learn_sides(sides, look, looks, rate)
    state["novel_sides"][rows] = sides
    _visit(state, rows, look, looks)
    most = np.where(looks < 10.0, np.inf, 4.0 * base[:, _TYPICAL] + 0.1)
    base[:, _TYPICAL] += rate * (np.minimum(look.total, most) - base[:, _TYPICAL])
    base[:, _LAST], base[:, _SHORT], base[:, _RESTLESS] = look.seen[:, 0], look.seen[:, 1], look.seen[:, 3]
    base[:, _LOOKS] += 1.0
    state["novel"][rows] = base


def _sides(base: Floats, x: Floats, rest: Floats) -> Floats:
    """Return the sides (m, s) of a look: its value, mean, jump, restlessness, rest."""
    looks = base[:, _LOOKS]
    before = np.where(looks > 0.0, base[:, _SHORT], x)
    last = np.where(looks > 0.0, base[:, _LAST], x)
    mean = before + (x - before) * np.maximum(1.0 / _MEAN, 1.0 / (looks + 1.0))
    restless = base[:, _RESTLESS]
    restless = restless + (np.abs(x - last) - restless) * np.maximum(1.0 / _RESTLESS_OVER, 1.0 / (looks + 1.0))
    return np.stack([x, mean, x - before, restless, rest], axis=1)


def _spread(sides: Floats) -> Floats:
    """Return the spread (m, s) of each side: 1.25 mean deviations, as a normal's, and never quite nothing."""
    size = np.abs(sides[:, :1, _WHERE])
    return np.asarray(np.maximum(1.2533 * sides[:, :, _SPREAD], 1e-3 * size + 1e-12))


def _learn_sides(sides: Floats, look: Look, looks: Floats, rate: Floats) -> None:
    """Learn each side's location, spread and usual distance, what is far out winsorised; in place."""
    bound = np.where(looks[:, None] < 10.0, np.inf, _spread(sides))
    off = look.seen - np.where(looks[:, None] > 0.0, sides[:, :, _WHERE], look.seen)
    first = looks[:, None] <= 0.0
    distance = sides[:, :, _DISTANCE]
    most = np.where(looks[:, None] < _SETTLED, np.inf, 4.0 * distance + 1e-3)
    sides[:, :, _DISTANCE] = distance + rate[:, None] * (np.minimum(look.away, most) - distance)
    sides[:, :, _SPREAD] += rate[:, None] * (np.minimum(np.abs(off), 4.0 * bound) - sides[:, :, _SPREAD])
    where = sides[:, :, _WHERE] + rate[:, None] * np.clip(off, -8.0 * bound, 8.0 * bound)
    sides[:, :, _WHERE] = np.where(first, look.seen, where)


def _visit(state: State, rows: Ints, look: Look, looks: Floats) -> None:
    """Move the place nearest to each side towards it, or put the one least visited there."""
    places, visits = state["novel_places"], state["novel_visits"]
    fading = rows[looks % _FADE == 0.0]
    visits[fading] *= np.float16(1.0 - _FADE / _VISITS_KEEP)
    place = look.nearest.copy()
    row, side = np.nonzero(look.new)
    place[row, side] = visits[rows[row], side].argmin(axis=1)
    at = rows[:, None], np.arange(_SIDES), place
    count = np.where(look.new, 0.0, visits[at])
    there = np.where(look.new, look.seen, places[at])
    places[at] = there + np.maximum(1.0 / (count + 1.0), _RATE) * (look.seen - there)
    visits[at] = count + 1.0


def _learnt(tail: Floats, scaled: Floats, keep: float) -> Floats:
    """Return the tail (..., 4) after one more; what is far out counts as less far."""
    _, scale, _ = _fit(tail)
    excess = np.clip(scaled - _MARK, 0.0, pareto.FAR * scale)
    new = np.stack([np.ones_like(excess), scaled > _MARK, excess, excess * excess], axis=-1)
    return np.asarray((tail + new) * np.minimum(1.0, keep / (tail[..., :1] + 1.0)))


def _fit(tail: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the share beyond the mark, and scale and shape of what lies there, of tails (..., 4)."""
    seen, over, total, squares = (tail[..., place] for place in range(_WIDTH))
    mean = pareto.mean(_PRIOR, over, total)
    shape = pareto.shape(_PRIOR, over, mean, squares)
    return pareto.share(_PRIOR, seen, over), mean * (1.0 - shape), shape
