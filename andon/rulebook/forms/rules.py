"""Rules and their conditions, as a rule author writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from andon.rulebook.forms.fields import (
    CONDITION_SCHEMA,
    Condition,
    Dimension,
    Dimensions,
    Duration,
    Form,
    Frames,
    Length,
    Milliseconds,
    Promise,
    Quantity,
    Share,
    Text,
    Where,
    condition,
)
from andon.rulebook.units import Amount, amount, said

Yes = Annotated[Literal[True], Field(description="true")]


class AtLeastForm(Form):
    """What must stand behind a finding since it began."""

    n: Annotated[float, Field(ge=0, le=1e12)] | None = Field(None, description="So many ratings, sessions, requests")
    change: Quantity | None = Field(None, description="So large a change: 5pp, 20%, or a number in the metric's unit")


class BurnsForm(Form):
    """An error budget and its period (Site Reliability Workbook, chapter 5)."""

    budget: Share = Field(description="The share that may be bad")
    of: Length = Field(description="The period the budget is for")


def _expected(value: object) -> str | float:
    if value == "usual":
        return "usual"
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9:
        return float(value)
    raise ValueError(f"read {said(value)}; allowed: usual, or the number that always comes in an hour")


Expected = Annotated[
    str | float,
    PlainValidator(_expected),
    WithJsonSchema({"anyOf": [{"const": "usual"}, {"type": "number", "exclusiveMinimum": 0}]}),
]


WAYS = ("rises", "falls", "changes", "above", "below", "burns", "silent", "any", "all")
_BELONGS: dict[str, tuple[str, ...]] = {
    "false_alarms": ("rises", "falls", "changes"),
    "smallest": ("rises", "falls", "changes"),
    "using": ("rises", "falls", "changes"),
    "at_least": ("rises", "falls", "changes", "above", "below", "burns"),
    "over": ("above", "below"),
    "clear": ("above", "below"),
    "expected": ("silent",),
    "options": ("rises", "falls", "changes"),
}


class WhenForm(Form):
    """A condition: one of rises, falls, changes, above, below, burns, silent, any, all, and what belongs to it."""

    rises: Yes | None = Field(None, description="It goes up beyond what is usual")
    falls: Yes | None = Field(None, description="It goes down beyond what is usual")
    changes: Yes | None = Field(None, description="It leaves what is usual, up or down")
    false_alarms: Promise | None = Field(
        None, description="How often it may be wrong: 1 per 30d (each alert), 1 per 30d in all (the rule)"
    )
    smallest: Share | None = Field(None, description="The least shift that matters, as a share of the usual")
    using: Text | None = Field(None, description="A detector by name, instead of the one that fits the metric")
    options: dict[Text, Any] = Field(default_factory=dict, description="What a detector named by `using` is told")
    at_least: AtLeastForm | None = Field(None, description="What must stand behind a finding")
    above: Quantity | None = Field(None, description="It is above this line")
    below: Quantity | None = Field(None, description="It is below this line")
    over: Frames | None = Field(None, description="Judged over this time")
    clear: Quantity | None = Field(
        None, description="Good again beyond this line, which lies on the good side of the other"
    )
    burns: BurnsForm | None = Field(None, description="An error budget is used up too fast")
    silent: Length | None = Field(None, description="Nothing came for so long")
    expected: Expected | None = Field(
        None, description="usual (what this hour of the week usually brings), or so many an hour that always come"
    )
    any_of: Annotated[list[WhenForm], Field(min_length=1, max_length=20)] | None = Field(
        None, alias="any", description="One of these"
    )
    all_of: Annotated[list[WhenForm], Field(min_length=1, max_length=20)] | None = Field(
        None, alias="all", description="All of these at once"
    )

    def stated(self) -> set[str]:
        """Return the names that the author gave a value; a name with nothing behind it says nothing."""
        named = {name: type(self).model_fields[name].alias or name for name in self.model_fields_set}
        return {alias for name, alias in named.items() if getattr(self, name) is not None}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        stated = self.stated()
        ways = [way for way in WAYS if way in stated]
        if len(ways) != 1:
            found = "says none of them" if not ways else "says " + " and ".join(ways)
            raise ValueError(f"{found}; allowed: one of {', '.join(WAYS)} (several by any: [...] or all: [...])")
        for name, belongs in _BELONGS.items():
            if name in stated and ways[0] not in belongs:
                hint = (
                    f"; a detector's own line is told by options: {{{ways[0]}: ...}}"
                    if name == "using" and ways[0] in {"above", "below"}
                    else ""
                )
                raise ValueError(f"{name} does not go with {ways[0]}; it goes with {', '.join(belongs)}{hint}")
        if ways[0] in {"above", "below"} and "over" not in stated:
            raise ValueError(f"{ways[0]} needs over: how long the time is it is judged over, such as over: 10m")
        if "options" in stated and "using" not in stated:
            raise ValueError("options are for a detector named by using")
        return self


class WorsenForm(Form):
    """A way for a firing alert to rise: a condition of its own, or time."""

    tier: Literal["yellow", "red"] = Field(description="The tier it rises to")
    when: WhenForm | None = Field(None, description="A condition on the same metric and segments")
    after: Length | None = Field(None, description="So long after it fired")
    unless: Literal["acked", "verified"] | None = Field(None, description="What keeps it from rising by time")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.when is None) == (self.after is None):
            raise ValueError("needs one of when (a condition) and after (a time such as 30m)")
        if self.unless is not None and self.after is None:
            raise ValueError("unless goes with after")
        return self


class TakeForm(Form):
    """Taking a segment off the line when the rule turns red."""

    action: Text = Field(description="A stop by its name under `stops`")
    scope: Dimensions = Field(default_factory=list, description="The dimensions that say what is stopped")
    ask: Text | None = Field(None, description="Who may refuse: on-duty, lead or person:NAME")
    undo_after: Length | None = Field(None, description="It is taken back after this time")


class GroupForm(Form):
    """How alerts join one call."""

    by: Dimensions = Field(
        default_factory=list, description="One call for each combination of these; without it, one a rule"
    )
    wait: Duration | None = Field(None, description="How long the first page waits for company (30s; red 0s)")


def _bound_or_condition(value: object) -> Condition | tuple[Amount | None, Amount | None]:
    if not isinstance(value, dict) or not set(value) & {"below", "above"}:
        return condition(value)
    if set(value) - {"below", "above"}:
        raise ValueError(f"read {said(value)}; allowed: {{below: 2}}, {{above: 9}} or both")
    below, above = (amount(value[side]) if side in value else None for side in ("below", "above"))
    return below, above


_BOUND = {
    "type": "object",
    "properties": {side: {"anyOf": [{"type": "number"}, {"type": "string"}]} for side in ("below", "above")},
    "minProperties": 1,
    "additionalProperties": False,
}
EachValue = Annotated[
    Condition | tuple[Amount | None, Amount | None],
    PlainValidator(_bound_or_condition),
    WithJsonSchema({"anyOf": [*CONDITION_SCHEMA["anyOf"], _BOUND], "examples": [{"below": 2}, "vip"]}),
]


class RuleForm(Form):
    """One rule: what is watched, when it is abnormal, how loudly it calls, whose it is."""

    name: Text = Field(description="How people read it")
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.\-]{0,63}$")] | None = Field(
        None,
        description="A short name in small letters, digits, _ . -, so that the rule can be renamed without a new call",
        examples=["pay-detractors"],
    )
    watch: Text = Field(
        description="The metric: csat nps detractor_share low_star_share ces mean:SCALE good_share:SCALE bad_share:SCALE ratings | "
        "crash_rate crash_free sessions | p50 p90 p95 p99 slow_share requests | complaints negative_share complaints:TOPIC | "
        "gauge:NAME counter:NAME | pulls",
        examples=["csat", "crash_rate", "p95", "complaints:refund"],
    )
    target: Milliseconds | None = Field(None, description="slow_share: what is slower than this is slow")
    where: dict[Dimension, Where] = Field(
        default_factory=dict, description="Which signals count: a condition a dimension"
    )
    by: Dimensions = Field(
        default_factory=list, description="One alert for each combination of these dimensions' values"
    )
    when: WhenForm | None = Field(None, description="When it is abnormal")
    each: Annotated[dict[Text, EachValue], Field(min_length=1)] | None = Field(
        None, description="A condition on single signals, at once: a scale's bounds, and dimensions"
    )
    tier: Literal["watch", "yellow", "red"] = Field("yellow", description="How loudly it calls")
    owner: Text | None = Field(None, description="Whose it is")
    policy: Text | None = Field(None, description="Who is called in which order")
    every: Frames | None = Field(None, description="How often it looks")
    hold: Duration | None = Field(None, alias="for", description="How long it must stay abnormal before it calls")
    clear_after: Duration | None = Field(None, description="How long it must look good before it is over")
    no_data: Literal["hold", "ok", "call"] | None = Field(None, description="What no data means")
    accept_after: Length | None = Field(
        None,
        description="After so long without a break, what is abnormal is taken for the new normal (never; only what is learnt can be)",
    )
    worsens: list[WorsenForm] = Field(default_factory=list, description="How it rises to a higher tier")
    group: GroupForm | None = Field(None, description="How alerts join one call")
    runbook: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)] | None = Field(
        None, description="The URL of what to do", examples=["https://wiki.example/andon"]
    )
    stop: TakeForm | None = Field(None, description="What is taken off the line when it turns red")
    shadow: bool = Field(False, description="Judge and show, but call nobody")

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if (self.when is None) == (self.each is None):
            raise ValueError("needs one of when (a condition on the metric) and each (a condition on single signals)")
        return self
