"""What voters, referees and the returning officer are told of a ballot or a reference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.process.ballot import Ballot, Tally, Vote, Voter, standing, tally, uncounted
from mailbot.process.case import Case, Referee, RefereeState
from mailbot.process.rules import BallotRules, Silence
from mailbot.telling.teller import Teller
from mailbot.values import Role, Verdict
from mailbot.views import (
    BallotSheet,
    Counts,
    Dossier,
    ForReferee,
    ForVoter,
    Keyword,
    Listed,
    ReferenceLine,
    UncountedLine,
    VoterLine,
)

SHORT = 400
"""Characters of an answer that are shown of a case in a list."""

REFEREES_WORDS = (Verdict.CONFIRM, Verdict.DECLINE)
"""What a referee may answer."""


def keywords(tell: Teller, verdicts: Sequence[Verdict]) -> tuple[Keyword, ...]:
    """The words by which somebody decides, as they are typed in the reader's language."""
    return tuple(
        Keyword(
            tell.phrases.say("verdicts", f"{verdict.value}.word"),
            tell.phrases.say("verdicts", f"{verdict.value}.does"),
        )
        for verdict in verdicts
    )


def keyword(tell: Teller, verdict: Verdict) -> str:
    """A verdict by its word; ``""`` for one that is not clear."""
    if verdict is Verdict.UNCLEAR:
        return ""
    return tell.phrases.say("verdicts", f"{verdict.value}.word")


def shortened(text: str) -> str:
    """``text`` in one paragraph, cut behind a word where it is long."""
    plain = " ".join(text.split())
    return plain if len(plain) <= SHORT else f"{plain[:SHORT].rsplit(' ', 1)[0]} …"


def listed(tell: Teller, at: int, case: Case, what: str = "") -> Listed:
    """A case in a numbered list; by default with what they do, in their own words."""
    work = case.answers.get("work") or next(iter(case.answers.values()), None)
    country = tell.country(case.applicant.country) if case.applicant.country else ""
    said = what or shortened(work.text if work else "")
    return Listed(at, case.number, case.applicant.name or tell.contact(case), country, said)


def references(tell: Teller, case: Case, *, words: bool) -> tuple[ReferenceLine, ...]:
    """The references of the form; their own words where ``words`` (Secretariat and Board)."""
    return tuple(
        ReferenceLine(
            referee.name,
            referee.organization,
            tell.phrases.say("referees", referee.state.value),
            referee.words if words else "",
            tell.matches(referee.organization or referee.name),
        )
        for referee in case.referees
        if referee.state is not RefereeState.REPLACED
    )


def counts(count: Tally) -> Counts:
    """The numbers of a tally."""
    return Counts(
        count.voters,
        count.yes,
        count.no,
        count.abstained,
        count.recused,
        count.silent,
        count.present,
        count.needed,
    )


def ballot_sheet(tell: Teller, ballot: Ballot) -> BallotSheet:
    """A ballot with every letter accounted for."""
    held = tell.rules.process.ballots[ballot.kind]
    cast = standing(ballot)
    return BallotSheet(
        title=tell.title(held.title),
        state=tell.phrases.say("ballots", ballot.state.value),
        opened=tell.date(ballot.opened),
        closes=tell.closing(ballot.closes),
        outcome=tell.phrases.say("ballots", ballot.outcome) if ballot.outcome else "",
        received=len(ballot.votes),
        counts=counts(tally(ballot, held)),
        yes=keyword(tell, held.yes),
        no=keyword(tell, held.no),
        voters=tuple(_voter_line(tell, voter, cast.get(voter.key)) for voter in ballot.voters),
        uncounted=tuple(
            UncountedLine(
                vote.by or _name(ballot, vote.voter),
                tell.time(vote.at),
                tell.phrases.say("uncounted", why.value),
            )
            for vote, why in uncounted(ballot)
        ),
    )


def _voter_line(tell: Teller, voter: Voter, vote: Vote | None) -> VoterLine:
    if vote is None:
        return VoterLine(voter.name, voter.organization, "", "", "")
    return VoterLine(
        vote.by or voter.name,
        voter.organization,
        keyword(tell, vote.verdict),
        vote.reason,
        tell.time(vote.at),
    )


def _name(ballot: Ballot, key: str) -> str:
    voter = ballot.voter(key)
    return voter.name if voter else key


def for_voter(tell: Teller, case: Case, ballot: Ballot, voter: Voter, others: Sequence[Case]) -> ForVoter:
    """What a voter is told of a ballot of ``case``; ``others`` are all cases that they can decide now."""
    held = tell.rules.process.ballots[ballot.kind]
    last = next((vote for vote in reversed(ballot.votes) if vote.voter == voter.key), None)
    shows = held.dossier
    closed = bool(ballot.outcome)
    return ForVoter(
        network=tell.network.name,
        website=tell.network.website,
        reader=voter.name if voter.name != voter.organization else "",
        number=case.number,
        title=tell.title(held.title),
        applicant=case.applicant.name,
        kind=case.applicant.kind.value if case.applicant.kind else "",
        country=tell.country(case.applicant.country) if case.applicant.country else "",
        organization=voter.organization if held.voters.value == "members" else "",
        closes=tell.closing(ballot.closes),
        keywords=keywords(tell, held.verdicts),
        listed=tuple(listed(tell, at, other) for at, other in enumerate(others, 1))
        if len(others) > 1
        else (),
        understood=tell.understood(case.answers),
        sections=tell.sections(case) if shows else (),
        referees=references(tell, case, words=shows),
        evidence=tell.evidence(case) if shows else (),
        findings=tell.findings(case) if shows else (),
        consent=held.silence is Silence.CONSENT,
        related=_is_related(tell, case, voter),
        verdict=keyword(tell, last.verdict) if last else "",
        reason=last.reason if last else "",
        counts=counts(tally(ballot, held)) if closed else None,
        outcome=tell.phrases.say("ballots", ballot.outcome) if closed else "",
    )


def for_members(
    tell: Teller, voter: Voter, cases: Sequence[Case], held: BallotRules, closes: datetime
) -> ForVoter:
    """The letter that puts one or several applications before a member organization."""
    one = cases[0] if len(cases) == 1 else None
    return ForVoter(
        network=tell.network.name,
        website=tell.network.website,
        reader=voter.name if voter.name != voter.organization else "",
        number=one.number if one else "",
        title=tell.title(held.title),
        applicant=one.applicant.name if one else "",
        kind=one.applicant.kind.value if one and one.applicant.kind else "",
        country=tell.country(one.applicant.country) if one and one.applicant.country else "",
        organization=voter.organization,
        closes=tell.closing(closes),
        keywords=keywords(tell, held.verdicts),
        listed=tuple(listed(tell, at, case) for at, case in enumerate(cases, 1)) if one is None else (),
        understood=tell.understood(one.answers) if one else (),
        sections=(),
        referees=(),
        evidence=(),
        findings=(),
        consent=held.silence is Silence.CONSENT,
        related=False,
    )


def _is_related(tell: Teller, case: Case, voter: Voter) -> bool:
    """Whether the voter's own organization is among the references, as far as names tell."""
    if not voter.organization:
        return False
    named = [*case.references, *(r.organization or r.name for r in case.referees)]
    return any(tell.same_organization(voter.organization, name) for name in named)


def for_referee(tell: Teller, case: Case, referee: Referee, due: datetime | None) -> ForReferee:
    """What a referee is told: who named them, and how to answer."""
    contact = next((p for p in case.participants if p.role is Role.APPLICANT and p.until is None), None)
    return ForReferee(
        network=tell.network.name,
        website=tell.network.website,
        reader=referee.name,
        number=case.number,
        applicant=case.applicant.name,
        kind=case.applicant.kind.value if case.applicant.kind else "",
        country=tell.country(case.applicant.country) if case.applicant.country else "",
        contact=contact.name or contact.email if contact else "",
        due=tell.date(due),
        keywords=keywords(tell, REFEREES_WORDS),
        confirmed=referee.state is RefereeState.CONFIRMED,
    )


def dossier(tell: Teller, case: Case, earlier: Sequence[Case], now: datetime) -> Dossier:
    """All that the Board is shown of a case, for the document that goes with a ballot."""
    return Dossier(
        network=tell.network.name,
        website=tell.network.website,
        number=case.number,
        applicant=case.applicant.name,
        kind=tell.phrases.say("kinds", case.applicant.kind.value) if case.applicant.kind else "",
        country=tell.country(case.applicant.country) if case.applicant.country else "",
        opened=tell.date(case.opened),
        language_name=tell.language_name(case.language),
        understood=tell.understood(case.answers),
        sections=tell.sections(case),
        references=references(tell, case, words=True),
        evidence=tell.evidence(case),
        findings=tell.findings(case),
        aspects=(),
        earlier=tuple(tell.line(other) for other in earlier),
        words={key: tell.phrases.say("dossier", key) for key in tell.phrases.keys("dossier")},
        prepared=tell.date(now),
    )
