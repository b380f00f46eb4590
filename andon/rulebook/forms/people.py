"""People, schedules and owners, as a rule author writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator

from andon.rulebook.forms.fields import Address, Days, Form, Hours, Names, Text, Wall, Zone
from andon.rulebook.units import said


class PersonForm(Form):
    """Someone who can be paged; every other key is a channel and holds their address there."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, Address] = Field(init=False)

    name: Text | None = Field(None, description="How others read their name")
    zone: Zone = Field("UTC", description="Their IANA time zone; quiet hours follow it")
    lang: Literal["en", "zh"] = Field("en", description="The language of their pages")
    quiet: Hours | None = Field(None, description="Yellow pages are held for one digest in these hours; red ones never")


class LayerForm(Form):
    """A rotation; of several layers a later one wins where it counts."""

    rotate: Literal["hourly", "daily", "weekly", "monthly"] = Field(description="How long a turn lasts")
    start: Wall = Field(alias="from", description="When the first person's turn begins, on the schedule's wall clock")
    people: Annotated[Names, Field(min_length=1)] = Field(description="Who takes turns, in order")
    only: Days = Field(frozenset(), description="Days on which this layer counts; without it, all")
    hours: Hours | None = Field(None, description="Hours in which this layer counts; without it, all day")


class OverrideForm(Form):
    """A stretch of time in which somebody joins, leaves or takes over, or two change places."""

    start: Wall = Field(alias="from", description="From, on the schedule's wall clock")
    end: Wall = Field(alias="to", description="To, on the schedule's wall clock")
    add: Text | None = Field(None, description="Joins whoever is on duty")
    remove: Text | None = Field(None, description="Is not on duty")
    replace: Text | None = Field(None, description="Takes over from all")
    swap: Annotated[Names, Field(min_length=2, max_length=2)] | None = Field(
        None, description="Two who take each other's turns"
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if sum(name is not None for name in (self.add, self.remove, self.replace, self.swap)) != 1:
            raise ValueError("needs one of add, remove, replace, with a person, or swap, with two")
        if self.start >= self.end:
            raise ValueError(f"ends ({self.end}) before it begins ({self.start})")
        return self


class ScheduleForm(Form):
    """Who is on duty when."""

    zone: Zone = Field(description="The IANA time zone of its wall clock")
    layers: list[LayerForm] = Field(default_factory=list, description="Rotations; a later one wins where it counts")
    overrides: list[OverrideForm] = Field(default_factory=list, description="Exceptions to the rotations")


def _on_duty(value: object) -> str | list[str]:
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return list(value)
    raise ValueError(f"read {said(value)}; allowed: a schedule's name, or a list of people such as [li.na]")


_ON_DUTY: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}
OnDuty = Annotated[str | list[str], PlainValidator(_on_duty), WithJsonSchema(_ON_DUTY)]


class OwnerForm(Form):
    """A team that answers: who is on duty, who leads, where all can read along."""

    on_duty: OnDuty = Field(alias="on-duty", description="A schedule's name, or a list of people")
    lead: Text | None = Field(None, description="The person who is called when nobody answers")
    room: dict[Text, Address] = Field(
        default_factory=dict, description="Where all read along: a channel and its address"
    )
    lang: Literal["en", "zh"] = Field("en", description="The room's language")
