"""Timers: when a case is to be looked at again without a letter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from mailbot.store.cases import row_of
from mailbot.store.portable import put
from mailbot.store.tables import cases, timers


def set_timer(c: Connection, number: str, timer: str, due: datetime) -> None:
    """Ring ``timer`` of this case at ``due``, and not when it was set for before. Raises NoSuchCase."""
    put(c, timers, {"case_id": row_of(c, number), "timer": timer}, {"due": due, "listed_at": None})


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


def of_case(c: Connection, number: str) -> dict[str, datetime]:
    """The timers of a case that are set, and when each rings. Raises NoSuchCase."""
    rows = c.execute(select(timers.c.timer, timers.c.due).where(timers.c.case_id == row_of(c, number)))
    return {row.timer: row.due for row in rows}


def next_due(c: Connection) -> datetime | None:
    """When the next timer rings; None where none is set."""
    first: datetime | None = c.scalar(select(func.min(timers.c.due)))
    return first


def coming(c: Connection, timer: str, before: datetime) -> list[tuple[str, datetime]]:
    """Where ``timer`` rings before that moment, or should have rung: (case number, due), earliest first."""
    rows = c.execute(
        select(cases.c.number, timers.c.due)
        .join_from(timers, cases)
        .where(timers.c.timer == timer, timers.c.due < before)
        .order_by(timers.c.due, timers.c.id)
    )
    return [(number, moment) for number, moment in rows]


def mark_listed(c: Connection, number: str, timer: str, now: datetime) -> None:
    """A digest has named what this timer will do."""
    c.execute(
        update(timers)
        .where(timers.c.case_id == row_of(c, number), timers.c.timer == timer)
        .values(listed_at=now)
    )


def is_listed(c: Connection, number: str, timer: str) -> bool:
    """Whether a digest has named what this timer will do, since it was set."""
    listed: datetime | None = c.scalar(
        select(timers.c.listed_at).where(timers.c.case_id == row_of(c, number), timers.c.timer == timer)
    )
    return listed is not None
