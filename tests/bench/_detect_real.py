"""Part 3 of `detect`: the level detector on recorded, labelled series, as a rule's author gets it, beside river's nearest.

Recall at so many false ten-point bins in 1,000 points, and the NAB score with held-out threshold, by the shared scorers; and
how many false alarms came, on what is not labelled, of those that were promised. Every value counts that may raise an alarm.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from river.anomaly import StandardAbsoluteDeviation

from andon.model import Bools, Floats
from detectors.level import Level
from tests.bench import Report, Row, show
from tests.bench._recorded import Recorded, scores
from tests.real.shared import ROOT, WHY

_BUDGETS = (1.0, 4.0)
_GOALS = {"crash": (62.0, 85.0), "latency": (65.0, 90.0), "": (85.0, 95.0)}
"""Recall in %, by a word in the category's name, at each budget."""
_NAB_GOAL = 65.0
_PEER = "river StandardAbsoluteDeviation"
_MONTH = 30 * 86_400.0
_APART = 10
"""Looks within which alarms are one."""


def rows(words: Sequence[str] = ()) -> list[Row]:
    """Return a row a figure whose name holds every word; none, and why, where the shared data is absent."""
    bench = ROOT.parent / "bench"
    if not (ROOT / "nab").is_dir() or not (bench / "nab_score.py").is_file():
        Console(stderr=True).print(f"no recorded series: {WHY}", markup=False)
        return []
    labelled, nab = _module(bench / "labelled_series.py"), _module(bench / "nab_score.py")
    labelled.DATA, nab.NAB = str(ROOT / "cloud-monitoring"), str(ROOT / "nab")
    series, files = labelled.load(), nab.load()
    recorded = [Recorded(_seconds(times), values) for _, times, values, _ in series]
    recorded += [Recorded(_seconds(file.t), file.x) for file in files]
    ours, theirs = _ours(recorded), [_river(one.values) for one in recorded]
    cut = len(series)
    found = [*_recall(labelled, series, ours[:cut], theirs[:cut]), _nab(nab, files, ours[cut:], theirs[cut:])]
    calm = [_calm(len(one[2]), max(50, int(0.15 * len(one[2]))), one[3]) for one in series]
    found += _promised("cloud", recorded[:cut], ours[:cut], calm)
    found += _promised(
        "NAB", recorded[cut:], ours[cut:], [_calm(file.n, file.probation, file.win >= 0) for file in files]
    )
    return [row for row in found if all(word in row.what for word in words)]


def _ours(recorded: Sequence[Recorded]) -> list[Floats]:
    """Return our scores; series of each pace are a process's work."""
    paces = sorted({one.every for one in recorded})
    places = [[place for place, one in enumerate(recorded) if one.every == pace] for pace in paces]
    found: list[Floats] = [np.zeros(0)] * len(recorded)
    with ProcessPoolExecutor(2) as pool:
        parts = pool.map(scores, [Level] * len(paces), [[recorded[place] for place in mine] for mine in places])
        for mine, part in zip(places, parts, strict=True):
            for place, score in zip(mine, part, strict=True):
                found[place] = score
    return found


def _river(values: Floats) -> Floats:
    model: Any = StandardAbsoluteDeviation()
    found: list[float] = []
    for value in values.tolist():
        found.append(abs(model.score_one(None, value)) if found else 0.0)
        model.learn_one(None, value)
    return np.array(found)


def _recall(labelled: Any, series: Sequence[Any], ours: Sequence[Floats], theirs: Sequence[Floats]) -> list[Row]:
    found = []
    for word, goals in _GOALS.items():
        picked = [place for place, one in enumerate(series) if word in one[0]]
        for budget, goal in zip(_BUDGETS, goals, strict=True):
            mine, other = (
                float(labelled.evaluate([series[i] for i in picked], [kind[i] for i in picked], budget)[0])
                for kind in (ours, theirs)
            )
            what = f"recall, {word or 'all'}, {budget:g} false in 1,000"
            found.append(_row(what, mine, "%", other, goal))
    return found


def _nab(nab: Any, files: Sequence[Any], ours: Sequence[Floats], theirs: Sequence[Floats]) -> Row:
    held_out: list[float] = []
    for kind in (ours, theirs):
        with redirect_stdout(io.StringIO()):
            _, found = nab.report("", files, [1.0 - np.exp(-score / 20.0) for score in kind])
        held_out.append(float(found[0]))
    return _row("NAB standard, held-out threshold", held_out[0], "points", held_out[1], _NAB_GOAL)


def _row(what: str, ours: float, unit: str, theirs: float, goal: float) -> Row:
    ratio = ours / theirs if theirs > 0.0 else float("inf")
    return Row(
        what=what,
        ours=ours,
        unit=unit,
        beside=_PEER,
        theirs=theirs,
        ratio=ratio,
        goal=f"{goal:g} {unit}",
        holds=ours >= goal,
    )


def _promised(name: str, recorded: Sequence[Recorded], ours: Sequence[Floats], calm: Sequence[Bools]) -> list[Row]:
    """Return how many false alarms came of those promised, for a promise in looks and one in days."""
    promises: dict[str, Callable[[Recorded], float]] = {
        "1 in 1,000 looks": lambda _: 1_000.0,
        "1 per 30d": lambda one: _MONTH / one.every,
    }
    found = []
    for words, looks in promises.items():
        alarms = sum(
            _alarms(score, np.log(looks(one)), ok) for one, score, ok in zip(recorded, ours, calm, strict=True)
        )
        asked = sum(float(ok.sum()) / looks(one) for one, ok in zip(recorded, calm, strict=True))
        what, ratio = f"false alarms of those promised, {name}, {words}", alarms / asked
        row = Row(
            what=what,
            ours=float(alarms),
            unit="alarms",
            beside="promised",
            theirs=asked,
            ratio=ratio,
            goal="0.3 to 1.5",
            holds=0.3 <= ratio <= 1.5,
        )
        found.append(row)
    return found


def _alarms(score: Floats, line: float, calm: Bools) -> int:
    over = np.flatnonzero(score >= line)
    first = np.diff(over, prepend=-_APART - 1) > _APART
    return int(calm[over[first]].sum())


def _calm(count: int, warm: int, labels: Bools) -> Bools:
    """Tell which looks are past the warm-up and not labelled, nor beside what is."""
    near = np.convolve(labels, np.ones(5), mode="same") > 0.0
    return np.asarray((np.arange(count) >= warm) & ~near)


def _seconds(times: Any) -> Floats:
    return np.array([time.timestamp() for time in times])


def _module(path: Path) -> Any:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    show(Report("detect real", rows(sys.argv[1:])), Console())
