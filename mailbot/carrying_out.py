"""Carrying out what was decided: the case, its journal, timers and letters, inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rapidfuzz import fuzz, utils
from sqlalchemy import Connection

from mailbot.office import Office
from mailbot.people.roster import in_force
from mailbot.process.advance import advance
from mailbot.process.case import Case
from mailbot.process.events import (
    ApplicantWrote,
    Effect,
    Event,
    Facts,
    Record,
    SetTimer,
    StopTimer,
    Tell,
    Write,
)
from mailbot.store import cases, journal, people, timers
from mailbot.values import Address, Attachment, Participant, Person, Reading, Role
from mailbot.views import ForSecretariat
from mailbot.writing import Answered, send, teller

NAMESAKE = 90
"""From which likeness of names on (rapidfuzz ``token_sort_ratio``, 0 to 100) a case is shown as perhaps
earlier."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is carried out: a letter, or a timer (then ``letter`` is None)."""

    at: datetime
    """The letter's or the timer's time."""
    letter: Answered | None = None
    reading: Reading | None = None
    muted: bool = False
    """The applicant is not written to: a machine, or a cap, stands in the way."""


@dataclass
class Carried:
    """What came of a series of events: the case as it is now, and what the transcript is to say."""

    case: Case
    tells: list[Tell] = field(default_factory=list)


def office_in_force(connection: Connection, at: datetime) -> tuple[Person, ...]:
    """The Secretariat at that time."""
    return in_force(people.roster(connection), Role.SECRETARIAT, at)


def carry_out(
    office: Office, connection: Connection, case: Case, events: Sequence[Event], cause: Cause
) -> Carried:
    """Advance ``case`` by the events, one after the other, save it, and carry out the effects."""
    now = office.now()
    rules = office.rules_of(connection, case.rules).process
    facts = Facts(
        at=cause.at,
        office=office_in_force(connection, now),
        languages=office.templates.languages(),
    )
    effects: list[Effect] = []
    before = case
    for event in events:
        case, following = advance(case, event, facts, rules, now)
        effects += following
    if case != before or any(isinstance(event, ApplicantWrote) for event in events):
        case = cases.save(connection, case)
    records = [effect for effect in effects if isinstance(effect, Record)]
    records += [
        Record("written", {"letter": e.template, "to": e.to.value}) for e in effects if isinstance(e, Write)
    ]
    journal.append(connection, case.number, now, records, lambda: office.randomness(16).hex())
    carried = Carried(case)
    for effect in effects:
        _carry_out_one(office, connection, carried, effect, facts, cause)
    return carried


def _carry_out_one(
    office: Office, connection: Connection, carried: Carried, effect: Effect, facts: Facts, cause: Cause
) -> None:
    match effect:
        case SetTimer():
            timers.set_timer(connection, carried.case.number, effect.timer, effect.due)
        case StopTimer():
            timers.stop_timer(connection, carried.case.number, effect.timer)
        case Tell():
            carried.tells.append(effect)
        case Write(to=Role.SECRETARIAT):
            notify(
                office,
                connection,
                facts.office,
                effect.template,
                case=carried.case,
                cause=cause,
                text=effect.text,
                reason=effect.reason,
            )
        case Write():
            if not cause.muted:
                _write_to_participants(office, connection, carried.case, effect, cause)
        case Record():
            pass  # entered in the journal before anything else


def _write_to_participants(
    office: Office, connection: Connection, case: Case, order: Write, cause: Cause
) -> None:
    tell = teller(office, connection, case.language, case.rules)
    stage = tell.rules.process.stage(case.stage)
    deadline = stage.timers.get("deadline")
    for participant in case.serving(order.to, office.now()):
        view = tell.for_applicant(
            case, participant.name, order.words, case.since + deadline if deadline is not None else None
        )
        send(
            office,
            connection,
            template=order.template,
            language=tell.language,
            view=view,
            recipient=_address(participant),
            case=case.number,
            answers=cause.letter,
        )


def _address(participant: Participant) -> Address:
    return Address(participant.email, participant.name)


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
            sheet=tell.sheet(case, earlier, aspects) if case else None,
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
        numbers.update(dict.fromkeys(cases.all_numbers_of(connection, Address(participant.email).key)))
    wanted = case.applicant.name
    for number, name, _stage in cases.namesakes(connection, wanted) if wanted else ():
        if fuzz.token_sort_ratio(wanted, name, processor=utils.default_process) >= NAMESAKE:
            numbers[number] = None
    numbers.pop(case.number, None)
    return tuple(cases.load(connection, number) for number in numbers)
