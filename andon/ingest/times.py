"""RFC 3339 times to epoch seconds, a column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from andon.model import Bools, Floats

UNREADABLE = float("inf")
LAST = 253_402_300_800.0
"""The first instant of the year 10000, where RFC 3339 ends; epoch milliseconds are beyond it."""

_SHORTEST, _LONGEST = 20, 40
_CLOCK = 19  # characters of YYYY-MM-DDTHH:MM:SS
_ZONE = 6  # characters of +HH:MM
_DATE = 10  # characters of YYYY-MM-DD
_EPOCH = date(1970, 1, 1).toordinal()
_PAIRS = [0, 2, 5, 8, 11, 14, 17]  # where two digits stand
_DATE_PAIRS = 4  # how many of them are the date's
_LIMITS = np.array([[24], [60], [61]])
_WEIGHTS = np.array([3600.0, 60.0, 1.0])
_MARKS = [4, 7, 13, 16]
_MARKED = np.frombuffer(b"--::", np.uint8)[:, None]

_Chars = npt.NDArray[np.uint8]
"""Characters by place: one row a place in the string, one column a string, so that each step runs over all strings."""
_Parts = npt.NDArray[np.int32]


def times(column: Sequence[float | str | None]) -> Floats:
    """Return epoch seconds (n,): NaN where there is none, inf where it cannot be read.

    A string is a date, a time and a zone as RFC 3339, 5.6 writes them (a space may stand for the T); a number is epoch
    seconds before the year 10000.
    """
    try:
        return parse(column)  # type: ignore[arg-type]  # most senders write all of theirs as strings; join finds out
    except TypeError:
        texts = {row: time for row, time in enumerate(column) if isinstance(time, str)}
    out = np.array([None if isinstance(time, str) else time for time in column] if texts else column, np.float64)
    out[out >= LAST] = UNREADABLE
    out[list(texts)] = parse(list(texts.values()))
    return out


def parse(texts: Sequence[str]) -> Floats:
    """Return the epoch seconds (n,) of RFC 3339 strings; inf where one is not. TypeError if one is not a string."""
    joined = ("\n".join(texts) + "\n").encode("ascii", "replace")
    length = len(texts[0]) if texts else 0
    if _SHORTEST <= length <= _LONGEST and len(joined) == len(texts) * (length + 1):
        # If every row reads well, none holds a line's end, so all of those stand between rows: each row is one string.
        chars = np.ascontiguousarray(np.frombuffer(joined, np.uint8).reshape(-1, length + 1).T)
        out = _read(chars[:-1])
        if np.isfinite(out).all():
            return out
    return _by_length(texts)


def _by_length(texts: Sequence[str]) -> Floats:
    out = np.full(len(texts), UNREADABLE)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    for length in np.unique(lengths).tolist():
        if _SHORTEST <= length <= _LONGEST:
            rows = np.flatnonzero(lengths == length)
            joined = "".join(texts[row] for row in rows.tolist()).encode("ascii", "replace")
            out[rows] = _read(np.ascontiguousarray(np.frombuffer(joined, np.uint8).reshape(-1, length).T))
    return out


def _read(chars: _Chars) -> Floats:
    """Read strings of one length (places, n)."""
    zulu = (chars[-1] | 32) == ord("z")
    if zulu.all():
        return _local(chars[:-1])
    if not zulu.any():
        return _offset(chars)
    out = np.empty(chars.shape[1])
    out[zulu] = _local(chars[:-1, zulu])
    out[~zulu] = _offset(chars[:, ~zulu])
    return out


def _offset(chars: _Chars) -> Floats:
    """Read times that end in +HH:MM or -HH:MM."""
    if len(chars) < _CLOCK + _ZONE:
        return np.full(chars.shape[1], UNREADABLE)
    zone = chars[-_ZONE:]
    (hours, minutes), good = _pairs(zone, [1, 4])
    plus = zone[0] == ord("+")
    good &= (plus | (zone[0] == ord("-"))) & (zone[3] == ord(":")) & (hours < 24) & (minutes < 60)
    ahead = np.where(plus, 60, -60) * (hours * 60 + minutes)
    return np.where(good, _local(chars[:-_ZONE]) - ahead, UNREADABLE)


def _local(chars: _Chars) -> Floats:
    """Read `YYYY-MM-DDTHH:MM:SS` and a fraction, if any, as if in UTC."""
    pairs, good = _pairs(chars, _PAIRS)
    clock = pairs[_DATE_PAIRS:]
    good &= (clock < _LIMITS).all(axis=0) & ((clock[2] < 60) | (clock[1] == 59))  # a leap second may be written
    good &= (chars[_MARKS] == _MARKED).all(axis=0) & (((chars[10] | 32) == ord("t")) | (chars[10] == ord(" ")))
    seconds = _midnights(chars[:_DATE]) + _WEIGHTS @ clock
    if len(chars) > _CLOCK:
        part = chars[_CLOCK + 1 :] - ord("0")
        good &= (chars[_CLOCK] == ord(".")) & (part < 10).all(axis=0) & (len(part) > 0)
        seconds += (10.0 ** -np.arange(1, len(part) + 1)) @ part
    return np.where(good, seconds, UNREADABLE)


def _midnights(chars: _Chars) -> Floats:
    """Return when each `YYYY-MM-DD` began; most batches are of one day."""
    days = _Days()
    if chars.size and (chars == chars[:, :1]).all():
        return np.full(chars.shape[1], days[chars[:, 0].tobytes()])
    dates = np.ascontiguousarray(chars.T).view(f"S{_DATE}").ravel().tolist()
    return np.array([days[date] for date in dates], np.float64)


class _Days(dict[bytes, float]):
    """When a day began; inf for one that the calendar does not have."""

    def __missing__(self, day: bytes) -> float:
        try:
            began = (date.fromisoformat(day.decode("ascii")).toordinal() - _EPOCH) * 86_400.0
        except ValueError:
            began = UNREADABLE
        self[day] = began
        return began


def _pairs(chars: _Chars, places: list[int]) -> tuple[_Parts, Bools]:
    """Return the number (pairs, n) that two digits at each of these places make, and where all of them are digits."""
    tens, ones = chars[places] - ord("0"), chars[[place + 1 for place in places]] - ord("0")
    return tens * np.int32(10) + ones, np.asarray((np.maximum(tens, ones) < 10).all(axis=0))
