from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.respond.redact import LONGEST, redact

SECRETS = [
    ("打我电话138-0013-8000吧", "打我电话***吧"),
    ("my number is +34 600 000 001, call", "my number is ***, call"),
    ("(0086) 138 0013 8000", "***"),
    ("电话１３８００１３８０００", "电话***"),
    ("id 11010519491231002X ok", "id *** ok"),
    ("卡 6222 0200 0000 0000 001", "卡 ***"),
    ("4111-1111-1111-1111 was charged twice", "*** was charged twice"),
    ("IBAN GB29 NWBK 6016 1331 9268 19.", "IBAN ***."),
    ("write to li.na+x@mail.example.com!", "write to ***!"),
    ("邮箱 li＠例子.公司", "邮箱 ***"),
    ("I am @angry_user there", "I am *** there"),
    ("see https://shop.example/pay?token=abc#x now", "see https://shop.example/*** now"),
    ("https://u:p@shop.example", "https://shop.example"),
    ("order 83A12 never came", "order *** never came"),
    ("订单号：A-20391 没到", "订单号：*** 没到"),
    ("验证码 483921 不对", "验证码 *** 不对"),
    ("微信号 lina_88 加我", "微信号 *** 加我"),
    ("住在北京市朝阳区建国路88号3栋2单元501室", "住在***"),
    ("送到 3栋2单元501室 了吗", "送到 *** 了吗"),
    ("I live at 221B Baker Street, come", "I live at ***, come"),
    ("apt 12 smells", "*** smells"),
    ("我叫张三丰，很生气", "我叫***，很生气"),
    ("my name is John Smith and", "my name is *** and"),
    ("车牌 京A12345 被挡", "车牌 *** 被挡"),
    ("token 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "token ***"),
    ("13\u200b8001\u200b38000", "***"),
]


@pytest.mark.parametrize(("said", "shown"), SECRETS)
def test_personal_data_is_masked(said: str, shown: str) -> None:
    assert redact(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "on 2026-11-22 08:30 it crashed 3 times, iOS 17.5.1",
        "waited 45 minutes for $1,234.50",
        "地铁1号线 2楼休息室 卡顿",
        "19.99 vs 2026, in order to pay 2024 things",
        "order in 5 minutes",
        "p99 is 12000 ms since 2026/11/22",
        "非常卡，闪退了 3 次！",
        "I crossed the street in 5 seconds",
        "https://shop.example",
    ],
)
def test_what_tells_of_the_fault_is_left(said: str) -> None:
    assert redact(said) == said


words = st.sampled_from(["卡顿", "it crashed ", "退款，", " please call ", "：", "(", ". "])
separators = st.sampled_from(["", "-", " ", ".", "—", "/"])


@given(st.text("0123456789", min_size=7, max_size=19), separators, st.integers(1, 5), words, words)
def test_no_long_number_survives_however_it_is_grouped(
    number: str, by: str, size: int, before: str, after: str
) -> None:
    grouped = by.join(number[start : start + size] for start in range(0, len(number), size))
    shown = redact(f"{before}{grouped}{after}")
    date = re.fullmatch(r"(?:(?:19|20)\d\d\D\d\d?\D\d\d?|\d\d?\D\d\d?\D(?:19|20)\d\d)(?:\s\d\d?)?", grouped)
    assert date or grouped not in shown
    assert date or len(re.sub(r"\D", "", shown)) < 7


@given(st.emails(), words, words)
def test_no_mail_address_survives(address: str, before: str, after: str) -> None:
    plain = re.fullmatch(r"[\w.+\-]{1,64}@[\w.\-]+", address)
    if plain:
        assert address not in redact(f"{before}{address}{after}")


@given(st.text(max_size=400))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(st.lists(st.sampled_from([said for said, _ in SECRETS]), max_size=5))
def test_masking_several_twice_changes_nothing(said: list[str]) -> None:
    once = redact(" ".join(said))
    assert redact(once) == once


@pytest.mark.parametrize("piece", ["1", "a", "1 ", "@", "a.", "路1号", "http://", "A1", "order ", "1-", "中", "Baker "])
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    start = time.perf_counter()
    redact(piece * LONGEST)
    assert time.perf_counter() - start < 0.5


def test_a_text_without_end_ends() -> None:
    assert len(redact("卡" * 10 * LONGEST)) == LONGEST
