"""The command `andon`: one file a verb group, loaded only when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from andon.errors import AndonError

COMMANDS = {
    "up": "andon.cli.up:up",
    "demo": "andon.cli.demo:demo",
    "replay": "andon.cli.replay:replay",
    "feed": "andon.cli.feed:feed",
    "letters": "andon.cli.letters:letters",
    "check": "andon.cli.check:check",
    "schema": "andon.cli.schema:schema",
    "oncall": "andon.cli.oncall:oncall",
    "pull": "andon.cli.acts:pull",
    "ack": "andon.cli.acts:ack",
    "resolve": "andon.cli.acts:resolve",
    "escalate": "andon.cli.acts:escalate",
    "give": "andon.cli.acts:give",
    "join": "andon.cli.acts:join",
    "later": "andon.cli.acts:later",
    "note": "andon.cli.acts:note",
    "told": "andon.cli.acts:told",
    "shelve": "andon.cli.acts:shelve",
    "close": "andon.cli.acts:close",
}


class Verbs(click.Group):
    """Finds a command's module when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command, None when there is no such verb."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        found = getattr(importlib.import_module(module), name)
        return found if isinstance(found, click.Command) else None


@click.group(cls=Verbs)
@click.version_option(package_name="andon")
def andon() -> None:
    """Watch what customers go through, and call the person on duty before the customers have to."""


def main() -> None:
    """Run the command; what andon could not do is said in one line, with exit status 2."""
    try:
        andon()
    except AndonError as error:
        click.echo(f"andon: {error}", err=True)
        sys.exit(2)
