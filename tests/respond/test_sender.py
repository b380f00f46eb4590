from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar

import pytest
from msgspec.structs import replace

from andon.channel import Channel
from andon.clock import EventClock, FastClock, WallClock
from andon.errors import Conflict, Unavailable
from andon.model import Delivery, Incident, Outcome, Page, Reason, Receipt, Sending, State
from andon.respond.attempt import claimed
from andon.respond.bundle import carrying
from andon.respond.sender import Sender
from andon.respond.trying import Trying
from andon.store.memory import MemoryStore
from tests.oncall.company import HOUR, MONDAY, incident
from tests.respond.world import page

FOR_NOW, FOR_GOOD, SENT = Sending.FAILED_FOR_NOW, Sending.FAILED_FOR_GOOD, Sending.SENT


class Fake:
    """A channel that notes what it sends and says what it is told to, `sent` at the end."""

    name: ClassVar[str] = "slack"

    def __init__(self, *says: Sending | Exception, retry_after: float = 0.0, hangs: bool = False) -> None:
        self.says, self.retry_after, self.hangs = list(says), retry_after, hangs
        self.pages: list[Page] = []

    @classmethod
    def open(cls, settings: Mapping[str, str]) -> Channel:
        del settings
        return cls()

    async def send(self, page: Page, now: float) -> Receipt:
        self.pages.append(page)
        await asyncio.sleep(30 if self.hangs else 0)
        said = self.says.pop(0) if self.says else SENT
        if isinstance(said, Exception):
            raise said
        return Receipt(page=page.id, status=said, at=now, reference="ref", reason="why", retry_after=self.retry_after)

    def ids(self) -> list[str]:
        return [one.id for one in self.pages]


class Desk:
    """Notes the receipts it hears; the first few times it is away."""

    def __init__(self, away: int = 0) -> None:
        self.away = away
        self.heard: list[tuple[str, Sending]] = []

    async def receive(self, name: str, receipt: Receipt) -> None:
        del name
        if self.away:
            self.away -= 1
            raise Unavailable("the store does not answer")
        self.heard.append((receipt.page, receipt.status))


class Post:
    """A store with one open incident and some pages, a desk, a channel, and a sender over them."""

    def __init__(self, fake: Fake | None = None, desk: Desk | None = None, deadline: float = 10.0) -> None:
        self.store, self.desk, self.fake = MemoryStore(), desk or Desk(), fake or Fake()
        self.sender = self.another(deadline)

    def another(self, deadline: float = 10.0) -> Sender:
        return Sender(self.store, Trying({"slack": self.fake}, deadline), EventClock(), self.desk.receive)

    async def lies(self, *pages: Page, one: Incident | None = None) -> Post:
        made = one or incident()
        await self.store.commit(Outcome(replace(made, version=1), (), pages), None)
        return self

    async def becomes(self, **changes: object) -> None:
        old = await self.store.find("inc-1")
        assert old is not None
        await self.store.commit(Outcome(replace(old, version=old.version + 1, **changes)), None)

    async def becomes_paged(self, more: Page) -> None:
        old = await self.store.find("inc-1")
        assert old is not None
        await self.store.commit(Outcome(replace(old, version=old.version + 1), (), (more,)), None)

    async def fared(self, name: str = "p1") -> Delivery:
        found = await self.store.delivery(name)
        assert found is not None
        return found

    async def status(self, name: str = "p1") -> Sending:
        return (await self.fared(name)).status


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


async def test_a_page_that_kills_its_senders_fails_for_good_after_three() -> None:
    post = await Post(Fake(hangs=True)).lies(page())
    for kill in range(3):
        killed = asyncio.create_task(post.another().run_once(MONDAY + 30 * kill))
        await asyncio.sleep(0.01)
        killed.cancel()
    post.fake.hangs = False
    await post.another().run_once(MONDAY + 90)
    assert (await post.status(), len(post.fake.pages)) == (FOR_GOOD, 3)


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


async def test_a_page_that_somebody_settled_first_is_theirs() -> None:
    post = await Post().lies(page())
    await post.store.settle(replace(await post.fared(), version=1, next_try=None))
    with pytest.raises(Conflict):
        await post.store.settle(replace(await post.fared(), version=1))
    assert await post.sender.run_once(MONDAY) == 0
