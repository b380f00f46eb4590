"""The Channel protocol: what a plugin in `channels/` is. It must write `send`; abilities are separate protocols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol, runtime_checkable

from andon.model import Act, Page, Receipt


class Channel(Protocol):
    """One medium that carries pages to people; made once from settings, closed at the end."""

    name: ClassVar[str]

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Channel:
        """Make one from settings (environment names to values); NotSetUp names what is missing."""
        ...

    async def send(self, page: Page, now: float) -> Receipt:
        """Try once. Never raises for a provider's no: the receipt says sent, failed-for-now or failed-for-good, and why.

        Repeating a page's `id` must aim at one message where the provider can tell (its idempotency key).
        """
        ...


@runtime_checkable
class Closes(Protocol):
    """Holds something to be released at the end."""

    async def close(self) -> None:
        """Release it."""
        ...


@runtime_checkable
class Updates(Protocol):
    """Can change a message that was sent."""

    async def update(self, page: Page, reference: str, now: float) -> Receipt:
        """Set the message that `reference` names to what `page` says now."""
        ...


@runtime_checkable
class Asks(Protocol):
    """Can ask its provider what became of a message."""

    async def ask(self, page: Page, reference: str, now: float) -> Receipt:
        """Return the message's state as the provider knows it."""
        ...


@runtime_checkable
class Answers(Protocol):
    """Takes what people answer through it."""

    def read(self, headers: Mapping[str, str], body: bytes, now: float) -> Act:
        """Return the act that a callback carries; Refused when its signature, age or form is wrong."""
        ...


@runtime_checkable
class Recognises(Protocol):
    """Its provider recognises a page that it was given before, and makes one message of the two."""

    def key(self, page: Page) -> str:
        """Return the key by which the provider tells pages apart: decided by the page's id alone."""
        ...
