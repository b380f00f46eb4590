"""The new normal: what an alert told of becomes what is usual, since somebody accepted it, or it has lasted long enough."""

from __future__ import annotations

import numpy as np

from andon.bank.probe import Probe
from andon.bank.relearn import LONGEST, learn_anew
from andon.bank.view import View
from andon.detector import Accepts
from andon.model import Floats, Ints


def adapts(probe: Probe) -> bool:
    """Tell whether a test has a baseline that can be made anew; one with a line of its own has none, unless it says so."""
    return probe.calibrated or isinstance(probe.detector, Accepts)


def adapt(view: View, probe: Probe, rows: Ints, since: Floats) -> None:
    """Make what series (m,) have shown since their change points the baseline of a test; its evidence is nothing again.

    On a known day, too: it was said of this very stretch. A test that has no baseline is left alone.
    """
    if not adapts(probe):
        return
    spans = _spans(view.end, since, probe)
    if isinstance(probe.detector, Accepts):
        for span in np.unique(spans).tolist():
            some = rows[spans == span]
            probe.detector.accept(probe.table.arrays, some, probe.observe(view, (span,), some), view.end)
    else:
        learn_anew(view, probe, rows, spans, all_of_it=True)
    probe.table.forgive(rows)


def _spans(end: float, since: Floats, probe: Probe) -> Floats:
    shortest = max(probe.rule.every, probe.windows[0])
    found: Floats = np.where(np.isnan(since), shortest, np.clip(end - since, shortest, LONGEST))
    return found
