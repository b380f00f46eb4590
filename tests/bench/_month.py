"""A month of the invented company's traffic as one file: drawn once for some hours, written again and again at later times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.bench._traffic import START, traffic

MONTH = 30 * 86_400.0
POOL = 100_000
"""Signals that are drawn; hours lie between two uses of one, so that its id is no repeat."""
_TIME = re.compile(rb'"time":("?)[^,"]+"?,')


def write(path: Path, signals: int, seconds: float = MONTH) -> int:
    """Write `signals` that are evenly spread over `seconds`, a little late and out of order; return how many bytes they are."""
    with path.open("wb") as file:
        for piece in _pieces(signals, seconds):
            file.write(piece)
        return file.tell()


def _pieces(signals: int, seconds: float) -> Iterator[bytes]:
    drawn = traffic(min(POOL, signals), signals / seconds)
    parts = [_TIME.split(line, 1) for _, body in drawn.bodies for line in body.split(b"\n")]
    texts = np.array([bool(quoted) for _, quoted, _ in parts])
    rng = np.random.default_rng(11)
    for begin in range(0, signals, len(parts)):
        some = parts[: signals - begin]
        at = START + np.arange(begin, begin + len(some)) * (seconds / signals) - rng.exponential(2.0, len(some))
        times = [b'"time":%.3f,' % one for one in at.tolist()]
        for place in np.flatnonzero(texts[: len(some)]).tolist():
            times[place] = b""
        written = np.datetime_as_string((at * 1000).astype("datetime64[ms]"), timezone="UTC")
        for place in np.flatnonzero(texts[: len(some)]).tolist():
            times[place] = b'"time":"%s",' % str(written[place]).encode()
        lines = [before + time + after for (before, _, after), time in zip(some, times, strict=True)]
        yield b"\n".join(lines) + b"\n"
