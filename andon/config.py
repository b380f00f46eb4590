"""What the operator sets: one frozen object, from options and environment; and the secrets kept in the data directory."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from andon.bundled import bundled
from andon.errors import ConfigError

RETENTION = 90 * 86_400.0
"""How long signals' frames and closed incidents are kept, in seconds of the service's clock."""
KEY, INGEST_TOKEN = "key", "ingest-token"
SECRETS = (KEY, INGEST_TOKEN)
"""The files of the data directory that hold secrets."""
KEY_FORM = re.compile("[0-9a-f]{64}")
"""What the key's file holds."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a service is started with; `redis` "" means the bundled store in `data`.

    `environment` is what `env:NAME` and the channels read.
    """

    rules: Path
    data: Path
    redis: str = ""
    host: str = "127.0.0.1"
    port: int = 8717
    public_url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return the address people reach the board by."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Secrets:
    """`key` signs links and hashes customers; `ingest` and `act` are bearer tokens ("" : none but loopback may act)."""

    key: bytes
    ingest: str
    act: str = ""


def settings(rules: str | None, data: str | None, **others: str | int) -> Settings:
    """Return settings from options, filled up from the environment and defaults."""
    environment = dict(os.environ)
    return Settings(
        rules=Path(rules or environment.get("ANDON_RULES") or bundled("rules")),
        data=Path(data or environment.get("ANDON_DATA") or Path.home() / ".andon"),
        environment=environment,
        **others,  # type: ignore[arg-type] # click has checked the options' types
    )


def secrets_of(one: Settings) -> Secrets:
    """Return the secrets in the data directory, made at the first start; the environment's tokens come first.

    ConfigError when the directory cannot be written to, or its key has been spoilt.
    """
    try:
        one.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = _kept(one.data / KEY)
        ingest = one.environment.get("ANDON_INGEST_TOKEN") or _kept(one.data / INGEST_TOKEN)
    except OSError as error:
        raise ConfigError(
            f"{one.data} cannot be used as data directory: {error.strerror}. Name one that can be written to with --data."
        ) from error
    if not KEY_FORM.fullmatch(key):
        raise ConfigError(
            f"{one.data / KEY} holds no key of 64 hexadecimal digits: put the saved one back. If there is none, delete the "
            "file; customers then get new pseudonyms, and the links in pages that were sent end."
        )
    return Secrets(key=bytes.fromhex(key), ingest=ingest, act=one.environment.get("ANDON_ACT_TOKEN", ""))


def ingest_token(data: Path, environment: Mapping[str, str]) -> str:
    """Return the token by which this machine may send signals; ConfigError says where it is looked for."""
    if token := environment.get("ANDON_INGEST_TOKEN"):
        return token
    try:
        return (data / INGEST_TOKEN).read_text().strip()
    except OSError as error:
        raise ConfigError(
            f"no token to send with: {data / INGEST_TOKEN} cannot be read. Set ANDON_INGEST_TOKEN, or name the "
            "service's data directory with --data."
        ) from error


def _kept(path: Path) -> str:
    """Return what a file keeps; the first to ask makes it, whole at once."""
    if not path.exists():
        made = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text().strip()
