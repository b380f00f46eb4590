from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from andon.store import embedded
from tests.runners.service import COMMAND, Service, up
from tests.runners.shop import BOOK, OVEN, paged, pulled, rulebook, soon, stars


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("up")
    with up(rulebook(folder / "rules"), folder / "data") as service:
        yield service


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Service]:
    with up(rulebook(tmp_path / "rules"), tmp_path / "data") as service:
        yield service


def store_of(service: Service) -> int:
    """The process id of a service's store."""
    children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
    return next(int(pid) for pid in children if "server" in Path(f"/proc/{pid}/comm").read_text())


def ready(service: Service) -> bool:
    return service.client.get("/readyz").is_success


def ended(service: Service, number: int) -> float:
    """Signal a service, and return after how many seconds it has ended, with exit status 0."""
    began = time.monotonic()
    service.process.send_signal(number)
    assert service.process.wait(20) == 0, service.log.read_text()
    return time.monotonic() - began


def refused(*options: str) -> str:
    """What `andon up` says that cannot start."""
    done = subprocess.run([*COMMAND, "up", *options], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2, done
    return done.stderr


# ---------------------------------------------------------------- from a pull to a person


def test_a_pull_over_http_is_a_page_on_the_console(here: Service) -> None:
    story = pulled(here, "the till is stuck")
    assert paged(story) == ["ana"]
    assert "YELLOW: the till is stuck" in here.log.read_text()


def test_a_page_comes_within_a_second_of_the_pull(here: Service) -> None:
    story = pulled(here, "the door is stuck", "door")
    assert story["milestones"]["paged"] - story["milestones"]["called"] < 1.0


def test_an_ack_stops_the_ladder(here: Service) -> None:
    story = pulled(here, "no change left", "till")
    here.act(story["code"], "ack", "ana")
    time.sleep(3.0)  # its second step was due after two
    story = here.get(f"/v1/incidents/{story['id']}")
    assert (story["state"], story["holder"], paged(story)) == ("acked", "ana", ["ana"])


def test_without_an_answer_the_ladder_climbs_to_the_lead(here: Service) -> None:
    name = pulled(here, "nobody at the desk", "desk")["id"]
    assert soon(lambda: paged(here.get(f"/v1/incidents/{name}"))[1:]) == ["bo"]


def test_one_single_rating_pages_at_once(here: Service) -> None:
    bad = b'{"kind":"rating","name":"stars","value":1,"segment":{"product":"cake","guest":"vip"},"id":"bad"}'
    assert here.send([bad])["taken"] == 1
    assert soon(lambda: [one for one in here.incidents() if one["rule"] == "furious" and paged(one)])


# ---------------------------------------------------------------- the door


def test_a_wrong_token_is_401_and_nothing_is_taken(here: Service) -> None:
    before = here.get("/v1/board")["facts"]["signals"]
    answer = here.client.post("/v1/signals", content=stars(1)[0], headers={"Authorization": "Bearer not-the-token"})
    assert answer.status_code == 401
    assert here.get("/v1/board")["facts"]["signals"] == before


def test_the_log_holds_nothing_but_what_people_read_and_json(here: Service) -> None:
    said = [line for line in here.log.read_text().splitlines() if "Traceback" in line or "[info" in line]
    assert said == []


# ---------------------------------------------------------------- crashes


def test_after_a_kill_every_acknowledged_signal_counts_once_and_no_page_goes_twice(tmp_path: Path) -> None:
    rules, data = rulebook(tmp_path / "rules"), tmp_path / "data"
    batches = {f"batch {i}": stars(200, begin=200 * i) for i in range(60)}
    with up(rules, data) as first:
        name = pulled(first, "before the kill", "everyone")["id"]
        first.act(name, "ack", "bo")
        with ThreadPoolExecutor(4) as pool:
            waiting = [pool.submit(acknowledged, first, key, lines) for key, lines in batches.items()]
            soon(lambda: sum(one.done() for one in waiting) >= 15)
            first.process.kill()
        heard = {key for key, one in zip(batches, waiting, strict=True) if one.result()}
        printed = first.log.read_text()
    assert 15 <= len(heard) < len(batches)
    with up(rules, data) as again:
        for key, lines in batches.items():  # who heard no answer repeats it; who heard one may, too
            assert acknowledged(again, key, lines)
        again.sent = 60 * 200 + 1
        again.settle(within=20)
        facts = again.get("/v1/board")["facts"]
        story = again.get(f"/v1/incidents/{name}")
        printed += again.log.read_text()
    assert facts["signals"] == 60 * 200 + 1
    assert facts["repeated"] == 0
    assert story["state"] == "acked"
    assert len(re.findall("before the kill", printed)) == 1


def acknowledged(service: Service, key: str, lines: list[bytes]) -> bool:
    """Send a batch once under a key; tell whether the sender heard that it was taken."""
    headers = {"Authorization": f"Bearer {service.token}", "Idempotency-Key": key}
    try:
        return service.client.post("/v1/signals", content=b"\n".join(lines), headers=headers).status_code == 202
    except httpx.TransportError:
        return False


@pytest.mark.long
def test_a_store_that_hangs_makes_it_unready_in_5_s_and_it_goes_on_by_itself(fresh: Service) -> None:
    store, began = store_of(fresh), time.monotonic()
    os.kill(store, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(post, fresh)
            soon(lambda: not ready(fresh), within=6)
            assert time.monotonic() - began < 5.0
            assert fresh.client.get("/healthz").is_success
            assert (sent.result().status_code, sent.result().headers["retry-after"]) == (503, "2")
    finally:
        os.kill(store, signal.SIGCONT)
    soon(lambda: ready(fresh))
    assert paged(pulled(fresh, "after the pause")) == ["ana"]
    assert fresh.get("/v1/board")["faults"] == {}


@pytest.mark.long
def test_a_service_whose_store_hangs_still_ends_within_5_s(fresh: Service) -> None:
    os.kill(store_of(fresh), signal.SIGSTOP)
    time.sleep(0.5)
    assert ended(fresh, signal.SIGTERM) < 5.0


def test_a_store_that_is_killed_is_started_again_and_nothing_it_answered_for_is_lost(fresh: Service) -> None:
    fresh.send(stars(300))
    name = pulled(fresh, "before")["id"]
    os.kill(store_of(fresh), signal.SIGKILL)
    answer = post(fresh)
    assert answer.status_code == 503
    assert answer.headers["retry-after"].isdecimal()
    soon(lambda: ready(fresh) and post(fresh).is_success)
    assert fresh.send(stars(5, begin=300))["taken"] == 5
    assert fresh.get(f"/v1/incidents/{name}")["title"] == "before"
    assert soon(lambda: fresh.get("/v1/board")["facts"].get("signals", 0) >= 300)
    assert '"event": "store.started_again"' in fresh.log.read_text()


def post(service: Service) -> httpx.Response:
    headers = {"Authorization": f"Bearer {service.token}"}
    return service.client.post("/v1/signals", content=b'{"kind":"latency","value":3}', headers=headers)


@pytest.mark.long
def test_a_service_whose_store_can_not_be_started_again_waits_unready_and_ends_in_order(fresh: Service) -> None:
    (fresh.data / "appendonlydir").rename(fresh.data / "elsewhere")
    (fresh.data / "appendonlydir").write_text("not a directory")
    os.kill(store_of(fresh), signal.SIGKILL)
    soon(lambda: not ready(fresh), within=6)
    waiting = re.findall(r'"loop": "(\w+)".*"event": "waiting"', fresh.log.read_text())
    assert waiting
    assert len(waiting) == len(set(waiting)), "each loop says once that it waits"
    assert ended(fresh, signal.SIGTERM) < 5.0


# ---------------------------------------------------------------- the end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_within_5_s_though_boards_are_watching(fresh: Service, number: int) -> None:
    with fresh.client.stream("GET", "/v1/events") as stream:
        next(stream.iter_lines())
        fresh.send(stars(500))
        assert ended(fresh, number) < 5.0


@pytest.mark.long
def test_what_was_learnt_is_there_after_a_restart(tmp_path: Path) -> None:
    rules, data = rulebook(tmp_path / "rules"), tmp_path / "data"
    with up(rules, data) as first:
        first.send(stars(300))
        ended(first, signal.SIGTERM)
    with up(rules, data) as again:
        assert soon(lambda: again.get("/v1/board")["facts"].get("signals")) == 300


def test_on_a_server_that_is_not_ours_it_works_and_says_what_that_could_lose(tmp_path: Path) -> None:
    other = embedded.start(tmp_path / "other")
    try:
        with up(rulebook(tmp_path / "rules"), tmp_path / "data", "--redis", other.url) as service:
            assert paged(pulled(service, "over there")) == ["ana"]
            ended(service, signal.SIGTERM)
            assert "store   " not in service.log.read_text()
        assert not (tmp_path / "data" / "store.log").exists()
    finally:
        other.stop()


def test_a_server_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    said = refused("--data", str(tmp_path / "data"), "--port", "0", "--redis", "redis://127.0.0.1:9")
    assert said.count("\n") == 1
    assert "does not answer" in said


# ---------------------------------------------------------------- starts that cannot be


def test_a_port_in_use_is_told_in_one_line(here: Service, tmp_path: Path) -> None:
    said = refused("--data", str(tmp_path / "other"), "--port", here.url.rpartition(":")[2])
    assert said.count("\n") == 1
    assert "--port" in said


def test_a_second_service_on_the_same_data_directory_is_refused_in_one_line(here: Service) -> None:
    said = refused("--data", str(here.data), "--port", "0")
    assert said.count("\n") == 1
    assert "another andon runs on this data directory" in said


def test_a_data_directory_that_cannot_be_written_to_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refused("--data", str(tmp_path / "file" / "data"), "--port", "0")
    assert said.count("\n") == 1
    assert "--data" in said


def test_a_rulebook_that_asks_a_detector_for_what_it_cannot_do_is_told_in_one_line(tmp_path: Path) -> None:
    wrong = OVEN.replace("above: 240, over: 1m", "rises: true, false_alarms: 1 per 1d, using: burn_rate")
    said = refused(
        "--rules", str(rulebook(tmp_path / "rules", BOOK + wrong)), "--data", str(tmp_path / "d"), "--port", "0"
    )
    assert said.startswith("andon: ")
    assert said.count("\n") == 1
    assert "burn_rate" in said


# ---------------------------------------------------------------- the rulebook, while it runs


def test_an_edited_rulebook_is_taken_over_and_a_bad_one_is_kept_out_and_told(fresh: Service, tmp_path: Path) -> None:
    rulebook(tmp_path / "rules", BOOK + OVEN)
    assert soon(lambda: fresh.get("/v1/board")["rulebook"]["rules"] == 3)
    for bad in (
        BOOK + OVEN.replace("above", "abvoe"),
        BOOK + OVEN.replace("above: 240, over: 1m", "rises: true, using: burn_rate"),
    ):
        rulebook(tmp_path / "rules", bad)
        told = soon(lambda: fresh.get("/v1/board")["rulebook"]["refused"])
        assert "book.yml:25" in told or "oven" in told
        assert fresh.get("/v1/board")["rulebook"]["rules"] == 3
        rulebook(tmp_path / "rules", BOOK + OVEN)
        soon(lambda: not fresh.get("/v1/board")["rulebook"]["refused"])
    assert ready(fresh)
