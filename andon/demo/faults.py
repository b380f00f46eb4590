"""What goes wrong on the demo's day: when, what it does to the company, and who must hear of it, how soon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from andon.demo.company import World

HOUR = 3600.0
RELEASE = "7.4"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: seconds of the day from and to which customers feel it, the rule and owner that must page, `within` seconds.

    `breaks` changes the world, `mends` changes it back. A fault without either is a person's pull.
    """

    name: str
    start: float
    end: float
    rule: str
    owner: str
    within: float
    breaks: Callable[[World], None] | None = None
    mends: Callable[[World], None] | None = None


def _release(world: World) -> None:
    world.versions["ios"] = [("7.3", 0.6), (RELEASE, 0.4)]
    world.crash[("ios", RELEASE)] = 15.0


def _roll_back(world: World) -> None:
    world.versions["ios"] = [("7.3", 1.0)]
    world.crash.clear()


def _slow(world: World) -> None:
    world.slow[("pay", "shop")] = 1.9


def _fast(world: World) -> None:
    world.slow.clear()


def _stuck(world: World) -> None:
    world.complaints["south"] = 5.0
    world.topic["south"] = "late"


def _rolling(world: World) -> None:
    world.complaints.clear()
    world.topic.clear()


def _silent(world: World) -> None:
    world.ratings = False


def _heard(world: World) -> None:
    world.ratings = True


FAULTS: tuple[Fault, ...] = (
    Fault("iOS release 7.4 crashes", 9.5 * HOUR, 11.5 * HOUR, "crashes", "app", 0.5 * HOUR, _release, _roll_back),
    Fault("paying in the shop slows down", 13 * HOUR, 14.5 * HOUR, "pay-slow", "payments", 0.75 * HOUR, _slow, _fast),
    Fault("the ratings feed falls silent", 15.5 * HOUR, 17 * HOUR, "ratings-silent", "care", HOUR, _silent, _heard),
    Fault(
        "deliveries stuck in the south", 18 * HOUR, 20 * HOUR, "complaints-region", "delivery", HOUR, _stuck, _rolling
    ),
    Fault("an agent pulls the cord", 21 * HOUR, 22 * HOUR, "pull", "care", 120.0),
)

PULL = {
    "by": "agent.lin",
    "owner": "care",
    "text": "满减券在结算时消失，已有三位顾客来电 (coupons vanish at checkout, three callers so far)",
    "segment": {"product": "shop", "region": "east"},
}

CHANGES = {FAULTS[0].name: ("release ios 7.4", {"platform": "ios", "app_version": RELEASE})}
"""What the release tool reports when a fault begins: a change's name and where it went."""
