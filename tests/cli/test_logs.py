from __future__ import annotations

import errno
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from andon.cli import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_is_one_json_object_with_its_time_and_level() -> None:
    out = io.StringIO()
    logs.configure(out)
    structlog.get_logger().info("rulebook.taken_over", rules=3, who="李娜")
    (line,) = out.getvalue().splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["rules"]) == ("rulebook.taken_over", "info", 3)
    assert said["timestamp"].endswith("Z")
    assert "李娜" in line


def test_a_fault_is_one_line_too_with_where_it_happened() -> None:
    out = io.StringIO()
    logs.configure(out)
    try:
        int("invented")
    except ValueError:
        structlog.get_logger().exception("fault", loop="engine")
    (line,) = out.getvalue().splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_on_a_terminal_too_a_fault_shows_no_variables_that_may_hold_customers_words_or_secrets() -> None:
    out = Terminal()
    logs.configure(out)
    words = "my card is 6222"
    try:
        int(words[:7])
    except ValueError:
        structlog.get_logger().exception("fault", loop="engine")
    assert "ValueError: invalid literal" in out.getvalue()
    assert words not in out.getvalue()


def test_what_is_only_of_use_to_its_makers_is_not_said() -> None:
    out = io.StringIO()
    logs.configure(out)
    structlog.get_logger().debug("channel.not_set_up", channel="slack")
    logging.getLogger("uvicorn.error").info("Started server process")
    assert out.getvalue() == ""


def test_a_librarys_warning_is_a_line_like_ours() -> None:
    out = io.StringIO()
    logs.configure(out)
    logging.getLogger("uvicorn.error").warning("slow %s", "client")
    said = json.loads(out.getvalue())
    assert (said["event"], said["level"]) == ("slow client", "warning")


def test_on_a_terminal_it_is_set_for_people() -> None:
    out = Terminal()
    logs.configure(out)
    structlog.get_logger().warning("waiting", loop="engine")
    assert "waiting" in out.getvalue()
    assert not out.getvalue().startswith("{")


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", text)


def test_a_log_whose_disk_is_full_loses_its_lines_and_ends_nobody() -> None:
    logs.configure(Full())
    structlog.get_logger().error("store.trouble")
