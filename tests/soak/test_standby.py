from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.standby import soak


@pytest.mark.long
def test_of_two_services_on_one_store_the_other_takes_over_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    verdict = soak(tmp_path, seed=1, rounds=1, pause=7.0, between=0.5)
    assert verdict.faults == []
