"""Some of a table's segments, by number: what a batch holds of segments that its maker has met before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from andon.model import Ints, Labels


class Picked(Sequence[Labels]):
    """The segments that stand at `numbers` (distinct) in `table`, which only grows; none is touched before it is asked for.

    Who has numbered the table once need not look at its segments again.
    """

    __slots__ = ("numbers", "table")

    def __init__(self, table: list[Labels], numbers: Ints) -> None:
        self.table, self.numbers = table, numbers

    @overload
    def __getitem__(self, at: int) -> Labels: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Labels, ...]: ...
    def __getitem__(self, at: int | slice) -> Labels | tuple[Labels, ...]:
        """Return a segment, or several."""
        if isinstance(at, slice):
            return tuple(Picked(self.table, self.numbers[at]))
        return self.table[int(self.numbers[at])]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.numbers)

    def __iter__(self) -> Iterator[Labels]:
        """Yield them in order."""
        return map(self.table.__getitem__, self.numbers.tolist())

    def __eq__(self, other: object) -> bool:
        """Tell whether the other holds equal segments in the same order."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # labels have none either
