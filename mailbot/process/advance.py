"""What follows from an event: a pure interpreter of the rules.

``advance`` folds what the event says into the case, then takes the first transition that fits. It
decides and never does: the caller saves the case and carries out the effects, together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from mailbot.process import balloting, references
from mailbot.process.applicant import fold_in, joined
from mailbot.process.case import Case
from mailbot.process.events import (
    ApplicantWrote,
    BallotSent,
    DeliveryFailed,
    Effect,
    Event,
    Facts,
    Merged,
    OfficeWrote,
    Record,
    RefereeWrote,
    SetTimer,
    StopTimer,
    TagGiven,
    Tell,
    TimerRang,
    UnvouchedWrote,
    VoteCast,
    VoterAway,
    VoteUnvouched,
    Write,
)
from mailbot.process.rules import Guard, Process, Trigger
from mailbot.process.tags import DEEDS, SHOWN
from mailbot.process.timers import (
    BALLOT_CLOSE,
    BALLOT_REMINDER,
    BALLOT_WARNING,
    CIRCULAR,
    HOLD,
    REFEREE_DEADLINE,
    REFEREE_REMINDER,
    after_hold,
    set_timers,
)
from mailbot.process.transitions import Asked, first_fit, missing, take
from mailbot.values import Role

__all__ = ["Outcome", "advance", "missing"]

Outcome: TypeAlias = tuple[Case, tuple[Effect, ...]]

SLEPT = timedelta(days=1)
"""A timer that rings so much later than it was due tells that the bot was away: who is reminded only now
gets the same time to answer."""


def advance(case: Case, event: Event, facts: Facts, rules: Process, now: datetime) -> Outcome:
    """The case after ``event``, and what is to be done, in order.

    ``facts.at`` is the time of the letter or timer, by which things are reckoned; ``now`` is the hour
    of handling, from which timers run. Raises nothing: an event that fits nowhere is recorded.
    """
    match event:
        case ApplicantWrote():
            return _applicant_wrote(case, event, facts, rules, now)
        case TagGiven():
            return _tag_given(case, event, facts, rules, now)
        case TimerRang():
            return _timer_rang(case, event, facts, rules, now)
        case VoteCast():
            return balloting.vote(case, event, rules, facts, now)
        case VoteUnvouched():
            return balloting.unvouched(case, event, facts), ()
        case VoterAway():
            return balloting.away(case, event.voter, event.back, facts)
        case BallotSent():
            return balloting.announced(case, rules, facts, now)
        case RefereeWrote():
            return _referee_wrote(case, event, facts, rules, now)
        case Merged():
            return _merged(case, event, facts, rules, now)
        case UnvouchedWrote() | OfficeWrote() | DeliveryFailed():
            return case, _noted(event)
    assert_never(event)


def _noted(event: UnvouchedWrote | OfficeWrote | DeliveryFailed) -> tuple[Effect, ...]:
    """What leaves the case as it is."""
    match event:
        case UnvouchedWrote():
            return (
                Record("unvouched_letter", {"letter": str(event.letter), "reason": event.reason}, event.text),
                Write("unvouched_letter", Role.SECRETARIAT, text=event.text, reason=event.reason),
            )
        case OfficeWrote():
            # Nobody is reminded past a person who has just written. The deadline stays: should the
            # conversation end there, the case still comes before the Secretariat.
            return (
                Record("office_wrote", {"letter": str(event.letter), "by": event.by}, event.text),
                StopTimer(Trigger.REMINDER.value),
            )
        case DeliveryFailed():
            said = f"{event.recipient}: {event.reason}"
            return (
                Record("delivery_failed", {"letter": event.template}, said),
                Write("delivery_failed", Role.SECRETARIAT, text=said),
            )


# ── applicant and referees ───────────────────────────────────────────────────────────────────────


def _applicant_wrote(
    case: Case, event: ApplicantWrote, facts: Facts, rules: Process, now: datetime
) -> Outcome:
    reading = event.reading
    opened: tuple[Effect, ...] = ()
    if event.first:
        timers = set_timers(rules.stage(case.stage), now, facts.calendar)
        opened = (Record("opened", {"stage": case.stage, "rules": case.rules}), *timers)
    added = fold_in(case, reading, rules)
    asked = Asked(
        added.case,
        rules,
        first=event.first,
        new=added.answers,
        form_changed=added.form,
        text=reading.new,
        request=reading.request,
    )
    transition = first_fit(Trigger.APPLICANT_WROTE, asked)
    case, effects = take(added.case, transition, rules, facts, now, text=reading.new)
    case, referees = references.ask_referees(case, rules, facts, now)
    wrote = Record("applicant_wrote", {"letter": str(event.letter)}, reading.new)
    return case, (*opened, wrote, *added.records, *effects, *referees)


def _referee_wrote(case: Case, event: RefereeWrote, facts: Facts, rules: Process, now: datetime) -> Outcome:
    case, effects = references.referee_wrote(case, event)
    transition = first_fit(Trigger.REFEREE_ANSWERED, Asked(case, rules))
    case, following = take(case, transition, rules, facts, now)
    return case, (*effects, *following)


def _merged(case: Case, event: Merged, facts: Facts, rules: Process, now: datetime) -> Outcome:
    """Of two cases one goes on with what both hold, the other ends in it."""
    if event.other is not None:
        record = Record("merged", {"case": event.other.number, "by": event.by})
        return joined(case, event.other), (record,)
    case = replace(case, merged_into=event.into)
    transition = first_fit(Trigger.MERGED, Asked(case, rules))
    case, effects = take(case, transition, rules, facts, now)
    return case, (Record("merged_into", {"case": event.into, "by": event.by}), *effects)


# ── the clock ────────────────────────────────────────────────────────────────────────────────────


def lapses(case: Case, timer: str, rules: Process) -> bool:
    """Whether the case would come to its end by this timer alone: a digest must have named it before."""
    transition = first_fit(timer, Asked(case, rules))
    return transition is not None and bool(transition.to) and rules.stage(transition.to).ends


def _timer_rang(case: Case, event: TimerRang, facts: Facts, rules: Process, now: datetime) -> Outcome:
    name = event.timer.partition(":")[0]
    if name == BALLOT_CLOSE:
        return _close_ballot(case, facts, rules, now)
    if name in RINGING:
        return RINGING[name](case, event.timer, rules, facts, now)
    if case.held_until is not None:
        if event.timer != HOLD or facts.at < case.held_until:  # the hold was prolonged while this one rang
            return case, ()
        case, timers = after_hold(case, rules, now, facts.calendar)
        return case, (Record("resumed", {"by": "mailbot"}), *timers, Write("case_update", Role.SECRETARIAT))
    transition = first_fit(event.timer, Asked(case, rules))
    if transition is None:
        return case, (Record("timer_passed", {"timer": event.timer}),)
    later = _given_back(case, event, facts, rules, now)
    case, effects = take(case, transition, rules, facts, now)
    return case, (Record("timer_rang", {"timer": event.timer}), *effects, *later)


def _given_back(
    case: Case, event: TimerRang, facts: Facts, rules: Process, now: datetime
) -> tuple[SetTimer, ...]:
    """Where the bot was away when the reminder was due, the deadline moves on by as much."""
    stage = rules.stage(case.stage)
    late = now - facts.at
    if event.timer != Trigger.REMINDER or late < SLEPT or stage.deadline is None or stage.reminder is None:
        return ()
    left = stage.deadline - stage.reminder
    return (SetTimer(Trigger.DEADLINE.value, facts.calendar.due(now, left)),)


def _close_ballot(case: Case, facts: Facts, rules: Process, now: datetime) -> Outcome:
    case, effects, outcome = balloting.close(case, rules, facts, now)
    if not outcome:
        return case, effects
    transition = first_fit(Trigger.BALLOT_CLOSED, Asked(case, rules, outcome=outcome))
    case, following = take(case, transition, rules, facts, now, ballot=len(case.ballots) - 1)
    return case, (*effects, *following)


def _open_with_the_others(case: Case, _: str, rules: Process, facts: Facts, now: datetime) -> Outcome:
    kind = rules.stage(case.stage).ballot
    if not kind or case.ballot is not None:
        return case, ()
    return balloting.open_ballot(case, kind, rules, facts, now)


RINGING: Mapping[str, Callable[[Case, str, Process, Facts, datetime], Outcome]] = {
    CIRCULAR: _open_with_the_others,
    BALLOT_REMINDER: lambda case, timer, rules, _, now: balloting.remind(case, timer, rules, now),
    BALLOT_WARNING: lambda case, _timer, rules, _facts, now: balloting.warn(case, rules, now),
    REFEREE_REMINDER: lambda case, _timer, _rules, _facts, _now: references.remind(case),
    REFEREE_DEADLINE: lambda case, _timer, rules, _facts, _now: references.give_up(case, rules),
}
"""What the timers of ballots and references do."""


# ── the Secretariat ──────────────────────────────────────────────────────────────────────────────


def _tag_given(case: Case, event: TagGiven, facts: Facts, rules: Process, now: datetime) -> Outcome:
    command = event.command
    if command.tag in SHOWN:
        return case, (Tell(command, done=True, said="shown"),)
    if command.tag in DEEDS:
        return DEEDS[command.tag](case, event, facts, rules, now)
    transition = first_fit(f"#{command.tag}", Asked(case, rules, text=command.argument))
    if transition is None:
        return case, (_no_way(case, event, rules),)
    if any(condition.guard is Guard.SAYS for condition in transition.when):
        case = replace(case, decided=command.argument.partition(" ")[2].strip())
    record = Record("tag", {"tag": command.tag, "by": event.by.name}, command.argument)
    case, effects = take(case, transition, rules, facts, now, words=command.argument)
    return case, (record, *effects, Tell(command, done=True, said=f"done_{command.tag}"))


def _no_way(case: Case, event: TagGiven, rules: Process) -> Tell:
    """Why the tag leads nowhere: it lacks its text, the case has ended, or it is for another stage."""
    command = event.command
    ways = rules.leads_from(case.stage, f"#{command.tag}")
    if any(way.needs_text for way in ways) and not command.argument.strip():
        return Tell(command, done=False, said="needs_text")
    if any(condition.guard is Guard.SAYS for way in ways for condition in way.when):
        return Tell(
            command, done=False, said="unknown_outcome", facts={"outcome": command.argument.split()[0]}
        )
    if rules.stage(case.stage).ends and not ways:
        return Tell(command, done=False, said="case_ended")
    return Tell(command, done=False, said="not_here", facts={"stage": case.stage})
