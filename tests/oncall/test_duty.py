from __future__ import annotations

from andon.oncall.duty import Recipient, on_duty, recipients, who
from tests.oncall.company import BOOK, DAY, MONDAY, OWNERS, book


def ids(found: tuple[Recipient, ...]) -> list[str]:
    return [one.id for one in found]


def test_an_owner_with_a_schedule_has_whose_turn_it_is() -> None:
    assert on_duty(BOOK, "payments", MONDAY) == ("li",)
    assert on_duty(BOOK, "payments", MONDAY + 7 * DAY) == ("wang",)


def test_an_owner_with_people_has_all_of_them_always() -> None:
    assert on_duty(BOOK, "everyone", MONDAY) == ("ortiz",)


def test_an_unknown_owner_has_nobody() -> None:
    assert on_duty(BOOK, "nobody's", MONDAY) == ()
    assert who(BOOK, "lead", "nobody's", MONDAY) == ()


def test_each_target_means_whom_it_says() -> None:
    found = {
        target: ids(who(BOOK, target, "payments", MONDAY))
        for target in ("on-duty", "lead", "room", "owner:everyone", "person:wang")
    }
    assert found == {
        "on-duty": ["li"],
        "lead": ["boss"],
        "room": ["room:payments"],
        "owner:everyone": ["ortiz"],
        "person:wang": ["wang"],
    }


def test_a_target_that_is_not_there_reaches_nobody() -> None:
    for target in ("owner:gone", "person:gone", "nonsense", "", "room"):
        assert who(BOOK, target, "empty", MONDAY) == ()


def test_people_are_looked_up_at_the_time_that_is_asked_for() -> None:
    assert ids(who(BOOK, "on-duty", "payments", MONDAY + 8 * DAY)) == ["wang"]


def test_a_room_has_its_channels_and_its_owners_language() -> None:
    (room,) = who(BOOK, "room", "payments", MONDAY)
    assert (room.room, room.lang, room.channels(["sms", "slack"])) == (True, "zh", ("slack",))


def test_channels_are_those_of_the_step_that_a_person_has_in_its_order() -> None:
    (li,) = recipients(BOOK, ["li"])
    assert li.channels(["phone", "email", "slack"]) == ("phone", "slack")


def test_without_a_list_every_channel_of_a_person_is_used() -> None:
    (li,) = recipients(BOOK, ["li"])
    assert li.channels() == ("slack", "sms", "phone")


def test_an_empty_address_is_no_channel() -> None:
    assert Recipient("x", "X", addresses={"sms": ""}).channels(["sms"]) == ()


def test_a_person_who_is_in_no_rulebook_is_left_out() -> None:
    gone = {**OWNERS, "payments": OWNERS["everyone"].__class__("payments", people=("li", "ghost"))}
    assert ids(who(book(owners=gone), "on-duty", "payments", MONDAY)) == ["li"]
