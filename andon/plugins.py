"""Plugins by entry point: andon's own detectors and channels and anyone else's are found in one way."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar, cast

from andon.channel import Channel
from andon.detector import Detector
from andon.errors import ConfigError

T = TypeVar("T")

DETECTORS, CHANNELS = "andon.detectors", "andon.channels"


def detectors() -> dict[str, type[Detector]]:
    """Return every registered detector by name; ConfigError for one that cannot be imported."""
    return cast("dict[str, type[Detector]]", _load(DETECTORS))


def channels() -> dict[str, type[Channel]]:
    """Return every registered channel by name; ConfigError for one that cannot be imported."""
    return cast("dict[str, type[Channel]]", _load(CHANNELS))


def detector(name: str) -> type[Detector]:
    """Return one detector; ConfigError names the known ones where there is none of that name."""
    return _pick(detectors(), name, DETECTORS)


def channel(name: str) -> type[Channel]:
    """Return one channel; ConfigError names the known ones where there is none of that name."""
    return _pick(channels(), name, CHANNELS)


def unknown(name: str, group: str, known: Mapping[str, object]) -> str:
    """Return what to tell somebody who named a plugin that is not there."""
    return (
        f'"{name}" is not a registered plugin of "{group}"; known: {", ".join(sorted(known)) or "none"}. '
        "A new entry point is visible only after its package is reinstalled (pip install .)."
    )


def _pick(known: Mapping[str, T], name: str, group: str) -> T:
    if name not in known:
        raise ConfigError(unknown(name, group, known))
    return known[name]


def _load(group: str) -> dict[str, Any]:
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=group):
        if found.setdefault(point.name, point).value != point.value:
            raise ConfigError(
                f'"{point.name}" of "{group}" is registered twice, as {found[point.name].value} and {point.value}; '
                "uninstall one of the two packages or rename its entry point."
            )
    return {name: _import(point) for name, point in sorted(found.items())}


def _import(point: EntryPoint) -> Any:
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f'plugin "{point.name}" of "{point.group}" cannot be imported from {point.value}: {error}. '
            "Correct its entry point or reinstall its package."
        ) from error
