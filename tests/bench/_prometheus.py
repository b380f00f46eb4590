"""Debian's Prometheus and Alertmanager as children, set as fast as they are usually set: a scrape and a look a second."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.runners.service import free_port

NEEDED = ("prometheus", "prometheus-alertmanager")
_PROMETHEUS = """
global: {scrape_interval: 1s, evaluation_interval: 1s, scrape_timeout: 1s}
rule_files: [rules.yml]
scrape_configs: [{job_name: tips, static_configs: [{targets: ["127.0.0.1:%d"]}]}]
alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:%d"]}]}]}
"""
_RULES = "groups: [{name: tips, rules: [{alert: Tip, expr: tips > 0}]}]\n"
_ALERTMANAGER = """
route: {receiver: here, group_by: [ticket], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: here, webhook_configs: [{url: "http://127.0.0.1:%d/theirs", send_resolved: false}]}]
"""


def missing() -> list[str]:
    """Return which of the two are not installed."""
    return [name for name in NEEDED if shutil.which(name) is None]


@contextmanager
def watching(folder: Path, port: int) -> Iterator[None]:
    """Let them scrape /metrics on a port, and post what fires to /theirs there; end them by their own ids."""
    folder.mkdir()
    own, alerts = free_port(), free_port()
    (folder / "prometheus.yml").write_text(_PROMETHEUS % (port, alerts))
    (folder / "rules.yml").write_text(_RULES)
    (folder / "alertmanager.yml").write_text(_ALERTMANAGER % port)
    commands = [
        ["prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/am",
         f"--web.listen-address=127.0.0.1:{alerts}", "--cluster.listen-address="],
        ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
         f"--web.listen-address=127.0.0.1:{own}"],
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        children = [subprocess.Popen(command, stdout=log, stderr=log) for command in commands]
        try:
            yield
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(15)
