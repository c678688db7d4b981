"""A calendar entry is read by another's reader as it was meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Alarm, Calendar, Event

from mailbot.documents.entry import closing_entry
from mailbot.values import Address

CLOSES = datetime(2026, 6, 12, 18, 0, tzinfo=timezone(timedelta(hours=3)))
NOW = datetime(2026, 5, 29, 7, 30, 15, tzinfo=UTC)
TITLES = {
    "en": "Vote on Bahari ya Tana closes; reply APPROVE, REJECT or ABSTAIN",
    "es": "Cierra la votación sobre Bahari ya Tana; responda APRUEBO, RECHAZO o ABSTENCIÓN",
    "fr": "Clôture du vote sur Bahari ya Tana\u00a0; répondez APPROUVER, REJETER ou ABSTENTION",
    "ar": "يُغلق التصويت على Bahari ya Tana؛ أجيبوا: أوافق أو أرفض أو أمتنع، قبل السادسة مساءً",
}


def written(
    title: str = TITLES["en"],
    *,
    description: str = "Reply to the ballot.",
    url: str = "https://rivercommons.example",
    name: str = "Membership desk",
    sequence: int = 0,
) -> bytes:
    return closing_entry(
        uid="M-2026-0042.board.1@rivercommons.example",
        network="River Commons",
        title=title,
        closes=CLOSES,
        url=url,
        description=description,
        organizer=Address("membership@rivercommons.example", name),
        now=NOW,
        sequence=sequence,
    )


def event(raw: bytes) -> Event:
    calendar = Calendar.from_ical(raw)
    assert not calendar.errors
    (found,) = calendar.events
    assert not found.errors
    return found


@pytest.mark.parametrize("language", TITLES)
def test_another_reader_finds_what_was_written(language: str) -> None:
    description = f"{TITLES[language]}\n\n1; 2, 3\\n: «{TITLES[language]}»"
    raw = written(TITLES[language], description=description, sequence=2)
    assert Calendar.from_ical(raw)["METHOD"] == "PUBLISH"
    found = event(raw)
    assert found["UID"] == "M-2026-0042.board.1@rivercommons.example"
    assert found["SEQUENCE"] == 2
    assert found["SUMMARY"] == TITLES[language]
    assert found["DESCRIPTION"] == description
    assert found["DTSTART"].dt == CLOSES
    assert found["DTSTAMP"].dt == NOW
    assert found["TRANSP"] == "TRANSPARENT"
    assert found["CLASS"] == "CONFIDENTIAL"
    assert found["URL"] == "https://rivercommons.example"
    assert found["ORGANIZER"] == "mailto:membership@rivercommons.example"
    assert found["ORGANIZER"].params["CN"] == "Membership desk"
    (alarm,) = (part for part in found.subcomponents if isinstance(part, Alarm))
    assert alarm["ACTION"] == "DISPLAY"
    assert alarm["TRIGGER"].dt == timedelta(days=-2)


@pytest.mark.parametrize("language", TITLES)
def test_lines_are_folded_as_mail_bears_them(language: str) -> None:
    raw = written(TITLES[language], description=TITLES[language] * 20)
    lines = raw.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode() for line in lines)
    assert b"DTSTART:20260612T150000Z" in lines


def test_the_same_entry_gives_the_same_bytes() -> None:
    assert written() == written()


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "https://x.example/\r\nATTENDEE:mailto:a@bad.example"]
)
def test_what_is_no_web_address_is_left_out(url: str) -> None:
    assert "URL" not in event(written(url=url))


@given(text=st.text(st.characters(), max_size=200))
def test_no_words_change_the_build_of_an_entry(text: str) -> None:
    hostile = f"{text}\r\nATTENDEE:mailto:a@bad.example\nEND:VEVENT"
    found = event(written(hostile, description=hostile, name=hostile))
    assert found.keys() == event(written()).keys()
    assert found["ORGANIZER"].params.keys() == {"CN"}


@pytest.mark.parametrize("naive", ["closes", "now"])
def test_a_date_without_a_time_zone_is_refused(naive: str) -> None:
    dates = {"closes": CLOSES, "now": NOW} | {naive: datetime(2026, 6, 12, 18, 0)}  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        closing_entry(
            uid="x", network="", title="", description="", organizer=Address("a@x.example"), **dates
        )
