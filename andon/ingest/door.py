"""The door: a request's body in, a batch and its dead letters out."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from andon.ingest.checks import Terms
from andon.ingest.columns import build
from andon.ingest.decode import Broken, decode
from andon.ingest.inflate import inflate
from andon.ingest.pseudonym import Pseudonyms
from andon.ingest.repeats import Repeats, ids
from andon.ingest.segments import Interner
from andon.model import Batch, Letter, Scale

MOST_RAW = 16_384
"""Bytes of a refused item that its letter keeps."""
_CUT = "bytes are kept)"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a body held: the batch that was taken, a letter for each item that was not, and the three counts.

    `taken` + `duplicate` + `refused` are all its items. `duplicate` is a preview: the batch holds the repeats still, and
    the log's reader decides. `ahead`: how many were taken at their arrival's time, since their own lay in the future. `mark`: what
    tells the body from another, where that was asked for.
    """

    batch: Batch
    letters: tuple[Letter, ...]
    taken: int
    duplicate: int
    refused: int
    ahead: int
    mark: str = ""


class Door:
    """Opens bodies, by terms that `use` changes when the rulebook does.

    `key`: the pseudonyms' secret, 16 to 64 bytes. `retention` in seconds. `by_events`: the signals' time is the clock, and one
    that leaps too far is refused (see `leaps.py`).
    """

    def __init__(self, scales: Mapping[str, Scale], key: bytes, retention: float, by_events: bool = False) -> None:
        self._terms = Terms(scales, retention, by_events)
        self._pseudonyms = Pseudonyms(key)
        self._interner = Interner()
        self._repeats = Repeats()
        self._latest = float("-inf")

    def use(self, scales: Mapping[str, Scale]) -> None:
        """Take ratings on these scales from now on."""
        self._terms = replace(self._terms, scales=scales)

    def open(
        self,
        body: bytes,
        now: float,
        content_type: str = "",
        encoding: str = "",
        *,
        sender: str = "",
        set_back: float = 0.0,
        marked: bool = False,
    ) -> Taken:
        """Return what is taken of a body that arrived at `now`; `set_back` as in Batch. Refused or TooLarge when it cannot be read."""
        items = decode(inflate(body, encoding), content_type)
        if self._terms.by_events:
            now = max(now, self._latest)  # the engine's clock follows a little behind what has come in
        batch, refused = build(items, self._terms, self._interner, self._pseudonyms, now)
        batch = replace(batch, set_back=set_back) if set_back else batch
        self._latest = float(np.max(batch.time, initial=self._latest))
        letters = tuple(self._letter(item, now, sender) for item in sorted(items.broken + refused, key=_position))
        duplicate = self._repeats.count(ids(batch), now)
        return Taken(
            batch=batch,
            letters=letters,
            taken=len(batch) - duplicate,
            duplicate=duplicate,
            refused=len(letters),
            ahead=int(batch.ahead.sum()),
            mark=f"{zlib.crc32(items.data):08x}" if marked else "",
        )

    def appended(self, taken: Taken) -> None:
        """Remember the ids of a batch that is in the log now; one that never got there may come again as new."""
        self._repeats.remember(ids(taken.batch), taken.batch.arrived)

    def _letter(self, item: Broken, now: float, sender: str) -> Letter:
        raw = self._pseudonyms.mask(item.raw[:MOST_RAW])  # cut first: what is not kept is not looked through
        reason = item.reason
        if (size := max(len(raw), len(item.raw))) > MOST_RAW:
            reason += f" (its first {MOST_RAW:,} of {size:,} {_CUT}"
        return Letter(at=now, position=item.position, reason=reason, raw=raw[:MOST_RAW], sender=sender)


def is_cut(letter: Letter) -> bool:
    """Tell whether a letter keeps only the first bytes of its item."""
    return letter.reason.endswith(_CUT)


def _position(item: Broken) -> int:
    return item.position
