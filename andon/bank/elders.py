"""What a new series may take over: the baseline of a sibling that differs from it in one dimension.

A release's first minutes are judged by what was usual of the version before it; a series that has to learn first would
take its own faults for usual. Shares and levels compare between siblings; counts do not, since they grow from nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from andon.bank.probe import Probe
from andon.bank.view import DAY, View
from andon.model import Form, Ints
from andon.rulebook.model import Rule


def inherit(view: View, rule: Rule, probes: Sequence[Probe], new: Ints, learnt: Ints) -> None:
    """Give each of the `new` rows the baseline of its elder among the `learnt` rows, where it has one.

    An elder has the same value in every dimension of the rule's `by` (of which there are two at least) but one: the last
    such dimension, if there is a choice, and of its values the one with most signals in the last day.
    """
    projection = rule.projection
    if rule.metric.form is Form.COUNT or len(projection.by) < 2 or not len(new) or not len(learnt):
        return
    volume = view.streams.volume(projection, learnt, view.end, DAY).tolist()
    keys = [_key(view, rule, row) for row in learnt.tolist()]
    order = sorted(range(len(keys)), key=lambda place: (-volume[place], keys[place]))
    of: dict[tuple[int, tuple[str, ...]], int] = {}
    for place in order:
        for short in _shortened(keys[place]):
            of.setdefault(short, int(learnt[place]))
    for row in new.tolist():
        elders = [of[short] for short in _shortened(_key(view, rule, row)) if short in of]
        if elders:
            _copy(probes, elders[-1], row)


def _key(view: View, rule: Rule, row: int) -> tuple[str, ...]:
    labels = view.streams.labels(rule.projection, row)
    return tuple(labels.get(name, "") for name in rule.projection.by)


def _shortened(key: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    """Return a key without each of its dimensions; the last, the finest by custom, comes last."""
    return [(place, key[:place] + key[place + 1 :]) for place in range(len(key))]


def _copy(probes: Sequence[Probe], elder: int, row: int) -> None:
    for probe in probes:
        for array in probe.table.arrays.values():
            array[row] = array[elder]
        probe.table.forgive(np.array([row], dtype=np.int64))
