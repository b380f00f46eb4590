"""Numbers for segments, so that the hot path handles integers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from andon.model import Ints, Labels


class Segments:
    """Numbers each distinct segment once; the numbers live in one process, and only until `keep`."""

    def __init__(self) -> None:
        self.labels: list[Labels] = []
        self._numbers: dict[frozenset[tuple[str, str]], int] = {}

    def __len__(self) -> int:
        """Return how many segments are numbered."""
        return len(self.labels)

    def intern(self, segments: Sequence[Labels]) -> Ints:
        """Return the number of each segment."""
        numbers, found = self._numbers, np.empty(len(segments), np.int64)
        for index, labels in enumerate(segments):
            key = frozenset(labels.items())
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(self.labels)
                self.labels.append(dict(labels))
            found[index] = number
        return found

    def keep(self, used: Ints) -> Ints:
        """Forget all but `used` (sorted numbers), which are numbered anew; return the new number of each old one (-1: none)."""
        new = np.full(len(self.labels), -1, np.int64)
        new[used] = np.arange(len(used))
        self.labels = [self.labels[number] for number in used.tolist()]
        self._numbers = {frozenset(labels.items()): number for number, labels in enumerate(self.labels)}
        return new
