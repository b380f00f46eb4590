"""The grammar's JSON Schema, by which editors complete and check a rulebook's files."""

from __future__ import annotations

from typing import Any

from andon.rulebook.forms.book import BookForm

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one file of a rulebook."""
    return {"$schema": DIALECT, **BookForm.model_json_schema(), "title": "andon rulebook"}
