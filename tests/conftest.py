"""What the whole suite shares: long tests only when asked for, and in CI no skip without a reason no machine can meet."""

from __future__ import annotations

from collections.abc import Generator

import pytest
import structlog
from hypothesis import settings

ALLOWED = ("shared data is absent",)


# One commit, one verdict: the same examples every time. `pytest --hypothesis-profile default` draws new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


@pytest.fixture(autouse=True)
def said_in_the_usual_way() -> None:
    """What is logged goes where it goes before anything is set up, whatever a test before has set up."""
    structlog.reset_defaults()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails, unless no machine could run it")


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.markexpr and "-m" not in config.invocation_params.args:
        config.option.markexpr = "not long"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not (report.skipped and item.config.getoption("--no-skips")) or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not any(allowed in reason for allowed in ALLOWED):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {reason}"
    return report
