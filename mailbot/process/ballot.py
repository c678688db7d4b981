"""A ballot: one question put to voters, their votes, and what these come to. Pure.

A vote's time is its letter's. The last clear vote before the closing counts; what was unclear, changed
later or too late is kept beside it, so that a returning officer can account for every letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mailbot.process.rules import BallotRules, Silence
from mailbot.values import Language, Verdict


class BallotState(StrEnum):
    """Where a ballot stands."""

    OPEN = "open"
    PAUSED = "paused"
    """A voter asked for a discussion, or objected: the Secretariat says when it goes on."""
    CLOSED = "closed"
    VOID = "void"
    """The case left the stage before the closing: nothing was decided."""


class Outcome(StrEnum):
    """What a closed ballot came to; by these names ``rules/process.toml`` speaks of it."""

    PASSED = "passed"
    FAILED = "failed"
    NO_QUORUM = "no_quorum"


class Uncounted(StrEnum):
    """Why a voter's letter is not counted."""

    UNCLEAR = "unclear"
    CHANGED = "changed"
    """A later clear vote of the same voter took its place."""
    LATE = "late"
    UNVOUCHED = "unvouched"
    """Nothing vouched for its sender, who has not confirmed it."""


@dataclass(frozen=True, slots=True)
class Voter:
    """Who may vote: a person of the Board, or a member organization with all who speak for it."""

    key: str
    name: str
    organization: str = ""
    addresses: tuple[str, ...] = ()
    """The first of them is written to."""
    language: Language = ""


@dataclass(frozen=True, slots=True)
class Vote:
    """One letter of a voter, as it was read. ``by`` names the person where an organization votes."""

    voter: str
    verdict: Verdict
    at: datetime
    letter: int
    reason: str = ""
    by: str = ""
    for_applicant: str = ""
    """What the voter marked as meant for the applicant."""
    vouched: bool = True


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot of a case. ``kind`` is its key in the rules; ``round`` counts those of its kind."""

    kind: str
    round: int
    opened: datetime
    closes: datetime
    voters: tuple[Voter, ...]
    """The roster in force at the opening; who joins later does not vote."""
    votes: tuple[Vote, ...] = ()
    """Every letter that a voter sent, in the order of handling."""
    state: BallotState = BallotState.OPEN
    paused_at: datetime | None = None
    extended: int = 0
    """How often it was prolonged for want of a quorum."""
    away: Mapping[str, datetime] = field(default_factory=dict)
    """Voter → the day an automatic reply names for their return."""
    outcome: str = ""
    """An ``Outcome`` once it is closed."""

    @property
    def is_running(self) -> bool:
        """Open or paused: votes are taken."""
        return self.state in (BallotState.OPEN, BallotState.PAUSED)

    def voter(self, key: str) -> Voter | None:
        """The voter with this key."""
        return next((voter for voter in self.voters if voter.key == key), None)

    def with_vote(self, vote: Vote) -> Ballot:
        """The ballot with one more letter of a voter, in place of what was known of that letter."""
        others = (known for known in self.votes if (known.letter, known.voter) != (vote.letter, vote.voter))
        return replace(self, votes=(*others, vote))


@dataclass(frozen=True, slots=True)
class Tally:
    """What the votes come to. ``silent`` are those without a clear vote who did not recuse themselves."""

    voters: int
    yes: int
    no: int
    abstained: int
    recused: int
    silent: int
    present: int
    """Voters who count for the quorum."""
    needed: int
    """How many must be present."""
    outcome: Outcome
    """What the ballot would come to if it closed now."""

    @property
    def has_quorum(self) -> bool:
        """Whether as many take part as the rules ask for."""
        return 0 < self.needed <= self.present


def standing(ballot: Ballot) -> dict[str, Vote]:
    """Voter → the vote that counts: the last clear one before the closing, by the letters' times."""
    clear = [vote for vote in ballot.votes if _is_clear(vote) and not _is_late(ballot, vote)]
    return {vote.voter: vote for vote in sorted(clear, key=_order)}


def uncounted(ballot: Ballot) -> tuple[tuple[Vote, Uncounted], ...]:
    """The letters of voters that are not counted, and why, in the order of their times."""
    counted = standing(ballot).values()
    return tuple(
        (vote, _why(ballot, vote)) for vote in sorted(ballot.votes, key=_order) if vote not in counted
    )


def tally(ballot: Ballot, rules: BallotRules) -> Tally:
    """Count the votes: quorum and threshold are reckoned over the voters who did not recuse themselves."""
    votes = standing(ballot)
    said = [vote.verdict for vote in votes.values()]
    yes, no = said.count(rules.yes), said.count(rules.no)
    abstained, recused = said.count(Verdict.ABSTAIN), said.count(Verdict.RECUSE)
    eligible = len(ballot.voters) - recused
    present = yes + no + abstained
    silent = eligible - present
    if rules.silence is Silence.CONSENT:
        present = eligible
    in_favour = yes + silent if rules.silence is Silence.CONSENT else yes
    needed = rules.quorum_share.least(eligible)
    if not eligible or present < needed or not present:
        outcome = Outcome.NO_QUORUM
    elif rules.threshold_share.is_met(in_favour, in_favour + no):
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.FAILED
    return Tally(len(ballot.voters), yes, no, abstained, recused, silent, present, needed, outcome)


def silent_voters(ballot: Ballot) -> tuple[Voter, ...]:
    """Those who have neither voted nor recused themselves: they alone are reminded."""
    decided = {key for key, vote in standing(ballot).items() if vote.verdict is not Verdict.DISCUSS}
    return tuple(voter for voter in ballot.voters if voter.key not in decided)


def all_voted(ballot: Ballot, rules: BallotRules) -> bool:
    """Whether every voter who is not recused cast a vote, and no discussion is asked for."""
    votes = standing(ballot)
    settled = {rules.yes, rules.no, Verdict.ABSTAIN, Verdict.RECUSE}
    return bool(ballot.voters) and all(
        voter.key in votes and votes[voter.key].verdict in settled for voter in ballot.voters
    )


def paused(ballot: Ballot, now: datetime) -> Ballot:
    """The ballot, stopped until the Secretariat resumes it; one that is paused already stays as it is."""
    if ballot.state is not BallotState.OPEN:
        return ballot
    return replace(ballot, state=BallotState.PAUSED, paused_at=now)


def resumed(ballot: Ballot, now: datetime, least: timedelta) -> Ballot:
    """The ballot, going on: the time of the pause is given back, and at least ``least`` is left to vote."""
    stood = now - (ballot.paused_at or now)
    closes = max(ballot.closes + stood, now + least)
    return replace(ballot, state=BallotState.OPEN, paused_at=None, closes=closes)


def _is_clear(vote: Vote) -> bool:
    return vote.vouched and vote.verdict is not Verdict.UNCLEAR


def _is_late(ballot: Ballot, vote: Vote) -> bool:
    return vote.at > ballot.closes


def _order(vote: Vote) -> tuple[datetime, int]:
    return vote.at, vote.letter


def _why(ballot: Ballot, vote: Vote) -> Uncounted:
    if not vote.vouched:
        return Uncounted.UNVOUCHED
    if _is_late(ballot, vote):
        return Uncounted.LATE
    return Uncounted.CHANGED if _is_clear(vote) else Uncounted.UNCLEAR


def latest(ballots: Iterable[Ballot], kind: str = "") -> Ballot | None:
    """The newest ballot (of this kind); None where there was none."""
    return next((b for b in reversed(tuple(ballots)) if not kind or b.kind == kind), None)
