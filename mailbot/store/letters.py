"""Letters that came in: stored before anything else, handled once, and what became of each."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from mailbot.store import cases
from mailbot.store.portable import in_slices, put
from mailbot.store.tables import attachments, letter_bodies, letters, mailboxes
from mailbot.store.tables import cases as case_rows
from mailbot.values import Address, AttachmentText


class NoSuchLetter(LookupError):  # noqa: N818 - a statement, like NoSuchCase
    """No letter has this row."""


# ── mailboxes ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a folder was read: every UID up to ``last_uid`` is stored.

    ``read_until`` is the moment of the last look into it. Where the folder was made anew, a rescan up to
    the UID ``rescan_to`` meets the old letters again: of those, what came before ``begun`` is left alone.
    """

    id: int
    uidvalidity: int
    last_uid: int
    read_until: datetime
    begun: datetime
    rescan_to: int = 0


def find_mark(c: Connection, name: str, folder: str) -> Mark | None:
    """How far ``folder`` of the mailbox ``name`` was read; None where it never was."""
    mark = mailboxes.c
    row = c.execute(
        select(mark.id, mark.uidvalidity, mark.last_uid, mark.read_until, mark.begun, mark.rescan_to).where(
            mark.name == name, mark.folder == folder
        )
    ).one_or_none()
    return Mark(*row) if row else None


def set_mark(
    c: Connection,
    name: str,
    folder: str,
    uidvalidity: int,
    last_uid: int,
    read_until: datetime,
    *,
    begun: datetime | None = None,
    rescan_to: int | None = None,
) -> Mark:
    """Record how far ``folder`` of the mailbox ``name`` was read, in the transaction of its letters.

    ``begun`` and ``rescan_to`` stay as they were where they are not given; a folder that is new begins with
    ``read_until``.
    """
    known = find_mark(c, name, folder)
    begun = begun or (known.begun if known else read_until)
    if rescan_to is None:
        rescan_to = known.rescan_to if known else 0
    values = {
        "uidvalidity": uidvalidity,
        "last_uid": last_uid,
        "read_until": read_until,
        "begun": begun,
        "rescan_to": rescan_to,
    }
    put(c, mailboxes, {"name": name, "folder": folder}, values)
    row: int = c.execute(
        select(mailboxes.c.id).where(mailboxes.c.name == name, mailboxes.c.folder == folder)
    ).scalar_one()
    return Mark(row, uidvalidity, last_uid, read_until, begun, rescan_to)


# ── coming in ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Incoming:
    """A letter as it came: its bytes, the server's time of its arrival, its UID where it was fetched."""

    raw: bytes = field(repr=False)
    received_at: datetime
    uid: int | None = None


def receive(c: Connection, mark: Mark | None, incoming: Sequence[Incoming], now: datetime) -> list[int]:
    """Store letters of the folder of ``mark`` (None: they came by pipe); the rows that are new.

    A UID that is stored already is passed over. Of bytes that are stored already, only the fact is kept:
    the new row is a duplicate of the first that had them.
    """
    fetched = [letter.uid for letter in incoming if letter.uid is not None]
    stored = _stored_uids(c, mark, fetched) if mark else set()
    rows = [_row(mark, letter, now) for letter in incoming if letter.uid is None or letter.uid not in stored]
    firsts = _first_with(c, {row["raw_hash"] for row in rows})
    bodies = {row["raw_hash"]: row.pop("raw") for row in reversed(rows)}

    new: dict[str, dict[str, Any]] = {}
    again: list[dict[str, Any]] = []
    for row in rows:
        if row["raw_hash"] in firsts or row["raw_hash"] in new:
            again.append(row)
        else:
            new[row["raw_hash"]] = row
    ids = _insert(c, [{**row, "state": "received"} for row in new.values()])
    if ids:
        c.execute(
            insert(letter_bodies),
            [{"letter_id": row, "raw": bodies[digest]} for digest, row in zip(new, ids, strict=True)],
        )
    firsts.update(zip(new, ids, strict=True))
    settled = {"state": "duplicate", "handled_at": now}
    return ids + _insert(c, [{**row, **settled, "same_as": firsts[row["raw_hash"]]} for row in again])


def _stored_uids(c: Connection, mark: Mark, uids: Sequence[int]) -> set[int | None]:
    folder = select(letters.c.uid).where(
        letters.c.mailbox_id == mark.id, letters.c.uidvalidity == mark.uidvalidity
    )
    return {uid for some in in_slices(uids) for uid in c.scalars(folder.where(letters.c.uid.in_(some)))}


def _first_with(c: Connection, digests: set[str]) -> dict[str, int]:
    """Raw hash → the first letter that had it."""
    first = select(letters.c.raw_hash, func.min(letters.c.id)).group_by(letters.c.raw_hash)
    return {
        digest: row
        for some in in_slices(digests)
        for digest, row in c.execute(first.where(letters.c.raw_hash.in_(some)))
    }


def _row(mark: Mark | None, letter: Incoming, now: datetime) -> dict[str, Any]:
    return {
        "mailbox_id": mark.id if mark else None,
        "uidvalidity": mark.uidvalidity if mark else None,
        "uid": letter.uid,
        "received_at": letter.received_at,
        "stored_at": now,
        "raw_hash": hashlib.sha256(letter.raw).hexdigest(),
        "size": len(letter.raw),
        "raw": letter.raw,
    }


def _insert(c: Connection, rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    return list(c.scalars(insert(letters).returning(letters.c.id, sort_by_parameter_order=True), rows))


# ── handling ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that is to be handled, and how often that was tried. ``sender`` is ``""`` until described."""

    id: int
    received_at: datetime
    attempts: int
    sender: str


_earlier = letters.alias("earlier")
_behind_another = (
    select(_earlier.c.id)
    .where(
        letters.c.sender != "",
        _earlier.c.sender == letters.c.sender,
        _earlier.c.state == "received",
        _earlier.c.id < letters.c.id,
    )
    .exists()
)


def next_letter(c: Connection, now: datetime) -> Waiting | None:
    """The oldest letter that may be handled at ``now``; None where there is none.

    One that is put off holds up the later letters of its own sender, and no others.
    """
    letter = letters.c
    row = c.execute(
        select(letter.id, letter.received_at, letter.attempts, letter.sender)
        .where(
            letter.state == "received",
            or_(letter.try_at.is_(None), letter.try_at <= now),
            ~_behind_another,
        )
        .order_by(letter.id)
        .limit(1)
    ).one_or_none()
    return Waiting(*row) if row else None


def take(c: Connection, now: datetime) -> Waiting | None:
    """The same letter, its attempt counted before it is made: one that ends the whole process counts too."""
    waiting = next_letter(c, now)
    if waiting is None:
        return None
    _change(c, waiting.id, attempts=letters.c.attempts + 1)
    return replace(waiting, attempts=waiting.attempts + 1)


def held_up(c: Connection, letter_id: int) -> bool:
    """Whether an earlier letter of the same sender is still to be handled.

    The sender is known only once a letter was described: ask again after that.
    """
    return c.scalar(select(letters.c.id).where(letters.c.id == letter_id, _behind_another)) is not None


def next_try(c: Connection) -> datetime | None:
    """When the first of the letters that were put off is due; None where there is none."""
    first: datetime | None = c.scalar(select(func.min(letters.c.try_at)).where(letters.c.state == "received"))
    return first


def raw(c: Connection, letter_id: int) -> bytes:
    """The letter's bytes; a duplicate's are those of the first. Raises NoSuchLetter."""
    content: bytes | None = c.scalar(
        select(letter_bodies.c.raw)
        .join(letters, letter_bodies.c.letter_id.in_([letters.c.id, letters.c.same_as]))
        .where(letters.c.id == letter_id)
        # a duplicate by Message-ID has a body of its own, and the higher row
        .order_by(letter_bodies.c.letter_id.desc())
        .limit(1)
    )
    if content is None:
        raise NoSuchLetter(f"There is no letter {letter_id} in the database.")
    return content


def describe(
    c: Connection, letter_id: int, *, message_id: str, sender: str, subject: str, body_digest: str
) -> None:
    """Note what the letter's head says; ``sender`` is an address, kept as its key (``""``: none)."""
    _change(
        c,
        letter_id,
        message_id=_bounded(message_id),
        sender=_bounded(Address(sender).key),
        subject=subject,
        body_digest=body_digest,
    )


def first_of(c: Connection, letter_id: int, message_id: str, sender: str, body_digest: str) -> int | None:
    """The first letter before this one with the same Message-ID, sender and body; None where there is none.

    A letter without a Message-ID is like no other.
    """
    if not message_id:
        return None
    first: int | None = c.scalar(
        select(func.min(letters.c.id)).where(
            letters.c.message_id == _bounded(message_id),
            letters.c.sender == _bounded(Address(sender).key),
            letters.c.body_digest == body_digest,
            letters.c.id < letter_id,
        )
    )
    return first


def same_id(c: Connection, letter_id: int, message_id: str) -> bool:
    """Whether an earlier letter has the same Message-ID, and another body than this one."""
    if not message_id:
        return False
    digest = select(letters.c.body_digest).where(letters.c.id == letter_id).scalar_subquery()
    other = select(_earlier.c.id).where(
        _earlier.c.message_id == _bounded(message_id),
        _earlier.c.id < letter_id,
        _earlier.c.body_digest != digest,
    )
    return c.scalar(other.limit(1)) is not None


def _bounded(key: str) -> str:
    """The beginning of ``key``: PostgreSQL indexes 2,704 bytes at most, and a stranger may send any number.

    RFC 5321 section 4.5.3.1 bounds an address at 256 octets, RFC 5322 section 2.1.1 a line at 998.
    """
    return key[:600]


def settle(
    c: Connection,
    letter_id: int,
    *,
    state: str,
    outcome: str,
    now: datetime,
    case: str | None = None,
    same_as: int | None = None,
) -> None:
    """Say what became of a letter: ``handled``, ``set_aside``, ``waiting``, ``duplicate`` or ``own``.

    ``outcome`` is a word for it; ``case`` the number of the case that it belongs to (NoSuchCase).
    """
    _change(
        c,
        letter_id,
        state=state,
        outcome=outcome,
        handled_at=now,
        try_at=None,
        case_id=cases.row_of(c, case) if case else None,
        same_as=same_as,
    )


def put_off(c: Connection, letter_id: int, *, try_at: datetime, error: str) -> None:
    """Handle the letter again at ``try_at``; ``error`` is what went wrong this time."""
    _change(c, letter_id, try_at=try_at, error=error)


def reopen(c: Connection, letter_id: int) -> None:
    """Handle a letter again from the start that waited for a confirmation."""
    _change(c, letter_id, state="received", outcome="", attempts=0, handled_at=None, try_at=None)


def keep_attachments(
    c: Connection, letter_id: int, texts: Sequence[AttachmentText], media_types: Sequence[str]
) -> None:
    """Keep what the letter's attachments say, in their order, in place of what was kept before."""
    c.execute(delete(attachments).where(attachments.c.letter_id == letter_id))
    rows = [
        {
            "letter_id": letter_id,
            "name": text.name,
            "media_type": media_type,
            "text": text.text,
            "unreadable": text.unreadable,
        }
        for text, media_type in zip(texts, media_types, strict=True)
    ]
    if rows:
        c.execute(insert(attachments), rows)


def _change(c: Connection, letter_id: int, **values: Any) -> None:
    if not c.execute(update(letters).where(letters.c.id == letter_id).values(**values)).rowcount:
        raise NoSuchLetter(f"There is no letter {letter_id} in the database.")


# ── on the server ────────────────────────────────────────────────────────────────────────────────


def to_put_away(c: Connection, mark_id: int) -> list[tuple[int, int, int]]:
    """Letters that are done with and still lie in the folder: (row, UIDVALIDITY, UID), oldest first."""
    letter = letters.c
    rows = c.execute(
        select(letter.id, letter.uidvalidity, letter.uid)
        .where(
            letter.mailbox_id == mark_id,
            letter.state.in_(["handled", "duplicate", "own"]),
            letter.put_away.is_(False),
        )
        .order_by(letter.id)
    )
    return [(row, uidvalidity, uid) for row, uidvalidity, uid in rows]


def put_away(c: Connection, letter_ids: Sequence[int]) -> None:
    """Note that these letters were moved or flagged on the server."""
    for some in in_slices(letter_ids):
        c.execute(update(letters).where(letters.c.id.in_(some)).values(put_away=True))


def all_read(c: Connection, folders: Collection[tuple[str, str]], until: datetime) -> bool:
    """Whether every one of these (mailbox, folder) was read past ``until``, and every letter that came
    before is handled or set aside: then nothing can come to light any more that was said in time."""
    read = {
        (name, folder)
        for name, folder in c.execute(
            select(mailboxes.c.name, mailboxes.c.folder).where(mailboxes.c.read_until > until)
        )
    }
    waiting = (
        select(letters.c.id).where(letters.c.state == "received", letters.c.received_at <= until).limit(1)
    )
    return set(folders) <= read and c.scalar(waiting) is None


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter as the lists show it. ``case_number`` is ``""`` where it belongs to no case."""

    id: int
    received_at: datetime
    sender: str
    subject: str
    state: str
    outcome: str
    case_number: str
    message_id: str


def of_case(c: Connection, number: str) -> list[StoredLetter]:
    """The letters of a case, in the order of their arrival."""
    rows = c.execute(
        _LISTED.where(case_rows.c.number == number).order_by(letters.c.received_at, letters.c.id)
    ).mappings()
    return [StoredLetter(**row) for row in rows]


def recent(c: Connection, limit: int) -> list[StoredLetter]:
    """The letters that came last, newest first."""
    rows = c.execute(_LISTED.order_by(letters.c.id.desc()).limit(limit)).mappings()
    return [StoredLetter(**row) for row in rows]


def count_by_state(c: Connection) -> dict[str, int]:
    """State → how many letters are in it; states without letters are left out."""
    rows = c.execute(select(letters.c.state, func.count()).group_by(letters.c.state))
    return dict(rows.all())


_LISTED = select(
    letters.c.id,
    letters.c.received_at,
    letters.c.sender,
    letters.c.subject,
    letters.c.state,
    letters.c.outcome,
    func.coalesce(case_rows.c.number, "").label("case_number"),
    letters.c.message_id,
).join_from(letters, case_rows, isouter=True)
