"""How a case's ballot is opened, voted in, paused, prolonged and closed. Pure.

The steps that lead from stage to stage stay with the rules: a closing gives its outcome back, and
``advance`` looks for the transition that waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.process.ballot import (
    Ballot,
    BallotState,
    Outcome,
    Vote,
    all_voted,
    paused,
    resumed,
    silent_voters,
    standing,
    tally,
)
from mailbot.process.case import Case
from mailbot.process.events import Effect, Facts, Record, SetTimer, StopTimer, VoteCast, VoteUnvouched, Write
from mailbot.process.rules import BallotRules, Process, VoterGroup
from mailbot.process.timers import BALLOT_CLOSE, BALLOT_REMINDER, BALLOT_WARNING, CIRCULAR, OF_BALLOTS
from mailbot.values import Role, Verdict

LEAST_AFTER_PAUSE = timedelta(days=2)
"""What is left to vote, at the least, once a discussion has ended."""


@dataclass(frozen=True, slots=True)
class Letters:
    """What the letters of a ballot are called."""

    opening: str
    reminder: str
    received: str
    unclear: str
    late: str
    ended: str


LETTERS = {
    VoterGroup.BOARD: Letters(
        "ballot", "ballot_reminder", "vote_received", "vote_unclear", "vote_too_late", "ballot_ended"
    ),
    VoterGroup.MEMBERS: Letters(
        "consultation",
        "consultation_reminder",
        "voice_received",
        "voice_unclear",
        "voice_too_late",
        "consultation_ended",
    ),
}
ROLES = {VoterGroup.BOARD: Role.BOARD, VoterGroup.MEMBERS: Role.MEMBER}

Step = tuple[Case, tuple[Effect, ...]]


def letters_of(rules: BallotRules) -> Letters:
    """What the letters to these voters are called."""
    return LETTERS[rules.voters]


def role_of(rules: BallotRules) -> Role:
    """The role in which these voters are written to."""
    return ROLES[rules.voters]


# ── opening and ending ───────────────────────────────────────────────────────────────────────────


def arrange(case: Case, kind: str, rules: Process, facts: Facts, now: datetime) -> Step:
    """Open the ballot that belongs to the stage, or wait for its day of the month."""
    held = rules.ballots[kind]
    if held.day_of_month is None:
        return open_ballot(case, kind, rules, facts, now)
    due = facts.calendar.on_day_of_month(now, held.day_of_month)
    return case, (SetTimer(CIRCULAR, due),)


def open_ballot(case: Case, kind: str, rules: Process, facts: Facts, now: datetime) -> Step:
    """A new ballot, with everybody who is in force now; a journal entry says who that is."""
    held = rules.ballots[kind]
    ballot = Ballot(
        kind,
        round=1 + sum(earlier.kind == kind for earlier in case.ballots),
        opened=now,
        closes=facts.calendar.closing(now, held.days),
        voters=facts.voters(held.voters),
    )
    roster = "\n".join(f"{at}. {_called(v.name, v.organization)}" for at, v in enumerate(ballot.voters, 1))
    told = {"ballot": kind, "voters": str(len(ballot.voters)), "closes": ballot.closes.isoformat()}
    return replace(case, ballots=(*case.ballots, ballot)), (
        StopTimer(CIRCULAR),
        Record("ballot_opened", told, roster),
        *_timers(ballot, held, facts, now),
        Write(letters_of(held).opening, role_of(held)),
    )


def _timers(ballot: Ballot, rules: BallotRules, facts: Facts, now: datetime) -> Iterable[SetTimer]:
    yield SetTimer(BALLOT_CLOSE, ballot.closes)
    reminder = None if rules.reminder is None else facts.calendar.due(now, rules.reminder)
    if reminder is not None and reminder < ballot.closes:
        yield SetTimer(BALLOT_REMINDER, reminder)
    if rules.warning is not None:
        warning = ballot.closes - timedelta(days=rules.warning)
        if warning > now:
            yield SetTimer(BALLOT_WARNING, warning)


def end_ballot(case: Case, rules: Process) -> Step:
    """The case leaves its stage: a running ballot is void, and those who were asked are told."""
    timers = tuple(StopTimer(timer) for timer in OF_BALLOTS)
    ballot = case.ballot
    if ballot is None:
        return case, timers
    held = rules.ballots[ballot.kind]
    return case.with_ballot(replace(ballot, state=BallotState.VOID)), (
        *timers,
        Record("ballot_ended", {"ballot": ballot.kind}),
        Write(letters_of(held).ended, role_of(held), ballot=len(case.ballots) - 1),
    )


# ── voting ───────────────────────────────────────────────────────────────────────────────────────


def vote(case: Case, event: VoteCast, rules: Process, facts: Facts, now: datetime) -> Step:
    """A voter's letter: counted, asked back about, or told that it came too late; never guessed."""
    ballot = case.ballots[-1] if case.ballots else None
    if ballot is None or ballot.voter(event.voter) is None:
        return case, (
            Record("vote_without_ballot", {"letter": str(event.letter)}, f"{event.by}: {event.reason}"),
            Write("case_update", Role.SECRETARIAT, text=event.reason, reason="no_ballot"),
        )
    held = rules.ballots[ballot.kind]
    if event.verdict not in held.verdicts:
        event = replace(event, verdict=Verdict.UNCLEAR)
    cast = Vote(
        event.voter, event.verdict, facts.at, event.letter, event.reason, event.by, event.for_applicant
    )
    late = not ballot.is_running or facts.at > ballot.closes
    unclear = event.verdict is Verdict.UNCLEAR
    entry = "vote_late" if late else "vote_unclear" if unclear else "vote"
    record = Record(
        entry,
        {
            "ballot": ballot.kind,
            "voter": _pseudonym(ballot, event.voter),
            "verdict": event.verdict.value,
            "letter": str(event.letter),
        },
        _said(event),
    )
    letters = letters_of(held)
    answer = letters.late if late else letters.unclear if unclear else letters.received
    written = Write(answer, role_of(held), only=event.voter)
    if ballot.state in (BallotState.CLOSED, BallotState.VOID):
        return case, (record, written)
    ballot = ballot.with_vote(cast)
    if late or unclear:
        return case.with_ballot(ballot), (record, written)
    ballot, following = _after_vote(ballot, event, held, now)
    return case.with_ballot(ballot), (record, *following, written)


def unvouched(case: Case, event: VoteUnvouched, facts: Facts) -> Case:
    """The case with a letter accounted for that nobody vouches for."""
    ballot = case.ballot
    if ballot is None or ballot.voter(event.voter) is None:
        return case
    unheard = Vote(event.voter, Verdict.UNCLEAR, facts.at, event.letter, by=event.by, vouched=False)
    return case.with_ballot(ballot.with_vote(unheard))


def _after_vote(
    ballot: Ballot, event: VoteCast, rules: BallotRules, now: datetime
) -> tuple[Ballot, tuple[Effect, ...]]:
    if event.verdict in rules.pauses:
        stopped = paused(ballot, now)
        if stopped is ballot:
            return ballot, (Write("ballot_paused", Role.SECRETARIAT, text=event.reason),)
        return stopped, (
            Record("ballot_paused", {"ballot": ballot.kind, "verdict": event.verdict.value}),
            *(StopTimer(timer) for timer in OF_BALLOTS),
            Write("ballot_paused", Role.SECRETARIAT, text=event.reason),
        )
    if rules.early and ballot.state is BallotState.OPEN and all_voted(ballot, rules):
        closes = min(ballot.closes, now + timedelta(hours=rules.grace))
        if closes < ballot.closes:
            told = {"ballot": ballot.kind, "closes": closes.isoformat()}
            return replace(ballot, closes=closes), (
                Record("ballot_closes_early", told),
                StopTimer(BALLOT_REMINDER),
                StopTimer(BALLOT_WARNING),
                SetTimer(BALLOT_CLOSE, closes),
            )
    return ballot, ()


def _said(event: VoteCast) -> str:
    return f"{event.by}: {event.reason}" if event.by else event.reason


def _called(name: str, organization: str) -> str:
    return f"{name} ({organization})" if organization and organization != name else name


def _pseudonym(ballot: Ballot, key: str) -> str:
    """The voter's number in the list that the opening put into the journal."""
    return str(1 + [voter.key for voter in ballot.voters].index(key))


def away(case: Case, voter: str, back: datetime, facts: Facts) -> Step:
    """The reminder of somebody who is away waits until they are back, if they are before the closing."""
    ballot = case.ballot
    if ballot is None or ballot.voter(voter) is None:
        return case, ()
    marked = replace(ballot, away={**ballot.away, voter: back})
    told = {"voter": _pseudonym(ballot, voter), "until": back.isoformat()}
    effects: list[Effect] = [Record("voter_away", told)]
    if facts.at < back < ballot.closes:
        effects.append(SetTimer(f"{BALLOT_REMINDER}:{_pseudonym(ballot, voter)}", back))
    return case.with_ballot(marked), tuple(effects)


# ── the clock ────────────────────────────────────────────────────────────────────────────────────


def remind(case: Case, timer: str, rules: Process, now: datetime) -> Step:
    """Remind those, and only those, who have not voted and are not away; the timer of one voter who was
    away reminds that one."""
    ballot = case.ballot
    if ballot is None or ballot.state is not BallotState.OPEN or now >= ballot.closes:
        return case, ()
    held = rules.ballots[ballot.kind]
    _, _, one = timer.partition(":")
    due = [
        voter
        for voter in silent_voters(ballot)
        if (_pseudonym(ballot, voter.key) == one if one else ballot.away.get(voter.key, now) <= now)
    ]
    if not due:
        return case, ()
    return case, (
        Record("ballot_reminded", {"ballot": ballot.kind, "voters": str(len(due))}),
        *(Write(letters_of(held).reminder, role_of(held), only=voter.key) for voter in due),
    )


def warn(case: Case, rules: Process, now: datetime) -> Step:
    """Tell the Secretariat where the quorum is in danger, while something can still be done."""
    ballot = case.ballot
    if ballot is None or now >= ballot.closes or tally(ballot, rules.ballots[ballot.kind]).has_quorum:
        return case, ()
    return case, (
        Record("quorum_in_danger", {"ballot": ballot.kind}),
        Write("quorum_in_danger", Role.SECRETARIAT),
    )


def close(case: Case, rules: Process, facts: Facts, now: datetime) -> tuple[Case, tuple[Effect, ...], str]:
    """Close the running ballot, or prolong it for want of a quorum.

    The last is the outcome, ``""`` where it goes on. The caller sees to it that all letters from before
    the closing have been read. Nothing closes before its hour, whatever rings.
    """
    ballot = case.ballot
    if ballot is None or ballot.state is not BallotState.OPEN or now < ballot.closes:
        return case, (), ""
    held = rules.ballots[ballot.kind]
    count = tally(ballot, held)
    if count.outcome is Outcome.NO_QUORUM and ballot.extended < held.extensions:
        return (*_prolonged(case, ballot, held, facts, now), "")
    closed = replace(ballot, state=BallotState.CLOSED, outcome=count.outcome.value)
    told = {
        "ballot": ballot.kind,
        "outcome": count.outcome.value,
        "voters": str(count.voters),
        "yes": str(count.yes),
        "no": str(count.no),
        "abstained": str(count.abstained),
        "recused": str(count.recused),
        "silent": str(count.silent),
    }
    timers = tuple(StopTimer(timer) for timer in OF_BALLOTS)
    return case.with_ballot(closed), (*timers, Record("ballot_closed", told)), count.outcome.value


def _prolonged(case: Case, ballot: Ballot, rules: BallotRules, facts: Facts, now: datetime) -> Step:
    closes = facts.calendar.closing(now, rules.extension)
    longer = replace(ballot, closes=closes, extended=ballot.extended + 1)
    role, letters = role_of(rules), letters_of(rules)
    return case.with_ballot(longer), (
        Record("ballot_extended", {"ballot": ballot.kind, "closes": closes.isoformat()}),
        SetTimer(BALLOT_CLOSE, closes),
        Write("ballot_extended", Role.SECRETARIAT),
        *(Write(letters.reminder, role, only=voter.key) for voter in silent_voters(ballot)),
    )


def announced(case: Case, rules: Process, facts: Facts, now: datetime) -> Step:
    """The last letter has gone out, at ``facts.at``: nobody has fewer days than the rules give."""
    ballot = case.ballot
    if ballot is None or ballot.state is not BallotState.OPEN:
        return case, ()
    held = rules.ballots[ballot.kind]
    closes = facts.calendar.closing(facts.at, held.days)
    if closes <= ballot.closes or ballot.extended:
        return case, ()
    longer = replace(ballot, closes=closes)
    told = {"ballot": ballot.kind, "closes": closes.isoformat()}
    return case.with_ballot(longer), (
        Record("ballot_closes_later", told),
        *_timers(longer, held, facts, now),
    )


def resume(case: Case, rules: Process, facts: Facts, now: datetime) -> Step:
    """Go on with a paused ballot; all who have not voted are written to with the new closing."""
    ballot = case.ballot
    if ballot is None or ballot.state is not BallotState.PAUSED:
        return case, ()
    held = rules.ballots[ballot.kind]
    going_on = resumed(ballot, now, LEAST_AFTER_PAUSE)
    return case.with_ballot(going_on), (
        Record("ballot_resumed", {"ballot": ballot.kind, "closes": going_on.closes.isoformat()}),
        *_timers(going_on, held, facts, now),
        *(
            Write(letters_of(held).reminder, role_of(held), only=voter.key)
            for voter in silent_voters(going_on)
            if voter.key not in standing(going_on) or standing(going_on)[voter.key].verdict in held.pauses
        ),
    )
