"""Batches that have just been encoded, so that whoever reads the same bytes from the log need not decode them."""

from __future__ import annotations

from andon.model import Batch

MOST = 256
"""Batches kept; the oldest go."""
MOST_BYTES = 32_000_000
"""Bytes of them, as encoded, that are kept."""


class Fresh:
    """Remembers what bytes stand for, each for one reader; which entry they are of does not matter, so none can be mistaken."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Batch] = {}
        self._size = 0

    def keep(self, written: bytes, batch: Batch) -> None:
        """Remember a batch by the bytes that it was written as."""
        if written in self._kept:
            return
        self._kept[written] = batch
        self._size += len(written)
        while len(self._kept) > MOST or self._size > MOST_BYTES:
            self.take(next(iter(self._kept)))

    def take(self, written: bytes) -> Batch | None:
        """Return what these bytes stand for, and forget it; None when it is not known."""
        found = self._kept.pop(written, None)
        if found is not None:
            self._size -= len(written)
        return found
