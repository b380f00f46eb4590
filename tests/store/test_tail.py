"""A power cut takes what was not acknowledged, and nothing else."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from redis import Redis

from andon.errors import ConfigError
from andon.store import embedded
from andon.store.tail import Break, cut_tail, examine


def command(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


WHOLE = command(b"SELECT", b"0") + command(b"SET", b"a", b"1" * 300)
BLOCK = command(b"MULTI") + command(b"SET", b"b", b"2") + command(b"EXEC")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def test_wherever_a_transaction_is_cut_it_goes_as_a_whole(file: Path) -> None:
    for size in range(len(WHOLE) + 1, len(WHOLE + BLOCK)):
        file.write_bytes((WHOLE + BLOCK)[:size])
        found = examine(file)
        assert found
        assert (found.kept, found.inside) == (len(WHOLE), False)


def test_a_whole_file_has_no_break(file: Path) -> None:
    file.write_bytes(WHOLE + BLOCK)
    assert examine(file) is None


def test_a_tail_of_zeros_as_a_file_system_leaves_it_is_a_break_at_the_end(file: Path) -> None:
    file.write_bytes(WHOLE + bytes(4096))
    found = examine(file)
    assert found
    assert (found.kept, found.at, found.inside) == (len(WHOLE), len(WHOLE), False)


def test_a_length_that_was_spoilt_in_the_middle_is_no_torn_tail(file: Path) -> None:
    file.write_bytes(WHOLE.replace(b"$300", b"$999") + BLOCK)
    found = examine(file)
    assert found
    assert found.inside


LINES = b"complaint " + b"y" * 500 + b"\r\n"
LAST = command(b"XADD", b"log", b"*", b"batch", LINES)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"$512", b"$412"),
        (b"$512", b"$612"),
        (b"$5", b"$4"),
        (b"*5", b"*4"),
        (b"*5", b"+5"),
        (b"*5", b"*0"),
        (b"$3\r\nlog", b"#3\r\nlog"),
        (b"log\r\n", b"log\r "),
        (b"*5\r\n", b"*5\r "),
        (b"y\r\n\r\n", b"y\r\n\r "),
    ],
)
def test_a_wrong_byte_in_the_last_command_is_damage_though_none_follows(file: Path, right: bytes, wrong: bytes) -> None:
    file.write_bytes(WHOLE + LAST.replace(right, wrong, 1))
    found = examine(file)
    assert found
    assert found.inside


@pytest.mark.parametrize("text", [b"\r\n*1\r\n$1\r\nA", command(b"A") * 9, command(b"A", b"B" * 9000)[:30]])
def test_a_write_that_was_torn_goes_whatever_commands_its_text_holds(file: Path, text: bytes) -> None:
    whole = command(b"XADD", b"log", b"*", b"batch", b"complaint \r\n" + text + b"y" * 500)
    for size in range(len(whole) - 400, len(whole), 11):
        file.write_bytes(WHOLE + whole[:size])
        assert examine(file) == Break(len(WHOLE), len(WHOLE), inside=False)


def test_a_write_of_which_only_the_first_blocks_came_before_zeros_is_torn_wherever_that_is(file: Path) -> None:
    for size in (*range(60), *range(len(LAST) - 6, len(LAST))):
        file.write_bytes(WHOLE + LAST[:size] + bytes(4096))
        assert examine(file) == Break(len(WHOLE), len(WHOLE), inside=False)


def test_a_length_that_was_spoilt_before_a_tail_of_zeros_is_damage(file: Path) -> None:
    file.write_bytes(WHOLE + LAST.replace(b"$512", b"$412") + bytes(4096))
    found = examine(file)
    assert found
    assert found.inside


def test_a_megabyte_of_text_that_is_all_commands_is_looked_through_once(file: Path) -> None:
    file.write_bytes(WHOLE + b"*1\r\n$2000000\r\n" + command(b"A") * 20_000 + b"y")
    began = time.process_time()
    assert examine(file) == Break(len(WHOLE), len(WHOLE), inside=False)
    assert time.process_time() - began < 2.0


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, list[int]]:
    """A store's directory, and how long its file was after each of the numbers in the list `n` had been acknowledged."""
    child = embedded.start(tmp_path / "data")
    path = next((tmp_path / "data" / "appendonlydir").glob("*.incr.aof"))
    sizes = []
    with Redis.from_url(child.url) as client:
        for number in range(50):
            client.rpush("n", number)
            sizes.append(path.stat().st_size)
    child.process.kill()
    child.process.wait()
    child.stop()
    return path, sizes


def after(path: Path, sizes: list[int], cut: int) -> None:
    """Cut the file as a power cut would, start the store, and compare."""
    with path.open("r+b") as file:
        file.truncate(cut)
    child = embedded.start(path.parents[1])
    try:
        with Redis.from_url(child.url) as client:
            assert client.lrange("n", 0, -1) == [b"%d" % one for one, size in enumerate(sizes) if size <= cut]
            assert client.rpush("n", "on") > 0
    finally:
        child.stop()


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 8))])
def test_what_was_acknowledged_before_the_cut_is_there_and_the_start_says_what_it_did(
    written: tuple[Path, list[int]], capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    path, sizes = written
    cut = random.Random(seed).randrange(sizes[0] + 1, sizes[-1])  # noqa: S311 - to be repeated, not to be secret
    after(path, sizes, cut)
    assert ("store.cut" in capsys.readouterr().out) == (cut not in sizes)


def test_damage_in_the_middle_is_told_and_nothing_is_changed(written: tuple[Path, list[int]]) -> None:
    path, sizes = written
    middle = sizes[20]
    with path.open("r+b") as file:
        file.seek(middle)
        spoilt = file.read(60).replace(b"$5\r\nRPUSH", b"$9\r\nRPUSH")
        file.seek(middle)
        file.write(spoilt)
    before = path.read_bytes()
    with pytest.raises(
        ConfigError, match=r"is broken at byte .* and more was written behind it\. Nothing has been changed"
    ):
        embedded.start(path.parents[1])
    assert path.read_bytes() == before


def test_a_command_that_was_spoilt_is_told(written: tuple[Path, list[int]]) -> None:
    path, _ = written
    path.write_bytes(path.read_bytes().replace(b"RPUSH", b"RPU\x00H", 1))
    with pytest.raises(ConfigError, match="is damaged: Error reading the append only file"):
        embedded.start(path.parents[1])


def test_a_base_that_was_spoilt_is_told(written: tuple[Path, list[int]]) -> None:
    path, _ = written
    base = next(path.parent.glob("*.base.rdb"))
    base.write_bytes(base.read_bytes()[:-4] + b"spoi")
    with pytest.raises(ConfigError, match="is damaged"):
        embedded.start(path.parents[1])


def test_where_nothing_is_listed_nothing_is_cut(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        cut_tail(tmp_path)


def test_what_was_acknowledged_last_is_not_cut_for_a_wrong_byte_in_it(written: tuple[Path, list[int]]) -> None:
    path, sizes = written
    spoilt = bytearray(path.read_bytes())
    spoilt[spoilt.index(b"RPUSH", sizes[-2]) - 3] = ord("4")  # its length
    path.write_bytes(spoilt)
    with pytest.raises(ConfigError, match=r"is broken at byte .* Nothing has been changed"):
        embedded.start(path.parents[1])
    assert path.read_bytes() == spoilt
