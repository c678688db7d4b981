"""What follows from an event: a pure interpreter of the rules.

``advance`` folds what the event says into the case, then takes the first transition that fits. It
decides and never does: the caller saves the case and carries out the effects, together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, assert_never

from mailbot.process.case import Case
from mailbot.process.events import (
    ApplicantWrote,
    DeliveryFailed,
    Effect,
    Event,
    Facts,
    OfficeWrote,
    Record,
    StopTimer,
    TagGiven,
    Tell,
    TimerRang,
    UnvouchedWrote,
    Write,
)
from mailbot.process.rules import Guard, LetterOrder, Process, Transition, Trigger
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.process.timers import HOLD, after_hold, set_timers, stop_timers
from mailbot.values import Answer, AttachmentText, Reading, Role

Outcome: TypeAlias = tuple[Case, tuple[Effect, ...]]

ADDITION = 0.5
"""A later answer shorter than this share of the earlier one is taken for an addition to it, a longer one
for its correction. A short correction then stands below what it corrects, and both can be read; a short
addition in place of a whole answer would lose it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the guards look at: the case as it is after the event was folded in, and the event."""

    case: Case
    rules: Process
    first: bool = False
    new: bool = False
    text: str = ""


GUARDS: Mapping[Guard, Callable[[_Asked], bool]] = {
    Guard.FIRST_LETTER: lambda asked: asked.first,
    Guard.ALL_ANSWERED: lambda asked: not missing(asked.case, asked.rules),
    Guard.SOMETHING_MISSING: lambda asked: bool(missing(asked.case, asked.rules)),
    Guard.SOMETHING_NEW: lambda asked: asked.new,
    Guard.TEXT_GIVEN: lambda asked: bool(asked.text.strip()),
}


def missing(case: Case, rules: Process) -> tuple[str, ...]:
    """The questions that are not answered yet, in the order of the rules."""
    return tuple(key for key in rules.questions if key not in case.answers)


def advance(case: Case, event: Event, facts: Facts, rules: Process, now: datetime) -> Outcome:
    """The case after ``event``, and what is to be done, in order.

    ``facts.at`` is the time of the letter or timer, by which things are reckoned; ``now`` is the hour
    of handling, from which timers run. Raises nothing: an event that fits nowhere is recorded.
    """
    match event:
        case ApplicantWrote():
            return _applicant_wrote(case, event, rules, now)
        case UnvouchedWrote():
            return case, (
                Record("unvouched_letter", {"letter": str(event.letter), "reason": event.reason}, event.text),
                Write("unvouched_letter", Role.SECRETARIAT, text=event.text, reason=event.reason),
            )
        case OfficeWrote():
            # Nobody is reminded past a person who has just written. The deadline stays: should the
            # conversation end there, the case still comes before the Secretariat.
            return case, (
                Record("office_wrote", {"letter": str(event.letter), "by": event.by}, event.text),
                StopTimer(Trigger.REMINDER.value),
            )
        case TagGiven():
            return _tag_given(case, event, facts, rules, now)
        case TimerRang():
            return _timer_rang(case, event, facts, rules, now)
        case DeliveryFailed():
            return case, (
                Record("delivery_failed", {"letter": event.template}, f"{event.recipient}: {event.reason}"),
                Write("delivery_failed", Role.SECRETARIAT, text=f"{event.recipient}: {event.reason}"),
            )
    assert_never(event)


# ── the applicant ────────────────────────────────────────────────────────────────────────────────


def _applicant_wrote(case: Case, event: ApplicantWrote, rules: Process, now: datetime) -> Outcome:
    reading = event.reading
    opened: tuple[Effect, ...] = ()
    if event.first:
        timers = set_timers(rules.stage(case.stage), now)
        opened = (Record("opened", {"stage": case.stage, "rules": case.rules}), *timers)
    taken = _taken(case, reading)
    records = (
        Record("applicant_wrote", {"letter": str(event.letter)}, reading.new),
        *_answer_records(case, reading, taken),
    )
    case = _with_reading(case, reading, taken)
    asked = _Asked(case, rules, first=event.first, new=bool(taken), text=reading.new)
    case, effects = _take(case, _first_fit(Trigger.APPLICANT_WROTE, asked), rules, now, text=reading.new)
    return case, (*opened, *records, *effects)


def _answer_records(case: Case, reading: Reading, taken: Mapping[str, Answer]) -> Iterator[Record]:
    for key in taken:
        entry = "answer_changed" if key in case.answers else "answer_taken"
        yield Record(entry, {"question": key}, reading.answers[key].text)


def _taken(case: Case, reading: Reading) -> dict[str, Answer]:
    """The answers that the reading brings, as the case is to have them; what it leaves alone is not there.

    What the Secretariat set by hand stays.
    """
    told = {key: answer for key, answer in reading.answers.items() if key not in case.kept}
    merged = {key: _merged(case.answers.get(key), answer) for key, answer in told.items()}
    return {key: answer for key, answer in merged.items() if answer is not None}


def _merged(old: Answer | None, new: Answer) -> Answer | None:
    """The answer to have from now on; None where the old one stays.

    People write again to correct, but also «see above», or one thing more, and their mail program
    breaks the lines of what they repeat: a later letter must not cost a good answer.
    """
    if not new.text.strip():
        return None
    if old is None:
        return new
    if not old.sure:
        return new if new.sure else None
    if not new.sure or f" {_plain(new)} " in f" {_plain(old)} ":
        return None
    if len(_plain(new)) < ADDITION * len(_plain(old)):
        return replace(old, text=f"{old.text}\n\n{new.text}")
    return new


def _plain(answer: Answer) -> str:
    return " ".join(answer.text.split())


def _with_reading(case: Case, reading: Reading, taken: Mapping[str, Answer]) -> Case:
    case = _with_applicant(case, reading)
    return replace(
        case,
        answers={**case.answers, **taken},
        references=_references(case, reading, taken),
        findings=tuple(dict.fromkeys((*case.findings, *reading.findings))),
        evidence=_joined(case.evidence, reading.evidence),
        unreadable=_still_unreadable(case, reading),
    )


def _references(case: Case, reading: Reading, taken: Mapping[str, Answer]) -> tuple[str, ...]:
    """Who may be asked, as far as the answer still names them."""
    if "reference" not in taken:
        return case.references
    still = [name for name in case.references if name in taken["reference"].text]
    return tuple(dict.fromkeys((*still, *reading.references)))


def _with_applicant(case: Case, reading: Reading) -> Case:
    """What was told first stays: a later letter fills gaps in who applies, and changes nothing."""
    known, told = case.applicant, reading.applicant
    return case.with_applicant(
        kind=None if known.kind else told.kind,
        name="" if known.name else told.name,
        country="" if known.country else told.country,
    )


def _joined(
    old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {key: tuple(dict.fromkeys((*old.get(key, ()), *new.get(key, ())))) for key in {**old, **new}}


def _still_unreadable(case: Case, reading: Reading) -> tuple[AttachmentText, ...]:
    """The attachments to be asked for as text; a letter that answers something settles the older ones."""
    older = () if reading.answers else case.unreadable
    return tuple({text.name: text for text in (*older, *reading.unreadable)}.values())


# ── the clock ────────────────────────────────────────────────────────────────────────────────────


def _timer_rang(case: Case, event: TimerRang, facts: Facts, rules: Process, now: datetime) -> Outcome:
    if case.held_until is not None:
        if event.timer != HOLD or facts.at < case.held_until:  # the hold was prolonged while this one rang
            return case, ()
        case, timers = after_hold(case, rules, now)
        return case, (Record("resumed", {"by": "mailbot"}), *timers, Write("case_update", Role.SECRETARIAT))
    transition = _first_fit(event.timer, _Asked(case, rules))
    if transition is None:
        return case, (Record("timer_passed", {"timer": event.timer}),)
    case, effects = _take(case, transition, rules, now)
    return case, (Record("timer_rang", {"timer": event.timer}), *effects)


# ── the Secretariat ──────────────────────────────────────────────────────────────────────────────


def _tag_given(case: Case, event: TagGiven, facts: Facts, rules: Process, now: datetime) -> Outcome:
    command = event.command
    if command.tag in SHOWN:
        return case, (Tell(command, done=True, said="shown"),)
    if command.tag in DEEDS:
        return DEEDS[command.tag](case, event, facts, rules, now)
    transition = _first_fit(f"#{command.tag}", _Asked(case, rules, text=command.argument))
    if transition is None:
        return case, (_no_way(case, event, rules),)
    record = Record("tag", {"tag": command.tag, "by": event.by.name}, command.argument)
    case, effects = _take(case, transition, rules, now, words=command.argument)
    return case, (record, *effects, Tell(command, done=True, said=f"done_{command.tag}"))


def _no_way(case: Case, event: TagGiven, rules: Process) -> Tell:
    """Why the tag leads nowhere: it lacks its text, the case has ended, or it is for another stage."""
    command = event.command
    ways = rules.leads_from(case.stage, f"#{command.tag}")
    if any(Guard.TEXT_GIVEN in way.when for way in ways) and not command.argument.strip():
        return Tell(command, done=False, said="needs_text")
    if rules.stage(case.stage).ends and not ways:
        return Tell(command, done=False, said="case_ended")
    return Tell(command, done=False, said="not_here", facts={"stage": case.stage})


# ── transitions ──────────────────────────────────────────────────────────────────────────────────


def _first_fit(on: str, asked: _Asked) -> Transition | None:
    for transition in asked.rules.leads_from(asked.case.stage, on):
        if all(GUARDS[guard](asked) for guard in transition.when):
            return transition
    return None


def _take(
    case: Case,
    transition: Transition | None,
    rules: Process,
    now: datetime,
    *,
    words: str = "",
    text: str = "",
) -> Outcome:
    """Take the transition: its stage, its letters, the timers of the stage it leads to."""
    if transition is None:
        return case, ()
    effects: list[Effect] = []
    if transition.to and transition.to != case.stage:
        effects.append(Record("stage", {"from": case.stage, "to": transition.to}))
        effects += stop_timers(rules.stage(case.stage))
        if case.held_until is not None:
            effects.append(StopTimer(HOLD))
        effects += set_timers(rules.stage(transition.to), now)
        case = replace(case, stage=transition.to, since=now, held_until=None)
    effects += [_write(order, words, text) for order in transition.write]
    return case, tuple(effects)


def _write(order: LetterOrder, words: str, text: str) -> Write:
    """Each hears the other: the Secretariat what the applicant wrote, the applicant what stood behind
    the tag; nobody is sent their own words back."""
    if order.to is Role.SECRETARIAT:
        return Write(order.letter, order.to, text=text)
    return Write(order.letter, order.to, words=words)
