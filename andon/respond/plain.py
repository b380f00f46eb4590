"""Text from outside made safe to show: no control characters, bounded, and one SMS where one SMS is meant."""

from __future__ import annotations

import unicodedata

LONGEST = 2000
"""Characters of any one text that are looked at; what is beyond was never going to be read in a page."""

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = "\u200c\u200d"  # Persian and emoji need them, and they hide nothing
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")
_FOLDS = str.maketrans({
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "...", "·": "-", "`": "'",
    "•": "-", "、": ", ", "，": ", ", "。": ". ", "：": ": ", "（": "(", "）": ")", "×": "x", "\u00a0": " ",
})  # fmt: skip


def clean(text: str) -> str:
    """Return `text` on one line, without control, direction-changing or unassigned characters, at most LONGEST long.

    More than three marks piled on one letter are dropped: they paint over the neighbours' lines.
    """
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text[:LONGEST]):
        category = unicodedata.category(char)
        marks = marks + 1 if category == "Mn" else 0
        if char.isspace():
            kept.append(" ")
        elif (category not in _DROPPED or char in _JOINERS) and marks <= 3:
            kept.append(char)
    return " ".join("".join(kept).split())


def clip(text: str, most: int) -> str:
    """Return `text`, cut with an ellipsis so that it has at most `most` characters, never inside a letter and its marks."""
    if len(text) <= most:
        return text
    end = max(0, most - 1)
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in _JOINERS or text[end - 1] in _JOINERS):
        end -= 1
    return (text[:end].rstrip() + "…")[:most]


def fold(text: str) -> str:
    """Return `text` in the GSM 7-bit alphabet as far as no letter is lost; other scripts stay, symbols go.

    Alphabet: 3GPP TS 23.038, 6.2.1.
    """
    return "".join(_fold(char) for char in text.translate(_FOLDS))


def septets(text: str) -> int | None:
    """Return how many GSM 7-bit units `text` takes, None where it needs UCS-2."""
    if not all(char in _GSM or char in _GSM_DOUBLE for char in text):
        return None
    return len(text) + sum(char in _GSM_DOUBLE for char in text)


def fits(text: str) -> bool:
    """Tell whether `text` is one SMS: 160 GSM 7-bit units, or 70 UTF-16 units where it needs UCS-2."""
    units = septets(text)
    return units <= 160 if units is not None else len(text.encode("utf-16-le", "surrogatepass")) <= 140


def _fold(char: str) -> str:
    if char in _GSM or char in _GSM_DOUBLE:
        return char
    bare = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    if bare and all(part in _GSM for part in bare):
        return bare
    return char if unicodedata.category(char)[0] in "LN" else ""
