from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from andon.detector import Detector, Settings
from andon.errors import ConfigError
from andon.model import Form
from andon.rulebook.check import Level, World
from andon.rulebook.checks import notices
from tests.rulebook.books import book


class _Stub:
    """As much of a detector as a check looks at."""

    name: ClassVar[str] = "stub"
    takes: ClassVar[frozenset[Form]] = frozenset({Form.PROPORTION})
    calibrated: ClassVar[bool] = True
    format: ClassVar[int] = 1

    def __init__(self, settings: Settings) -> None:
        if "bad" in settings.options:
            raise ConfigError(f"stub has no option bad; every is {settings.every:g}")


class _Lined(_Stub):
    calibrated: ClassVar[bool] = False


WORLD = World({"calibrated": _Stub, "lined": _Lined, "broken": None}, {"console"})  # type: ignore[dict-item] # not whole detectors


def said(folder: Path, text: str, world: World = WORLD, level: Level = Level.ERROR) -> list[tuple[str, str]]:
    found = notices(book(folder, f"rules: [{{name: r, {text}}}]"), world)
    assert all(one.place.line for one in found if one.level is Level.ERROR)
    return [(one.code, one.text) for one in found if one.level is level]


def test_a_detector_that_does_its_work_is_no_error(tmp_path: Path) -> None:
    assert said(tmp_path, "watch: csat, when: {falls: true, using: calibrated, false_alarms: 1 per 30d}") == []
    assert said(tmp_path, "watch: csat, when: {falls: true, using: lined}") == []


def test_an_unknown_detector_is_named_with_the_known_and_the_remedy(tmp_path: Path) -> None:
    [(code, text)] = said(tmp_path, "watch: csat, when: {falls: true, using: calibratet}")
    assert code == "unknown-detector"
    assert "did you mean 'calibrated'? Known: broken, calibrated, lined" in text
    assert "visible only after its package is reinstalled" in text


def test_a_detector_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    [(code, text)] = said(tmp_path, "watch: csat, when: {falls: true, using: broken}")
    assert code == "unknown-detector"
    assert "cannot be loaded" in text


def test_a_promise_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    [(code, _)] = said(tmp_path, "watch: csat, when: {falls: true, using: lined, false_alarms: 1 per 30d}")
    assert code == "promise-not-kept"


def test_a_calibrated_detector_without_a_promise_is_an_error(tmp_path: Path) -> None:
    [(code, _)] = said(tmp_path, "watch: csat, when: {falls: true, using: calibrated}")
    assert code == "promise-missing"


def test_a_detector_is_asked_whether_it_takes_the_metric(tmp_path: Path) -> None:
    [(code, text)] = said(tmp_path, "watch: p95, when: {rises: true, using: lined}")
    assert code == "detector-refuses"
    assert "takes a proportion, and p95 is a level" in text


def test_a_detector_is_asked_whether_it_understands_its_options(tmp_path: Path) -> None:
    [(code, text)] = said(tmp_path, "watch: csat, every: 5m, when: {falls: true, using: lined, options: {bad: 1}}")
    assert (code, text) == ("detector-refuses", "rule 'r': stub has no option bad; every is 300 (in options)")


def test_the_conditions_by_which_a_rule_worsens_are_checked_too(tmp_path: Path) -> None:
    text = "watch: csat, when: {falls: true, using: lined}, worsens: [{when: {falls: true, using: none}, tier: red}]"
    assert [code for code, _ in said(tmp_path, text)] == ["unknown-detector"]


def test_a_new_normal_that_is_accepted_within_a_day_is_a_warning(tmp_path: Path) -> None:
    rule = "watch: csat, when: {{falls: true, using: calibrated, false_alarms: 1 per 30d}}, accept_after: {}"
    soon, late = (dict(said(tmp_path, rule.format(time), level=Level.WARNING)) for time in ("90m", "7d"))
    assert "accept_after is 1.5 h" in soon["accepted-soon"]
    assert "accepted-soon" not in late


@pytest.mark.parametrize("detector", ["calibrated", "lined"])
def test_the_stubs_are_what_a_check_looks_at(detector: str) -> None:
    found: type[Detector] | None = WORLD.detectors[detector]
    assert found is not None
    assert found.takes
