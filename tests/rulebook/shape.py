"""As much of JSON Schema (draft 2020-12) as the grammar's schema uses, to hold files against it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
KNOWN = {
    "$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "default", "description", "enum", "examples", "exclusiveMinimum",
    "items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minProperties", "minimum", "pattern", "properties",
    "propertyNames", "required", "title", "type",
}  # fmt: skip


def faults(value: Any, shape: Mapping[str, Any], root: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield where a value does not have a schema's shape."""
    if "$ref" in shape:
        yield from faults(value, root["$defs"][shape["$ref"].rsplit("/", 1)[-1]], root, path)
    if "anyOf" in shape and all(list(faults(value, option, root, path)) for option in shape["anyOf"]):
        yield f"{path}: {value!r} is none of the choices"
    if "type" in shape and not _is(value, shape["type"]):
        yield f"{path}: {value!r} is no {shape['type']}"
    elif isinstance(value, dict):
        yield from _mapping(value, shape, root, path)
    elif isinstance(value, list):
        yield from _list(value, shape, root, path)
    else:
        yield from _plain(value, shape, path)


def _is(value: object, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _mapping(value: dict[str, Any], shape: Mapping[str, Any], root: Mapping[str, Any], path: str) -> Iterator[str]:
    properties = shape.get("properties", {})
    more = shape.get("additionalProperties", True)
    yield from (f"{path}: {name} is missing" for name in shape.get("required", ()) if name not in value)
    if len(value) < shape.get("minProperties", 0):
        yield f"{path}: is empty"
    for name, inner in value.items():
        yield from faults(name, shape.get("propertyNames", {}), root, f"{path}.{name} (name)")
        if name in properties or isinstance(more, dict):
            yield from faults(inner, properties.get(name, more), root, f"{path}.{name}")
        elif more is False:
            yield f"{path}: {name} is not allowed"


def _list(value: list[Any], shape: Mapping[str, Any], root: Mapping[str, Any], path: str) -> Iterator[str]:
    if not shape.get("minItems", 0) <= len(value) <= shape.get("maxItems", len(value)):
        yield f"{path}: has {len(value)} items"
    for i, inner in enumerate(value):
        yield from faults(inner, shape.get("items", {}), root, f"{path}[{i}]")


def _plain(value: Any, shape: Mapping[str, Any], path: str) -> Iterator[str]:
    if "enum" in shape and value not in shape["enum"]:
        yield f"{path}: {value!r} is not among {shape['enum']}"
    if "const" in shape and value != shape["const"]:
        yield f"{path}: {value!r} is not {shape['const']!r}"
    if isinstance(value, str):
        if not re.search(shape.get("pattern", ""), value):
            yield f"{path}: {value!r} does not match {shape['pattern']}"
        if not shape.get("minLength", 0) <= len(value) <= shape.get("maxLength", len(value)):
            yield f"{path}: {value!r} is too short or too long"
    if isinstance(value, int | float) and not shape.get("minimum", value) <= value <= shape.get("maximum", value):
        yield f"{path}: {value!r} is out of range"
    if isinstance(value, int | float) and "exclusiveMinimum" in shape and value <= shape["exclusiveMinimum"]:
        yield f"{path}: {value!r} is not above {shape['exclusiveMinimum']}"


def words(shape: Any) -> Iterator[str]:
    """Yield every keyword that a schema uses."""
    if isinstance(shape, dict):
        for word, inner in shape.items():
            yield word
            named = word in {"properties", "$defs"}
            for one in inner.values() if named else () if word in {"examples", "default", "enum", "const"} else [inner]:
                yield from words(one)
    elif isinstance(shape, list):
        for one in shape:
            yield from words(one)
