"""What pydantic found wrong with a file, as a rule author reads it: where, what was read, what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from andon.errors import MOST_TOLD, Problem
from andon.rulebook.forms.book import BookForm
from andon.rulebook.source import Path, Source
from andon.rulebook.units import near, said

_TYPES = {
    "string_type": "text (put numbers, true and false in quotes)",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list, such as [one, two]",
    "dict_type": "a mapping, such as {name: value}",
    "model_type": "a mapping, such as {name: value}",
    "model_attributes_type": "a mapping, such as {name: value}",
}


_TOLD = ("description", "examples")


def problems_of(error: ValidationError, source: Source) -> Iterator[Problem]:
    """Yield a problem for each of pydantic's, on the line where it stands."""
    for detail in error.errors(include_url=False)[: MOST_TOLD + 1]:
        path: Path = tuple(part for part in detail["loc"] if part != "[key]")
        yield Problem(source.file, source.line(path), f"{written(path)}: {_text(detail, path)}")


def written(path: Path) -> str:
    """Return a path as people write it, such as `rules[2].when.over`."""
    text = ""
    for part in path:
        word = f"[{part + 1}]" if isinstance(part, int) else part if len(part) <= 100 else f"{part[:97]}..."
        text += f".{word}" if text and isinstance(part, str) else word
    return text or "the file"


def _text(detail: ErrorDetails, path: Path) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind == "missing":
        return f"is missing. {_described(path)}"
    allowed = _TYPES.get(kind) or _choice(context) or _shape(kind, path) or _reworded(detail["msg"])
    hint = near(detail["input"], _choices(path)) if isinstance(detail["input"], str) else ""
    return f"read {_read(detail['input'])}; allowed: {allowed}{hint}"


def _choice(context: Mapping[str, Any]) -> str:
    return str(context.get("expected", "")).replace("True", "true")


def _shape(kind: str, path: Path) -> str:
    if kind == "too_short":
        return "at least one, or leave it out"
    if kind != "string_pattern_mismatch":
        return ""
    found = _schema_at(path)
    return f"{found.get('description', '')}, such as {found.get('examples', [''])[0]}"


def _read(value: object) -> str:
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else said(value)


def _reworded(message: str) -> str:
    return message.removeprefix("Input should be ").removeprefix("String should ").removeprefix("a valid ")


def _unknown(path: Path) -> str:
    known = list(_schema_at(path[:-1]).get("properties", {}))
    return f"is no known name{near(str(path[-1]), known)} Allowed: {', '.join(known)}".replace(
        "name Allowed", "name. Allowed"
    )


def _described(path: Path) -> str:
    return str(_schema_at(path).get("description", ""))


def _choices(path: Path) -> list[str]:
    found = _schema_at(path)
    return [str(one) for one in (*found.get("enum", ()), found.get("const", ""))]


@cache
def _schema() -> dict[str, Any]:
    return BookForm.model_json_schema()


def _schema_at(path: Path) -> Mapping[str, Any]:
    node: Mapping[str, Any] = _schema()
    for part in path:
        node = _resolved(node)
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            inner = node.get("properties", {}).get(part, node.get("additionalProperties", {}))
            node = inner if isinstance(inner, dict) else {}
    return _resolved(node)


def _resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference or an optional value stands for, keeping what is told of itself."""
    for option in node.get("anyOf", ()):
        if option.get("type") != "null":
            return {**_resolved(option), **{k: v for k, v in node.items() if k in _TOLD}}
    if "$ref" in node:
        inner = _schema()["$defs"][str(node["$ref"]).rsplit("/", 1)[-1]]
        return {**inner, **{k: v for k, v in node.items() if k in _TOLD}}
    return node
