"""Batches as bytes, for the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from andon.errors import Refused
from andon.ingest.picked import Picked
from andon.model import KINDS, Batch, Labels, Note

FORMAT = 2
"""Number of the layout below; a change that an older reader would misread raises it. 2: a kind more, `accept`."""

L = TypeVar("L", Labels, msgspec.Raw)
S = TypeVar("S", bound=np.generic)

_INDEX = np.dtype("<i4")
_FLOAT = np.dtype("<f8")
_BYTE = np.dtype("u1")


class _Packed(msgspec.Struct, Generic[L], array_like=True):
    """A batch as MessagePack: `format` comes first in every version; columns are raw little-endian bytes."""

    format: int
    arrived: float
    segments: list[L]
    names: list[str]
    kind: bytes
    segment: bytes
    name: bytes
    value: bytes
    of: bytes
    time: bytes
    ahead: bytes
    notes: dict[int, Note]
    set_back: float = 0.0


class _Head(msgspec.Struct, array_like=True):
    """What every format begins with."""

    format: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Packed[msgspec.Raw])
_labels = msgspec.msgpack.Decoder(Labels)
_MOST_KNOWN = 16_384
_head = msgspec.msgpack.Decoder(_Head)


class _Known:
    """The segments read of late: `numbers` by their bytes, and where these stand, `table`."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}
        self.table: list[Labels] = []

    def pick(self, raws: Sequence[msgspec.Raw]) -> Picked:
        """Return segments decoded: equal bytes once, and as one object in every batch."""
        written = list(map(bytes, raws))
        found = list(map(self.numbers.get, written))
        if None in found:
            if len(self.table) + len(found) > _MOST_KNOWN:
                self.numbers, self.table = {}, []  # batches that were read keep the table that they have
                found = [None] * len(written)
            for at, number in enumerate(found):
                if number is None:
                    self.table.append(_labels.decode(written[at]))
                    found[at] = self.numbers[written[at]] = len(self.table) - 1
        return Picked(self.table, np.array(found, np.int64))


class _Written:
    """The segments of one table as they are written, each once; a door has one table at a time."""

    def __init__(self) -> None:
        self._table: list[Labels] = []
        self._raws: list[msgspec.Raw] = []

    def pick(self, segments: Sequence[Labels]) -> list[Any]:
        """Return segments as they are written, or as they are, where they are not worth keeping: their door forgets them next."""
        if not isinstance(segments, Picked) or len(segments.table) > _MOST_KNOWN:
            return list(segments)
        if segments.table is not self._table:
            self._table, self._raws = segments.table, []
        self._raws += [msgspec.Raw(_encoder.encode(labels)) for labels in self._table[len(self._raws) :]]
        return list(map(self._raws.__getitem__, segments.numbers.tolist()))


_known = _Known()
_written = _Written()


def encode(batch: Batch) -> bytes:
    """Return a batch as bytes that `decode` reads, in this version and later ones."""
    return _encoder.encode(
        _Packed(
            FORMAT,
            batch.arrived,
            _written.pick(batch.segments),
            list(batch.names),
            batch.kind.tobytes(),
            batch.segment.astype(_INDEX, copy=False).tobytes(),
            batch.name.astype(_INDEX, copy=False).tobytes(),
            batch.value.astype(_FLOAT, copy=False).tobytes(),
            batch.of.astype(_FLOAT, copy=False).tobytes(),
            batch.time.astype(_FLOAT, copy=False).tobytes(),
            batch.ahead.tobytes(),
            dict(batch.notes),
            batch.set_back,
        )
    )


def decode(raw: bytes) -> Batch:
    """Return the batch that `encode` wrote; its columns are read-only. Refused for another format or a torn one."""
    try:
        if (found := _head.decode(raw).format) > FORMAT:
            raise Refused(
                f"a batch in the log has format {found}, this andon reads up to {FORMAT}: use the version that wrote it"
            )
        packed = _decoder.decode(raw)
        segments = _known.pick(packed.segments)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"a batch in the log is not readable: {error}") from error
    batch = Batch(
        arrived=packed.arrived,
        segments=segments,
        names=tuple(packed.names),
        kind=_column(packed.kind, _BYTE, np.uint8),
        segment=_column(packed.segment, _INDEX, np.int32),
        name=_column(packed.name, _INDEX, np.int32),
        value=_column(packed.value, _FLOAT, np.float64),
        of=_column(packed.of, _FLOAT, np.float64),
        time=_column(packed.time, _FLOAT, np.float64),
        ahead=_column(packed.ahead, _BYTE, np.uint8).view(np.bool_),
        notes=packed.notes,
        set_back=packed.set_back,
    )
    _check(batch)
    return batch


def _column(raw: bytes, stored: np.dtype[Any], native: type[S]) -> npt.NDArray[S]:
    try:
        return np.frombuffer(raw, stored).astype(native, copy=False)
    except ValueError as error:
        raise Refused(f"a batch in the log is torn: {error}") from error


def _check(batch: Batch) -> None:
    """Refuse columns of unequal length and indexes that point to nothing."""
    columns = (batch.segment, batch.name, batch.value, batch.of, batch.time, batch.ahead)
    fits = all(len(column) == len(batch) for column in columns)
    fits = fits and _points(batch.segment, len(batch.segments)) and _points(batch.name, len(batch.names))
    if not (
        fits
        and _points(batch.kind, len(KINDS))
        and (not batch.notes or 0 <= min(batch.notes) <= max(batch.notes) < len(batch))
    ):
        raise Refused("a batch in the log is torn: its columns do not fit each other")


def _points(index: npt.NDArray[Any], size: int) -> bool:
    return len(index) == 0 or (int(index.min()) >= 0 and int(index.max()) < size)
