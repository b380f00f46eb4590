"""How much of what stands out is news: after what came just before, at this hour of other days, and two looks together.

One look alone is seldom more than a glitch; two in a row say more. Their surprises, each -ln p, add up, and the sum's own
-ln p is what it is of two independent ones, the Gamma distribution's of shape 2 (Fisher, Statistical Methods, 1925).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from andon.detector import Field, State
from andon.model import Bools, Floats, Ints

_LAST, _HEIGHT = range(2)
FIELDS: Mapping[str, Field] = {"news": Field("f8", (2,), evidence=True), "habit": Field("f2", (24,))}
_HABIT, _HABIT_RATE = 0.5, 0.2
"""How much of what usually stands out at this hour is no news, and how fast it is learnt."""
_RECENT, _FADES = 0.2, 0.9
"""How much of the last height is no news, and how it fades a look."""
_ONE_OF_TWO = float(np.log(2.0))
_BOUND = 12.0
"""What one look teaches at most."""


def judge(state: State, rows: Ints, surprise: Floats, hour: int, seen: Bools) -> Floats:
    """Return how much news (m,) a look's `surprise` is, as -ln p, and remember it where it was `seen`."""
    news = state["news"][rows].T.copy()
    one = np.maximum(surprise - _HABIT * state["habit"][rows, hour], 0.0)
    both = one + news[_LAST]
    raw = np.maximum(np.maximum(one, both - np.log1p(both)) - _ONE_OF_TWO, 0.0)
    found: Floats = np.maximum(raw - _RECENT * news[_HEIGHT], 0.0)
    news[_LAST] = np.where(seen, one, news[_LAST])
    news[_HEIGHT] = np.where(seen, np.maximum(_FADES * news[_HEIGHT], raw), news[_HEIGHT])
    state["news"][rows] = news.T
    return found


def learn(state: State, rows: Ints, surprise: Floats, hour: int) -> None:
    """Learn what stands out at this hour of the day, as a rule."""
    state["habit"][rows, hour] += _HABIT_RATE * (np.minimum(surprise, _BOUND) - state["habit"][rows, hour])
