"""RFC 3339 times to epoch seconds, a column at a time."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import cast

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
_CLOCK_DIGITS = [11, 12, 14, 15, 17, 18]
_WEIGHTS = np.array([36_000.0, 3600.0, 600.0, 60.0, 10.0, 1.0])
_EXACT = 15  # digits of a fraction that a float takes as a whole number; no sender means more
_ZERO = np.float64(ord("0"))
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
    try:  # most senders write all of theirs in one way
        if column and isinstance(column[0], str):
            return parse(cast("Sequence[str]", column))
        out = np.frombuffer(array("d", cast("Sequence[float]", column)))
    except TypeError:
        return _mixed(column)
    return _within(out)


def _mixed(column: Sequence[float | str | None]) -> Floats:
    texts = {row: time for row, time in enumerate(column) if isinstance(time, str)}
    out = _within(np.array([None if isinstance(time, str) else time for time in column], np.float64))
    out[list(texts)] = parse(list(texts.values()))
    return out


def _within(seconds: Floats) -> Floats:
    late = seconds >= LAST
    return np.where(late, UNREADABLE, seconds) if late.any() else seconds


def parse(texts: Sequence[str]) -> Floats:
    """Return the epoch seconds (n,) of RFC 3339 strings; inf where one is not. TypeError if one is not a string."""
    joined = ("\n".join(texts) + "\n").encode("ascii", "replace")
    length = len(texts[0]) if texts else 0
    if _SHORTEST <= length <= _LONGEST and len(joined) == len(texts) * (length + 1):
        # If every row reads well, none holds a line's end, so all of those stand between rows: each row is one string.
        chars = np.ascontiguousarray(np.frombuffer(joined, np.uint8).reshape(-1, length + 1).T)[:-1]
        out = _seconds(chars[:-1], _midnight(_day(chars))) if _plain(chars) else _read(chars)
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


def _plain(chars: _Chars) -> bool:
    """Tell in few steps whether strings of one length share their day and end in Z, with digits where they should be."""
    part = len(chars) - _CLOCK - 1
    least, most = (
        np.frombuffer(_day(chars) + clock + b"." * (part > 0) + digit * (part - 1) + b"Z", np.uint8)[:, None]
        for clock, digit in ((b"T00:00:00", b"0"), (b"T29:59:59", b"9"))
    )
    plain = part != 1 and bool(((chars >= least) & (chars <= most)).all())
    return plain and not ((chars[11] == ord("2")) & (chars[12] > ord("3"))).any()


def _day(chars: _Chars) -> bytes:
    return chars[:_DATE, 0].tobytes()


def _seconds(chars: _Chars, midnight: Floats | float) -> Floats:
    """Return what a clock that began at `midnight` shows in `YYYY-MM-DDTHH:MM:SS` and a fraction, if any: digits for certain."""
    seconds = midnight + _WEIGHTS @ (chars[_CLOCK_DIGITS] - _ZERO)
    part = chars[_CLOCK + 1 : _CLOCK + 1 + _EXACT] - _ZERO
    return seconds + (10.0 ** np.arange(len(part) - 1, -1, -1)) @ part / 10.0 ** len(part) if len(part) else seconds


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
    if len(chars) > _CLOCK:
        part = chars[_CLOCK + 1 :] - ord("0")
        good &= (chars[_CLOCK] == ord(".")) & (part < 10).all(axis=0) & (len(part) > 0)
    return np.where(good, _seconds(chars, _midnights(chars[:_DATE])), UNREADABLE)


def _midnights(chars: _Chars) -> Floats:
    """Return when each `YYYY-MM-DD` began; most batches are of one day."""
    if chars.size and (chars == chars[:, :1]).all():
        return np.full(chars.shape[1], _midnight(_day(chars)))
    dates = np.ascontiguousarray(chars.T).view(f"S{_DATE}").ravel().tolist()
    return np.array([_midnight(day) for day in dates], np.float64)


@lru_cache(maxsize=512)
def _midnight(day: bytes) -> float:
    """Return when a day began; inf for one that the calendar does not have."""
    try:
        if day[4:8:3] != b"--":  # Python reads weeks too
            return UNREADABLE
        return (date.fromisoformat(day.decode("ascii")).toordinal() - _EPOCH) * 86_400.0
    except ValueError:
        return UNREADABLE


def _pairs(chars: _Chars, places: list[int]) -> tuple[_Parts, Bools]:
    """Return the number (pairs, n) that two digits at each of these places make, and where all of them are digits."""
    tens, ones = chars[places] - ord("0"), chars[[place + 1 for place in places]] - ord("0")
    return tens * np.int32(10) + ones, np.asarray((np.maximum(tens, ones) < 10).all(axis=0))
