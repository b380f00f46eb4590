from __future__ import annotations

import hashlib
import hmac
import socket
import time
from collections.abc import AsyncIterator
from email.utils import formatdate

import msgspec
import pytest
from aiohttp import web

from andon.model import Page, Sending
from andon.testing.pages import NOON, evidence, page
from channels import webhook as module
from channels.webhook import Webhook
from tests.channels.fakes import Fake, talking

SECRET = "invented-secret"


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    channel = Webhook.open({"ANDON_WEBHOOK_SECRET": SECRET})
    yield channel
    await channel.close()


def to(receiver: Fake, path: str = "hook", **changes: object) -> Page:
    return page(address=f"{receiver.url}{path}", **changes)


async def test_the_whole_page_arrives_with_its_words(webhook: Webhook, receiver: Fake) -> None:
    sent = to(receiver)
    await webhook.send(sent, NOON)
    body = receiver.last.body
    assert body["format"] == 1
    assert body["headline"] == "RED: checkout slow (shop, eu)"
    assert body["text"].splitlines()[1] == "Called at 19:58: please answer."
    assert msgspec.convert(body["page"], Page) == sent


async def test_an_accepted_page_is_sent(webhook: Webhook, receiver: Fake) -> None:
    assert (await webhook.send(to(receiver), NOON)).status is Sending.SENT


async def test_numbers_that_are_none_arrive_as_null(webhook: Webhook, receiver: Fake) -> None:
    await webhook.send(to(receiver, evidence=evidence(expected=float("nan"))), NOON)
    assert receiver.last.body["page"]["evidence"]["expected"] is None


async def test_the_signature_covers_the_timestamp_and_the_raw_body(webhook: Webhook, receiver: Fake) -> None:
    await webhook.send(to(receiver), NOON)
    headers = receiver.last.headers
    signed = headers["Andon-Timestamp"].encode() + b"." + receiver.last.raw
    assert headers["Andon-Signature"] == "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()


async def test_the_timestamp_is_true_time_whatever_the_service_clock_says(webhook: Webhook, receiver: Fake) -> None:
    await webhook.send(to(receiver), 0.0)
    assert abs(int(receiver.last.headers["Andon-Timestamp"]) - time.time()) < 60


async def test_without_a_secret_nothing_is_signed(receiver: Fake) -> None:
    channel = Webhook.open({})
    await channel.send(to(receiver), NOON)
    await channel.close()
    assert "Andon-Signature" not in receiver.last.headers


async def test_the_idempotency_key_is_the_pages_id(webhook: Webhook, receiver: Fake) -> None:
    await webhook.send(to(receiver), NOON)
    assert receiver.last.headers["Idempotency-Key"] == "inc-1/3/li.na/console"


async def test_an_id_that_no_header_can_carry_is_encoded(webhook: Webhook, receiver: Fake) -> None:
    await webhook.send(to(receiver, id="inc/李娜\r\nX: 1"), NOON)
    assert receiver.last.headers["Idempotency-Key"] == "inc/%E6%9D%8E%E5%A8%9C%0D%0AX:%201"


@pytest.mark.parametrize(
    ("code", "status"),
    [(200, Sending.SENT), (299, Sending.SENT), (400, Sending.FAILED_FOR_GOOD), (404, Sending.FAILED_FOR_GOOD),
     (410, Sending.FAILED_FOR_GOOD), (429, Sending.FAILED_FOR_NOW), (500, Sending.FAILED_FOR_NOW), (503, Sending.FAILED_FOR_NOW)],
)  # fmt: skip
async def test_the_answers_code_decides(webhook: Webhook, receiver: Fake, code: int, status: Sending) -> None:
    receiver.say = lambda: web.Response(status=code)
    assert (await webhook.send(to(receiver), NOON)).status is status


async def test_a_redirect_is_not_followed(webhook: Webhook, receiver: Fake) -> None:
    receiver.say = lambda: web.Response(status=307, headers={"Location": "/elsewhere"})
    receipt = await webhook.send(to(receiver), NOON)
    assert (receipt.status, receipt.reason) == (Sending.FAILED_FOR_GOOD, "answered 307")
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("header", "wait"), [("17", 17.0), ("soon", 0.0), ("", 0.0), ("-5", 0.0), ("9" * 30, 999999999.0)]
)
async def test_retry_after_is_handed_on(webhook: Webhook, receiver: Fake, header: str, wait: float) -> None:
    receiver.say = lambda: web.Response(status=503, headers={"Retry-After": header})
    assert (await webhook.send(to(receiver), NOON)).retry_after == wait


async def test_retry_after_may_be_a_date(webhook: Webhook, receiver: Fake) -> None:
    receiver.say = lambda: web.Response(status=429, headers={"Retry-After": formatdate(time.time() + 90, usegmt=True)})
    assert 80 < (await webhook.send(to(receiver), NOON)).retry_after <= 91


async def test_a_date_in_the_past_asks_for_no_wait(webhook: Webhook, receiver: Fake) -> None:
    receiver.say = lambda: web.Response(status=429, headers={"Retry-After": "Mon, 02 Mar 2020 12:00:00 GMT"})
    assert (await webhook.send(to(receiver), NOON)).retry_after == 0


async def test_nobody_listening_is_a_failure_for_now(webhook: Webhook) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"
        receipt = await webhook.send(page(address=address), NOON)
    assert (receipt.status, receipt.reason) == (Sending.FAILED_FOR_NOW, "no answer: ConnectError")


async def test_an_answer_that_takes_too_long_is_a_failure_for_now(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DEADLINE", 0.1)
    async with talking(None) as address:
        receipt = await webhook.send(page(address=address), NOON)
    assert (receipt.status, receipt.reason) == (Sending.FAILED_FOR_NOW, "no answer: TimeoutError")


async def test_an_answer_that_is_not_http_is_a_failure_for_now(webhook: Webhook) -> None:
    async with talking(b"SSH-2.0-invented\r\n") as address:
        receipt = await webhook.send(page(address=address), NOON)
    assert (receipt.status, receipt.reason) == (Sending.FAILED_FOR_NOW, "no answer: RemoteProtocolError")


@pytest.mark.parametrize(
    "address",
    ["", "ftp://x/", "file:///etc/passwd", "javascript:alert(1)", "x.example/hook", "http://", "http://x:99999/", "http://x:0/",
     "http://a..b/", "http://" + "a" * 64 + ".example/", "http://x/\r\nHost: y", "//x/"],
)  # fmt: skip
async def test_only_http_and_https_addresses_are_posted_to(webhook: Webhook, address: str) -> None:
    receipt = await webhook.send(page(address=address), NOON)
    assert receipt.status is Sending.FAILED_FOR_GOOD


async def test_a_secret_in_the_address_is_not_told(webhook: Webhook) -> None:
    receipt = await webhook.send(page(address="http://u:invented@127.0.0.1:1/token-invented"), NOON)
    assert "invented" not in receipt.reason
