from __future__ import annotations

import httpx
import pytest
from click.testing import CliRunner

from andon.cli import asking
from andon.cli.letters import letters


def listed(monkeypatch: pytest.MonkeyPatch, raw: str, reason: str = "not JSON") -> str:
    """Return what `andon letters` prints of one dead letter."""
    found = [{"id": "1-0", "at": 0.0, "position": 1, "reason": reason, "raw": raw}]
    monkeypatch.setattr(asking, "ask", lambda *_, **__: httpx.Response(200, json=found))
    done = CliRunner().invoke(letters, ["--url", "http://andon.example"])
    assert done.exit_code == 0, done.output
    return done.output


def test_what_looks_like_markup_is_shown_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "[/b]" in listed(monkeypatch, "[/b] [bold]")


def test_a_letter_does_not_reach_for_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in listed(monkeypatch, "\x1b[2J\x1b]0;mine\x07", reason="\x1b[31m")
