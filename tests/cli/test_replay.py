from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from andon.cli.replay import replay
from andon.errors import AndonError, ConfigError
from tests.runners.history import BOOK, signals

LINES = b"\n".join(signals(1.5))


@pytest.fixture
def rules(tmp_path: Path) -> str:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "book.yml").write_text(BOOK)
    return str(tmp_path / "rules")


def run(rules: str, *asked: str, body: bytes = LINES) -> Result:
    return CliRunner().invoke(replay, ["-", "--rules", rules, *asked], input=body)


def test_the_timeline_says_in_which_zone_it_is(rules: str) -> None:
    assert run(rules).stdout.startswith("All times are UTC.\n")


def test_the_summary_counts_signals_alerts_incidents_and_promises(rules: str) -> None:
    said = run(rules, "--acks", "6m").stdout
    assert all(f"\n{word}: " in said for word in ("signals", "alerts", "incidents", "promises"))


def test_it_reads_in_chinese_too(rules: str) -> None:
    said = run(rules, "--lang", "zh").stdout
    assert said.startswith("所有时间均为 UTC。")
    assert "signals:" not in said


def test_json_is_one_object_that_any_reader_takes(rules: str) -> None:
    report = json.loads(run(rules, "--json").stdout, parse_constant=pytest.fail)
    assert report["taken"] > 1000
    assert report["alerts"]


def test_what_people_wrote_does_not_reach_for_the_terminal(rules: str) -> None:
    body = b'{"kind":"pull","by":"ana","text":"help \\u001b]0;mine\\u0007","time":1772445600,"segment":{"at":"\\u001b[2J"}}'
    said = run(rules, body=body).stdout
    assert "help ]0;mine" in said
    assert not {"\x1b", "\x07"} & set(said)


def test_any_batch_size_prints_the_same(rules: str) -> None:
    assert run(rules, "--batch", "13").stdout_bytes == run(rules, "--batch", "60000").stdout_bytes


def test_a_file_is_read_like_what_is_piped_in(rules: str, tmp_path: Path) -> None:
    (tmp_path / "day.ndjson").write_bytes(LINES)
    from_file = CliRunner().invoke(replay, [str(tmp_path / "day.ndjson"), "--rules", rules])
    assert from_file.stdout == run(rules).stdout


def test_broken_lines_are_not_fatal(rules: str) -> None:
    assert run(rules, body=b"rubbish\n" + LINES).exit_code == 0


def test_when_nothing_can_be_taken_the_exit_status_says_so(rules: str) -> None:
    assert run(rules, body=b"rubbish").exit_code == 1


def test_an_empty_file_is_no_failure(rules: str) -> None:
    assert run(rules, body=b"").exit_code == 0


def test_a_file_that_is_not_there_is_named(rules: str) -> None:
    failed = CliRunner().invoke(replay, ["nowhere.ndjson", "--rules", rules])
    assert isinstance(failed.exception, AndonError)
    assert "nowhere.ndjson cannot be read" in str(failed.exception)


def test_an_act_that_cannot_be_read_is_named_by_its_line(rules: str, tmp_path: Path) -> None:
    (tmp_path / "acts").write_text('\n{"verb": "dance"}\n')
    failed = run(rules, "--acts", str(tmp_path / "acts"))
    assert isinstance(failed.exception, ConfigError)
    assert "acts:2" in str(failed.exception)


def test_acts_are_taken_from_a_file(rules: str, tmp_path: Path) -> None:
    [incident] = [one for one in json.loads(run(rules, "--json").stdout)["incidents"] if one["rule"] == "pull"]
    act = {"verb": "ack", "incident": incident["id"], "by": "ana", "at": incident["called"] + 5}
    (tmp_path / "acts").write_text(json.dumps(act))
    [again] = [
        one
        for one in json.loads(run(rules, "--json", "--acts", str(tmp_path / "acts")).stdout)["incidents"]
        if one["rule"] == "pull"
    ]
    assert again["holder"] == "ana"
