from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.tiny import Tiny, tiny


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Tiny]:
    """A service as this machine's own people reach it."""
    async with tiny(tmp_path) as one:
        yield one


@pytest.fixture
async def afar(tmp_path: Path) -> AsyncIterator[Tiny]:
    """A service as somebody on another machine reaches it."""
    async with tiny(tmp_path, peer="192.0.2.7", url="http://andon.example") as one:
        yield one
