"""The channels of a service: opened at its start, closed at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from andon import plugins
from andon.channel import Channel, Closes
from andon.config import Settings
from andon.errors import NotSetUp

log = structlog.get_logger()
CLOSES_WITHIN = 1.5


def channels_of(settings: Settings) -> tuple[dict[str, Channel], dict[str, str]]:
    """Return every channel that is set up, open, and why the others are not; ConfigError for a setting that is wrong."""
    opened: dict[str, Channel] = {}
    missing: dict[str, str] = {}
    for name, kind in plugins.channels().items():
        try:
            opened[name] = kind.open(settings.environment)
        except NotSetUp as error:
            missing[name] = str(error)
            log.debug("channel.not_set_up", channel=name, why=str(error))
    return opened, missing


async def close(channels: Mapping[str, Channel]) -> None:
    """Close what has a line open; one that hangs is left."""
    for name, channel in channels.items():
        if isinstance(channel, Closes):
            try:
                async with asyncio.timeout(CLOSES_WITHIN):
                    await channel.close()
            except TimeoutError:
                log.warning("channel.not_closed", channel=name)
