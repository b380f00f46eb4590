"""Console: the page as its reader gets it, in a box on the terminal; always set up.

A link that does not fit into the box stands below it, whole, so that it can be clicked and copied.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from typing import ClassVar, TextIO

import msgspec
from rich import box
from rich.cells import cell_len
from rich.console import Console as Terminal
from rich.panel import Panel
from rich.text import Text

from andon.errors import ConfigError
from andon.model import Page, Receipt, Sending, Tier
from andon.respond.phrases import NAME, over
from andon.respond.plain import clean, clip
from andon.respond.wording import lines, link
from andon.respond.words import say

WIDTH = "ANDON_CONSOLE_WIDTH"
NARROWEST, USUAL, WIDEST = 40, 100, 400
FRAME = 4
"""Columns that the box itself takes."""

COLOURS: Mapping[Tier, str] = {Tier.WATCH: "blue", Tier.YELLOW: "yellow", Tier.RED: "red"}


class Console:
    """Prints pages to `out`, the standard output of the moment where none is given; setting ANDON_CONSOLE_WIDTH: columns."""

    name: ClassVar[str] = "console"

    def __init__(self, width: int | None = None, out: TextIO | None = None) -> None:
        self._width, self._out = width, out

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Console:
        """Make one; ConfigError for a width that is no number of columns."""
        width = settings.get(WIDTH, "")
        if not width:
            return cls()
        if not (width.isascii() and width.isdigit() and NARROWEST <= int(width) <= WIDEST):
            raise ConfigError(f"{WIDTH} is {width[:20]!r}; it must be a whole number from {NARROWEST} to {WIDEST}.")
        return cls(int(width))

    async def send(self, page: Page, now: float) -> Receipt:
        """Print it, in one write, so that pages of the same moment stay apart; a reader that has gone is failed for good."""
        out = self._out or sys.stdout
        try:
            encoding = getattr(out, "encoding", None) or "utf-8"
            text = render(page, self._width, colour=out.isatty(), plain=not encoding.lower().startswith("utf"))
            out.write(text.encode(encoding, "replace").decode(encoding))
            out.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream has been closed
            reason = f"the console cannot be written to: {type(error).__name__}"
            return Receipt(page=page.id, status=Sending.FAILED_FOR_GOOD, at=now, reason=reason)
        return Receipt(page=page.id, status=Sending.DELIVERED, at=now)


def render(page: Page, width: int | None = None, *, colour: bool = False, plain: bool = False) -> str:
    """Return the box as text, with terminal colours if `colour`, drawn in ASCII if `plain`; width in columns."""
    written = io.StringIO()
    terminal = Terminal(
        file=written,
        width=width or (None if colour else USUAL),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        highlight=False,
        emoji=False,
    )
    shade = "green" if over(page) else COLOURS[page.tier]
    page, below = _set(page, terminal.width - FRAME)
    first, *rest = lines(page)
    body = Text("\n").join([Text(first, style=f"bold {shade}"), *(Text(line) for line in rest)])
    to = Text(clip(clean(f"{page.name or page.person} · {page.channel}"), NAME))
    drawn = box.ASCII if plain else box.ROUNDED
    terminal.print(Panel(body, title=to, title_align="left", border_style=shade, box=drawn, safe_box=True))
    for url in below:
        terminal.print(Text(url), soft_wrap=True)
    return written.getvalue()


def _set(page: Page, room: int) -> tuple[Page, list[str]]:
    """Return the page with words in place of each link that a line of `room` columns cannot hold, and those links."""
    links = {name: link(getattr(page, name)) for name in ("answer_url", "runbook")}
    below = {name: url for name, url in links.items() if cell_len(url) > room}
    words = dict.fromkeys(below, say(page.lang, "line.below"))
    return msgspec.structs.replace(page, **words), list(below.values())
