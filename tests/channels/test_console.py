from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from andon.errors import ConfigError
from andon.model import Reason, Sending, Tier
from andon.testing.pages import NOON, page
from channels.console import Console, render
from tests.golden import same


class Out(io.StringIO):
    """A terminal that counts writes."""

    def __init__(self, *, tty: bool = False, encoding: str = "utf-8") -> None:
        super().__init__()
        self.tty, self.writes, self.says = tty, 0, encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.says

    def isatty(self) -> bool:
        return self.tty

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_on_a_pipe_reads_as_its_golden_file(lang: str) -> None:
    same(f"console.{lang}.txt", render(page(lang=lang)))


async def test_a_printed_page_is_delivered() -> None:
    out = Out()
    receipt = await Console(out=out).send(page(), NOON)
    assert receipt.status is Sending.DELIVERED
    assert "checkout slow" in out.getvalue()


async def test_it_prints_to_the_standard_output_of_the_moment(capsys: pytest.CaptureFixture[str]) -> None:
    await Console.open({}).send(page(), NOON)
    assert "ack 7K" in capsys.readouterr().out


async def test_a_page_is_one_write_so_that_two_never_mix() -> None:
    out = Out()
    await Console(out=out).send(page(), NOON)
    assert out.writes == 1


async def test_a_pipe_gets_no_colour_codes_and_a_terminal_does() -> None:
    pipe, terminal = Out(), Out(tty=True)
    await Console(out=pipe).send(page(), NOON)
    await Console(out=terminal).send(page(), NOON)
    assert "\x1b" not in pipe.getvalue()
    assert "\x1b[1;31m" in terminal.getvalue()


def test_each_tier_has_its_own_colour_and_recovery_is_green() -> None:
    shades = [render(page(tier=tier), colour=True)[:5] for tier in Tier]
    assert shades == ["\x1b[34m", "\x1b[33m", "\x1b[31m"]
    assert render(page(reason=Reason.RECOVERED), colour=True).startswith("\x1b[32m")


async def test_a_terminal_that_knows_no_unicode_gets_a_box_of_ascii() -> None:
    out = Out(encoding="ascii")
    await Console(out=out).send(page(), NOON)
    assert out.getvalue().isascii()
    assert "RED: checkout slow" in out.getvalue()


def test_chinese_and_emoji_keep_the_box_straight() -> None:
    drawn = render(page(lang="zh", title="支付🔥慢"), 60).splitlines()
    assert {cell_len(line) for line in drawn} == {60}


def test_markup_in_what_customers_wrote_is_shown_and_not_obeyed() -> None:
    assert "[red]x[/red] :smile:" in render(page(title="[red]x[/red] :smile:"))


def test_the_reader_is_named_on_the_box() -> None:
    assert "Li Na · console" in render(page()).splitlines()[0]


LONG = "https://andon.example/a/" + "Wy-x_" * 20


@pytest.mark.parametrize(("lang", "words"), [("en", "the link below"), ("zh", "下方链接")])
def test_a_link_too_long_for_the_box_stands_whole_below_it(lang: str, words: str) -> None:
    drawn = render(page(lang=lang, answer_url=LONG), 60).splitlines()
    assert drawn[-1] == LONG
    assert any(words in line for line in drawn[:-1])
    assert {cell_len(line) for line in drawn[:-1]} == {60}


def test_a_link_that_fits_stays_in_the_box() -> None:
    drawn = render(page(answer_url=LONG), 200).splitlines()
    assert drawn[-1].startswith("╰")
    assert any(LONG in line for line in drawn)


def test_a_long_runbook_is_set_below_too_after_the_answer() -> None:
    drawn = render(page(answer_url=LONG, runbook=LONG + "/run"), 60).splitlines()
    assert drawn[-2:] == [LONG, LONG + "/run"]


def test_a_link_that_is_left_out_is_not_promised_below() -> None:
    assert "the link below" not in render(page(answer_url="https://andon.example/" + "x" * 900))


async def test_a_page_with_its_link_below_is_one_write() -> None:
    out = Out()
    await Console(60, out).send(page(answer_url=LONG), NOON)
    assert out.writes == 1


async def test_a_reader_that_has_gone_is_a_failure_for_good() -> None:
    out = Out()
    out.close()
    receipt = await Console(out=out).send(page(), NOON)
    assert receipt.status is Sending.FAILED_FOR_GOOD


async def test_a_broken_pipe_is_a_receipt() -> None:
    class Broken(Out):
        def write(self, text: str) -> int:
            raise BrokenPipeError(text[:1])

    receipt = await Console(out=Broken()).send(page(), NOON)
    assert (receipt.status, receipt.reason) == (
        Sending.FAILED_FOR_GOOD,
        "the console cannot be written to: BrokenPipeError",
    )


def test_the_width_is_a_setting() -> None:
    assert Console.open({"ANDON_CONSOLE_WIDTH": "60"})._width == 60


@pytest.mark.parametrize("width", ["wide", "39", "401", "-1", "1e2", "６０"])
def test_a_width_that_is_none_says_what_is_allowed(width: str) -> None:
    with pytest.raises(ConfigError, match=r"ANDON_CONSOLE_WIDTH is .* from 40 to 400"):
        Console.open({"ANDON_CONSOLE_WIDTH": width})
