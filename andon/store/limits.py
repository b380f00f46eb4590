"""How much memory this process may take: the machine's, or less where a control group bounds it (a container, a unit)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
OURS = Path("/proc/self/cgroup")


def memory() -> int:
    """Return how many bytes this process and its children may take."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([machine, *_limits(GROUPS, OURS)])


def _limits(groups: Path, ours: Path) -> Iterator[int]:
    """Yield the limits of the groups this process is in, and of those around them; both versions, man 7 cgroups."""
    for line in _read(ours).splitlines():
        _, kinds, path = line.split(":", 2)
        if kinds == "":
            yield from _upwards(groups, path, "memory.max")
        elif "memory" in kinds.split(","):
            yield from _upwards(groups / "memory", path, "memory.limit_in_bytes")


def _upwards(root: Path, path: str, name: str) -> Iterator[int]:
    inner = root / path.lstrip("/")  # in a container the path may be the host's, and only the root is to be seen
    for folder in (inner, *inner.parents):
        if folder.is_relative_to(root) and (said := _read(folder / name).strip()).isdecimal():
            yield int(said)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
