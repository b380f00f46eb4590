"""Nine years of lounge reviews as ratings and complaints, by the CSV mapping, through a replay and the living service."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from tests.real.lounge import BELOW, MAPPING, RATING, RULES, lines, rows, table
from tests.real.shared import present, rulebook
from tests.runners.decisions import of_report, of_service, replayed, retained
from tests.runners.service import COMMAND, up

pytestmark = present
LATELY = "2015-01-01"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rulebook(tmp_path_factory.mktemp("rules"), RULES)


@pytest.fixture(scope="module")
def book(rules: Path) -> Rulebook:
    return load(rules, {})


def test_every_rating_is_taken_and_those_without_one_are_refused(book: Rulebook) -> None:
    lately = [row for row in rows() if row["date"] >= LATELY]
    given = [float(row["overall_rating"]) for row in lately if row["overall_rating"]]
    report = replayed(book, lines(LATELY))
    assert report.taken == len(given) + sum(value < BELOW for value in given)
    assert report.refused == len(lately) - len(given)


def test_the_living_service_decides_the_same(book: Rulebook, rules: Path, tmp_path: Path) -> None:
    decides_the_same(lines(LATELY), book, rules, tmp_path)


def test_the_csv_goes_in_by_its_columns_in_a_replay_and_by_feed_alike(rules: Path, tmp_path: Path) -> None:
    body = table([row for row in rows() if row["date"] >= LATELY])
    words = [f"--map={pair}" for pair in MAPPING] + [f"--set={pair}" for pair in RATING]
    replay = [*COMMAND, "replay", "-", "--csv", "--json", "--rules", str(rules), *words]
    report = json.loads(subprocess.run(replay, input=body, capture_output=True, check=True).stdout)
    with up(rules, tmp_path / "data", "--clock", "events") as service:
        feed = [*COMMAND, "feed", "-", "--csv", "--url", service.url, "--data", str(service.data), *words]
        said = subprocess.run(feed, input=body, capture_output=True, check=True, text=False).stdout.decode()
    assert f"{report['taken']} taken, 0 repeated, {report['refused']} refused" in said


@pytest.mark.long
@pytest.mark.timeout(900)
def test_nine_years_are_decided_the_same_and_lose_nothing_but_a_first_gap(
    book: Rulebook, rules: Path, tmp_path: Path
) -> None:
    decides_the_same(lines(), book, rules, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_complaints_of_a_topic_are_found(book: Rulebook) -> None:
    assert {"food", "staff", "crowded"} <= {alert.rule for alert in replayed(book, lines()).alerts}


def decides_the_same(told: list[bytes], book: Rulebook, rules: Path, tmp_path: Path) -> None:
    report = replayed(book, told)
    with up(rules, tmp_path / "data", "--clock", "events") as service:
        counts = service.send(told)
        service.settle(600.0)
        decided = of_service(service.incidents())
    assert retained(decided, report.last) == retained(of_report(report), report.last)
    assert (counts["taken"], counts["refused"]) == (report.taken, report.refused)
    assert report.refused <= 6
