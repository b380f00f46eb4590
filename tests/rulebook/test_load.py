from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.errors import MOST_TOLD, ConfigError, RulebookError
from andon.rulebook.load import ALL_MOST, FILES_MOST, load
from tests.rulebook.books import BASE, SHIPPED, book, refusal

TINY = BASE + "rules: [{name: r, watch: csat, when: {falls: true, false_alarms: 1 per 30d}}]\n"


def test_one_rule_and_one_person_are_a_rulebook(tmp_path: Path) -> None:
    found = book(tmp_path, base=TINY)
    assert set(found.rules) == {"pull", "r"}
    assert found.rules["r"].owner == found.default_owner == found.catch_all == "everyone"
    assert found.policies["default"].ladders
    assert found.lateness == 30


def test_files_are_merged_by_top_level_key(tmp_path: Path) -> None:
    found = book(tmp_path, "people: {bob: {console: screen}}\n")
    assert set(found.people) == {"ann", "bob"}


def test_a_name_stated_twice_cites_both_places(tmp_path: Path) -> None:
    said = refusal(tmp_path, "topics: {late: [late]}\npeople: {ann: {console: other}}\n")
    assert said == "b.yml:2: people.ann is stated a second time, first at a.yml:2; keep one"


@pytest.mark.parametrize(
    "text",
    [
        "promises: {red: {respond: 5m}}\n",
        "defaults: {every: 1m}\n",
        'telephony: {"+86": aliyun}\n',
        "stops: {s: {post: 'https://a.example'}}\n",
    ],
)
def test_no_section_may_say_one_name_in_two_files(tmp_path: Path, text: str) -> None:
    assert "is stated a second time, first at a.yml:4; keep one" in refusal(tmp_path, text, base=BASE + text)


def test_the_version_may_stand_in_every_file(tmp_path: Path) -> None:
    assert book(tmp_path, "version: 1\n").people


def test_all_problems_of_all_files_are_told_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text("rule: []\ntopics: 5\n")
    (tmp_path / "a.yml").write_text("a: &x 1\n")
    with pytest.raises(RulebookError) as caught:
        load(tmp_path, {})
    assert [(one.file, one.line) for one in caught.value.problems] == [("a.yml", 1), ("b.yml", 1), ("b.yml", 2)]
    assert isinstance(caught.value, ConfigError)


def test_a_single_file_is_a_rulebook_too(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TINY)
    assert load(tmp_path / "a.yaml", {}).rules["r"].place.file == "a.yaml"


def test_what_is_no_yaml_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TINY)
    for name in ("README.md", ".hidden.yml", "a.yml~"):
        (tmp_path / name).write_text("no: [rulebook")
    (tmp_path / "folder.yml").mkdir()
    assert "r" in load(tmp_path, {}).rules


def test_a_pipe_does_not_hold_the_reader_up(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TINY)
    os.mkfifo(tmp_path / "b.yml")
    assert "r" in load(tmp_path, {}).rules


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="cannot be read: No such file or directory"):
        load(tmp_path / "nowhere", {})


def test_a_directory_without_rules_says_what_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match=r"allowed: files that end in \.yml or \.yaml"):
        load(tmp_path, {})


def test_too_many_bytes_in_all_are_refused(tmp_path: Path) -> None:
    for i in range(6):
        (tmp_path / f"{i}.yml").write_bytes(b"#" * (ALL_MOST // 6 + 1))
    with pytest.raises(RulebookError, match="1,000,000 bytes in all"):
        load(tmp_path, {})


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    for i in range(FILES_MOST + 1):
        (tmp_path / f"{i}.yml").touch()
    with pytest.raises(RulebookError, match="allowed: 500 files"):
        load(tmp_path, {})


def test_the_version_changes_with_any_byte_and_with_nothing_else(tmp_path: Path) -> None:
    first, same, other = book(tmp_path, "# a"), book(tmp_path, "# a"), book(tmp_path, "# b")
    assert first.version == same.version != other.version


def test_a_rules_place_is_file_line_and_hash(tmp_path: Path) -> None:
    place = book(tmp_path, base=TINY).rules["r"].place
    assert str(place) == "a.yml:4"
    assert len(place.hash) == 64


def test_an_address_comes_from_the_environment(tmp_path: Path) -> None:
    found = book(tmp_path, "people: {bob: {slack: 'env:BOB', sms: 'env:SMS'}}", {"BOB": "U1", "SMS": "+34600000001"})
    assert found.people["bob"].addresses == {"slack": "U1", "sms": "+34600000001"}
    assert not found.absent


def test_an_address_the_environment_lacks_is_left_out_and_remembered(tmp_path: Path) -> None:
    found = book(tmp_path, "people:\n  bob: {slack: 'env:BOB', console: screen}", {"BOB": " "})
    assert found.people["bob"].addresses == {"console": "screen"}
    assert str(found.absent["BOB"]) == "b.yml:2"


def test_no_message_tells_an_address_or_a_secret(tmp_path: Path) -> None:
    text = "people: {bob: {sms: '5550100-hidden'}}\nstops: {s: {post: 'ftp://user:hidden@x', secret: [hidden]}}\n"
    said = refusal(tmp_path, text.replace("secret: [hidden]", "secret: env:NO"))
    assert "is no telephone number" in said
    assert "is no URL" in said
    assert "hidden" not in said + refusal(tmp_path, text)


def test_a_secret_is_not_in_a_rulebooks_repr(tmp_path: Path) -> None:
    found = book(
        tmp_path, "stops: {s: {post: 'https://a.example', secret: env:TOKEN}}", {"TOKEN": "an-invented-secret"}
    )
    assert found.stops["s"].secret == "an-invented-secret"
    assert "an-invented-secret" not in repr(found)


def test_thousands_of_problems_do_not_take_long(tmp_path: Path) -> None:
    began = time.monotonic()
    said = refusal(tmp_path, "rules:\n" + "- {nam: r}\n" * 2000)
    assert len(said.splitlines()) == MOST_TOLD + 1
    assert time.monotonic() - began < 5


_SHIPPED = {path.name: path.read_bytes() for path in sorted(SHIPPED.glob("*.yml"))}


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(_SHIPPED)), st.data())
def test_a_rulebook_with_any_bytes_changed_loads_or_is_refused(tmp_path: Path, name: str, data: st.DataObject) -> None:
    content = bytearray(_SHIPPED[name])
    at = data.draw(st.integers(0, len(content) - 1))
    content[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    for file, whole in _SHIPPED.items():
        (tmp_path / file).write_bytes(content if file == name else whole)
    try:
        found = load(tmp_path, {})
    except RulebookError as wrong:
        assert all(one.text for one in wrong.problems)  # noqa: PT017 - a refusal is one of the two right outcomes
    else:
        assert "pull" in found.rules


_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["1 per 30d", "2%", "5m", "csat"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["n", "not", "like", "above", "below", "over", "any", "all", "tier"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)
_KEYS = [
    "where",
    "by",
    "when",
    "each",
    "tier",
    "owner",
    "every",
    "for",
    "worsens",
    "group",
    "stop",
    "target",
    "no_data",
    "accept_after",
    "watch",
]


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=4))
def test_a_rule_with_any_values_loads_or_is_refused(tmp_path: Path, more: dict[str, object]) -> None:
    import json

    rule = {"name": "r", "watch": "csat", "when": {"falls": True, "false_alarms": "1 per 30d"}} | more
    (tmp_path / "a.yml").write_text(BASE + "rules: [" + json.dumps(rule) + "]\n", encoding="utf-8")
    try:
        assert "r" in load(tmp_path, {}).rules
    except RulebookError as wrong:
        assert all(one.file == "a.yml" for one in wrong.problems)  # noqa: PT017 - likewise
