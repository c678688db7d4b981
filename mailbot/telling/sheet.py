"""A case as the Secretariat sees it."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.process.case import Case
from mailbot.telling.ballots import ballot_sheet, references
from mailbot.telling.teller import Teller
from mailbot.views import CaseSheet, NamedReference


def case_sheet(
    tell: Teller, case: Case, earlier: Sequence[Case] = (), aspects: Sequence[str] = ()
) -> CaseSheet:
    """A case as the Secretariat sees it."""
    kind = case.applicant.kind
    return CaseSheet(
        number=case.number,
        stage=tell.stage(case.stage),
        since=tell.date(case.since),
        applicant=case.applicant.name,
        kind=tell.phrases.say("kinds", kind.value) if kind else "",
        country=tell.country(case.applicant.country) if case.applicant.country else "",
        language=tell.language_name(case.language),
        contact=tell.contact(case),
        assigned=case.assigned,
        held_until=tell.date(case.held_until),
        understood=tell.understood(case.answers),
        missing=tell.missing(case),
        references=tuple(NamedReference(name, tell.matches(name)) for name in case.references),
        aspects=tuple(tell.phrases.say("aspects", aspect) for aspect in aspects),
        evidence=tell.evidence(case),
        findings=tell.findings(case),
        unread=tell.unread(case.unreadable),
        earlier=tuple(tell.line(other) for other in earlier),
        sections=tell.sections(case),
        referees=references(tell, case, words=True),
        proposed=tell.stage(case.proposed) if case.proposed else "",
        ballot=ballot_sheet(tell, case.ballots[-1]) if case.ballots else None,
    )
