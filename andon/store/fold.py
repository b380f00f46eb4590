"""When the store's append-only file is folded: written anew from what the store holds, without all that was trimmed since.

We decide, not the server: it would begin at 64 MB whether or not the disk has room for both files, and a disk that fills ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

FOLD_FROM = 256 * 1024**2
"""Bytes below which a file is left alone: it is read within a second or so at a start."""
SCARCE = 0.6
"""How full the disk is from which on a small file is folded, too."""
SCARCE_FROM = 1024**2
MARGIN = 1.2
"""Room that must be free for a folded file, as a multiple of what the store holds in memory."""


@dataclass(frozen=True, slots=True)
class File:
    """The append-only file: its bytes, those that the store holds in memory, and whether it is being folded already."""

    size: int
    held: int
    busy: bool = False


async def file_of(client: Redis) -> File:
    """Return how the file is doing; errors are the client's own."""
    kept: Any = await client.info("persistence")
    memory: Any = await client.info("memory")
    busy = bool(kept.get("aof_rewrite_in_progress") or kept.get("aof_rewrite_scheduled"))
    return File(int(kept.get("aof_current_size", 0)), int(memory["used_memory_dataset"]), busy)


def worth_folding(file: File, disk: float, free: int) -> bool:
    """Tell whether to fold now: at least half of it is of no use any more, and the new one fits beside it."""
    large = file.size >= (FOLD_FROM if disk < SCARCE else SCARCE_FROM)
    return not file.busy and large and file.size > 2 * file.held and free > MARGIN * file.held
