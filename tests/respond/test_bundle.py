from __future__ import annotations

from andon.model import Delivery, Page, Sending
from andon.respond.bundle import bundles, carrying
from tests.oncall.company import RED
from tests.respond.world import page


def ready(one: Page, **changes: object) -> Delivery:
    return Delivery(page=one, **changes)  # type: ignore[arg-type]  # a shorthand of tests


def ids(groups: list[list[Delivery]]) -> list[list[str]]:
    return [[one.page.id for one in group] for group in groups]


def test_pages_that_were_held_for_one_reader_go_as_one_the_oldest_leads() -> None:
    young, old = page(id="a", held="quiet", called=9.0), page(id="b", held="limit", called=5.0)
    assert ids(bundles([ready(young), ready(old)])) == [["b", "a"]]


def test_the_worst_tier_leads() -> None:
    old, red = page(id="a", held="limit", called=1.0), page(id="b", held="limit", called=9.0, tier=RED)
    assert ids(bundles([ready(old), ready(red)])) == [["b", "a"]]


def test_what_was_not_held_goes_alone() -> None:
    assert ids(bundles([ready(page(id="a")), ready(page(id="b"))])) == [["a"], ["b"]]


def test_two_readers_and_two_channels_are_not_mixed() -> None:
    ones = [
        page(id="a", held="quiet"),
        page(id="b", held="quiet", person="wang"),
        page(id="c", held="quiet", channel="sms"),
    ]
    assert ids(bundles([ready(one) for one in ones])) == [["a"], ["b"], ["c"]]


def test_what_was_tried_before_goes_alone() -> None:
    held = [page(id=name, held="quiet") for name in "abc"]
    tried = [ready(held[0], tries=1), ready(held[1], status=Sending.SENDING), ready(held[2])]
    assert ids(bundles(tried)) == [["a"], ["b"], ["c"]]


def test_the_page_that_carries_others_names_them() -> None:
    assert carrying(ready(page()), [ready(page(id="b"))]).page.bundled == ["b"]


def test_a_page_alone_keeps_what_it_carried_before() -> None:
    assert carrying(ready(page(bundled=["z"])), []).page.bundled == ["z"]
