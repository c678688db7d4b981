"""Who decides what becomes of a letter: the first in the list that knows what to do with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from mailbot.carrying_out import carry_out
from mailbot.intake.acts import Handled, ask_sender, on_file, open_case, settle, show_unvouched, tell_office
from mailbot.intake.evidence import CONFIRM, Evidence
from mailbot.intake.tags import obey
from mailbot.intake.voters import from_a_referee, from_a_voter, note_absence
from mailbot.office import Office
from mailbot.parsers.numbered import numbered_lines
from mailbot.parsers.tags import find_commands
from mailbot.people.credentials import is_ours
from mailbot.process.case import Case
from mailbot.process.events import ApplicantWrote, DeliveryFailed, OfficeWrote
from mailbot.process.processbook import CASE_NUMBER
from mailbot.store import cases, confirmations, letters, outgoing
from mailbot.values import (
    Command,
    LetterKind,
    Machine,
    MachineSigns,
    Role,
    Verdict,
)


def _own(office: Office, connection: Connection, evidence: Evidence) -> Handled | None:
    """A letter of our own that came back to us, by Cc or a list: nobody answers themselves."""
    message_id = evidence.letter.message_id
    if is_ours(message_id) and outgoing.by_message_id(connection, message_id):
        return settle(office, connection, evidence, "own", state="own")
    return None


def _machine(office: Office, connection: Connection, evidence: Evidence) -> Handled | None:
    """A machine is never answered. What it says of a letter of ours goes to the case.

    List mail may be a person's: the Secretariat sees it.
    """
    signs = evidence.reading.machine
    if signs is None:
        return None
    ours = _bounced(connection, evidence, signs)
    if ours is not None and ours.case_number and signs.machine is Machine.BOUNCE and signs.status[:1] != "4":
        case = cases.load(connection, ours.case_number)
        said = f"{signs.status} {signs.sign}".strip()
        event = DeliveryFailed(ours.recipient, ours.template, said)
        carry_out(office, connection, case, [event], evidence.cause)
        return settle(office, connection, evidence, signs.machine.value, case=case.number)
    if signs.machine is Machine.AUTO_REPLY and signs.back is not None and evidence.trust.credential:
        note_absence(office, connection, evidence, signs.back)
    if signs.machine is Machine.LIST:
        tell_office(office, connection, evidence, "other_letter")
    return settle(office, connection, evidence, signs.machine.value)


def _bounced(connection: Connection, evidence: Evidence, signs: MachineSigns) -> outgoing.Outgoing | None:
    """The letter of ours that a machine speaks of."""
    if signs.original and is_ours(signs.original):
        return outgoing.by_message_id(connection, signs.original)
    return outgoing.find(connection, evidence.carried[0].outgoing) if evidence.carried else None


def _confirmation(office: Office, connection: Connection, evidence: Evidence) -> Handled | None:
    """An answer to «did you send this?»: yes takes up the letter again, no tells the Secretariat.

    The credential alone vouches for it: it went to this address a while ago and works once, and for
    somebody whose server fails every letter there is no other way.
    """
    credential = evidence.trust.credential
    if credential is None or credential.purpose != CONFIRM:
        return None
    asked = confirmations.find(connection, credential.outgoing)
    if asked is None or asked.settled:
        return settle(office, connection, evidence, "confirmation settled before")
    about = credential.case
    if evidence.reading.verdict is Verdict.CONFIRM:
        confirmations.settle(connection, asked.id, confirmed=True, now=office.now())
        letters.reopen(connection, asked.letter_id)
        return settle(office, connection, evidence, "confirmed", case=about)
    if evidence.reading.verdict is Verdict.DECLINE:
        now = office.now()
        confirmations.settle(connection, asked.id, confirmed=False, now=now)
        letters.settle(
            connection, asked.letter_id, state="handled", outcome="disowned", now=now, case=about or None
        )
        tell_office(office, connection, evidence, "unconfirmed")
        return settle(office, connection, evidence, "disowned", case=about)
    tell_office(office, connection, evidence, "other_letter")
    return settle(office, connection, evidence, "confirmation unclear")


def _from_the_office(office: Office, connection: Connection, evidence: Evidence) -> Handled | None:
    """A person of the Secretariat: tags are obeyed where something vouches, else asked about."""
    by = evidence.line_of(Role.SECRETARIAT)
    if by is None:
        return None
    case = _case_meant(connection, evidence) if evidence.trust.vouched else None
    orders = _orders(office, connection, evidence, case)
    if not (evidence.trust.vouched or orders):
        return None
    if not evidence.trust.vouched:
        return ask_sender(office, connection, evidence, by)
    if orders:
        return obey(office, connection, evidence, by, orders)
    if case is not None:
        event = OfficeWrote(evidence.row, by.name, evidence.reading.new)
        carry_out(office, connection, case, [event], evidence.cause)
        return settle(office, connection, evidence, "office", case=case.number)
    return settle(office, connection, evidence, "office")


def _orders(
    office: Office, connection: Connection, evidence: Evidence, case: Case | None
) -> list[tuple[Case | None, tuple[Command, ...]]]:
    """Which tags are for which case: by the numbers of the list that is answered, else all for one."""
    words = office.rules.lexicon.words
    by_line = [
        (cases.load(connection, evidence.listed[number - 1]), commands)
        for number, told in numbered_lines(evidence.reading.new, len(evidence.listed)).items()
        if (commands := find_commands(told, "", words))
    ]
    if by_line:
        return [*by_line]
    return [(case, evidence.reading.commands)] if evidence.reading.commands else []


def _from_a_voter(office: Office, connection: Connection, evidence: Evidence) -> Handled | None:
    """A member of the Board, or somebody who speaks for a member organization, about a ballot."""
    return from_a_voter(office, connection, evidence, _case_named(connection, evidence))


def _from_a_referee(office: Office, connection: Connection, evidence: Evidence) -> Handled | None:
    """Somebody who was asked for a reference."""
    return from_a_referee(office, connection, evidence, _case_named(connection, evidence))


def _from_a_participant(office: Office, connection: Connection, evidence: Evidence) -> Handled | None:
    """Somebody who writes from an address that is on a case."""
    numbers = cases.all_numbers_of(connection, evidence.sender.key)
    if not numbers:
        return None
    named = _case_named(connection, evidence)
    case = named if named and named.number in numbers else _latest(office, connection, numbers)
    process = office.rules_of(connection, case.rules).process
    starts_anew = case.stage in process.ended and named is None and bool(evidence.reading.answers)
    if starts_anew:
        return None
    if evidence.trust.vouched:
        event = ApplicantWrote(evidence.row, evidence.reading)
        carry_out(office, connection, case, [event], evidence.cause)
        return settle(office, connection, evidence, "applicant", case=case.number)
    if evidence.reading.answers:
        return ask_sender(office, connection, evidence, on_file(case, evidence.sender), case)
    return show_unvouched(office, connection, evidence, case)


def _from_outside(office: Office, connection: Connection, evidence: Evidence) -> Handled | None:
    """Everybody else: what names a case is shown to the Secretariat, an inquiry opens one, and the rest
    is for a person."""
    case = _case_named(connection, evidence)
    if case is not None:
        return show_unvouched(office, connection, evidence, case)
    if evidence.reading.kind is LetterKind.INTEREST and evidence.letter.sender is not None:
        return open_case(office, connection, evidence)
    tell_office(office, connection, evidence, "other_letter")
    return settle(office, connection, evidence, "other")


Decider = Callable[[Office, Connection, Evidence], Handled | None]


DECIDERS: tuple[Decider, ...] = (
    _own,
    _machine,
    _confirmation,
    _from_a_voter,
    _from_a_referee,
    _from_the_office,
    _from_a_participant,
    _from_outside,
)
"""The last of them takes whatever the others leave."""


def _case_meant(connection: Connection, evidence: Evidence) -> Case | None:
    """For somebody vouched for: the case of the letter that is answered, else the one in the subject."""
    credential = evidence.trust.credential
    if credential is not None and credential.case:
        return cases.load(connection, credential.case)
    return _case_named(connection, evidence)


def _case_named(connection: Connection, evidence: Evidence) -> Case | None:
    """The case of a letter of ours that is answered, whoever got it, or whose tag is in the subject."""
    numbers = [c.case for c in evidence.carried if c.case]
    numbers += _TAG.findall(evidence.letter.subject)
    return next((case for number in numbers if (case := _found(connection, number))), None)


_TAG = re.compile(rf"\[({CASE_NUMBER.pattern})\]", re.IGNORECASE)


def _found(connection: Connection, number: str) -> Case | None:
    try:
        return cases.load(connection, number.upper())
    except cases.NoSuchCase:
        return None


def _latest(office: Office, connection: Connection, numbers: Sequence[str]) -> Case:
    """Of a person's cases the newest that is open, else the newest."""
    found = [cases.load(connection, number) for number in numbers]
    still = [c for c in found if c.stage not in office.rules_of(connection, c.rules).process.ended]
    return (still or found)[0]
