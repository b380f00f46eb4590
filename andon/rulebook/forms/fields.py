"""The kinds of values that stand in a rulebook: each reads YAML's plain value, says what is allowed, and has its schema."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from unicodedata import category
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from andon.rulebook import units
from andon.rulebook.units import Amount, Rate, said


class Form(BaseModel):
    """A mapping in a rulebook's file: nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _text(title: str, pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "title": title, "pattern": pattern, "examples": list(examples)})


_NUMBER = r"([0-9]+(\.[0-9]+)?|\.[0-9]+)"

Duration = Annotated[
    float, PlainValidator(units.duration), _text("Duration", rf"^{_NUMBER}[smhd]$", "90s", "15m", "4h", "30d")
]
Length = Annotated[
    float, PlainValidator(units.length), _text("Duration", rf"^{_NUMBER}[smhd]$", "90s", "15m", "4h", "30d")
]
Frames = Annotated[
    float, PlainValidator(units.frames), _text("Multiple of 10s", rf"^{_NUMBER}[smhd]$", "30s", "1m", "5m")
]
Share = Annotated[float, PlainValidator(units.share), _text("Share", rf"^{_NUMBER}%$", "1%", "20%")]
Milliseconds = Annotated[
    float, PlainValidator(units.milliseconds), _text("Time", rf"^{_NUMBER}(ms|s)$", "800ms", "1.5s")
]
Factors = Annotated[
    tuple[float, float],
    PlainValidator(units.factors),
    _text("Factors", rf"^{_NUMBER}x(\.\.{_NUMBER}x)?$", "4x", "0.5x", "3x..6x"),
]
Promise = Annotated[
    Rate,
    PlainValidator(units.rate),
    _text("False alarms", rf"^{_NUMBER} per {_NUMBER}[smhd]( in all)?$", "1 per 30d", "1 per 30d in all"),
]
Quantity = Annotated[
    Amount,
    PlainValidator(units.amount),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number"}, {"type": "string", "pattern": rf"^{_NUMBER}(%|pp|ms|s)$"}],
            "title": "Number",
            "examples": [40, "2%", "5pp", "800ms"],
        }
    ),
]
HOURS_PATTERN = r"^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$"
Hours = Annotated[
    tuple[int, int],
    PlainValidator(units.hours),
    _text("Hours", HOURS_PATTERN, "22:00-07:00"),
]
DayHours = Annotated[
    tuple[int, int],
    PlainValidator(units.day_hours),
    _text("Interval", HOURS_PATTERN, "09:30-12:00"),
]
_DAY = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
DAYS_PATTERN = rf"^{_DAY}(-{_DAY})?(, *{_DAY}(-{_DAY})?)*$"
Days = Annotated[
    frozenset[int], PlainValidator(units.weekdays), _text("Days", DAYS_PATTERN, "Mon-Fri", "Sat-Sun", "Mon,Wed")
]
Wall = Annotated[
    str,
    PlainValidator(units.wall),
    _text("Date and time", r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}$", "2026-01-05 09:30"),
]
Span = Annotated[tuple[int, int], PlainValidator(units.span), _text("Range", r"^-?[0-9]+\.\.-?[0-9]+$", "9..10")]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(value: object) -> str:
    if isinstance(value, str) and value in _zones():
        return value
    hint = units.near(value, _zones()) if isinstance(value, str) else ""
    raise ValueError(f"read {said(value)}; allowed: an IANA time zone such as Asia/Shanghai{hint}")


Zone = Annotated[
    str, PlainValidator(_zone), _text("IANA time zone", r"^[A-Za-z0-9_+\-/]+$", "Asia/Shanghai", "Europe/Madrid")
]


def _address(value: object) -> str:
    """Never quotes what it refuses: an address or a secret has no place in a message."""
    if not isinstance(value, str):
        raise ValueError("read something that is no text; allowed: text (put numbers in quotes) or env:NAME")  # noqa: TRY004 - pydantic takes ValueError
    if not value.strip() or len(value) > 2000:
        raise ValueError(
            "read an empty or overlong text; allowed: an address, or env:NAME for the environment's variable NAME"
        )
    if value.startswith("env:") and not re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*", value):
        raise ValueError("read env: without a usable name; allowed: env:NAME with letters, digits and _")
    return value


Address = Annotated[str, PlainValidator(_address), _text("Address, or env:NAME", r"\S", "#andon", "env:LI_NA_SMS")]


def _plain(value: object) -> str:
    if isinstance(value, str) and value.strip() and len(value) <= 500:
        if any(category(one) in {"Cc", "Zl", "Zp"} for one in value):
            raise ValueError(f"read {said(value)}; allowed: text in one line, without control characters")
        return value
    hint = ": put it in quotes" if isinstance(value, int | float | bool) else ""
    raise ValueError(f"read {said(value)}; allowed: text{hint}")


Text = Annotated[str, PlainValidator(_plain), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 500})]


def _dimension(value: str) -> str:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.\-]{0,63}", value):
        return value
    raise ValueError(f"read {said(value)}; allowed: a dimension's name of letters, digits, _ . -, such as region")


Dimension = Annotated[Text, AfterValidator(_dimension)]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _unique(value: list[str]) -> list[str]:
    seen: set[str] = set()
    for one in value:
        if one in seen:
            raise ValueError(f"{said(one)} stands here twice; keep one")
        seen.add(one)
    return value


Names = Annotated[list[Text], AfterValidator(_unique)]
Dimensions = Annotated[list[Dimension], AfterValidator(_unique)]
OneOrMore = Annotated[
    list[Text],
    BeforeValidator(_listed),
    Field(min_length=1),
    AfterValidator(_unique),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a dimension's value must be: among `values`, or like the glob; `negate` turns it round."""

    values: frozenset[str] = frozenset()
    like: str = ""
    negate: bool = False


LIKE_MOST = 200
"""Characters of a glob: no dimension's value has more."""
_CONDITION = 'a value, a list of values, {not: ...} or {like: "pay-*"}'


def condition(value: object) -> Condition:
    """Return what `pay`, `[cart, pay]`, `{not: pay}` or `{like: "pay-*"}` asks of a dimension."""
    if isinstance(value, str):
        return Condition(frozenset([value]))
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return Condition(frozenset(value))
    if isinstance(value, dict) and len(value) == 1:
        [(key, inner)] = value.items()
        if key == "like" and isinstance(inner, str) and inner:
            if len(inner) > LIKE_MOST:
                raise ValueError(f"read a glob of {len(inner):,} characters; allowed: {LIKE_MOST}")
            return Condition(like=inner)
        if key == "not":
            found = condition(inner)
            return Condition(found.values, found.like, not found.negate)
    hint = "; put numbers, true and false in quotes" if isinstance(value, int | float | list) else ""
    raise ValueError(f"read {said(value)}; allowed: {_CONDITION}{hint}")


_VALUES: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_LIKE: dict[str, Any] = {
    "type": "object",
    "properties": {"like": {"type": "string", "minLength": 1, "maxLength": LIKE_MOST}},
    "required": ["like"],
    "additionalProperties": False,
}
_NOT: dict[str, Any] = {
    "type": "object",
    "properties": {"not": {"anyOf": [*_VALUES["anyOf"], _LIKE]}},
    "required": ["not"],
    "additionalProperties": False,
}
CONDITION_SCHEMA: dict[str, Any] = {
    "anyOf": [*_VALUES["anyOf"], _LIKE, _NOT],
    "title": "Condition",
    "examples": ["pay", ["cart", "pay"]],
}
Where = Annotated[Condition, PlainValidator(condition), WithJsonSchema(CONDITION_SCHEMA)]
