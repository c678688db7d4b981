"""Timers: when a case is to be looked at again without a letter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from mailbot.store.cases import row_of
from mailbot.store.portable import put
from mailbot.store.tables import cases, timers


def set_timer(c: Connection, number: str, timer: str, due: datetime) -> None:
    """Ring ``timer`` of this case at ``due``, and not when it was set for before. Raises NoSuchCase."""
    put(c, timers, {"case_id": row_of(c, number), "timer": timer}, {"due": due})


def stop_timer(c: Connection, number: str, timer: str) -> None:
    """Do not ring ``timer`` of this case, whether it was set or not. Raises NoSuchCase."""
    c.execute(delete(timers).where(timers.c.case_id == row_of(c, number), timers.c.timer == timer))


def due(c: Connection, now: datetime) -> list[tuple[str, str, datetime]]:
    """The timers that ring at ``now`` or rang before: (case number, timer, due), earliest first."""
    rows = c.execute(
        select(cases.c.number, timers.c.timer, timers.c.due)
        .join_from(timers, cases)
        .where(timers.c.due <= now)
        .order_by(timers.c.due, timers.c.id)
    )
    return [(number, timer, moment) for number, timer, moment in rows]


def next_due(c: Connection) -> datetime | None:
    """When the next timer rings; None where none is set."""
    first: datetime | None = c.scalar(select(func.min(timers.c.due)))
    return first
