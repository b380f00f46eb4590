"""Signals of which each is another: how much time and memory the millionth costs beside the first ones."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec

from andon.ingest.batch import decode, encode
from andon.ingest.door import Door
from andon.rulebook.load import load
from tests.bench._child import resident
from tests.fuzz.cost import MEGA
from tests.fuzz.door import NOW, RETENTION
from tests.fuzz.rules import HEAD, made

BATCH = 2000
RATE = 1000.0
"""Signals in a second of their own time."""
_PARTS = 10
_RULES = b"""
topics: {refund: [refund]}
rules:
  - {name: a, watch: complaints, by: [region], when: {rises: true, false_alarms: 1 per 30d}}
  - {name: b, watch: "complaints:refund", by: [product], when: {above: 30, over: 10m}}
  - {name: c, watch: complaints, each: {vip: 'yes'}}
"""
KINDS = {
    "segments": '{"kind":"complaint","segment":{"region":"r%d","product":"p%d"},"text":"t"}',
    "ids": '{"kind":"complaint","id":"i%d","customer":"c%d","segment":{"region":"eu"},"text":"no %d"}',
    "dimensions": '{"kind":"complaint","segment":{"d%d":"v","region":"eu"}}',
    "names": '{"kind":"gauge","name":"n%d","value":1}',
    "changes": '{"kind":"change","name":"n%d","segment":{"region":"r%d"}}',
}


class Flood(msgspec.Struct, frozen=True):
    """What a flood cost: microseconds a signal by tenths of it, megabytes at its end, and what was said of its dimensions."""

    micros: list[float]
    megabytes: float
    series: int
    overflowed: list[str]

    @property
    def flat(self) -> float:
        """Return how many times what a signal of the first tenths costs one of the last ones does, each at its best."""
        third = len(self.micros) // 3
        return min(self.micros[-third:]) / min(self.micros[:third])


def flood(folder: Path, kind: str, signals: int) -> Flood:
    """Pass that many signals, each of them another, through the door, the log's bytes and an engine."""
    (folder / "a.yml").write_bytes(HEAD + _RULES)
    engine, door = made(load(folder, {})), Door({}, b"an invented key..", RETENTION)
    line, before = KINDS[kind], resident()
    micros: list[float] = []
    overflowed: set[str] = set()
    for part in range(_PARTS):
        spent = 0.0
        for begin in range(part * signals // _PARTS, (part + 1) * signals // _PARTS, BATCH):
            body = "\n".join(line % ((number,) * line.count("%d")) for number in range(begin, begin + BATCH)).encode()
            began = time.process_time()
            taken = door.open(body, NOW + begin / RATE)
            door.appended(taken)
            for moment in engine.take(decode(encode(taken.batch))):
                overflowed |= {one.segment["dimension"] for one in moment.findings if one.rule == "series-overflow"}
            spent += time.process_time() - began
        micros.append(1e6 * spent * _PARTS / signals)
    series = int(engine.streams.facts()["series"])
    return Flood(micros, (resident() - before) / MEGA, series, sorted(overflowed))


def main(folder: Path, signals: int = 1_000_000) -> int:
    """Print what each flood costs; the exit status is 0 if none costs more and more."""
    worst = 0.0
    for kind in KINDS:
        found = flood(folder, kind, signals)
        worst = max(worst, found.flat)
        tenths = " ".join(f"{one:.1f}" for one in found.micros)
        said = f"+{found.megabytes:.0f} MB, {found.series:,} series, overflow of {found.overflowed}"
        sys.stdout.write(f"{kind}: us a signal {tenths}; {said}\n")
    return 0 if worst < 3 else 1
