"""When something falls due: working days, holidays, time zones, days of the month."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailbot.process.calendar import Calendar

NAIROBI, NEW_YORK, KATHMANDU = map(ZoneInfo, ("Africa/Nairobi", "America/New_York", "Asia/Kathmandu"))
SUNDAY_TO_THURSDAY = frozenset({6, 0, 1, 2, 3})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("calendar", "start", "days", "due"),
    [
        (Calendar(), "2026-03-02T09:00Z", 7, "2026-03-09T09:00Z"),
        (Calendar(), "2026-03-02T09:00Z", 5, "2026-03-09T09:00Z"),  # Saturday
        (Calendar(), "2026-03-02T09:00Z", 0, "2026-03-02T09:00Z"),
        (Calendar(holidays=frozenset({date(2026, 3, 9)})), "2026-03-02T09:00Z", 5, "2026-03-10T09:00Z"),
        (Calendar(working=SUNDAY_TO_THURSDAY), "2026-03-02T09:00Z", 4, "2026-03-08T09:00Z"),  # Friday
        # still Sunday evening in New York when it is Monday by UTC
        (Calendar(NEW_YORK), "2026-03-09T02:00Z", 0, "2026-03-10T02:00Z"),
        # the hour stays what it is on the clock when summer time begins (8 March)
        (Calendar(NEW_YORK), "2026-03-02T14:00Z", 7, "2026-03-09T13:00Z"),
        (Calendar(working=frozenset()), "2026-03-06T09:00Z", 1, "2026-03-07T09:00Z"),
    ],
)
def test_a_day_is_put_off_to_the_next_working_day(
    calendar: Calendar, start: str, days: int, due: str
) -> None:
    assert calendar.due(at(start), days) == at(due)


@pytest.mark.parametrize(
    ("calendar", "start", "days", "closing"),
    [
        (Calendar(), "2026-03-02T09:00Z", 14, "2026-03-16T23:59:59Z"),
        (Calendar(), "2026-03-02T09:00Z", 12, "2026-03-16T23:59:59Z"),  # Saturday
        (Calendar(NAIROBI), "2026-03-02T09:00Z", 14, "2026-03-16T20:59:59Z"),
        (Calendar(NAIROBI), "2026-03-02T22:30Z", 14, "2026-03-17T20:59:59Z"),  # already Tuesday there
        (Calendar(KATHMANDU), "2026-03-02T09:00Z", 14, "2026-03-16T18:14:59Z"),
    ],
)
def test_a_closing_has_the_whole_of_its_last_day(
    calendar: Calendar, start: str, days: int, closing: str
) -> None:
    assert calendar.closing(at(start), days) == at(closing)


@pytest.mark.parametrize(
    ("calendar", "start", "day", "due"),
    [
        (Calendar(), "2026-03-02T09:00Z", 1, "2026-03-02T09:00Z"),  # 1 March is a Sunday
        (Calendar(), "2026-03-02T09:01Z", 1, "2026-04-01T09:00Z"),
        (Calendar(), "2026-03-31T23:00Z", 1, "2026-04-01T09:00Z"),
        (Calendar(), "2026-04-01T08:59Z", 1, "2026-04-01T09:00Z"),
        (Calendar(), "2026-04-01T09:01Z", 1, "2026-05-01T09:00Z"),
        (Calendar(), "2026-12-15T09:00Z", 1, "2027-01-01T09:00Z"),
        (Calendar(holidays=frozenset({date(2027, 1, 1)})), "2026-12-15T09:00Z", 1, "2027-01-04T09:00Z"),
        (Calendar(), "2026-01-31T10:00Z", 31, "2026-02-02T09:00Z"),  # 31 January is a Saturday
        (Calendar(), "2026-02-02T10:00Z", 31, "2026-03-02T09:00Z"),  # and so is 28 February
        (Calendar(), "2028-02-01T10:00Z", 31, "2028-02-29T09:00Z"),
        (Calendar(), "2026-07-30T10:00Z", 1, "2026-08-03T09:00Z"),  # 1 August is a Saturday
        (Calendar(), "2026-08-02T10:00Z", 1, "2026-08-03T09:00Z"),  # put off, and not passed yet
        (Calendar(NAIROBI), "2026-03-31T21:30Z", 1, "2026-04-01T06:00Z"),
    ],
)
def test_a_day_of_the_month_is_the_next_one(calendar: Calendar, start: str, day: int, due: str) -> None:
    assert calendar.on_day_of_month(at(start), day) == at(due)
