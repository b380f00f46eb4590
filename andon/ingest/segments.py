"""Segments interned by the bytes they were written in, so that one is decoded once and not once a signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
import numpy.typing as npt

from andon.ingest.decode import Wire
from andon.model import Labels

MOST_DIMENSIONS = 16
MOST_NAME = 64
MOST_VALUE = 200

_KEPT = 32_768
_KEPT_BYTES = 8_000_000

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_NAME)]
_Value = Annotated[str, msgspec.Meta(max_length=MOST_VALUE)]
_SEGMENT = msgspec.json.Decoder(Annotated[dict[_Name, _Value], msgspec.Meta(max_length=MOST_DIMENSIONS)] | None)


@dataclass(frozen=True, slots=True)
class Interned:
    """Each signal's index (n,) into the distinct `segments`; `wrong` says of an index why it is none."""

    index: npt.NDArray[np.int32]
    segments: tuple[Labels, ...]
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
        # An empty one plus a buffer is the quickest way to its bytes, twice as fast as bytes().
        found = np.array([known[b"" + wire.segment] for wire in wires], np.int32)
        used = np.zeros(len(known.labels), np.bool_)
        used[found] = True
        numbers = np.flatnonzero(used).tolist()
        place = np.cumsum(used, dtype=np.int32) - np.int32(1)
        return Interned(
            index=place[found],
            segments=tuple(map(known.labels.__getitem__, numbers)),
            wrong={int(place[number]): why for number, why in known.wrong.items() if used[number]},
        )


class _Known(dict[bytes, int]):
    """Numbers segments as they come: `labels[number]`, or why it has none, `wrong[number]`; `size` in bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[Labels] = []
        self.wrong: dict[int, str] = {}
        self.size = 0
        self._same: dict[frozenset[tuple[str, str]] | str, int] = {}

    def __missing__(self, raw: bytes) -> int:
        labels = _decode(raw)
        same = labels if isinstance(labels, str) else frozenset(labels.items())
        number = self._same.setdefault(same, len(self.labels))
        if number == len(self.labels):
            self.labels.append({} if isinstance(labels, str) else labels)
            if isinstance(labels, str):
                self.wrong[number] = labels
        self[raw] = number
        self.size += len(raw)
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
