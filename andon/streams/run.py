"""Signals of several batches as columns, numbered against this process's tables: what is folded at one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from andon.model import Batch, Floats, Ints


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


def run(batch: Batch, segment: Ints, names: Mapping[str, int]) -> Run:
    """Return a batch as a run; `segment` (n,) are its numbers, `names` the declared ones."""
    name = np.array([names.get(one, -1) for one in batch.names] or [-1], np.int64)[batch.name]
    weight = np.where(np.isfinite(batch.of) & (batch.of >= 0), batch.of, 1.0)
    texts = {position: note.text for position, note in batch.notes.items() if note.text}
    return Run(batch.kind, name, segment, batch.value, weight, batch.time, texts)


def join(runs: Sequence[Run]) -> Run:
    """Return runs as one, in their order."""
    texts: dict[int, str] = {}
    begin = 0
    for one in runs:
        texts.update({begin + position: text for position, text in one.texts.items()})
        begin += len(one)
    return Run(
        np.concatenate([one.kind for one in runs]),
        np.concatenate([one.name for one in runs]),
        np.concatenate([one.segment for one in runs]),
        np.concatenate([one.value for one in runs]),
        np.concatenate([one.weight for one in runs]),
        np.concatenate([one.time for one in runs]),
        texts,
    )
