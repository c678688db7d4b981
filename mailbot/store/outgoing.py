"""Letters that go out: written once, claimed by one sender, tried until they are sent or cannot be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, insert, select, update

from mailbot.store import cases
from mailbot.store.portable import in_slices
from mailbot.store.tables import cases as case_rows
from mailbot.store.tables import outgoing
from mailbot.values import Address, Credential


class NoSuchOutgoing(LookupError):  # noqa: N818 - a statement, like NoSuchCase
    """No outgoing letter has this row."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter of ours. ``case_number`` is ``""`` where it is about none; ids are without brackets."""

    id: int
    case_number: str
    template: str
    language: str
    sender: str
    recipient: str
    subject: str
    message_id: str
    raw: bytes = field(repr=False)
    attempts: int
    state: str
    queued_at: datetime
    sent_at: datetime | None
    error: str
    """What the last attempt said; ``""`` where none failed."""
    answers_letter: int | None
    """The incoming letter that it answers."""
    listed: tuple[str, ...] = ()
    """The cases of its numbered list, in order: a reply may answer them line by line."""


# ── on its way ───────────────────────────────────────────────────────────────────────────────────


def reserve(
    c: Connection,
    *,
    case: str | None,
    template: str,
    language: str,
    sender: str,
    recipient: str,
    message_id: str,
    answers_letter: int | None,
    now: datetime,
    listed: Sequence[str] = (),
) -> int:
    """A row for a letter that is yet to be written, since its reply address names the row.

    ``put`` what is written in the same transaction: nothing else sends it. Raises NoSuchCase.
    """
    row: int = c.execute(
        insert(outgoing)
        .values(
            case_id=cases.row_of(c, case) if case else None,
            template=template,
            language=language,
            sender=sender,
            recipient=recipient,
            recipient_key=Address(recipient).key,
            subject="",
            message_id=message_id,
            answers_letter=answers_letter,
            raw=b"",
            state="reserved",
            queued_at=now,
            try_at=now,
            attempts=0,
            error="",
            copied=False,
            listed=list(listed),
        )
        .returning(outgoing.c.id)
    ).scalar_one()
    return row


def put(c: Connection, outgoing_id: int, *, subject: str, raw: bytes) -> None:
    """Put the letter as it was written into the row that was reserved for it; it now waits to be sent."""
    _change(c, outgoing_id, subject=subject, raw=raw, state="waiting")


def queue(
    c: Connection,
    *,
    case: str | None,
    template: str,
    language: str,
    sender: str,
    recipient: str,
    subject: str,
    message_id: str,
    raw: bytes,
    answers_letter: int | None,
    now: datetime,
) -> int:
    """Keep a letter that is written and is to be sent; its row. Raises NoSuchCase."""
    row = reserve(
        c,
        case=case,
        template=template,
        language=language,
        sender=sender,
        recipient=recipient,
        message_id=message_id,
        answers_letter=answers_letter,
        now=now,
    )
    put(c, row, subject=subject, raw=raw)
    return row


def claim(c: Connection, limit: int, now: datetime) -> list[Outgoing]:
    """Take up to ``limit`` letters that are due, oldest first; nobody else is given them.

    They stay claimed until ``sent``, ``put_off``, ``put_back``, ``failed`` or ``release_claims``.
    """
    due = (
        select(outgoing.c.id)
        .where(outgoing.c.state == "waiting", outgoing.c.try_at <= now)
        .order_by(outgoing.c.id)
        .limit(limit)
        # PostgreSQL: two senders pass each other by; SQLite has one writer at a time, and leaves it out
        .with_for_update(skip_locked=True)
    )
    claimed = list(c.scalars(due))
    c.execute(update(outgoing).where(outgoing.c.id.in_(claimed)).values(state="sending"))
    return _select(c, outgoing.c.id.in_(claimed))


def sent(c: Connection, outgoing_id: int, now: datetime) -> None:
    """The server took the letter."""
    _change(c, outgoing_id, state="sent", sent_at=now, attempts=outgoing.c.attempts + 1, error="")


def put_off(c: Connection, outgoing_id: int, *, try_at: datetime, error: str) -> None:
    """Try the letter again at ``try_at``; ``error`` is what went wrong this time."""
    _change(c, outgoing_id, state="waiting", try_at=try_at, attempts=outgoing.c.attempts + 1, error=error)


def put_back(c: Connection, outgoing_id: int) -> None:
    """Let a claimed letter wait again that nobody tried to send."""
    _change(c, outgoing_id, state="waiting")


def failed(c: Connection, outgoing_id: int, error: str) -> None:
    """The letter cannot be delivered, for good."""
    _change(c, outgoing_id, state="failed", attempts=outgoing.c.attempts + 1, error=error)


def release_claims(c: Connection) -> int:
    """Let letters wait again that were claimed when the program died; how many there were.

    For the start, before anything is claimed.
    """
    return c.execute(update(outgoing).where(outgoing.c.state == "sending").values(state="waiting")).rowcount


def next_try(c: Connection) -> datetime | None:
    """When the first waiting letter is due; None where none waits."""
    first: datetime | None = c.scalar(
        select(func.min(outgoing.c.try_at)).where(outgoing.c.state == "waiting")
    )
    return first


def to_copy(c: Connection, limit: int) -> list[Outgoing]:
    """Letters that were sent and not yet copied into the Sent folder, oldest first."""
    return _select(c, outgoing.c.state == "sent", outgoing.c.copied.is_(False), limit=limit)


def copied(c: Connection, outgoing_id: int) -> None:
    """The letter lies in the Sent folder."""
    _change(c, outgoing_id, copied=True)


def _change(c: Connection, outgoing_id: int, **values: Any) -> None:
    if not c.execute(update(outgoing).where(outgoing.c.id == outgoing_id).values(**values)).rowcount:
        raise NoSuchOutgoing(f"There is no outgoing letter {outgoing_id} in the database.")


# ── what was written to whom ─────────────────────────────────────────────────────────────────────


def find(c: Connection, outgoing_id: int) -> Outgoing | None:
    """The letter in this row, or None."""
    return next(iter(_select(c, outgoing.c.id == outgoing_id)), None)


def by_message_id(c: Connection, message_id: str) -> Outgoing | None:
    """Our letter with this Message-ID, or None."""
    return next(iter(_select(c, outgoing.c.message_id == message_id)), None)


def of_case(c: Connection, number: str) -> list[Outgoing]:
    """The letters that were written in a case, oldest first."""
    return _select(c, case_rows.c.number == number)


def recent(c: Connection, limit: int) -> list[Outgoing]:
    """The letters that were written last, newest first."""
    rows = c.scalars(select(outgoing.c.id).order_by(outgoing.c.id.desc()).limit(limit))
    return _select(c, outgoing.c.id.in_(list(rows)))[::-1]


def thread(c: Connection, number: str, recipient: str) -> list[str]:
    """Message-IDs of what this person was sent, or is about to be, in this case; oldest first."""
    return list(
        c.scalars(
            select(outgoing.c.message_id)
            .join(case_rows)
            .where(
                case_rows.c.number == number,
                outgoing.c.recipient_key == Address(recipient).key,
                outgoing.c.state.in_(["waiting", "sending", "sent"]),
            )
            .order_by(outgoing.c.id)
        )
    )


def credentials_for(c: Connection, message_ids: Collection[str]) -> list[Credential]:
    """What knowing these Message-IDs proves, each once, by its row; ids that are not ours prove nothing."""
    return _credentials(c, outgoing.c.message_id, message_ids)


def credentials_of(c: Connection, outgoing_ids: Collection[int]) -> list[Credential]:
    """What answering the letters in these rows proves; rows that are not there prove nothing."""
    return _credentials(c, outgoing.c.id, outgoing_ids)


def _credentials(c: Connection, column: Column[Any], values: Collection[object]) -> list[Credential]:
    own = outgoing.c
    letters = select(own.id, own.recipient_key, func.coalesce(case_rows.c.number, ""), own.template).join(
        case_rows, isouter=True
    )
    found = {tuple(row) for some in in_slices(values) for row in c.execute(letters.where(column.in_(some)))}
    return [Credential(email, case, purpose, row) for row, email, case, purpose in sorted(found)]


def on_their_way(c: Connection, template: str, number: str) -> int:
    """How many letters of this name about this case, alone or among others, have still to be sent."""
    rows = c.execute(
        select(case_rows.c.number, outgoing.c.listed)
        .join_from(outgoing, case_rows, isouter=True)
        .where(outgoing.c.template == template, outgoing.c.state.in_(["waiting", "sending"]))
    )
    return sum(number == own or number in listed for own, listed in rows)


def provoked(c: Connection, recipient_key: str, since: datetime, template: str = "") -> int:
    """How many letters, or letters of this name, were written to this address from ``since`` on."""
    which = [outgoing.c.recipient_key == recipient_key, outgoing.c.queued_at >= since]
    if template:
        which.append(outgoing.c.template == template)
    return c.execute(select(func.count()).where(*which)).scalar_one()


def count_by_state(c: Connection) -> dict[str, int]:
    """State → how many letters are in it; states without letters are left out."""
    rows = c.execute(select(outgoing.c.state, func.count()).group_by(outgoing.c.state))
    return dict(rows.all())


def _select(c: Connection, *which: ColumnElement[bool], limit: int | None = None) -> list[Outgoing]:
    own = outgoing.c
    rows = c.execute(
        select(
            own.id,
            func.coalesce(case_rows.c.number, "").label("case_number"),
            own.template,
            own.language,
            own.sender,
            own.recipient,
            own.subject,
            own.message_id,
            own.raw,
            own.attempts,
            own.state,
            own.queued_at,
            own.sent_at,
            own.error,
            own.answers_letter,
            own.listed,
        )
        .join(case_rows, isouter=True)
        .where(*which)
        .order_by(own.id)
        .limit(limit)
    )
    return [Outgoing(**{**row, "listed": tuple(row["listed"])}) for row in rows.mappings()]
