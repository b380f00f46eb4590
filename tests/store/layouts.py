"""Layouts in words: every field of what is kept, so that no change of it goes unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import inspect

from andon import engine, plugins
from andon.bank import snapshot as bank
from andon.detector import Detector, Settings
from andon.incidents import keys
from andon.ingest import batch
from andon.model import KINDS, Delivery, Direction, Form, Incident, Letter, Row
from andon.store import backup, base
from andon.streams import snapshot as streams

DETECTORS: Mapping[str, Mapping[str, Any]] = {
    "burn_rate": {"budget": 0.01},
    "drift": {"delta": 0.05},
    "half_space_trees": {"above": 0.9},
    "river": {"model": "anomaly.StandardAbsoluteDeviation", "above": 3.0},
    "silence": {"silent": 600.0, "expected": "usual"},
    "threshold": {"above": 1.0, "over": 600.0},
}
"""What a detector must be told; the others need nothing."""


def layouts() -> dict[str, str]:
    """Return each kept layout in words, by its name and number."""
    codes = [f"kinds: {' '.join(KINDS)}"]
    found = {
        f"backup.{backup.FORMAT}": told(backup.Head, backup.Record),
        f"bank.{bank.FORMAT}": told(bank.Saved),
        f"batch.{batch.FORMAT}": told(batch._Packed[msgspec.Raw]) + codes,
        f"engine.{engine.FORMAT}": told(engine.Saved),
        f"grouping.{keys.FORMAT}": told(),
        f"store.{base.FORMAT}": told(Incident, Row, Delivery, Letter),
        f"streams.{streams.FORMAT}": told(streams.SavedStreams) + codes,
    }
    found |= {f"{name}.{kind.format}": list(fields(name, kind)) for name, kind in plugins.detectors().items()}
    return {name: "\n".join(lines) + "\n" for name, lines in found.items()}


def fields(name: str, kind: type[Detector]) -> Iterator[str]:
    """Yield a line for each array of a detector's state, for each form that it takes."""
    for form in Form:
        if form in kind.takes:
            made = kind(Settings(60.0, form, Direction.RISES, options=DETECTORS.get(name, {})))
            for array, field in made.fields.items():
                yield f"{form.value} {array}: {field.shape or ''} {field.fill}{' evidence' * field.evidence}"


def told(*kinds: Any) -> list[str]:
    """Return a line for each struct that is part of some types: its fields, their types, which may be absent."""
    lines: dict[str, str] = {}
    for kind in kinds:
        _word(inspect.type_info(kind), lines)
    return sorted(lines.values())


def _word(kind: inspect.Type, lines: dict[str, str]) -> str:
    if isinstance(kind, inspect.StructType):
        name = kind.cls.__name__
        if name not in lines:
            lines[name] = ""
            within = ", ".join(_field(field, lines) for field in kind.fields)
            lines[name] = f"{name}{'[]' if kind.array_like else ''} {kind.tag or ''}({within})"
        return name
    if isinstance(kind, inspect.EnumType):
        return f"{kind.cls.__name__}<{' '.join(str(one.value) for one in kind.cls)}>"
    if isinstance(kind, inspect.UnionType):
        return " | ".join(_word(one, lines) for one in kind.types)
    found: list[Any] = [getattr(kind, name) for name in kind.__struct_fields__]
    types = [one for part in found for one in (part if isinstance(part, tuple) else (part,))]
    words = [_word(one, lines) for one in types if isinstance(one, inspect.Type)]
    name = type(kind).__name__.removesuffix("Type").lower()
    return f"{name}<{', '.join(words)}>" if words else name


def _field(field: inspect.Field, lines: dict[str, str]) -> str:
    return f"{field.encode_name}{'' if field.required else '?'}: {_word(field.type, lines)}"
