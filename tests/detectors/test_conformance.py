"""Every registered detector, andon's own and any other that is installed beside it, passes the suite shipped to authors."""

from __future__ import annotations

import pytest

from andon.model import Form
from andon.plugins import detectors
from andon.testing.detectors import CHECKS, Check, Rig

NEEDS: dict[str, dict[Form, dict[str, object]]] = {
    "burn_rate": {Form.PROPORTION: {"budget": 0.01}},
    "drift": {form: {"delta": 0.05} for form in Form},
    "half_space_trees": {
        form: {"above": 0.85 if form is Form.SCORE else 0.9, "window": 50, "trees": 5, "height": 5} for form in Form
    },
    "river": {form: {"model": "anomaly.StandardAbsoluteDeviation", "above": 3.0, "window": 50} for form in Form},
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
LATER = {
    "drift": set(Form) - {Form.LEVEL},
    "half_space_trees": set(Form),
    "level": {Form.SCORE},
    "river": set(Form) - {Form.LEVEL},
}
"""What is slow, a look of a row in Python, waits for more time with all forms but one."""
RIGS = [
    pytest.param(
        Rig(kind, form, NEEDS.get(name, {}).get(form, {}), fault),
        id=f"{name}-{form}-{fault}",
        marks=[pytest.mark.long] if form in LATER.get(name, ()) else [],
    )
    for name, kind in detectors().items()
    for form in sorted(kind.takes)
    for fault in FAULTS.get(name, ("rises",))
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("rig", RIGS)
def test_a_registered_detector_conforms(rig: Rig, check: Check) -> None:
    check(rig)
