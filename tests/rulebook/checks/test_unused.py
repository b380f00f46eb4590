from __future__ import annotations

from pathlib import Path

from andon.rulebook.check import World
from andon.rulebook.checks import notices
from tests.rulebook.books import book

ALL = """\
people: {bob: {console: screen}, carl: {console: screen}}
schedules: {rota: {zone: UTC, layers: [{rotate: daily, from: "2026-01-05 09:30", people: [bob]}]}}
calendars: {office: {zone: UTC, hours: {Mon: ["09:00-17:00"]}}}
stops: {halt: {post: "https://r.example"}}
policies: {loud: {red: [{notify: "person:carl"}]}}
"""
USE = """\
owners: {app: {on-duty: rota}}
promises: {red: {respond: 5m, clock: office}}
rules: [{name: r, watch: csat, policy: loud, when: {below: 50%, over: 1h}, stop: {action: halt}}]
"""


def unused(folder: Path, text: str) -> set[str]:
    found = notices(book(folder, text), World({}, ()))
    return {one.text.split()[0] for one in found if one.code == "unused"}


def test_what_nothing_refers_to_is_told(tmp_path: Path) -> None:
    assert unused(tmp_path, ALL) == {"schedules.rota", "calendars.office", "stops.halt", "policies.loud"}


def test_what_something_refers_to_is_not(tmp_path: Path) -> None:
    assert unused(tmp_path, ALL + USE) == set()


def test_a_person_in_no_rota_is_told(tmp_path: Path) -> None:
    assert unused(tmp_path, "people: {bob: {console: screen}}") == {"people.bob"}
