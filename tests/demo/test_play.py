"""A short piece of the demo's day as the real service: half an hour is learnt, twenty minutes are played."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from andon.config import settings
from andon.demo import play as played_by
from andon.demo.faults import FAULTS, HOUR, Fault
from andon.demo.play import Choice, play
from andon.demo.verdict import Verdict
from andon.errors import AndonError

pytestmark = pytest.mark.timeout(120)
MINUTE = 60.0
PULL = Fault("an agent pulls the cord", 5 * MINUTE, 8 * MINUTE, "pull", "care", 2 * MINUTE)
UNSEEN = Fault("nothing that anyone feels", 6 * MINUTE, 9 * MINUTE, "crashes", "app", 0.5 * HOUR, lambda _: None)


@dataclass(frozen=True)
class Played:
    """What came of a piece of the day: the verdict, what the stage said, and the pages on the console."""

    verdict: Verdict
    said: str
    pages: str


async def piece(
    data: Path, faults: tuple[Fault, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Played:
    monkeypatch.setattr(played_by, "START", played_by.START + 12 * HOUR)  # promises of yellow run by day only
    said = io.StringIO()
    choice = Choice(seed=1, speed=100_000.0, faults=faults, history=0.5 * HOUR, day=20 * MINUTE)
    verdict = await play(settings(None, str(data), port=0), choice, Console(file=said, width=100))
    return Played(verdict, said.getvalue(), capsys.readouterr().out)


async def test_a_pull_is_paged_answered_late_mended_and_verified_and_nothing_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played = await piece(tmp_path, (PULL, UNSEEN), capsys, monkeypatch)
    pull, unseen = played.verdict.lines
    assert pull.held
    assert pull.promise == "broken"
    assert pull.acked is not None
    assert pull.verified is not None
    assert 30 * MINUTE < pull.acked < pull.verified < 80 * MINUTE
    assert (unseen.paged, unseen.held) == (None, False)
    assert (played.verdict.lost, played.verdict.false, played.verdict.faults) == (0, (), {})
    assert played.verdict.mail.sent > 500
    assert list(played.verdict.wrong()) == ["missed: nothing that anyone feels: no page by crashes in 30 min"]
    _in_order(
        played.said,
        "learnt",
        "the board is at http://127.0.0.1:",
        "~ an agent pulls the cord",
        "calls care",
        "! promise at risk: answer within 30 min",
        "✗ promise broken: answer within 30 min",
        "says: ack",
        "says: resolve",
        "is closed: verified",
        "fault, its rule and owner",
        "false pages: 0",
        "✗ missed",
        "andon demo --keep",
    )
    for part in ("满减券在结算时消失", "· console", "/a/", "╰"):
        assert part in played.pages


async def test_kept_it_goes_on_with_a_pull_for_the_visitor_and_ends_when_told_to_with_the_day_s_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(played_by, "START", played_by.START + 12 * HOUR)
    said = io.StringIO()
    choice = Choice(seed=1, speed=100_000.0, faults=(PULL,), keep=True, history=0.5 * HOUR, day=10 * MINUTE)
    playing = asyncio.create_task(play(settings(None, str(tmp_path), port=0), choice, Console(file=said, width=100)))
    await _said(said, "~ an agent pulls the cord", playing, after="Ctrl-C ends it")
    await asyncio.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)
    verdict = await playing
    assert list(verdict.wrong()) == []
    assert "满减券在结算时消失" in capsys.readouterr().out


async def test_ended_before_its_end_the_day_has_no_verdict(tmp_path: Path) -> None:
    said = io.StringIO()
    choice = Choice(seed=1, speed=1.0, history=0.5 * HOUR)
    playing = asyncio.create_task(play(settings(None, str(tmp_path), port=0), choice, Console(file=said, width=100)))
    await _said(said, "the board is at", playing)
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(AndonError, match="ended before it was over"):
        await playing


async def test_a_piece_without_faults_pages_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played = await piece(tmp_path, (), capsys, monkeypatch)
    assert list(played.verdict.wrong()) == []
    assert "· console" not in played.pages
    assert "✓ the day went as promised" in played.said


async def _said(said: io.StringIO, text: str, playing: asyncio.Task[Verdict], after: str = "") -> None:
    for _ in range(600):
        if text in said.getvalue().partition(after)[2] if after else text in said.getvalue():
            break
        await asyncio.sleep(0.1)
    assert not playing.done(), said.getvalue()


def _in_order(text: str, *parts: str) -> None:
    at = 0
    for part in parts:
        found = text.find(part, at)
        assert found >= 0, f"{part!r} is missing, or too early, in:\n{text}"
        at = found


def test_the_whole_day_is_a_visitor_s_choice() -> None:
    choice = Choice(seed=1, speed=1440.0)
    assert (choice.history, choice.day, choice.faults) == (28 * 24 * HOUR, 24 * HOUR, FAULTS)
