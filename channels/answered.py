"""What an HTTP answer means for a page: sent, failed for now, or failed for good."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from andon.model import Page, Receipt, Sending

DEADLINE = 10.0
"""True seconds that one try may take."""


def failed(page: Page, now: float, reason: str, *, for_good: bool, retry_after: float = 0.0) -> Receipt:
    """Return the receipt of a try that failed."""
    status = Sending.FAILED_FOR_GOOD if for_good else Sending.FAILED_FOR_NOW
    return Receipt(page=page.id, status=status, at=now, reason=reason, retry_after=retry_after)


def retry_after(header: str | None, clock: float) -> float:
    """Return how many true seconds a Retry-After header asks to wait, 0 where it says nothing that can be read.

    Both forms of RFC 9110, 10.2.3: seconds, or a date, which is read against `clock`, the true time.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - clock)
    except (ValueError, OverflowError):
        return 0.0
