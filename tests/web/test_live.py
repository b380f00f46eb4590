"""The board in a real browser, on a real port."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from andon.model import Incident, Tier
from andon.store.lease import Lease, myself
from andon.store.looks import Seen, Verdict
from tests.web.chrome import Tab, browser, chromium
from tests.web.served import Served, serve
from tests.web.stage import StagedStore, light

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no chromium is on the PATH: install the package chromium"),
    pytest.mark.asyncio(loop_scope="module"),
]
CARD = "document.querySelector('.incident')"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Tab]:
    async with browser() as tab:
        yield tab


@pytest_asyncio.fixture(loop_scope="module")
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setattr("andon.web.stream.LOOKS_EVERY", 0.1)  # the tests' time, nothing else
    one = await serve(tmp_path, StagedStore([light("crashes", {"platform": "web"})]))
    yield one
    await one.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def tab(chrome: Tab, service: Served) -> AsyncIterator[Tab]:
    """A wide window on the board, of a reader who was never here; whatever the page complains of fails the test."""
    await chrome.window(1280, 900)
    await chrome.speaks("en-US")
    await reach(chrome, f"{service.url}healthz")
    await chrome.js("localStorage.clear(), sessionStorage.clear()")
    await chrome.open(service.url)
    chrome.complaints.clear()
    yield chrome
    assert chrome.complaints == []
    await chrome.do("Page.navigate", url="about:blank")


async def reach(chrome: Tab, url: str) -> None:
    """Open an address that may not be listened to yet."""
    for _ in range(100):
        if not (await chrome.do("Page.navigate", url=url)).get("errorText"):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(url)


async def called(tab: Tab, service: Served) -> Incident:
    incident = await service.call()
    await tab.until(f"Boolean({CARD})")
    return incident


async def say_who(tab: Tab, person: str) -> None:
    await tab.until("Boolean(document.querySelector('dialog[open] select'))")
    await tab.js(f"document.querySelector('dialog[open] select').value = '{person}'")
    await tab.js("document.querySelector('dialog[open] [type=submit]').click()")


async def test_a_call_is_shown_live_without_reloading_and_said_aloud(tab: Tab, service: Served) -> None:
    await tab.js("window.untouched = true")
    await tab.until("document.querySelector('h1').textContent === 'Nothing is called.'")
    await called(tab, service)
    card = await tab.js(f"{CARD}.textContent")
    for told in ("YELLOW", "crashes", "ios", "crash rate 3.1 %, usually 0.41 %", "Nobody has it yet", "answer by"):
        assert told in card
    assert await tab.js("document.querySelector('#calls').textContent") == "YELLOW: crashes, ios, for app"
    assert await tab.js("document.querySelector('.tile').dataset.shows") == "yellow"
    assert await tab.js("window.untouched")


async def test_an_ack_by_keyboard_asks_who_once_and_says_who_has_it(tab: Tab, service: Served) -> None:
    incident = await called(tab, service)
    await tab.press("a")
    await say_who(tab, "tom")
    await tab.until(f"{CARD}.textContent.includes('Tom Reed has it')")
    assert await tab.js("document.querySelector('h1').textContent") == "One open incident. Somebody has it."
    await tab.press("e")
    await tab.until("document.querySelector('#toasts').textContent.includes('tom called the next step')")
    assert not await tab.js("Boolean(document.querySelector('dialog[open]'))")
    rows = await service.running.andon.outside.store.ledger(incident.id)
    assert ("acked", "tom", "board") in [(row.kind, row.by, row.via) for row in rows]


async def test_who_answers_keeps_the_focus_where_it_was_though_the_card_moves(tab: Tab, service: Served) -> None:
    await tab.js("localStorage.setItem('andon.person', 'tom')")
    await called(tab, service)
    assert (await service.running.andon.receive(b'{"kind":"pull","by":"ana","text":"odd"}', "", "", "")).taken == 1
    await tab.until("document.querySelectorAll('.incident').length === 2")
    first = await tab.js(f"{CARD}.id")
    await tab.press("j")
    await tab.press("a")
    await tab.until(f"{CARD}.id !== '{first}'")
    assert await tab.js("document.activeElement.id") == first
    assert (await tab.js("document.activeElement.ariaLabel")).endswith("Tom Reed has it")


async def test_a_resolve_makes_the_card_recover(tab: Tab, service: Served) -> None:
    await called(tab, service)
    await tab.js("localStorage.setItem('andon.person', 'tom')")
    await tab.press("r")
    await tab.until(f"{CARD}.dataset.state === 'recovering'")


async def test_an_answer_that_is_refused_says_why(tab: Tab, service: Served) -> None:
    await called(tab, service)
    await tab.js("localStorage.setItem('andon.person', 'ana')")
    await tab.press("a")
    await tab.until("document.querySelector('.toast.bad')?.textContent.includes('ana may not answer')")
    assert len(tab.complaints) == 1, "the browser itself notes the answer 409, and nothing else"
    tab.complaints.clear()


async def test_the_language_is_the_readers_choice_and_stays(tab: Tab, service: Served) -> None:
    await called(tab, service)
    await tab.press("l")
    await tab.until("document.documentElement.lang === 'zh-CN'")
    card = await tab.js(f"{CARD}.textContent")
    for told in ("黄灯", "还没有人接手", "崩溃率", "接手", "详情"):
        assert told in card
    assert await tab.js("document.querySelector('h1').textContent") == "1 个事件未关闭，其中 1 个还没有人接手。"
    await tab.open(service.url)
    assert await tab.js("document.documentElement.lang") == "zh-CN"


async def test_a_chinese_readers_board_is_chinese_from_the_start(tab: Tab, service: Served) -> None:
    await tab.speaks("zh-CN")
    await tab.open(service.url)
    await tab.until("document.querySelector('h1').textContent === '一切平静，没有呼叫。'")
    text = await tab.js("[...document.querySelectorAll('[data-say]')].map(one => one.textContent).join(' ')")
    assert not any(word in text for word in ("Pull", "Help", "Owners", "incidents"))


async def test_the_cord_is_pulled_from_the_board(tab: Tab, service: Served) -> None:
    await tab.press("p")
    await tab.until("Boolean(document.querySelector('dialog[open] textarea'))")
    await tab.js("document.querySelector('dialog [name=by]').value = 'ana'")
    await tab.js("document.querySelector('dialog [name=owner]').value = 'shop'")
    await tab.js("document.querySelector('dialog [name=tier]').value = 'red'")
    await tab.js("document.querySelector('dialog [name=where]').value = 'region=east'")
    await tab.js("document.querySelector('dialog textarea').focus()")
    await tab.write("charged twice <b>&</b>")
    await tab.js("document.querySelector('dialog [type=submit]').click()")
    await tab.until(f"{CARD}?.textContent.includes('charged twice <b>&</b>')")
    assert await tab.js(f"{CARD}.dataset.tier") == "red"
    (incident,) = await service.running.andon.outside.store.open_incidents()
    assert (incident.owner, incident.tier) == ("shop", Tier.RED)


async def test_a_place_that_is_not_understood_keeps_the_dialog_open_and_says_how(tab: Tab) -> None:
    await tab.press("p")
    await tab.until("Boolean(document.querySelector('dialog[open] textarea'))")
    await tab.js("document.querySelector('dialog [name=by]').value = 'ana'")
    await tab.js("document.querySelector('dialog textarea').value = 'odd'")
    await tab.js("document.querySelector('dialog [name=where]').value = 'in the east'")
    await tab.js("document.querySelector('dialog [type=submit]').click()")
    await tab.until("document.querySelector('dialog[open] .wrong').textContent.includes('dimension=value')")
    await tab.press("Escape")
    await tab.until("!document.querySelector('dialog')")


async def test_keys_move_among_incidents_and_show_details_in_place(tab: Tab, service: Served) -> None:
    await called(tab, service)
    await service.running.andon.receive(b'{"kind":"pull","by":"ana","text":"odd","tier":"red"}', "", "", "")
    await tab.until("document.querySelectorAll('.incident').length === 2")
    await tab.press("j")
    assert await tab.js("document.activeElement.dataset.tier") == "red"
    await tab.press("j")
    assert await tab.js("document.activeElement.dataset.tier") == "yellow"
    await tab.press("Enter")
    body = "document.activeElement.querySelector('.body').textContent"
    await tab.until(f"{body}.includes('called (yellow) for app')")
    for told in (
        "0.41 % (95 %: 0.29 % to 0.55 %)",
        "12,480 in 10 min",
        "as rare as once in 40 years",
        "华东, iPhone 15",
        "release 8.4",
    ):
        assert told in await tab.js(body)
    await tab.press("k")
    assert await tab.js("document.activeElement.dataset.tier") == "red"


async def test_what_customers_wrote_is_text_and_nothing_else(tab: Tab, service: Served) -> None:
    await service.call(quote="<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>")
    await tab.until(f"Boolean({CARD})")
    await tab.press("j")
    await tab.press("Enter")
    await tab.until("document.querySelector('blockquote')?.textContent.includes('<img src=x')")
    assert await tab.js("window.hacked") is None


async def test_what_is_left_of_the_promise_goes_down_by_itself(tab: Tab, service: Served) -> None:
    await called(tab, service)
    before = await tab.js("document.querySelector('.promise strong').textContent")
    assert before.endswith(" left")
    await tab.until(f"document.querySelector('.promise strong').textContent !== '{before}'", 3)


@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_nothing_is_wider_than_the_window(tab: Tab, service: Served, width: int) -> None:
    await tab.window(width, 800, phone=width < 600)
    await service.call(Tier.RED, quote="w" * 300, platform="averylongnamewithoutanyspaceinit" * 4)
    await tab.until(f"Boolean({CARD})")
    await tab.js("document.querySelectorAll('.details, .more').forEach(one => one.click())")
    await tab.until("Boolean(document.querySelector('blockquote'))")
    assert await tab.js("document.documentElement.scrollWidth") <= width
    await tab.press("p")
    await tab.until("Boolean(document.querySelector('dialog[open]'))")
    assert await tab.js("document.documentElement.scrollWidth") <= width


async def test_on_a_phone_every_button_is_large_enough_for_a_thumb(tab: Tab, service: Served) -> None:
    await tab.window(360, 740, phone=True)
    await called(tab, service)
    sizes = "[...document.querySelectorAll('.incident button, nav button')].filter(one => !one.hidden).map(one => one.getBoundingClientRect().height)"
    assert min(await tab.js(sizes)) >= 36


async def test_a_tile_shows_every_segment_when_asked(tab: Tab, service: Served) -> None:
    await called(tab, service)
    await tab.until("document.querySelector('.tile').textContent.includes('1 calm')")
    await tab.js("document.querySelector('.more').click()")
    await tab.until("document.querySelector('.tile .all').textContent.includes('web')")


async def test_what_is_wrong_with_andon_itself_is_shown(tab: Tab, service: Served) -> None:
    service.running.refused = "people.yml:3: nobody is called that"
    service.running.andon.faults["faults.engine"] = 2.0
    service.running.alive["printer"] = 0.0
    await tab.until("document.querySelectorAll('.warning').length === 3")
    text = await tab.js("document.querySelector('#warnings').textContent")
    for told in ("people.yml:3: nobody is called that", "engine × 2", "printer"):
        assert told in text


async def test_a_doubtful_store_and_who_leads_are_shown_in_the_readers_language(tab: Tab, service: Served) -> None:
    service.running.tending.survey.doubts = [Seen("appendfsync", Verdict.WARN, "everysec", "appendfsync is everysec")]
    service.running.lease = Lease(Redis(), myself("http://here", "", b""))
    service.running.lease.leader = myself("http://there", "", b"")
    await tab.until("document.querySelectorAll('.warning').length >= 2")
    warnings = "document.querySelector('#warnings').textContent"
    text = await tab.js(warnings)
    assert "appendfsync is everysec, not always" in text
    assert "http://there" in text
    await tab.press("l")
    await tab.until(f"{warnings}.includes('appendfsync 是 everysec')")
    assert "待命" in await tab.js(warnings)


async def test_a_lost_connection_is_shown_loudly_and_comes_back_by_itself(
    chrome: Tab, service: Served, tab: Tab, tmp_path: Path
) -> None:
    assert tab is chrome
    await called(tab, service)
    await service.stop()
    await tab.until("document.querySelector('.warning[data-kind=lost]')?.textContent.includes('Connection lost')")
    assert await tab.js("document.body.dataset.connected") == "no"
    assert await tab.js(f"Boolean({CARD})"), "what was known stays to be read"
    again = await serve(tmp_path, StagedStore(), service.running.settings.port)
    with contextlib.ExitStack() as done:
        done.callback(tab.complaints.clear)  # the browser notes each connection that was refused
        await tab.until("document.body.dataset.connected === 'yes'")
        await tab.until("document.querySelector('h1').textContent === 'Nothing is called.'")
    await again.stop()


async def test_from_afar_the_board_asks_for_a_token(tab: Tab, service: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = dataclasses.replace(service.running.andon.outside.secrets, act="invented")
    service.running.andon.outside = dataclasses.replace(service.running.andon.outside, secrets=secrets)
    monkeypatch.setattr("andon.web.access._from_here", lambda _: False)
    await tab.open(service.url, ready="document.querySelector('dialog[open] [name=token]')")
    await tab.js("document.querySelector('[name=token]').value = 'invented'")
    await tab.js("document.querySelector('dialog [type=submit]').click()")
    await tab.until("document.body.dataset.connected === 'yes'")
    await tab.until("Boolean(document.querySelector('.tile'))")
    tab.complaints.clear()  # the browser notes each answer 403


async def test_the_board_tells_what_each_rule_promises(tab: Tab) -> None:
    await tab.until("document.getElementById('costs').textContent.includes(' segment')")
    assert "false pages a month in all" in await tab.js("document.getElementById('costs-title').textContent")


async def test_the_board_tells_what_is_kept_and_how_much_at_most(tab: Tab, service: Served) -> None:
    service.running.andon.held |= {"letters": 3.0, "store.bytes": 5 * 2.0**20, "store.room": 100 * 2.0**20}
    await tab.until(
        "[...document.querySelectorAll('#kept li')].some((one) => one.textContent.includes('Dead letters: 3'))"
    )
    said = await tab.js("document.getElementById('kept').textContent")
    assert "Dead letters: 3 of 50,000" in said
    assert "Store, in memory: 5 MiB of 80 MiB" in said
    assert await tab.js("document.querySelector('footer details').open") is False
