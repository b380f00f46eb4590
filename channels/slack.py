"""Slack: Block Kit messages through slack-sdk; a message that was sent can be changed in place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from andon.clock import WallClock
from andon.errors import NotSetUp
from andon.model import Page, Receipt, Sending
from channels.answered import DEADLINE, failed, retry_after
from channels.blocks import blocks, notification

TOKEN, URL = "ANDON_SLACK_TOKEN", "ANDON_SLACK_URL"

FOR_GOOD = frozenset({
    # whom: https://docs.slack.dev/reference/methods/chat.postMessage, errors
    "channel_not_found", "user_not_found", "users_not_found", "is_archived", "not_in_channel", "cannot_dm_bot", "messages_tab_disabled",
    "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_locked",
    "restricted_action_non_threadable_channel", "restricted_action_thread_only_channel", "as_user_not_supported",
    "user_disabled", "user_is_restricted", "slack_connect_canvas_sharing_blocked", "team_not_found",
    # by what right
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission", "missing_scope",
    "not_allowed_token_type", "access_denied", "ekm_access_denied", "enterprise_is_restricted", "org_login_required",
    "team_access_not_granted", "two_factor_setup_required", "app_not_installed", "deprecated_endpoint", "method_deprecated",
    # what
    "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_arguments",
    "invalid_arg_name", "invalid_array_arg", "invalid_charset", "invalid_form_data", "invalid_post_type", "invalid_json",
    # chat.update
    "message_not_found", "cant_update_message", "edit_window_closed", "is_inactive", "invalid_ts",
})  # fmt: skip
"""Slack's definite no; `ratelimited`, `internal_error` and every word that is not here may pass."""


class Slack:
    """Posts to a user's or channel's id or #name; settings ANDON_SLACK_TOKEN (a bot's, `chat:write`), ANDON_SLACK_URL."""

    name: ClassVar[str] = "slack"

    def __init__(self, token: str, url: str = AsyncWebClient.BASE_URL) -> None:
        self._client = AsyncWebClient(token, url, timeout=int(DEADLINE), retry_handlers=[])  # the outbox tries again

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Slack:
        """Make one; NotSetUp without a token."""
        if not settings.get(TOKEN, "").strip():
            raise NotSetUp(
                f"Slack needs {TOKEN}: a bot token with the scope chat:write, from https://api.slack.com/apps."
            )
        return cls(settings[TOKEN], settings.get(URL) or AsyncWebClient.BASE_URL)

    async def send(self, page: Page, now: float) -> Receipt:
        """Post it once. Slack recognises no repeated page: after an unclear answer, a second try is a second message."""
        return await self._try(
            page,
            now,
            lambda text, shown: self._client.chat_postMessage(
                channel=page.address, text=text, blocks=shown, unfurl_links=False, unfurl_media=False
            ),
        )

    async def update(self, page: Page, reference: str, now: float) -> Receipt:
        """Change a message in place, which notifies nobody; `reference` is a receipt's, `channel:ts`."""
        channel, _, ts = reference.partition(":")
        if not channel or not ts:
            return failed(page, now, "the reference is not channel:ts", for_good=True)
        return await self._try(
            page, now, lambda text, shown: self._client.chat_update(channel=channel, ts=ts, text=text, blocks=shown)
        )

    async def _try(self, page: Page, now: float, call: Call) -> Receipt:
        text, shown = notification(page), [block.to_dict() for block in blocks(page)]
        try:
            async with asyncio.timeout(DEADLINE):
                answer = await call(text, shown)
        except SlackApiError as error:
            return _refused(page, now, error)
        except (aiohttp.ClientError, TimeoutError, OSError, SlackClientError) as error:
            return failed(page, now, f"no answer: {type(error).__name__}", for_good=False)
        except (AttributeError, ValueError):  # slack-sdk's, on an answer that is not a JSON object
            return failed(page, now, "the answer is not Slack's", for_good=False)
        reference = f"{answer.get('channel', '')}:{answer.get('ts', '')}"
        return Receipt(page=page.id, status=Sending.SENT, at=now, reference=reference)


Call = Callable[[str, list[dict[str, Any]]], Awaitable[AsyncSlackResponse]]


def _refused(page: Page, now: float, error: SlackApiError) -> Receipt:
    """Return the receipt of Slack's no; its word where it gave one, else its HTTP status."""
    answer = error.response
    data = getattr(answer, "data", None)
    code = getattr(answer, "status_code", None) or getattr(answer, "status", 0)
    word = str(data.get("error", ""))[:80] if isinstance(data, dict) else ""
    wait = retry_after(answer.headers.get("Retry-After"), WallClock().now())
    return failed(page, now, f"Slack: {word or f'answered {code}'}", for_good=word in FOR_GOOD, retry_after=wait)
