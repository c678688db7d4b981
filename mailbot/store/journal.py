"""The journal: what happened in each case and why, as a chain in which no entry can be changed unseen.

An entry's hash covers the entry before it, what is not personal, and a salted commitment to what is.
So a person's words can be erased with their salt, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, RowMapping, Select, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from mailbot.process.events import Record
from mailbot.store.cases import row_of
from mailbot.store.tables import cases, holdable, journal, personal_texts

ERASED = "erased"
"""The entry that says whose texts were erased: its fact ``entries`` lists their ``seq``, with spaces."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a case's journal, the first with ``seq`` 1.

    ``commitment`` is ``""`` where it never had a text; with a commitment and no ``text``, it was erased.
    """

    seq: int
    at: datetime
    entry: str
    facts: Mapping[str, str]
    text: str
    hash: str
    commitment: str
    previous: str
    salt: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a case's journal that is not as it was written, at the entry ``seq``."""

    case: str
    seq: int
    what: str
    erased: bool = False
    """True where a text was erased as it should be: worth telling, and nothing wrong."""


# ── the chain, pure ──────────────────────────────────────────────────────────────────────────────


def seal(
    *,
    number: str,
    seq: int,
    at: datetime,
    entry: str,
    facts: Mapping[str, str],
    commitment: str,
    previous: str,
) -> str:
    """The hash of an entry: SHA-256 over one spelling of all that it says, in hex.

    ``previous`` is the hash of the entry before it in the case ``number``, ``""`` for the first.
    """
    said = [number, seq, at.astimezone(UTC).isoformat(), entry, dict(facts), commitment, previous]
    spelled = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode("ascii")).hexdigest()


def commit_to(text: str, salt: str) -> str:
    """A commitment to ``text`` that tells nothing of it without ``salt``: HMAC-SHA-256 in hex.

    ``""`` where there is no text.
    """
    return hmac.digest(salt.encode(), text.encode(), "sha256").hex() if text else ""


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def append(
    c: Connection, number: str, at: datetime, records: Sequence[Record], salt: Callable[[], str]
) -> None:
    """Write entries at the end of a case's journal; ``salt`` gives a new random text for each.

    Raises NoSuchCase.
    """
    case = row_of(c, number)
    length, previous = c.execute(
        select(cases.c.journal_length, cases.c.journal_head)
        .where(cases.c.id == case)
        # PostgreSQL: two who append to one journal take turns
        .with_for_update()
    ).one()
    for record in records:
        text = holdable(record.text)
        salted = salt() if text else ""
        commitment = commit_to(text, salted)
        length += 1
        hashed = seal(
            number=number,
            seq=length,
            at=at,
            entry=record.entry,
            facts=record.facts,
            commitment=commitment,
            previous=previous,
        )
        journal_id = c.scalar(
            insert(journal)
            .values(
                case_id=case,
                seq=length,
                at=at,
                entry=record.entry,
                facts=dict(record.facts),
                commitment=commitment,
                previous=previous,
                hash=hashed,
            )
            .returning(journal.c.id)
        )
        if text:
            c.execute(insert(personal_texts).values(journal_id=journal_id, salt=salted, text=text))
        previous = hashed
    c.execute(update(cases).where(cases.c.id == case).values(journal_length=length, journal_head=previous))


def erase(c: Connection, number: str, seqs: Collection[int], at: datetime, salt: Callable[[], str]) -> None:
    """Erase the texts of these entries for good, and say so in the journal. Raises NoSuchCase."""
    said = select(journal.c.id).where(journal.c.case_id == row_of(c, number), journal.c.seq.in_(seqs))
    c.execute(delete(personal_texts).where(personal_texts.c.journal_id.in_(said)))
    append(c, number, at, [Record(ERASED, {"entries": " ".join(map(str, sorted(seqs)))})], salt)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def entries(c: Connection, number: str) -> list[Entry]:
    """The journal of a case, oldest entry first."""
    return [_entry(row) for row in c.execute(_ENTRIES.where(cases.c.number == number)).mappings()]


def head(c: Connection, number: str) -> tuple[int, str]:
    """How many entries a case's journal has, and the hash of the last. Raises NoSuchCase."""
    case = row_of(c, number)
    length, last = c.execute(
        select(cases.c.journal_length, cases.c.journal_head).where(cases.c.id == case)
    ).one()
    return length, last


def audit(c: Connection) -> list[Fault]:
    """What is not as it was written in all the journals, case by case; empty where nothing is.

    Told: an entry that was changed, added, taken out or moved, a text that was changed or is gone, and a
    cut end (a case knows the length and the head of its journal).

    Not told: a journal rewritten from some entry to its end with all hashes and the head in its case, by
    somebody who can write to the database; and a case that is gone with its journal. Against these, compare
    with a ``head`` that was kept elsewhere.
    """
    faults: list[Fault] = []
    heads = select(cases.c.number, cases.c.journal_length, cases.c.journal_head).order_by(cases.c.id)
    for number, length, last in c.execute(heads).all():
        found, unreadable = _legible(c, number)
        faults += unreadable
        faults += (Fault(number, *fault) for fault in _chain_faults(number, found, length, last))
        faults += _text_faults(number, found)
    return faults


def _legible(c: Connection, number: str) -> tuple[list[Entry], list[Fault]]:
    """The entries of a case that can be read at all: whoever tampers need not keep to our types."""
    try:
        return entries(c, number), []
    except _ILLEGIBLE:
        seqs = c.scalars(select(journal.c.seq).join(cases).where(cases.c.number == number)).all()
    legible: list[Entry] = []
    faults: list[Fault] = []
    for seq in sorted(seqs):
        try:
            legible += map(
                _entry, c.execute(_ENTRIES.where(cases.c.number == number, journal.c.seq == seq)).mappings()
            )
        except _ILLEGIBLE:
            faults.append(Fault(number, seq, "it cannot be read: it was changed after it was written"))
    return legible, faults


def _chain_faults(number: str, found: Sequence[Entry], length: int, last: str) -> Iterator[tuple[int, str]]:
    """(seq, what) where the chain is broken."""
    expected, previous = 1, ""
    for entry in found:
        if entry.seq != expected:
            yield expected, f"entry {expected} is missing: entry {entry.seq} stands in its place"
        if entry.previous != previous:
            yield entry.seq, "it does not follow from the entry before it"
        if entry.hash != _sealed(number, entry):
            yield entry.seq, "it was changed after it was written"
        expected, previous = entry.seq + 1, entry.hash
    if len(found) < length:
        yield length, f"the end is missing: the case says {length} entries, the journal has {len(found)}"
    elif (len(found), previous) != (length, last):
        yield len(found), f"the end is another than the case says: {length} entries"


def _text_faults(number: str, found: Sequence[Entry]) -> Iterator[Fault]:
    erased = {
        seq for entry in found if entry.entry == ERASED for seq in entry.facts.get("entries", "").split()
    }
    for entry in found:
        gone = entry.commitment and not entry.text and not entry.salt
        if gone and str(entry.seq) in erased:
            yield Fault(number, entry.seq, "its text was erased, not recomputable", erased=True)
        elif gone:
            yield Fault(number, entry.seq, "its text is gone, and no entry says that it was erased")
        elif entry.commitment != commit_to(entry.text, entry.salt):
            yield Fault(number, entry.seq, "its text was changed after it was written")


def _sealed(number: str, entry: Entry) -> str:
    return seal(
        number=number,
        seq=entry.seq,
        at=entry.at,
        entry=entry.entry,
        facts=entry.facts,
        commitment=entry.commitment,
        previous=entry.previous,
    )


_ENTRIES: Select[tuple[object, ...]] = (
    select(
        journal.c.seq,
        journal.c.at,
        journal.c.entry,
        journal.c.facts,
        journal.c.hash,
        journal.c.commitment,
        journal.c.previous,
        personal_texts.c.text,
        personal_texts.c.salt,
    )
    .join_from(journal, cases)
    .join(personal_texts, isouter=True)
    .order_by(journal.c.seq)
)


_ILLEGIBLE = (ValueError, msgspec.ValidationError, OperationalError)
"""Times and JSON that are none (ValueError), bytes for text, text that is no UTF-8 (OperationalError)."""


def _entry(row: RowMapping) -> Entry:
    said = {str(column): value for column, value in row.items()}
    return msgspec.convert({**said, "text": row["text"] or "", "salt": row["salt"] or ""}, Entry)
