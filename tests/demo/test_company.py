from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from andon.demo.company import (
    CRASHES,
    JOURNEYS,
    PLATFORMS,
    PRODUCTS,
    REGIONS,
    SCORES,
    SESSIONS,
    TEXTS,
    VERSIONS,
    ZONE,
    World,
    minute,
    rhythm,
    spread,
)
from andon.ingest.door import Door
from andon.model import Scale

DAY = 86_400.0
HOUR = 3600.0
NOON = 1_780_977_600.0
"""2026-06-09 12:00 in Shanghai, a Tuesday."""


def play(world: World, seconds: float = HOUR, seed: int = 7, start: float = NOON) -> list[dict[str, Any]]:
    return minute(world, start, seconds, np.random.default_rng(seed))


def of(kind: str, signals: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in signals if one["kind"] == kind]


def test_the_same_seed_draws_the_same_signals() -> None:
    assert play(World(), 600.0, 3) == play(World(), 600.0, 3)


def test_another_seed_draws_another_day() -> None:
    assert play(World(), 600.0, 3) != play(World(), 600.0, 4)


def test_every_signal_lies_in_its_stretch() -> None:
    assert all(NOON <= one["time"] < NOON + 600.0 for one in play(World(), 600.0))


def test_the_service_takes_every_signal_as_it_is() -> None:
    import msgspec

    scales = {name: Scale(name, low, low + len(p) - 1, (low, low), (low, low)) for name, (low, p) in SCORES.items()}
    signals = play(World(), 300.0)
    taken = Door(scales, b"k" * 32, DAY).open(b"\n".join(map(msgspec.json.encode, signals)), NOON + 300.0)
    assert (taken.taken, taken.refused, taken.duplicate, taken.ahead) == (len(signals), 0, 0, 0)


def test_ratings_and_complaints_have_ids_of_their_own_and_customers() -> None:
    named = [one for one in play(World()) if one["kind"] in {"rating", "complaint"}]
    assert len({one["id"] for one in named}) == len(named)
    assert all(one["customer"] for one in named)


def test_there_are_complaints_in_chinese_and_in_english() -> None:
    texts = {one["text"] for one in of("complaint", play(World(), 6 * HOUR))}
    assert any(text.isascii() for text in texts)
    assert any(not text.isascii() for text in texts)


def test_ratings_stay_on_their_scales() -> None:
    for one in of("rating", play(World())):
        low, shares = SCORES[one["name"]]
        assert low <= one["value"] < low + len(shares)


@pytest.mark.parametrize(
    "shares", [PRODUCTS, REGIONS, PLATFORMS, *({str(i): p for i, p in enumerate(s)} for _, s in SCORES.values())]
)
def test_shares_sum_to_one(shares: dict[str, float]) -> None:
    assert sum(shares.values()) == pytest.approx(1.0)


def test_the_evening_is_busier_than_noon_and_the_night_is_quiet() -> None:
    night, noon, evening = (rhythm(NOON + hours * HOUR) for hours in (-8, 0, 7.5))
    assert night < noon < evening
    assert [night, evening] == pytest.approx([0.2, 1.65], abs=0.25)


def test_a_day_s_rhythm_is_about_one_on_average_and_never_silent() -> None:
    day = [rhythm(NOON + at) for at in np.arange(0, DAY, 300.0).tolist()]
    assert np.mean(day) == pytest.approx(1.0, abs=0.05)
    assert min(day) >= 0.15


def test_saturday_and_sunday_have_more_by_an_eighth() -> None:
    more = [rhythm(NOON + days * DAY) / rhythm(NOON) for days in range(7)]  # Tuesday first
    assert more == pytest.approx([1, 1, 1, 1, 1.12, 1.12, 1])


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert (NOON + ZONE) % DAY == 12 * HOUR


def test_sessions_and_crashes_are_as_many_as_the_company_says() -> None:
    crashes = of("crash", play(World(), 2 * HOUR))
    for platform, rate in CRASHES.items():
        mine = [one for one in crashes if one["segment"]["platform"] == platform]
        sessions = sum(one["of"] for one in mine)
        wanted = SESSIONS * PLATFORMS[platform] * 120 * rhythm(NOON + HOUR)
        assert sessions == pytest.approx(wanted, abs=5 * wanted**0.5)
        assert sum(one["value"] for one in mine) == pytest.approx(rate * sessions, abs=5 * (rate * sessions) ** 0.5)


def test_latencies_have_their_journey_s_median() -> None:
    latencies = of("latency", play(World()))
    for journey, (median, sigma) in JOURNEYS.items():
        values = [one["value"] for one in latencies if one["segment"]["journey"] == journey]
        assert np.median(values) == pytest.approx(median, rel=5 * sigma * 1.25 / len(values) ** 0.5)


def test_all_of_a_crashing_release_is_in_its_platform_and_version() -> None:
    world = World()
    world.versions["ios"] = [("7.3", 0.6), ("7.4", 0.4)]
    world.crash["ios", "7.4"] = 8.0
    crashes = of("crash", play(world, 3 * HOUR))
    sessions, crashed = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in crashes:
        where = one["segment"]["platform"], one["segment"]["app_version"]
        sessions[where] += one["of"]
        crashed[where] += one["value"]
    assert set(sessions) == {("ios", "7.4"), *VERSIONS.items()}
    for (platform, version), count in sessions.items():
        wanted = CRASHES[platform] * (8 if version == "7.4" else 1) * count
        assert crashed[platform, version] == pytest.approx(wanted, abs=5 * wanted**0.5)


def test_more_crashes_than_sessions_never_come() -> None:
    world = World(crash={("web", "7.3"): 1e6})
    assert all(one["value"] <= one["of"] for one in of("crash", play(world)))


def _slow(world: World) -> None:
    world.slow["pay", "shop"] = 2.0


def _stuck(world: World) -> None:
    world.complaints["south"] = 6.0
    world.topic["south"] = "late"


def _silent(world: World) -> None:
    world.ratings = False


@pytest.mark.parametrize(
    ("breaks", "kind"),
    [(_slow, "latency"), (_stuck, "complaint"), (_silent, "rating")],
    ids=["slow", "stuck", "silent"],
)
def test_a_fault_changes_how_many_signals_only_of_its_own_kind(breaks: Callable[[World], None], kind: str) -> None:
    broken = World()
    breaks(broken)
    usual, other = (Counter(one["kind"] for one in play(world, 2 * HOUR)) for world in (World(), broken))
    for each in usual.keys() - {kind}:
        assert other[each] == pytest.approx(usual[each], abs=6 * (2 * usual[each]) ** 0.5)


def test_a_slow_path_is_slow_there_by_its_factor_and_nowhere_else() -> None:
    world = World()
    _slow(world)
    latencies = of("latency", play(world))
    for journey, (median, _) in JOURNEYS.items():
        for product in PRODUCTS:
            values = [
                one["value"]
                for one in latencies
                if one["segment"].items() >= {("journey", journey), ("product", product)}
            ]
            factor = 2.0 if (journey, product) == ("pay", "shop") else 1.0
            assert np.median(values) == pytest.approx(median * factor, rel=0.1)


def test_a_stuck_region_complains_more_and_of_one_thing() -> None:
    world = World()
    _stuck(world)
    usual, stuck = (of("complaint", play(one, 3 * HOUR)) for one in (World(), world))
    count = Counter(one["segment"]["region"] for one in stuck)
    before = Counter(one["segment"]["region"] for one in usual)
    assert count["south"] > 4 * before["south"]
    assert {one["text"] for one in stuck if one["segment"]["region"] == "south"} <= set(TEXTS["late"])
    assert len({one["text"] for one in stuck if one["segment"]["region"] == "east"}) > len(TEXTS["late"])


def test_a_silent_feed_sends_no_rating() -> None:
    assert not of("rating", play(World(ratings=False)))


def test_worlds_share_nothing() -> None:
    World().versions["ios"].append(("9", 1.0))
    assert World().versions["ios"] == [(VERSIONS["ios"], 1.0)]


def test_a_spread_has_the_median_and_the_moments_of_its_lognormal() -> None:
    values, chances = spread(320.0, 0.4)
    logs = np.log(values)
    mean = float((chances * logs).sum())
    assert chances.sum() == pytest.approx(1.0)
    assert np.exp(mean) == pytest.approx(320.0, rel=1e-6)
    assert float((chances * (logs - mean) ** 2).sum()) ** 0.5 == pytest.approx(0.4, rel=0.01)
