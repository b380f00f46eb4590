"""An incident while one event is applied to it: its changes, the rows they leave, the pages they make due."""

from __future__ import annotations

from typing import Any

import msgspec

from andon.model import Incident, Outcome, Reason, Row


class Draft:
    """Collects what one event makes of an incident; lives as long as one decision.

    Rows are numbered from 1: `incident.rows` is the number of the last one written.
    """

    def __init__(self, incident: Incident, now: float) -> None:
        self.incident = incident
        self.now = now
        self._before = incident
        self._rows: list[Row] = []

    def set(self, **changes: Any) -> None:
        """Change fields of the incident."""
        self.incident = msgspec.structs.replace(self.incident, **changes)

    def row(
        self,
        kind: str,
        *,
        by: str = "andon",
        via: str = "",
        text: str = "",
        reason: Reason | None = None,
        data: dict[str, str | float | list[str]] | None = None,
    ) -> None:
        """Write a row of the ledger."""
        number = self.incident.rows + len(self._rows) + 1
        self._rows.append(
            Row(
                incident=self.incident.id,
                n=number,
                at=self.now,
                kind=kind,
                by=by,
                via=via,
                text=text,
                reason=reason,
                data=data or {},
            )
        )

    @property
    def row_number(self) -> int:
        """Return the number of the row that was written last."""
        return self.incident.rows + len(self._rows)

    def page(self, reason: Reason, *to: str, text: str = "", **data: str | float | list[str]) -> None:
        """Make a page due outside the ladder, to `to`: holder, lead, on-duty, paged, person:ID."""
        self.row("page-due", text=text, reason=reason, data={"to": list(to), **data})

    def milestone(self, name: str, at: float, *, again: bool = False) -> None:
        """Note when something happened: the first time counts, or, `again`, the latest."""
        if again or name not in self.incident.milestones:
            self.set(milestones={**self.incident.milestones, name: at})

    def outcome(self) -> Outcome:
        """Return the new version with its rows; the very same incident and no rows if nothing was changed."""
        if self.incident is self._before and not self._rows:
            return Outcome(self._before)
        counted = self.incident.rows + len(self._rows)
        done = msgspec.structs.replace(self.incident, version=self.incident.version + 1, rows=counted)
        return Outcome(done, tuple(self._rows))
