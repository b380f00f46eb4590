from __future__ import annotations

from pathlib import Path

from tests.rulebook.books import book

ROTA = """\
people: {bob: {name: 鲍勃, zone: Asia/Shanghai, lang: zh, quiet: "22:00-07:00", slack: U1}}
schedules:
  rota:
    zone: Asia/Shanghai
    layers:
      - {rotate: weekly, from: "2026-01-05 09:30", people: [ann, bob]}
      - {rotate: daily, from: "2026-01-10 09:30", people: [bob], only: Sat-Sun, hours: "08:00-20:00"}
    overrides:
      - {from: "2026-05-01 00:00", to: "2026-05-04 00:00", replace: ann}
"""


def test_a_person_is_who_they_say(tmp_path: Path) -> None:
    bob = book(tmp_path, ROTA).people["bob"]
    assert (bob.name, bob.zone, bob.lang, bob.quiet) == ("鲍勃", "Asia/Shanghai", "zh", (1320, 420))
    assert bob.addresses == {"slack": "U1"}


def test_a_person_without_a_name_goes_by_the_id(tmp_path: Path) -> None:
    ann = book(tmp_path).people["ann"]
    assert (ann.name, ann.zone, ann.lang, ann.quiet) == ("ann", "UTC", "en", None)


def test_a_schedule_keeps_its_layers_in_order(tmp_path: Path) -> None:
    first, second = book(tmp_path, ROTA).schedules["rota"].layers
    assert (first.people, first.rotate, first.start, first.only, first.hours) == (
        ("ann", "bob"),
        "weekly",
        "2026-01-05 09:30",
        frozenset(),
        None,
    )
    assert (second.only, second.hours) == (frozenset({5, 6}), (480, 1200))


def test_an_override_names_one_person_and_what_they_do(tmp_path: Path) -> None:
    [override] = book(tmp_path, ROTA).schedules["rota"].overrides
    assert (override.start, override.end) == ("2026-05-01 00:00", "2026-05-04 00:00")
    assert (override.add, override.remove, override.replace) == ("", "", "ann")


def test_an_override_may_let_two_people_swap(tmp_path: Path) -> None:
    text = ROTA.replace("replace: ann", "swap: [ann, bob]")
    [override] = book(tmp_path, text).schedules["rota"].overrides
    assert override.swap == override.people == ("ann", "bob")


def test_on_duty_is_a_schedule_or_people(tmp_path: Path) -> None:
    owners = book(tmp_path, ROTA + "owners: {app: {on-duty: rota}, two: {on-duty: [ann, bob]}}\n").owners
    assert (owners["app"].schedule, owners["app"].people) == ("rota", ())
    assert (owners["two"].schedule, owners["two"].people) == ("", ("ann", "bob"))


def test_a_room_is_channels_and_addresses(tmp_path: Path) -> None:
    text = 'owners: {app: {on-duty: [ann], room: {slack: "#app", webhook: env:HOOK}, lang: zh}}'
    owner = book(tmp_path, text, {"HOOK": "https://hook.example/a"}).owners["app"]
    assert owner.room == {"slack": "#app", "webhook": "https://hook.example/a"}
    assert (owner.lead, owner.lang) == ("", "zh")
