from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import Refused
from andon.respond.links import check, sign
from tests.oncall.company import DAY, MONDAY

SECRET = b"invented secret"
TOKEN = sign(SECRET, "inc-1", "li.na", MONDAY + 7 * DAY)


def test_a_link_names_the_incident_and_the_person() -> None:
    assert check(SECRET, TOKEN, MONDAY) == ("inc-1", "li.na")


def test_a_link_works_until_it_expires() -> None:
    assert check(SECRET, TOKEN, MONDAY + 7 * DAY - 1)
    with pytest.raises(Refused, match="expired"):
        check(SECRET, TOKEN, MONDAY + 7 * DAY)


def test_another_secret_made_another_link() -> None:
    with pytest.raises(Refused, match="not made by this service"):
        check(b"another", TOKEN, MONDAY)


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("ABCxyz019-_.!中"))
def test_a_link_changed_anywhere_is_refused(place: int, sign_: str) -> None:
    changed = TOKEN[:place] + sign_ + TOKEN[place + 1 :]
    if changed != TOKEN:
        with pytest.raises(Refused):
            check(SECRET, changed, MONDAY)


@given(st.text(max_size=300))
def test_rubbish_is_refused(token: str) -> None:
    with pytest.raises(Refused):
        check(SECRET, token, MONDAY)


@pytest.mark.parametrize("token", ["", ".", "..", "a", "a.", ".a", "a.b.c", "é.é", "=", "a" * 100_000])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Refused):
        check(SECRET, token, MONDAY)


def test_a_refusal_tells_neither_secret_nor_person() -> None:
    with pytest.raises(Refused) as refused:
        check(SECRET, TOKEN, MONDAY + 8 * DAY)
    assert "li.na" not in str(refused.value)


@given(st.text(max_size=40), st.text(max_size=40), st.floats(1, 1e12))
def test_any_names_come_back_and_fit_into_a_url(incident: str, person: str, expires: float) -> None:
    token = sign(SECRET, incident, person, expires)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert check(SECRET, token, expires - 1) == (incident, person)


def test_only_one_spelling_of_a_token_is_taken() -> None:
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        if last != TOKEN[-1]:
            with pytest.raises(Refused):
                check(SECRET, TOKEN[:-1] + last, MONDAY)
