from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.respond.plain import LONGEST, clean, clip, fits, fold, septets


@given(st.text(st.characters(codec=None), max_size=300))
def test_cleaned_text_has_no_control_or_direction_characters_and_one_line(text: str) -> None:
    cleaned = clean(text)
    kinds = {unicodedata.category(char) for char in cleaned if char not in "\u200c\u200d"}
    assert kinds.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@given(st.text(max_size=300))
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_text_without_end_is_cut() -> None:
    assert len(clean("x" * 10**6)) == LONGEST


def test_marks_piled_on_a_letter_are_thinned_out() -> None:
    assert clean("z" + "\u0338" * 50 + "y") == "z" + "\u0338" * 3 + "y"


def test_ordinary_text_in_any_script_stays_as_it_is() -> None:
    for text in ("付款页一直转圈", "الدفع لا يعمل", "El pago falló", "Zahlung schlägt fehl: 3 %"):
        assert clean(text) == text


@given(st.text(max_size=100), st.integers(0, 120))
def test_clipped_text_is_never_longer_than_asked(text: str, most: int) -> None:
    assert len(clip(text, most)) <= most


@given(st.text(max_size=50))
def test_text_that_fits_is_not_clipped(text: str) -> None:
    assert clip(text, len(text)) == text


def test_clipping_never_parts_a_letter_from_its_marks() -> None:
    assert clip("ab\u0338\u0338cdef", 4) == "a…"


def test_an_accent_that_the_gsm_alphabet_lacks_is_dropped_and_its_letter_kept() -> None:
    assert fold("Señor Šimić “pays”…") == 'Señor Simic "pays"...'


def test_symbols_go_and_other_scripts_stay() -> None:
    assert fold("🔥 支付 fails") == " 支付 fails"


@given(st.text(st.characters(max_codepoint=127, categories=["L", "N", "P", "Z"]), max_size=200))
def test_folding_leaves_printable_ascii_in_the_gsm_alphabet(text: str) -> None:
    assert septets(fold(text)) is not None


def test_brackets_and_the_euro_take_two_units() -> None:
    assert septets("[€]") == 6


@pytest.mark.parametrize(
    ("text", "one"), [("a" * 160, True), ("a" * 161, False), ("[" * 80, True), ("[" * 81, False), ("慢" * 70, True),
                      ("慢" * 71, False), ("慢" + "🔥" * 34, True), ("慢" + "🔥" * 35, False)]
)  # fmt: skip
def test_one_sms_is_160_gsm_units_or_70_of_ucs2(text: str, one: bool) -> None:
    assert fits(text) is one
