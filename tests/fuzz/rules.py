"""Rulebooks: whatever stands in a file is refused with its place, or makes a service that judges."""

from __future__ import annotations

import math
import tempfile
from functools import cache
from pathlib import Path

from andon import plugins
from andon.bank.bank import Bank
from andon.bundled import bundled
from andon.engine import Engine
from andon.errors import ConfigError, RulebookError
from andon.ingest.door import Door
from andon.model import Batch
from andon.rulebook.check import World, notices
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.streams.streams import Streams
from tests.fuzz.door import NOW, RETENTION

HEAD = b"version: 1\npeople: {ann: {console: screen}}\nowners: {everyone: {on-duty: [ann], lead: ann}}\n"
_RULE = b"rules:\n  - {name: a, watch: csat, by: [region], when: {above: 2, over: 10m}}\n"
_TESTED = Path(__file__).parents[1] / "rulebook"


def _seeds() -> list[bytes]:
    shipped = b"".join(path.read_bytes() for path in sorted(bundled("rules").glob("*.yml")))
    kept = [path.read_bytes() for path in sorted((_TESTED / "bad").glob("*.yml"))]
    return [HEAD + _RULE, shipped.replace(b"version: 1\n", b"", shipped.count(b"version: 1\n") - 1), *kept]


SEEDS = _seeds()
WORDS = [
    *(f"{word}: ".encode() for word in ("name", "watch", "where", "by", "when", "each", "tier", "owner", "policy", "every", "for")),
    *(f"{word}: ".encode() for word in ("rises", "falls", "changes", "above", "below", "over", "burns", "silent", "using", "any")),
    *(f"{word}: ".encode() for word in ("people", "owners", "policies", "schedules", "calendars", "topics", "scales", "rules")),
    b"{like: '*'}", b"{not: ", b"- ", b"\n  ", b"&a ", b"*a", b"!!python/object:os.system ", b"%YAML 1.1\n---\n", b"<<: ", b"? ", b"| ", b"> ",
    b"1 per 30d", b"10m", b"2%", b"800ms", b"99999999999999999999", b".inf", b"1e400", b"0x", b"\xe4\xb8\xad", b"\xef\xbb\xbf", b"\x85", b"\0",
]  # fmt: skip


@cache
def _file() -> Path:
    return Path(tempfile.mkdtemp(prefix="andon-fuzz-")) / "a.yml"


@cache
def _batch() -> Batch:
    said = b'{"kind":"rating","name":"csat","value":2,"segment":{"region":"eu"}}\n{"kind":"crash","value":1,"of":9}\n'
    return Door({}, b"an invented key..", RETENTION).open(said * 20, NOW).batch


def one(data: bytes) -> None:
    """Load a file; what loads is checked, becomes an engine, and judges an hour."""
    path = _file()
    path.write_bytes(data)
    book: Rulebook | None
    try:
        book = load(path, {"NAME": "value"})
    except RulebookError as wrong:
        book, said = None, wrong.problems
    else:
        said = ()
    finally:
        path.unlink()
    assert all(problem.text.strip() and problem.line >= 0 for problem in said)
    if book is None:
        assert said
        return
    kinds = plugins.detectors()
    assert all(notice.text for notice in notices(book, World(kinds, ("console",))))
    try:
        engine = made(book)
    except ConfigError:
        return
    for moment in (*engine.take(_batch()), *engine.advance(NOW + 3600.0)):
        assert math.isfinite(moment.now)


def made(book: Rulebook) -> Engine:
    """Return an engine on a rulebook; ConfigError when it asks detectors for what they cannot do."""
    streams = Streams(list(dict.fromkeys(rule.projection for rule in book.rules.values())), book.scales, book.topics)
    bank = Bank(list(book.rules.values()), streams, plugins.detectors(), book.events)
    return Engine(streams, bank, lateness=book.lateness, by_events=False)
