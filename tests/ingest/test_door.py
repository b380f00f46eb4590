from __future__ import annotations

from andon.ingest.door import Door
from andon.model import Scale

NOW = 1_772_370_000.0
CSAT = Scale("csat", 1, 5, (4, 5), (1, 2))


def test_what_is_fit_is_taken_beside_what_is_not() -> None:
    door = Door({"csat": CSAT}, b"an invented key..", 90 * 86_400.0)
    taken = door.open(
        b'{"kind":"rating","name":"csat","value":4}\n{"kind":"rating","name":"csat","value":9}\n{"ki', NOW
    )
    assert (taken.taken, taken.refused, [letter.position for letter in taken.letters]) == (1, 2, [2, 3])
