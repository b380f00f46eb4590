from __future__ import annotations

import json
import logging
import socket
from typing import Any

import pytest
from aiohttp import web

from andon.errors import NotSetUp
from andon.model import Page, Reason, Sending, State, Tier
from andon.testing.pages import NOON, page
from channels import slack as module
from channels.slack import FOR_GOOD, Slack
from tests.channels.fakes import SLACK_TOKEN, Fake, talking
from tests.golden import same


def opened(workspace: Fake, token: str = SLACK_TOKEN) -> Slack:
    return Slack.open({"ANDON_SLACK_TOKEN": token, "ANDON_SLACK_URL": workspace.url})


def to(address: str = "U0INVENTED", **changes: Any) -> Page:
    return page(address=address, channel="slack", **changes)


def says(workspace: Fake, word: str, status: int = 200, **headers: str) -> None:
    workspace.say = lambda: web.json_response({"ok": False, "error": word}, status=status, headers=headers)


def texts(workspace: Fake) -> str:
    return json.dumps(workspace.last.body["blocks"], ensure_ascii=False)


# ---------------------------------------------------------------- what arrives


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("reason", [Reason.FIRST, Reason.RECOVERED])
async def test_what_arrives_is_as_the_golden_file(workspace: Fake, lang: str, reason: Reason) -> None:
    state = State.VERIFIED if reason is Reason.RECOVERED else State.CALLED
    await opened(workspace).send(to(lang=lang, reason=reason, state=state), NOON)
    body = {key: value for key, value in workspace.last.body.items() if key != "channel"}
    same(f"slack/{reason}.{lang}.json", json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


async def test_it_is_posted_to_the_address_with_the_token(workspace: Fake) -> None:
    receipt = await opened(workspace).send(to("#andon"), NOON)
    assert receipt.status is Sending.SENT
    assert workspace.last.path == "/chat.postMessage"
    assert workspace.last.body["channel"] == "#andon"
    assert workspace.last.headers["Authorization"] == f"Bearer {SLACK_TOKEN}"


async def test_the_receipt_refers_to_the_message_by_channel_and_ts(workspace: Fake) -> None:
    receipt = await opened(workspace).send(to(), NOON)
    assert receipt.reference == "D0INVENTED:1772452800.000000"


async def test_a_notification_has_light_what_where_and_how_bad(workspace: Fake) -> None:
    await opened(workspace).send(to(), NOON)
    assert workspace.last.body["text"] == "🔴 RED: checkout slow (shop, eu): slow requests 9.4 %, usually 1 %"


@pytest.mark.parametrize(
    ("tier", "light"), [(Tier.WATCH, "🔵 WATCH"), (Tier.YELLOW, "🟡 YELLOW"), (Tier.RED, "🔴 RED")]
)
async def test_the_header_has_the_lights_colour_and_word(workspace: Fake, tier: Tier, light: str) -> None:
    await opened(workspace).send(to(tier=tier), NOON)
    assert workspace.last.body["blocks"][0]["text"]["text"].startswith(light)


async def test_customers_markup_notifies_nobody(workspace: Fake) -> None:
    await opened(workspace).send(to(title="<!channel> & <@U1>"), NOON)
    assert "&lt;!channel&gt; &amp; &lt;@U1&gt;" in workspace.last.body["text"]
    assert workspace.last.body["blocks"][0]["text"]["type"] == "plain_text"


async def test_quotes_are_plain_text(workspace: Fake) -> None:
    await opened(workspace).send(to(), NOON)
    quoted = [element for block in workspace.last.body["blocks"] for element in block.get("elements", [])
              if "付款页一直转圈" in str(element)]  # fmt: skip
    assert [(element["type"], element["emoji"]) for element in quoted] == [("plain_text", False)]


async def test_buttons_carry_the_code_and_lead_to_the_confirming_page(workspace: Fake) -> None:
    await opened(workspace).send(to(), NOON)
    buttons = next(block for block in workspace.last.body["blocks"] if block["type"] == "actions")["elements"]
    assert [button["action_id"] for button in buttons] == ["ack:7K", "escalate:7K", "resolve:7K", "board:7K"]
    assert {button["url"] for button in buttons[:3]} == {"https://andon.example/a/7K?s=invented"}


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "https://x/ y", "https://x/" + "a" * 3000, "//x", "http://[x"]
)
async def test_a_link_that_is_none_makes_no_button(workspace: Fake, url: str) -> None:
    receipt = await opened(workspace).send(to(answer_url=url, board_url=url, runbook=url), NOON)
    assert receipt.status is Sending.SENT
    assert "actions" not in {block["type"] for block in workspace.last.body["blocks"]}


async def test_a_runbook_cannot_break_out_of_its_link(workspace: Fake) -> None:
    await opened(workspace).send(to(runbook="https://x.example/a|b>c<!here>"), NOON)
    assert "<https://x.example/a%7Cb&gt;c&lt;!here&gt;|runbook>" in texts(workspace)


async def test_a_closed_incident_asks_for_no_answer(workspace: Fake) -> None:
    await opened(workspace).send(to(state=State.CLOSED), NOON)
    assert "ack:7K" not in texts(workspace)
    assert "board:7K" in texts(workspace)


async def test_links_in_a_page_are_not_unfolded(workspace: Fake) -> None:
    await opened(workspace).send(to(), NOON)
    assert workspace.last.body["unfurl_links"] is False
    assert workspace.last.body["unfurl_media"] is False


# ---------------------------------------------------------------- one message in place


async def test_an_update_changes_the_message_in_place(workspace: Fake) -> None:
    channel = opened(workspace)
    reference = (await channel.send(to(), NOON)).reference
    receipt = await channel.update(to(state=State.ACKED, holder="J. Ortiz"), reference, NOON)
    assert (receipt.status, receipt.reference) == (Sending.SENT, reference)
    assert len(workspace.messages) == 1
    assert "J. Ortiz has it" in str(workspace.messages)


@pytest.mark.parametrize(
    "reference", ["", "D0INVENTED", ":1", "D0INVENTED:", "D0INVENTED:2", "D0OTHER:1772452800.000000"]
)
async def test_a_reference_to_no_message_fails_for_good(workspace: Fake, reference: str) -> None:
    assert (await opened(workspace).update(to(), reference, NOON)).status is Sending.FAILED_FOR_GOOD


# ---------------------------------------------------------------- what Slack says no to


@pytest.mark.parametrize(
    "word",
    ["channel_not_found", "invalid_auth", "is_archived", "not_in_channel", "account_inactive", "token_revoked", "no_permission",
     "missing_scope", "invalid_blocks", "not_authed"],
)  # fmt: skip
async def test_a_definite_no_is_a_failure_for_good(workspace: Fake, word: str) -> None:
    says(workspace, word)
    receipt = await opened(workspace).send(to(), NOON)
    assert (receipt.status, receipt.reason) == (Sending.FAILED_FOR_GOOD, f"Slack: {word}")


@pytest.mark.parametrize(
    "word",
    ["ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout",
     "message_limit_exceeded", "never_heard_of", ""],
)  # fmt: skip
async def test_what_may_pass_and_what_is_unknown_is_a_failure_for_now(workspace: Fake, word: str) -> None:
    says(workspace, word)
    assert (await opened(workspace).send(to(), NOON)).status is Sending.FAILED_FOR_NOW


async def test_retry_after_is_obeyed_and_slack_is_asked_once(workspace: Fake) -> None:
    says(workspace, "ratelimited", 429, **{"Retry-After": "30"})
    receipt = await opened(workspace).send(to(), NOON)
    assert (receipt.status, receipt.retry_after) == (Sending.FAILED_FOR_NOW, 30.0)
    assert len(workspace.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (500, "application/json", b'{"ok": false, "error": "internal_error"}'),
        (503, "text/html", b"<html>away</html>"),
        (502, "text/plain", b"bad gateway"),
        (200, "text/plain", b"ok"),
        (200, "text/html", b"<html>sign in to this network</html>"),
        (200, "application/json", b"not json"),
        (200, "application/json", b"[1, 2]"),
        (200, "application/json", b"null"),
        (200, "application/json", b""),
        (200, "application/json", b"\xff\xfe"),
        (429, "text/html", b""),
    ],
)
async def test_an_answer_that_is_not_slacks_is_a_failure_for_now(
    workspace: Fake, status: int, kind: str, body: bytes
) -> None:
    workspace.say = lambda: web.Response(status=status, body=body, content_type=kind)
    receipt = await opened(workspace).send(to(), NOON)
    assert receipt.status is Sending.FAILED_FOR_NOW
    assert len(workspace.requests) == 1


async def test_nobody_listening_is_a_failure_for_now() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        channel = Slack.open({"ANDON_SLACK_TOKEN": SLACK_TOKEN, "ANDON_SLACK_URL": url})
        receipt = await channel.send(to(), NOON)
    assert receipt.status is Sending.FAILED_FOR_NOW


async def test_an_answer_that_takes_too_long_is_a_failure_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DEADLINE", 0.1)
    async with talking(None) as url:
        receipt = await Slack(SLACK_TOKEN, url).send(to(), NOON)
    assert (receipt.status, receipt.reason) == (Sending.FAILED_FOR_NOW, "no answer: TimeoutError")


async def test_neither_log_nor_reason_tells_the_token(workspace: Fake, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    receipt = await opened(workspace, "xoxb-invented-wrong").send(to(), NOON)
    assert receipt.reason == "Slack: invalid_auth"
    assert "xoxb-invented-wrong" not in caplog.text


def test_every_definite_no_is_one_of_slacks_words() -> None:
    assert all(word.replace("_", "").isalpha() and word.islower() for word in FOR_GOOD)


# ---------------------------------------------------------------- setting it up


@pytest.mark.parametrize("settings", [{}, {"ANDON_SLACK_TOKEN": ""}, {"ANDON_SLACK_TOKEN": "  "}])
def test_without_a_token_it_names_what_is_missing(settings: dict[str, str]) -> None:
    with pytest.raises(NotSetUp, match="ANDON_SLACK_TOKEN"):
        Slack.open(settings)


def test_without_a_url_it_is_slacks_own() -> None:
    assert Slack.open({"ANDON_SLACK_TOKEN": SLACK_TOKEN})._client.base_url == "https://slack.com/api/"
