"""The OpenAPI document made true of refusals: which there are, that each says why, and which say when to come again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from andon.web.refusals import ALL

REFUSAL = {
    "type": "object",
    "title": "Refusal",
    "description": "Why nothing was done.",
    "properties": {"detail": {"type": "string", "description": "what was found, and what is allowed"}},
    "required": ["detail"],
}
AGAIN = {"Retry-After": {"description": "seconds after which to come again", "schema": {"type": "integer"}}}
LATER = {str(status) for status, one in ALL.items() if one.again}
_OURS = ("HTTPValidationError", "ValidationError")  # FastAPI's own refusals, of which none is sent


def told(document: dict[str, Any]) -> dict[str, Any]:
    """Return FastAPI's document with every refusal in it."""
    schemas = document["components"]["schemas"]
    for name in _OURS:
        schemas.pop(name, None)
    schemas["Refusal"] = REFUSAL
    for item in document["paths"].values():
        for method, operation in item.items():
            if "health" not in operation["tags"]:
                _tell(method, operation)
    return document


def _tell(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status in _refusals(method, operation):
        responses.setdefault(str(status), {"description": ALL[status].text})
    for status, response in responses.items():
        if status >= "400":
            response["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        if status in LATER:
            response["headers"] = AGAIN


def _refusals(method: str, operation: dict[str, Any]) -> Iterator[int]:
    """Yield the statuses that follow from what an operation takes."""
    yield 503
    if any("act" in way for way in operation.get("security", ())):
        yield 403
    if "requestBody" in operation:
        yield from (400, 413, 422)
    if parameters := operation.get("parameters", ()):
        yield 422
    if method == "get" and any(one["in"] == "path" for one in parameters):
        yield 404
