"""Puts the OpenAPI document of a running service to the test, with schemathesis: every answer is one that it tells of."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.runners.service import Service, start
from tests.web.tiny import RULES

TOKEN = "an-invented-token"
_PULLED_WITHIN = 20.0
_SETTINGS = """
headers = {{ Authorization = "Bearer {token}", Host = "andon.example" }} # from elsewhere, where it takes a token
{parameters}
[checks]
missing_required_header.enabled = false # it wants 401, and what comes from elsewhere without a token gets 403
[[operations]]
include-path = "/v1/signals"
checks.positive_data_acceptance.enabled = false # what is gzip and what only says so has the same schema
checks.negative_data_rejection.enabled = false # an item that is none is named in a 202
[[operations]]
include-path = "/v1/events"
enabled = false # it never ends
"""


def contract(folder: Path, seconds: float, seed: int) -> tuple[int, str]:
    """Try a service on all its ways in, half the time on an incident that is there; return the exit status and what was said."""
    (folder / "rules").mkdir()
    (folder / "rules" / "all.yml").write_text(RULES)
    one = start(folder / "rules", folder / "data", environment={"ANDON_ACT_TOKEN": TOKEN, "ANDON_INGEST_TOKEN": TOKEN})
    try:
        one.await_ready()
        found = [_tried(folder, one, seconds / 2, seed, incident) for incident in ("", _pulled(one))]
        one.await_ready()
    finally:
        one.end()
    said = "\n".join(out for _, out in found) + one.log.read_text()[-2000:]
    return max(status for status, _ in found), said


def _tried(folder: Path, service: Service, seconds: float, seed: int, incident: str) -> tuple[int, str]:
    named = f'parameters = {{ "path.name" = "{incident}", "path.incident" = "{incident}" }}' if incident else ""
    (folder / "schemathesis.toml").write_text(_SETTINGS.format(token=TOKEN, parameters=named))
    options = (
        f"--continue-on-failure --no-color --generation-database none --max-time {seconds:g} --seed {seed} -n 1000"
    )
    command = [
        sys.executable,
        "-c",
        "from schemathesis.cli import schemathesis; schemathesis()",
        "--config-file",
        str(folder / "schemathesis.toml"),
        "run",
    ]
    document = f"{service.url}/v1/openapi.json"
    done = subprocess.run(
        [*command, document, *options.split()], capture_output=True, text=True, check=False, cwd=folder
    )
    return done.returncode, done.stdout + done.stderr


def _pulled(service: Service) -> str:
    """Return the id of an incident that is open."""
    pull = {"by": "tom", "text": "nobody can pay", "owner": "app"}
    service.client.post("/v1/pulls", json=pull).raise_for_status()
    until = time.monotonic() + _PULLED_WITHIN
    while not (found := service.incidents()) and time.monotonic() < until:
        time.sleep(0.1)
    return str(found[0]["id"])
