"""The tables, in SQLAlchemy Core; the same on SQLite and PostgreSQL. Times are UTC.

A letter's way can be read off its ``state``:

    received ─► handled | set_aside | waiting (for a confirmation: then received again) | duplicate | own

and that of an outgoing one:

    reserved ─► waiting ─► sending ─► sent | failed      a crash in ``sending`` goes back to ``waiting``
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints get names of our own, so that a migration can name them on any database."""


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC. SQLite keeps no zone (SQLAlchemy 2.1), so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """A time without a zone is a fault in our code, not in a letter: refuse it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; the store keeps aware times only")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The time, aware."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text as it came by mail. What a database cannot hold becomes U+FFFD.

    That is NUL (PostgreSQL refuses it) and halves of surrogate pairs, which broken letters decode to (SQLite
    refuses them as well).
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text as it can be held."""
        return None if value is None else holdable(value)


def holdable(text: str) -> str:
    """``text`` with U+FFFD for each character that a database cannot hold."""
    return _UNHOLDABLE.sub("\N{REPLACEMENT CHARACTER}", text)


_UNHOLDABLE = re.compile("[\0\ud800-\udfff]")

metadata = MetaData(naming_convention=NAMES)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _case(*, nullable: bool = False, index: bool = True) -> Column[int]:
    return Column("case_id", ForeignKey("cases.id"), nullable=nullable, index=index)


rulesets = Table(
    "rulesets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("stored_at", Moment, nullable=False),
)

# UIDs and UIDVALIDITY go up to 2³² - 1 (RFC 3501 section 9, nz-number): more than PostgreSQL's integer.
mailboxes = Table(
    "mailboxes",
    metadata,
    _id(),
    Column("name", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("read_until", Moment, nullable=False),
    Column("begun", Moment, nullable=False),
    Column("rescan_to", BigInteger, nullable=False),
    UniqueConstraint("name", "folder"),
)

case_counts = Table(
    "case_counts",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    _id(),
    Column("number", String(32), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("stage", String(64), nullable=False, index=True),
    Column("since", Moment, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("ruleset", ForeignKey("rulesets.hash"), nullable=False),
    Column("language", String(8), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", Words, nullable=False),
    Column("country", String(2), nullable=False),
    Column("assigned", Words, nullable=False),
    Column("held_until", Moment),
    Column("kept", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("unreadable", JSON, nullable=False),
    Column("journal_length", Integer, nullable=False, default=0),
    Column("journal_head", String(64), nullable=False, default=""),
    Column("proposed", String(64), nullable=False, server_default=""),
    Column("decided", Words, nullable=False, server_default=""),
    Column("merged_into", String(32), nullable=False, server_default=""),
)

letters = Table(
    "letters",
    metadata,
    _id(),
    Column("mailbox_id", ForeignKey("mailboxes.id")),
    Column("uidvalidity", BigInteger),
    Column("uid", BigInteger),
    Column("received_at", Moment, nullable=False),
    Column("stored_at", Moment, nullable=False),
    Column("raw_hash", String(64), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("message_id", Words, nullable=False, default="", index=True),
    Column("sender", Words, nullable=False, default=""),
    Column("subject", Words, nullable=False, default=""),
    Column("body_digest", String(64), nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("try_at", Moment),
    Column("error", Words, nullable=False, default=""),
    Column("outcome", Words, nullable=False, default=""),
    Column("same_as", ForeignKey("letters.id")),
    Column("handled_at", Moment),
    Column("put_away", Boolean, nullable=False, default=False),
    _case(nullable=True),
    UniqueConstraint("mailbox_id", "uidvalidity", "uid"),
    Index("ix_letters_state_id", "state", "id"),
    Index("ix_letters_mailbox_id_put_away_state", "mailbox_id", "put_away", "state"),
    Index("ix_letters_sender_state_id", "sender", "state", "id"),
)

letter_bodies = Table(
    "letter_bodies",
    metadata,
    Column("letter_id", ForeignKey("letters.id"), primary_key=True),
    Column("raw", LargeBinary, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    _id(),
    Column("letter_id", ForeignKey("letters.id"), nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("unreadable", String(16), nullable=False),
)

participants = Table(
    "participants",
    metadata,
    _id(),
    _case(),
    Column("email", Words, nullable=False),
    Column("key", Words, nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("role", String(16), nullable=False),
    Column("since", Moment),
    Column("until", Moment),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    _case(index=False),
    Column("question", String(64), nullable=False),
    Column("text", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("sure", Boolean, nullable=False),
    UniqueConstraint("case_id", "question"),
)

# Who is named as a reference in the answers is in the state «named»; those of the form were written to.
referees = Table(
    "referees",
    metadata,
    _id(),
    _case(),
    Column("position", Integer, nullable=False),
    Column("name", Words, nullable=False),
    Column("organization", Words, nullable=False, server_default=""),
    Column("email", Words, nullable=False, server_default=""),
    Column("key", Words, nullable=False, server_default="", index=True),
    Column("state", String(16), nullable=False, server_default="named"),
    Column("asked", Moment),
    Column("reminded", Boolean, nullable=False, server_default=false()),
    Column("words", Words, nullable=False, server_default=""),
)

form_values = Table(
    "form_values",
    metadata,
    _id(),
    _case(index=False),
    Column("field", String(64), nullable=False),
    Column("text", Words, nullable=False),
    Column("source", Words, nullable=False),
    UniqueConstraint("case_id", "field"),
)

# The voters are the roster in force when the ballot was opened; it must not change with the roster.
ballots = Table(
    "ballots",
    metadata,
    _id(),
    _case(index=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("round", Integer, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("closes", Moment, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("paused_at", Moment),
    Column("extended", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("away", JSON, nullable=False),
    Column("voters", JSON, nullable=False),
    UniqueConstraint("case_id", "position"),
)

votes = Table(
    "votes",
    metadata,
    _id(),
    _case(),
    Column("position", Integer, nullable=False),
    Column("ballot", Integer, nullable=False),
    Column("voter", Words, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("letter", Integer, nullable=False),
    Column("reason", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("for_applicant", Words, nullable=False),
    Column("vouched", Boolean, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    _id(),
    _case(),
    Column("position", Integer, nullable=False),
    Column("category", String(64), nullable=False),
    Column("sentence", Words, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    _id(),
    _case(index=False),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("entry", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("commitment", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("case_id", "seq"),
)

personal_texts = Table(
    "personal_texts",
    metadata,
    Column("journal_id", ForeignKey("journal.id"), primary_key=True),
    Column("salt", String(64), nullable=False),
    Column("text", Words, nullable=False),
)

outgoing = Table(
    "outgoing",
    metadata,
    _id(),
    _case(nullable=True),
    Column("template", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("sender", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("recipient_key", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("message_id", Words, nullable=False, unique=True),
    Column("answers_letter", ForeignKey("letters.id")),
    Column("raw", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("try_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Words, nullable=False),
    Column("sent_at", Moment),
    Column("copied", Boolean, nullable=False),
    Column("listed", JSON, nullable=False, server_default="[]"),
    Index("ix_outgoing_state_try_at", "state", "try_at"),
    Index("ix_outgoing_state_copied", "state", "copied"),
    Index("ix_outgoing_recipient_key_queued_at", "recipient_key", "queued_at"),
)

timers = Table(
    "timers",
    metadata,
    _id(),
    _case(index=False),
    Column("timer", String(32), nullable=False),
    Column("due", Moment, nullable=False, index=True),
    Column("listed_at", Moment),
    UniqueConstraint("case_id", "timer"),
)

# What goes out by the calendar and not for a letter: the weekly digest, the morning letter.
digests = Table(
    "digests",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("heads", JSON, nullable=False),
    Index("ix_digests_kind_sent_at", "kind", "sent_at"),
)

confirmations = Table(
    "confirmations",
    metadata,
    _id(),
    Column("letter_id", ForeignKey("letters.id"), nullable=False, index=True),
    Column("email", Words, nullable=False),
    Column("outgoing_id", ForeignKey("outgoing.id"), nullable=False, unique=True),
    Column("asked_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("confirmed", Boolean),
)

people = Table(
    "people",
    metadata,
    _id(),
    Column("name", Words, nullable=False),
    Column("organization", Words, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("role", String(16), nullable=False),
    Column("since", Moment),
    Column("until", Moment),
)

person_addresses = Table(
    "person_addresses",
    metadata,
    _id(),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("email", Words, nullable=False),
    Column("key", Words, nullable=False, index=True),
)

members = Table(
    "members",
    metadata,
    _id(),
    Column("name", Words, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("country", String(2), nullable=False),
    Column("language", String(8), nullable=False),
    Column("acronym", Words, nullable=False),
    Column("website", Words, nullable=False),
    Column("since", Moment),
    Column("until", Moment),
)

member_names = Table(
    "member_names",
    metadata,
    _id(),
    Column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("name", Words, nullable=False),
)
