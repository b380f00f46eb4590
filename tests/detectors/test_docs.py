from __future__ import annotations

import doctest
import inspect
import re
from importlib import import_module

import pytest

from andon.plugins import detectors

OURS = {name: kind for name, kind in detectors().items() if kind.__module__.startswith("detectors.")}


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_detectors_example_says_what_it_says(name: str) -> None:
    result = doctest.testmod(import_module(OURS[name].__module__), optionflags=doctest.REPORT_NDIFF)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_detector_names_its_source(name: str) -> None:
    assert re.search(r"\b(19|20)\d\d\b", inspect.getdoc(OURS[name]) or "")


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_detector_is_registered_by_its_own_name(name: str) -> None:
    assert OURS[name].name == name
