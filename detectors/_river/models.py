"""Which of river's models the adapter takes, and how one is made from what a rule says.

river is imported when a model is made, never when this module is: its scipy takes most of a second.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import Any

from andon.errors import ConfigError

FAULTS = (ArithmeticError, AttributeError, AssertionError, LookupError, RuntimeError, TypeError, ValueError)
"""What a model may raise: it then says nothing. Whatever else is raised is no fault of a model's."""

_SIZES = ("window_size", "grace_period", "min_instances", "warmup_period")
"""Parameters that say how many looks a model needs before it speaks: a model here is given no more than `window`."""
_MOST: Mapping[str, float] = {"height": 10, "n_trees": 50, "n_random_cuts": 200, "clip_gradient": 1e15}
_USUAL_MOST = 10_000.0
_BOUNDED = ("anomaly.GaussianScorer", "anomaly.HalfSpaceTrees")
_REFUSED = ("NoDrift", "DummyDriftDetector", "PredictiveAnomalyDetection")
"""The first two say what has nothing to do with the data; the third learns when it is only asked."""


class Kind(Enum):
    """How a model is spoken to: features at once, one target value, or one value that it watches for drift."""

    FEATURES = "features"
    TARGET = "target"
    DRIFT = "drift"


class Making:
    """A kind of river model and its parameters, checked and tried; each call makes a fresh model.

    `sizes` bounds the parameters that say how many looks a model needs. ConfigError names what was found and what is allowed.
    """

    def __init__(self, detector: str, name: str, told: Mapping[str, Any], window: int) -> None:
        self.name = name
        self._who = f"{detector}: {name}"
        found = _models()
        if name not in found:
            raise ConfigError(f"{detector}: model is {name!r}; it must be one of: {', '.join(sorted(found))}.")
        self._model, self.kind = found[name]
        self._given = self._parameters(told, window)
        self.most = 1.0 if name in _BOUNDED else None
        """The highest score there is."""
        self.size = self._tried()

    def __call__(self) -> Any:
        """Return a model that has seen nothing."""
        return self._model(**self._given)

    def _parameters(self, told: Mapping[str, Any], window: int) -> dict[str, Any]:
        known = {name: one.default for name, one in inspect.signature(self._model).parameters.items() if _plain(one)}
        for name, value in told.items():
            if name not in known:
                raise ConfigError(f"{self._who} has no parameter {name!r} here; it knows: {', '.join(sorted(known))}.")
            self._must_be_sound(name, value, window)
        given = {name: min(known[name], window) for name in _SIZES if isinstance(known.get(name), int)}
        if "seed" in known:
            given["seed"] = 1
        return {**given, **told}

    def _must_be_sound(self, name: str, value: Any, window: int) -> None:
        if isinstance(value, bool | str):
            return
        most = window if name in _SIZES else _MOST.get(name, _USUAL_MOST)
        number = isinstance(value, int | float) and math.isfinite(value)
        if not number or not (0 < value <= most or (name == "seed" and value == 0)):
            why = f", the rule's `window` of looks ({window})" if name in _SIZES else ""
            raise ConfigError(f"{self._who}: {name} is {value!r}; it must be a number above 0, at most {most:g}{why}.")

    def _tried(self) -> int:
        """Return how many bytes a model takes that has learnt a little; ConfigError if it cannot be used here."""
        try:
            model = self()
            for place in range(120):
                teach(model, self.kind, *_example(place))
            if self.kind is not Kind.DRIFT:
                score(model, self.kind, *_example(3))
            return int(model._raw_memory_usage)  # noqa: SLF001 - river's own measure, which has no public name
        except FAULTS as wrong:
            raise ConfigError(
                f"{self._who} does not work with {dict(self._given)}: {wrong}. Correct `with`."
            ) from wrong


def teach(model: Any, kind: Kind, value: float, features: Mapping[str, float]) -> bool:
    """Let a model learn one look; tell whether it says, with it, that the stream has drifted."""
    if kind is Kind.DRIFT:
        model.update(value)
        return bool(model.drift_detected)
    if kind is Kind.TARGET:
        model.learn_one({}, value)
    else:
        model.learn_one(features)
    return False


def score(model: Any, kind: Kind, value: float, features: Mapping[str, float]) -> float:
    """Return how unusual a model finds one look, without learning; NaN where it does not know."""
    said = model.score_one({}, value) if kind is Kind.TARGET else model.score_one(features)
    return float(said)


def _example(place: int) -> tuple[float, dict[str, float]]:
    wave = 0.5 + 0.25 * math.sin(7.0 * place)
    return wave, {"value": wave, "change": 0.5 + 0.1 * math.cos(7.0 * place)}


def _plain(parameter: inspect.Parameter) -> bool:
    """Tell whether a rulebook can say what a parameter is: a number, a word; not another model."""
    named = parameter.name in {"seed", "window_size"}
    return named or isinstance(parameter.default, bool | int | float | str)


def _models() -> dict[str, tuple[Callable[..., Any], Kind]]:
    """Return river's models that can be used here, by the names that river's documentation gives them."""
    base = import_module("river.base")
    kinds = (
        ("drift", base.DriftDetector, Kind.DRIFT),
        ("anomaly", base.SupervisedAnomalyDetector, Kind.TARGET),
        ("anomaly", base.AnomalyDetector, Kind.FEATURES),
    )
    found: dict[str, tuple[Callable[..., Any], Kind]] = {}
    for part, of, kind in kinds:
        module = import_module(f"river.{part}")
        found.update({f"{part}.{name}": (made, kind) for name, made in _classes(module, of) if name not in _REFUSED})
    return found


def _classes(module: ModuleType, of: type) -> list[tuple[str, Callable[..., Any]]]:
    listed = ((name, getattr(module, name, None)) for name in module.__all__)
    return [(name, made) for name, made in listed if inspect.isclass(made) and issubclass(made, of)]
