"""Deadlines, reminders and the end of holds: timers that came due, as events of their cases."""

from __future__ import annotations

import logging

from mailbot.carrying_out import Cause, carry_out
from mailbot.office import Office
from mailbot.process.events import TimerRang
from mailbot.store import cases, timers

log = logging.getLogger(__name__)


def ring_due(office: Office) -> int:
    """Ring every timer that is due, each in a transaction of its own; returns how many rang."""
    with office.store.look() as connection:
        due = timers.due(connection, office.now())
    for number, timer, at in due:
        with office.store.begin() as connection:
            if (number, timer, at) not in timers.due(connection, office.now()):
                continue  # put off or stopped since, by a letter that was handled in between
            timers.stop_timer(connection, number, timer)
            case = cases.load(connection, number)
            carry_out(office, connection, case, [TimerRang(timer)], Cause(at))
        log.info("%s: the timer «%s» rang", number, timer)
    return len(due)
