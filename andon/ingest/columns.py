"""Wire signals to a batch of columns; only what carries words or is refused becomes an object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from andon.ingest.checks import Columns, Terms, by_kind, check_names, check_numbers, settle_times
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
_KEEPING = frozenset({"rating", "complaint", "pull", "change"})
_KEEPS_ID = by_kind(Kind.RATING, Kind.COMPLAINT, Kind.PULL, Kind.CHANGE)
# What else measures is told apart by its kind alone: a name says nothing there.
_NAMED = by_kind(Kind.RATING, Kind.GAUGE, Kind.COUNTER, Kind.CHANGE)


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
    kind = np.frombuffer(bytes(map(_CODE.__getitem__, [wire.kind for wire in wires])), np.uint8)
    name, names = _names(wires, kind)
    of = np.array([wire.of for wire in wires], np.float64)
    of = np.where(np.isnan(of) & (kind != _CRASH), 1.0, of)
    return Columns(
        kind=kind,
        name=name,
        names=names,
        value=np.array([wire.value for wire in wires], np.float64),
        of=of,
        time=times([wire.time for wire in wires]),
    )


def _names(wires: Sequence[Wire], kind: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """Return each signal's index into the distinct names, and those; what measures by its kind alone has none: ""."""
    named = np.flatnonzero(_NAMED[kind])
    words = [wires[row].name for row in named.tolist()]
    names = tuple(dict.fromkeys(words if len(words) == len(wires) else ["", *words]))
    place = {word: at for at, word in enumerate(names)}
    name = np.zeros(len(wires), np.int32)
    name[named] = [place[word] for word in words]
    return name, names


def _notes(wires: Sequence[Wire], kind: npt.NDArray[np.uint8], pseudonyms: Pseudonyms) -> dict[int, Note]:
    """Return the notes of the rows that carry words, in order; only those are looked at one by one."""
    keeping = np.flatnonzero(_KEEPS_ID[kind]).tolist()
    telling = [row for row, wire in enumerate(wires) if wire.text or wire.customer]
    notes: dict[int, Note] = {}
    for row in keeping if keeping == telling else sorted({*keeping, *telling}):
        wire = wires[row]
        if wire.id or wire.text or wire.customer or wire.by or wire.owner or wire.tier:
            notes[row] = Note(
                id=wire.id if wire.id and wire.kind in _KEEPING else "",
                text=wire.text[:MOST_TEXT] if wire.text else "",
                customer=pseudonyms.of(wire.customer) if wire.customer else "",
                by=wire.by or "",
                owner=wire.owner or "",
                tier=wire.tier,
            )
    return notes
