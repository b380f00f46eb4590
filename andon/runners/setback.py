"""Whether the machine's clock was set back under a service: it is said once, and once that it has come up again."""

from __future__ import annotations

import structlog

from andon.clock import Behind, behind
from andon.errors import Unavailable

log = structlog.get_logger()


class Setback:
    """`seconds`: by how many the machine's clock was set back and has not come up again; 0 while that is not told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def heed(self, ahead: float) -> None:
        """Take in by how many seconds the service's clock is ahead; Unavailable when it would take days to come up."""
        found = behind(ahead)
        before, self.seconds = self.seconds, 0.0 if found is Behind.NO else ahead
        if self.seconds and not before:
            log.warning("clock.set_back", seconds=round(ahead), until="it has come up, time goes half as fast")
        elif before and not self.seconds:
            log.warning("clock.has_come_up")
        if found is Behind.UNREADY:
            raise Unavailable(
                f"what has been judged lies {ahead / 86_400:.1f} days ahead of this machine's clock. If the clock is wrong, set it; "
                f"if it was wrong then, what was learnt is of no use: stop andon and start it on another data directory (--data)"
            )
