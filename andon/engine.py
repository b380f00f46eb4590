"""The engine: a batch's way from columns to findings, pure, decided by nothing but what it was fed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from struct import pack
from zlib import crc32

import msgspec
import numpy as np

from andon.bank.bank import Bank
from andon.errors import ConfigError
from andon.model import Batch, Finding
from andon.streams.split import split
from andon.streams.streams import Streams

FORMAT = 2
"""2: streams and bank know what people accepted."""
_INSTEAD = "bring back a backup (`andon restore`), or start andon on another data directory (--data)"
QUIET = 2
"""Looks at streams without any series after which the next ones are passed over."""


class Saved(msgspec.Struct, frozen=True):
    """A snapshot's layout; `FORMAT` numbers it. `check` is the CRC-32 of the rest, 0 in what the first version wrote."""

    format: int
    now: float
    judged: float
    streams: bytes
    bank: bytes
    check: int = 0

    def sum(self) -> int:
        """Return the CRC-32 of all but `check`."""
        return reduce(
            lambda sum_, part: crc32(part, sum_), (self.streams, self.bank), crc32(pack("<dd", self.now, self.judged))
        )


class _Number(msgspec.Struct, frozen=True):
    """The part of a snapshot that every version reads."""

    format: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What was found when the clock stood at `now`."""

    now: float
    findings: list[Finding]


def _read(snapshot: bytes) -> Saved:
    try:
        if (found := msgspec.msgpack.decode(snapshot, type=_Number).format) > FORMAT:
            raise ConfigError(
                f"the saved state has format {found}, this version reads up to {FORMAT}: start the version that wrote it"
            )
        saved = msgspec.msgpack.decode(snapshot, type=Saved)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"the saved state is not readable ({error}): {_INSTEAD}") from error
    if saved.check and saved.check != saved.sum():
        raise ConfigError(f"the saved state was damaged, its sum is not the one that was kept: {_INSTEAD}")
    return saved


class Engine:
    """Folds batches into frames, and judges each look once the clock has passed its end by `lateness` seconds.

    `by_events`: the clock goes as the signals' time goes; otherwise as their arrival goes. Same entries in the same order,
    same findings, wherever the batches were cut.
    """

    def __init__(self, streams: Streams, bank: Bank, *, lateness: float, by_events: bool) -> None:
        self.streams, self.bank = streams, bank
        self.now, self.judged = -math.inf, -math.inf
        self.stops: list[float] = []
        """Times, ascending, at which somebody will say what concerns the bank: a moment is yielded when the clock stands there."""
        self._lateness, self._by_events = lateness, by_events

    def take(self, batch: Batch) -> Iterator[Moment]:
        """Yield what is found on the way through a batch, in the clock's order."""
        if not self._by_events:
            yield from self.advance(batch.arrived)
            yield self._fold(batch)
            return
        for until, piece in split(batch, self.now, self._lateness, self.bank.tick, self.stops):
            while self.stops and self.stops[0] < until:
                stop = self.stops.pop(0)
                yield from self.advance(stop)
                yield Moment(stop, [])
            yield from self.advance(until)
            yield from self._fold_by_events(piece)

    def advance(self, now: float) -> Iterator[Moment]:
        """Judge every look that ended `lateness` before `now`, and not yet; an earlier `now` changes nothing."""
        if now <= self.now:
            return
        self.now = now
        end = (now - self._lateness) // self.bank.tick * self.bank.tick
        if math.isinf(self.judged):
            self.judged = end
        quiet = 0
        while self.judged < end:
            quiet = 0 if self.streams.alive() else quiet + 1
            # Once every series is forgotten, and has been told of, no look finds anything until there is a signal.
            self.judged = end if quiet > QUIET else self.judged + self.bank.tick
            at = self.judged + self._lateness
            self.streams.age(self.judged)  # first, so that a long window is a few coarse frames
            yield Moment(at, self.bank.judge(self.judged, at))

    def learn(self, batch: Batch, end: float, seconds: float) -> None:
        """Learn what is usual from a piece of history, `seconds` long, that ended at `end`; nothing is found in it."""
        self.streams.fold(batch)
        self.streams.age(end)
        self.bank.learn(end, seconds)
        self.judged = max(self.judged, end)

    def save(self) -> bytes:
        """Return the whole state in a numbered format."""
        saved = Saved(FORMAT, self.now, self.judged, self.streams.save(), self.bank.save())
        return msgspec.msgpack.encode(msgspec.structs.replace(saved, check=saved.sum()))

    def load(self, snapshot: bytes) -> None:
        """Take up a saved state; series and rules that are no more are left out, new ones start empty.

        ConfigError: it was damaged, or a later version wrote it.
        """
        saved = _read(snapshot)
        self.streams.load(saved.streams)
        self.bank.load(saved.bank)
        self.now, self.judged = saved.now, saved.judged

    def _fold(self, batch: Batch) -> Moment:
        now = batch.arrived if math.isinf(self.now) else max(self.now, batch.arrived)
        return Moment(now, self.bank.each(self.streams.fold(batch), now))

    def _fold_by_events(self, piece: Batch) -> Iterator[Moment]:
        """Yield what single signals call for, one by one, when the clock stood at each, wherever the batches were cut."""
        clock = np.maximum.accumulate(np.maximum(piece.time, self.now))
        kept, stood = self.streams.take(piece)
        for finding in self.bank.each(kept, clock[stood]):
            self.now = finding.at
            yield Moment(finding.at, [finding])
        self.now = float(clock[-1])
