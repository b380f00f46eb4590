from __future__ import annotations

import asyncio

from andon.clock import EventClock
from andon.model import Page, Receipt, Sending, State
from andon.respond.sender import Sender
from andon.respond.trying import Trying
from tests.oncall.company import MONDAY
from tests.respond.post import FOR_GOOD, FOR_NOW, SENT, Fake, Post
from tests.respond.world import page


async def test_a_channel_that_is_not_set_up_is_a_definite_no() -> None:
    post = await Post().lies(page(channel="pigeon"))
    await post.sender.run_once(MONDAY)
    assert "pigeon is not set up" in (await post.fared()).reason
    assert post.desk.heard == [("p1", FOR_GOOD)]


async def test_what_a_channel_should_never_raise_is_counted_and_tried_again() -> None:
    post = await Post(Fake(ZeroDivisionError("secret"))).lies(page(), page(id="p2"))
    assert await post.sender.run_once(MONDAY) == 2
    assert post.sender.trying.faults == {"slack": 1}
    assert [await post.status(name) for name in ("p1", "p2")] == [FOR_NOW, SENT]
    assert "secret" not in (await post.fared()).reason


async def test_a_channel_that_hangs_has_failed_for_now_at_the_deadline() -> None:
    post = await Post(Fake(hangs=True), deadline=0.02).lies(page())
    await post.sender.run_once(MONDAY)
    assert await post.status() is FOR_NOW
    assert "no answer within" in (await post.fared()).reason


async def test_somebody_whose_address_hangs_holds_up_nobody_else_on_the_same_channel() -> None:
    post = await Post(Fake(hangs=True)).lies(*(page(id=f"p{number}", person="li.na") for number in range(200)))
    await post.sender.start(MONDAY)
    await asyncio.sleep(0)
    post.fake.hangs = False
    await post.becomes_paged(page(id="another", person="wang"))
    others = await post.sender.start(MONDAY)
    assert await asyncio.wait_for(asyncio.gather(*others), 1.0) == [True]
    for task in post.sender.under_way:
        task.cancel()


async def test_a_page_that_kills_its_senders_fails_for_good_after_three() -> None:
    post = await Post(Fake(hangs=True)).lies(page())
    for kill in range(3):
        killed = asyncio.create_task(post.another().run_once(MONDAY + 30 * kill))
        await asyncio.sleep(0.01)
        killed.cancel()
    post.fake.hangs = False
    await post.another().run_once(MONDAY + 90)
    assert (await post.status(), len(post.fake.pages)) == (FOR_GOOD, 3)


async def test_a_channel_that_hangs_holds_up_no_other_page() -> None:
    post = await Post(Fake(hangs=True)).lies(page())
    sms = Fake()
    trying = Trying({"slack": post.fake, "sms": sms})
    sender = Sender(post.store, trying, EventClock(), post.desk.receive)
    hanging = await sender.start(MONDAY)
    await post.becomes_paged(page(id="p2", channel="sms", due=MONDAY + 1))
    await asyncio.gather(*await sender.start(MONDAY + 1))
    assert (post.fake.ids(), sms.ids(), len(sender.under_way)) == (["p1"], ["p2"], 2)
    hanging[0].cancel()


async def test_a_channels_full_room_holds_up_no_other_channel() -> None:
    post = await Post(Fake(hangs=True)).lies(page(), page(id="p2"), page(id="p3", channel="sms"))
    sms = Fake()
    sender = Sender(post.store, Trying({"slack": post.fake, "sms": sms}, at_once=1), EventClock(), post.desk.receive)
    begun = await sender.start(MONDAY)
    await asyncio.sleep(0)
    assert (post.fake.ids(), sms.ids()) == (["p1"], ["p3"])
    for task in begun:
        task.cancel()


async def test_a_page_that_waited_for_room_is_looked_at_again_before_it_goes() -> None:
    post = await Post(Fake(hangs=True), deadline=0.05).lies(page(), page(id="p2"))
    sender = Sender(post.store, Trying({"slack": post.fake}, 0.05, at_once=1), EventClock(), post.desk.receive)
    begun = await sender.start(MONDAY)
    await asyncio.sleep(0)
    await post.becomes(state=State.CLOSED)
    await asyncio.gather(*begun)
    assert post.fake.ids() == ["p1"]
    assert await post.status("p2") is Sending.DROPPED


async def test_at_most_so_many_are_tried_at_once() -> None:
    class Narrow(Fake):
        inside = most = 0

        async def send(self, page: Page, now: float) -> Receipt:
            self.inside += 1
            self.most = max(self.most, self.inside)
            await asyncio.sleep(0.001)
            self.inside -= 1
            return await super().send(page, now)

    fake = Narrow()
    post = await Post(fake).lies(*(page(id=f"p{number}") for number in range(12)))
    await Sender(post.store, Trying({"slack": fake}, at_once=3), EventClock(), post.desk.receive).run_once(MONDAY)
    assert (fake.most, len(fake.pages)) == (3, 12)
