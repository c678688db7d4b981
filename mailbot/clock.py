"""What the calendar brings: timers that came due, as events of their cases, and the letters of the day."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from mailbot.addressing import Cause, write_circular
from mailbot.carrying_out import CIRCULAR_LETTER, carry_out
from mailbot.digests import send_digests
from mailbot.office import Office
from mailbot.process.advance import lapses
from mailbot.process.case import Case
from mailbot.process.events import TimerRang
from mailbot.process.timers import BALLOT_CLOSE, CIRCULAR
from mailbot.store import cases, letters, timers

log = logging.getLogger(__name__)


def ring_due(office: Office) -> int:
    """Ring every timer that is due, and write the letters of the day; returns how many of both.

    Each timer has a transaction of its own, but for the ballots of the month: they are put to the
    members in one letter, and so opened together.
    """
    with office.store.look() as connection:
        due = timers.due(connection, office.now())
    together = [number for number, timer, _ in due if timer == CIRCULAR]
    rang = _open_together(office, together) if together else 0
    for number, timer, at in due:
        if timer == CIRCULAR:
            continue
        with office.store.begin() as connection:
            if (number, timer, at) not in timers.due(connection, office.now()):
                continue  # put off or stopped since, by a letter that was handled in between
            case = cases.load(connection, number)
            if not _may_ring(office, connection, case, timer):
                continue
            timers.stop_timer(connection, number, timer)
            carry_out(office, connection, case, [TimerRang(timer)], Cause(at))
        rang += 1
        log.info("%s: the timer «%s» rang", number, timer)
    return rang + send_digests(office)


def _may_ring(office: Office, connection: Connection, case: Case, timer: str) -> bool:
    """A ballot closes once every letter that came in time has been read; nothing lapses unannounced."""
    if timer == BALLOT_CLOSE and case.ballot is not None:
        folders = [(mailbox.name, mailbox.imap.folder) for mailbox in office.settings.mailboxes]
        return letters.all_read(connection, folders, case.ballot.closes)
    if case.held_until is None and lapses(case, timer, office.rules_of(connection, case.rules).process):
        return timers.is_listed(connection, case.number, timer)
    return True


def _open_together(office: Office, numbers: list[str]) -> int:
    """Open the ballots that waited for this day of the month, with one letter to each voter."""
    with office.store.begin() as connection:
        now = office.now()
        still = {number: at for number, timer, at in timers.due(connection, now) if timer == CIRCULAR}
        put: dict[str, list[Case]] = {}
        for number in numbers:
            if number not in still:
                continue
            timers.stop_timer(connection, number, CIRCULAR)
            case = cases.load(connection, number)
            carried = carry_out(
                office,
                connection,
                case,
                [TimerRang(CIRCULAR)],
                Cause(still[number]),
                withhold={CIRCULAR_LETTER},
            )
            if carried.withheld:
                put.setdefault(case.rules, []).append(carried.case)
        for opened in put.values():
            write_circular(office, connection, opened)
        return len(still)
