"""The tags of a letter, done one after the other and answered with a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mailbot.addressing import earlier_cases
from mailbot.carrying_out import carry_out
from mailbot.intake.acts import Handled, open_forwarded, settle
from mailbot.intake.evidence import Evidence
from mailbot.office import Office
from mailbot.parsers.dates import read_until
from mailbot.parsers.forward import forwarded_letter
from mailbot.process.case import Case
from mailbot.process.events import Event, Merged, TagGiven, Tell
from mailbot.process.tags import SHOWN
from mailbot.store import cases, journal
from mailbot.telling import Teller, case_sheet
from mailbot.values import Command, Person
from mailbot.views import CaseLine, Transcript
from mailbot.writing import send, teller

OPEN_TAG, MERGE_TAG = "open", "merge"
"""Tags that are about another letter or case than the one at hand."""

ABOUT_CASE = frozenset({"status", "history"})
"""Shown tags that need a case to show."""


DATED = frozenset({"hold"})
"""Tags behind which a day is looked for; looking takes longer than all the rest of reading a letter."""


@dataclass
class _Desk:
    """The letter with tags that is worked off, and the case that it is about so far."""

    office: Office
    connection: Connection
    evidence: Evidence
    by: Person
    case: Case | None

    def do(self, command: Command) -> list[Tell]:
        """Do what one tag says."""
        if not command.known:
            said = "unknown_tag_nearest" if command.nearest else "unknown_tag"
            return [Tell(command, done=False, said=said, facts={"nearest": command.nearest})]
        if command.tag == OPEN_TAG:
            return [self._open(command)]
        if self.case is None:
            needs = command.tag not in SHOWN or command.tag in ABOUT_CASE
            return [Tell(command, done=not needs, said="needs_case" if needs else "shown")]
        if command.tag == MERGE_TAG:
            return [self._merge(command, self.case)]
        zone = self.office.settings.network.zone
        dated = command.tag in DATED
        until = read_until(command.argument, self.office.now(), zone) if dated else None
        return self._carry_out(self.case, TagGiven(self.evidence.row, self.by, command, until))

    def _carry_out(self, case: Case, event: Event) -> list[Tell]:
        carried = carry_out(self.office, self.connection, case, [event], self.evidence.cause)
        self.case = carried.case
        return carried.tells

    def _open(self, command: Command) -> Tell:
        """«#open» makes a case of a letter that came by another way and was forwarded to the inbox."""
        if self.case is not None:
            return Tell(command, done=False, said="open_has_case", facts={"case": self.case.number})
        forwarded = forwarded_letter(self.evidence.letter, self.office.rules.lexicon.words)
        if forwarded is None or forwarded.sender is None:
            return Tell(command, done=False, said="open_needs_letter")
        self.case = open_forwarded(self.office, self.connection, self.evidence, forwarded)
        return Tell(command, done=True, said="done_open", facts={"case": self.case.number})

    def _merge(self, command: Command, case: Case) -> Tell:
        """«#merge M-2026-0007» joins that case to this one, which goes on."""
        number = command.argument.strip().strip("[]").upper()
        try:
            other = cases.load(self.connection, number)
        except cases.NoSuchCase:
            return Tell(command, done=False, said="unknown_case", facts={"case": number})
        if other.number == case.number or other.merged_into:
            return Tell(command, done=False, said="already")
        self._carry_out(case, Merged(self.by.name, other=other))
        into = Merged(self.by.name, into=case.number)
        carry_out(self.office, self.connection, other, [into], self.evidence.cause)
        return Tell(command, done=True, said="done_merge", facts={"case": other.number})


def obey(
    office: Office,
    connection: Connection,
    evidence: Evidence,
    by: Person,
    orders: Sequence[tuple[Case | None, tuple[Command, ...]]],
) -> Handled:
    """Do what the tags say, case by case and one after the other, and answer with one transcript."""
    tells: list[Tell] = []
    case: Case | None = None
    for about, commands in orders:
        desk = _Desk(office, connection, evidence, by, about)
        for command in commands:
            tells += desk.do(command)
        case = desk.case
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
        sheet=case_sheet(tell, case, earlier_cases(connection, case)) if case and "status" in shown else None,
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
