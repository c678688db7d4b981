"""The Secretariat's letters of the day: each working morning what waits for it, each week how all stands.

After a pause of any length each is written once. Nothing lapses before a weekly digest has named it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailbot.addressing import office_in_force
from mailbot.office import Office
from mailbot.process.advance import lapses
from mailbot.process.ballot import BallotState, silent_voters
from mailbot.process.case import Case
from mailbot.process.rules import Trigger
from mailbot.store import cases, digests, journal, letters, timers
from mailbot.telling.ballots import listed
from mailbot.telling.teller import Teller
from mailbot.values import Address, Person, Role
from mailbot.views import CaseLine, Digest, Listed, StageCount
from mailbot.writing import send, teller

MORNING, WEEKLY = "morning", "weekly"
TEMPLATES = {MORNING: "morning_letter", WEEKLY: "weekly_digest"}

AHEAD = timedelta(days=14)
"""How far ahead a digest names what will lapse: twice its own rhythm, so that a lost one matters not."""

DAYS_BACK = 8
"""How many days are looked back through for the last morning that was due."""


def send_digests(office: Office) -> int:
    """Write what is due of both; returns how many of the two."""
    return sum(_send_if_due(office, kind) for kind in (MORNING, WEEKLY))


def _send_if_due(office: Office, kind: str) -> bool:
    now = office.now()
    due = _last_due(office, kind, now)
    with office.store.look() as connection:
        last = digests.last(connection, kind)
    if due is None or (last is not None and last >= due):
        return False
    with office.store.begin() as connection:
        if last is None:  # a bot that has just been set up has nothing to tell of the days before
            digests.record(connection, kind, now, {})
            return False
        return _write(office, connection, kind, now)


def _last_due(office: Office, kind: str, now: datetime) -> datetime | None:
    """The last moment, up to ``now``, at which one of this kind was to be written; None: never."""
    network, calendar = office.settings.network, office.calendar
    if not network.digests:
        return None
    today = now.astimezone(calendar.zone).date()
    for back in range(DAYS_BACK):
        day = today - timedelta(days=back)
        moment = datetime.combine(day, network.morning, calendar.zone)
        if moment > now:
            continue
        if kind == WEEKLY:
            # a holiday on that weekday puts the digest off to the next working day
            weekday = day - timedelta(days=(day.weekday() - network.digest.number) % 7)
            if calendar.working_day(weekday) == day:
                return moment
        elif kind == MORNING and calendar.working_day(day) == day:
            return moment
    return None


def _write(office: Office, connection: Connection, kind: str, now: datetime) -> bool:
    open_cases = _open_cases(office, connection)
    waiting = [case for case in open_cases if waits_for_office(office, connection, case)]
    heads = _heads(connection, open_cases) if kind == WEEKLY else {}
    digests.record(connection, kind, now, heads)
    if kind == MORNING and not waiting:
        return False
    lapsing = _lapsing(office, connection, now) if kind == WEEKLY else []
    for number, _ in lapsing:
        timers.mark_listed(connection, number, Trigger.DEADLINE.value, now)
    for reader in office_in_force(connection, now):
        _write_to(office, connection, kind, reader, open_cases, waiting, lapsing, heads)
    return True


def _write_to(
    office: Office,
    connection: Connection,
    kind: str,
    reader: Person,
    open_cases: Sequence[Case],
    waiting: Sequence[Case],
    lapsing: Sequence[tuple[str, datetime]],
    heads: dict[str, str],
) -> None:
    tell = teller(office, connection, reader.language)
    by_number = {case.number: case for case in open_cases}
    states = letters.count_by_state(connection)
    view = Digest(
        network=office.settings.network.name,
        website=office.settings.network.website,
        reader=reader.name,
        number="",
        decisions=tuple(_decision(tell, at, case) for at, case in enumerate(waiting, 1)),
        lapsing=tuple(_lapse(tell, by_number[number], due) for number, due in lapsing),
        stages=tuple(
            StageCount(tell.stage(stage), count)
            for stage, count in Counter(case.stage for case in open_cases).items()
        ),
        ballots=tuple(_running(tell, case) for case in open_cases if case.ballot is not None),
        waiting=states.get("waiting", 0),
        set_aside=states.get("set_aside", 0),
        heads=tuple(f"{number} {head}" for number, head in heads.items()),
        tags=tell.tags(None),
    )
    send(
        office,
        connection,
        template=TEMPLATES[kind],
        language=tell.language,
        view=view,
        recipient=Address(reader.addresses[0], reader.name),
        listed=[case.number for case in waiting],
    )


def waits_for_office(office: Office, connection: Connection, case: Case) -> bool:
    """Whether the case can go on only by a word of the Secretariat, and is not on hold."""
    if case.held_until is not None:
        return False
    if case.ballot is not None and case.ballot.state is BallotState.PAUSED:
        return True
    stage = office.rules_of(connection, case.rules).process.stage(case.stage)
    return stage.waits_for is Role.SECRETARIAT


def _heads(connection: Connection, open_cases: Sequence[Case]) -> dict[str, str]:
    """Case → how many entries its journal has and the hash of the last: a copy outside the database."""
    ends = {case.number: journal.head(connection, case.number) for case in open_cases}
    return {number: f"{length} {last}" for number, (length, last) in ends.items()}


def _open_cases(office: Office, connection: Connection) -> list[Case]:
    return [
        case
        for case in cases.every(connection)
        if case.stage not in office.rules_of(connection, case.rules).process.ended
    ]


def _lapsing(office: Office, connection: Connection, now: datetime) -> list[tuple[str, datetime]]:
    """The cases that come to their end by themselves before the next digest but one."""
    found = []
    for number, due in timers.coming(connection, Trigger.DEADLINE.value, now + AHEAD):
        case = cases.load(connection, number)
        if lapses(case, Trigger.DEADLINE.value, office.rules_of(connection, case.rules).process):
            found.append((number, due))
    return found


def _decision(tell: Teller, at: int, case: Case) -> Listed:
    stage = tell.stage(case.stage)
    what = f"{stage}: {tell.stage(case.proposed)}" if case.proposed else stage
    if case.ballot is not None and case.ballot.state is BallotState.PAUSED:
        what = f"{stage}: {tell.phrases.say('ballots', case.ballot.state.value)}"
    return listed(tell, at, case, f"{what}, {tell.date(case.since)}")


def _lapse(tell: Teller, case: Case, due: datetime) -> CaseLine:
    line = tell.line(case)
    return CaseLine(line.number, line.name, line.stage, tell.date(due))


def _running(tell: Teller, case: Case) -> Listed:
    ballot = case.ballots[-1]
    held = tell.rules.process.ballots.get(ballot.kind)
    title = tell.title(held.title) if held else ballot.kind
    voted = len(ballot.voters) - len(silent_voters(ballot))
    return listed(tell, 0, case, f"{title}: {voted}/{len(ballot.voters)}, {tell.date(ballot.closes)}")
