from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from andon.store.looks import LOOKS, doubts
from andon.store.server import Server
from andon.web.board import FILES, STATIC
from tests.web.stage import INGEST, KEY
from tests.web.tiny import Tiny

METHODS = {"get", "post", "put", "delete", "patch"}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield f"{method} {path}", operation


@pytest.fixture
async def document(here: Tiny) -> dict[str, Any]:
    answer = await here.client.get("/v1/openapi.json")
    assert answer.status_code == HTTPStatus.OK
    found: dict[str, Any] = answer.json()
    return found


async def test_the_document_names_every_operation_once_and_describes_it(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.")
    found = list(operations(document))
    assert {name for name, _ in found} >= {
        "post /v1/signals",
        "get /v1/letters",
        "post /v1/letters/resend",
        "post /v1/pulls",
        "post /v1/incidents/{incident}/acts",
        "get /v1/board",
        "get /v1/lights",
        "get /v1/rules",
        "get /v1/oncall",
        "get /v1/oncall/{rule}",
        "get /v1/events",
        "get /v1/incidents",
        "get /v1/incidents/{name}",
        "get /healthz",
        "get /readyz",
    }
    names = [operation["operationId"] for _, operation in found]
    assert len(set(names)) == len(names)
    for name, operation in found:
        assert len(operation["description"]) > 20, name
        assert operation["responses"], name


async def test_every_reference_of_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    for path in set(re.findall(r"'\$ref': '#/([^']+)'", str(document))):
        place: Any = document
        for step in path.split("/"):
            place = place[step]
        assert place


async def test_every_parameter_in_a_path_is_declared(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        declared = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", name)), name


async def test_who_may_is_part_of_the_document(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"ingest", "act"}
    told = dict(operations(document))
    assert told["post /v1/signals"]["security"] == [{"ingest": []}]
    assert told["post /v1/pulls"]["security"] == [{"act": []}]
    assert "security" not in told["get /healthz"]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_no_page_that_loads_from_elsewhere_is_served(here: Tiny, path: str) -> None:
    assert (await here.client.get(path)).status_code == HTTPStatus.NOT_FOUND


async def test_the_board_and_its_files_are_served_under_the_guard(here: Tiny) -> None:
    for path in ("/", *(f"/static/{name}" for name in FILES)):
        answer = await here.client.get(path)
        assert answer.status_code == HTTPStatus.OK, path
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["board.html", "..%2fboard.py", "%2e%2e/board.py", "", "nothing.js", "board.js%00", "..%5cboard.py"]
)
async def test_nothing_else_of_the_disk_is_served(here: Tiny, name: str) -> None:
    assert (await here.client.get(f"/static/{name}")).status_code == HTTPStatus.NOT_FOUND


def test_no_file_of_the_board_loads_from_elsewhere_or_sets_markup() -> None:
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(src|href|url\(|import|from)\s*=?\s*[\"'(]*https?:", text), path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text), path.name


def test_every_file_of_the_board_is_small_enough_to_read() -> None:
    for path in (*STATIC.iterdir(), *(Path(STATIC).parent / "pages").iterdir()):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 300, path.name


def _keys(table: str) -> dict[str, str]:
    return dict(re.findall(r'"([\w.-]+)": "((?:[^"\\]|\\.)*)"', table))


def test_the_board_says_everything_in_both_languages_with_the_same_blanks() -> None:
    english, chinese = (STATIC / "words.js").read_text(encoding="utf-8").split("const ZH = {")
    en, zh = _keys(english), _keys(chinese)
    assert set(en) == set(zh)
    assert len(en) > 150
    for key, text in en.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", zh[key])), key


def test_every_doubt_that_a_store_can_leave_has_words() -> None:
    bad = {"maxmemory_policy": "allkeys-lru", "redis_version": "7.2"}
    servers = [Server(bad, fsync="no", seconds=9, ahead=9), Server(bad | {"maxmemory": 1, "used_memory": 1})]
    found = {one.look for server in servers for one in doubts([see(server) for see in LOOKS])}
    words = _keys((STATIC / "words.js").read_text(encoding="utf-8"))
    assert {f"doubt.{name}" for name in found} == {key for key in words if key.startswith("doubt.")}


def test_every_word_that_the_board_asks_for_is_there_and_no_other() -> None:
    words = (STATIC / "words.js").read_text(encoding="utf-8")
    keys = _keys(words.split("const ZH = {")[0])
    sources = {p.name: p.read_text(encoding="utf-8") for p in STATIC.iterdir() if p.suffix in {".js", ".html"}}
    text = "\n".join(source for name, source in sources.items() if name != "words.js")
    asked = set(re.findall(r'(?:say|counted|block)\("([\w.-]+)"', text)) | set(
        re.findall(r'data-say="([\w.-]+)"', text)
    )
    assert asked <= set(keys)
    families = {one.split("${")[0] for one in re.findall(r"say\(`([\w.-]+\.\${)", text)}
    words_only = words.split("export const TABLES")[1]
    unused = {
        key
        for key in keys
        if f'"{key}"' not in text
        and f'"{key}"' not in words_only
        and not key.startswith(tuple(families))
        and not key.endswith(".1")
        and key not in {"s", "observed", "usual", "n", "began", "odds"}
    }
    assert unused == set()


async def test_a_fault_of_ours_is_500_and_tells_nothing(here: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> None:
        raise RuntimeError(f"a secret: {KEY!r}")

    monkeypatch.setattr(here.store, "open_incidents", broken)
    answer = await here.client.get("/v1/board")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret" not in answer.text


async def test_many_mistakes_are_told_a_few_and_counted(here: Tiny) -> None:
    body = {"by": 1, "verb": 2, "via": 3, "whom": 4, "seconds": "x", "text": 6, "id": 7}
    answer = await here.client.post("/v1/incidents/x/acts", json=body)
    assert answer.json()["detail"].endswith("; and 2 more")


async def test_a_body_that_is_no_json_is_told_as_such(here: Tiny) -> None:
    answer = await here.client.post(
        "/v1/pulls", content=b'{"by": "ana", ', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "JSON" in answer.json()["detail"]
    assert INGEST not in answer.text
