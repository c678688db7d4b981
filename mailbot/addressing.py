"""To whom an order to write goes, and what each reader is told: applicants, voters, referees, the office.

Each audience has its own view, and a template is handed no other (``views.py``). Everything here happens
inside the transaction that saves the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from rapidfuzz import fuzz, utils
from sqlalchemy import Connection

from mailbot.documents.dossier import dossier_pdf
from mailbot.documents.entry import closing_entry
from mailbot.documents.form import form_docx
from mailbot.office import Office
from mailbot.people.directory import voices
from mailbot.people.names import organization_key
from mailbot.people.roster import in_force
from mailbot.process.ballot import Ballot, Voter
from mailbot.process.case import Case
from mailbot.process.events import Write
from mailbot.process.rules import VoterGroup
from mailbot.store import cases, members, people
from mailbot.telling import case_sheet
from mailbot.telling.ballots import dossier, for_members, for_referee, for_voter
from mailbot.telling.teller import Teller
from mailbot.values import Address, Attachment, Language, Participant, Person, Reading, Role
from mailbot.views import ForSecretariat
from mailbot.writing import Answered, send, teller

NAMESAKE = 90
"""From which likeness of names on (rapidfuzz ``token_sort_ratio``, 0 to 100) a case is shown as perhaps
earlier."""

WITH_FORM = frozenset({"invitation"})
"""The letters to an applicant that bring the form as a document."""
WITH_DOSSIER = frozenset({"ballot"})
"""The letters to voters that bring the application as a document, and the closing for the calendar."""
WITH_ENTRY = frozenset({"ballot", "consultation"})

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is carried out: a letter, or a timer (then ``letter`` is None)."""

    at: datetime
    """The letter's or the timer's time."""
    letter: Answered | None = None
    reading: Reading | None = None
    muted: bool = False
    """The applicant is not written to: a machine, or a cap, stands in the way."""


def office_in_force(connection: Connection, at: datetime) -> tuple[Person, ...]:
    """The Secretariat at that time."""
    return in_force(people.roster(connection), Role.SECRETARIAT, at)


# ── the applicant and the referees ───────────────────────────────────────────────────────────────


def write_to_applicant(
    office: Office, connection: Connection, case: Case, order: Write, cause: Cause
) -> None:
    """Write to the case's applicant, in the language of the case."""
    tell = teller(office, connection, case.language, case.rules)
    deadline = tell.rules.process.stage(case.stage).deadline
    due = None if deadline is None else office.calendar.due(case.since, deadline)
    form = _form(tell, case) if order.template in WITH_FORM else ()
    for participant in case.serving(Role.APPLICANT, office.now()):
        send(
            office,
            connection,
            template=order.template,
            language=tell.language,
            view=tell.for_applicant(case, participant.name, order.words, due),
            recipient=_address(participant),
            case=case.number,
            answers=cause.letter,
            attachments=form,
        )


def _form(tell: Teller, case: Case) -> tuple[Attachment, ...]:
    process = tell.rules.process
    if not process.form.sections:
        return ()
    content = form_docx(
        process.form,
        case.applicant.kind,
        tell.language,
        network=tell.network.name,
        number=case.number,
        values=case.form,
    )
    return (Attachment(f"{case.number}-{tell.language}.docx", DOCX, content),)


def write_to_referee(office: Office, connection: Connection, case: Case, order: Write, cause: Cause) -> None:
    """Write to one referee, in the language of the directory where it knows one, else of the case."""
    wanted = Address(order.only).key
    referee = next((r for r in reversed(case.referees) if Address(r.email).key == wanted), None)
    if referee is None:
        return
    asked = office.rules_of(connection, case.rules).process.references
    due = None if asked is None else office.calendar.due(office.now(), asked.deadline)
    tell = teller(office, connection, _language_of(connection, referee.email, case.language), case.rules)
    send(
        office,
        connection,
        template=order.template,
        language=tell.language,
        view=for_referee(tell, case, referee, due),
        recipient=Address(referee.email, referee.name),
        case=case.number,
        answers=cause.letter,
    )


def _language_of(connection: Connection, email: str, otherwise: Language) -> Language:
    key = Address(email).key
    for person in people.roster(connection):
        if person.language and key in {Address(address).key for address in person.addresses}:
            return person.language
    return otherwise


def _address(participant: Participant) -> Address:
    return Address(participant.email, participant.name)


# ── voters ───────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Enclosed:
    """What goes with the letters of one ballot, made once for each language."""

    office: Office
    connection: Connection
    case: Case
    ballot: Ballot

    @cached_property
    def earlier(self) -> tuple[Case, ...]:
        return earlier_cases(self.connection, self.case)

    def __post_init__(self) -> None:
        self._made: dict[Language, Attachment] = {}

    def dossier(self, tell: Teller) -> Attachment:
        if tell.language not in self._made:
            told = dossier(tell, self.case, self.earlier, self.office.now())
            pdf = dossier_pdf(told, tell.language)
            self._made[tell.language] = Attachment(f"{self.case.number}.pdf", "application/pdf", pdf)
        return self._made[tell.language]

    def entry(self, tell: Teller) -> Attachment:
        return closing(self.office, tell, self.case.number, self.ballot.closes, self.ballot.round)


def closing(office: Office, tell: Teller, name: str, closes: datetime, count: int) -> Attachment:
    """The closing of a ballot as a calendar entry."""
    title = tell.phrases.say("calendar", "closing", number=name)
    content = closing_entry(
        uid=f"{name}-{count}@{Address(office.mailbox.address).domain}",
        network=office.settings.network.name,
        title=title,
        closes=closes,
        description=title,
        organizer=Address(office.mailbox.address, office.settings.network.name),
        now=office.now(),
    )
    return Attachment(f"{name}.ics", "text/calendar", content)


def write_to_voters(office: Office, connection: Connection, case: Case, order: Write, cause: Cause) -> None:
    """Write to the voters of a ballot, or to one of them."""
    if not case.ballots:
        return
    ballot = case.ballots[order.ballot]
    enclosed = _Enclosed(office, connection, case, ballot)
    for voter in ballot.voters:
        if (order.only and voter.key != order.only) or not voter.addresses:
            continue
        tell = teller(office, connection, voter.language, case.rules)
        others = open_to(connection, voter, ballot.kind, first=case)
        attachments: list[Attachment] = []
        if order.template in WITH_DOSSIER and tell.rules.process.ballots[ballot.kind].dossier:
            attachments.append(enclosed.dossier(tell))
        if order.template in WITH_ENTRY:
            attachments.append(enclosed.entry(tell))
        send(
            office,
            connection,
            template=order.template,
            language=tell.language,
            view=for_voter(tell, case, ballot, voter, others),
            recipient=Address(voter.addresses[0], voter.name),
            case=case.number,
            answers=_if_theirs(cause, voter),
            attachments=attachments,
            listed=[other.number for other in others] if len(others) > 1 else (),
        )


def _if_theirs(cause: Cause, voter: Voter) -> Answered | None:
    """The letter that is answered, where this voter wrote it."""
    if cause.letter is None or cause.letter.letter.sender is None:
        return None
    theirs = cause.letter.letter.sender.key in {Address(a).key for a in voter.addresses}
    return cause.letter if theirs else None


def open_to(connection: Connection, voter: Voter, kind: str, first: Case) -> tuple[Case, ...]:
    """The cases whose ballot of this kind runs and has this voter, ``first`` at the head."""
    running = [case for case in cases.with_running_ballot(connection) if case.number != first.number]
    others = [
        case
        for case in running
        if case.ballot is not None and case.ballot.kind == kind and case.ballot.voter(voter.key) is not None
    ]
    return (first, *others) if first.ballot is not None else (first,)


def write_circular(office: Office, connection: Connection, put: Sequence[Case]) -> None:
    """One letter to each member organization about all the cases that are put before them together."""
    if not put or not put[0].ballots:
        return
    first = put[0]
    ballot = first.ballots[-1]
    closes = max(case.ballots[-1].closes for case in put)
    for voter in ballot.voters:
        if not voter.addresses:
            continue
        tell = teller(office, connection, voter.language, first.rules)
        name = first.number if len(put) == 1 else f"{first.number}-{put[-1].number}"
        held = tell.rules.process.ballots[ballot.kind]
        send(
            office,
            connection,
            template="consultation",
            language=tell.language,
            view=for_members(tell, voter, put, held, closes),
            recipient=Address(voter.addresses[0], voter.name),
            case=first.number if len(put) == 1 else None,
            attachments=(closing(office, tell, name, closes, ballot.round),),
            listed=[case.number for case in put],
        )


def voters_now(
    office: Office, connection: Connection, ruleset: str, at: datetime, group: VoterGroup
) -> tuple[Voter, ...]:
    """Who may vote if a ballot is opened at ``at``: the Board, or each member organization with one voice."""
    roster = people.roster(connection)
    if group is VoterGroup.BOARD:
        return tuple(
            Voter(Address(p.addresses[0]).key, p.name, p.organization, p.addresses, p.language)
            for p in in_force(roster, Role.BOARD, at)
            if p.addresses
        )
    names = office.rules_of(connection, ruleset).names
    return tuple(
        Voter(
            organization_key(voice.organization.name, names),
            voice.people[0].name,
            voice.organization.name,
            tuple(address for person in voice.people for address in person.addresses),
            voice.people[0].language or voice.organization.language,
        )
        for voice in voices(roster, members.in_force(connection, at), at, names)
    )


# ── the Secretariat ──────────────────────────────────────────────────────────────────────────────


def notify(
    office: Office,
    connection: Connection,
    readers: Sequence[Person],
    template: str,
    *,
    case: Case | None = None,
    cause: Cause | None = None,
    text: str = "",
    reason: str = "",
    attachments: Sequence[Attachment] = (),
) -> None:
    """Write a notice to everybody of the Secretariat, each in their own language.

    ``reason`` is a key of ``[reasons]`` in ``phrases.toml``, or words of an error as they are.
    """
    earlier = earlier_cases(connection, case) if case else ()
    letter = cause.letter.letter if cause and cause.letter else None
    for reader in readers:
        tell = teller(office, connection, reader.language, case.rules if case else "")
        aspects = cause.reading.aspects if cause and cause.reading else ()
        view = ForSecretariat(
            network=office.settings.network.name,
            website=office.settings.network.website,
            reader=reader.name,
            number=case.number if case else "",
            tags=tell.tags(case),
            sheet=case_sheet(tell, case, earlier, aspects) if case else None,
            sender=_named(letter.sender) if letter and letter.sender else "",
            subject=letter.subject if letter else "",
            received=tell.time(cause.letter.received_at) if cause and cause.letter else "",
            text=text,
            reason=tell.reason(reason),
        )
        send(
            office,
            connection,
            template=template,
            language=tell.language,
            view=view,
            recipient=Address(reader.addresses[0], reader.name),
            case=case.number if case else None,
            answers=cause.letter if cause else None,
            attachments=attachments,
        )


def _named(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email


def earlier_cases(connection: Connection, case: Case) -> tuple[Case, ...]:
    """Other cases that may be of the same applicant: by address, or by a very similar name."""
    numbers: dict[str, None] = {}
    for participant in case.participants:
        if participant.role in (Role.APPLICANT, Role.CONTACT):
            numbers.update(dict.fromkeys(cases.all_numbers_of(connection, Address(participant.email).key)))
    wanted = case.applicant.name
    for number, name, _stage in cases.namesakes(connection, wanted) if wanted else ():
        if fuzz.token_sort_ratio(wanted, name, processor=utils.default_process) >= NAMESAKE:
            numbers[number] = None
    numbers.pop(case.number, None)
    return tuple(cases.load(connection, number) for number in numbers)
