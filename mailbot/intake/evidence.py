"""A letter together with what is on file about its sender: all that the deciders look at."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from mailbot.addressing import Cause
from mailbot.limits import extract_texts
from mailbot.office import Office
from mailbot.parsers.authentication import read_authentication
from mailbot.parsers.form import read_form
from mailbot.parsers.letter import read_letter
from mailbot.parsers.reading import read
from mailbot.people.credentials import signed_in, tokens_in
from mailbot.people.roster import in_force, known_by
from mailbot.people.trust import Standing, Trust, judge
from mailbot.process.advance import missing
from mailbot.process.balloting import LETTERS
from mailbot.process.case import Case
from mailbot.process.rules import VoterGroup
from mailbot.process.transitions import form_problems
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


REFEREE_LETTERS = frozenset({"referee_request", "referee_reminder", "referee_unclear", "referee_thanks"})
VOTER_LETTERS = {
    group: frozenset(astuple(letters)) | {"ballot_outcome"} for group, letters in LETTERS.items()
}
READ_AS = {
    CONFIRM: "confirm",
    **dict.fromkeys(REFEREE_LETTERS, Role.REFEREE.value),
    **dict.fromkeys(VOTER_LETTERS[VoterGroup.BOARD], Role.BOARD.value),
    **dict.fromkeys(VOTER_LETTERS[VoterGroup.MEMBERS], Role.MEMBER.value),
}
"""A letter of ours → as whose words a reply to it is read, whatever else its sender is."""


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
    listed: tuple[str, ...] = ()
    """The cases in the numbered list of our letter that it answers."""

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
        on_a_case = bool(
            cases.all_numbers_of(connection, sender.key) or cases.of_referee(connection, sender.key)
        )
        parent = outgoing.find(connection, carried[0].outgoing) if carried else None
        asked = _asked(office, connection, carried[0]) if carried else ()
        concerned = _case_concerned(connection, sender, carried)
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
    if concerned is not None:
        reading = _with_form(office, reading, letter, texts, concerned, parent)
    listed = parent.listed if parent else ()
    return Evidence(row, received_at, letter, raw, texts, reading, trust, carried, confirmed, listed)


def _case_concerned(connection: Connection, sender: Address, carried: tuple[Credential, ...]) -> Case | None:
    """The case of an applicant who writes: that of the letter they answer, else their newest."""
    numbers = cases.all_numbers_of(connection, sender.key)
    answered = [credential.case for credential in carried if credential.case in numbers]
    number = next(iter(answered or numbers), None)
    return cases.load(connection, number) if number else None


def _with_form(
    office: Office,
    reading: Reading,
    letter: Letter,
    texts: tuple[AttachmentText, ...],
    case: Case,
    parent: outgoing.Outgoing | None,
) -> Reading:
    """The reading with what it says to the application form, where the case's stage asks for one.

    What was said to the form is no answer to the first questions, however alike the words are.
    """
    with office.store.look() as connection:
        process = office.rules_of(connection, case.rules).process
    if not process.stage(case.stage).form:
        return reading
    found = read_form(
        reading.new,
        texts,
        process.form,
        reading.language or case.language,
        case.applicant.kind,
        asked=form_problems(case, process) if case.form else (),
        whole=letter.text,
        sent=read_letter(parent.raw).text if parent else "",
    )
    return replace(reading, form=found, answers={}, references=()) if found else reading


def _asked(office: Office, connection: Connection, answered: Credential) -> tuple[str, ...] | None:
    """Which of the network's questions are open for whoever answers that letter; None: it asked another."""
    if not answered.case:
        return ()
    case = cases.load(connection, answered.case)
    process = office.rules_of(connection, case.rules).process
    if answered.purpose in process.free_questions or process.stage(case.stage).form:
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
    """As whose letter it is read: by what it answers, else by what the sender is to the network."""
    if trust.credential and trust.credential.purpose in READ_AS:
        return READ_AS[trust.credential.purpose]
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
