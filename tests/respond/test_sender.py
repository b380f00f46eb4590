from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from andon.clock import EventClock, FastClock, WallClock
from andon.errors import Conflict, Unavailable
from andon.model import Delivery, Page, Reason, Receipt, Sending, State
from andon.respond.sender import Sender
from andon.respond.trying import Trying
from andon.store.memory import MemoryStore
from tests.oncall.company import HOUR, MONDAY
from tests.respond.post import FOR_GOOD, FOR_NOW, SENT, Desk, Fake, Post
from tests.respond.world import page


async def test_a_page_that_is_due_is_sent_once() -> None:
    post = await Post().lies(page())
    assert [await post.sender.run_once(MONDAY + at) for at in (0, 1, 100)] == [1, 0, 0]
    assert post.fake.ids() == ["p1"]
    assert await post.status() is SENT
    assert post.desk.heard == [("p1", SENT)]


async def test_a_page_that_is_not_due_lies_still() -> None:
    post = await Post().lies(page(due=MONDAY + 60))
    assert await post.sender.run_once(MONDAY) == 0


async def test_the_message_can_be_found_again() -> None:
    post = await Post().lies(page())
    await post.sender.run_once(MONDAY)
    assert (await post.fared()).reference == "ref"


async def test_tries_are_at_0_15_and_45_seconds_then_it_has_failed_for_good() -> None:
    post = await Post(Fake(FOR_NOW, FOR_NOW, FOR_NOW)).lies(page())
    tried = [second for second in range(0, 120, 5) if await post.sender.run_once(MONDAY + second)]
    assert tried == [0, 15, 45]
    assert await post.status() is FOR_GOOD
    assert post.desk.heard == [("p1", FOR_GOOD)]


async def test_a_definite_no_is_not_tried_again() -> None:
    post = await Post(Fake(FOR_GOOD)).lies(page())
    assert [await post.sender.run_once(MONDAY + at) for at in (0, 60)] == [1, 0]
    assert post.desk.heard == [("p1", FOR_GOOD)]


async def test_retry_after_is_obeyed() -> None:
    post = await Post(Fake(FOR_NOW, retry_after=100)).lies(page())
    tried = [second for second in range(0, 120, 5) if await post.sender.run_once(MONDAY + second)]
    assert tried == [0, 100]


async def test_two_senders_at_once_send_a_page_once() -> None:
    post = await Post().lies(*(page(id=f"p{number}") for number in range(20)))
    await asyncio.gather(*(post.another().run_once(MONDAY) for _ in range(4)))
    assert sorted(post.fake.ids()) == sorted(f"p{number}" for number in range(20))


async def test_a_killed_senders_page_is_sent_by_another_once_its_claim_has_ended() -> None:
    post = await Post(Fake(hangs=True)).lies(page())
    killed = asyncio.create_task(post.sender.run_once(MONDAY))
    await asyncio.sleep(0.01)
    killed.cancel()
    post.fake.hangs = False
    assert await post.another().run_once(MONDAY + 29) == 0
    assert await post.another().run_once(MONDAY + 30) == 1
    assert await post.status() is SENT


async def test_what_a_killed_sender_held_is_sent_at_once_by_one_that_knows_itself_the_only_one() -> None:
    post = await Post(Fake(hangs=True)).lies(page(), page(id="p2", due=MONDAY + 60))
    killed = asyncio.create_task(post.sender.run_once(MONDAY))
    await asyncio.sleep(0.01)
    killed.cancel()
    post.fake.hangs = False
    another = post.another()
    await another.release(MONDAY + 1)
    assert await another.run_once(MONDAY + 1) == 1
    assert (await post.status(), await post.status("p2")) == (SENT, Sending.QUEUED)


async def test_where_the_clock_stands_before_a_page_was_due_it_goes_out_when_it_is_due() -> None:
    post = await Post(Fake(hangs=True)).lies(page())
    killed = asyncio.create_task(post.sender.run_once(MONDAY))
    await asyncio.sleep(0.01)
    killed.cancel()
    post.fake.hangs = False
    another = post.another()
    await another.release(0.0)
    assert [await another.run_once(at) for at in (0.0, MONDAY)] == [0, 1]


async def test_a_receipt_that_nobody_could_take_is_told_again_and_the_page_is_not_sent_again() -> None:
    post = await Post(desk=Desk(away=1)).lies(page())
    await post.sender.run_once(MONDAY)
    assert post.desk.heard == []
    await post.sender.run_once(MONDAY + 30)
    assert (post.desk.heard, len(post.fake.pages)) == ([("p1", SENT)], 1)
    assert (await post.fared()).next_try is None


async def test_a_page_whose_reason_has_gone_is_dropped_and_said_to_be() -> None:
    post = await Post().lies(page())
    await post.becomes(state=State.ACKED, holder="wang")
    assert await post.sender.run_once(MONDAY) == 0
    assert (await post.status(), post.fake.pages) == (Sending.DROPPED, [])
    assert post.desk.heard == [("p1", Sending.DROPPED)]


async def test_nobody_is_paged_between_two_tries_once_somebody_has_acked() -> None:
    post = await Post(Fake(FOR_NOW)).lies(page())
    await post.sender.run_once(MONDAY)
    await post.becomes(state=State.ACKED, holder="wang")
    await post.sender.run_once(MONDAY + 15)
    assert (await post.status(), len(post.fake.pages)) == (Sending.DROPPED, 1)


async def test_a_shelved_incidents_page_waits() -> None:
    post = await Post().lies(page())
    await post.becomes(shelved_until=MONDAY + HOUR)
    assert [await post.sender.run_once(MONDAY + at) for at in (0, HOUR - 1, HOUR)] == [0, 0, 1]


async def test_good_news_goes_to_those_who_heard_the_bad() -> None:
    good = [page(id=name, reason=Reason.RECOVERED, step=-1, person=name, due=MONDAY + 60) for name in ("li", "wang")]
    post = await Post().lies(page(), *good)
    await post.sender.run_once(MONDAY)
    await post.becomes(state=State.VERIFIED)
    await post.sender.run_once(MONDAY + 60)
    assert post.fake.ids() == ["p1", "li"]


async def test_a_store_that_is_away_is_the_callers_to_wait_for() -> None:
    class Away(MemoryStore):
        async def outbox(self, now: float) -> list[Delivery]:
            raise Unavailable(f"away at {now}")

    with pytest.raises(Unavailable):
        await Sender(Away(), Trying({}), EventClock(), Desk().receive).run_once(MONDAY)


async def test_a_store_that_goes_away_in_the_middle_leaves_the_page_to_the_next_run() -> None:
    class Flaky(MemoryStore):
        settles = 0

        async def settle(self, delivery: Delivery) -> None:
            self.settles += 1
            if self.settles == 2:
                raise Unavailable("gone")
            await super().settle(delivery)

    post = Post()
    post.store = Flaky()
    post.sender = post.another()
    await post.lies(page())
    await post.sender.run_once(MONDAY)
    await post.sender.run_once(MONDAY + 30)
    assert await post.status() is SENT
    assert post.fake.ids() == ["p1", "p1"]


async def test_a_receipt_that_nobody_takes_does_not_keep_others_from_being_sent() -> None:
    post = await Post(desk=Desk(away=5)).lies(page(), page(id="p2", due=MONDAY + 40))
    for later in (0, 30, 40):
        await post.sender.run_once(MONDAY + later)
    assert post.fake.ids() == ["p1", "p2"]


async def test_a_claim_lasts_half_a_true_minute_on_a_fast_clock() -> None:
    post = await Post(Fake(hangs=True)).lies(page())
    sender = Sender(post.store, Trying({"slack": post.fake}), FastClock(MONDAY, 1440.0), post.desk.receive)
    killed = asyncio.create_task(sender.run_once(MONDAY))
    await asyncio.sleep(0.01)
    killed.cancel()
    assert (await post.fared()).next_try == pytest.approx(MONDAY + 30 * 1440)


async def test_event_time_that_does_not_wait_still_sends() -> None:
    post = await Post(Fake(FOR_NOW)).lies(page())
    sender = Sender(post.store, Trying({"slack": post.fake}), EventClock(), post.desk.receive)
    assert [await sender.run_once(MONDAY + at) for at in (0, 15)] == [1, 1]


async def test_a_fault_of_ours_in_one_page_is_told_at_the_next_start_and_no_other_page_waits_for_it() -> None:
    class Poisoned(MemoryStore):
        async def settle(self, delivery: Delivery) -> None:
            if delivery.page.id == "p1":
                raise ValueError("poison")
            await super().settle(delivery)

    post = Post()
    post.store = Poisoned()
    post.sender = post.another()
    await post.lies(page(), page(id="p2"))
    await asyncio.wait(await post.sender.start(MONDAY))
    assert post.fake.ids() == ["p2"]
    with pytest.raises(ValueError, match="poison"):
        await post.sender.start(MONDAY)
    assert not post.sender.under_way


async def test_by_the_true_clock_a_receipt_says_when_the_try_ended() -> None:
    class Slow(Fake):
        async def send(self, page: Page, now: float) -> Receipt:
            await asyncio.sleep(0.05)
            return await super().send(page, now)

    class Watch(Desk):
        async def receive(self, name: str, receipt: Receipt) -> None:
            await super().receive(name, receipt)
            self.at = receipt.at

    clock, desk = WallClock(), Watch()
    post = await Post(desk=desk).lies(page())
    sender = Sender(post.store, Trying({"slack": Slow()}), clock, desk.receive)
    began = clock.now()
    await sender.run_once(began)
    assert desk.at - began >= 0.05


async def test_a_page_that_somebody_settled_first_is_theirs() -> None:
    post = await Post().lies(page())
    await post.store.settle(replace(await post.fared(), version=1, next_try=None))
    with pytest.raises(Conflict):
        await post.store.settle(replace(await post.fared(), version=1))
    assert await post.sender.run_once(MONDAY) == 0
