"""Open cases moved to the rules in force: what would change, and the change itself, a case at a time."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailbot.process.calendar import Calendar
from mailbot.process.case import Case
from mailbot.process.events import Record, SetTimer, StopTimer
from mailbot.process.migration import Move, move
from mailbot.rulebook import Rules, build_rules
from mailbot.store import cases, journal, rulesets, timers
from mailbot.store.engine import Store


def moves(
    connection: Connection,
    current: Rules,
    stages: Mapping[str, str],
    calendar: Calendar,
    now: datetime,
    numbers: Sequence[str] = (),
) -> list[Move]:
    """What changes for each open case that goes by other rules, or for the cases in ``numbers``.

    Raises NoSuchCase, and NoSuchRules where those of a case were not kept.
    """
    older: dict[str, Rules] = {}
    found = [cases.load(connection, number) for number in numbers] if numbers else cases.every(connection)
    wanted = [case for case in found if case.rules != current.hash]
    told = [_move(connection, case, current, stages, calendar, now, older) for case in wanted]
    return [one for one in told if numbers or one.before.stage not in older[one.before.rules].process.ended]


def write(
    store: Store,
    number: str,
    current: Rules,
    stages: Mapping[str, str],
    calendar: Calendar,
    now: datetime,
) -> bool:
    """Move one case; False where it cannot move any more, since something happened in between."""
    with store.begin() as connection:
        case = cases.load(connection, number)
        if case.rules == current.hash:
            return False
        moved = _move(connection, case, current, stages, calendar, now, {})
        if moved.refused:
            return False
        rulesets.keep(connection, current.hash, current.content, now)
        cases.save(connection, moved.after)
        records = [effect for effect in moved.effects if isinstance(effect, Record)]
        journal.append(connection, number, now, records, lambda: os.urandom(16).hex())
        for effect in moved.effects:
            if isinstance(effect, SetTimer):
                timers.set_timer(connection, number, effect.timer, effect.due)
            elif isinstance(effect, StopTimer):
                timers.stop_timer(connection, number, effect.timer)
    return True


def _move(
    connection: Connection,
    case: Case,
    current: Rules,
    stages: Mapping[str, str],
    calendar: Calendar,
    now: datetime,
    older: dict[str, Rules],
) -> Move:
    if case.rules not in older:
        older[case.rules] = build_rules(rulesets.load(connection, case.rules))
    running = timers.of_case(connection, case.number)
    old = older[case.rules].process
    return move(case, old, current.process, current.hash, stages, running, calendar, now)
