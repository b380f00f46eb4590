"""What a person says of an incident from a terminal, and the cord."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import click

from andon.cli import asking, options
from andon.model import Tier, Verb

by = click.option("--by", help="Who says it, as the rulebook names people; else ANDON_PERSON.")


def _say(url: str, verb: Verb, incident: str, person: str | None, **said: Any) -> None:
    body = {"verb": verb.value, "by": person or asking.person(), "via": "cli"} | said
    token = os.environ.get("ANDON_ACT_TOKEN", "")
    answer = asking.ask("POST", f"{url}/v1/incidents/{quote(incident, safe='')}/acts", token=token, json=body).json()
    click.echo(answer["said"])


def _verb(verb: Verb, helps: str) -> Callable[[Callable[..., dict[str, Any]]], click.Command]:
    """Make a command of a function that turns its own arguments into the act's fields."""

    def make(fields: Callable[..., dict[str, Any]]) -> click.Command:
        def run(url: str, by: str | None, incident: str, **rest: Any) -> None:
            _say(url, verb, incident, by, **fields(**rest))

        run.__click_params__ = list(getattr(fields, "__click_params__", []))  # type: ignore[attr-defined] # click's own
        decorated = options.url(by(click.argument("incident")(run)))
        return click.command(verb.value, help=helps)(decorated)

    return make


ack = _verb(Verb.ACK, "Take an incident: INCIDENT is its id or answer code.")(dict)
resolve = _verb(Verb.RESOLVE, "Say that it is fixed; andon verifies.")(dict)
escalate = _verb(Verb.ESCALATE, "Call the next step of the ladder at once.")(dict)
told = _verb(Verb.TOLD, "Say that the customers have been told.")(dict)


@_verb(Verb.GIVE, "Hand an incident over to WHOM.")
@click.argument("whom")
def give(whom: str) -> dict[str, Any]:
    """Return the act's fields."""
    return {"whom": whom}


@_verb(Verb.JOIN, "Call WHOM in to help.")
@click.argument("whom")
def join(whom: str) -> dict[str, Any]:
    """Return the act's fields."""
    return {"whom": whom}


@_verb(Verb.LATER, "Be asked again after a while.")
@click.argument("seconds", type=options.Duration(), metavar="DURATION")
def later(seconds: float) -> dict[str, Any]:
    """Return the act's fields."""
    return {"seconds": seconds}


@_verb(Verb.NOTE, "Write a note into the ledger.")
@click.argument("text")
def note(text: str) -> dict[str, Any]:
    """Return the act's fields."""
    return {"text": text}


@_verb(Verb.SHELVE, "Hold its pages for a while, with a reason.")
@click.argument("seconds", type=options.Duration(), metavar="DURATION")
@click.argument("text", metavar="REASON")
def shelve(seconds: float, text: str) -> dict[str, Any]:
    """Return the act's fields."""
    return {"seconds": seconds, "text": text}


@_verb(Verb.CLOSE, "Close by hand, with a reason.")
@click.argument("text", metavar="REASON")
def close(text: str) -> dict[str, Any]:
    """Return the act's fields."""
    return {"text": text}


@_verb(Verb.ACCEPT, "Accept what it shows as the new normal, with a reason; detectors take it for usual from now on.")
@click.argument("text", metavar="REASON")
def accept(text: str) -> dict[str, Any]:
    """Return the act's fields."""
    return {"text": text}


@click.command()
@options.url
@by
@click.option("--owner", default="", help="Who is called; else the catch-all owner.")
@click.option(
    "--tier",
    type=click.Choice([Tier.YELLOW.value, Tier.RED.value]),
    default=Tier.YELLOW.value,
    show_default=True,
    help="How loudly it calls.",
)
@click.argument("text")
@click.argument("where", nargs=-1, metavar="[DIMENSION=VALUE]...")
def pull(url: str, by: str | None, owner: str, tier: str, text: str, where: tuple[str, ...]) -> None:
    """Pull the cord: TEXT says what is wrong, DIMENSION=VALUE says where."""
    pairs = [one.partition("=") for one in where]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise click.BadParameter(f"{', '.join(wrong)}: say DIMENSION=VALUE, such as region=east", param_hint="where")
    segment = {name: value for name, _, value in pairs}
    body = {"by": by or asking.person(), "text": text, "owner": owner, "tier": tier, "segment": segment}
    token = os.environ.get("ANDON_ACT_TOKEN", "")
    click.echo(asking.ask("POST", f"{url}/v1/pulls", token=token, json=body).json()["said"])
