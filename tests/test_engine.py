from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from andon.engine import Engine, Saved
from andon.errors import ConfigError
from andon.ingest.door import Door
from andon.rulebook.load import load
from tests.fuzz.rules import HEAD, made

NOW = 1_772_370_000.0


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    rule = b"rules:\n  - {name: a, watch: complaints, by: [region], when: {above: 3, over: 10m}}\n"
    (tmp_path / "a.yml").write_bytes(HEAD + rule)
    return made(load(tmp_path, {}))


def test_a_state_of_which_any_byte_was_spoilt_is_refused_or_reads_as_what_it_was(engine: Engine) -> None:
    said = b'{"kind":"complaint","text":"slow","segment":{"region":"eu"}}'
    for _ in engine.take(Door({}, b"an invented key..", 86_400.0).open(said, NOW).batch):
        pass
    state = engine.save()
    checked = state.index(b"\xa5check")
    told: set[str] = set()
    refused = 0
    for at in range(0, checked, 7):
        try:
            engine.load(state[:at] + bytes([state[at] ^ 16]) + state[at + 1 :])
        except ConfigError as error:
            told.add(str(error).partition(": ")[2])
            refused += 1
        else:
            assert engine.save() == state
    assert refused > checked // 8
    assert all("andon restore" in one for one in told)


def test_a_state_that_the_first_version_wrote_is_read_though_it_has_no_sum(engine: Engine) -> None:
    state = engine.save()
    old = msgspec.msgpack.decode(state)
    assert old.pop("check")
    engine.load(msgspec.msgpack.encode(old))
    assert engine.save() == state
    assert msgspec.msgpack.decode(state, type=Saved).check
