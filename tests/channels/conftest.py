from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.channels import fakes


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
async def receiver() -> AsyncIterator[fakes.Fake]:
    async with fakes.serving(fakes.receiver()) as fake:
        yield fake


@pytest.fixture
async def workspace() -> AsyncIterator[fakes.Fake]:
    async with fakes.serving(fakes.slack()) as fake:
        yield fake
