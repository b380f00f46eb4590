"""A headless Chromium, driven over its DevTools protocol by nothing but a websocket."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
PATIENCE = 15.0


def chromium() -> str | None:
    """Return the browser on the PATH, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    """One page: `do` sends a command, `js` evaluates, `until` waits for a truth; what it complained of is in `complaints`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.complaints: list[str] = []

    async def listen(self) -> None:
        """Take in answers and events until the browser hangs up."""
        async for message in self._socket:
            told = json.loads(message.data)
            if told.get("id") in self._waiting:
                self._waiting.pop(told["id"]).set_result(told)
            elif told.get("method") in {"Runtime.exceptionThrown", "Log.entryAdded"}:
                self.complaints.append(json.dumps(told["params"], ensure_ascii=False)[:600])
            elif told.get("method") == "Runtime.consoleAPICalled" and told["params"]["type"] in {"error", "warning"}:
                self.complaints.append(json.dumps(told["params"]["args"], ensure_ascii=False)[:600])

    async def do(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        told = await asyncio.wait_for(self._waiting[number], PATIENCE)
        assert "error" not in told, f"{method}: {told.get('error')}"
        result: dict[str, Any] = told["result"]
        return result

    async def js(self, expression: str) -> Any:
        told = await self.do("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    async def until(self, expression: str, seconds: float = PATIENCE) -> Any:
        end = time.monotonic() + seconds
        while not (found := await self.js(expression)):
            assert time.monotonic() < end, f"never came true in {seconds} s: {expression}; {self.complaints}"
            await asyncio.sleep(0.05)
        return found

    async def open(self, url: str, ready: str = "document.querySelector('.tile')") -> None:
        await self.do("Page.navigate", url=url)
        await self.until(f"document.readyState === 'complete' && Boolean({ready})")

    async def press(self, key: str) -> None:
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        number = {"Enter": 13, "Escape": 27, "Tab": 9}.get(key, 0)
        told = {"key": key, "windowsVirtualKeyCode": number}
        await self.do("Input.dispatchKeyEvent", type="keyDown", text=text, **told)
        await self.do("Input.dispatchKeyEvent", type="keyUp", **told)

    async def write(self, text: str) -> None:
        """Type into what has the focus."""
        await self.do("Input.insertText", text=text)

    async def window(self, width: int, height: int, *, phone: bool = False) -> None:
        await self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
        )

    async def speaks(self, lang: str) -> None:
        """Have the reader prefer a language."""
        agent = await self.js("navigator.userAgent")
        await self.do("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=lang)

    async def theme(self, scheme: str) -> None:
        await self.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def photograph(self, path: Path, *, whole: bool = False) -> None:
        told = await self.do("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        await asyncio.to_thread(path.write_bytes, base64.b64decode(told["data"]))


@contextlib.asynccontextmanager
async def browser(lang: str = "en") -> AsyncIterator[Tab]:
    """Start the browser with an empty profile, and end it."""
    program = chromium()
    assert program is not None, f"none of {', '.join(NAMES)} is on the PATH"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        child = await asyncio.create_subprocess_exec(
            program,
            *FLAGS,
            f"--lang={lang}",
            f"--accept-lang={lang}",
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=os.environ | {"LANGUAGE": lang},
            start_new_session=True,
        )
        try:
            port = await _port(Path(profile) / "DevToolsActivePort")
            async with aiohttp.ClientSession() as session, _tab(session, port) as tab:
                yield tab
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
            await child.wait()


async def _port(told: Path) -> int:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError, IndexError, ValueError):
            return int((await asyncio.to_thread(told.read_text)).split()[0])
        await asyncio.sleep(0.05)
    raise AssertionError(f"the browser did not open its DevTools port in {PATIENCE} s")


@contextlib.asynccontextmanager
async def _tab(session: aiohttp.ClientSession, port: int) -> AsyncIterator[Tab]:
    async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
        found = [one for one in await answer.json() if one["type"] == "page"]
    async with session.ws_connect(found[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
        tab = Tab(socket)
        listening = asyncio.create_task(tab.listen())
        try:
            for domain in ("Page", "Runtime", "Log"):
                await tab.do(f"{domain}.enable")
            yield tab
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
