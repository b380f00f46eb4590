"""Signals of several batches as columns, numbered against this process's tables: what is folded at one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from andon.model import Batch, Floats, Ints
from andon.streams.segments import Segments


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Signals in log order: `segment` numbers a row of Segments, `name` a declared name (-1: any other).

    `weight` is how many a signal stands for, 1 where it did not say. `texts` by position.
    """

    kind: npt.NDArray[np.uint8]
    name: Ints
    segment: Ints
    value: Floats
    weight: Floats
    time: Floats
    texts: Mapping[int, str]

    def __len__(self) -> int:
        """Return the number of signals."""
        return len(self.kind)


def pick(run: Run, at: Ints) -> Run:
    """Return the signals at positions `at`, ascending, as a run of their own."""
    texts: dict[int, str] = {}
    if run.texts:
        told = np.fromiter(run.texts, np.int64, len(run.texts))
        place = np.minimum(np.searchsorted(at, told), len(at) - 1)
        mine = at[place] == told
        texts = {new: run.texts[old] for new, old in zip(place[mine].tolist(), told[mine].tolist(), strict=True)}
    return Run(run.kind[at], run.name[at], run.segment[at], run.value[at], run.weight[at], run.time[at], texts)


def join(batches: Sequence[Batch], segments: Segments, names: Mapping[str, int]) -> Run:
    """Return batches as one run, in their order; `names` are the declared ones."""
    begins = accumulate(map(len, batches), initial=0)
    of = np.concatenate([batch.of for batch in batches])
    return Run(
        np.concatenate([batch.kind for batch in batches]),
        np.array([names.get(name, -1) for batch in batches for name in batch.names], np.int64)[
            _index([batch.name for batch in batches], [len(batch.names) for batch in batches])
        ],
        np.concatenate([segments.intern(batch.segments) for batch in batches])[
            _index([batch.segment for batch in batches], [len(batch.segments) for batch in batches])
        ],
        np.concatenate([batch.value for batch in batches]),
        np.where(np.isfinite(of) & (of >= 0), of, 1.0),
        np.concatenate([batch.time for batch in batches]),
        {
            begin + position: note.text
            for begin, batch in zip(begins, batches, strict=False)
            for position, note in batch.notes.items()
            if note.text
        },
    )


def _index(columns: Sequence[npt.NDArray[np.int32]], sizes: Sequence[int]) -> Ints:
    """Return columns that each index a table of their own as one that indexes all tables, one after another."""
    begins = accumulate(sizes, initial=0)
    return np.concatenate([column + np.int64(begin) for column, begin in zip(columns, begins, strict=False)])
