"""A rulebook's file as a whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from andon.rulebook.forms.fields import Form, Span, Text
from andon.rulebook.forms.people import OwnerForm, PersonForm, ScheduleForm
from andon.rulebook.forms.policies import (
    CalendarForm,
    DefaultsForm,
    EventForm,
    InhibitForm,
    PolicyForm,
    PromisesForm,
    StopForm,
)
from andon.rulebook.forms.rules import RuleForm
from andon.rulebook.units import said


class ScaleForm(Form):
    """A rating scale of whole numbers."""

    low: Annotated[int, Field(ge=-1000, le=1000)] = Field(description="The lowest answer")
    high: Annotated[int, Field(ge=-1000, le=1000)] = Field(description="The highest answer")
    good: Span = Field(description="The answers that count as good, such as 9..10")
    bad: Span = Field(description="The answers that count as bad, such as 1..4")


def _words(value: list[str]) -> list[str]:
    seen: set[str] = set()
    for word in value:
        if word.casefold() in seen:
            raise ValueError(f"{said(word)} stands here twice; keep one")
        seen.add(word.casefold())
    return value


Words = Annotated[list[Text], Field(min_length=1, max_length=500), AfterValidator(_words)]
Telephony = Annotated[
    dict[Text, Text],
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": r"^(default|\+[1-9][0-9]{0,5})$"},
            "additionalProperties": {"type": "string"},
        }
    ),
]


class BookForm(Form):
    """One file of a rulebook; a directory's files are merged by these keys, and a name is stated once in all of them."""

    version: Literal[1] | None = Field(None, description="The grammar's number; stated in at least one file")
    scales: dict[Text, ScaleForm] = Field(
        default_factory=dict, description="Rating scales beside csat, nps, ces and stars"
    )
    topics: dict[Text, Words] = Field(
        default_factory=dict, description="Words in complaints' text, in any language, by topic"
    )
    calendars: dict[Text, CalendarForm] = Field(default_factory=dict, description="Clocks of promises; `always` exists")
    events: list[EventForm] = Field(default_factory=list, description="Known days")
    telephony: Telephony = Field(default_factory=dict, description="Who carries sms and phone, by the number's country")
    people: dict[Text, PersonForm] = Field(default_factory=dict, description="Who can be paged")
    schedules: dict[Text, ScheduleForm] = Field(default_factory=dict, description="Who is on duty when")
    owners: dict[Text, OwnerForm] = Field(
        default_factory=dict, description="Teams; `everyone` is mandatory, the catch-all"
    )
    promises: PromisesForm | None = Field(None, description="The response-time promise, by tier")
    policies: dict[Text, PolicyForm] = Field(default_factory=dict, description="Ladders; `default` exists")
    defaults: DefaultsForm | None = Field(None, description="What a rule does not say")
    rules: list[RuleForm] = Field(
        default_factory=list, description="What is abnormal, how loudly it calls, whose it is"
    )
    inhibit: list[InhibitForm] = Field(default_factory=list, description="Which calls hold which others")
    stops: dict[Text, StopForm] = Field(default_factory=dict, description="What can be taken off the line")
