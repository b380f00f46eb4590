"""Climbing a policy's ladder: which step comes next, and when."""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec.structs import replace

from andon.incidents.calendar import ALWAYS, after
from andon.model import Incident, Policy, Rung, State, Step, Tier
from andon.oncall.duty import Recipient
from andon.rulebook.model import Calendar, Rulebook

REPEAT = {Tier.WATCH: 4 * 3600.0, Tier.YELLOW: 4 * 3600.0, Tier.RED: 1800.0}
"""Seconds between the starts of rounds where a policy does not say."""
_AGAIN = 60.0
"""Seconds at least until the last step is tried again after it reached nobody."""


def steps(policy: Policy, tier: Tier) -> list[Step]:
    """Return the steps of a tier's ladder."""
    return policy.ladders.get(tier, [])


def channels_of(policy: Policy, tier: Tier) -> tuple[str, ...]:
    """Return the channels a tier's ladder uses at all, in the order of their first use; empty: all there are."""
    used = [one.by for one in steps(policy, tier)]
    return () if not all(used) else tuple(dict.fromkeys(channel for by in used for channel in by))


def last_step(book: Rulebook, policy: Policy, tier: Tier) -> Step:
    """Return what follows the last round: the lead and the catch-all owner, by all channels the ladder uses."""
    return Step(notify=["lead", f"owner:{book.catch_all}"], by=list(channels_of(policy, tier)))


def current(book: Rulebook, incident: Incident) -> Step | None:
    """Return the step that is due next; None where the tier's ladder has none."""
    rung, ladder = incident.rung, steps(incident.policy, incident.tier)
    if rung.last:
        return last_step(book, incident.policy, incident.tier)
    return ladder[rung.step] if rung.step < len(ladder) else None


def cancelled(step: Step, state: State) -> bool:
    """Return whether a step has lost its reason: an ack cancels all but those that wait for a recovery."""
    return state is not State.CALLED and not (state is State.ACKED and step.unless == "resolved")


def missed(step: Step, reached: Iterable[Recipient]) -> bool:
    """Return whether a step that names people reached none of them; a room answers nobody's call."""
    rooms_only = all(target == "room" for target in step.notify)
    return not any(rooms_only or not one.room for one in reached)


def climb(book: Rulebook, incident: Incident, now: float, *, hurry: bool, reached: bool) -> Rung:
    """Return where the ladder stands once its current step was taken at `now`.

    `hurry`: the step reached nobody, so the next one goes at once. `reached`: somebody was reached in this round; if not,
    no further round is waited for. What a round waited, or was late, does not count to its repeat.
    """
    rung, ladder = incident.rung, steps(incident.policy, incident.tier)
    if rung.last:
        return replace(rung, due=now + max(_repeat(incident), _AGAIN) if hurry else None)
    late = 0.0 if rung.due is None else max(now - rung.due, 0.0)
    began = now if rung.step == 0 else rung.began + late
    if rung.step + 1 < len(ladder):
        wanted = now if hurry else now + ladder[rung.step + 1].after
        due = wanted if hurry else opening(book, incident, wanted)
        return replace(rung, step=rung.step + 1, began=began + due - wanted, due=due)
    if incident.state is State.ACKED:
        return replace(rung, began=began, due=None)
    return _next_round(book, incident, began, now, reached=reached)


def opening(book: Rulebook, incident: Incident, at: float) -> float:
    """Return when a later step wanted `at` may go: a yellow one waits for the hours of its promise's clock."""
    pledge = incident.policy.pledges.get(incident.tier)
    if incident.tier is Tier.RED or pledge is None:
        return at
    calendar: Calendar = book.calendars.get(pledge.clock, ALWAYS)
    opens = after(calendar, at, 1.0) - 1.0
    return max(opens, at) if math.isfinite(opens) else at


def _next_round(book: Rulebook, incident: Incident, began: float, now: float, *, reached: bool) -> Rung:
    rung = incident.rung
    due = opening(book, incident, max(began + _repeat(incident), now)) if reached else now
    if reached and rung.round < incident.policy.rounds:
        return replace(rung, round=rung.round + 1, step=0, began=due, due=due)
    return replace(rung, step=len(steps(incident.policy, incident.tier)), began=began, due=due, last=True)


def _repeat(incident: Incident) -> float:
    return incident.policy.repeat.get(incident.tier, REPEAT[incident.tier])
