"""The rulebook of a soak: what is counted, who is paged, and an owner for every pull, so that each is an incident."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

LINES = 4
PRODUCTS = ("tea", "cake", "soup")
DESKS = 400
RULES = """\
version: 1
people:
{people}promises:
  yellow: {{respond: 1h, resolve: 2h, clock: always}}
policies:
  default:
    rounds: 1
    repeat: {{yellow: 12h}}
    yellow: [{{notify: on-duty, by: [webhook]}}, {{after: 3s, unless: acked, notify: lead, by: [webhook]}}]
    red:    [{{notify: [on-duty, lead], by: [webhook]}}]
defaults: {{policy: default, owner: everyone, every: 1m, clear_after: 10m}}
rules:
  - {{name: the numbers, id: numbers, watch: "gauge:number", by: [line], tier: watch, when: {{above: 1000000000000, over: 1m}}}}
  - {{name: the stars, id: stars, watch: "bad_share:stars", by: [product], tier: watch, when: {{above: 99%, over: 1m}}}}
  - {{name: furious, id: furious, watch: ratings, each: {{stars: {{below: 2}}, guest: vip}}, group: {{by: [product], wait: 0s}}}}
owners:
  everyone: {{on-duty: [ana], lead: bo}}
"""


def desk(number: int) -> str:
    """Return the owner of a numbered pull; they come round again after DESKS."""
    return f"desk{number % DESKS}"


def write(folder: Path, receiver: str, on_duty: Sequence[str]) -> Path:
    """Write the rulebook, whose pages go to `receiver`/PERSON; `on_duty` take the desks in turn. Return its directory."""
    folder.mkdir(parents=True, exist_ok=True)
    names = dict.fromkeys(("ana", "bo", *on_duty))
    people = "".join(
        f'  {name}: {{name: {name}, zone: UTC, lang: en, webhook: "{receiver}/{name}"}}\n' for name in names
    )
    desks = "".join(f"  {desk(n)}: {{on-duty: [{on_duty[n % len(on_duty)]}], lead: bo}}\n" for n in range(DESKS))
    (folder / "book.yml").write_text(RULES.format(people=people) + desks)
    return folder
