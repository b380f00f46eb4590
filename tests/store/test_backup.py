"""The file of a backup: what is written is read, and nothing else passes for it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import ConfigError
from andon.model import Delivery, Entry, Letter
from andon.store.backup import (
    PIECE,
    Case,
    Dead,
    Head,
    Logged,
    Piece,
    Record,
    Secret,
    Stand,
    Used,
    reading,
    writing,
)
from tests.store.made import incident, page, row

HEAD = Head(version="9.9", at=5.0, formats={"engine": 1})
RECORDS: Sequence[Record] = (
    Secret("key", "00ff"),
    Piece(bytes(range(256))),
    Case(incident(), [row()], [Delivery(page=page(), next_try=7.0)]),
    Dead(Letter(at=1.0, position=1, reason="不行", raw=b"\xff\n", id="1-0")),
    Used("a key 键", "0-1"),
    Logged(Entry(position="0-1", at=1.5, batch=b"\x00\xff", key="k")),
    Stand("0-0", "0-1"),
)


def wrote(path: Path, records: Sequence[Record] = RECORDS) -> Path:
    with writing(path, HEAD) as writer:
        for record in records:
            writer.write(record)
    return path


def read(path: Path) -> tuple[Head, list[Record]]:
    with reading(path) as (head, records):
        return head, list(records)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return wrote(tmp_path_factory.mktemp("backup") / "b").read_bytes()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = wrote(tmp_path / "b")
    head, records = read(path)
    assert (head, [str(one) for one in records]) == (HEAD, [str(one) for one in RECORDS])  # a NaN is no NaN's equal


def test_a_person_can_read_its_first_line(whole: bytes) -> None:
    assert whole.split(b"\n")[0] == b'{"andon":"backup","format":2,"version":"9.9","at":5.0,"formats":{"engine":1}}'


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    assert wrote(tmp_path / "b").stat().st_mode & 0o777 == 0o600


def test_a_large_snapshot_is_read_in_pieces(tmp_path: Path) -> None:
    pieces = [Piece(os.urandom(PIECE)) for _ in range(3)]
    assert read(wrote(tmp_path / "b", pieces))[1] == pieces


@given(st.data())
@settings(max_examples=25)
def test_a_file_cut_short_anywhere_is_refused(
    whole: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(ConfigError, match=r"cut short|no backup"):
        read(path)


@given(st.data())
@settings(max_examples=25)
def test_a_byte_that_changed_anywhere_is_noticed(
    whole: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    at, by = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    path = tmp_path_factory.getbasetemp() / "spoilt"
    path.write_bytes(whole[:at] + bytes([whole[at] ^ by]) + whole[at + 1 :])
    with pytest.raises(ConfigError, match=r"damaged|cut short|no backup|format"):
        read(path)


def test_what_follows_its_end_is_noticed(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(whole + b"x")
    with pytest.raises(ConfigError, match="damaged"):
        read(tmp_path / "b")


def test_a_newer_format_names_the_version_that_wrote_it(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(whole.replace(b'"format":2', b'"format":3', 1))
    with pytest.raises(ConfigError, match=r"format 3, written by andon 9\.9; this version reads up to 2"):
        read(tmp_path / "b")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"{}\n", b'{"andon":"signals","format":1}\n', b"[1]\n"])
def test_another_file_is_no_backup(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(data)
    with pytest.raises(ConfigError, match="no backup of andon's"):
        read(tmp_path / "b")


def test_a_fault_on_the_way_leaves_the_backup_before_it(tmp_path: Path) -> None:
    before = wrote(tmp_path / "b").read_bytes()
    with suppress(ZeroDivisionError), writing(tmp_path / "b", HEAD) as writer:
        writer.write(RECORDS[0])
        raise ZeroDivisionError
    assert (tmp_path / "b").read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["b"]


def test_a_directory_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written: No such file"):
        wrote(tmp_path / "nowhere" / "b")
