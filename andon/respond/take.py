"""Taking the ladder's steps that are due: people are looked up now, and who cannot be reached is passed over at once."""

from __future__ import annotations

from andon.model import Reason, State, Step
from andon.oncall.duty import Recipient, who
from andon.oncall.ladder import cancelled, climb, current, missed
from andon.respond.reached import round_reached
from andon.respond.work import Call, Work

_CLIMBS = frozenset({State.CALLED, State.ACKED})


def take_steps(work: Work) -> Work:
    """Take every step that is due by now, one after the other."""
    while _is_due(work):
        work = _take(work)
    return work


def reason_of(work: Work) -> Reason:
    """Return why the current step pages: what called, and in later rounds that it is said again."""
    rung = work.incident.rung
    return Reason.REPEAT if rung.round > 1 or rung.last else rung.reason


def _is_due(work: Work) -> bool:
    due = work.incident.rung.due
    return work.hold is None and work.incident.state in _CLIMBS and due is not None and due <= work.now


def _take(work: Work) -> Work:
    step = current(work.view.book, work.incident)
    if step is None:
        return _on(work.wrote("skipped", text=f"no ladder for {work.incident.tier.value}"), hurry=True)
    if cancelled(step, work.incident.state):
        return _on(work, hurry=False)
    row = work.next_row
    work = _announced(work, step)
    found = [one for target in step.notify for one in who(work.view.book, target, work.incident.owner, work.now)]
    calls = tuple(
        _call(work, row, one, channel) for one in found for channel in one.channels(step.by) if _set_up(work, channel)
    )
    lost = missed(step, (call.recipient for call in calls))
    work = _say_who_was_not_reached(work, step, found, calls, hurry=lost).calling(*calls)
    return _on(work, hurry=lost)


def _announced(work: Work, step: Step) -> Work:
    """Write the row that makes the step's pages due."""
    rung = work.incident.rung
    place = "last" if rung.last else f"round {rung.round}, step {rung.step + 1}"
    return work.wrote(
        "page-due",
        text=place,
        reason=reason_of(work),
        data={"to": step.notify, "by": step.by, "round": float(rung.round), "step": float(rung.step)},
    )


def _say_who_was_not_reached(
    work: Work, step: Step, found: list[Recipient], calls: tuple[Call, ...], *, hurry: bool
) -> Work:
    reached = {call.recipient.id for call in calls}
    lost = [one.id for one in found if one.id not in reached and not one.room]
    if not lost and not hurry:
        return work
    by = ", ".join(step.by) or "any channel"
    why = f"not reachable by {by}: {', '.join(lost)}" if lost else f"nobody is {', '.join(step.notify)}"
    text = f"{why}; the next step goes at once" if hurry else why
    return work.wrote("skipped", text=text, reason=reason_of(work), data={"people": lost, "by": step.by})


def _on(work: Work, *, hurry: bool) -> Work:
    """Climb on from the current step."""
    reached = round_reached(work.incident.rung.round, work.incident.rung.began, work.view.pages, work.calls)
    return work.on(climb(work.view.book, work.incident, work.now, hurry=hurry, reached=reached))


def _set_up(work: Work, channel: str) -> bool:
    return channel in work.view.channels


def _call(work: Work, row: int, recipient: Recipient, channel: str) -> Call:
    rung = work.incident.rung
    return Call(row, recipient, channel, reason_of(work), work.now, round=rung.round, step=rung.step)
