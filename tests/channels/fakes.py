"""Providers to try channels against: real HTTP servers on loopback that remember what arrived and enforce limits."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = Callable[[], web.StreamResponse]
SLACK_TOKEN = "xoxb-invented-token"


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Fake:
    """A server: `requests` in order; `say` answers in place of the usual, where it is set."""

    usual: Callable[[Fake, Request], web.StreamResponse]
    requests: list[Request] = field(default_factory=list)
    say: Answer | None = None
    url: str = ""
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        taken = Request(request.path, dict(request.headers), await request.read())
        self.requests.append(taken)
        return self.say() if self.say else self.usual(self, taken)

    @property
    def last(self) -> Request:
        return self.requests[-1]


@asynccontextmanager
async def serving(fake: Fake) -> AsyncIterator[Fake]:
    application = web.Application(client_max_size=64 * 2**20)
    application.router.add_route("*", "/{tail:.*}", fake.handle)
    server = TestServer(application)
    await server.start_server()
    fake.url = str(server.make_url("/"))
    try:
        yield fake
    finally:
        await server.close()


@asynccontextmanager
async def talking(said: bytes | None) -> AsyncIterator[str]:
    """Serve at an address whatever comes: these bytes and the end, or, with None, nothing at all."""
    over = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if said is None:
            await over.wait()
        writer.write(said or b"")
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        over.set()
        server.close()
        await asyncio.sleep(0.05)  # lets `talk` close its side


def receiver() -> Fake:
    """Takes any webhook, except at /no."""
    return Fake(lambda _, request: web.Response(status=404 if request.path == "/no" else 204))


def slack() -> Fake:
    """Answers as Slack does, and refuses what Slack would refuse."""
    return Fake(_slack)


def _slack(fake: Fake, request: Request) -> web.StreamResponse:
    said = _refusal(fake, request)
    if said:
        return web.json_response({"ok": False, "error": said})
    ts = request.body.get("ts") or f"1772452800.{len(fake.messages):06d}"
    channel = request.body["channel"] if request.path.endswith("update") else "D0INVENTED"
    fake.messages[ts] = request.body
    return web.json_response({"ok": True, "channel": channel, "ts": ts})


def _refusal(fake: Fake, request: Request) -> str:
    """Return the first of Slack's words that applies, "" where it takes the message."""
    body, update = request.body, request.path.endswith("chat.update")
    known = {"D0INVENTED"} if update else {"U0INVENTED", "#andon"}
    applies = {
        "invalid_auth": request.headers.get("Authorization") != f"Bearer {SLACK_TOKEN}",
        "unknown_method": not request.path.endswith(("chat.update", "chat.postMessage")),
        "channel_not_found": body["channel"] not in known,
        "message_not_found": update and body.get("ts") not in fake.messages,
        "no_text": not body.get("text"),
        "invalid_blocks": not within(body["blocks"]),
    }
    return next((word for word, holds in applies.items() if holds), "")


def within(blocks: list[dict[str, Any]]) -> bool:
    """Tell whether Slack's published limits hold: blocks, texts, fields, elements, ids, links."""
    return len(blocks) <= 50 and len(json.dumps(blocks)) < 100_000 and all(_block_within(block) for block in blocks)


def _block_within(block: dict[str, Any]) -> bool:
    limit = {"header": 150, "section": 3000}.get(block["type"], 0)
    fields, elements = block.get("fields", []), block.get("elements", [])
    texts = [element for element in elements if element["type"] != "button"]
    buttons = [element for element in elements if element["type"] == "button"]
    return (
        ("text" not in block or 0 < len(block["text"]["text"]) <= limit)
        and (block["type"] != "section" or "text" in block or bool(fields))
        and len(fields) <= 10
        and len(elements) <= (25 if block["type"] == "actions" else 10)
        and all(0 < len(text["text"]) <= 2000 for text in (*fields, *texts))
        and all(_button_within(button) for button in buttons)
        and len({button["action_id"] for button in buttons}) == len(buttons)
    )


def _button_within(button: dict[str, Any]) -> bool:
    return (
        0 < len(button["text"]["text"]) <= 75
        and len(button["action_id"]) <= 255
        and len(button["url"]) <= 3000
        and button["url"].startswith(("https://", "http://"))
    )
