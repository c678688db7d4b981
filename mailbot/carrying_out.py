"""Carrying out what was decided: the case, its journal, timers and letters, inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import assert_never

from sqlalchemy import Connection

from mailbot.addressing import (
    Cause,
    notify,
    office_in_force,
    voters_now,
    write_circular,
    write_to_applicant,
    write_to_referee,
    write_to_voters,
)
from mailbot.office import Office
from mailbot.process.advance import advance
from mailbot.process.case import Case
from mailbot.process.events import (
    ApplicantWrote,
    Effect,
    EnterDirectory,
    Event,
    Facts,
    Record,
    SetTimer,
    StopTimer,
    Tell,
    Write,
)
from mailbot.store import cases, journal, members, people, timers
from mailbot.values import Kind, Member, Person, Role

CIRCULAR_LETTER = "consultation"
"""The letter to the members that may put several cases before them at once."""


@dataclass
class Carried:
    """What came of a series of events: the case as it is now, and what the transcript is to say."""

    case: Case
    tells: list[Tell] = field(default_factory=list)
    withheld: list[Write] = field(default_factory=list)
    """Letters that the caller wanted to write itself."""


def carry_out(
    office: Office,
    connection: Connection,
    case: Case,
    events: Sequence[Event],
    cause: Cause,
    *,
    withhold: Collection[str] = (),
) -> Carried:
    """Advance ``case`` by the events, one after the other, save it, and carry out the effects.

    Letters whose template is in ``withhold`` are left to the caller.
    """
    now = office.now()
    rules = office.rules_of(connection, case.rules).process
    facts = Facts(
        at=cause.at,
        office=office_in_force(connection, now),
        languages=office.templates.languages(),
        voters=partial(voters_now, office, connection, case.rules, now),
        calendar=office.calendar,
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
        if isinstance(effect, Write) and effect.template in withhold:
            carried.withheld.append(effect)
        else:
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
        case Write():
            _write(office, connection, carried.case, effect, facts, cause)
        case EnterDirectory():
            enter_directory(office, connection, carried.case)
        case Record():
            pass  # entered in the journal before anything else


def _write(
    office: Office, connection: Connection, case: Case, order: Write, facts: Facts, cause: Cause
) -> None:
    match order.to:
        case Role.SECRETARIAT:
            notify(
                office,
                connection,
                facts.office,
                order.template,
                case=case,
                cause=cause,
                text=order.text,
                reason=order.reason,
            )
        case Role.APPLICANT | Role.CONTACT:
            if not cause.muted:
                write_to_applicant(office, connection, case, order, cause)
        case Role.REFEREE:
            write_to_referee(office, connection, case, order, cause)
        case Role.BOARD | Role.MEMBER:
            if order.template == CIRCULAR_LETTER:
                write_circular(office, connection, [case])
            else:
                write_to_voters(office, connection, case, order, cause)
        case never:
            assert_never(never)


def enter_directory(office: Office, connection: Connection, case: Case) -> None:
    """Put the applicant into the members' directory, and who answers for them on the roster.

    A former member who comes back keeps the entry, which begins anew.
    """
    now = office.now()
    contact = next(iter(case.serving(Role.APPLICANT, now)), None)
    name = case.applicant.name or (contact.name or contact.email if contact else case.number)
    kind = case.applicant.kind or Kind.ORGANIZATION
    member = Member(name, kind, case.applicant.country, case.language, since=now)
    if any(known.name == name for known in members.every(connection)):
        members.change(connection, name, member)
    else:
        members.add(connection, member)
    if contact is not None:
        organization = name if kind is Kind.ORGANIZATION else ""
        person = Person(
            contact.name or name, Role.MEMBER, (contact.email,), organization, kind, case.language, since=now
        )
        people.add(connection, person)
