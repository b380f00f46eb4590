"""The board: one page and its files, served from the package."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from andon.web.guard import SAFE

router = APIRouter()
STATIC = Path(__file__).parent / "static"
FILES = {
    "board.css": "text/css",
    "board.js": "text/javascript",
    "words.js": "text/javascript",
    "answer.css": "text/css",
}


@router.get("/", include_in_schema=False)
async def page() -> FileResponse:
    """Serve the board."""
    return FileResponse(STATIC / "board.html", media_type="text/html", headers=SAFE)


@router.get("/static/{name}", include_in_schema=False)
async def static(name: str) -> FileResponse:
    """Serve one of the board's files, and nothing else."""
    if name not in FILES:
        raise HTTPException(404)
    return FileResponse(STATIC / name, media_type=FILES[name], headers=SAFE)
