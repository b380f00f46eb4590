from __future__ import annotations

import json

import pytest

from andon.ingest import segments
from andon.ingest.decode import decode
from andon.ingest.segments import Interned, Interner


def intern(interner: Interner, *written: dict[str, str]) -> Interned:
    lines = (json.dumps({"kind": "pull", "segment": segment}) for segment in written)
    return interner.intern(decode("\n".join(lines).encode()).wires)


def test_a_segment_of_an_earlier_batch_is_the_same_object() -> None:
    interner = Interner()
    first, second = intern(interner, {"a": "1"}), intern(interner, {"a": "2"}, {"a": "1"})
    assert second.segments[int(second.index[1])] is first.segments[0]


def test_a_batch_holds_only_its_own_segments_once_each() -> None:
    interner = Interner()
    intern(interner, {"a": "1"}, {"a": "2"}, {"a": "3"})
    found = intern(interner, {"a": "3"}, {"a": "1"}, {"a": "3"})
    assert sorted(labels["a"] for labels in found.segments) == ["1", "3"]
    assert [found.segments[at]["a"] for at in found.index.tolist()] == ["3", "1", "3"]


def test_what_it_remembers_is_bounded_and_a_batch_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "_KEPT", 3)
    interner = Interner()
    first = intern(interner, *({"a": str(n)} for n in range(5)))
    second = intern(interner, {"a": "4"})
    assert [labels["a"] for labels in first.segments] == ["0", "1", "2", "3", "4"]
    assert second.segments == ({"a": "4"},)
    assert second.segments.table is not first.segments.table
