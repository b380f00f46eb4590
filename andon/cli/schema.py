"""`andon schema`: the grammar of rulebooks, for editors."""

from __future__ import annotations

import json

import click

from andon.rulebook import schema as grammar


@click.command()
def schema() -> None:
    """Print the JSON Schema of a rulebook's files."""
    click.echo(json.dumps(grammar.schema(), ensure_ascii=False, indent=1))
