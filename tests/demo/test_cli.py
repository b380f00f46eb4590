from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from andon.cli import andon
from andon.config import Settings
from andon.demo import play as played
from andon.demo.faults import FAULTS
from andon.demo.mail import Mail
from andon.demo.play import Choice
from andon.demo.verdict import Line, Verdict

GOOD = Verdict((), (), 0.08, Mail(httpx.AsyncClient(), np.random.default_rng(0), 0.0), 0.0, 0)
BAD = replace(GOOD, lines=(Line(FAULTS[0], 0.0),))


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stand in for the day itself, which takes minutes, and keep what was chosen."""
    kept: dict[str, Any] = {"verdict": GOOD}

    async def play(settings: Settings, choice: Choice, console: Console) -> Verdict:
        del console
        kept.update(settings=settings, choice=choice)
        verdict: Verdict = kept["verdict"]
        return verdict

    monkeypatch.setattr(played, "play", play)
    return kept


def demo(*options: str) -> Result:
    return CliRunner().invoke(andon, ["demo", *options])


def test_help_says_what_it_does_and_every_option() -> None:
    result = demo("--help")
    assert result.exit_code == 0
    for option in ("--once", "--keep", "--faults", "--seed", "--speed", "--port"):
        assert option in result.output


def test_by_itself_it_plays_all_faults_a_day_in_a_minute(chosen: dict[str, Any]) -> None:
    assert demo().exit_code == 0
    assert chosen["choice"] == Choice(1, 2880.0, FAULTS, keep=False)
    assert chosen["settings"].port == 8717


def test_options_reach_the_day(chosen: dict[str, Any]) -> None:
    demo("--seed", "7", "--speed", "60", "--port", "8899", "--faults", "none", "--keep")
    assert chosen["choice"] == Choice(7, 60.0, (), keep=True)
    assert chosen["settings"].port == 8899


def test_once_ends_even_where_it_was_to_be_kept(chosen: dict[str, Any]) -> None:
    demo("--once", "--keep")
    assert chosen["choice"].keep is False


def test_each_day_has_a_data_directory_of_its_own_that_goes_with_it(chosen: dict[str, Any]) -> None:
    demo()
    first = chosen["settings"].data
    demo()
    assert chosen["settings"].data != first
    assert not first.exists()


@pytest.mark.parametrize(("verdict", "status"), [(GOOD, 0), (BAD, 1)], ids=["good", "missed"])
def test_the_exit_status_is_the_verdict(chosen: dict[str, Any], verdict: Verdict, status: int) -> None:
    chosen["verdict"] = verdict
    assert demo("--once").exit_code == status


@pytest.mark.parametrize("options", [["--faults", "some"], ["--seed", "x"], ["--port", "many"]])
def test_an_option_that_is_none_is_a_usage_error(options: list[str]) -> None:
    assert demo(*options).exit_code == 2
