"""Photograph a board that is being served: `python -m tests.web.shot URL FILE.png [--size 1600x900] [--dark] [--zh]`."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tests.web.chrome import browser


async def shoot(url: str, path: Path, size: str, *, dark: bool, zh: bool, script: str = "") -> None:
    width, height = map(int, size.split("x"))
    async with browser("zh-CN" if zh else "en-US") as tab:
        await tab.window(width, height, phone=width < 600)
        await tab.theme("dark" if dark else "light")
        await tab.open(url)
        if script:
            await tab.js(script)
        await asyncio.sleep(0.7)
        await tab.photograph(path)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("url")
    options.add_argument("file", type=Path)
    options.add_argument("--size", default="1600x900")
    options.add_argument("--dark", action="store_true")
    options.add_argument("--zh", action="store_true")
    options.add_argument("--script", default="", help="what the page does before the picture is taken")
    said = options.parse_args()
    asyncio.run(shoot(said.url, said.file, said.size, dark=said.dark, zh=said.zh, script=said.script))


if __name__ == "__main__":
    main()
