"""What a rule's options may say, and the errors that tell an author what they may."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from andon.detector import Settings
from andon.errors import ConfigError
from andon.model import Form


def checked(detector: str, settings: Settings, takes: Collection[Form], known: Collection[str]) -> Mapping[str, Any]:
    """Return the options once form, `every` and the options' names are such as `detector` can mean."""
    if settings.form not in takes:
        allowed = ", ".join(sorted(takes))
        raise ConfigError(f"{detector} cannot watch a {settings.form}; it takes: {allowed}. Choose another `using`.")
    if not (settings.every > 0 and math.isfinite(settings.every)):
        raise ConfigError(f"{detector}: every is {settings.every}; it must be a positive number of seconds.")
    for name in settings.options:
        if name not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise ConfigError(f"{detector} has no option {name!r}; it knows: {allowed}. Remove or rename it.")
    return settings.options


def number(detector: str, options: Mapping[str, Any], name: str, default: float, *, low: float = 0.0) -> float:
    """Return option `name` as a finite number above `low` (exclusive), or `default` where it is not given."""
    value = options.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= low:
        bound = "" if math.isinf(low) else f" above {low:g}"
        raise ConfigError(f"{detector}: {name} is {value!r}; it must be a number{bound}.")
    return float(value)


def ratios(detector: str, smallest: float, usual: tuple[float, ...]) -> tuple[float, ...]:
    """Return the shift sizes to look for, from `1 + smallest` up, or `usual` where the rule says none."""
    if math.isnan(shift(detector, smallest)):
        return usual
    first, last = 1.0 + smallest, max(usual[-1], (1.0 + smallest) ** 2)
    steps = len(usual) - 1
    return tuple(float(first * (last / first) ** (i / steps)) for i in range(steps + 1))


def many_ratios(detector: str, smallest: float, usual: tuple[float, ...]) -> tuple[float, ...]:
    """Return as `ratios` does, but so many that none lies far from the next: 1.9 times in its logarithm, or seven in all."""
    if math.isnan(shift(detector, smallest)):
        return usual
    first = math.log1p(smallest)
    times = max(math.log(usual[-1]) / first, 2.0)
    steps = min(math.ceil(math.log(times) / math.log(1.9)), 6)
    return tuple(math.exp(first * times ** (step / steps)) for step in range(steps + 1))


def shift(detector: str, smallest: float) -> float:
    """Return the least relative shift that matters, NaN where the rule says none."""
    if not (math.isnan(smallest) or 0 < smallest < 100):
        raise ConfigError(f"{detector}: smallest is {smallest}; it must be above 0 and below 100 (0.2 is 20 %).")
    return smallest
