"""The names of things: what groups a call, what names an alert, and what people type to answer."""

from __future__ import annotations

import hashlib
import time
from itertools import count

import msgspec

from andon.model import Direction, Labels

FORMAT = "1"
LETTERS = "ACDEFHJKLMNPRTUVWXY"
"""Without B, G, I, O, Q, S, Z, which are taken for 8, 6, 1, 0, 0, 5, 2; nor are those digits used."""
DIGITS = "34679"
CROWDED = 0.5
"""The share of two-character codes in use above which codes have three: a slip should rarely hit another's incident."""
_TRIES = 1000
"""After so many misses codes get a character longer, so that the search ends whatever is taken."""


def incident_key(owner: str, rule: str, labels: Labels) -> str:
    """Return the key that groups calls: sha256 of key format, owner, rule id and group labels, in hex."""
    return _hash("incident", FORMAT, owner, rule, sorted(labels.items()))


def alert_key(rule: str, segment: Labels, direction: Direction) -> str:
    """Return the key of one rule on one segment and direction, in hex."""
    return _hash("alert", FORMAT, rule, sorted(segment.items()), direction.value)


def incident_id(key: str, opened: float) -> str:
    """Return a name for this opening that begins with its date (UTC), as `260105-1f3a9c2`."""
    when = time.strftime("%y%m%d", time.gmtime(opened))
    return f"{when}-{_hash(key, repr(float(opened)))[:7]}"


def answer_code(taken: set[str], seed: str) -> str:
    """Return a free code like `7K`, the same for the same seed and codes; of three characters when it is crowded."""
    crowded = sum(len(code) == 2 for code in taken) >= CROWDED * len(DIGITS) * len(LETTERS)
    shortest = 3 if crowded else 2
    candidates = (_code(f"{seed}:{tries}", shortest + tries // _TRIES) for tries in count())
    return next(code for code in candidates if code not in taken)


def _code(seed: str, length: int) -> str:
    number = int(_hash(seed), 16)
    number, first = divmod(number, len(DIGITS))
    code = DIGITS[first]
    for _ in range(length - 1):
        number, at = divmod(number, len(LETTERS))
        code += LETTERS[at]
    return code


def _hash(*parts: object) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
