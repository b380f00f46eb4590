from __future__ import annotations

import subprocess
from collections.abc import Callable

from tests.runners.service import Service
from tests.runners.shop import paged, pulled

Andon = Callable[..., subprocess.CompletedProcess[str]]
NOWHERE = {"ANDON_URL": "http://127.0.0.1:9"}


def wrong(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command says which could not do it."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("andon: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_pull_opens_an_incident_and_says_so(andon: Andon, service: Service) -> None:
    done = andon("pull", "--by", "ana", "--owner", "door", "the door is open", "region=east")
    assert (done.returncode, done.stdout) == (0, "the cord is pulled: the door is open\n")
    assert paged(pulled(service, "and the window", "till")) == ["ana"]
    assert any(one["title"] == "the door is open" for one in service.incidents())


def test_ack_by_code_in_any_case_makes_the_person_its_holder(andon: Andon, service: Service) -> None:
    story = pulled(service, "to be acked", "desk")
    done = andon("ack", story["code"].lower(), ANDON_PERSON="ana")
    assert done.returncode == 0, done.stderr
    assert "ana" in done.stdout
    assert service.get(f"/v1/incidents/{story['id']}")["holder"] == "ana"


def test_check_asks_the_service_how_many_segments_live(andon: Andon, service: Service) -> None:
    live = {one["rule"]: one["live"] for one in service.get("/v1/rules")}
    done = andon("check", "--live")
    assert done.returncode == 0, done.stderr
    assert ("segments that live now" in " ".join(done.stdout.split())) is bool(live)
    assert "andon up" in andon("check", "--live", **NOWHERE).stderr


def test_an_unknown_code_is_one_line(andon: Andon) -> None:
    assert "'99ZZ'" in wrong(andon("ack", "99ZZ", "--by", "ana"))


def test_a_code_that_is_no_part_of_an_address_is_one_line(andon: Andon) -> None:
    wrong(andon("ack", "../../readyz", "--by", "ana"))


def test_an_unknown_person_is_one_line_that_names_who_may(andon: Andon, service: Service) -> None:
    story = pulled(service, "not yours", "shop")
    assert "zoe" in wrong(andon("ack", story["code"], "--by", "zoe"))


def test_an_unknown_owner_is_one_line_that_names_the_known(andon: Andon) -> None:
    said = wrong(andon("pull", "--by", "ana", "--owner", "nobody", "help"))
    assert "everyone" in said


def test_without_a_person_it_says_how_to_name_one(andon: Andon) -> None:
    assert "--by" in wrong(andon("ack", "7K"))


def test_without_a_service_it_says_what_to_start(andon: Andon) -> None:
    for words in (["ack", "7K", "--by", "ana"], ["pull", "--by", "ana", "help"], ["letters"], ["letters", "resend"]):
        assert "andon up" in wrong(andon(*words, **NOWHERE))


def test_an_address_that_is_none_is_one_line(andon: Andon) -> None:
    assert "--url" in wrong(andon("letters", "--url", "http://[::1"))


def test_a_place_without_a_value_is_told(andon: Andon) -> None:
    done = andon("pull", "--by", "ana", "help", "region")
    assert done.returncode == 2
    assert "DIMENSION=VALUE" in done.stderr
