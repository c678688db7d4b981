"""The day that somebody names behind a tag."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.parsers.dates import FURTHEST, read_until

NAIROBI = ZoneInfo("Africa/Nairobi")
NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
"""A Sunday, half past eight in the evening in Nairobi."""


def midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=NAIROBI)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1 May 2027", midnight(2027, 5, 1)),
        ("May 1st, 2027", midnight(2027, 5, 1)),
        ("the 15th of May of 2027", midnight(2027, 5, 15)),
        ("20 avril", midnight(2027, 4, 20)),
        ("20 de abril de 2027", midnight(2027, 4, 20)),
        ("15 mayo", midnight(2027, 5, 15)),
        ("١٥ مايو 2027", midnight(2027, 5, 15)),
        ("2027-05-01", midnight(2027, 5, 1)),
        ("25/12/2026", midnight(2026, 12, 25)),
        ("12/25/2026", midnight(2026, 12, 25)),
        ("5.5.2027", midnight(2027, 5, 5)),
        ("1 May 2027 10:00", datetime(2027, 5, 1, 10, 0, tzinfo=NAIROBI)),
        ("23 November", midnight(2026, 11, 23)),
        ("21 November", midnight(2027, 11, 21)),
        ("1 May 2027, they asked for time", midnight(2027, 5, 1)),
        ("\n\n1 May 2027\nThey asked for time.", midnight(2027, 5, 1)),
    ],
)
def test_a_date_begins_at_midnight_where_the_network_is(text: str, day: datetime) -> None:
    assert read_until(text, NOW, NAIROBI) == day


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("14d", 14),
        ("14 d", 14),
        ("14j", 14),
        ("14 days", 14),
        ("14 jours", 14),
        ("14 días", 14),
        ("3 weeks", 21),
        ("in two weeks", 14),
        ("١٤d", 14),
        ("tomorrow", 1),
        ("mañana", 1),
        ("demain", 1),
        ("غدا", 1),
        ("14d they asked for time", 14),
    ],
)
def test_a_span_is_counted_from_now(text: str, days: int) -> None:
    assert read_until(text, NOW, NAIROBI) == NOW + timedelta(days=days)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1.5.2027", id="May or January"),
        pytest.param("05/06/2027", id="May or June"),
        pytest.param("today", id="no day to come"),
        pytest.param("22 November 2026", id="today"),
        pytest.param("1m", id="a minute"),
        pytest.param("21 November 2026", id="yesterday"),
        pytest.param("14 days ago", id="a span back"),
        pytest.param("1 May 2207", id="a slip of the keyboard"),
        pytest.param("9999-12-31", id="the end of time"),
        pytest.param("0001-01-01", id="and its beginning"),
        pytest.param("31 February 2027", id="no such day"),
        pytest.param("99999999999999999999d", id="no such span"),
        pytest.param("9" * 5000, id="more digits than int takes"),
        pytest.param("1777777777", id="a timestamp"),
        pytest.param("14", id="a number"),
        pytest.param("5", id="a month's number"),
        pytest.param("a while", id="the letter with which August begins"),
        pytest.param("May", id="a month without its day"),
        pytest.param("may take long", id="no month at all"),
        pytest.param("2027", id="a year"),
        pytest.param("the applicant asked for two weeks", id="not at the start"),
        pytest.param("They asked.\n1 May 2027", id="not in the first line"),
        pytest.param("", id="nothing"),
    ],
)
def test_where_no_coming_day_is_named_for_certain_there_is_none(text: str) -> None:
    assert read_until(text, NOW, NAIROBI) is None


def test_the_day_is_reckoned_where_the_network_is() -> None:
    """At half past eleven at night in London it is tomorrow already in Nairobi."""
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert read_until("23 November 2026", late, UTC) == datetime(2026, 11, 23, tzinfo=UTC)
    assert read_until("23 November 2026", late, NAIROBI) is None


numbers = st.integers(0, 10**6).map(str)
words = st.sampled_from(
    ["in", "d", "days", "weeks", "years", "May", "mayo", "avril", "/", ".", "-", ":", "٣", "am", "+", "UTC"]
)


@settings(deadline=None, max_examples=50)
@given(st.lists(numbers | words | st.text(max_size=4), max_size=7).map(" ".join))
def test_whatever_is_written_the_day_lies_ahead_and_can_be_kept_in_utc(text: str) -> None:
    found = read_until(text, NOW, NAIROBI)

    assert found is None or NOW < found.astimezone(UTC) < NOW + FURTHEST + timedelta(days=2)
