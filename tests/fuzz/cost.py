"""What bodies and books of great size cost: each in a process of its own, its seconds and the memory it grew by.

Both must stay below what one input may take, unless the case says why not.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from andon.errors import AndonError
from andon.ingest.batch import encode
from andon.ingest.door import Door
from andon.rulebook.load import load
from tests.bench._child import peak, resident
from tests.fuzz import SLOWEST
from tests.fuzz.door import NOW, RETENTION, SCALES
from tests.fuzz.rules import HEAD, made

MOST = 100.0
"""Megabytes by which one input may make a process grow."""
MEGA = 1_000_000


class Cost(msgspec.Struct, frozen=True):
    """What a case took: seconds of its process, megabytes at the peak above what it had, and what came of it."""

    case: str
    size: int
    seconds: float
    megabytes: float
    said: str

    @property
    def holds(self) -> bool:
        """Tell whether it was within what one input may take, and ended as it should."""
        return self.seconds < SLOWEST and self.megabytes < MOST and not self.said.startswith("!")


def _lines(line: bytes, size: int = 10 * MEGA) -> bytes:
    return line * min(size // len(line), 50_000)


@cache
def _bomb(size: int = 1000 * MEGA) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(machine.compress(bytes(MEGA)) for _ in range(size // MEGA)), machine.flush()])


def _numbered(template: str, count: int = 50_000) -> bytes:
    return "\n".join(template % ((number,) * template.count("%d")) for number in range(count)).encode()


_TEXT = b'{"kind":"complaint","text":"'
_EMOJI = "😀".encode()
BODIES: Mapping[str, Callable[[], bytes]] = {
    "10,000 arrays in each other": lambda: b"[" * 10_000 + b"]" * 10_000,
    "5 million arrays in each other": lambda: b'{"kind":"pull","x":' + b"[" * 5 * MEGA,
    "10,000 objects in a segment": lambda: b'{"kind":"pull","segment":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001,
    "one string of 10 MB": lambda: _TEXT + b"a" * (10 * MEGA - 40) + b'"}',
    "one string of 10 MB that never ends": lambda: _TEXT + b"a" * (10 * MEGA - 40),
    "a customer of 10 MB that never ends": lambda: b'{"kind":"pull","customer":"' + b"\\n" * (5 * MEGA - 40),
    "a customer of 9 MB with an emoji, gzip": lambda: gzip.compress(b'{"kind":"pull","customer":"' + _EMOJI + b"a" * 9 * MEGA + b'"}', 1),
    "50,000 signals in an array": lambda: b"[" + b",".join([b'{"kind":"latency","value":1}'] * 50_000) + b"]",
    "50,001 signals in an array": lambda: b"[" + b",".join([b'{"kind":"latency","value":1}'] * 50_001) + b"]",
    "2 million numbers in an array": lambda: b"[" + b"1," * 1_999_000 + b"1]",
    "a number of a million digits": lambda: b'{"kind":"latency","value":' + b"9" * MEGA + b"}",
    "a fraction of 9 million digits": lambda: b'{"kind":"latency","value":0.' + b"9" * 9 * MEGA + b"}",
    "NaN, Infinity and 1e999": lambda: b"\n".join(b'{"kind":"latency","value":%s}' % one for one in (b"NaN", b"Infinity", b"1e999")),
    "lone surrogates": lambda: _lines(b'{"kind":"complaint","text":"\\ud800"}\n', MEGA),
    "UTF-16": lambda: ('{"kind":"complaint","text":"卡顿"}\n' * 10_000).encode("utf-16"),
    "GBK": lambda: ('{"kind":"complaint","text":"卡顿"}\n' * 10_000).encode("gbk"),
    "Latin-1": lambda: ('{"kind":"complaint","text":"ñé"}\n' * 10_000).encode("latin-1"),
    "50,000 refused items": lambda: gzip.compress(_lines(b'{"kind":"x","customer":"z","text":"' + b"a" * 150 + b'"}\n'), 1),
    "50,000 broken items": lambda: gzip.compress(_lines(b'{"kind":"x","customer":"z","text":"' + b"a" * 150 + b"\n"), 1),
    "50,000 texts with an emoji": lambda: gzip.compress(_lines(_TEXT + _EMOJI + b"a" * 160 + b'"}\n'), 1),
    "50,000 segments": lambda: gzip.compress(_numbered('{"kind":"pull","segment":{"a%d":"' + "v" * 120 + '","b":"%d","c":"%d"}}'), 1),
    "50,000 wrong segments": lambda: gzip.compress(_numbered('{"kind":"pull","segment":{"r%d":["' + "a" * 150 + '"]}}'), 1),
    "50,000 ids, customers and texts": lambda: _numbered('{"kind":"complaint","id":"%d","customer":"c%d","text":"t%d"}'),
    "50,000 names of gauges": lambda: _numbered('{"kind":"gauge","name":"g%d","value":1}'),
    "1 kB that inflates to 1 GB, twice": lambda: gzip.compress(_bomb()),
    "1 MB that inflates to 1 GB": _bomb,
    "a bomb cut short": lambda: _bomb()[:-9],
    "10 MB of blank lines": lambda: gzip.compress(b"\n" * (10 * MEGA - 1) + b"x", 1),
    "braces without end": lambda: gzip.compress(b"{}\n" * (3 * MEGA), 1),
}  # fmt: skip


def _rules(count: int) -> bytes:
    rule = b"  - {name: r%d, watch: csat, by: [region], when: {above: 2%%, over: 10m}}\n"
    return HEAD + b"rules:\n" + b"".join(rule % number for number in range(count))


def _topic(word: str, words: int) -> bytes:
    return f"  t: [{', '.join(f'{word}{number}' for number in range(words))}]\n".encode()


BOOKS: Mapping[str, Callable[[], Mapping[str, bytes]]] = {
    "a file of 10 MB": lambda: {"a.yml": _rules(140_000)[: 10 * MEGA]},
    "100,000 rules": lambda: {"a.yml": _rules(100_000)},
    "1,000 rules": lambda: {"a.yml": _rules(1000)},
    "10,000 files": lambda: {f"{number}.yml": b"version: 1\n" for number in range(10_000)},
    "500 files that are none": lambda: {"a.yml": _rules(1), **{f"{number}.bin": os.urandom(1000) for number in range(500)}},
    "100 kB of noise": lambda: {"a.yml": os.urandom(99_000)},
    "90,000 lists in each other": lambda: {"a.yml": b"a: " + b"[" * 90_000},
    "aliases of aliases": lambda: {"a.yml": b"a0: &a0 [x,x]\n" + b"".join(b"a%d: &a%d [*a%d,*a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 2500))},
    "a key of 90 kB": lambda: {"a.yml": b"? " + b"a" * 90_000 + b"\n: 1"},
    "one name 10,000 times": lambda: {"a.yml": HEAD + b"topics:\n" + b"  a: [x]\n" * 10_000},
    "8,000 unknown names": lambda: {"a.yml": HEAD + b"rules:\n" + b"  - {nam: 1}\n" * 7500},
    "12,000 people nobody knows": lambda: {"a.yml": HEAD + b"schedules: {s: {zone: UTC, layers: [{rotate: weekly, from: '2026-01-01 00:00', people: [" + b",".join(b"p%d" % n for n in range(12_000)) + b"]}]}}"},
    "words of 90 kB in topics": lambda: {"a.yml": HEAD + b"topics:\n" + b"".join(_topic(f"w{n}x", 400).replace(b"t:", b"t%d:" % n) for n in range(20))},
    "a catastrophic word, (a+)+$": lambda: {"a.yml": HEAD + b"topics: {t: ['(a+)+$', '((a*)*)*b']}\n"},
    "a word that asks for a million states": lambda: {"a.yml": HEAD + b"topics: {t: ['(x{1000}){1000}']}\n"},
    "a glob of 90 kB": lambda: {"a.yml": HEAD + b"rules: [{name: a, watch: csat, where: {r: {like: '" + b"a*" * 45_000 + b"'}}, when: {above: 2%, over: 10m}}]"},
}  # fmt: skip


def opened(body: bytes) -> str:
    """Open a body as the service does, and return what came of it."""
    door = Door(SCALES, b"an invented key..", RETENTION)
    taken = door.open(body, NOW, "", "gzip" if body[:2] == b"\x1f\x8b" else "")
    encode(taken.batch)
    return f"taken {taken.taken:,}, refused {taken.refused:,}"


def loaded(folder: Path) -> str:
    """Load a book, let its engine read what its words and globs were made for, and return what came of it."""
    book = load(folder, {})
    engine = made(book)
    said = {"kind": "complaint", "text": "a" * 4000 + "!", "segment": {"r": "a" * 200}}
    for _ in engine.take(Door({}, b"an invented key..", RETENTION).open(json.dumps(said).encode(), NOW).batch):
        pass
    return f"{len(book.rules):,} rules"


def costs(only: Callable[[str], bool] = bool) -> Iterator[Cost]:
    """Yield what every case costs."""
    _bomb()  # made once, before the children
    for name, body in BODIES.items():
        if only(name):
            yield _alone(name, body, len, opened)
    for name, files in BOOKS.items():
        if only(name):
            with tempfile.TemporaryDirectory(prefix="andon-cost-") as folder:
                yield _alone(name, partial(_placed, Path(folder), files), _bytes, loaded)


def _placed(folder: Path, files: Callable[[], Mapping[str, bytes]]) -> Path:
    for name, content in files().items():
        (folder / name).write_bytes(content)
    return folder


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _alone(name: str, make: Callable[[], object], size: Callable[..., int], use: Callable[..., str]) -> Cost:
    """Run a case in a child, which tells through a pipe."""
    read, write = os.pipe()
    if child := os.fork():
        os.close(write)
        with os.fdopen(read, "rb") as told:
            found = told.read()
        os.waitpid(child, 0)
        return msgspec.json.decode(found, type=Cost) if found else Cost(name, 0, 0.0, 0.0, "! the process died")
    os.close(read)
    given = make()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, began = resident(), time.process_time()
    try:
        said = use(given)
    except AndonError as error:
        said = f"{type(error).__name__}: {error}"[:100]
    except Exception as error:  # noqa: BLE001 - a finding, whatever it is
        said = f"! {type(error).__name__}: {error}"[:200]
    spent = Cost(name, size(given), time.process_time() - began, (peak() - before) / MEGA, said)
    os.write(write, msgspec.json.encode(spent))
    os._exit(0)


def main() -> int:
    """Print every case; the exit status is 0 if all hold."""
    table = Table("case", "bytes", "s", "MB", "what came of it", "holds")
    found = list(costs())
    for one in found:
        table.add_row(
            one.case,
            f"{one.size:,}",
            f"{one.seconds:.2f}",
            f"{one.megabytes:.0f}",
            one.said,
            "yes" if one.holds else "NO",
        )
    Console(width=180).print(table)
    return 0 if all(one.holds for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
