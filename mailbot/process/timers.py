"""The timers of a case: those that a stage brings with it, and those of holds, ballots and references."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.process.calendar import Calendar
from mailbot.process.case import Case
from mailbot.process.events import SetTimer, StopTimer
from mailbot.process.rules import Process, Stage

HOLD = "hold"
"""Rings when a case that was put on hold goes on."""
CIRCULAR = "circular"
"""Rings on the day of the month on which the ballots of the month are opened together."""
BALLOT_REMINDER, BALLOT_WARNING, BALLOT_CLOSE = "ballot_reminder", "ballot_warning", "ballot_close"
REFEREE_REMINDER, REFEREE_DEADLINE = "referee_reminder", "referee_deadline"

OF_BALLOTS = (CIRCULAR, BALLOT_REMINDER, BALLOT_WARNING, BALLOT_CLOSE)
OF_REFEREES = (REFEREE_REMINDER, REFEREE_DEADLINE)


def set_timers(stage: Stage, now: datetime, calendar: Calendar) -> tuple[SetTimer, ...]:
    """Start the stage's reminder and deadline, to be reckoned from ``now``."""
    return tuple(SetTimer(timer, calendar.due(now, pause.days)) for timer, pause in stage.timers.items())


def stop_timers(stage: Stage) -> tuple[StopTimer, ...]:
    """Silence the stage's reminder and deadline."""
    return tuple(StopTimer(timer) for timer in stage.timers)


def after_hold(
    case: Case, rules: Process, now: datetime, calendar: Calendar
) -> tuple[Case, tuple[SetTimer, ...]]:
    """The case, no longer held: the time of its stage begins anew, and so do its reminder and deadline.

    Letters reckon the day by which they want an answer from ``since``; it must not lie in the hold.
    """
    return replace(case, held_until=None, since=now), set_timers(rules.stage(case.stage), now, calendar)
