from __future__ import annotations

import io
from dataclasses import replace

import httpx
import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from andon.demo import table
from andon.demo.faults import FAULTS
from andon.demo.mail import Mail
from andon.demo.verdict import Line, Verdict
from tests.demo.day import START
from tests.golden import same

LINES = (
    Line(FAULTS[0], START + FAULTS[0].start, 900.0, 1320.0, 8400.0, "kept"),
    Line(FAULTS[1], START + FAULTS[1].start, 360.0, 1680.0, 6660.0, "kept"),
    Line(FAULTS[2], START + FAULTS[2].start, 1860.0, 2280.0, 6120.0, "kept"),
    Line(FAULTS[3], START + FAULTS[3].start),
    Line(FAULTS[4], START + FAULTS[4].start, 60.0, 2220.0, 4620.0, "broken"),
)


def verdict(lines: tuple[Line, ...] = LINES) -> Verdict:
    mail = Mail(httpx.AsyncClient(), np.random.default_rng(0), START, sent=302_922, repeated=137, broken=120)
    return Verdict(lines=lines, false=(), promised=0.08, mail=mail, counted=302_922.0, letters=120)


def shown(day: Verdict, width: int = 80) -> str:
    out = io.StringIO()
    table.show(Console(file=out, width=width), day)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def closed(*, keep: bool) -> str:
    out = io.StringIO()
    table.closing(Console(file=out, width=200), "http://127.0.0.1:8717", keep=keep)
    return out.getvalue()


def test_the_table_reads_as_its_golden_file() -> None:
    same("demo.table.txt", shown(verdict()))


@pytest.mark.parametrize("width", [80, 100, 200])
def test_each_fault_has_its_name_on_one_line(width: int) -> None:
    text = shown(verdict(), width)
    assert all(sum(line.startswith(f" {fault.name}") for line in text.splitlines()) == 1 for fault in FAULTS)


@pytest.mark.parametrize("width", [80, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(cell_len, shown(verdict(), width).splitlines())) <= width


def test_what_was_missed_is_marked_and_said() -> None:
    text = shown(verdict())
    row = next(line for line in text.splitlines() if FAULTS[3].name in line)
    assert row.endswith("✗")
    assert "✗ missed: deliveries stuck in the south" in text
    assert "as promised" not in text


def test_a_good_day_says_so() -> None:
    good = verdict(tuple(replace(line, paged=60.0) for line in LINES))
    assert shown(good).splitlines()[-1] == "✓ the day went as promised"


def test_a_day_without_faults_has_no_table_but_its_sums() -> None:
    text = shown(verdict(()))
    assert "felt" not in text
    assert "false pages: 0" in text


def test_the_last_words_name_the_board_and_what_to_do_next() -> None:
    said = closed(keep=False)
    for part in ("http://127.0.0.1:8717/", "andon demo --keep", "andon up", "README.md"):
        assert part in said
    assert max(map(len, said.splitlines())) <= 80


def test_with_keep_they_say_that_it_goes_on_and_how_it_ends() -> None:
    said = closed(keep=True)
    for part in ("goes on", "http://127.0.0.1:8717/", "Ctrl-C"):
        assert part in said
    assert max(map(len, said.splitlines())) <= 80
