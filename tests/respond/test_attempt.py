from __future__ import annotations

import pytest

from andon.model import Delivery, Receipt, Sending
from andon.respond.attempt import claimed, receipt_of, settled
from tests.oncall.company import MONDAY
from tests.respond.world import page

FRESH = Delivery(page=page(), next_try=MONDAY)


def tried(status: Sending, tries: int = 1, retry_after: float = 0.0, speed: float = 1.0) -> Delivery:
    mine = Delivery(page=page(), tries=tries, status=Sending.SENDING, next_try=MONDAY + 30, version=tries)
    said = Receipt(page="p1", status=status, at=MONDAY, reference="r", reason="busy", retry_after=retry_after)
    return settled(mine, said, MONDAY, speed)


def test_a_claim_counts_the_try_and_ends_by_itself() -> None:
    mine = claimed(FRESH, MONDAY + 30)
    assert (mine.status, mine.tries, mine.next_try, mine.version) == (Sending.SENDING, 1, MONDAY + 30, 1)


def test_tries_are_at_0_15_and_45_seconds() -> None:
    assert [tried(Sending.FAILED_FOR_NOW, tries).next_try for tries in (1, 2)] == [MONDAY + 15, MONDAY + 30]


def test_the_third_try_is_the_last() -> None:
    third = tried(Sending.FAILED_FOR_NOW, 3)
    assert third.status is Sending.FAILED_FOR_GOOD
    assert "3 tries" in third.reason


@pytest.mark.parametrize("status", [Sending.SENT, Sending.DELIVERED, Sending.READ, Sending.FAILED_FOR_GOOD])
def test_a_definite_word_ends_it(status: Sending) -> None:
    done = tried(status)
    assert (done.status, done.reference, done.reason) == (status, "r", "busy")


def test_retry_after_is_obeyed_in_true_seconds() -> None:
    assert tried(Sending.FAILED_FOR_NOW, retry_after=60).next_try == MONDAY + 60
    assert tried(Sending.FAILED_FOR_NOW, retry_after=60, speed=10).next_try == MONDAY + 600


def test_a_shorter_retry_after_does_not_hurry() -> None:
    assert tried(Sending.FAILED_FOR_NOW, retry_after=1).next_try == MONDAY + 15


def test_one_who_asks_to_wait_too_long_has_said_no() -> None:
    done = tried(Sending.FAILED_FOR_NOW, retry_after=3600)
    assert done.status is Sending.FAILED_FOR_GOOD
    assert "3600" in done.reason


@pytest.mark.parametrize("status", [Sending.QUEUED, Sending.SENDING, Sending.BUNDLED, Sending.DROPPED])
def test_a_word_no_channel_should_say_is_tried_again(status: Sending) -> None:
    assert tried(status).status is Sending.FAILED_FOR_NOW


def test_a_receipt_says_what_the_record_says() -> None:
    receipt = receipt_of(tried(Sending.SENT), MONDAY + 1)
    assert (receipt.page, receipt.status, receipt.at, receipt.reference) == ("p1", Sending.SENT, MONDAY + 1, "r")
