from __future__ import annotations

from pathlib import Path

from andon.rulebook.check import Level, Notice, World
from andon.rulebook.checks import notices
from tests.rulebook.books import BASE, book

WORLD = World({}, {"console", "slack"})


def said(folder: Path, text: str, code: str, base: str = BASE) -> list[Notice]:
    return [one for one in notices(book(folder, text, base=base), WORLD) if one.code == code]


def test_a_channel_that_is_not_there_is_a_finding_where_it_is_first_named(tmp_path: Path) -> None:
    text = "people:\n  bob: {slak: U1}\n  carl: {slak: U2}\n"
    [found] = said(tmp_path, text, "unknown-channel")
    assert (found.level, str(found.place)) == (Level.WARNING, "b.yml:2")
    assert "did you mean 'slack'? Known: console, slack" in found.text
    assert "reinstalled" in found.text


def test_channels_of_rooms_and_steps_are_looked_at_too(tmp_path: Path) -> None:
    text = (
        "owners: {app: {on-duty: [ann], room: {pager: x}}}\npolicies: {default: {red: [{notify: lead, by: [fax]}]}}\n"
    )
    assert {one.text.split("'")[1] for one in said(tmp_path, text, "unknown-channel")} == {"pager", "fax"}


def test_someone_without_an_address_is_an_error(tmp_path: Path) -> None:
    [found] = said(tmp_path, "people: {bob: {slack: env:MISSING}}", "no-address")
    assert (found.level, found.text.split()[0]) == (Level.ERROR, "bob")


def test_someone_with_addresses_on_missing_channels_only_is_a_warning(tmp_path: Path) -> None:
    [found] = said(tmp_path, "people: {bob: {sms: '+34600000001'}}", "no-address")
    assert (found.level, found.text.endswith("sms")) == (Level.WARNING, True)


def test_a_schedule_without_layers_is_an_error(tmp_path: Path) -> None:
    [found] = said(tmp_path, "schedules: {rota: {zone: UTC}}", "empty-schedule")
    assert found.level is Level.ERROR


def test_an_owner_without_a_lead_is_a_warning(tmp_path: Path) -> None:
    [found] = said(tmp_path, "owners: {app: {on-duty: [ann]}}", "no-lead")
    assert "'app'" in found.text


def test_a_step_by_channels_that_nobody_has_is_a_warning(tmp_path: Path) -> None:
    text = "policies: {default: {red: [{notify: [on-duty, lead], by: [slack]}, {notify: lead, by: [slack, console]}]}}"
    [found] = said(tmp_path, text, "unreachable-step")
    assert found.text == "policy 'default', red, step 1: nobody it notifies has slack"


def test_a_step_reaches_whom_it_names(tmp_path: Path) -> None:
    text = """\
people: {bob: {slack: U1}}
schedules: {rota: {zone: UTC, layers: [{rotate: daily, from: "2026-01-05 09:30", people: [ann]}], overrides: [{from: "2026-01-05 09:30", to: "2026-01-06 09:30", add: bob}]}}
owners: {app: {on-duty: rota, lead: ann, room: {slack: "#app"}}, other: {on-duty: [ann], lead: ann}}
policies:
  default:
    red:
      - {notify: on-duty, by: [slack]}
      - {notify: "person:bob", by: [slack]}
      - {notify: room, by: [slack]}
      - {notify: "owner:app", by: [slack]}
      - {notify: "owner:other", by: [slack]}
      - {notify: "person:ann", by: [slack]}
"""
    assert [one.text.split()[4] for one in said(tmp_path, text, "unreachable-step")] == ["5:", "6:"]


def test_what_the_environment_lacks_is_a_warning_at_its_place(tmp_path: Path) -> None:
    [found] = said(tmp_path, "people:\n  bob:\n    slack: env:BOB_SLACK\n    console: screen\n", "env-missing")
    assert (found.level, str(found.place), "BOB_SLACK" in found.text) == (Level.WARNING, "b.yml:3", True)
