"""The tags of a letter, done one after the other and answered with a transcript."""

from __future__ import annotations

from sqlalchemy import Connection

from mailbot.carrying_out import carry_out, earlier_cases
from mailbot.intake.acts import Handled, settle
from mailbot.intake.evidence import Evidence
from mailbot.office import Office
from mailbot.parsers.dates import read_until
from mailbot.process.case import Case
from mailbot.process.events import TagGiven, Tell
from mailbot.process.tags import SHOWN
from mailbot.store import cases, journal
from mailbot.telling import Teller
from mailbot.values import (
    Person,
)
from mailbot.views import CaseLine, Transcript
from mailbot.writing import send, teller

ABOUT_CASE = frozenset({"status", "history"})
"""Shown tags that need a case to show."""


DATED = frozenset({"hold"})
"""Tags behind which a day is looked for; looking takes longer than all the rest of reading a letter."""


def obey(
    office: Office, connection: Connection, evidence: Evidence, by: Person, case: Case | None
) -> Handled:
    """Do what the tags say, one after the other, and answer with a transcript."""
    tells: list[Tell] = []
    for command in evidence.reading.commands:
        if not command.known:
            said = "unknown_tag_nearest" if command.nearest else "unknown_tag"
            tells.append(Tell(command, done=False, said=said, facts={"nearest": command.nearest}))
        elif case is None and (command.tag not in SHOWN or command.tag in ABOUT_CASE):
            tells.append(Tell(command, done=False, said="needs_case"))
        elif case is None:
            tells.append(Tell(command, done=True, said="shown"))
        else:
            until = (
                read_until(command.argument, office.now(), office.settings.network.zone)
                if command.tag in DATED
                else None
            )
            event = TagGiven(evidence.row, by, command, until)
            carried = carry_out(office, connection, case, [event], evidence.cause)
            case, tells = carried.case, [*tells, *carried.tells]
    _transcribe(office, connection, evidence, by, case, tells)
    return settle(office, connection, evidence, "tags", case=case.number if case else "")


def _transcribe(
    office: Office,
    connection: Connection,
    evidence: Evidence,
    by: Person,
    case: Case | None,
    tells: list[Tell],
) -> None:
    """Answer a tagged letter: tag by tag what was done, and what was asked to be shown."""
    tell = teller(office, connection, by.language, case.rules if case else "")
    shown = {t.command.tag for t in tells if t.done}
    view = Transcript(
        network=office.settings.network.name,
        website=office.settings.network.website,
        reader=by.name,
        number=case.number if case else "",
        deeds=tuple(tell.deed(t) for t in tells),
        sheet=tell.sheet(case, earlier_cases(connection, case)) if case and "status" in shown else None,
        history=(
            tuple(tell.entry(e) for e in journal.entries(connection, case.number))
            if case and "history" in shown
            else ()
        ),
        cases=_open_cases(office, connection, tell) if "list" in shown else (),
        listed="list" in shown,
        tags=tell.tags(case) if "help" in shown or not all(t.done for t in tells) else (),
    )
    send(
        office,
        connection,
        template="transcript",
        language=tell.language,
        view=view,
        recipient=evidence.sender,
        case=case.number if case else None,
        answers=evidence.answered,
    )


def _open_cases(office: Office, connection: Connection, tell: Teller) -> tuple[CaseLine, ...]:
    ended = office.rules.process.ended
    return tuple(tell.line(case) for case in cases.every(connection) if case.stage not in ended)
