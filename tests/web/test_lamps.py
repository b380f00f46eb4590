from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.model import Alert, AlertState, Direction, Incident, Light, Policy, State, Tier
from andon.rulebook.load import load
from andon.rulebook.model import Rulebook
from andon.web.lamps import FEW, MOST, ORDER, lamps, shown
from tests.web.stage import light
from tests.web.tiny import NOW, RULES

IOS, ANDROID = {"platform": "ios"}, {"platform": "android"}


def _book() -> Rulebook:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "all.yml").write_text(RULES)
        whole = load(Path(folder), {})
    rules = {"crashes": whole.rules["crashes"]}
    rules["slow"] = dataclasses.replace(rules["crashes"], id="slow", name="slow")
    return dataclasses.replace(whole, rules=rules)


BOOK = _book()


@pytest.fixture
def book() -> Rulebook:
    return BOOK


def incident(*alerts: Alert, owner: str = "app", state: State = State.CALLED) -> Incident:
    return Incident(
        key="k",
        id="i",
        code="7K",
        rule="crashes",
        title="crashes",
        owner=owner,
        labels={},
        policy=Policy(name="default"),
        tier=Tier.RED,
        state=state,
        called=NOW,
        evidence_from=NOW,
        alerts={alert.key: alert for alert in alerts},
    )


def alert(state: AlertState = AlertState.FIRING, tier: Tier = Tier.RED, **segment: str) -> Alert:
    key = str(sorted(segment.items()))
    return Alert(key=key, segment=segment, direction=Direction.NONE, state=state, tier=tier, since=NOW, window=NOW)


@pytest.mark.parametrize(
    ("one", "shows"),
    [
        (light("crashes", IOS), "ok"),
        (light("crashes", IOS, learning=60.0), "learning"),
        (light("crashes", IOS, AlertState.NO_DATA), "no_data"),
        (light("crashes", IOS, AlertState.NO_DATA, learning=60.0), "no_data"),
        (light("crashes", IOS, AlertState.PENDING, Tier.RED), "watch"),
        (light("crashes", IOS, AlertState.FIRING, Tier.RED), "red"),
        (light("crashes", IOS, AlertState.RECOVERING, Tier.YELLOW), "yellow"),
        (light("crashes", IOS, AlertState.FIRING, Tier.WATCH), "watch"),
        (light("crashes", IOS, AlertState.FIRING, Tier.RED, learning=60.0), "watch"),
    ],
)
def test_a_light_shows_what_its_state_means(one: Light, shows: str) -> None:
    assert shown(one) == shows


def test_calm_lamps_are_counted_and_not_listed(book: Rulebook) -> None:
    (mine,) = lamps([light("crashes", IOS), light("crashes", ANDROID)], [], book).values()
    assert (mine["shows"], mine["counts"]["ok"], mine["lamps"]) == ("ok", 2, [])


def test_a_segment_of_two_rules_is_one_lamp_that_shows_the_worse(book: Rulebook) -> None:
    two = [light("crashes", IOS), light("slow", dict(reversed(IOS.items())), AlertState.FIRING)]
    mine = lamps(two, [], book)["app"]
    assert sum(mine["counts"].values()) == 1
    assert mine["lamps"] == [{"segment": IOS, "shows": "yellow", "better": False, "rules": ["slow"]}]


def test_no_data_beside_calm_is_not_calm(book: Rulebook) -> None:
    two = [light("crashes", IOS), light("slow", IOS, AlertState.NO_DATA)]
    assert lamps(two, [], book)["app"]["shows"] == "no_data"


def test_a_lamp_gets_better_only_when_all_that_is_worst_does(book: Rulebook) -> None:
    first = light("crashes", IOS, AlertState.RECOVERING)
    assert lamps([first], [], book)["app"]["lamps"][0]["better"]
    second = light("slow", IOS, AlertState.FIRING)
    assert not lamps([first, second], [], book)["app"]["lamps"][0]["better"]


def test_a_pull_lights_its_owners_lamp_though_no_rule_watches_there(book: Rulebook) -> None:
    mine = lamps([], [incident(alert(region="east"), owner="shop")], book)["shop"]
    assert (mine["shows"], mine["lamps"][0]["segment"]) == ("red", {"region": "east"})


def test_what_is_verified_burns_no_more(book: Rulebook) -> None:
    assert lamps([], [incident(alert(), state=State.VERIFIED)], book)["app"]["shows"] == "none"


def test_a_member_that_is_well_again_does_not_burn(book: Rulebook) -> None:
    assert lamps([], [incident(alert(AlertState.OK))], book)["app"]["shows"] == "none"


def test_an_owner_without_rules_or_calls_has_no_tile(book: Rulebook) -> None:
    assert list(lamps([], [], book)) == ["app"]


def test_a_light_of_a_rule_that_is_gone_or_a_series_retired_is_not_shown(book: Rulebook) -> None:
    gone = [light("of old", IOS, AlertState.FIRING), light("crashes", IOS, AlertState.RETIRED)]
    assert lamps(gone, [], book)["app"]["shows"] == "none"


def test_many_lamps_are_listed_worst_first_and_the_rest_counted(book: Rulebook) -> None:
    many = [light("crashes", {"platform": f"p{n:03d}"}, AlertState.FIRING) for n in range(MOST + 5)]
    many.append(light("crashes", {"platform": "zz"}, AlertState.FIRING, Tier.RED))
    mine = lamps(many, [], book)["app"]
    assert (len(mine["lamps"]), mine["more"], mine["more_shows"]) == (MOST, 6, "yellow")
    assert mine["lamps"][0]["shows"] == "red"


@pytest.mark.parametrize(("silent", "listed"), [(FEW, FEW), (FEW + 1, 0)])
def test_a_few_segments_without_data_are_named_and_many_counted(book: Rulebook, silent: int, listed: int) -> None:
    mine = lamps([light("crashes", {"platform": f"p{n}"}, AlertState.NO_DATA) for n in range(silent)], [], book)["app"]
    assert (mine["counts"]["no_data"], len(mine["lamps"])) == (silent, listed)


states = st.sampled_from([one for one in AlertState if one is not AlertState.RETIRED])
some_lights = st.lists(
    st.builds(
        light,
        st.sampled_from(["crashes", "slow"]),
        st.fixed_dictionaries({"platform": st.sampled_from(["a", "b", "c"])}),
        states,
        st.sampled_from(list(Tier)),
        st.sampled_from([0.0, 60.0]),
    ),
    max_size=12,
)


@given(some_lights, st.randoms(use_true_random=False))
def test_lamps_do_not_depend_on_the_order_of_lights_and_never_show_less_than_the_worst(
    found: list[Light], random: Random
) -> None:
    mine = lamps(found, [], BOOK)["app"]
    shuffled = list(found)
    random.shuffle(shuffled)
    assert lamps(shuffled, [], BOOK)["app"] == mine
    worst = min((ORDER.index(shown(one)) for one in found), default=None)
    assert mine["shows"] == ("none" if worst is None else ORDER[worst])
    assert sum(mine["counts"].values()) == len({one.segment["platform"] for one in found})


def test_a_lamp_is_plain_data(book: Rulebook) -> None:
    msgspec.json.encode(lamps([light("crashes", IOS)], [incident(alert())], book))
