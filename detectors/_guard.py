"""What is too strange to learn from, in the direction in which nobody looks: a holiday, an outage, a launch.

Towards where a rule looks the bank keeps from learning what is near an alarm. Elsewhere a CUSUM (Page, Biometrika 41,
1954) against half or twice the usual does, for a week at most: what lasts longer is the new usual.
"""

from __future__ import annotations

import numpy as np

from andon.detector import Field
from andon.model import Bools, Floats

_NAT = 1_000.0
_STRANGE = 9.0 * _NAT
"""Evidence from which on nothing is learnt, until it has sunk back by a third."""
_SURE = 12.0 * _NAT
_LONGEST = 7 * 24.0
_HOUR = 3_600.0


def field() -> Field:
    """Return the state's field: evidence in thousandths of a nat, and full hours for which it has stood out."""
    return Field("u2", (2,))


def watch(guard: Floats, log_ratio: Floats, now: float, seconds: float) -> tuple[Floats, Bools]:
    """Return the guard (m, 2) after a look that ended at `now`, and whom to let learn from it, (m,).

    `log_ratio` (m,): of this look, for such a shift against none; 0 where nothing was observed.
    """
    evidence = np.clip(guard[:, 0] + np.rint(log_ratio * _NAT), 0.0, _SURE)
    lasting = guard[:, 1] + (now // _HOUR - (now - seconds) // _HOUR)
    strange = evidence >= np.where(guard[:, 1] > 0.0, 2.0 / 3.0 * _STRANGE, _STRANGE)
    lasting = np.where(strange, np.minimum(lasting, _LONGEST), 0.0)
    return np.stack([evidence, lasting], axis=1), ~strange | (lasting >= _LONGEST)
