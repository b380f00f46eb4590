"""A verb starts with what it needs, and the list of verbs with none of them."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from andon.cli import COMMANDS, andon

SERVERS = {"fastapi", "starlette", "uvicorn", "redis", "slack_sdk", "aiohttp", "httpx"}
NUMBERS = {"numpy", "re2"}
FORMS = {"pydantic", "ruamel", "rich", "dateutil", "jinja2", "structlog", "asyncio"}
LOADED = """
import sys
from contextlib import suppress
from andon.cli import main
sys.argv = ["andon", *sys.argv[1:]]
with suppress(SystemExit):
    main()
print("\\n" + " ".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded(*words: str) -> set[str]:
    said = subprocess.run(
        [sys.executable, "-c", LOADED, *words], input=b"", check=True, capture_output=True, timeout=60
    )
    return set(said.stdout.decode().rstrip().split("\n")[-1].split(" "))


@pytest.mark.parametrize(
    ("words", "needless"),
    [
        (["--help"], SERVERS | NUMBERS | FORMS),
        (["schema"], SERVERS | NUMBERS | {"ruamel", "rich", "asyncio"}),
        (["ack", "--help"], SERVERS - {"httpx"} | {"numpy", "pydantic"}),
        pytest.param(["check"], SERVERS | {"re2", "structlog", "jinja2", "asyncio"}, marks=pytest.mark.long),
        pytest.param(["replay", "-"], SERVERS | {"jinja2"}, marks=pytest.mark.long),
        pytest.param(["up", "--help"], SERVERS | {"pydantic"}, marks=pytest.mark.long),
    ],
)
def test_a_verb_loads_no_library_that_it_does_not_need(words: list[str], needless: set[str]) -> None:
    assert not loaded(*words) & needless  # `check` asks the detectors, so it needs their numbers


@pytest.mark.parametrize("name", COMMANDS)
def test_what_the_list_says_of_a_verb_is_how_its_own_help_begins(name: str) -> None:
    command = andon.get_command(click.Context(andon), name)
    assert command is not None
    assert command.help is not None
    assert " ".join(command.help.split()).startswith(COMMANDS[name][1].rstrip("."))


def test_the_verbs_are_listed_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        andon(["--help"])
    listed = capsys.readouterr().out.partition("Commands:")[2].split("\n")
    assert [line.split()[0] for line in listed if line.strip()] == list(COMMANDS)
