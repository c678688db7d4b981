"""The way that a letter took, server by server, from its ``Received`` fields (RFC 5321 section 4.4).

Shown to people only, and read only when it is shown: 0.3 ms for the four hops of a usual letter. Whoever
sends a letter can write such fields too; those of our own servers, the last ones, are true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from typing import Any

from mailbot.values import Letter

MOST = 30
"""Servers on the way that are read; a letter that passes thirty is caught in a circle."""
LONGEST = 1_000
"""Characters of one field that are read; the longest that servers write have some 400."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One server took the letter from another. What it does not tell is ``""`` or None."""

    sender: str
    server: str
    at: datetime | None
    seconds: float
    """Since the hop before; below zero where two clocks differ."""


def read_hops(letter: Letter) -> tuple[Hop, ...]:
    """The servers that ``letter`` passed, in the order in which it did; the last ``MOST`` of them."""
    import mailparser  # noqa: PLC0415 - a tenth of a second, for a few

    message = Message()
    for value in letter.all("received")[:MOST]:
        message["Received"] = value[:LONGEST].encode("ascii", "replace").decode("ascii")
    return tuple(_hops(mailparser.MailParser(message).received))


def _hops(received: list[dict[str, Any]]) -> Iterator[Hop]:
    for one in received:
        at = one.get("date_utc")
        if at or one.get("by"):
            yield Hop(
                sender=one.get("from", "").partition(" ")[0],
                server=one.get("by", "").partition(" ")[0],
                at=datetime.fromisoformat(at) if at else None,
                seconds=one.get("delay") or 0.0,
            )
