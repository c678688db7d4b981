"""From stage to stage: which transition fits, and what taking it brings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.process import balloting, references
from mailbot.process.case import Case
from mailbot.process.events import Effect, EnterDirectory, Facts, Record, StopTimer, Write
from mailbot.process.form import check
from mailbot.process.rules import Condition, Deed, Guard, LetterOrder, Process, Transition
from mailbot.process.timers import HOLD, set_timers, stop_timers
from mailbot.values import Role

Step = tuple[Case, tuple[Effect, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the guards look at: the case as it is after the event was folded in, and the event."""

    case: Case
    rules: Process
    first: bool = False
    new: bool = False
    form_changed: bool = False
    text: str = ""
    """What was newly written, or stands behind the tag."""
    request: str = ""
    outcome: str = ""
    """What the ballot that was closed came to."""


GUARDS: Mapping[Guard, Callable[[Asked, str], bool]] = {
    Guard.FIRST_LETTER: lambda asked, _: asked.first,
    Guard.ALL_ANSWERED: lambda asked, _: not missing(asked.case, asked.rules),
    Guard.SOMETHING_MISSING: lambda asked, _: bool(missing(asked.case, asked.rules)),
    Guard.SOMETHING_NEW: lambda asked, _: asked.new,
    Guard.TEXT_GIVEN: lambda asked, _: bool(asked.text.strip()),
    Guard.FORM_CHANGED: lambda asked, _: asked.form_changed,
    Guard.FORM_COMPLETE: lambda asked, _: not form_problems(asked.case, asked.rules),
    Guard.FORM_INCOMPLETE: lambda asked, _: bool(form_problems(asked.case, asked.rules)),
    Guard.REFERENCES_ENOUGH: lambda asked, _: references.are_enough(asked.case, asked.rules),
    Guard.ASKS: lambda asked, word: asked.request == word,
    Guard.SAYS: lambda asked, word: named_outcome(asked.text, asked.rules) == word,
    Guard.PROPOSED: lambda asked, word: asked.case.proposed == word,
    Guard.PASSED: lambda asked, _: asked.outcome == Guard.PASSED,
    Guard.FAILED: lambda asked, _: asked.outcome == Guard.FAILED,
    Guard.NO_QUORUM: lambda asked, _: asked.outcome == Guard.NO_QUORUM,
}


def missing(case: Case, rules: Process) -> tuple[str, ...]:
    """The questions that are not answered yet, in the order of the rules."""
    return tuple(key for key in rules.questions if key not in case.answers)


def form_problems(case: Case, rules: Process) -> tuple[str, ...]:
    """The fields of the form that are missing or invalid, in the order of the rules."""
    return tuple(problem.field for problem in check(rules.form, case.applicant.kind, case.form))


def named_outcome(text: str, rules: Process) -> str:
    """The stage that the first word behind ``#record`` names, in whatever language; ``""``: none."""
    word = text.split(maxsplit=1)[0].strip(".,:;،").casefold() if text.strip() else ""
    return next((key for key, spoken in rules.outcomes.items() if word == key or word in spoken), "")


def first_fit(on: str, asked: Asked) -> Transition | None:
    """The first transition that starts at the case's stage on this event and whose guards hold."""
    for transition in asked.rules.leads_from(asked.case.stage, on):
        if all(_holds(condition, asked) for condition in transition.when):
            return transition
    return None


def _holds(condition: Condition, asked: Asked) -> bool:
    return GUARDS[condition.guard](asked, condition.word)


def take(
    case: Case,
    transition: Transition | None,
    rules: Process,
    facts: Facts,
    now: datetime,
    *,
    words: str = "",
    text: str = "",
    ballot: int = -1,
) -> Step:
    """Take the transition: what it does and proposes, its stage, its letters.

    ``words`` is what stood behind a tag, ``text`` what the applicant wrote, ``ballot`` the place of the
    ballot that letters to voters are about (-1: the latest).
    """
    if transition is None:
        return case, ()
    effects: list[Effect] = []
    if transition.proposes:
        case = replace(case, proposed=transition.proposes)
        effects.append(Record("proposed", {"stage": transition.proposes}))
    letters = tuple(_write(order, words, text, ballot) for order in transition.write)
    if transition.to and transition.to != case.stage:
        case, moved = _move(case, transition, rules, facts, now)
        effects += moved
    for deed in transition.do:
        case, done = _done(case, deed, rules, facts, now)
        effects += done
    return case, (*effects, *letters)


def _move(case: Case, transition: Transition, rules: Process, facts: Facts, now: datetime) -> Step:
    """To another stage: the timers and the ballot of the old one end, those of the new one begin."""
    old, new = rules.stage(case.stage), rules.stage(transition.to)
    effects: list[Effect] = [
        Record("stage", {"from": case.stage, "to": transition.to}),
        *stop_timers(old),
    ]
    if case.held_until is not None:
        effects.append(StopTimer(HOLD))
    if old.ballot:
        case, ended = balloting.end_ballot(case, rules)
        effects += ended
    if new.ends:
        case, released = references.release(case)
        effects += released
    proposed = case.proposed if transition.proposes or new.ends else ""
    case = replace(case, stage=transition.to, since=now, held_until=None, proposed=proposed)
    effects += set_timers(new, now, facts.calendar)
    if new.ballot:
        case, opened = balloting.arrange(case, new.ballot, rules, facts, now)
        effects += opened
    return case, tuple(effects)


def _done(case: Case, deed: Deed, rules: Process, facts: Facts, now: datetime) -> Step:
    match deed:
        case Deed.OPEN_BALLOT:
            kind = rules.stage(case.stage).ballot
            if case.ballot is not None or not kind:
                return case, ()
            return balloting.open_ballot(case, kind, rules, facts, now)
        case Deed.ENTER_DIRECTORY:
            return case, (Record("entered_directory"), EnterDirectory())
        case Deed.OVERRULE_REFERENCES:
            return case, (Record("references_overruled", {"confirmed": str(case.confirmed)}),)


def _write(order: LetterOrder, words: str, text: str, ballot: int) -> Write:
    """Each hears the other: the Secretariat what the applicant wrote, the applicant what stood behind
    the tag; nobody is sent their own words back."""
    if order.to is Role.APPLICANT:
        return Write(order.letter, order.to, words=words)
    if order.to is Role.SECRETARIAT:
        return Write(order.letter, order.to, text=text)
    return Write(order.letter, order.to, ballot=ballot)
