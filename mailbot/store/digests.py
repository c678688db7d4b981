"""What went out by the calendar: when the last digest and the last morning letter were written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from mailbot.store.tables import digests


def last(c: Connection, kind: str) -> datetime | None:
    """When the last one of this kind was written; None where none ever was."""
    moment: datetime | None = c.scalar(select(func.max(digests.c.sent_at)).where(digests.c.kind == kind))
    return moment


def record(c: Connection, kind: str, now: datetime, heads: Mapping[str, str]) -> None:
    """One was written; ``heads`` is what it said of the ends of the journals (case number → hash)."""
    c.execute(insert(digests).values(kind=kind, sent_at=now, heads=dict(heads)))


def heads(c: Connection, kind: str) -> list[tuple[datetime, dict[str, str]]]:
    """What each of this kind said of the journals, oldest first."""
    rows = c.execute(
        select(digests.c.sent_at, digests.c.heads).where(digests.c.kind == kind).order_by(digests.c.id)
    )
    return [(sent_at, dict(told)) for sent_at, told in rows]
