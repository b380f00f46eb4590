"""CSV to NDJSON signals, a row at a time."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from andon.errors import ConfigError

FIELDS = ("kind", "name", "value", "of", "time", "id", "text", "customer", "by", "owner", "tier")
_NUMBERS = ("value", "of", "time")
_SEGMENT = "segment."
_encoder = msgspec.json.Encoder()


def signals(lines: Iterable[bytes], mapping: Sequence[str], fixed: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield one signal as JSON for each row of a CSV (RFC 4180, UTF-8, a header first, Excel's mark allowed).

    `mapping`: `FIELD=COLUMN`, `fixed`: `FIELD=VALUE`; a field is one of a signal's or `segment.DIMENSION`. An empty cell
    leaves its field out; a row without any mapped cell is left out. A date or a time without a zone is taken as UTC; what
    cannot be read is passed on, for the door to refuse. ConfigError names a field or column that is not there.
    """
    columns = _pairs(mapping, "COLUMN")
    constants = _pairs(fixed, "VALUE")
    rows = _rows(csv.reader(_text(lines)))
    header = next(rows, [])
    missing = sorted(set(columns.values()) - set(header))
    if missing:
        raise ConfigError(f"the CSV has no column {', '.join(missing)}: its header names {', '.join(header) or 'none'}")
    places = [(field, header.index(column)) for field, column in columns.items()]
    for row in rows:
        cells = {field: row[at].strip() for field, at in places if at < len(row) and row[at].strip()}
        if cells:
            yield _encoder.encode(_signal(constants | cells))


def _pairs(words: Sequence[str], what: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in words:
        field, sign, said = word.partition("=")
        known = field in FIELDS or (field.startswith(_SEGMENT) and len(field) > len(_SEGMENT))
        if not (sign and said and known):
            raise ConfigError(f"{word!r} is not FIELD={what}: FIELD is segment.DIMENSION or one of {', '.join(FIELDS)}")
        pairs[field] = said
    return pairs


def _text(lines: Iterable[bytes]) -> Iterator[str]:
    """Decode lines; bytes that are not UTF-8 become the replacement character, the rest of the row is kept."""
    texts = (line.decode("utf-8", "replace") for line in lines)
    ended = (text if text.endswith("\n") else f"{text}\n" for text in texts)
    return itertools.chain([next(ended, "").removeprefix("\ufeff")], ended)


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield rows; what the reader finds wrong is the file's fault."""
    for number in itertools.count(1):
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ConfigError(f"the CSV cannot be read at line {number} or after: {error}") from error


def _signal(fields: Mapping[str, str]) -> dict[str, object]:
    signal: dict[str, object] = {}
    segment: dict[str, str] = {}
    for field, cell in fields.items():
        if field.startswith(_SEGMENT):
            segment[field.removeprefix(_SEGMENT)] = cell
        elif field in _NUMBERS:
            signal[field] = _number(cell) if field != "time" else _time(cell)
        else:
            signal[field] = cell
    return signal | {"segment": segment} if segment else signal


def _number(cell: str) -> float | str:
    try:
        number = float(cell)
    except ValueError:
        return cell
    return number if math.isfinite(number) else cell  # JSON has no word for the others


def _time(cell: str) -> float | str:
    number = _number(cell)
    if isinstance(number, float):
        return number
    try:
        time = datetime.fromisoformat(cell)
    except ValueError:
        return cell
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).isoformat()
