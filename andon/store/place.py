"""Where the bundled store keeps its data, where it answers, and what it is started with."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from andon.errors import ConfigError
from andon.store.limits import memory

MOST_SOCKET = 100
"""Bytes of a socket's path that every system takes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store keeps its data and answers: on a socket, or on a port with a password where the path is too long for one."""

    data: Path
    socket: Path | None
    port: int = 0
    password: str = ""

    @property
    def url(self) -> str:
        """Return the URL a client takes."""
        return f"unix://{self.socket}" if self.socket else f"redis://:{self.password}@127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Return where it says what it does."""
        return self.data / "store.log"

    def settings(self) -> str:
        """Return what it is started with, as it reads it; half of the memory is for everybody else, and for its folding."""
        said = {
            "dir": str(self.data),
            "port": str(self.port),
            "bind": "127.0.0.1 -::1",
            "protected-mode": "yes",
            "appendonly": "yes",
            "appendfsync": "always",
            "aof-load-truncated": "no",  # we look first whether it is a torn tail or damage
            "auto-aof-rewrite-percentage": "0",  # we fold the file when there is room for it: Tending
            "save": "",
            "maxmemory": str(memory() // 2),
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "supervised": "no",
        }
        if self.socket:
            said |= {"unixsocket": str(self.socket), "unixsocketperm": "700"}
        else:
            said |= {"requirepass": self.password}
        return "".join(f"{name} {_quoted(name, value)}\n" for name, value in said.items())

    def ask(self) -> bytes:
        """Return what it answers to a PING, b"" when it cannot be reached."""
        login = f"AUTH {self.password}\r\n" if self.password else ""
        with socket.socket(socket.AF_UNIX if self.socket else socket.AF_INET) as line:
            line.settimeout(1.0)
            try:
                line.connect(str(self.socket) if self.socket else ("127.0.0.1", self.port))
                line.sendall(f"{login}PING\r\n".encode())
                heard = line.recv(64)
                return heard if heard != b"+OK\r\n" else heard + line.recv(64)
            except OSError:
                return b""


def place_on(data: Path) -> Place:
    """Return the place of a store on `data`, with a new password if it takes one."""
    if path := _socket(data):
        return Place(data, path)
    place = Place(data, None, _free_port(), secrets.token_hex(32))
    _write(data / "store-password", place.password)  # for the operator's own tools; made anew at every start
    _write(data / "store-url", place.url)  # for our own: a backup of a store that runs
    return place


def known(data: Path) -> str:
    """Return where the store that runs on `data` answers, "" when that cannot be told."""
    if path := _socket(data):
        return f"unix://{path}"
    url = data / "store-url"
    return url.read_text() if url.exists() else ""


def _socket(data: Path) -> Path | None:
    """Return where the socket of a data directory's store is, None where its path would be too long for one."""
    path = data / "store.sock"
    return path if len(os.fsencode(path)) <= MOST_SOCKET else None


def _write(path: Path, text: str) -> None:
    """Write what nobody else may read, whole at once."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    made.replace(path)


def _quoted(name: str, value: str) -> str:
    if "\n" in value or "\r" in value or "\0" in value:
        raise ConfigError(
            f"the data directory's name has a line break in it, the store cannot take it as {name}: {value!r}"
        )
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
