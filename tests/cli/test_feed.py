from __future__ import annotations

import gzip
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.runners.service import Service
from tests.runners.shop import stars

Andon = Callable[..., subprocess.CompletedProcess[str]]
CSV = 'when,shop,stars,said\n{now},a,5,good\n{now},b,9,too many\n{now},c,4,"two\n\nlines"\n,,,\n'
COLUMNS = ["--map", "time=when", "--map", "segment.shop=shop", "--map", "value=stars", "--map", "text=said"]


def taken(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout.partition(" (")[0].strip().splitlines()[-1]


def test_ndjson_is_sent_in_batches_and_counted(andon: Andon, tmp_path: Path) -> None:
    file = tmp_path / "signals.ndjson"
    file.write_bytes(b"\r\n".join([*stars(7, begin=100), b"", b"{broken", *stars(1, begin=106)]))
    assert taken(andon("feed", file, "--batch", "3")) == "7 taken, 1 repeated, 1 refused"


def test_what_is_piped_in_is_sent(andon: Andon) -> None:
    assert taken(andon("feed", "-", text="\n".join(one.decode() for one in stars(3, begin=200)))) == (
        "3 taken, 0 repeated, 0 refused"
    )


def test_csv_is_sent_by_the_columns_that_are_named(andon: Andon, service: Service, tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text(CSV.format(now=int(time.time())))
    said = andon("feed", file, *COLUMNS, "--set", "kind=rating", "--set", "name=stars")
    assert taken(said) == "2 taken, 0 repeated, 1 refused"
    assert any("too many" in letter["raw"] for letter in service.get("/v1/letters"))


def test_a_column_that_is_not_there_is_one_line(andon: Andon, tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text(CSV)
    done = andon("feed", file, "--map", "value=points")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no column points" in done.stderr


def test_a_file_that_is_not_there_is_one_line(andon: Andon) -> None:
    done = andon("feed", "nowhere.ndjson")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_bytes_that_are_no_text_are_refused_line_by_line(andon: Andon, tmp_path: Path) -> None:
    file = tmp_path / "signals.ndjson"
    file.write_bytes(gzip.compress(b"not what it seems"))
    assert " 0 repeated" in taken(andon("feed", file))


def test_a_service_that_does_not_run_is_told_at_once(andon: Andon) -> None:
    began = time.monotonic()
    done = andon("feed", "-", "--url", "http://127.0.0.1:9", text="{}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "andon up" in done.stderr
    assert time.monotonic() - began < 10


def test_without_a_token_it_says_where_one_is_looked_for(andon: Andon, tmp_path: Path) -> None:
    done = andon("feed", "-", "--data", tmp_path, text="{}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "ANDON_INGEST_TOKEN" in done.stderr


def test_a_wrong_token_is_one_line(andon: Andon) -> None:
    done = andon("feed", "-", text="{}", ANDON_INGEST_TOKEN="not-the-token")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_letters_are_listed_and_sent_again(andon: Andon, service: Service) -> None:
    assert "1 refused" in taken(andon("feed", "-", text='{"kind":"rating","name":"lounge","value":3}'))
    letters = json.loads(andon("letters", "--json").stdout)
    mine = next(one for one in letters if "lounge" in one["reason"])
    assert mine["reason"] in andon("letters", COLUMNS="400").stdout
    done = andon("letters", "resend", mine["id"])
    assert (done.returncode, done.stdout) == (0, "0 taken, 1 refused again\n")
    assert any("lounge" in one["reason"] for one in service.get("/v1/letters"))
