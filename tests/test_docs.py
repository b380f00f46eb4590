"""What README.md and its sisters tell is so: commands, options, settings, examples, files, plugins."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from andon import plugins
from andon.cli import COMMANDS, andon
from andon.cli.check import examine
from andon.rulebook.check import Level
from andon.rulebook.load import load

ROOT = Path(__file__).parents[1]
READMES = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted(ROOT.glob("*/README.md"))}
README = (ROOT / "README.md").read_text("utf-8")
ALL = {"README.md": README, **READMES}

FLAT = re.sub(r"\s+", " ", README)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
NAMED = re.compile(r"`((?:\.{0,2}[\w-]+/)*[\w-]+\.(?:py|yml|md|toml))`")
SETTING = re.compile(r"\bANDON_[A-Z_]+\b")


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words after each `andon` that a README runs: lines of their own, and in backquotes."""
    lines = re.findall(r"^    (?:.*&& )?andon ([a-z].*)$", text, re.MULTILINE)
    yield from (shlex.split(said) for said in [*lines, *re.findall(r"`andon ([a-z][^`]*)`", text)])


def verbs() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        command = andon.get_command(click.Context(andon), name)
        assert command is not None, name
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", found) for inner, found in command.commands.items())


CONDITIONS = list(
    zip(
        re.findall(r"`(\{[a-z]+: [^`]*\})`", ALL["rules/README.md"]),
        ("crash_rate", "crash_rate", "sessions"),
        strict=True,
    )
)
VERBS = dict(verbs())
SAID = [(file, words) for file, text in ALL.items() for words in commands(text)]


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_readmes_run_commands() -> None:
    assert {words[0] for _, words in SAID} >= {"up", "demo", "feed", "letters", "check", "replay", "schema", "ack"}


@pytest.mark.parametrize(("file", "words"), SAID, ids=[f"{file}: {' '.join(words)}" for file, words in SAID])
def test_a_command_of_a_readme_is_one(file: str, words: list[str]) -> None:
    command = VERBS[words[0]]
    words = words[: words.index(">")] if ">" in words else words  # what stands behind is the shell's
    with command.make_context(words[0], [re.sub("^DIR$", str(ROOT), one) for one in words[1:]]) as context:
        assert context.command.name == words[0], file


@pytest.mark.parametrize("option", sorted(set(re.findall(r"`(--[a-z-]+)", FLAT))))
def test_an_option_that_readme_names_is_some_verbs(option: str) -> None:
    assert option in {name for command in VERBS.values() for one in command.params for name in one.opts}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_and_each_of_its_options_have_help(verb: str) -> None:
    assert VERBS[verb].help
    assert [one.name for one in VERBS[verb].params if isinstance(one, click.Option) and not one.help] == []


def test_every_setting_of_the_environment_is_documented() -> None:
    read = {name for path in (ROOT / "andon").rglob("*.py") for name in SETTING.findall(path.read_text("utf-8"))}
    assert {name for name in read if f"`{name}`" not in README} == set()


def test_every_setting_that_readme_names_is_read() -> None:
    sources = "".join(path.read_text("utf-8") for room in ("andon", "channels") for path in (ROOT / room).rglob("*.py"))
    assert {name for name in SETTING.findall(README) if name not in sources} == set()


@pytest.mark.parametrize("file", ["README.md", "rules/README.md"])
def test_the_example_of_a_rule_is_a_rulebook(file: str, tmp_path: Path) -> None:
    [example] = fenced(ALL[file], "yaml")
    (tmp_path / "a.yml").write_text(example, "utf-8")
    assert len(load(tmp_path, {}).rules.keys() - {"pull"}) == 1
    assert {one.level for one in examine(tmp_path, {}, {})} == {Level.INFO}


@pytest.mark.parametrize(("when", "watch"), CONDITIONS)
def test_a_condition_that_the_rules_readme_names_can_be_written(when: str, watch: str, tmp_path: Path) -> None:
    [book] = fenced(ALL["rules/README.md"], "yaml")
    (tmp_path / "a.yml").write_text(f"{book}  - {{name: new, watch: {watch}, by: [product], when: {when}}}\n", "utf-8")
    assert "new" in load(tmp_path, {}).rules


def test_an_address_in_slack_is_written_as_readme_says(tmp_path: Path) -> None:
    person, room = re.findall(r"`(li\.na: \{.*?\})`, `(room: \{.*?\})`", README)[0]
    owner = f"everyone: {{on-duty: [li.na], lead: li.na, {room}}}"
    (tmp_path / "a.yml").write_text(f"version: 1\npeople:\n  {person}\nowners:\n  {owner}\n", "utf-8")
    book = load(tmp_path, {})
    assert book.people["li.na"].addresses == {"slack": "U0123ABCD"}
    assert book.owners["everyone"].room == {"slack": "#andon-payments"}


def test_the_python_of_readme_is_python() -> None:
    for example in fenced(README, "python"):
        compile(example, "README.md", "exec")


@pytest.mark.parametrize("file", ALL)
def test_every_file_that_a_readme_names_is_there(file: str) -> None:
    folder = (ROOT / file).parent
    named = {*LINK.findall(ALL[file]), *NAMED.findall(ALL[file])}
    assert {name for name in named if not (folder / name).exists() and not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("name", plugins.detectors())
def test_every_detector_is_named_in_its_readme(name: str) -> None:
    assert f"| `{name}.py` |" in READMES["detectors/README.md"]


@pytest.mark.parametrize("name", plugins.channels())
def test_every_channel_is_named_in_its_readme(name: str) -> None:
    assert f"| `{name}` |" in READMES["channels/README.md"]


def test_every_file_of_rules_is_named_in_their_readme() -> None:
    assert [
        path.name for path in (ROOT / "rules").glob("*.yml") if f"`{path.name}`" not in READMES["rules/README.md"]
    ] == []
