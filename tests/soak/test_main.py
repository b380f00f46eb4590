from __future__ import annotations

from pathlib import Path

import pytest

from tests import soak
from tests.soak import Verdict
from tests.soak.__main__ import main


def test_without_a_name_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "kill" in capsys.readouterr().out.split()


@pytest.mark.parametrize("wrong", [["[red]"], ["kill", "one"], ["kill", "1", "2"]])
def test_what_is_not_understood_is_refused_with_the_choices(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(wrong) == 2
    assert "clock, kill" in capsys.readouterr().out


@pytest.mark.parametrize(("faults", "status"), [([], 0), (["a page was lost [red]"], 1)])
def test_a_fault_is_printed_and_ends_with_status_1(
    faults: list[str], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, int]] = []

    def run(name: str, folder: Path, seed: int) -> Verdict:
        assert folder.is_dir()
        asked.append((name, seed))
        return Verdict({"signals": 1000.0}, faults)

    monkeypatch.setattr("tests.soak.__main__.run", run)
    assert main(["kill", "7"]) == status
    assert asked == [("kill", 7)]
    assert all(fault in capsys.readouterr().out for fault in faults)


def test_one_that_is_not_there_cannot_be_run(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        soak.run("_scene", tmp_path, 1)
