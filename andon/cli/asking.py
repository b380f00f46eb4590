"""The line to a running service, and who speaks on it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx

from andon.config import ingest_token
from andon.errors import AndonError, Refused, Unavailable


def sender_token(folder: str | None) -> str:
    """Return the ingest token of this machine's service."""
    return ingest_token(Path(folder or os.environ.get("ANDON_DATA") or Path.home() / ".andon"), os.environ)


def ask(method: str, address: str, *, token: str = "", line: httpx.Client | None = None, **rest: Any) -> httpx.Response:
    """Ask the service; Unavailable when nobody answers, Refused with its reason when it says no.

    `line` keeps one connection for many questions.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = line.request if line else httpx.request
    try:
        answer = request(method, address, headers=headers | rest.pop("headers", {}), timeout=30.0, **rest)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise NobodyThere(
            f"no andon answers at {address}: {error}. Is `andon up` running there, or elsewhere (--url)?"
        ) from error
    except httpx.HTTPError as error:
        raise Unavailable(f"{address}: {str(error) or type(error).__name__}") from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AndonError(f"{address} is no address: {error}. Say --url http://HOST:PORT.") from error
    if answer.status_code in (429, 503):
        raise Unavailable(f"{address}: {reason(answer)}")
    if answer.is_error:
        raise Refused(f"{address}: {reason(answer)}")
    return answer


class NobodyThere(Unavailable):
    """No service answers at the address."""


def reason(answer: httpx.Response) -> str:
    """Return what the service said is wrong."""
    try:
        said = answer.json()
    except ValueError:
        return f"{answer.status_code} {answer.text[:200]}"
    return str(said.get("detail", said)) if isinstance(said, dict) else str(said)


def person() -> str:
    """Return who acts when nobody is named: the one the machine knows."""
    found = os.environ.get("ANDON_PERSON")
    if not found:
        raise AndonError("say who you are: --by PERSON, as the rulebook's people are named, or set ANDON_PERSON")
    return found
