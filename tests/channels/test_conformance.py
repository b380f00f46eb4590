"""Every registered channel, andon's own and any other that is installed beside it, passes the suite shipped to authors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from andon.plugins import channels
from andon.testing.channels import CHECKS, Check, Rig
from tests.channels.fakes import SLACK_TOKEN, Fake

Rigs = dict[str, Callable[[Fake, Fake], Rig]]

RIGS: Rigs = {
    "console": lambda _receiver, _workspace: Rig(channels()["console"], {"ANDON_CONSOLE_WIDTH": "100"}),
    "slack": lambda _receiver, workspace: Rig(
        channels()["slack"],
        {"ANDON_SLACK_TOKEN": SLACK_TOKEN, "ANDON_SLACK_URL": workspace.url},
        address="U0INVENTED",
        refused="U0NOBODY",
        arrived=lambda: list(workspace.messages),
    ),
    "webhook": lambda receiver, _workspace: Rig(
        channels()["webhook"],
        {"ANDON_WEBHOOK_SECRET": "invented-secret"},
        address=f"{receiver.url}hook",
        refused=f"{receiver.url}no",
        arrived=lambda: [request.headers["Idempotency-Key"] for request in receiver.requests],
    ),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", sorted(channels()))
async def test_a_registered_channel_conforms(name: str, check: Check, receiver: Fake, workspace: Fake) -> None:
    assert name in RIGS, f"the channel {name!r} is registered but has no rig here"
    await check(RIGS[name](receiver, workspace))


@pytest.mark.parametrize("name", sorted(channels()))
def test_a_channel_is_registered_under_its_own_name(name: str) -> None:
    assert channels()[name].name == name
