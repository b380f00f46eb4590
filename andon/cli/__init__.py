"""The command `andon`: one file a verb group, loaded only when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from andon.errors import AndonError

COMMANDS = {
    "up": ("andon.cli.up:up", "Run the service: HTTP ingest, detectors, pages, the board."),
    "demo": ("andon.cli.demo:demo", "Play a day into the very service that `andon up` starts."),
    "replay": ("andon.cli.replay:replay", "Run NDJSON or CSV signals through the rules on their own clock."),
    "feed": ("andon.cli.feed:feed", "Send NDJSON or CSV signals."),
    "letters": ("andon.cli.letters:letters", "List the dead letters, oldest first."),
    "backup": ("andon.cli.backup:backup", "Write all that a service needs to go on into FILE."),
    "restore": ("andon.cli.backup:restore", "Put a backup into an empty store."),
    "doctor": ("andon.cli.doctor:doctor", "Look at everything that may keep andon from working."),
    "check": ("andon.cli.check:check", "Say all that is wrong or unwise about the rulebook."),
    "schema": ("andon.cli.schema:schema", "Print the JSON Schema of a rulebook's files."),
    "oncall": ("andon.cli.oncall:oncall", "Show who is on duty now or at TIME."),
    "pull": ("andon.cli.acts:pull", "Pull the cord."),
    "ack": ("andon.cli.acts:ack", "Take an incident."),
    "resolve": ("andon.cli.acts:resolve", "Say that it is fixed."),
    "escalate": ("andon.cli.acts:escalate", "Call the next step of the ladder at once."),
    "give": ("andon.cli.acts:give", "Hand an incident over to WHOM."),
    "join": ("andon.cli.acts:join", "Call WHOM in to help."),
    "later": ("andon.cli.acts:later", "Be asked again after a while."),
    "note": ("andon.cli.acts:note", "Write a note into the ledger."),
    "told": ("andon.cli.acts:told", "Say that the customers have been told."),
    "shelve": ("andon.cli.acts:shelve", "Hold its pages for a while, with a reason."),
    "close": ("andon.cli.acts:close", "Close by hand, with a reason."),
    "accept": ("andon.cli.acts:accept", "Accept what it shows as the new normal, with a reason."),
}
"""Each verb's command, and what `andon --help` says of it: as its own help begins, so that listing the verbs loads none."""


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
        module, name = COMMANDS[cmd_name][0].split(":")
        found = getattr(importlib.import_module(module), name)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs, and load none of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


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
