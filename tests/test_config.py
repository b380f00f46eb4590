from __future__ import annotations

import stat
from pathlib import Path

import pytest

from andon.config import Settings, ingest_token, secrets_of, settings
from andon.errors import ConfigError


def in_folder(data: Path, **environment: str) -> Settings:
    return Settings(rules=Path("rules"), data=data, environment=environment)


def test_options_come_before_the_environment_and_that_before_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDON_DATA", "/from/environment")
    monkeypatch.delenv("ANDON_RULES", raising=False)
    assert settings(None, "/from/option").data == Path("/from/option")
    assert settings(None, None).data == Path("/from/environment")
    assert settings(None, None).rules.name == "rules"


def test_the_address_is_the_public_one_where_there_is_one() -> None:
    assert in_folder(Path("d")).url == "http://127.0.0.1:8717"
    assert Settings(rules=Path("r"), data=Path("d"), public_url="https://andon.example/").url == "https://andon.example"


def test_secrets_are_made_at_the_first_start_and_kept(tmp_path: Path) -> None:
    first = secrets_of(in_folder(tmp_path / "new" / "data"))
    assert secrets_of(in_folder(tmp_path / "new" / "data")) == first
    assert len(first.key) == 32
    assert first.ingest != first.key.hex()
    assert first.act == ""


def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    secrets_of(in_folder(tmp_path / "data"))
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()} == {0o600}
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["ingest-token", "key"]


def test_tokens_of_the_environment_come_first_and_are_not_written_down(tmp_path: Path) -> None:
    found = secrets_of(in_folder(tmp_path, ANDON_INGEST_TOKEN="invented", ANDON_ACT_TOKEN="also invented"))
    assert (found.ingest, found.act) == ("invented", "also invented")
    assert not (tmp_path / "ingest-token").exists()


@pytest.mark.parametrize("spoilt", ["", "not hexadecimal", "abcd"])
def test_a_spoilt_key_is_told_with_its_file_and_not_with_its_content(tmp_path: Path, spoilt: str) -> None:
    (tmp_path / "key").write_text(spoilt)
    with pytest.raises(ConfigError, match="holds no key of 64") as error:
        secrets_of(in_folder(tmp_path))
    assert str(tmp_path / "key") in str(error.value)
    assert not spoilt or spoilt not in str(error.value)


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be used as data directory"):
        secrets_of(in_folder(tmp_path / "file" / "data"))


def test_a_sender_on_this_machine_finds_the_token(tmp_path: Path) -> None:
    made = secrets_of(in_folder(tmp_path)).ingest
    assert ingest_token(tmp_path, {}) == made
    assert ingest_token(tmp_path, {"ANDON_INGEST_TOKEN": "invented"}) == "invented"


def test_without_a_token_the_error_says_where_one_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ANDON_INGEST_TOKEN"):
        ingest_token(tmp_path, {})
