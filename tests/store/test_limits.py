"""A container's limit counts, not the machine's memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from andon.store import limits

MIB = 1024**2


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(limits, "GROUPS", tmp_path)
    monkeypatch.setattr(limits, "OURS", tmp_path / "ours")
    return tmp_path


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_smallest_limit_of_a_group_and_those_around_it_counts(groups: Path) -> None:
    put(groups / "ours", "0::/a/b\n")
    put(groups / "a" / "b" / "memory.max", "max\n")
    put(groups / "a" / "memory.max", f"{512 * MIB}\n")
    put(groups / "memory.max", f"{900 * MIB}\n")
    assert limits.memory() == 512 * MIB


def test_the_first_version_of_groups_counts_likewise(groups: Path) -> None:
    put(groups / "ours", "4:cpu,memory:/a\n0::/\n")
    put(groups / "memory" / "a" / "memory.limit_in_bytes", f"{256 * MIB}\n")
    assert limits.memory() == 256 * MIB


def test_where_a_container_sees_only_its_root_that_limit_counts(groups: Path) -> None:
    put(groups / "ours", "0::/the/hosts/path\n")
    put(groups / "memory.max", f"{128 * MIB}\n")
    assert limits.memory() == 128 * MIB


def test_without_a_limit_it_is_the_machines_memory(groups: Path) -> None:
    machine = limits.memory()
    put(groups / "ours", "4:memory:/\n0::/\n")
    put(groups / "memory" / "memory.limit_in_bytes", "9223372036854771712\n")
    assert limits.memory() == machine > 128 * MIB
