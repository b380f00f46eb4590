"""Rules, with every default filled in and every name looked up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from andon.errors import ConfigError
from andon.model import Kind, Match, Metric, Policy, Projection, Scale, Tier
from andon.rulebook.forms.fields import Condition
from andon.rulebook.forms.rules import RuleForm, WorsenForm
from andon.rulebook.merge import Book, Item
from andon.rulebook.model import Bound, Each, Group, Owner, Place, Rule, Stop, Worsen
from andon.rulebook.translate import conditions
from andon.rulebook.translate.conditions import Bench, compiled
from andon.rulebook.translate.desk import Desk
from andon.rulebook.units import Amount, choose, near
from andon.streams.metrics import WORDS, metric

PULL = "pull"
SLOW = "~slow"
EVERY, CLEAR_AFTER, WAIT = 60.0, 600.0, 30.0
_NAMED_KINDS = (Kind.RATING, Kind.GAUGE, Kind.COUNTER)


@dataclass(frozen=True, slots=True)
class Context:
    """What rules refer to."""

    book: Book
    desk: Desk
    scales: Mapping[str, Scale]
    topics: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, Owner]
    policies: Mapping[str, Policy]
    stops: Mapping[str, Stop]
    owner: str
    policy: str


def rules_of(context: Context) -> dict[str, Rule]:
    """Return every rule by its id, the implicit `pull` first."""
    rules = {PULL: pull(context.owner, context.policy, context.book.default("every", EVERY))}
    taken: dict[str, Place] = {}
    for item in context.book.rules:
        _take_names(item, taken, context.desk)
        found = _metric(item, context)
        if found is None:
            continue
        rule = _rule(item, found, context)
        rules[rule.id] = rule
        if rule.when is not None and item.form.when is not None and conditions.burns(item.form.when):
            rules[rule.id + SLOW] = _companion(rule)
    return rules


def pull(owner: str, policy: str, every: float = EVERY) -> Rule:
    """Return the rule that is always there: a person's pull calls at once."""
    return Rule(
        id=PULL,
        name="the cord was pulled",
        place=Place(),
        projection=Projection(Kind.PULL),
        metric=metric("pulls", {}, {}),
        when=None,
        each=Each(),
        tier=Tier.YELLOW,
        owner=owner,
        policy=policy,
        every=every,
        hold=0.0,
        clear_after=CLEAR_AFTER,
        no_data="hold",
        group=Group(wait=0.0),
    )


def _take_names(item: Item[RuleForm], taken: dict[str, Place], desk: Desk) -> None:
    """Neither a name nor an id may mean two rules: keys, inhibition and people refer to them."""
    form = item.form
    for word, name in (("id", form.id), ("name", form.name)):
        if name is None or (word == "name" and name == form.id):
            continue
        if name == PULL or name.endswith(SLOW):
            desk.wrong(item.at(word), f"{name!r} is kept for andon's own rules; choose another")
        elif name in taken:
            desk.wrong(
                item.at(word),
                f"the rule {name!r} is stated a second time, first at {taken[name]}; keep one, or give it another name",
            )
        else:
            taken[name] = item.place


def _metric(item: Item[RuleForm], context: Context) -> Metric | None:
    form = item.form
    if form.watch == "slow_share" and form.target is None:
        context.desk.wrong(item.at("watch"), "slow_share needs target: what is slower is slow, such as target: 800ms")
        return None
    try:
        return metric(form.watch, context.scales, context.topics, math.nan if form.target is None else form.target)
    except ConfigError as wrong:
        known = [*WORDS, *(f"complaints:{one}" for one in context.topics), *(f"mean:{one}" for one in context.scales)]
        hint = "" if ":" in form.watch or form.watch in known else near(form.watch, known)
        context.desk.wrong(item.at("watch"), f"{wrong}{hint}")
        return None


def _rule(item: Item[RuleForm], found: Metric, context: Context) -> Rule:
    form, book = item.form, context.book
    bench = Bench(found, book.default("false_alarms", None), item, ("when",), context.desk)
    projection, each = _projection(item, found, context)
    tier = Tier(form.tier)
    return Rule(
        id=form.id or form.name,
        name=form.name,
        place=item.place,
        projection=projection,
        metric=found,
        when=None if form.when is None else compiled(form.when, bench),
        each=each,
        tier=tier,
        owner=_named(form.owner, context.owner, context.owners, "owner", item, context.desk),
        policy=_named(form.policy, context.policy, context.policies, "policy", item, context.desk),
        every=form.every or book.default("every", EVERY),
        hold=book.default("for", 0.0) if form.hold is None else form.hold,
        clear_after=book.default("clear_after", CLEAR_AFTER) if form.clear_after is None else form.clear_after,
        no_data=form.no_data or book.default("no_data", "hold"),
        worsens=tuple(_worsen(i, one, tier, bench) for i, one in enumerate(form.worsens)),
        group=_group(item, tier, context.desk),
        runbook=form.runbook or "",
        stop=_stop(item, context),
        shadow=form.shadow,
        accept_after=_accept_after(item, context),
    )


def _accept_after(item: Item[RuleForm], context: Context) -> float:
    """Return the time after which a rule accepts by itself; one that learns nothing has nothing that it could accept."""
    stated = item.form.accept_after
    if stated is not None and (item.form.when is None or not conditions.learns(item.form.when)):
        context.desk.wrong(
            item.at("accept_after"), "goes with rises, falls and changes: a line of its own stays where it is"
        )
    default: float = context.book.default("accept_after", math.inf)
    return default if stated is None else stated


def _named(
    stated: str | None, default: str, known: Mapping[str, object], word: str, item: Item[RuleForm], desk: Desk
) -> str:
    if stated is not None:
        desk.known(stated, known, word, item.at(word))
    return stated or default


def _companion(rule: Rule) -> Rule:
    """Return a burn rate's slow windows as a rule of its own that only shows."""
    when = None if rule.when is None else conditions.slow(rule.when)
    name = f"{rule.name} (slow burn)"
    return replace(rule, id=rule.id + SLOW, name=name, when=when, tier=Tier.WATCH, worsens=(), stop="")


def _worsen(i: int, form: WorsenForm, tier: Tier, bench: Bench) -> Worsen:
    inside = Bench(bench.metric, bench.promise, bench.item, ("worsens", i, "when"), bench.desk)
    rises_to = Tier(form.tier)
    if rises_to.rank <= tier.rank:
        spot = bench.item.at("worsens", i, "tier")
        bench.desk.wrong(spot, f"rises to {rises_to}, and the rule is {tier} already; allowed: a higher tier")
    when = None if form.when is None else compiled(form.when, inside)
    return Worsen(rises_to, when, form.after or 0.0, form.unless or "")


def _group(item: Item[RuleForm], tier: Tier, desk: Desk) -> Group:
    form = item.form
    usual = 0.0 if tier is Tier.RED else WAIT
    if form.group is None:
        return Group(wait=usual)
    for k, dimension in enumerate(form.group.by):
        if form.when is not None and dimension not in form.by:
            desk.known(dimension, form.by, "dimension of the rule's by", item.at("group", "by", k))
    return Group(tuple(form.group.by), usual if form.group.wait is None else form.group.wait)


def _stop(item: Item[RuleForm], context: Context) -> str:
    stated = item.form.stop
    if stated is None:
        return ""
    desk = context.desk
    desk.known(stated.action, context.stops, "stop", item.at("stop", "action"))
    for k, dimension in enumerate(stated.scope):
        if dimension not in item.form.by:
            desk.known(dimension, item.form.by, "dimension of the rule's by", item.at("stop", "scope", k))
    if stated.ask is not None and stated.ask not in {"on-duty", "lead"}:
        noun, _, name = stated.ask.partition(":")
        if noun != "person":
            desk.known(stated.ask, {"on-duty", "lead", "person:NAME"}, "one to ask", item.at("stop", "ask"))
        else:
            desk.known(name, context.book.people, "person", item.at("stop", "ask"))
    return stated.action


def _projection(item: Item[RuleForm], found: Metric, context: Context) -> tuple[Projection, Each | None]:
    form = item.form
    where = tuple(_match(dimension, one) for dimension, one in form.where.items())
    projection = Projection(found.kind, found.name if found.kind in _NAMED_KINDS else "", where, tuple(form.by))
    if form.each is None:
        return projection, None
    matches = tuple(_match(name, one) for name, one in form.each.items() if isinstance(one, Condition))
    bounds = {name: one for name, one in form.each.items() if not isinstance(one, Condition)}
    if not bounds:
        return projection, Each(matches=matches)
    if len(bounds) > 1:
        context.desk.wrong(
            item.at("each"), f"bounds {' and '.join(bounds)} at once; a signal has one value: allowed is one of them"
        )
    name, (below, above) = next(iter(bounds.items()))
    scale = _bounded(name, item, projection, context)
    each = Each(
        Bound(_number(below, found, item, name, context.desk), _number(above, found, item, name, context.desk)), matches
    )
    return replace(projection, name=scale), each


def _match(dimension: str, one: Condition) -> Match:
    return Match(dimension, one.values, one.like, one.negate)


def _bounded(name: str, item: Item[RuleForm], projection: Projection, context: Context) -> str:
    """Return the projection's name for a bound on `name`: a scale's, a gauge's, or `value` for whatever is watched."""
    if name == "value":
        return projection.name
    if projection.kind is not Kind.RATING:
        allowed = {"value", projection.name} - {""}
        context.desk.known(name, allowed, "value of what is watched", item.at("each", name))
    elif name not in context.scales:
        context.desk.wrong(item.at("each", name), choose(name, {*context.scales, "value"}, "scale"))
    elif projection.name not in {"", name}:
        context.desk.wrong(
            item.at("each", name),
            f"bounds {name}, but {item.form.watch} watches {projection.name}; watch: ratings goes with any",
        )
    return name if projection.kind is Kind.RATING else projection.name


def _number(stated: Amount | None, found: Metric, item: Item[RuleForm], name: str, desk: Desk) -> float | None:
    if stated is None:
        return None
    if stated.unit in {"%", "pp"} or (stated.unit == "ms" and found.kind is not Kind.LATENCY):
        desk.wrong(
            item.at("each", name), f"is written in {stated.unit}; allowed: a number as the signal's value has it"
        )
    return stated.value
