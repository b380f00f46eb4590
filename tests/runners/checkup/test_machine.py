from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from andon.runners.checkup import machine
from andon.runners.checkup.subject import Subject
from andon.store.looks import Verdict
from tests.runners.shop import BOOK, rulebook

FINE, WARN, REFUSE = Verdict.FINE, Verdict.WARN, Verdict.REFUSE


def saying(subject: Subject, text: str, **environment: str) -> Subject:
    """The same service by another rulebook."""
    rulebook(subject.settings.rules, text)
    return replace(subject, settings=replace(subject.settings, environment=environment))


async def test_versions_and_zones_are_told(subject: Subject) -> None:
    [versions] = await machine.versions(subject)
    [zones] = await machine.zones(subject)
    assert versions.found.startswith(f"andon {versions.value} on Python 3.")
    assert zones.verdict is FINE


async def test_a_machine_without_zone_data_is_told_what_to_install(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_SOME_ZONES", ("Nowhere/Atall",))
    [seen] = await machine.zones(subject)
    assert (seen.verdict, seen.todo) == (REFUSE, "pip install tzdata")


async def test_a_good_rulebook_is_fine(subject: Subject) -> None:
    assert [(one.verdict, one.found[:7]) for one in await machine.rulebook(subject)] == [(FINE, "2 rules")]


async def test_a_bad_rulebook_is_told_with_its_first_mistakes_and_where_to_read_the_rest(subject: Subject) -> None:
    bad = "".join(f"  - {{name: r{n}, watch: nothing, when: x}}\n" for n in range(9))
    [seen] = await machine.rulebook(saying(subject, BOOK + bad))
    assert seen.verdict is REFUSE
    assert seen.found.count("book.yml:") == machine.MOST_TOLD
    assert "more" in seen.found
    assert "andon check" in seen.todo


async def test_a_name_of_the_environment_that_is_not_set_is_told(subject: Subject) -> None:
    asks = BOOK.replace("console: screen}", "console: screen, webhook: env:HOOK}", 1)
    seen = await machine.rulebook(saying(subject, asks))
    assert [(one.verdict, one.found) for one in seen[1:]] == [(WARN, "HOOK is not set")]


async def test_a_channel_that_is_not_set_up_is_a_doubt_where_it_should_reach_somebody(subject: Subject) -> None:
    seen = {str(one): one.verdict for one in await machine.channels(subject)}
    assert seen["slack is not set up, and nobody is to be reached by it"] is FINE
    assert seen["console is set up, for 2 people"] is FINE
    asks = BOOK.replace("console: screen}", "console: screen, slack: U123}", 1)
    told = [one for one in await machine.channels(saying(subject, asks)) if one.verdict is WARN]
    assert [one.found for one in told] == ["slack is not set up"]
    assert "ANDON_SLACK_TOKEN" in told[0].todo


async def test_a_channel_whose_setting_is_wrong_keeps_andon_from_starting(subject: Subject) -> None:
    chosen = replace(subject.settings, environment={"ANDON_CONSOLE_WIDTH": "wide"})
    [seen] = await machine.channels(replace(subject, settings=chosen))
    assert (seen.verdict, "ANDON_CONSOLE_WIDTH" in seen.found) == (REFUSE, True)


async def test_before_the_first_start_the_directory_and_its_secrets_are_to_be_made(subject: Subject) -> None:
    seen = [*await machine.directory(subject), *await machine.disk(subject), *await machine.key(subject)]
    assert {one.verdict for one in seen} == {FINE}
    assert not subject.settings.data.exists()


async def test_a_directory_that_others_may_read_is_a_doubt(subject: Subject) -> None:
    subject.settings.data.mkdir(mode=0o755)
    [seen] = await machine.directory(subject)
    assert (seen.verdict, seen.todo) == (WARN, f"chmod 700 {subject.settings.data}")


async def test_a_directory_that_is_a_file_is_refused(subject: Subject) -> None:
    subject.settings.data.write_text("")
    [seen] = await machine.directory(subject)
    assert (seen.verdict, "--data" in seen.todo) == (REFUSE, True)


async def test_a_full_disk_is_a_doubt_of_the_bundled_store_alone(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "disk_share", lambda _: 0.9)
    [seen] = await machine.disk(subject)
    assert seen.verdict is WARN
    [seen] = await machine.disk(replace(subject, settings=replace(subject.settings, redis="redis://elsewhere")))
    assert seen.verdict is FINE


def write(path: Path, kept: str, mode: int) -> None:
    path.parent.mkdir()
    path.write_text(kept)
    path.chmod(mode)


@pytest.mark.parametrize(
    ("kept", "mode", "verdict"),
    [("0" * 64, 0o600, FINE), ("0" * 64, 0o644, WARN), ("spoilt", 0o600, REFUSE)],
)
async def test_a_key_is_whole_and_nobody_elses(subject: Subject, kept: str, mode: int, verdict: Verdict) -> None:
    write(subject.settings.data / "key", kept, mode)
    [seen, token] = await machine.key(subject)
    assert (seen.verdict, token.verdict) == (verdict, FINE)
    assert kept not in str(seen)


async def test_a_key_that_cannot_be_read_is_refused(subject: Subject) -> None:
    (subject.settings.data / "key").mkdir(parents=True)
    [seen, _] = await machine.key(subject)
    assert (seen.verdict, "cannot be read" in seen.found) == (REFUSE, True)
