"""The desk at which a rulebook is put together: what is wrong so far, and the environment that is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from andon.errors import MOST_TOLD, Problem, RulebookError
from andon.rulebook.merge import Spot
from andon.rulebook.model import Place
from andon.rulebook.problems import written
from andon.rulebook.units import choose


class Desk:
    """Collects problems and missing names of the environment, so that all are told at once."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self.absent: dict[str, Place] = {}
        self._env = env

    def wrong(self, spot: Spot, text: str) -> None:
        """Keep a problem; RulebookError once there are more than anybody is told of."""
        self.problems.append(Problem(spot.place.file, spot.place.line, f"{written(spot.path)}: {text}"))
        if len(self.problems) > MOST_TOLD:
            raise RulebookError(self.problems)

    def known(self, name: str, names: Iterable[str], what: str, spot: Spot) -> bool:
        """Return whether a name is among those known; if not, keep a problem that lists them."""
        names = set(names)
        if name in names:
            return True
        self.wrong(spot, choose(name, names, what))
        return False

    def address(self, text: str, spot: Spot) -> str:
        """Return an address or secret, asking the environment for `env:NAME`; "" where it is not set."""
        if not text.startswith("env:"):
            return text
        name = text.removeprefix("env:")
        value = self._env.get(name, "").strip()
        if not value:
            self.absent.setdefault(name, spot.place)
        return value
