"""One bad file per error: each says at its end on which line what must be said, and nothing else may be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from andon.errors import RulebookError
from andon.rulebook.load import load

BAD = sorted((Path(__file__).parent / "bad").glob("*.yml"))
_EXPECT = re.compile(r"^# expect ([0-9]+): (.+)$", re.MULTILINE)


@pytest.mark.parametrize("file", BAD, ids=[file.stem for file in BAD])
def test_a_bad_file_is_refused_on_its_line_with_what_is_allowed(file: Path) -> None:
    expected = [(int(line), part) for line, part in _EXPECT.findall(file.read_text(encoding="utf-8"))]
    assert expected
    with pytest.raises(RulebookError) as caught:
        load(file, {})
    problems = list(caught.value.problems)
    for line, part in expected:
        found = [one for one in problems if one.line == line and part in one.text]
        assert found, f"{line}: {part} is not among {problems}"
        problems.remove(found[0])
    assert not problems


def test_every_error_of_the_translation_has_its_bad_file() -> None:
    said = "\n".join(_EXPECT.sub(r"\2", file.read_text(encoding="utf-8")) for file in BAD)
    for noun in ("person", "owner", "schedule", "policy", "calendar", "stop", "rule", "scale", "tier"):
        assert f"no {noun} has that name" in said
