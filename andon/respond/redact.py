"""Masks personal data in what customers wrote, before a colleague reads it.

It errs on the side of masking: any seven digits in a row go, whether they are a telephone, an identity card, a bank card or
an order. Names are masked only where the writer says that one follows. Every pattern looks a bounded way ahead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

MASK = "***"
LONGEST = 2000
"""Characters of a text that are read; a longer one ends there."""

_URL = re.compile(r"(?i)\b(https?://)(?:[^\s/?#@]{1,200}@)?([^\s/?#]{1,200})([/?#]\S*)?")
_DATE = re.compile(
    r"(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])|"
    r"(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)\d\d)(?:\s\d{1,2})?"
)
_DIGITS = re.compile(r"[A-Za-z]{0,4}[+＋(（]{0,2}\d(?:[\s()（）.\-‐-―－_/·]{0,3}\d){6,60}[Xx]?\d*")
_TOKEN = re.compile(r"[A-Za-z0-9_\-]{12,}")

_HAN = "\u4e00-\u9fff"
_MASKED: tuple[re.Pattern[str], ...] = (
    re.compile(r"[\w.+\-]{1,64}\s?[@＠]\s?[\w\-]{1,63}(?:[.．][\w\-]{1,63}){1,5}"),  # an e-mail address
    re.compile(r"(?<![\w*])[@＠][\w.\-]{3,40}"),  # a handle
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b"),  # an IBAN, ISO 13616
    re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-Z0-9]{5,6}"
    ),  # a car's plate
    re.compile(
        rf"[{_HAN}]{{1,8}}(?:路|街|巷|弄|道|胡同|村)\s?\d{{1,5}}\s?(?:号|弄)"
        r"(?:\s?\d{1,5}\s?(?:号楼|号|栋|幢|座|单元|层|楼|室|房)){0,5}"
    ),  # a street and a door, in Chinese
    re.compile(
        r"\d{1,4}\s?(?:栋|幢|单元|号楼)(?:\s?\d{1,5}\s?(?:栋|幢|单元|号楼|层|楼|室|房|号)?){0,4}"
    ),  # a block and a flat
    re.compile(
        r"\b\d{1,5}[A-Za-z]?,?\s(?:[A-Z][\w'.\-]{0,30}\s){1,4}"
        r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq|Way|Terrace)\b"
    ),  # a door and a street, in English
    re.compile(r"(?i)\b(?:flat|apt\.?|apartment|suite)\s?#?\d{1,5}[a-z]?\b"),
)
_SAID_TO_FOLLOW = re.compile(
    r"(?i)((?:\b(?:order|account|code|otp|pin|passport|password|invoice|ticket|member)(?:\s?(?:number|no\.?|id|is))?|"
    r"订单号?|单号|账号|帐号|卡号|密码|验证码|会员号|护照号?|微信号?|微信|\b(?:wechat|weixin|vx|qq|telegram|whatsapp)\b|QQ号?)"
    r"\s?[:：#是]?\s?#?)(?=[A-Za-z_\-]{0,20}\d)[\w\-]{4,40}"
)
"""A word that says an identifier follows, and one with a digit in it."""
_NAME = re.compile(
    rf"(我叫|本人姓名|姓名|我的名字是|名字叫)(\s?[:：]?\s?)[{_HAN}]{{2,4}}|"
    r"(\b[Mm]y name is|\bI am called|\b[Ss]igned,?)(\s)[A-Z][\w'\-]{1,30}(?:\s[A-Z][\w'\-]{1,30})?"
)


def redact(text: str) -> str:
    """Return a text with telephone numbers, addresses, cards, accounts, tokens and the like replaced by `***`.

    What is masked once is left alone when masked again.
    """
    clean = "".join(sign for sign in text[:LONGEST] if unicodedata.category(sign) != "Cf")
    for step in _STEPS:
        clean = step(clean)
    return clean


def _urls(text: str) -> str:
    """Keep a link's host: where it led may matter, its path and query may tell whose it was."""
    return _URL.sub(lambda found: f"{found[1]}{found[2]}{'/' + MASK if found[3] else ''}", text)


def _named(text: str) -> str:
    text = _SAID_TO_FOLLOW.sub(lambda found: f"{found[1]}{MASK}", text)
    return _NAME.sub(lambda found: f"{found[1] or found[3]}{found[2] or found[4] or ''}{MASK}", text)


def _patterns(text: str) -> str:
    for pattern in _MASKED:
        text = pattern.sub(MASK, text)
    return text


def _digits(text: str) -> str:
    """Mask seven digits or more, but for what is nothing else than a date."""
    return _DIGITS.sub(lambda found: found[0] if _DATE.fullmatch(found[0]) else MASK, text)


def _tokens(text: str) -> str:
    return _TOKEN.sub(lambda found: MASK if sum(sign.isdigit() for sign in found[0]) >= 3 else found[0], text)


_STEPS: tuple[Callable[[str], str], ...] = (_urls, _named, _patterns, _digits, _tokens)
