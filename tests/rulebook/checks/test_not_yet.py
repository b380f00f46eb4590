from __future__ import annotations

from pathlib import Path

from andon.rulebook.check import Level, Notice, World
from andon.rulebook.checks import notices
from tests.rulebook.books import book


def said(folder: Path, text: str, code: str) -> list[Notice]:
    return [one for one in notices(book(folder, text), World({}, {"console"})) if one.code == code]


def test_a_stop_is_said_not_to_be_carried_out(tmp_path: Path) -> None:
    text = """\
stops: {halt: {post: "https://r.example"}}
rules:
  - {name: r, watch: csat, when: {below: 50%, over: 1h}, stop: {action: halt}}
"""
    [found] = said(tmp_path, text, "stop-not-carried-out")
    assert (found.level, str(found.place)) == (Level.WARNING, "b.yml:3")
    assert "'halt' is not carried out yet" in found.text


def test_a_step_that_all_must_answer_is_said_to_take_one_answer(tmp_path: Path) -> None:
    text = """\
policies:
  default:
    red:
      - {notify: [on-duty]}
      - {notify: [on-duty, lead], after: 5m, answers: all}
"""
    [found] = said(tmp_path, text, "one-answer-is-enough")
    assert (found.level, found.place.file) == (Level.WARNING, "b.yml")
    assert "'default', red, step 2" in found.text
