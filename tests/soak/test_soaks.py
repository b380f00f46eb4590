"""The short forms of the soaks; `python -m tests.soak NAME` runs the long ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak import clock, kill, term

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]


def test_killed_at_random_moments_it_loses_nothing_and_doubles_no_more_than_a_page_a_kill(tmp_path: Path) -> None:
    assert kill.soak(tmp_path, 1, kills=4, between=1.0).faults == []


def test_ended_with_sigterm_under_load_it_is_gone_in_5_s_and_nothing_is_lost(tmp_path: Path) -> None:
    assert term.soak(tmp_path, 1, times=1, between=4.0).faults == []


def test_through_jumps_of_the_machines_clock_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    assert clock.soak(tmp_path, 1, jumps=(clock.DAY, -clock.DAY), between=4.0).faults == []
