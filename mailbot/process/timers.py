"""The timers of a case: those that a stage brings with it, and the one that ends a hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.process.case import Case
from mailbot.process.events import SetTimer, StopTimer
from mailbot.process.rules import Process, Stage

HOLD = "hold"
"""Rings when a case that was put on hold goes on."""


def set_timers(stage: Stage, now: datetime) -> tuple[SetTimer, ...]:
    """Start the stage's reminder and deadline, to be reckoned from ``now``."""
    return tuple(SetTimer(timer, now + pause) for timer, pause in stage.timers.items())


def stop_timers(stage: Stage) -> tuple[StopTimer, ...]:
    """Silence the stage's reminder and deadline."""
    return tuple(StopTimer(timer) for timer in stage.timers)


def after_hold(case: Case, rules: Process, now: datetime) -> tuple[Case, tuple[SetTimer, ...]]:
    """The case, no longer held: the time of its stage begins anew, and so do its reminder and deadline.

    Letters reckon the day by which they want an answer from ``since``; it must not lie in the hold.
    """
    return replace(case, held_until=None, since=now), set_timers(rules.stage(case.stage), now)
