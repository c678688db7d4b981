"""The closing date of a ballot or consultation as a calendar entry (RFC 5545).

Written out here: libraries take 0.3 seconds to import for these twenty lines of text, and the one
that is quick does not fold them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from mailbot.documents.plain import clean, folded
from mailbot.values import Address

LONGEST_LINE = 75
"""Bytes of a line, without its CRLF (RFC 5545 section 3.1)."""

_SPECIAL = re.compile(r"[\\;,]")
_WEB_ADDRESS = re.compile(r"https?://[!-~]+")


def closing_entry(
    *,
    uid: str,
    network: str,
    title: str,
    closes: datetime,
    url: str = "",
    description: str,
    organizer: Address,
    now: datetime,
    sequence: int = 0,
) -> bytes:
    """An entry at ``closes``, which takes no time of the day and rings two days before.

    ``uid`` is the same whenever the entry is sent again, and ``sequence`` higher each time the date was
    moved. ``closes`` and ``now`` are aware, or ValueError is raised. What is no web address is left out.
    """
    if closes.tzinfo is None or now.tzinfo is None:
        raise ValueError("an entry needs to know the time zone of its dates")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//mailbot//closing dates//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_text(folded(uid))}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(closes)}",
        f"SUMMARY:{_text(folded(title))}",
        f"DESCRIPTION:{_text(clean(description).strip())}",
        f"CATEGORIES:{_text(folded(network))}",
        f'ORGANIZER;CN="{_parameter(organizer.name or network)}":mailto:{quote(organizer.email, "@+")}',
        *([f"URL:{url}"] if _WEB_ADDRESS.fullmatch(url) else []),
        "TRANSP:TRANSPARENT",
        # A calendar that others may look into shows that there is an entry, and not what it says.
        "CLASS:CONFIDENTIAL",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(folded(title))}",
        "TRIGGER:-P2D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(piece for line in lines for piece in _folded_line(line))


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", words).replace("\n", r"\n")


def _parameter(words: str) -> str:
    """RFC 6868: a quotation mark has no other way into a quoted value."""
    return folded(words).replace("^", "^^").replace('"', "^'")


def _folded_line(line: str) -> Iterator[bytes]:
    """In pieces that no mail program breaks; no character is cut in two."""
    piece = b""
    for character in line:
        encoded = character.encode()
        if len(piece) + len(encoded) > LONGEST_LINE:
            yield piece + b"\r\n"
            piece = b" "
        piece += encoded
    yield piece + b"\r\n"
