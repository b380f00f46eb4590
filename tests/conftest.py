"""What the whole suite shares: long tests only when asked for, and in CI no skip without a reason no machine can meet."""

from __future__ import annotations

import pytest

ALLOWED = ("shared data is absent",)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails, unless no machine could run it")


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.markexpr and "-m" not in config.invocation_params.args:
        config.option.markexpr = "not long"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def] # pytest's
    del call
    outcome = yield
    report = outcome.get_result()
    if not (report.skipped and item.config.getoption("--no-skips")) or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not any(allowed in reason for allowed in ALLOWED):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {reason}"
