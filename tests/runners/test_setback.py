from __future__ import annotations

import pytest

from andon.errors import Unavailable
from andon.runners.setback import Setback


def test_a_clock_that_was_set_back_and_has_come_up_is_told_once_each(capsys: pytest.CaptureFixture[str]) -> None:
    watch = Setback()
    for ahead in (0.0, 30.0, 3600.0, 3599.0, 59.0, 0.0):
        watch.heed(ahead)
    said = capsys.readouterr().out
    assert (said.count("clock.set_back"), said.count("clock.has_come_up")) == (1, 1)


def test_by_how_much_it_was_set_back_is_known_until_it_has_come_up() -> None:
    watch, known = Setback(), []
    for ahead in (59.0, 3600.0, 60.0, 59.0):
        watch.heed(ahead)
        known.append(watch.seconds)
    assert known == [0.0, 3600.0, 60.0, 0.0]


def test_what_would_take_days_to_come_up_is_no_wait_in_silence() -> None:
    watch = Setback()
    with pytest.raises(Unavailable, match=r"1\.0 days ahead"):
        watch.heed(86_400.0)
    assert watch.seconds == 86_400.0
