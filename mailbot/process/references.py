"""How referees are written to, answer, are reminded, given up and replaced. Pure.

They are asked as soon as the applicant has agreed in the form, in parallel with everything else. A match
with the members' directory is shown to people; only a referee's own word confirms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot.process.case import Case, Referee, RefereeState
from mailbot.process.events import Effect, Facts, Record, RefereeWrote, SetTimer, StopTimer, Write
from mailbot.process.form import said
from mailbot.process.rules import Process
from mailbot.process.timers import OF_REFEREES, REFEREE_DEADLINE, REFEREE_REMINDER
from mailbot.values import Address, Participant, Role, Verdict

MOST = 9
"""Places for references that are looked for in a form."""

Step = tuple[Case, tuple[Effect, ...]]


def named_in_form(case: Case, rules: Process, now: datetime) -> Iterator[Referee]:
    """The references that the form names with an address, whoever has been asked."""
    for place in range(1, MOST + 1):
        email = said(rules.form, case.form, f"referee.{place}.email")
        if email and "@" in email:
            yield Referee(
                place,
                said(rules.form, case.form, f"referee.{place}.name"),
                said(rules.form, case.form, f"referee.{place}.organization"),
                email.strip(),
                now,
            )


def ask_referees(case: Case, rules: Process, facts: Facts, now: datetime) -> Step:
    """Write to those whom the applicant named and nobody has written to yet, if the applicant agreed."""
    agreed = said(rules.form, case.form, "consent.referees") == "yes"
    if rules.references is None or not agreed or not rules.stage(case.stage).form:
        return case, ()
    known = {Address(referee.email).key for referee in case.referees}
    own = {Address(p.email).key for p in case.participants if p.role in (Role.APPLICANT, Role.CONTACT)}
    new = [r for r in named_in_form(case, rules, now) if Address(r.email).key not in known | own]
    if not new:
        return case, ()
    case = _given_up(case, {referee.place for referee in new}, RefereeState.REPLACED)
    people = tuple(Participant(r.email, Role.REFEREE, r.name or r.organization, since=now) for r in new)
    case = replace(case, referees=(*case.referees, *new), participants=(*case.participants, *people))
    effects: list[Effect] = [Record("referee_asked", {"place": str(r.place)}, _called(r)) for r in new]
    effects += [Write("referee_request", Role.REFEREE, only=r.email) for r in new]
    return case, (*effects, *_timers(rules, facts, now))


def _timers(rules: Process, facts: Facts, now: datetime) -> tuple[SetTimer, ...]:
    asked = rules.references
    if asked is None:
        return ()
    return (
        SetTimer(REFEREE_REMINDER, facts.calendar.due(now, asked.reminder)),
        SetTimer(REFEREE_DEADLINE, facts.calendar.due(now, asked.deadline)),
    )


def referee_wrote(case: Case, event: RefereeWrote) -> Step:
    """A referee's answer: kept for Secretariat and Board; an unclear one is asked back."""
    wanted = Address(event.email).key
    asked = next((r for r in reversed(case.referees) if Address(r.email).key == wanted), None)
    if asked is None:
        return case, (Write("case_update", Role.SECRETARIAT, text=event.words),)
    state = {
        Verdict.CONFIRM: RefereeState.CONFIRMED,
        Verdict.DECLINE: RefereeState.DECLINED,
    }.get(event.verdict)
    told = {"place": str(asked.place), "verdict": event.verdict.value, "letter": str(event.letter)}
    record = Record("referee_answered", told, f"{_called(asked)}: {event.words}")
    if state is None:
        kept = _with(case, replace(asked, words=_joined(asked.words, event.words)))
        return kept, (
            record,
            Write("referee_unclear", Role.REFEREE, only=asked.email),
            Write("referee_answered", Role.SECRETARIAT, text=event.words),
        )
    case = _with(case, replace(asked, state=state, words=event.words))
    effects: list[Effect] = [record, Write("referee_thanks", Role.REFEREE, only=asked.email)]
    if not any(r.state is RefereeState.ASKED for r in case.referees):
        effects += [StopTimer(timer) for timer in OF_REFEREES]
    if state is RefereeState.DECLINED:
        effects.append(Write("referee_needed", Role.APPLICANT))
    effects.append(Write("referee_answered", Role.SECRETARIAT, text=event.words))
    return case, tuple(effects)


def remind(case: Case) -> Step:
    """Remind those who were asked and have not answered, once."""
    due = [r for r in case.referees if r.state is RefereeState.ASKED and not r.reminded]
    for referee in due:
        case = _with(case, replace(referee, reminded=True))
    return case, tuple(Write("referee_reminder", Role.REFEREE, only=r.email) for r in due)


def give_up(case: Case, rules: Process) -> Step:
    """Those who stay silent are given up; where references are then wanting, the applicant is asked."""
    silent = [r for r in case.referees if r.state is RefereeState.ASKED]
    if not silent:
        return case, ()
    case = _given_up(case, {r.place for r in silent}, RefereeState.SILENT)
    records = tuple(Record("referee_silent", {"place": str(r.place)}, _called(r)) for r in silent)
    told = (Write("referee_answered", Role.SECRETARIAT, reason="referee_silent"),)
    if are_enough(case, rules):
        return case, (*records, *told)
    return case, (*records, Write("referee_needed", Role.APPLICANT), *told)


def release(case: Case) -> Step:
    """The case has ended: who was asked and has not answered need not answer any more."""
    waiting = [r for r in case.referees if r.state is RefereeState.ASKED]
    timers = tuple(StopTimer(timer) for timer in OF_REFEREES) if case.referees else ()
    return case, (*timers, *(Write("referee_released", Role.REFEREE, only=r.email) for r in waiting))


def are_enough(case: Case, rules: Process) -> bool:
    """Whether as many references are confirmed as the rules ask for."""
    return rules.references is None or case.confirmed >= rules.references.needed


def _given_up(case: Case, places: set[int], state: RefereeState) -> Case:
    """Those in these places who have not answered are in ``state`` from now on."""
    return replace(
        case,
        referees=tuple(
            replace(r, state=state)
            if r.place in places and r.state in (RefereeState.ASKED, RefereeState.SILENT)
            else r
            for r in case.referees
        ),
    )


def _with(case: Case, changed: Referee) -> Case:
    return replace(case, referees=tuple(changed if r.email == changed.email else r for r in case.referees))


def _called(referee: Referee) -> str:
    return ", ".join(filter(None, (referee.name, referee.organization, referee.email)))


def _joined(old: str, new: str) -> str:
    return f"{old}\n\n{new}" if old else new
