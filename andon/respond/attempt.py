"""What one try made of a page, and whether and when the next one comes."""

from __future__ import annotations

from msgspec.structs import replace

from andon.model import Delivery, Receipt, Sending

GAPS = (15.0, 30.0)
"""Seconds from one try to the next: tries at 0, 15 and 45 s, then it has failed for good."""
PATIENCE = 300.0
"""True seconds: a provider that asks for more has said no, since by then somebody else must have been called."""
DONE = frozenset({Sending.SENT, Sending.DELIVERED, Sending.READ, Sending.FAILED_FOR_GOOD})
"""What a try can end in for good."""


def claimed(delivery: Delivery, until: float) -> Delivery:
    """Return a delivery claimed by a sender; if that dies, another one finds it again at `until`."""
    return replace(
        delivery, status=Sending.SENDING, tries=delivery.tries + 1, next_try=until, version=delivery.version + 1
    )


def settled(delivery: Delivery, receipt: Receipt, now: float, speed: float) -> Delivery:
    """Return a claimed delivery with what its try said: done, or the time of the next try.

    `speed`: how many seconds the service's clock goes in a true one. A delivery that is done keeps a time at which it is
    looked at again, until its receipt has been taken.
    """
    status, reason = receipt.status, receipt.reason
    if status is Sending.FAILED_FOR_NOW and receipt.retry_after > PATIENCE:
        status, reason = Sending.FAILED_FOR_GOOD, f"{reason}; it asks to wait {receipt.retry_after:g} s".lstrip("; ")
    if status not in DONE and delivery.tries <= len(GAPS):
        wait = max(GAPS[delivery.tries - 1], receipt.retry_after * speed)
        return _with(delivery, Sending.FAILED_FOR_NOW, reason, receipt.reference, now + wait)
    if status not in DONE:
        status, reason = Sending.FAILED_FOR_GOOD, f"{delivery.tries} tries: {reason or status.value}"
    return _with(delivery, status, reason, receipt.reference, delivery.next_try)


def receipt_of(delivery: Delivery, now: float) -> Receipt:
    """Return the receipt that a delivery's record amounts to."""
    return Receipt(
        page=delivery.page.id,
        status=delivery.status,
        at=now,
        reference=delivery.reference,
        reason=delivery.reason,
    )


def _with(delivery: Delivery, status: Sending, reason: str, reference: str, next_try: float | None) -> Delivery:
    return replace(
        delivery,
        status=status,
        reason=reason,
        reference=reference or delivery.reference,
        next_try=next_try,
        version=delivery.version + 1,
    )
