from __future__ import annotations

import itertools
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.model import Page, Reason, State, Tier
from andon.respond.plain import fits, septets
from andon.respond.wording import LINE, SIGNS, WORDS, headline, lines, short, source, speech
from andon.testing.pages import NOON, evidence, odd_pages, page
from tests.golden import same

LANGS = ("en", "zh")
ODD = [
    pytest.param(msgspec.structs.replace(odd, lang=lang), id=f"{name}-{lang}")
    for name, odd in odd_pages()
    for lang in LANGS
]


def zh(**changes: Any) -> Page:
    usual = {"lang": "zh", "title": "结账变慢", "labels": {"product": "商城"}, "segments": [{"region": "华东"}]}
    return page(**{**usual, **changes})


def pull(**changes: Any) -> Page:
    return page(**{"evidence": None, "title": "pull", "text": "the till prints nothing", **changes})


# ---------------------------------------------------------------- golden files


AS_IT_COMES: dict[Reason, dict[str, Any]] = {
    Reason.REPEAT: {"round": 2, "due": NOON + 1800, "respond_by": None},
    Reason.WORSE: {"state": State.CALLED, "holder": "j.ortiz"},
    Reason.ACK_EXPIRED: {"state": State.ACKED, "holder": "j.ortiz"},
    Reason.AT_RISK: {"due": NOON + 120},
    Reason.BROKEN: {"due": NOON + 180},
    Reason.RECOVERED: {"state": State.VERIFIED, "holder": "j.ortiz"},
}


def as_read(said: Page) -> str:
    return "\n".join([short(said), "", *lines(said), "", speech(said), ""])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_reads_as_its_golden_file(lang: str, reason: Reason) -> None:
    said = (zh if lang == "zh" else page)(reason=reason, **AS_IT_COMES.get(reason, {}))
    same(f"pages/{reason}.{lang}.txt", as_read(said))


@pytest.mark.parametrize(
    ("lang", "title"), [("en", "Li Na pulls: the till prints nothing"), ("zh", "收银机打不出小票")]
)
def test_a_pull_reads_as_its_golden_file(lang: str, title: str) -> None:
    said = page(lang=lang, title=title, evidence=None, tier=Tier.YELLOW, respond_by=None, runbook="", where="")
    same(f"pages/pull.{lang}.txt", as_read(said))


ASKS: dict[str, dict[str, Any]] = {
    "answer": {"reason": Reason.RECOVERED, "state": State.VERIFIED},
    "later": {"reason": Reason.REPEAT, "state": State.ACKED, "holder": "li.na"},
    "help": {"reason": Reason.REPEAT, "state": State.ACKED, "holder": "j.ortiz"},
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("asks", sorted(ASKS))
def test_what_is_asked_beside_the_reason_reads_as_its_golden_file(lang: str, asks: str) -> None:
    same(f"pages/asks-{asks}.{lang}.txt", as_read(page(lang=lang, asks=asks, **ASKS[asks])))


def test_a_first_page_that_only_misses_an_answer_does_not_cry_fire() -> None:
    said = page(asks="answer", state=State.VERIFIED)
    assert short(said).startswith("RECOVERED")
    assert lines(said)[0].startswith("✔")


# ---------------------------------------------------------------- one SMS


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_page_is_still_one_sms(odd: Page) -> None:
    assert fits(short(odd))


def test_an_english_sms_is_in_the_gsm_alphabet() -> None:
    units = septets(short(page(title="Zahlung schlägt fehl – “Kasse” №5", name="Š")))
    assert units is not None
    assert units <= 160


def test_a_chinese_sms_has_at_most_70_characters() -> None:
    assert len(short(zh(title="很长的规则名字" * 20))) <= 70


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(list(Reason)), st.sampled_from(LANGS))
def test_any_title_and_segment_leave_tier_and_code_in_one_sms(
    title: str, where: str, reason: Reason, lang: str
) -> None:
    text = short(page(title=title, labels={"product": where}, segments=[], reason=reason, lang=lang))
    assert fits(text)
    assert text.endswith("收到 7K" if lang == "zh" else "ack 7K")
    tier = "已恢复" if lang == "zh" else "RECOVERED"
    light = "红灯" if lang == "zh" else "RED"
    assert text.startswith(tier if reason is Reason.RECOVERED else light)


def test_an_sms_says_what_where_how_bad_and_by_when() -> None:
    text = short(page())
    for said in ("checkout slow", "shop, eu", "9.4 %", "usually 1 %", "Answer by 20:03", "ack 7K"):
        assert said in text


def test_a_pull_says_in_the_sms_what_is_wrong() -> None:
    assert "the till prints nothing" in short(pull())


def test_a_long_pull_is_cut_in_the_sms_and_not_left_out() -> None:
    assert "nothing prints" in short(pull(text="nothing prints " * 30))


def test_a_pulls_own_words_have_room_in_the_sms() -> None:
    words = "the card reader at the third till has gone dark again and customers leave"
    assert words in short(page(evidence=None, title=words))


def test_where_and_how_bad_come_before_the_time_when_room_is_short() -> None:
    text = short(zh(title="支付页面提交订单之后长时间没有任何反应", reason=Reason.ACK_EXPIRED))
    assert "商城" in text
    assert "9.4%" in text
    assert "自19:54" not in text


# ---------------------------------------------------------------- lines


@pytest.mark.parametrize("odd", ODD)
def test_lines_of_an_odd_page_are_bounded_and_without_control_characters(odd: Page) -> None:
    said = lines(odd)
    assert 3 <= len(said) <= 16
    assert all(0 < len(line) <= LINE for line in said)
    assert not [char for char in "".join(said) if unicodedata.category(char) in {"Cc", "Cs"}]


def test_the_first_line_tells_light_tier_what_and_where() -> None:
    assert lines(page())[0] == "● RED: checkout slow (shop, eu)"


def test_each_tier_has_its_own_shape() -> None:
    assert len({lines(page(tier=tier))[0][0] for tier in Tier}) == 3


def test_a_change_between_reasons_changes_the_headline() -> None:
    assert len({headline(page(reason=reason)) for reason in Reason}) == len(Reason)


def test_quotes_are_at_most_three_and_plain() -> None:
    said = lines(page(evidence=evidence(quotes=["a\x1b[1m\nb", "", "c", "d", "e"])))
    assert [line for line in said if line.startswith("“")] == ["“a[1m b”", "“c”", "“d”"]


def test_parts_come_largest_first_with_their_share() -> None:
    line = next(line for line in lines(page()) if line.startswith("carried by"))
    assert line == "carried by: platform ios, app_version 2.1 62 %; platform android 21 %"


def test_what_changed_lately_comes_with_its_time() -> None:
    assert "changed lately: release 2.1 at 19:45 (platform ios)" in lines(page())


def test_times_are_in_the_readers_zone() -> None:
    assert "since 12:54 (6 min)" in lines(page(zone="Europe/Madrid"))


def test_without_a_holder_nobody_has_it_and_the_promise_runs() -> None:
    assert "nobody has it yet, answer by 20:03" in lines(page())


def test_once_it_is_answered_no_promise_to_answer_is_shown() -> None:
    assert "J. Ortiz has it" in lines(page(state=State.ACKED, holder="J. Ortiz"))


def test_a_promise_that_is_over_says_so() -> None:
    assert "nobody has it yet, was to be answered by 20:03" in lines(page(due=NOON + 180))


def test_a_broken_promise_of_repair_is_told_apart_from_one_of_an_answer() -> None:
    called = lines(page(reason=Reason.BROKEN))[1]
    acked = lines(page(reason=Reason.BROKEN, state=State.ACKED, holder="J. Ortiz"))[1]
    assert (called, acked) == ("Promise broken: nobody answered in time.", "Promise broken: not repaired in time.")


@pytest.mark.parametrize("reason", [Reason.FIRST, Reason.REPEAT])
def test_nobody_is_told_that_nobody_has_answered_once_somebody_has(reason: Reason) -> None:
    said = lines(page(reason=reason, state=State.ACKED, holder="J. Ortiz", round=2))[1]
    assert "not over yet" in said.lower()


def test_recovered_without_an_answer_still_asks_for_one() -> None:
    assert "please still answer" in lines(page(reason=Reason.RECOVERED, asks="answer"))[1]
    assert lines(page(reason=Reason.RECOVERED))[1] == "Back to normal."


def test_what_is_over_is_told_as_over_and_without_the_details() -> None:
    said = lines(page(reason=Reason.RECOVERED, state=State.VERIFIED, holder="J. Ortiz"))
    assert said[2].startswith("slow requests: 9.4 % when it called")
    assert said[3] == "began at 19:54 (6 min)"
    assert not [line for line in said if line.startswith(("carried by", "changed lately", "“"))]


def test_no_expectation_and_no_odds_leave_no_gap() -> None:
    nan = float("nan")
    said = lines(page(evidence=evidence(expected=nan, low=nan, high=nan, odds=0.0)))
    assert said[2] == "slow requests: 9.4 % observed, n 4,120 in 10 min"
    assert not [line for line in said if "rare" in line or "?" in line.replace("?s=invented", "")]


def test_a_detector_that_still_learns_says_how_long() -> None:
    assert "still learning what is usual: about 3 days to go" in lines(
        page(evidence=evidence(learning_left=3 * 86400.0))
    )


def test_the_rule_and_its_runbook_are_named() -> None:
    assert source(page()) == ["rule rules/checkout.yml:12", "runbook https://wiki.example/andon/checkout-slow"]


def test_half_a_link_is_not_shown() -> None:
    assert "answer: ack 7K" in lines(page(answer_url="https://x/" + "a" * 900))


def test_several_segments_are_counted_and_what_they_share_is_named() -> None:
    many = [{"region": region, "platform": "ios"} for region in ("eu", "us", "cn")]
    assert headline(page(labels={}, segments=many)) == "RED: checkout slow (ios, 3 places)"


def test_a_page_about_everything_says_everywhere() -> None:
    assert headline(page(labels={}, segments=[{}])) == "RED: checkout slow (everywhere)"


def test_a_bundle_in_an_sms_says_how_many_more_there_are() -> None:
    assert "And 2 more. Answer by 20:03. ack 7K" in short(page(bundled=["a", "b"]))


def test_a_bundle_says_how_many_more_it_carries() -> None:
    assert "with 2 more pages in one" in lines(page(bundled=["a", "b"]))


@pytest.mark.parametrize(("reason", "state"), list(itertools.product(Reason, State)))
def test_every_reason_in_every_state_reads_in_both_languages(reason: Reason, state: State) -> None:
    english, chinese = (lines(page(reason=reason, state=state, lang=lang)) for lang in LANGS)
    assert len(english) == len(chinese)
    assert english[1] != chinese[1]


# ---------------------------------------------------------------- speech


@pytest.mark.parametrize("odd", ODD)
def test_speech_stays_under_twenty_seconds(odd: Page) -> None:
    said = speech(odd)
    assert len(said) <= SIGNS if odd.lang == "zh" else len(said.split()) <= WORDS


def test_the_code_is_spelled_and_the_keys_are_told() -> None:
    assert speech(page()).endswith("Code 7, K. Press 4 to acknowledge, 5 to escalate, 6 to resolve, 1 to repeat.")
    assert speech(zh()).endswith("代码7、K。按4收到，5升级，6解决，1重听。")


def test_speech_says_what_where_and_how_bad() -> None:
    assert "checkout slow. In shop, eu. slow requests 9.4 percent, usually 1 percent." in speech(page())


def test_a_title_in_another_script_is_not_left_out_of_english_speech() -> None:
    assert "支付" in speech(page(title="支付页面一直转圈" * 10))
