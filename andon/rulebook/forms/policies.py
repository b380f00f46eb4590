"""Promises, ladders, calendars, known days and stops, as a rule author writes them."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from andon.rulebook import units
from andon.rulebook.forms.fields import (
    DAYS_PATTERN,
    HOURS_PATTERN,
    Address,
    DayHours,
    Duration,
    Factors,
    Form,
    Frames,
    Length,
    OneOrMore,
    Promise,
    Text,
    Wall,
    Zone,
)


class PledgeForm(Form):
    """What is promised of a call of one tier."""

    respond: Length | None = Field(None, description="Somebody answers within this time")
    resolve: Length | None = Field(None, description="It is verified well within this time")
    clock: Text = Field("always", description="The calendar on which the time runs")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.respond is None and self.resolve is None:
            raise ValueError("promises nothing; allowed: respond and resolve, such as {respond: 30m, resolve: 24h}")
        return self


class PromisesForm(Form):
    """The response-time promise of each tier."""

    yellow: PledgeForm | None = Field(None, description="Help is called")
    red: PledgeForm | None = Field(None, description="Customers are harmed now")


def _notified(value: list[str]) -> list[str]:
    for one in value:
        if one not in {"on-duty", "lead", "room"} and not re.fullmatch(r"(owner|person):.+", one):
            known = ("on-duty", "lead", "room", "owner:NAME", "person:NAME")
            raise ValueError(f"read {units.said(one)}; allowed: {', '.join(known)}{units.near(one, known[:3])}")
    return value


_WHOM = {"type": "string", "pattern": "^(on-duty|lead|room|owner:.+|person:.+)$"}
Notify = Annotated[
    OneOrMore,
    AfterValidator(_notified),
    WithJsonSchema(
        {
            "anyOf": [_WHOM, {"type": "array", "items": _WHOM, "minItems": 1}],
            "examples": ["on-duty", ["on-duty", "room"]],
        }
    ),
]


class StepForm(Form):
    """One step of a ladder; `after` counts from the step before."""

    notify: Notify = Field(description="Whom: on-duty, lead, room, owner:NAME, person:NAME, or a list of them")
    after: Duration = Field(0.0, description="How long after the step before; the first step always goes at once")
    unless: Literal["acked", "resolved"] | None = Field(None, description="What cancels it; without it, an ack does")
    by: OneOrMore | None = Field(
        None, description="By which channels, those of them that a person has; without it, all"
    )
    answers: Literal["one", "all"] = Field("one", description="Whether one answer is enough, or each must answer")


class PerTier(Form):
    """A duration for each tier."""

    yellow: Length | None = Field(None, description="Of a yellow call")
    red: Length | None = Field(None, description="Of a red call")


Ladder = Annotated[list[StepForm], Field(min_length=1, max_length=50)]


class PolicyForm(Form):
    """Who is called in which order, by tier."""

    rounds: Annotated[int, Field(ge=1, le=20)] = Field(
        3, description="How often the whole ladder runs; then lead and catch-all"
    )
    repeat: PerTier = Field(
        default=PerTier(yellow=None, red=None), description="Time between the starts of rounds (yellow 4h, red 30m)"
    )
    ack_expires: PerTier = Field(
        default=PerTier(yellow=None, red=None),
        description="How long an ack holds without progress (yellow 4h, red 30m)",
    )
    yellow: Ladder | None = Field(None, description="The ladder of a yellow call")
    red: Ladder | None = Field(None, description="The ladder of a red call")


def _days(value: object) -> object:
    units.weekdays(value)
    return value


WeekHours = Annotated[
    dict[Annotated[str, BeforeValidator(_days)], list[DayHours]],
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": DAYS_PATTERN},
            "additionalProperties": {"type": "array", "items": {"type": "string", "pattern": HOURS_PATTERN}},
            "examples": [{"Mon-Fri": ["09:30-12:00", "13:00-18:30"]}],
        }
    ),
]


class CalendarForm(Form):
    """Business hours: the clock of a promise."""

    zone: Zone = Field(description="Its IANA time zone")
    hours: WeekHours = Field(description="Intervals by days, such as {Mon-Fri: ['09:30-18:30']}")
    holidays: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None = Field(
        None, description="The country whose holidays (and make-up workdays) count, by its ISO code", examples=["CN"]
    )


class ExpectForm(Form):
    """What a known day brings."""

    volume: Factors = Field(
        description="So many times the usual traffic, such as 4x (taken as 2.8x..5.7x), or a range: 3x..6x"
    )


class EventForm(Form):
    """A known stretch of time: what it brings is expected, and not learnt from."""

    name: Text = Field(description="What people call it")
    zone: Zone = Field(description="The IANA time zone of its wall clock")
    start: Wall = Field(alias="from", description="From, on that clock")
    end: Wall = Field(alias="to", description="To, on that clock")
    expect: ExpectForm | None = Field(None, description="What it brings")

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"ends ({self.end}) before it begins ({self.start})")
        return self


class StopForm(Form):
    """What can be taken off the line, and where the order is posted."""

    post: Address = Field(description="The URL that takes the order, or env:NAME")
    confirm: Address | None = Field(
        None, description="The URL that says whether it was carried out; {id} is the order's"
    )
    secret: Address | None = Field(None, description="What signs the order; use env:NAME")
    max_per_day: Annotated[int, Field(ge=1, le=10000)] | None = Field(
        None, description="No more orders than this in a day"
    )


class DefaultsForm(Form):
    """What a rule does not say."""

    policy: Text | None = Field(None, description="The policy of a rule that names none")
    owner: Text | None = Field(None, description="The owner of a rule that names none")
    every: Frames | None = Field(None, description="How often a rule looks (1m)")
    hold: Duration | None = Field(None, alias="for", description="How long it must stay abnormal before it calls (0s)")
    clear_after: Duration | None = Field(None, description="How long it must look good before it is over (10m)")
    no_data: Literal["hold", "ok", "call"] | None = Field(
        None, description="What no data means: hold the state, ok, or call"
    )
    accept_after: Length | None = Field(
        None, description="After so long without a break, what is abnormal is taken for the new normal (never)"
    )
    false_alarms: Promise | None = Field(None, description="How often a rule that does not say may be wrong")
    lateness: Duration | None = Field(None, description="How long a look waits for late signals (30s)")


class InhibitForm(Form):
    """While an incident that matches `when` is open, those that match `mute` are held, if labels `equal` agree."""

    when: Annotated[dict[Text, Text], Field(min_length=1)] = Field(
        description="The louder one: rule, owner, tier or a label"
    )
    mute: Annotated[dict[Text, Text], Field(min_length=1)] = Field(
        description="The held one: rule, owner, tier or a label"
    )
    equal: list[Text] = Field(default_factory=list, description="Labels that must exist on both sides and agree")
