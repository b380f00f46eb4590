"""What andon says of itself: JSON lines on stderr, or plain ones where a person reads them on a terminal."""

from __future__ import annotations

import contextlib
import logging
from typing import Any, TextIO, cast

import structlog

SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


class Patient:
    """A file to which one writes what it takes: a service whose log's disk is full, or whose terminal has gone, works on."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        """Write, or lose the line."""
        with contextlib.suppress(OSError):
            self._out.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush what can be."""
        with contextlib.suppress(OSError):
            self._out.flush()


def configure(out: TextIO, level: int = logging.INFO) -> None:
    """Send andon's own lines, and its libraries' warnings, to `out` from `level` on."""
    terminal = out.isatty()
    plain = structlog.dev.plain_traceback  # the usual one shows every variable: customers' words, and our secrets
    last: Any = (
        structlog.dev.ConsoleRenderer(exception_formatter=plain)
        if terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared = [one for one in SHARED if not (terminal and one is structlog.processors.format_exc_info)]
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Patient(out))),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, last]))
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
