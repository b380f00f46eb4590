from __future__ import annotations

from pathlib import Path

from andon.model import Scale
from tests.rulebook.books import book


def test_everyone_has_the_usual_scales_beside_the_declared(tmp_path: Path) -> None:
    scales = book(tmp_path, "scales: {lounge: {low: 1, high: 10, good: 9..10, bad: 1..4}}").scales
    assert scales["lounge"] == Scale("lounge", 1, 10, (9, 10), (1, 4))
    assert {"csat", "nps", "ces", "stars"} <= set(scales)


def test_topics_keep_their_words_in_any_language(tmp_path: Path) -> None:
    assert book(tmp_path, "topics: {late: [迟到, late, no]}").topics == {"late": ("迟到", "late", "no")}


def test_a_calendar_has_minutes_by_weekday(tmp_path: Path) -> None:
    text = 'calendars: {o: {zone: Asia/Shanghai, hours: {Mon-Tue: ["13:00-18:30", "09:30-12:00"], Sat: ["10:00-24:00"]}, holidays: CN}}'
    found = book(tmp_path, text).calendars["o"]
    assert found.hours == {0: ((570, 720), (780, 1110)), 1: ((570, 720), (780, 1110)), 5: ((600, 1440),)}
    assert (found.zone, found.holidays) == ("Asia/Shanghai", "CN")


def test_always_is_every_minute_of_the_week(tmp_path: Path) -> None:
    hours = book(tmp_path).calendars["always"].hours
    assert hours == dict.fromkeys(range(7), ((0, 1440),))


def test_a_known_day_is_two_instants_and_a_factor(tmp_path: Path) -> None:
    text = 'events: [{name: 双11, zone: Asia/Shanghai, from: "2026-11-10 20:00", to: "2026-11-12 02:00", expect: {volume: 4x}}]'
    [event] = book(tmp_path, text).events
    assert (event.name, event.end - event.start, event.expect) == ("双11", 30 * 3600, {"volume": 4.0})
    [event] = book(tmp_path, text.replace("4x", "2x..8x")).events
    assert event.expect == {"volume": 4.0, "least": 2.0, "most": 8.0}


def test_a_stop_has_its_addresses(tmp_path: Path) -> None:
    text = "stops: {halt: {post: 'https://r.example/h', confirm: 'https://r.example/h/{id}', secret: env:T, max_per_day: 3}}"
    stop = book(tmp_path, text).stops["halt"]
    assert (stop.post, stop.confirm, stop.secret, stop.max_per_day) == (
        "https://r.example/h",
        "https://r.example/h/{id}",
        "",
        3,
    )


def test_a_carrier_is_chosen_by_country(tmp_path: Path) -> None:
    assert book(tmp_path, 'telephony: {default: twilio, "+86": aliyun}').telephony == {
        "default": "twilio",
        "+86": "aliyun",
    }


def test_a_word_may_hold_any_space_that_people_write(tmp_path: Path) -> None:
    assert book(tmp_path, "topics: {late: ['太　慢', 'à la carte 🚴']}").topics["late"] == ("太　慢", "à la carte 🚴")
