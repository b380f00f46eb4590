"""Some rows of arrays that go together."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

from andon.model import Bools

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def only(of: T, mask: Bools) -> T:
    """Return the rows of `mask` of each array of a dataclass that holds nothing but arrays (m, ...)."""
    return type(of)(*(getattr(of, one.name)[mask] for one in fields(of)))
