"""What the tags do that change what is known of a case, or when it goes on, but not its stage.

The tags that lead from stage to stage are transitions of ``rules/process.toml``. A tag that lacks
what it needs does nothing, and the transcript says what was missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import TypeAlias

from mailbot.process.ballot import BallotState
from mailbot.process.balloting import resume as resume_ballot
from mailbot.process.case import Case
from mailbot.process.events import Effect, Facts, Record, SetTimer, StopTimer, TagGiven, Tell
from mailbot.process.rules import Process
from mailbot.process.timers import HOLD, after_hold, stop_timers
from mailbot.values import Address, Answer, Kind, Participant, Role

Deed: TypeAlias = Callable[[Case, TagGiven, Facts, Process, datetime], tuple[Case, tuple[Effect, ...]]]

SHOWN = frozenset({"status", "history", "list", "help"})
"""Tags that change nothing: the transcript shows what they ask for."""

ADDRESS = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]+\.[^@\s<>,;.]+")
"""What can be written to: no more is asked of it, since the mail server knows better."""

MOST_DIGITS = 3
"""How long a question's number may be; ``int`` refuses one of thousands of digits."""


def _note(case: Case, event: TagGiven, *_: object) -> tuple[Case, tuple[Effect, ...]]:
    if not event.command.argument.strip():
        return case, (_refused(event, "needs_text"),)
    return case, (
        Record("note", {"by": event.by.name}, event.command.argument),
        _done(event),
    )


def _assign(case: Case, event: TagGiven, facts: Facts, *_: object) -> tuple[Case, tuple[Effect, ...]]:
    """The name may be shortened as long as one person of the office alone is meant; «me» is the writer."""
    wanted = event.command.argument.strip().casefold()
    if not wanted:
        return case, (_refused(event, "needs_text"),)
    named = {p.name for p in facts.office if wanted in {p.name.casefold(), *map(str.casefold, p.addresses)}}
    meant = named or {p.name for p in facts.office if wanted in p.name.casefold()}
    if wanted == "me":
        meant = {event.by.name}
    if len(meant) != 1:
        said = "several_people" if meant else "unknown_person"
        return case, (_refused(event, said, name=event.command.argument),)
    name = meant.pop()
    return replace(case, assigned=name), (
        Record("assigned", {"name": name, "by": event.by.name}),
        _done(event, name=name),
    )


def _answer(
    case: Case, event: TagGiven, _: Facts, rules: Process, *__: object
) -> tuple[Case, tuple[Effect, ...]]:
    """``#answer work: text`` or ``#answer 2: text``: kept from now on, whatever a later letter says."""
    named, _colon, text = event.command.argument.partition(":")
    key = _question(named, rules)
    if key is None:
        return case, (_refused(event, "unknown_question", question=named.strip()),)
    if not text.strip():
        return case, (_refused(event, "needs_text"),)
    changed = replace(
        case,
        answers={**case.answers, key: Answer(text.strip(), source="secretariat")},
        kept=case.kept | {key},
    )
    return changed, (
        Record("answer_set", {"question": key, "by": event.by.name}, text.strip()),
        _done(event, question=key),
    )


def _question(named: str, rules: Process) -> str | None:
    named = named.strip().casefold()
    if named.isdecimal() and len(named) <= MOST_DIGITS and 1 <= int(named) <= len(rules.questions):
        return rules.questions[int(named) - 1]
    return named if named in rules.questions else None


def _language(
    case: Case, event: TagGiven, facts: Facts, rules: Process, *_: object
) -> tuple[Case, tuple[Effect, ...]]:
    named = event.command.argument.strip()
    language = _named(named, rules.languages)
    if language is None or language not in facts.languages:
        return case, (_refused(event, "unknown_language", language=named),)
    return replace(case, language=language, kept=case.kept | {"language"}), (
        Record("language_set", {"language": language, "by": event.by.name}),
        _done(event, language=language),
    )


def _kind(
    case: Case, event: TagGiven, _: Facts, rules: Process, *__: object
) -> tuple[Case, tuple[Effect, ...]]:
    kind = _named(event.command.argument.strip(), rules.kinds)
    if kind is None:
        return case, (_refused(event, "unknown_kind", kind=event.command.argument.strip()),)
    changed = replace(case.with_applicant(kind=Kind(kind)), kept=case.kept | {"kind"})
    return changed, (
        Record("kind_set", {"kind": kind, "by": event.by.name}),
        _done(event, kind=kind),
    )


def _named(word: str, names: Mapping[str, tuple[str, ...]]) -> str | None:
    """The key under which ``word`` stands in a table of names, or which it is itself."""
    folded = word.casefold()
    return next((key for key, spoken in names.items() if folded == key or folded in spoken), None)


def _contact(
    case: Case, event: TagGiven, _: Facts, _rules: Process, now: datetime
) -> tuple[Case, tuple[Effect, ...]]:
    """``#contact Ana Ruiz <ana@x.example>``: whom we write to; who was it before may still write to us."""
    named, found = parseaddr(" ".join(event.command.argument.split()))
    if not ADDRESS.fullmatch(found):
        return case, (_refused(event, "needs_address"),)
    wanted = Address(found).key
    others = tuple(
        replace(p, role=Role.CONTACT) if p.role is Role.APPLICANT else p
        for p in case.participants
        if Address(p.email).key != wanted
    )
    known = next((p for p in case.participants if Address(p.email).key == wanted), None)
    contact = Participant(found, Role.APPLICANT, named or (known.name if known else ""), since=now)
    return replace(case, participants=(*others, contact)), (
        Record("contact_set", {"by": event.by.name}, f"{contact.name} {found}".strip()),
        _done(event, address=found),
    )


def _hold(
    case: Case, event: TagGiven, _: Facts, rules: Process, now: datetime
) -> tuple[Case, tuple[Effect, ...]]:
    """``#hold 14d`` or ``#hold 1 May 2027``: nothing is reminded of, and nothing lapses, until then."""
    if rules.stage(case.stage).ends:
        return case, (_refused(event, "case_ended"),)
    if event.until is None or event.until <= now:
        return case, (_refused(event, "needs_date"),)
    until = event.until.isoformat()
    return replace(case, held_until=event.until), (
        Record("held", {"until": until, "by": event.by.name}, event.command.argument),
        *stop_timers(rules.stage(case.stage)),
        SetTimer(HOLD, event.until),
        _done(event, until=until),
    )


def _resume(
    case: Case, event: TagGiven, facts: Facts, rules: Process, now: datetime
) -> tuple[Case, tuple[Effect, ...]]:
    """Go on with a ballot that a discussion or an objection paused, or with a case on hold."""
    if case.ballot is not None and case.ballot.state is BallotState.PAUSED:
        case, effects = resume_ballot(case, rules, facts, now)
        return case, (Record("tag", {"tag": "resume", "by": event.by.name}), *effects, _done(event))
    if case.held_until is None:
        return case, (_refused(event, "not_held"),)
    resumed, timers = after_hold(case, rules, now, facts.calendar)
    return resumed, (
        Record("resumed", {"by": event.by.name}),
        StopTimer(HOLD),
        *timers,
        _done(event),
    )


def _done(event: TagGiven, **facts: str) -> Tell:
    return Tell(event.command, done=True, said=f"done_{event.command.tag}", facts=facts)


def _refused(event: TagGiven, said: str, **facts: str) -> Tell:
    return Tell(event.command, done=False, said=said, facts=facts)


DEEDS: Mapping[str, Deed] = {
    "answer": _answer,
    "assign": _assign,
    "contact": _contact,
    "hold": _hold,
    "kind": _kind,
    "language": _language,
    "note": _note,
    "resume": _resume,
}
