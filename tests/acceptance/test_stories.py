from __future__ import annotations

from andon.model import Reason, State, Tier
from tests.acceptance.timeline import Story, between

RED = Tier.RED
BOOK = """\
version: 1
people:
  li.na:   {name: 李娜, zone: Asia/Shanghai, lang: zh, slack: U01, sms: "+8613800138000"}
  j.ortiz: {name: J. Ortiz, zone: Europe/Madrid, lang: en, slack: U02, sms: "+34600000001"}
  m.chan:  {name: M. Chan, zone: Asia/Shanghai, lang: en, slack: U03}
owners:
  app:      {on-duty: [li.na], lead: j.ortiz}
  everyone: {on-duty: [m.chan], lead: m.chan}
promises:
  yellow: {respond: 30m, resolve: 8h, clock: always}
  red:    {respond: 5m, resolve: 4h, clock: always}
policies:
  default:
    rounds: 2
    repeat: {yellow: 1h, red: 20m}
    yellow:
      - {notify: on-duty, by: [slack]}
      - {after: 10m, unless: acked, notify: lead, by: [slack]}
    red:
      - {notify: [on-duty, lead], by: [slack, sms]}
      - {after: 5m, unless: acked, notify: owner:everyone, by: [slack]}
defaults: {policy: default, owner: app, every: 1m, clear_after: 10m}
rules:
  - name: the app crashes
    id: crashes
    watch: crash_rate
    by: [platform]
    when: {above: 2%, over: 5m, at_least: {n: 50}}
    worsens: [{after: 45m, unless: verified, tier: red}]
"""
CALM, BAD = 0, 8
SESSIONS = 40


def crashing(begin: float, end: float, until: float, book: str = BOOK, start: str = "2026-03-02 10:00") -> Story:
    """A story in which the iOS app crashes between two minutes, and is well before and after."""
    story = Story(book, start)
    story.during(0, begin).crashes(CALM, SESSIONS, platform="ios")
    story.during(begin, end).crashes(BAD, SESSIONS, platform="ios")
    story.during(end, until).crashes(CALM, SESSIONS, platform="ios")
    return story


async def test_a_crash_spike_is_called_acked_resolved_verified_and_closed() -> None:
    story = crashing(10, 30, 60)
    story.at(14).ack("li.na")
    story.at(31).resolve("li.na")
    story.expect(between(0, 10)).silence().incidents(0)
    story.expect(between(10, 13)).page("li.na", by="slack").state(State.CALLED)
    story.expect(between(14, 14.2)).state(State.ACKED)
    story.expect(between(14, 45)).silence(to="j.ortiz")
    story.expect(between(31, 31.2)).state(State.RECOVERING)
    story.expect(between(40, 51)).state(State.CLOSED).page("li.na", by="slack", reason=Reason.RECOVERED)
    story.expect(between(51, 60)).silence().incidents(1)
    await story.play()


async def test_nobody_answers_so_the_ladder_climbs_to_the_lead_and_at_its_end_to_the_catch_all() -> None:
    story = Story(BOOK)
    story.at(1).pull("li.na", "the till is stuck", "app")
    story.expect(between(1, 1.2)).page("li.na", by="slack")
    story.expect(between(11, 11.2)).page("j.ortiz", by="slack")
    story.expect(between(12, 20)).silence()
    story.expect(between(61, 61.2)).page("li.na", by="slack", reason=Reason.REPEAT)
    story.expect(between(71, 71.2)).page("j.ortiz", by="slack", reason=Reason.REPEAT)
    story.expect(between(72, 140)).page("m.chan", by="slack", reason=Reason.REPEAT)
    await story.play()


async def test_at_the_fixed_position_the_light_turns_red_and_everybody_hears_of_it() -> None:
    story = crashing(10, 80, 81)
    story.at(14).ack("li.na")
    story.expect(between(11, 13)).page("li.na", by="slack")
    story.expect(between(55, 58)).tier(RED)
    for person in ("li.na", "j.ortiz"):
        story.expect(between(55, 58)).page(person, by="slack", reason=Reason.WORSE, tier=RED)
        story.expect(between(55, 58)).page(person, by="sms", reason=Reason.WORSE, tier=RED)
    story.expect(between(60, 63)).page("m.chan", by="slack", reason=Reason.WORSE, tier=RED)
    await story.play()


async def test_at_night_a_yellow_page_waits_for_the_morning_and_a_red_one_does_not() -> None:
    asleep = BOOK.replace(
        'slack: U01, sms: "+8613800138000"', 'slack: U01, sms: "+8613800138000", quiet: "22:00-07:00"'
    )
    story = Story(asleep, "2026-03-02 21:30")  # 05:30 in Shanghai
    story.at(1).pull("j.ortiz", "a lamp is out", "app")
    story.expect(between(0, 89.5)).silence(to="li.na")
    story.expect(between(89.5, 91)).page("li.na", by="slack")
    await story.play()
    story = crashing(10, 70, 71, asleep, "2026-03-02 20:00")
    story.expect(between(0, 50)).silence(to="li.na")
    story.expect(between(54, 58)).page("li.na", by="sms", reason=Reason.WORSE, tier=RED)
    await story.play()


async def test_what_is_shelved_pages_nobody_until_the_shelf_ends() -> None:
    story = Story(BOOK)
    story.at(1).pull("li.na", "we are painting", "app")
    story.at(2).shelve("li.na", 25, "until the paint is dry")
    story.expect(between(1, 1.2)).page("li.na", by="slack")
    story.expect(between(2, 26.9)).silence()
    story.expect(between(27, 40)).page("li.na", by="slack", reason=Reason.REPEAT)
    await story.play()


async def test_bad_again_within_two_hours_is_the_same_incident_called_once_more() -> None:
    story = crashing(10, 20, 60)
    story.during(60, 70).crashes(BAD, SESSIONS, platform="ios")
    story.during(70, 75).crashes(CALM, SESSIONS, platform="ios")
    story.at(12.5).ack("li.na")
    story.expect(between(10, 12.4)).page("li.na", by="slack")
    story.expect(between(30, 45)).state(State.CLOSED)
    story.expect(between(60, 63)).page("li.na", by="slack", reason=Reason.FIRST).incidents(1)
    await story.play()


async def test_a_broken_promise_pages_the_lead_once() -> None:
    short = BOOK.replace("respond: 30m", "respond: 8m").replace("after: 10m", "after: 50m")
    story = Story(short)
    story.at(1).pull("li.na", "the till is stuck", "app")
    story.expect(between(7, 7.8)).page("j.ortiz", by="slack", reason=Reason.AT_RISK)
    story.expect(between(8.9, 9.5)).page("j.ortiz", by="slack", reason=Reason.BROKEN)
    story.expect(between(10, 40)).silence(to="j.ortiz")
    await story.play()


async def test_a_channel_that_refuses_for_good_hands_over_to_the_persons_next_one() -> None:
    story = Story(
        BOOK.replace(
            "by: [slack]}\n      - {after: 10m",
            "by: [slack]}\n      - {after: 10m, by: [sms], notify: on-duty}\n      - {after: 10m",
        )
    )
    story.at(0).breaks("slack")
    story.at(1).pull("li.na", "the till is stuck", "app")
    story.expect(between(1, 1.5)).page("li.na", by="sms")
    await story.play()


async def test_two_platforms_crash_and_it_is_one_call() -> None:
    story = crashing(10, 30, 31)
    story.during(0, 13).crashes(CALM, SESSIONS, platform="web")
    story.during(13, 30).crashes(BAD, SESSIONS, platform="web")
    story.expect(between(10, 12.5)).page("li.na", by="slack")
    story.expect(between(14, 20)).page("li.na", by="slack", reason=Reason.ADDED).incidents(1)
    await story.play()
