"""The bundled store lives as long as its parent, and its data longer."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from andon.errors import ConfigError, Unavailable
from andon.store import embedded

PARENT = """
import sys, time
from pathlib import Path
from andon.store import embedded
child = embedded.start(Path(sys.argv[1]))
print(child.process.pid, child.url, flush=True)
time.sleep(60)
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


def test_what_was_written_is_there_after_the_store_was_stopped_and_started(folder: Path) -> None:
    child = embedded.start(folder)
    Redis.from_url(child.url).set("answer", "7K")
    child.stop()
    again = embedded.start(folder)
    try:
        assert Redis.from_url(again.url).get("answer") == b"7K"
    finally:
        again.stop()


def test_every_write_is_on_the_disk_before_it_is_answered_and_nothing_is_evicted(folder: Path) -> None:
    child = embedded.start(folder)
    try:
        client = Redis.from_url(child.url)
        said = [client.config_get(name)[name] for name in ("appendonly", "appendfsync", "maxmemory-policy")]
        assert said == ["yes", "always", "noeviction"]
    finally:
        child.stop()


def test_it_knows_how_much_it_may_hold_so_that_the_log_can_tell_when_it_is_full(folder: Path) -> None:
    child = embedded.start(folder)
    try:
        memory = Redis.from_url(child.url).info("memory")
        assert 0 < memory["maxmemory"] < memory["total_system_memory"]
    finally:
        child.stop()


def test_a_second_store_on_the_same_directory_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "CLAIMS_WITHIN", 0.2)
    child = embedded.start(folder)
    try:
        with pytest.raises(ConfigError, match="another andon runs on this data directory"):
            embedded.start(folder)
    finally:
        child.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="it is the kernel's doing there, a watcher's elsewhere")
@pytest.mark.parametrize(("how", "hangs"), [(signal.SIGKILL, False), (signal.SIGTERM, False), (signal.SIGKILL, True)])
def test_it_dies_with_its_parent_however_that_dies_and_its_data_stays(
    folder: Path, how: signal.Signals, *, hangs: bool
) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, url = parent.stdout.readline().split()
    Redis.from_url(url).set("kept", "yes")
    if hangs:
        os.kill(int(pid), signal.SIGSTOP)
    os.kill(parent.pid, how)
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 10
    while alive(int(pid)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(int(pid))
    again = embedded.start(folder)
    try:
        assert Redis.from_url(again.url).get("kept") == b"yes"
    finally:
        again.stop()


def test_a_directory_too_deep_for_a_socket_is_served_over_loopback_to_whoever_has_its_password(tmp_path: Path) -> None:
    child = embedded.start(tmp_path / ("d" * 100))
    try:
        assert child.place.socket is None
        with Redis.from_url(child.url) as client:
            assert client.ping()
        assert replace(child.place, password="").ask().startswith(b"-NOAUTH")
        kept = child.place.data / "store-password"
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.read_text() == child.place.password
        assert child.place.password not in Path(f"/proc/{child.process.pid}/cmdline").read_text()
    finally:
        child.stop()


def test_what_an_end_in_the_middle_of_folding_left_is_cleared_away_and_its_log_does_not_grow_for_ever(
    folder: Path,
) -> None:
    (folder / "appendonlydir").mkdir(parents=True)
    leftover = folder / "appendonlydir" / "temp-rewriteaof-7.aof"
    leftover.write_bytes(b"half")
    (folder / "store.log").write_bytes(bytes(embedded.LOG_KEPT + 1))
    child = embedded.start(folder)
    child.stop()
    assert not leftover.exists()
    assert (folder / "store.log").stat().st_size < embedded.LOG_KEPT


def test_a_directory_whose_name_needs_quoting_is_taken(tmp_path: Path) -> None:
    child = embedded.start(tmp_path / 'a "b" \\c 存')
    child.stop()
    assert (tmp_path / 'a "b" \\c 存' / "appendonlydir").is_dir()


def test_a_directory_that_cannot_be_written_to_is_the_operators_to_mend(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(embedded, "_claim", read_only)
    with pytest.raises(ConfigError, match=r"Read-only file system\. Name one that can be written to with --data"):
        embedded.start(folder)


def test_on_a_disk_that_is_full_it_is_not_started_and_the_error_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "LEAST_DISK", 1 << 62)
    with pytest.raises(Unavailable, match=r"is full: .* bytes are free\. Make room; nothing is lost"):
        embedded.start(folder)


def test_without_any_server_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(ConfigError, match="apt install valkey-server"):
        embedded.executable()


def test_a_server_on_the_path_serves_where_there_is_no_bundled_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}" if name == "redis-server" else None)
    assert embedded.executable() == "/bin/redis-server"
