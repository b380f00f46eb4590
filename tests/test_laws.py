"""Laws 1 and 5 of the house, and the direction of the data's way, read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PURE = ("streams", "bank", "rulebook", "incidents", "oncall", "respond", "engine", "walltime")
"""What decides, and nothing else: `(state, input, now) -> (state, effects)`."""

SHELLS = {
    "andon.respond.sender": "works the outbox: several pages at once, and logs what could not be settled",
    "andon.respond.trying": "awaits channels with a deadline, and logs what a channel should not have raised",
}
"""Modules in pure rooms that are part of the shell, each with its reason."""

OUTSIDE = {
    "redis", "faust", "aiokafka", "kafka", "slack_sdk", "twilio", "fastapi", "starlette", "uvicorn", "httpx", "aiohttp",
    "requests", "urllib3", "socket", "ssl", "subprocess", "threading", "multiprocessing", "concurrent", "asyncio", "select",
    "smtplib", "http", "structlog", "logging", "random", "secrets", "uuid",
}  # fmt: skip
"""What reaches out of the process, runs beside it, or answers differently every time."""

CLOCKS = {
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns",
    "time.process_time", "time.sleep", "time.localtime", "time.ctime", "datetime.now", "datetime.utcnow", "datetime.today",
    "date.today", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "uuid.uuid1", "os.times",
}  # fmt: skip

ONLY = {
    "redis": ("andon.log", "andon.store"),
    "faust": ("andon.log.kafka",),
    "fastapi": ("andon.web",),
    "starlette": ("andon.web",),
    "uvicorn": ("andon.runners",),
    "slack_sdk": ("channels",),
    "twilio": ("channels",),
    "jinja2": ("andon.web",),
    "click": ("andon.cli",),
    "rich": ("andon.cli", "andon.demo", "channels"),
}
"""Libraries that have one place each."""

CONTRACTS = (
    "model", "errors", "clock", "walltime", "detector", "channel", "rulebook.model", "log.base", "store.base",
)  # fmt: skip
"""Plain data, protocols, and what times mean: every room may import them."""

WAY = (
    "ingest", "log", "streams", "bank", "rulebook", "incidents", "oncall", "respond", "engine", "store", "plugins",
    "bundled", "config", "desk", "app", "figures", "runners.setback", "runners.running", "web", "runners", "demo", "cli",
)  # fmt: skip
"""The rooms in the order of the data's way, then what puts them together; a room imports only from before it."""

BESIDE = {"testing": ("clock",), "metrics": (), "model": (), "": ()}
"""Rooms beside the way: they import contracts alone, and those named. The model's own files are its own affair."""


@dataclass(frozen=True)
class Module:
    """A source file as its imports tell of it: every module it names, at whatever depth of the code."""

    name: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """Return the room, longest name of the way first: `runners.running` before `runners`."""
        inner = self.name.removeprefix("andon").removeprefix(".")
        found = [room for room in (*WAY, *BESIDE) if inner == room or inner.startswith(f"{room}.")]
        return max(found, key=len, default=inner)

    def imports(self, *, types: bool = True) -> Iterator[str]:
        """Yield every module named; without `types`, not those that only a type checker loads."""
        unloaded = (
            set() if types else {inner for node in ast.walk(self.tree) if _typing(node) for inner in ast.walk(node)}
        )
        for node in ast.walk(self.tree):
            if node in unloaded:
                continue
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{self.name}: imports are absolute"
                yield from _full(node)
            elif isinstance(node, ast.Call) and _called(node.func) in {"importlib.import_module", "__import__"}:
                yield from (str(word.value) for word in node.args if isinstance(word, ast.Constant))

    def calls(self) -> Iterator[tuple[int, str]]:
        """Yield every name that stands in the code, dotted, with its line; imported names in full."""
        known: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                known |= {alias.asname or alias.name: _origin(node, alias) for alias in node.names}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute | ast.Name) and (said := _called(node)):
                head, dot, rest = said.partition(".")
                yield node.lineno, known.get(head, head) + dot + rest


def _typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and _called(node.test) == "TYPE_CHECKING"


def _full(node: ast.ImportFrom) -> Iterator[str]:
    """Yield `a.b` for `from a.b import C`, and `a.b.c` where c is itself a module of ours."""
    module = node.module or ""
    for alias in node.names:
        inner = f"{module}.{alias.name}"
        yield inner if _path(inner) else module


def _path(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.exists()), None)


def _origin(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name


def _called(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        before = _called(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def modules(*packages: str) -> list[Module]:
    found = []
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found.append(Module(name, ast.parse(path.read_text(), str(path))))
    return found


def code(text: str, name: str = "andon.bank.made_up") -> Module:
    return Module(name, ast.parse(text))


ANDON = modules("andon")
ALL = [*ANDON, *modules("detectors", "channels")]
DECIDES = [one for one in ANDON if one.room.partition(".")[0] in PURE and one.name not in SHELLS]


def reaches_out(one: Module) -> list[str]:
    return sorted({name for name in one.imports() if name.partition(".")[0] in OUTSIDE})


def clocks(one: Module) -> list[str]:
    return [f"{one.name}:{line}: {name}" for line, name in one.calls() if name in CLOCKS or _now_of(name)]


def _now_of(name: str) -> bool:
    """`time.gmtime` and `strftime` of a given time are no clocks; whoever imports datetime from datetime reads `now` here."""
    return name in {"datetime.datetime.now", "datetime.datetime.utcnow"} or name.endswith(
        ("datetime.now", "date.today")
    )


def misplaced(one: Module) -> list[str]:
    return [
        name
        for name in one.imports()
        for library, places in ONLY.items()
        if name.partition(".")[0] == library and not one.name.startswith(places)
    ]


def backwards(one: Module) -> list[str]:
    """Return what a module of andon imports from a room that does not stand before its own."""
    found = []
    for name in one.imports():
        inner = name.removeprefix("andon.")
        if name.partition(".")[0] != "andon" or inner in CONTRACTS or inner == "andon":
            continue
        room = Module(name, ast.Module([], [])).room
        if one.room in BESIDE:
            fits = room in {one.room, *BESIDE[one.room]}
        elif one.room in CONTRACTS:
            fits = False
        else:
            fits = room == one.room or (room in WAY and WAY.index(room) < WAY.index(one.room))
        if not fits:
            found.append(name)
    return found


def test_every_module_has_its_place_in_the_house() -> None:
    assert [one.name for one in ANDON if one.room not in (*WAY, *BESIDE, *CONTRACTS)] == []


def broken(law: Callable[[Module], list[str]], among: Iterable[Module]) -> dict[str, list[str]]:
    return {one.name: found for one in among if (found := law(one))}


def test_what_decides_reaches_out_to_nothing() -> None:
    assert broken(reaches_out, DECIDES) == {}


def test_what_decides_reads_no_clock() -> None:
    assert broken(clocks, [*DECIDES, *modules("andon/ingest", "detectors")]) == {}


@pytest.mark.parametrize("name", SHELLS)
def test_an_exception_is_a_module_that_needs_it(name: str) -> None:
    [one] = [one for one in ANDON if one.name == name]
    assert reaches_out(one)
    assert clocks(one) == []


def test_only_the_clock_and_the_shell_read_the_time() -> None:
    readers = {one.room for one in ANDON if clocks(one)}
    assert readers <= {"clock", "log", "store", "runners", "runners.running", "web", "cli", "demo", "testing"}


def test_a_library_is_imported_in_its_own_place_only() -> None:
    assert broken(misplaced, ALL) == {}


def test_andon_never_imports_a_plugin() -> None:
    plugins = ("detectors", "channels")
    assert [one.name for one in ANDON if any(name.partition(".")[0] in plugins for name in one.imports())] == []


def test_plugins_know_of_andon_only_its_contracts() -> None:
    allowed = {"andon.detector", "andon.channel", "andon.model", "andon.errors", "andon.clock"}
    words = {
        f"andon.respond.{name}" for name in ("wording", "words", "plain", "phrases")
    }  # pages are worded in one place
    taken = {name for one in modules("detectors", "channels") for name in one.imports() if name.startswith("andon")}
    assert taken <= allowed | words


def test_a_room_imports_only_what_stands_before_it() -> None:
    assert broken(backwards, ANDON) == {}


def test_no_two_modules_import_each_other_in_a_circle() -> None:
    names = {one.name for one in ALL}
    graph = {one.name: set(one.imports(types=False)) & (names - {one.name}) for one in ALL}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


@pytest.mark.parametrize(
    "text",
    [
        "import time\ndef f(): return time.time()",
        "from time import time as t\ndef f(): return t()",
        "from datetime import datetime, UTC\nx = lambda: datetime.now(UTC)",
        "import datetime as d\nd.datetime.utcnow()",
        "from datetime import date\ndate.today()",
        "import time as clock\nclock.monotonic()",
    ],
)
def test_the_law_sees_a_clock_however_it_is_written(text: str) -> None:
    assert clocks(code(text))


@pytest.mark.parametrize(
    "text",
    [
        "import redis",
        "def f():\n    from redis.asyncio import Redis",
        "import importlib\nimportlib.import_module('redis.asyncio')",
        "from httpx import get",
        "import asyncio",
    ],
)
def test_the_law_sees_an_import_however_deep(text: str) -> None:
    assert reaches_out(code(text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("andon.streams.x", "from andon.bank.bank import Bank"),
        ("andon.bank.x", "from andon.respond import wording"),
        ("andon.model", "from andon.config import Settings"),
        ("andon.testing.x", "from andon.app import Andon"),
    ],
)
def test_the_law_sees_an_import_against_the_stream(name: str, text: str) -> None:
    assert backwards(code(text, name))


def test_a_time_that_is_given_is_no_clock() -> None:
    assert clocks(code("import time\ndef f(at): return time.strftime('%y', time.gmtime(at))")) == []
