"""Wire signals to a batch of columns; only what carries words or is refused becomes an object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from andon.ingest.checks import Columns, Terms, check_names, check_numbers, settle_times
from andon.ingest.decode import Broken, Items, Wire
from andon.ingest.pseudonym import Pseudonyms
from andon.ingest.segments import Interner
from andon.ingest.times import times
from andon.model import KINDS, Batch, Bools, Kind, Note

MOST_TEXT = 4_000
"""Characters of a text; what is longer is cut."""

T = TypeVar("T")

_CODE = {kind.value: code for code, kind in enumerate(KINDS)}
_CRASH = _CODE[Kind.CRASH]
# Of the other kinds nobody asks for an id again: repeats are told apart only for these.
_KEEPS_ID = frozenset({"rating", "complaint", "pull", "change"})
# Only of these can there be a note without text and customer.
_SPEAKS = np.array([code < len(KINDS) and KINDS[code] in _KEEPS_ID for code in range(256)])
_NOTHING = Note()


def build(
    items: Items, terms: Terms, interner: Interner, pseudonyms: Pseudonyms, now: float
) -> tuple[Batch, list[Broken]]:
    """Return the signals that are taken, as a batch that arrived at `now`, and those that are refused, in order."""
    wires = items.wires
    columns = _columns(wires)
    interned = interner.intern(wires)
    if interned.wrong:
        strange = np.isin(interned.index, list(interned.wrong))
        columns.refuse(strange, lambda row: interned.wrong[int(interned.index[row])])
    check_numbers(columns)
    check_names(columns, terms.scales)
    time, ahead = settle_times(columns, terms, now)
    batch = Batch(
        arrived=now,
        segments=interned.segments,
        names=columns.names,
        kind=columns.kind,
        segment=interned.index,
        name=columns.name,
        value=columns.value,
        of=columns.of,
        time=time,
        ahead=ahead,
        notes=_notes(wires, columns.kind, pseudonyms),
    )
    if not columns.wrong:
        return batch, []
    keep = np.ones(len(batch), np.bool_)
    keep[list(columns.wrong)] = False
    stood = ((items.positions[row], why) for row, why in sorted(columns.wrong.items()))
    return select(batch, keep), [Broken(position, why, items.raw(position)) for position, why in stood]


def select(batch: Batch, keep: Bools) -> Batch:
    """Return the rows where `keep` (n,) holds, in order, with the segments and names that are still used."""
    segment, segments = _compact(batch.segment[keep], batch.segments)
    name, names = _compact(batch.name[keep], batch.names)
    moved = np.cumsum(keep) - 1
    return Batch(
        arrived=batch.arrived,
        segments=segments,
        names=names,
        kind=batch.kind[keep],
        segment=segment,
        name=name,
        value=batch.value[keep],
        of=batch.of[keep],
        time=batch.time[keep],
        ahead=batch.ahead[keep],
        notes={int(moved[row]): note for row, note in batch.notes.items() if keep[row]},
    )


def _compact(index: npt.NDArray[np.int32], table: Sequence[T]) -> tuple[npt.NDArray[np.int32], tuple[T, ...]]:
    used, inverse = np.unique(index, return_inverse=True)
    return inverse.astype(np.int32), tuple(table[i] for i in used.tolist())


def _columns(wires: Sequence[Wire]) -> Columns:
    index: defaultdict[str, int] = defaultdict(count().__next__)
    name = np.fromiter(map(index.__getitem__, [wire.name for wire in wires]), np.int32, len(wires))
    kind = np.frombuffer(bytes(map(_CODE.__getitem__, [wire.kind for wire in wires])), np.uint8)
    of = np.array([wire.of for wire in wires], np.float64)
    of = np.where(np.isnan(of) & (kind != _CRASH), 1.0, of)
    return Columns(
        kind=kind,
        name=name,
        names=tuple(index),
        value=np.array([wire.value for wire in wires], np.float64),
        of=of,
        time=times([wire.time for wire in wires]),
    )


def _notes(wires: Sequence[Wire], kind: npt.NDArray[np.uint8], pseudonyms: Pseudonyms) -> dict[int, Note]:
    """Return the notes of the rows that carry words; few are looked at one by one."""
    rows = np.flatnonzero(_SPEAKS[kind]).tolist()
    more = [row for row, wire in enumerate(wires) if wire.text or wire.customer]
    notes: dict[int, Note] = {}
    for row in rows if rows == more else sorted({*rows, *more}):
        wire = wires[row]
        note = Note(
            id=wire.id or "" if wire.kind in _KEEPS_ID else "",
            text=wire.text[:MOST_TEXT] if wire.text else "",
            customer=pseudonyms.of(wire.customer) if wire.customer else "",
            by=wire.by or "",
            owner=wire.owner or "",
            tier=wire.tier,
        )
        if note != _NOTHING:
            notes[row] = note
    return notes
