from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Done
from tests.runners.service import Service
from tests.runners.shop import rulebook


def test_beside_a_service_that_runs_it_says_that_all_is_well(andon: Callable[..., Done], service: Service) -> None:
    service.data.chmod(0o700)
    done = andon("doctor", "--rules", service.data.parent / "rules", "--json")
    told = {one["look"]: one for one in json.loads(done.stdout)}
    assert (done.returncode, {one["verdict"] for one in told.values()}) == (0, {"fine"}), done
    assert told["service"]["found"] == f"{service.url} is ready"
    assert f"process {service.process.pid} (" in told["lock"]["found"]
    assert told["leader"]["found"].startswith(f"{service.url} (process {service.process.pid} on ")
    assert service.token not in done.stdout


@pytest.mark.long
def test_where_nothing_runs_it_says_what_is_missing_and_makes_nothing(
    andon: Callable[..., Done], tmp_path: Path
) -> None:
    where = ("--rules", rulebook(tmp_path / "rules"), "--data", tmp_path / "data", "--url", "http://127.0.0.1:9")
    done = andon("doctor", *where, COLUMNS="200")
    assert done.returncode == 0
    assert "no andon runs at http://127.0.0.1:9" in done.stdout
    assert "1 warn" in done.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.long
def test_what_keeps_andon_from_working_is_the_exit_status(andon: Callable[..., Done], tmp_path: Path) -> None:
    done = andon("doctor", "--rules", rulebook(tmp_path / "rules", "version: 2\n"), "--redis", "redis://127.0.0.1:9")
    assert done.returncode == 1
    assert "book.yml:1" in done.stdout
    assert "Start it, or name another" in done.stdout
