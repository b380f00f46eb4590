from __future__ import annotations

from msgspec.structs import replace

from andon.model import Delivery, Outcome, Page, Sending, State
from andon.respond.attempt import claimed
from andon.respond.bundle import bundles, carrying
from tests.oncall.company import MONDAY, RED, incident
from tests.respond.post import FOR_GOOD, FOR_NOW, SENT, Fake, Post
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


# ---------------------------------------------------------------- as they are sent


HELD = [page(id=name, held="quiet", due=MONDAY + 60) for name in ("p1", "p2", "p3")]


async def test_pages_that_were_held_for_one_reader_go_as_one() -> None:
    post = await Post().lies(*HELD)
    assert await post.sender.run_once(MONDAY + 60) == 1
    assert [(one.id, one.bundled) for one in post.fake.pages] == [("p1", ["p2", "p3"])]
    assert [await post.status(one.id) for one in HELD] == [SENT, Sending.BUNDLED, Sending.BUNDLED]


async def test_of_each_page_in_a_bundle_it_is_said_that_it_went() -> None:
    post = await Post().lies(*HELD)
    await post.sender.run_once(MONDAY + 60)
    assert sorted(post.desk.heard) == [("p1", SENT), ("p2", SENT), ("p3", SENT)]


async def test_when_a_bundle_fails_for_good_all_in_it_have() -> None:
    post = await Post(Fake(FOR_GOOD)).lies(*HELD)
    for later in (60, 61):
        await post.sender.run_once(MONDAY + later)
    assert {await post.status(one.id) for one in HELD} == {FOR_GOOD}
    assert sorted(post.desk.heard) == [("p1", FOR_GOOD), ("p2", FOR_GOOD), ("p3", FOR_GOOD)]


async def test_a_bundle_whose_sender_died_as_it_claimed_it_says_nothing_of_what_another_one_has_carried_since() -> None:
    post = await Post(Fake(SENT, FOR_GOOD)).lies(*HELD)
    head, *others = [await post.fared(one.id) for one in HELD]
    await post.store.settle(claimed(carrying(head, others), MONDAY + 90))
    for later in (60, 90, 91):
        await post.sender.run_once(MONDAY + later)
    assert [(one.id, one.bundled) for one in post.fake.pages] == [("p2", ["p3"]), ("p1", ["p2", "p3"])]
    assert [await post.status(one.id) for one in HELD] == [FOR_GOOD, SENT, Sending.BUNDLED]
    assert sorted(post.desk.heard) == [("p1", FOR_GOOD), ("p2", SENT), ("p3", SENT)]


async def test_when_a_bundles_leader_loses_its_reason_between_tries_the_others_go_by_themselves() -> None:
    post = Post(Fake(FOR_NOW))
    await post.lies(HELD[0])
    other = replace(incident(), id="inc-2", key="key-2", version=1)
    await post.store.commit(Outcome(other, (), (replace(HELD[1], incident="inc-2"),)), None)
    await post.sender.run_once(MONDAY + 60)
    await post.becomes(state=State.VERIFIED)
    for later in (75, 76, 120):
        await post.sender.run_once(MONDAY + later)
    assert [await post.status(name) for name in ("p1", "p2")] == [Sending.DROPPED, SENT]
    assert post.fake.ids() == ["p1", "p2"]


async def test_what_has_verified_before_the_digest_is_not_in_it() -> None:
    post = Post()
    await post.lies(HELD[0], one=incident(state=State.VERIFIED))
    other = replace(incident(), id="inc-2", key="key-2", version=1)
    await post.store.commit(Outcome(other, (), (replace(HELD[1], incident="inc-2"),)), None)
    await post.sender.run_once(MONDAY + 60)
    assert [(one.id, one.bundled) for one in post.fake.pages] == [("p2", [])]
