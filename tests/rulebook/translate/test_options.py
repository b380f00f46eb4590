from __future__ import annotations

from typing import Any

import pytest

from andon.rulebook.translate.options import plain


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"stays": "15m"}, {"stays": 900.0}),
        ({"delta": "5%"}, {"delta": 0.05}),
        ({"over": "90s"}, {"over": 90.0}),
        ({"above": "2s"}, {"above": 2000.0}),
        ({"above": "800ms", "clear": "1.5s"}, {"above": 800.0, "clear": 1500.0}),
        ({"with": {"alpha": "1%"}}, {"with": {"alpha": 0.01}}),
        ({"model": "anomaly.LODA", "window": 250}, {"model": "anomaly.LODA", "window": 250}),
        ({"features": ["value", "hour"], "deep": True}, {"features": ["value", "hour"], "deep": True}),
    ],
)
def test_what_a_detector_is_told_is_written_as_elsewhere_in_a_rulebook(
    said: dict[str, Any], meant: dict[str, Any]
) -> None:
    assert plain(said) == meant
