"""What it means for a case to go on under other rules than it began with. Pure.

Nothing is decided here about the application: the case stands where it stood, and only what the rules say of
that place changes, its reminder and deadline before all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.process.calendar import Calendar
from mailbot.process.case import Case
from mailbot.process.events import Effect, Record, SetTimer, StopTimer
from mailbot.process.rules import Process, Trigger
from mailbot.process.timers import CIRCULAR

OPERATOR = "operator"
OF_STAGES = (Trigger.REMINDER.value, Trigger.DEADLINE.value)


@dataclass(frozen=True, slots=True)
class Rings:
    """When a timer of the case rings under the old rules and under the new; None: never."""

    timer: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Move:
    """What changes for one case; where ``refused`` says why it cannot move, nothing does."""

    before: Case
    after: Case
    refused: str = ""
    rings: tuple[Rings, ...] = ()
    gained: tuple[str, ...] = ()
    """Questions and fields of the form that were not asked before."""
    lost: tuple[str, ...] = ()
    """Those that were answered, and are not asked any more; what was said stays on file."""
    effects: tuple[Effect, ...] = ()


def move(
    case: Case,
    old: Process,
    new: Process,
    ruleset: str,
    stages: Mapping[str, str],
    running: Mapping[str, datetime],
    calendar: Calendar,
    now: datetime,
) -> Move:
    """The case under ``new``, whose hash is ``ruleset``.

    ``stages`` tells for stages of the old rules where their cases are to stand; ``running`` are the timers of
    the case that are set.
    """
    stage = stages.get(case.stage, case.stage)
    proposed = stages.get(case.proposed, case.proposed)
    if refused := _refused(case, stage, proposed, old, new):
        return Move(case, case, refused)
    after = replace(case, stage=stage, proposed=proposed, rules=ruleset)
    rings = tuple(_rings(case, after, timer, old, new, running, calendar, now) for timer in OF_STAGES)
    rings += (_opening(after, new, running, calendar, now),)
    changed = tuple(ring for ring in rings if ring.before != ring.after)
    effects: list[Effect] = [Record("rules_changed", {"by": OPERATOR, "rules": ruleset})]
    if stage != case.stage:
        effects.append(Record("stage", {"from": case.stage, "to": stage}))
    effects += [SetTimer(r.timer, r.after) if r.after else StopTimer(r.timer) for r in changed]
    asked_before, asked_now = _asked(case, old), _asked(case, new)
    answered = {*case.answers, *case.form}
    return Move(
        case,
        after,
        rings=tuple(ring for ring in rings if ring.before or ring.after),
        gained=tuple(key for key in asked_now if key not in asked_before),
        lost=tuple(key for key in asked_before if key not in asked_now and key in answered),
        effects=tuple(effects),
    )


def _refused(case: Case, stage: str, proposed: str, old: Process, new: Process) -> str:
    if case.stage in old.ended:
        return "it has ended; #reopen takes it up again, under the rules that it began with"
    if case.ballot is not None:
        return "its ballot is under way and keeps its rules until it is closed; move it then"
    if stage not in new.stages:
        return f"the rules in force have no stage {stage!r}; say where it is to stand with --stage {stage}=…"
    if new.stages[stage].ends:
        return f"the stage {stage!r} ends under the rules in force, and no case ends by being moved"
    if proposed and proposed not in new.stages:
        return f"{proposed!r} is proposed, and the rules in force have no such stage; release it first"
    if gone := sorted({ballot.kind for ballot in case.ballots} - set(new.ballots)):
        return f"a ballot {gone[0]!r} was held about it, and the rules in force have no [ballots.{gone[0]}]"
    return ""


def _rings(
    case: Case,
    after: Case,
    timer: str,
    old: Process,
    new: Process,
    running: Mapping[str, datetime],
    calendar: Calendar,
    now: datetime,
) -> Rings:
    """The timer, reckoned from when the case came to its stage. One that is then overdue rings tomorrow; a
    reminder that has rung already does not ring again."""
    before = running.get(timer)
    pause = new.stage(after.stage).timers.get(timer)
    has_rung = timer == Trigger.REMINDER and before is None and timer in old.stage(case.stage).timers
    if pause is None or case.held_until is not None or has_rung:
        return Rings(timer, before, None)
    due = calendar.due(case.since, pause.days)
    return Rings(timer, before, due if due > now else calendar.due(now, 1))


def _opening(
    after: Case, new: Process, running: Mapping[str, datetime], calendar: Calendar, now: datetime
) -> Rings:
    """When the ballot of the stage is opened, which has not been yet: on its day of the month, or at once."""
    before, kind = running.get(CIRCULAR), new.stage(after.stage).ballot
    if not kind:
        return Rings(CIRCULAR, before, None)
    day = new.ballots[kind].day_of_month
    return Rings(CIRCULAR, before, now if day is None else calendar.on_day_of_month(now, day))


def _asked(case: Case, rules: Process) -> tuple[str, ...]:
    """The keys of all that an applicant of this kind is asked."""
    return (*rules.questions, *(one.key for one in rules.form.fields_for(case.applicant.kind)))
