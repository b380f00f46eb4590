"""The board: one page and its files, served from the package."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from andon.web.guard import SAFE

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript"}
FILES = {path.name: TYPES[path.suffix] for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}
"""What is served, by name: known at the start, so that no request's path ever reaches the disk."""


@router.get("/")
async def page() -> FileResponse:
    """Serve the board."""
    return FileResponse(STATIC / "board.html", media_type="text/html", headers=SAFE)


@router.get("/static/{name}")
async def static(name: str) -> FileResponse:
    """Serve one of the board's files, and nothing else."""
    if name not in FILES:
        raise HTTPException(404, "there is no such file")
    return FileResponse(STATIC / name, media_type=FILES[name], headers=SAFE)
