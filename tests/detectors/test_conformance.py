"""Every registered detector, andon's own and any other that is installed beside it, passes the suite shipped to authors."""

from __future__ import annotations

import pytest

from andon.model import Form
from andon.plugins import detectors
from andon.testing.detectors import CHECKS, Check, Rig

NEEDS = {
    "burn_rate": {Form.PROPORTION: {"budget": 0.01}},
    "silence": {Form.COUNT: {"silent": 900.0}},
    "threshold": {
        Form.PROPORTION: {"above": 0.05},
        Form.COUNT: {"above": 100.0},
        Form.LEVEL: {"above": 150.0},
        Form.SCORE: {"above": 4.0},
    },
}
FAULTS = {
    "silence": ("silence",),
    "count": ("rises", "falls"),
    "level": ("rises", "falls"),
    "score": ("rises", "falls"),
}
RIGS = [
    Rig(kind, form, NEEDS.get(name, {}).get(form, {}), fault)
    for name, kind in detectors().items()
    for form in sorted(kind.takes)
    for fault in FAULTS.get(name, ("rises",))
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("rig", RIGS, ids=lambda rig: f"{rig.detector.name}-{rig.form}-{rig.fault}")
def test_a_registered_detector_conforms(rig: Rig, check: Check) -> None:
    check(rig)
