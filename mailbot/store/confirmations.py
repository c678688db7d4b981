"""Letters that wait until their sender says «yes, I wrote that»."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from mailbot.store.tables import confirmations


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That ``email`` was asked whether they wrote ``letter_id``, and whether they have answered."""

    id: int
    letter_id: int
    email: str
    settled: bool


def ask(c: Connection, *, letter_id: int, email: str, outgoing_id: int, now: datetime) -> int:
    """``email`` is asked by the outgoing letter ``outgoing_id``; the row of the confirmation."""
    row: int = c.execute(
        insert(confirmations)
        .values(letter_id=letter_id, email=email, outgoing_id=outgoing_id, asked_at=now)
        .returning(confirmations.c.id)
    ).scalar_one()
    return row


def find(c: Connection, outgoing_id: int) -> Confirmation | None:
    """What was asked by the outgoing letter ``outgoing_id``; None where it asked nothing."""
    row = c.execute(select(confirmations).where(confirmations.c.outgoing_id == outgoing_id)).one_or_none()
    return Confirmation(row.id, row.letter_id, row.email, row.settled_at is not None) if row else None


def settle(c: Connection, confirmation_id: int, *, confirmed: bool, now: datetime) -> None:
    """They have answered. The first answer stands."""
    c.execute(
        update(confirmations)
        .where(confirmations.c.id == confirmation_id, confirmations.c.settled_at.is_(None))
        .values(settled_at=now, confirmed=confirmed)
    )


def confirmed(c: Connection, letter_id: int) -> bool:
    """Whether somebody said that they wrote this letter."""
    said = select(confirmations.c.id).where(
        confirmations.c.letter_id == letter_id, confirmations.c.confirmed.is_(True)
    )
    return c.scalar(said.limit(1)) is not None


def asked_already(c: Connection, letter_id: int) -> bool:
    """Whether anybody was asked about this letter."""
    asked = select(confirmations.c.id).where(confirmations.c.letter_id == letter_id)
    return c.scalar(asked.limit(1)) is not None
