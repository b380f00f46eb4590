"""The bundled store lives as long as its parent, and its data longer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis

from andon.errors import ConfigError
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
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_its_parent_however_that_dies_and_its_data_stays(folder: Path, how: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, url = parent.stdout.readline().split()
    Redis.from_url(url).set("kept", "yes")
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


def test_a_directory_too_deep_for_a_socket_is_served_over_loopback(tmp_path: Path) -> None:
    child = embedded.start(tmp_path / ("d" * 100))
    try:
        assert child.place.socket is None
        assert Redis.from_url(child.url).ping()
    finally:
        child.stop()


def test_without_any_server_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(ConfigError, match="apt install valkey-server"):
        embedded.executable()


def test_a_server_on_the_path_serves_where_there_is_no_bundled_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}" if name == "redis-server" else None)
    assert embedded.executable() == "/bin/redis-server"
