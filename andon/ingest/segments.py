"""Segments interned by the bytes they were written in, so that one is decoded once and not once a signal."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
import numpy.typing as npt

from andon.ingest.decode import Wire
from andon.ingest.picked import Picked
from andon.ingest.slots import Slots
from andon.model import Labels

MOST_DIMENSIONS = 16
MOST_NAME = 64
MOST_VALUE = 200

_KEPT = 32_768
_KEPT_BYTES = 8_000_000
_SALT = 16

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_NAME)]
_Value = Annotated[str, msgspec.Meta(max_length=MOST_VALUE)]
_SEGMENT = msgspec.json.Decoder(Annotated[dict[_Name, _Value], msgspec.Meta(max_length=MOST_DIMENSIONS)] | None)
_SAME = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Interned:
    """Each signal's index (n,) into the distinct `segments`; `wrong` says of an index why it is none."""

    index: npt.NDArray[np.int32]
    segments: Picked
    wrong: dict[int, str]


class Interner:
    """Remembers the segments of earlier batches; what it keeps between batches is bounded, and goes all at once."""

    def __init__(self) -> None:
        self._known = _Known()

    def intern(self, wires: Sequence[Wire]) -> Interned:
        """Return the signals' segments; two ways of writing one (order, blanks, escapes) are the same."""
        if len(self._known) > _KEPT or self._known.size > _KEPT_BYTES:
            self._known = _Known()
        known = self._known
        found = known.find(wires)
        used = np.zeros(len(known.labels), np.bool_)
        used[found] = True
        numbers = np.flatnonzero(used)
        place = np.cumsum(used, dtype=np.int32) - np.int32(1)
        wrong = {int(place[number]): why for number, why in known.wrong.items() if used[number]} if known.wrong else {}
        return Interned(place[found], Picked(known.labels, numbers), wrong)


class _Known:
    """Numbers segments as they come: `labels[number]`, or why it has none, `wrong[number]`; `size` in bytes.

    What was written, and what it is in its one sorted writing, is known by its hash alone (SipHash, 64 bits, under a
    secret salt: among 32,768 of them, two are taken for one with a chance of 1 in 10^10), since a look at the bytes kept
    costs more than all else here, and the bytes take half the room.
    """

    def __init__(self) -> None:
        self.labels: list[Labels] = []
        self.wrong: dict[int, str] = {}
        self.size = 0
        self._salt = secrets.token_bytes(_SALT)
        self._same: dict[int | str, int] = {}
        self._slots = Slots()

    def __len__(self) -> int:
        """Return how many ways of writing are known."""
        return len(self._slots)

    def find(self, wires: Sequence[Wire]) -> npt.NDArray[np.int32]:
        """Return the number of each one's segment."""
        salt = self._salt
        hashes = np.array([hash(salt + wire.segment) for wire in wires], np.int64)
        found = self._slots.find(hashes)
        if len(new := np.flatnonzero(found < 0)):
            _, first = np.unique(hashes[new], return_index=True)
            for row in new[np.sort(first)].tolist():
                self._slots.add(int(hashes[row]), self._number(bytes(wires[row].segment)))
            found[new] = self._slots.find(hashes[new])
        return found

    def _number(self, raw: bytes) -> int:
        labels = _decode(raw)
        same = labels if isinstance(labels, str) else hash(self._salt + _SAME.encode(labels))
        number = self._same.setdefault(same, len(self.labels))
        if number == len(self.labels):
            self.labels.append({} if isinstance(labels, str) else labels)
            self.size += len(raw)
            if isinstance(labels, str):
                self.wrong[number] = labels
        return number


def _decode(raw: bytes) -> Labels | str:
    """Return the labels, or why they are none."""
    try:
        return _SEGMENT.decode(raw) or {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return (
            f"segment: {error}; it takes at most {MOST_DIMENSIONS} dimensions, names of 1 to {MOST_NAME} characters, "
            f"and strings of at most {MOST_VALUE}"
        )
