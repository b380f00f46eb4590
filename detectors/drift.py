"""Drift: a stream's level is no longer what it was."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from andon.detector import Settings
from andon.errors import ConfigError
from detectors._options import checked
from detectors.river import River, parameters

_LINES = {"ADWIN": ("delta", 0.05), "KSWIN": ("alpha", 0.0001), "PageHinkley": ("threshold", 2.0)}


class Drift(River):
    """Tell when a stream has drifted from the level, or the distribution, that it had.

    `ADWIN` keeps as long a window of looks as has one mean, and sees drift where two parts of it differ; `KSWIN` compares
    the last looks with earlier ones by Kolmogorov and Smirnov's test; `PageHinkley` is a cumulative sum. Each has its
    line: `delta` or `alpha`, a chance of being wrong (smaller is calmer), or `threshold`, a sum of deviations in
    widths (larger is calmer). The score is 1 while a drift is told, else -1. See `river` for what the model sees.

    Options:
        model: ADWIN (the default), KSWIN or PageHinkley.
        delta, alpha, threshold: the model's line; the one of the chosen model is required.
        with: its other parameters, such as {stat_size: 20}.
        window: looks that a model is made from, 20 to 250; by default 250.
        stays: seconds that a drift is told for; by default ten looks.

    Source: Bifet & Gavalda (SDM 2007); Raab, Heusinger & Schleif (Neurocomputing 416, 2020); Page (Biometrika 41, 1954).

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Form, Observation
    >>> drift = Drift(Settings(every=60.0, form=Form.LEVEL, options={"delta": 0.05}))
    >>> state = {k: np.full((1, *f.shape), f.fill, f.dtype) for k, f in drift.fields.items()}
    >>> rng, one = np.random.default_rng(1), np.ones((1, 1))
    >>> levels = np.repeat([100.0, 120.0], [300, 20])
    >>> for minute, x in enumerate(rng.normal(levels, 10.0), 1):
    ...     look = Observation(Form.LEVEL, one * x, one, np.array([60.0]))
    ...     scores = drift.step(state, np.arange(1), look, 60.0 * minute, np.ones(1, bool))
    >>> float(scores.score[0]), round(float(scores.since[0]) / 60.0)
    (1.0, 300)
    """

    name: ClassVar[str] = "drift"

    def __init__(self, settings: Settings) -> None:
        lines = [line for line, _ in _LINES.values()]
        options = checked(self.name, settings, self.takes, ("model", "with", "window", "stays", *lines))
        model = options.get("model", "ADWIN")
        if not isinstance(model, str) or model not in _LINES:
            raise ConfigError(f"drift: model is {model!r}; it must be one of: {', '.join(_LINES)}.")
        line, such = _LINES[model]
        told = [name for name in lines if name in options]
        if told != [line]:
            found = " and ".join(told) or "none"
            raise ConfigError(
                f"drift: {model} needs its own line, {line}, and found {found}; e.g. {{{line}: {such:g}}}."
            )
        more = parameters(self.name, options)
        if line in more:
            raise ConfigError(f"drift: {line} stands in `with` too; say {line} once, beside it.")
        given = {**({"clock": 1} if model == "ADWIN" else {}), **more, line: options[line]}
        rest = {name: value for name, value in options.items() if name in {"window", "stays"}}
        super().__init__(replace(settings, options={**rest, "model": f"drift.{model}", "with": given}))
