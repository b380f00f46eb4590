"""The rulebook of a soak: what is counted, who is paged, and an owner for every pull, so that each is an incident."""

from __future__ import annotations

from pathlib import Path

LINES = 4
PRODUCTS = ("tea", "cake", "soup")
DESKS = 400
RULES = """\
version: 1
people:
  ana: {{name: Ana, zone: Europe/Madrid, lang: en, webhook: "{receiver}/ana"}}
  bo:  {{name: Bo, zone: Asia/Shanghai, lang: zh, webhook: "{receiver}/bo"}}
promises:
  yellow: {{respond: 1h, resolve: 2h, clock: always}}
policies:
  default:
    rounds: 1
    repeat: {{yellow: 12h}}
    yellow: [{{notify: on-duty, by: [webhook]}}, {{after: 3s, unless: acked, notify: lead, by: [webhook]}}]
    red:    [{{notify: [on-duty, lead], by: [webhook]}}]
defaults: {{policy: default, owner: everyone, every: 10s, clear_after: 10m}}
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


def write(folder: Path, receiver: str, more: str = "") -> Path:
    """Write the rulebook, whose pages go to `receiver`/PERSON, with `more` owners; return its directory."""
    folder.mkdir(parents=True, exist_ok=True)
    desks = "".join(f"  {desk(number)}: {{on-duty: [ana], lead: bo}}\n" for number in range(DESKS))
    (folder / "book.yml").write_text(RULES.format(receiver=receiver) + desks + more)
    return folder
