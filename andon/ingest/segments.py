"""Segments interned by the bytes they were written in, so that one is decoded once and not once a signal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
import numpy as np
import numpy.typing as npt

from andon.model import Labels

MOST_DIMENSIONS = 16
MOST_NAME = 64
MOST_VALUE = 200

_KEPT = 16_384
_LONGEST_KEPT = 1_024  # bytes; a longer one is decoded each time, so that the memory stays under 20 MB

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_NAME)]
_Value = Annotated[str, msgspec.Meta(max_length=MOST_VALUE)]
_SEGMENT = msgspec.json.Decoder(Annotated[dict[_Name, _Value], msgspec.Meta(max_length=MOST_DIMENSIONS)] | None)


class Interner:
    """Remembers the segments of earlier batches; bounded, and forgotten all at once when full."""

    def __init__(self) -> None:
        self._known: dict[bytes, Labels | str] = {}

    def intern(self, raws: Iterable[msgspec.Raw]) -> tuple[npt.NDArray[np.int32], list[Labels], dict[int, str]]:
        """Return each signal's index, the distinct segments, and the reason of those indexes that are not one.

        Two ways of writing a segment (order, blanks, escapes) are one; what is refused has an index and no labels.
        """
        written = list(map(bytes, raws))
        index: dict[bytes, int] = dict.fromkeys(written, 0)
        segments: list[Labels] = []
        wrong: dict[int, str] = {}
        seen: dict[frozenset[tuple[str, str]] | str, int] = {}
        for raw in index:
            found = self._look(raw)
            canonical = found if isinstance(found, str) else frozenset(found.items())
            place = seen.setdefault(canonical, len(segments))
            index[raw] = place
            if place == len(segments):
                segments.append({} if isinstance(found, str) else found)
                if isinstance(found, str):
                    wrong[place] = found
        return np.array([index[raw] for raw in written], np.int32), segments, wrong

    def _look(self, raw: bytes) -> Labels | str:
        known = self._known.get(raw)
        if known is not None:
            return known
        found = _decode(raw)
        if len(raw) <= _LONGEST_KEPT and not isinstance(found, str):
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[raw] = found
        return found


def _decode(raw: bytes) -> Labels | str:
    """Return the labels, or why they are none."""
    try:
        return _SEGMENT.decode(raw) or {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return (
            f"segment: {error}; at most {MOST_DIMENSIONS} dimensions, names of 1 to {MOST_NAME} characters, "
            f"values are strings of at most {MOST_VALUE}"
        )
