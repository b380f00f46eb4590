"""Half-space trees: a look unlike those of the last hours, in value and change together."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from andon.detector import Settings
from detectors._options import checked
from detectors.river import River

_OWN = {"trees": ("n_trees", 10), "height": ("height", 5), "seed": ("seed", 1)}


class HalfSpaceTrees(River):
    """Tell when a look lies where few of the last ones lay, in its value and its change together.

    Each tree halves a random dimension at a random place, over and over; looks that soon come to where few of the last
    `window` looks are, in most of the trees, are rare. The model's score goes from 0 to 1, and `above` is the line in it.
    Beyond 0.92, with the usual trees, lie 5 looks in 1,000 of an independent normal stream, 11 of a lognormal one, hardly one
    of an autoregressive one (0.95), and 99 of 100 looks five deviations out. What is far out is not ranked: few looks score
    beyond 0.94. So let a rule hold it `for` some looks. See `river` for what a model sees and how its score is used.

    Options:
        above: the line, below 1; required.
        window: looks that one model is made from, 20 to 250; by default 250.
        trees, height, seed: of the trees; by default 10, 5 and 1.
        features: of value, change, hour; by default value and change.

    Source: Tan, Ting & Liu, Fast anomaly detection for streaming data (IJCAI 2011).

    >>> import numpy as np
    >>> from andon.detector import Settings
    >>> from andon.model import Form, Observation
    >>> trees = HalfSpaceTrees(Settings(every=60.0, form=Form.LEVEL, options={"above": 0.92}))
    >>> state = {k: np.full((1, *f.shape), f.fill, f.dtype) for k, f in trees.fields.items()}
    >>> rng, one = np.random.default_rng(1), np.ones((1, 1))
    >>> for x in [*rng.normal(100.0, 10.0, 300), 190.0]:
    ...     look = Observation(Form.LEVEL, one * x, one, np.array([60.0]))
    ...     scores = trees.step(state, np.arange(1), look, 60.0, np.ones(1, bool))
    >>> bool(scores.score[0] > 0.0)
    True
    """

    name: ClassVar[str] = "half_space_trees"

    def __init__(self, settings: Settings) -> None:
        options = checked(self.name, settings, self.takes, ("above", "window", "features", *_OWN))
        trees = {theirs: options.get(ours, usual) for ours, (theirs, usual) in _OWN.items()}
        rest = {name: value for name, value in options.items() if name not in _OWN}
        super().__init__(replace(settings, options={**rest, "model": "anomaly.HalfSpaceTrees", "with": trees}))
