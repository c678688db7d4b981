"""The people of these stories, and what is written again and again in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import Connection

from mailbot.process.case import Case
from mailbot.store import cases, outgoing
from mailbot.values import Applicant, Kind, Participant, Role

MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = "ab" * 32
REHEMA = "rehema@bahariyetu.example"
DIEGO = "diego@rioabierto.example"
PATTERN = "M-{year}-{count:04}"


def a_case(email: str = REHEMA, *, opened: datetime = MORNING, stage: str = "inquiry") -> Case:
    return Case(
        number="",
        stage=stage,
        since=opened,
        opened=opened,
        rules=RULES,
        language="en",
        applicant=Applicant(Kind.ORGANIZATION, "Bahari Yetu", "KE"),
        participants=(Participant(email, Role.APPLICANT, "Rehema Kazungu", since=opened),),
    )


def opened(c: Connection, email: str = REHEMA, *, stage: str = "inquiry") -> str:
    """A case that was opened; its number."""
    return cases.open_case(c, a_case(email, stage=stage), PATTERN).number


def queued(c: Connection, message_id: str, *, to: str = REHEMA, case: str | None = None) -> int:
    """A letter that waits to be sent; its row."""
    return outgoing.queue(
        c,
        case=case,
        template="received",
        language="en",
        sender="membership@network.example",
        recipient=to,
        subject="Your letter",
        message_id=message_id,
        raw=b"Subject: Your letter\r\n\r\nThank you.\r\n",
        answers_letter=None,
        now=MORNING,
    )


def salts() -> Callable[[], str]:
    """Salts that differ, and are the same in every run."""
    numbers = count(1)
    return lambda: f"salt-{next(numbers)}"
