"""A backup's file: everything a service needs to go on elsewhere, one record after another, and a digest at the end.

The first line is JSON that a person can read (`head -1 FILE`): the file's format, who wrote it, when, and the format of
everything in it. Then records, each four bytes of length and MessagePack, as one zlib stream; then 32 bytes: the SHA-256 of all
before. Nothing of it is larger in memory than one record.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

import msgspec

from andon.errors import ConfigError
from andon.model import Delivery, Entry, Incident, Letter, Row

FORMAT = 2
PIECE = 1 << 20
_CHUNK = 1 << 16
_LONGEST_HEAD = 65_536
_DIGEST = 32
_LENGTH = 4


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: `format` is the file's own, `formats` those of what is in it; `at` in true epoch seconds."""

    andon: Literal["backup"] = "backup"
    format: int = FORMAT
    version: str
    at: float
    formats: dict[str, int]


class _Known(msgspec.Struct, frozen=True):
    """The part of the first line that every version reads."""

    andon: Literal["backup"]
    format: int
    version: str


class Piece(msgspec.Struct, frozen=True, tag="state"):
    """The next `PIECE` bytes, or fewer, of the engine's snapshot."""

    data: bytes


class Stand(msgspec.Struct, frozen=True, tag="stand"):
    """The log position that the snapshot stands for, and the newest one there was; "" for none."""

    position: str
    last: str


class Case(msgspec.Struct, frozen=True, tag="case"):
    """An incident with its ledger and its pages."""

    incident: Incident
    rows: list[Row]
    pages: list[Delivery]


class Logged(msgspec.Struct, frozen=True, tag="logged"):
    """An entry of the log that the snapshot does not know of yet."""

    entry: Entry


class Dead(msgspec.Struct, frozen=True, tag="dead"):
    """A dead letter."""

    letter: Letter


class Used(msgspec.Struct, frozen=True, tag="used"):
    """A batch's key, and the position of its entry."""

    key: str
    position: str


class Secret(msgspec.Struct, frozen=True, tag="secret"):
    """A file of the data directory that holds a secret."""

    name: str
    text: str


class End(msgspec.Struct, frozen=True, tag="end"):
    """The last record: how many there are of each sort."""

    counts: dict[str, int]


Record: TypeAlias = Piece | Stand | Case | Logged | Dead | Used | Secret | End
_DECODER: msgspec.msgpack.Decoder[Record] = msgspec.msgpack.Decoder(Record)


def count(record: Record, counts: dict[str, int]) -> None:
    """Add one to the count of a record's sort."""
    sort = str(record.__struct_config__.tag)
    counts[sort] = counts.get(sort, 0) + 1


class Writer:
    """Writes records to a file that `writing` has opened; `counts` says how many of each sort there are."""

    def __init__(self, file: BinaryIO, head: Head) -> None:
        self.counts: dict[str, int] = {}
        self._file, self._digest, self._pack = file, hashlib.sha256(), zlib.compressobj(1)
        self._put(msgspec.json.encode(head) + b"\n")

    def write(self, record: Record) -> None:
        """Write a record."""
        count(record, self.counts)
        data = msgspec.msgpack.encode(record)
        self._put(self._pack.compress(len(data).to_bytes(_LENGTH, "big") + data))

    def end(self) -> None:
        """Write the last record and the digest."""
        self.write(End(dict(self.counts)))
        self._put(self._pack.flush())
        self._file.write(self._digest.digest())

    def _put(self, data: bytes) -> None:
        self._digest.update(data)
        self._file.write(data)


@contextmanager
def writing(path: Path, head: Head) -> Iterator[Writer]:
    """Open a backup to write; it is there under its name once it is whole and on the disk, and nobody else may read it."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            writer = Writer(file, head)
            yield writer
            writer.end()
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
        _settle(path.parent)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}; nothing of it was left behind.") from error
    finally:
        made.unlink(missing_ok=True)


@contextmanager
def reading(path: Path) -> Iterator[tuple[Head, Iterator[Record]]]:
    """Open a backup to read: its head, and its records without the last; ConfigError when it is none, damaged or cut short.

    That a file is whole is known once the last record has been read.
    """
    try:
        with path.open("rb") as file:
            yield _head(file, path), _records(file, path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error


def _settle(folder: Path) -> None:
    """Make sure that a new name in a directory is on the disk."""
    line = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(line)
    finally:
        os.close(line)


def _head(file: BinaryIO, path: Path) -> Head:
    line = file.readline(_LONGEST_HEAD)
    try:
        known = msgspec.json.decode(line, type=_Known)
        if known.format <= FORMAT:
            return msgspec.json.decode(line, type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no backup of andon's: its first line does not say so.") from error
    raise ConfigError(
        f"{path} has format {known.format}, written by andon {known.version}; this version reads up to {FORMAT}: restore it "
        "with that version, or a later one."
    )


def _records(file: BinaryIO, path: Path) -> Iterator[Record]:
    """Yield every record but the last, which is compared with what came before."""
    counts: dict[str, int] = {}
    end: End | None = None
    for data in _unpacked(file, path):
        try:
            record = _DECODER.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} is damaged: a record in it cannot be read.") from error
        if isinstance(record, End):
            end = record
            continue
        count(record, counts)
        yield record
    if end is None or end.counts != counts:
        raise ConfigError(f"{path} is damaged: it does not hold as many records as it says.")


def _unpacked(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """Yield each record's bytes; what is wrong with the file as a whole is told after the last."""
    size, begun = os.fstat(file.fileno()).st_size, file.tell()
    file.seek(0)
    digest, unpack, held = hashlib.sha256(file.read(begun)), zlib.decompressobj(), bytearray()
    left = size - begun - _DIGEST
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        left -= len(chunk)
        digest.update(chunk)
        while chunk:
            try:
                held += unpack.decompress(chunk, PIECE)
            except zlib.error as error:
                raise ConfigError(f"{path} is damaged: {error}.") from error
            chunk = unpack.unconsumed_tail
            while len(held) >= _LENGTH and len(held) - _LENGTH >= (length := int.from_bytes(held[:_LENGTH], "big")):
                yield bytes(held[_LENGTH : _LENGTH + length])
                del held[: _LENGTH + length]
    if not unpack.eof:
        raise ConfigError(f"{path} is cut short: its end is missing. Take another copy of it.")
    if held or unpack.unused_data or file.read(_DIGEST + 1) != digest.digest():
        raise ConfigError(f"{path} is damaged: its digest is not that of what it holds. Take another copy of it.")
