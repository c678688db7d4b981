"""The day that somebody names: «14d», «1 May 2027», «20 avril», «١٥ مايو 2027»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

MOST_WORDS = 6
"""How many words a date may take: «the 15th of May of 2027»."""

LONGEST = 60
"""How many characters of a line are looked at; no date is longer."""

FURTHEST = timedelta(days=3660)
"""A day further off than ten years is a slip of the keyboard."""

LANGUAGES = ("en", "es", "fr", "ar")


def read_until(
    text: str, now: datetime, zone: tzinfo, languages: Sequence[str] = LANGUAGES
) -> datetime | None:
    """The moment named at the start of the first line, aware; None where no coming day is named.

    A date begins at midnight in ``zone``, a span («14d») is counted from ``now``; a date without its
    year is the next one. None as well: a date that is read differently in different countries («1.5.2027»,
    May or January), today and what is past, and what lies more than ten years ahead.
    """
    line = next(iter(text.strip().splitlines()), "")[:LONGEST]
    words = line.split()[:MOST_WORDS]
    today = now.astimezone(zone).replace(tzinfo=None)
    for count in range(len(words), 0, -1):
        named = " ".join(words[:count])
        day = _parsed(named, today, "DMY", languages)
        if day is None:
            continue
        if day != _parsed(named, today, "MDY", languages):
            return None
        lies_ahead = today.date() < day.date() <= (today + FURTHEST).date()
        return day.replace(tzinfo=zone) if lies_ahead else None
    return None


def _parsed(named: str, today: datetime, order: str, languages: Sequence[str]) -> datetime | None:
    from dateparser import parse  # noqa: PLC0415 - importing it costs a tenth of a second, and few letters name a day

    return parse(
        named,
        languages=list(languages),
        settings={
            "RELATIVE_BASE": today,
            "PREFER_DATES_FROM": "future",
            "RETURN_AS_TIMEZONE_AWARE": False,
            "DATE_ORDER": order,
            "PREFER_LOCALE_DATE_ORDER": False,
            "REQUIRE_PARTS": ["day", "month"],  # else «a» is August, and «5» is the fifth month
            "PARSERS": ["relative-time", "absolute-time"],  # no Unix timestamps
        },
    )
