from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.runners.service import COMMAND, Service, up
from tests.runners.shop import rulebook

Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("cli")
    with up(rulebook(folder / "rules"), folder / "data") as running:
        yield running


@pytest.fixture
def andon(service: Service) -> Callable[..., Done]:
    """Run the command as a person does whose service runs at `service`; returns its exit status and what it said."""

    def run(*words: str | Path, text: str = "", **environment: str) -> Done:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ANDON_")}
        clean |= {"ANDON_URL": service.url, "ANDON_DATA": str(service.data)} | environment
        said = [*COMMAND, *map(str, words)]
        return subprocess.run(said, input=text, capture_output=True, text=True, timeout=30, env=clean, check=False)

    return run
