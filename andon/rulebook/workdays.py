"""Public holidays and make-up workdays: which weekday's hours a day has, by the country that a calendar names."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from andon.rulebook.model import Calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

_FRIDAY = 4


def known(code: str) -> bool:
    """Return whether a country's holidays are known, by its ISO code or that of a part of it: CN, ES, ES-MD."""
    import holidays  # noqa: PLC0415 - a tenth of a second, and few calendars need it

    country, _, part = code.partition("-")
    parts = holidays.list_supported_countries().get(country)
    return parts is not None and (not part or part in parts)


def weekday(calendar: Calendar, day: date) -> int | None:
    """Return the weekday (Monday 0) whose hours a day has: its own, None on a holiday, that of a workday where one is made up.

    A weekend between two holidays is part of them.
    """
    if not calendar.holidays:
        return day.weekday()
    country, weekend = _country(calendar.holidays), day.weekday() - _FRIDAY
    around = (day - timedelta(days=weekend), day + timedelta(days=3 - weekend)) if weekend > 0 else (day,)
    free = day in country or all(one in country for one in around)
    if day in country.weekend_workdays:  # known once its year was asked for
        return next((one for one in range(_FRIDAY + 1) if calendar.hours.get(one)), day.weekday())
    return None if free else day.weekday()


@cache
def _country(code: str) -> HolidayBase:
    import holidays  # noqa: PLC0415 - as above

    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)
