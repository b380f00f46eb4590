"""The demo's verdict: was each fault paged by its own rule, to its owner, in time; was anything lost; was anyone paged falsely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from andon.demo.faults import Fault
from andon.demo.mail import Mail
from andon.model import Delivery, Incident, Sending

AFTERMATH = 3600.0
SURE = 0.999
ARRIVED = frozenset({Sending.SENT, Sending.DELIVERED, Sending.READ})


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one fault; `felt` is a time, the others are seconds since then, None where it never happened.

    `promise` is what became of the promised answers: "broken" if one was, "kept", or "".
    """

    fault: Fault
    felt: float
    paged: float | None = None
    acked: float | None = None
    verified: float | None = None
    promise: str = ""

    @property
    def held(self) -> bool:
        """Tell whether it was paged within the promised delay."""
        return self.paged is not None and self.paged <= self.fault.within


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sum of a day: a line a fault, the incidents that paged people without one, and what came in."""

    lines: tuple[Line, ...]
    false: tuple[Incident, ...]
    promised: float
    mail: Mail
    counted: float
    letters: int
    faults: dict[str, float] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """Return how many signals the sender sent that the service cannot account for."""
        return abs(self.mail.sent - round(self.counted)) + abs(self.mail.broken - self.letters)

    @property
    def allowed(self) -> int:
        """Return the 99.9 % point of as many false pages as the rules promise for a day."""
        return poisson_point(self.promised, SURE)

    @property
    def good(self) -> bool:
        """Tell whether the day went as promised."""
        return not any(self.wrong())

    def said(self) -> Iterator[str]:
        """Yield the rest of the table in words."""
        yield (
            f"false pages: {len(self.false)}; the rules promise {self.promised:.2f} a day in sum, "
            f"whose 99.9 % point is {self.allowed}"
        )
        yield (
            f"signals: {self.mail.sent:,} sent, {self.mail.repeated:,} of them twice; {round(self.counted):,} taken, once each"
        )
        yield f"broken lines: {self.mail.broken:,} sent, {self.letters:,} refused and kept as dead letters; lost: {self.lost:,}"

    def wrong(self) -> Iterator[str]:
        """Yield what was not as promised, a sentence each; nothing if the day was good."""
        for line in self.lines:
            if not line.held:
                fault, minutes = line.fault, f"{line.fault.within / 60:.0f} min"
                late = None if line.paged is None else f"paged after {line.paged / 60:.0f} min, not within {minutes}"
                yield f"missed: {fault.name}: {late or f'no page by {fault.rule} in {minutes}'}"
        if len(self.false) > self.allowed:
            yield f"more false pages than promised: {'; '.join(f'{one.rule} of {one.owner}' for one in self.false)}"
        if self.lost:
            yield f"{self.lost:,} signals are not accounted for"
        for name, count in self.faults.items():
            yield f"the service had trouble: {name}: {count:.0f}"


def poisson_point(mean: float, share: float) -> int:
    """Return the least k with P(Poisson(mean) <= k) >= share."""
    k, term = 0, math.exp(-mean)
    total = term
    while total < share:
        k += 1
        term *= mean / k
        total += term
    return k


def lines(
    faults: Sequence[Fault], start: float, incidents: Sequence[Incident], sent: Sequence[Delivery]
) -> tuple[Line, ...]:
    """Return what became of each fault of a day that began at `start`; `sent` are the pages to people."""
    return tuple(_line(fault, start, incidents, sent) for fault in faults)


def _line(fault: Fault, start: float, incidents: Sequence[Incident], sent: Sequence[Delivery]) -> Line:
    felt = start + fault.start
    found = next((one for one in sorted(incidents, key=lambda one: one.called) if belongs(one, fault, start)), None)
    if found is None:
        return Line(fault, felt)
    came = (one.page.due for one in sent if one.page.incident == found.id and one.status in ARRIVED)
    first = min(came, default=None)
    answers = {one.state for one in found.promises if one.milestone == "respond"}
    return Line(
        fault,
        felt,
        paged=None if first is None else first - felt,
        acked=_after(found.milestones.get("acked"), felt),
        verified=_after(found.milestones.get("verified"), felt),
        promise=next((state for state in ("broken", "kept") if state in answers), ""),
    )


def _after(time: float | None, felt: float) -> float | None:
    return None if time is None else time - felt


def belongs(incident: Incident, fault: Fault, start: float) -> bool:
    """Tell whether an incident is a fault's: its own rule and owner, called while it lasted or soon after."""
    within = start + fault.start <= incident.called <= start + fault.end + AFTERMATH
    return within and incident.rule == fault.rule and incident.owner == fault.owner


def false_pages(faults: Sequence[Fault], start: float, incidents: Sequence[Incident]) -> tuple[Incident, ...]:
    """Return the incidents that paged somebody and belong to no fault."""
    announced = [one for one in incidents if one.announced]
    return tuple(one for one in announced if not any(belongs(one, fault, start) for fault in faults))
