"""What is done with a letter once somebody has decided: a case opened, a question asked, a notice written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from mailbot.addressing import Cause, notify, office_in_force
from mailbot.carrying_out import carry_out
from mailbot.intake.evidence import CONFIRM, Evidence
from mailbot.limits import extract_texts
from mailbot.office import Office
from mailbot.parsers.reading import read
from mailbot.process.case import Case
from mailbot.process.events import ApplicantWrote, UnvouchedWrote
from mailbot.store import cases, confirmations, letters, outgoing
from mailbot.values import (
    Address,
    Letter,
    Participant,
    Person,
    Role,
)
from mailbot.views import ForSender
from mailbot.writing import send, teller

LONGEST_SHOWN = 2000
"""How many characters of a letter are repeated in «did you send this?»."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of a letter: its row, a word for it, and the case it joined, if any."""

    letter: int
    outcome: str
    case: str = ""


def settle(
    office: Office,
    connection: Connection,
    evidence: Evidence,
    outcome: str,
    *,
    state: str = "handled",
    case: str = "",
    same_as: int | None = None,
) -> Handled:
    """Say what became of the letter; ``outcome`` is a word for it."""
    letters.settle(
        connection,
        evidence.row,
        state=state,
        outcome=outcome,
        now=office.now(),
        case=case or None,
        same_as=same_as,
    )
    return Handled(evidence.row, outcome, case)


def open_case(office: Office, connection: Connection, evidence: Evidence) -> Handled:
    """A new case, with the sender as its applicant."""
    reading, process = evidence.reading, office.rules.process
    case = Case(
        number="",
        stage=process.first,
        since=evidence.received_at,
        opened=evidence.received_at,
        rules=office.rules.hash,
        language=office.language(reading.language),
        participants=(
            Participant(
                evidence.sender.email, Role.APPLICANT, evidence.sender.name, since=evidence.received_at
            ),
        ),
    )
    case = cases.open_case(connection, case, process.number)
    cause = evidence.cause
    if over_the_cap(office, connection, evidence):
        cause = replace(cause, muted=True)
    carry_out(office, connection, case, [ApplicantWrote(evidence.row, reading, first=True)], cause)
    return settle(office, connection, evidence, "opened", case=case.number)


def open_forwarded(office: Office, connection: Connection, evidence: Evidence, forwarded: Letter) -> Case:
    """A new case of a letter that came by another way and that a person of the Secretariat forwarded."""
    sender = forwarded.sender or Address("")
    texts = extract_texts(forwarded.attachments)
    reading = read(forwarded, texts, office.rules.lexicon)
    case = Case(
        number="",
        stage=office.rules.process.first,
        since=evidence.received_at,
        opened=evidence.received_at,
        rules=office.rules.hash,
        language=office.language(reading.language),
        participants=(Participant(sender.email, Role.APPLICANT, sender.name, since=evidence.received_at),),
    )
    case = cases.open_case(connection, case, office.rules.process.number)
    cause = Cause(evidence.received_at, reading=reading)
    return carry_out(
        office, connection, case, [ApplicantWrote(evidence.row, reading, first=True)], cause
    ).case


def over_the_cap(office: Office, connection: Connection, evidence: Evidence, template: str = "") -> bool:
    """Whether this address was written to so often in a day that nothing more goes out unvouched.

    ``template`` counts letters of this name alone: the ballots and transcripts of a busy day must not keep
    an officer from being asked.
    """
    since = office.now() - timedelta(days=1)
    written = outgoing.provoked(connection, evidence.sender.key, since, template)
    return not evidence.trust.vouched and written >= office.settings.trust.unvouched_per_day


def show_unvouched(office: Office, connection: Connection, evidence: Evidence, case: Case) -> Handled:
    """Shown to the Secretariat with the case it names; it changes nothing and is told nothing."""
    event = UnvouchedWrote(evidence.row, evidence.sender.email, evidence.reading.new, evidence.trust.reason)
    carry_out(office, connection, case, [event], evidence.cause)
    return settle(office, connection, evidence, "unvouched", case=case.number)


def on_file(case: Case, sender: Address) -> Person:
    """The participant with this address, as a person who can be asked."""
    found = next(p for p in case.participants if Address(p.email).key == sender.key)
    return Person(found.name, found.role, (found.email,), language=case.language)


def ask_sender(
    office: Office, connection: Connection, evidence: Evidence, person: Person, case: Case | None = None
) -> Handled:
    """«Did you send this?», to the address on file, once for a letter; it waits for the answer.

    An address that was asked too often already is not asked again: the Secretariat sees the letter.
    """
    if over_the_cap(office, connection, evidence, CONFIRM):
        if case is not None:
            return show_unvouched(office, connection, evidence, case)
        tell_office(office, connection, evidence, "other_letter")
        return settle(office, connection, evidence, "unvouched")
    on_file = next(a for a in person.addresses if Address(a).key == evidence.sender.key)
    tell = teller(office, connection, person.language, case.rules if case else "")
    view = ForSender(
        network=office.settings.network.name,
        website=office.settings.network.website,
        reader=person.name,
        number=case.number if case else "",
        subject=evidence.letter.subject,
        received=tell.time(evidence.received_at),
        text=evidence.reading.new[:LONGEST_SHOWN],
    )
    row = send(
        office,
        connection,
        template=CONFIRM,
        language=tell.language,
        view=view,
        recipient=Address(on_file, person.name),
        case=case.number if case else None,
    )
    confirmations.ask(connection, letter_id=evidence.row, email=on_file, outgoing_id=row, now=office.now())
    if case is not None:
        event = UnvouchedWrote(
            evidence.row, evidence.sender.email, evidence.reading.new, evidence.trust.reason
        )
        carry_out(office, connection, case, [event], evidence.cause)
    return settle(office, connection, evidence, "asked", state="waiting", case=case.number if case else "")


def tell_office(office: Office, connection: Connection, evidence: Evidence, template: str) -> None:
    """Show a letter that belongs to no case to the Secretariat."""
    notify(
        office,
        connection,
        office_in_force(connection, office.now()),
        template,
        cause=evidence.cause,
        text=evidence.reading.new,
    )
