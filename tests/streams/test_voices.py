from __future__ import annotations

from andon.model import Change
from andon.streams.voices import Changes, Quotes


def test_the_newest_texts_come_first() -> None:
    quotes = Quotes(5, 100)
    for at, text in ((1.0, "old"), (3.0, "new"), (2.0, "late")):
        quotes.add(0, at, text)
    assert quotes.newest(0, 2) == ["new", "late"]


def test_texts_are_bounded_in_number_and_length() -> None:
    quotes = Quotes(2, 3)
    for at in range(10):
        quotes.add(0, float(at), f"{at}xxxx")
    assert quotes.newest(0, 9) == ["9xx", "8xx"]


def test_a_row_that_left_has_no_texts() -> None:
    quotes = Quotes(2, 9)
    quotes.add(0, 1.0, "x")
    quotes.forget(0)
    quotes.forget(0)
    assert quotes.newest(0, 3) == []


def test_changes_that_do_not_contradict_are_found_newest_first() -> None:
    changes = Changes(10)
    for name, at, labels in (
        ("web 1", 10.0, {"platform": "web"}),
        ("ios 2", 20.0, {"platform": "ios"}),
        ("flag", 30.0, {}),
        ("later", 99.0, {}),
    ):
        changes.add(Change(name=name, at=at, labels=labels))
    found = changes.between({"platform": "ios", "region": "eu"}, 0, 50)
    assert [one.name for one in found] == ["flag", "ios 2"]


def test_a_change_in_a_dimension_that_the_series_does_not_fix_counts() -> None:
    changes = Changes(10)
    changes.add(Change(name="ios", at=1.0, labels={"platform": "ios"}))
    assert len(changes.between({"region": "eu"}, 0, 2)) == 1


def test_the_oldest_changes_make_room() -> None:
    changes = Changes(3)
    for at in (5.0, 1.0, 2.0, 3.0, 4.0):
        changes.add(Change(name=str(at), at=at))
    assert [one.at for one in changes.between({}, 0, 9)] == [5, 4, 3]
