"""Many rows in parts, so that what is computed on the way stays in the cache.

An array of 128 KiB or more is mapped afresh each time it is made (glibc's malloc, M_MMAP_THRESHOLD), and costs more in page
faults than in arithmetic: ten to fifty times as much a row.
"""

from __future__ import annotations

from collections.abc import Iterator

_MOST = 4_096
"""Numbers in an array on the way: 32 KiB, the first cache's; with 64 KiB a number costs three times as much."""


def parts(rows: int, width: int) -> Iterator[slice]:
    """Yield slices that cover `rows` rows, each of so many that `width` numbers a row stay few enough."""
    step = max(1, _MOST // width)
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
