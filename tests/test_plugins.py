from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from andon import plugins
from andon.errors import ConfigError

SOMEONE_ELSES = EntryPoint("pager", "channels.console:Console", plugins.CHANNELS)


def installed(monkeypatch: pytest.MonkeyPatch, *points: EntryPoint) -> None:
    monkeypatch.setattr(plugins, "entry_points", lambda group: EntryPoints(points).select(group=group))


def test_the_channels_that_ship_are_found() -> None:
    assert {"console", "slack", "webhook"} <= plugins.channels().keys()


def test_a_channel_is_found_under_the_name_it_gives_itself() -> None:
    assert all(channel.name == name for name, channel in plugins.channels().items())


def test_the_detectors_that_ship_are_found() -> None:
    assert {"burn_rate", "count", "level", "proportion", "silence", "threshold"} <= plugins.detectors().keys()


def test_one_is_picked_by_its_name() -> None:
    assert plugins.channel("console") is plugins.channels()["console"]
    assert plugins.detector("count") is plugins.detectors()["count"]


def test_someone_elses_entry_point_is_equal_to_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, SOMEONE_ELSES)
    assert list(plugins.channels()) == ["pager"]


def test_an_unknown_name_lists_the_known_and_tells_to_reinstall() -> None:
    with pytest.raises(ConfigError, match=r'"pigeon".*console, slack, webhook.*reinstalled'):
        plugins.channel("pigeon")


def test_an_unknown_detector_lists_detectors_and_no_channels() -> None:
    with pytest.raises(ConfigError, match=r'"console".*burn_rate, count'):
        plugins.detector("console")


def test_nothing_installed_says_none(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    with pytest.raises(ConfigError, match="known: none"):
        plugins.channel("console")


@pytest.mark.parametrize("value", ["no_such_module:Thing", "channels.console:NoSuchClass"])
def test_an_entry_point_that_leads_nowhere_names_its_plugin(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    installed(monkeypatch, EntryPoint("pager", value, plugins.CHANNELS))
    with pytest.raises(ConfigError, match=r'"pager".*cannot be imported'):
        plugins.channels()


def test_two_packages_with_one_name_are_told_apart_by_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, SOMEONE_ELSES, EntryPoint("pager", "channels.slack:Slack", plugins.CHANNELS))
    with pytest.raises(ConfigError, match=r"registered twice, as channels.console:Console and channels.slack:Slack"):
        plugins.channels()


def test_one_package_that_is_found_twice_on_the_path_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, SOMEONE_ELSES, SOMEONE_ELSES)
    assert list(plugins.channels()) == ["pager"]
