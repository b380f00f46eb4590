"""RFC 3339 times to epoch seconds, a column at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from andon.model import Bools, Floats, Ints

UNREADABLE = float("inf")
LAST = 253_402_300_800.0
"""The first instant of the year 10000, where RFC 3339 ends; epoch milliseconds are beyond it."""

_SHORTEST, _LONGEST = 20, 40
_CLOCK = 19  # characters of YYYY-MM-DDTHH:MM:SS
_DIGITS = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

_Bytes = npt.NDArray[np.uint8]


def times(column: Sequence[float | str | None]) -> Floats:
    """Return epoch seconds (n,): NaN where there is none, inf where it cannot be read.

    A string is a date, a time and a zone as RFC 3339, 5.6 writes them (a space may stand for the T); a number is epoch
    seconds before the year 10000.
    """
    texts = [i for i, time in enumerate(column) if time.__class__ is str]
    if len(texts) == len(column):
        return parse(column)  # type: ignore[arg-type]  # all of them are str
    if not texts:
        out = np.array(column, np.float64)
    else:
        out = np.array([None if time.__class__ is str else time for time in column], np.float64)
        out[texts] = parse([column[i] for i in texts])  # type: ignore[misc]  # these are str
    out[out >= LAST] = UNREADABLE
    return out


def parse(texts: Sequence[str]) -> Floats:
    """Return the epoch seconds (n,) of RFC 3339 strings; inf where one is not."""
    out = np.full(len(texts), UNREADABLE)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    for length in np.unique(lengths).tolist():
        if not _SHORTEST <= length <= _LONGEST:
            continue
        rows = np.flatnonzero(lengths == length)
        same = texts if len(rows) == len(texts) else [texts[i] for i in rows.tolist()]
        chars = np.frombuffer("".join(same).encode("ascii", "replace"), np.uint8).reshape(-1, length)
        zulu = (chars[:, -1] | 32) == ord("z")
        if zulu.all():
            out[rows] = _local(chars[:, :-1])
            continue
        out[rows[zulu]] = _local(chars[zulu, :-1])
        out[rows[~zulu]] = _offset(chars[~zulu])
    return out


def _offset(chars: _Bytes) -> Floats:
    """Read times that end in +HH:MM or -HH:MM."""
    if chars.shape[1] < _CLOCK + 6:
        return np.full(len(chars), UNREADABLE)
    zone = chars[:, -6:]
    digits = (zone[:, [1, 2, 4, 5]] - ord("0")).astype(np.int64)
    hours, minutes = digits[:, 0] * 10 + digits[:, 1], digits[:, 2] * 10 + digits[:, 3]
    sign = np.where(zone[:, 0] == ord("+"), -1, 1)
    good = ((zone[:, 0] == ord("+")) | (zone[:, 0] == ord("-"))) & (zone[:, 3] == ord(":"))
    good &= (digits < 10).all(axis=1) & (hours < 24) & (minutes < 60)
    return np.where(good, _local(chars[:, :-6]) + sign * (hours * 3600 + minutes * 60), UNREADABLE)


def _local(chars: _Bytes) -> Floats:
    """Read `YYYY-MM-DDTHH:MM:SS` and a fraction, if any, as if in UTC."""
    digits = (chars[:, _DIGITS] - ord("0")).astype(np.int64)
    pairs = digits[:, 0::2] * 10 + digits[:, 1::2]
    year, month, day = pairs[:, 0] * 100 + pairs[:, 1], pairs[:, 2], pairs[:, 3]
    hour, minute, second = pairs[:, 4], pairs[:, 5], pairs[:, 6]
    good = (digits < 10).all(axis=1) & _separated(chars) & _in_calendar(year, month, day)
    good &= (hour < 24) & (minute < 60) & (second < 60 + (minute == 59))  # a leap second may be written
    seconds = ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    if chars.shape[1] == _CLOCK:
        return np.where(good, seconds, UNREADABLE)
    part = chars[:, _CLOCK + 1 :] - ord("0")
    good &= (chars[:, _CLOCK] == ord(".")) & (part < 10).all(axis=1) & (part.shape[1] > 0)
    whole = part @ 10.0 ** np.arange(part.shape[1] - 1, -1, -1)
    return np.where(good, seconds + whole / 10.0 ** part.shape[1], UNREADABLE)


def _separated(chars: _Bytes) -> Bools:
    middle = chars[:, 10]
    good = (chars[:, 4] == ord("-")) & (chars[:, 7] == ord("-")) & (((middle | 32) == ord("t")) | (middle == ord(" ")))
    return np.asarray(good & (chars[:, 13] == ord(":")) & (chars[:, 16] == ord(":")))


def _in_calendar(year: Ints, month: Ints, day: Ints) -> Bools:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = _DAYS[(month - 1) % 12] + (leap & (month == 2))
    return np.asarray((month >= 1) & (month <= 12) & (day >= 1) & (day <= longest))


def _days(year: Ints, month: Ints, day: Ints) -> Ints:
    """Return days since 1970-01-01 in the Gregorian calendar, counting years from March so that a leap day is the last."""
    early = month < 3
    since = year - early
    into = (153 * (month + np.where(early, 9, -3)) + 2) // 5 + day - 1
    return np.asarray(since * 365 + since // 4 - since // 100 + since // 400 + into - 719_468)
