"""The network's calendar: its time zone, its working days, and when something falls due. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MONDAY_TO_FRIDAY = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Calendar:
    """``working`` are weekdays (Monday is 0), ``holidays`` days on which nobody works."""

    zone: tzinfo = UTC
    working: frozenset[int] = MONDAY_TO_FRIDAY
    holidays: frozenset[date] = frozenset()

    def due(self, at: datetime, days: int) -> datetime:
        """The same hour ``days`` later, put off to the next working day."""
        local = at.astimezone(self.zone)
        day = self.working_day(local.date() + timedelta(days=days))
        return datetime.combine(day, local.time(), self.zone).astimezone(UTC)

    def closing(self, at: datetime, days: int) -> datetime:
        """The last moment of the working day that is ``days`` later, or of the next one: whoever is told
        «by 16 March» has that whole day."""
        day = self.working_day(at.astimezone(self.zone).date() + timedelta(days=days))
        return datetime.combine(day, time(23, 59, 59), self.zone).astimezone(UTC)

    def on_day_of_month(self, at: datetime, day: int) -> datetime:
        """Nine in the morning of the next such day of a month, today's included until nine; put off to
        a working day. A month that is too short has its last day for it."""
        local = at.astimezone(self.zone)
        year, month = local.year, local.month
        while True:
            wanted = date(year, month, min(day, monthrange(year, month)[1]))
            moment = datetime.combine(self.working_day(wanted), time(9), self.zone)
            if moment >= local:
                return moment.astimezone(UTC)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)

    def working_day(self, day: date) -> date:
        """``day``, or the first working day after it; ``day`` itself where no weekday is one."""
        for count in range(370):
            candidate = day + timedelta(days=count)
            if candidate.weekday() in self.working and candidate not in self.holidays:
                return candidate
        return day
