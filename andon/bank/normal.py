"""The new normal: what an alert told of becomes what is usual, since somebody accepted it, or it has lasted long enough."""

from __future__ import annotations

import math

import numpy as np

from andon.bank.probe import Probe
from andon.bank.relearn import LONGEST, learn_anew
from andon.bank.view import View
from andon.detector import Accepts


def adapts(probe: Probe) -> bool:
    """Tell whether a test has a baseline that can be made anew; one with a line of its own has none, unless it says so."""
    return probe.calibrated or isinstance(probe.detector, Accepts)


def adapt(view: View, probe: Probe, row: int, since: float) -> None:
    """Make what a series has shown since its change point the baseline of a test; its evidence is nothing again.

    A test that has no baseline is left alone.
    """
    if not adapts(probe):
        return
    rows = np.array([row], dtype=np.int64)
    span = _span(view.end, since, probe)
    if isinstance(probe.detector, Accepts):
        seen = probe.observe(view, (span,), rows)
        probe.detector.accept(probe.table.arrays, rows, seen, view.end)
    else:
        learn_anew(view, probe, rows, span)
    probe.table.forgive(rows)


def _span(end: float, since: float, probe: Probe) -> float:
    shortest = max(probe.rule.every, probe.windows[0])
    return shortest if math.isnan(since) else min(max(end - since, shortest), LONGEST)
