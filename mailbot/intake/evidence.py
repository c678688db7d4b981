"""A letter together with what is on file about its sender: all that the deciders look at."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from mailbot.carrying_out import Cause
from mailbot.limits import extract_texts
from mailbot.office import Office
from mailbot.parsers.authentication import read_authentication
from mailbot.parsers.letter import read_letter
from mailbot.parsers.reading import read
from mailbot.people.credentials import signed_in, tokens_in
from mailbot.people.roster import in_force, known_by
from mailbot.people.trust import Standing, Trust, judge
from mailbot.process.advance import missing
from mailbot.store import cases, confirmations, letters, outgoing, people
from mailbot.values import (
    Address,
    AttachmentText,
    Credential,
    Letter,
    LetterKind,
    Person,
    Reading,
    Role,
)
from mailbot.writing import Answered

CONFIRM = "confirm_sender"
"""The template, and so the purpose, of «did you send this?»."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A letter together with what is on file about its sender."""

    row: int
    received_at: datetime
    letter: Letter
    raw: bytes
    texts: tuple[AttachmentText, ...]
    reading: Reading
    trust: Trust
    carried: tuple[Credential, ...]
    """The credentials that it carries, whoever they were given to, nearest first."""
    confirmed: bool = False
    """The sender has said «yes, I sent this» in answer to our question."""

    @property
    def answered(self) -> Answered:
        """The letter as something that may be answered."""
        return Answered(self.row, self.letter, self.received_at)

    @property
    def sender(self) -> Address:
        """Who it says it is from; nobody: an empty address."""
        return self.letter.sender or Address("")

    @property
    def cause(self) -> Cause:
        """It, as the cause of what follows."""
        muted = self.reading.kind is LetterKind.MACHINE
        return Cause(self.received_at, self.answered, self.reading, muted=muted)

    def line_of(self, role: Role) -> Person | None:
        """The roster's line by which the sender's address has this role."""
        return next((p for p in self.trust.people if p.role is role), None)


def gather(office: Office, row: int, received_at: datetime) -> Evidence:
    """Read the letter, and look up what is on file about its sender."""
    with office.store.look() as connection:
        raw = letters.raw(connection, row)
    letter = read_letter(raw)
    texts = extract_texts(letter.attachments)
    sender = letter.sender or Address("")
    with office.store.look() as connection:
        confirmed = confirmations.confirmed(connection, row)
        carried = _credentials(office, connection, letter)
        roster = people.roster(connection)
        on_a_case = bool(cases.all_numbers_of(connection, sender.key))
        parent = outgoing.find(connection, carried[0].outgoing) if carried else None
        asked = _asked(office, connection, carried[0]) if carried else ()
    lines = known_by(roster, sender.email, received_at)
    if sender.key in office.addresses:
        lines = (*lines, office.by_hand(in_force(roster, Role.SECRETARIAT, received_at)))
    settings = office.settings.trust
    verdict = read_authentication(letter, settings.profile, settings.authserv_id)
    trust = judge(sender, carried, verdict, lines, on_a_case=on_a_case)
    if confirmed and trust.standing is Standing.CLAIMED:
        trust = replace(trust, standing=Standing.VOUCHED, reason="confirmed")
    reading = read(
        letter,
        texts,
        office.rules.lexicon,
        role=_reader_role(trust),
        parent=read_letter(parent.raw) if parent else None,
        asked=asked,
    )
    return Evidence(row, received_at, letter, raw, texts, reading, trust, carried, confirmed)


def _asked(office: Office, connection: Connection, answered: Credential) -> tuple[str, ...] | None:
    """Which of the network's questions are open for whoever answers that letter; None: it asked another."""
    if not answered.case:
        return ()
    case = cases.load(connection, answered.case)
    process = office.rules_of(connection, case.rules).process
    if answered.purpose in process.free_questions:
        return None
    return missing(case, process) if process.stage(case.stage).waits_for is Role.APPLICANT else ()


def _credentials(office: Office, connection: Connection, letter: Letter) -> tuple[Credential, ...]:
    """The credentials that the letter carries and the store confirms, the latest first."""
    found = outgoing.credentials_for(connection, tokens_in(letter))
    if letter.sender is not None:
        signed = signed_in(letter, office.mailbox.address, letter.sender, office.key)
        found += outgoing.credentials_of(
            connection, [row for row in signed if row not in {c.outgoing for c in found}]
        )
    return tuple(sorted(found, key=lambda credential: -credential.outgoing))


def _reader_role(trust: Trust) -> str:
    """As whose letter it is read: an answer to «did you send this?» as a plain yes or no."""
    if trust.credential and trust.credential.purpose == CONFIRM:
        return "confirm"
    roles = {person.role for person in trust.people}
    return next(
        (r.value for r in (Role.SECRETARIAT, Role.BOARD, Role.MEMBER) if r in roles), Role.APPLICANT.value
    )


def describe(connection: Connection, evidence: Evidence) -> str:
    """Note the letter's head and what its attachments said; the digest of its text."""
    letter = evidence.letter
    digest = hashlib.sha256(" ".join(letter.text.split()).encode()).hexdigest()
    letters.describe(
        connection,
        evidence.row,
        message_id=letter.message_id,
        sender=evidence.sender.key,
        subject=letter.subject,
        body_digest=digest,
    )
    if letter.attachments:
        types = [attachment.media_type for attachment in letter.attachments]
        letters.keep_attachments(connection, evidence.row, evidence.texts, types)
    return digest
