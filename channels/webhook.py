"""Webhook: the page as JSON, posted to any address; signed when there is a secret."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote

import httpx
import msgspec

from andon.clock import WallClock
from andon.model import Page, Receipt, Sending
from andon.respond.wording import headline, lines
from channels.answered import DEADLINE, failed, retry_after

SECRET = "ANDON_WEBHOOK_SECRET"  # noqa: S105  the setting's name, not its value
FORMAT = 1


class Body(msgspec.Struct, frozen=True):
    """What is posted; `format` numbers the layout."""

    format: int
    headline: str
    text: str
    page: Page


class Webhook:
    """Posts to the person's or room's `webhook` address; setting ANDON_WEBHOOK_SECRET (optional) signs."""

    name: ClassVar[str] = "webhook"

    def __init__(self, secret: str = "") -> None:
        self._secret = secret.encode()
        self._client = httpx.AsyncClient(follow_redirects=False, timeout=DEADLINE)

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Webhook:
        """Make one; it needs no setting."""
        return cls(settings.get(SECRET, ""))

    async def send(self, page: Page, now: float) -> Receipt:
        """Post it once: 2xx is sent; 429, 5xx and a failing connection may pass; any other answer is final."""
        body = msgspec.json.encode(Body(FORMAT, headline(page), "\n".join(lines(page)), page))
        try:
            async with (
                asyncio.timeout(DEADLINE),
                self._client.stream("POST", _address(page), content=body, headers=self._headers(page, body)) as answer,
            ):
                return _receipt(page, now, answer)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError, ValueError):
            return failed(page, now, "the address is not an http or https URL", for_good=True)
        except (httpx.TransportError, TimeoutError, OSError) as error:
            return failed(page, now, f"no answer: {type(error).__name__}", for_good=False)

    def key(self, page: Page) -> str:
        """Return the Idempotency-Key: the page's id, percent-encoded where a header could not carry it."""
        return quote(page.id, safe="/:@-._~")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _headers(self, page: Page, body: bytes) -> dict[str, str]:
        stamp = str(int(WallClock().now()))  # true time: the receiver checks its age by its own clock
        headers = {"Content-Type": "application/json", "Idempotency-Key": self.key(page), "Andon-Timestamp": stamp}
        if self._secret:
            headers["Andon-Signature"] = signature(self._secret, stamp, body)
        return headers


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """Return the value of Andon-Signature: `sha256=` and the hex HMAC-SHA256 (RFC 2104) of `stamp`, a dot and the body."""
    return "sha256=" + hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _address(page: Page) -> httpx.URL:
    """Return where to post; InvalidURL for what the socket below would choke on, too."""
    url = httpx.URL(page.address)
    host = url.raw_host.rstrip(b".")
    named = 0 < len(host) <= 253 and all(0 < len(label) <= 63 for label in host.split(b"."))
    if url.scheme not in {"http", "https"} or not named or not (url.port is None or 0 < url.port <= 65535):
        raise httpx.InvalidURL("not an http or https address")
    return url


def _receipt(page: Page, now: float, answer: httpx.Response) -> Receipt:
    code = answer.status_code
    if answer.is_success:
        return Receipt(page=page.id, status=Sending.SENT, at=now)
    if code == httpx.codes.TOO_MANY_REQUESTS or code >= httpx.codes.INTERNAL_SERVER_ERROR:
        wait = retry_after(answer.headers.get("Retry-After"), WallClock().now())
        return failed(page, now, f"answered {code}", for_good=False, retry_after=wait)
    return failed(page, now, f"answered {code}", for_good=True)
