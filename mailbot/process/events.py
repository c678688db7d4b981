"""What may happen to a case (events, in the past tense) and what may follow (effects, orders).

The names under which ``rules/process.toml`` speaks of events are in ``rules.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from mailbot.process.ballot import Voter
from mailbot.process.calendar import Calendar
from mailbot.process.case import Case
from mailbot.process.rules import VoterGroup
from mailbot.values import Command, Language, Person, Reading, Role, Verdict

# ── events ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ApplicantWrote:
    """The applicant's letter ``letter`` (its row) arrived and was read; the sender is vouched for.

    The first letter of a case vouches for itself: all it can do is open a case and be answered.
    """

    letter: int
    reading: Reading
    first: bool = False


@dataclass(frozen=True, slots=True)
class UnvouchedWrote:
    """A letter names the case, or comes from an address on it, and nothing vouches for it."""

    letter: int
    sender: str
    text: str
    reason: str
    """Why it was not taken for the person's own: a key of ``[reasons]`` in ``phrases.toml``."""


@dataclass(frozen=True, slots=True)
class OfficeWrote:
    """The Secretariat wrote about the case without a tag, or from the mailbox by hand."""

    letter: int
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class TagGiven:
    """A vouched-for person of the Secretariat gave a tag."""

    letter: int
    by: Person
    command: Command
    until: datetime | None = None
    """The moment that the argument names, where it names one."""


@dataclass(frozen=True, slots=True)
class TimerRang:
    """A timer of the case came due: ``reminder``, ``deadline`` or ``hold``."""

    timer: str


@dataclass(frozen=True, slots=True)
class VoteCast:
    """A voter's letter, vouched for, read for a verdict; ``voter`` is the key of the voter it speaks for.

    ``Facts.at`` is its time. ``UNCLEAR`` is no vote: the voter is asked.
    """

    letter: int
    voter: str
    verdict: Verdict
    reason: str = ""
    by: str = ""
    """The person's name, where an organization votes."""
    for_applicant: str = ""
    """What the voter marked as meant for the applicant."""


@dataclass(frozen=True, slots=True)
class VoteUnvouched:
    """A letter in a voter's name about a ballot, for which nothing vouches: the voter is asked whether it is
    theirs, and until then it is accounted for as not counted."""

    letter: int
    voter: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class VoterAway:
    """An automatic reply says that a voter is away, and until when."""

    voter: str
    back: datetime


@dataclass(frozen=True, slots=True)
class BallotSent:
    """The last letter of the running ballot has gone out, at ``Facts.at``: the days are reckoned from it."""


@dataclass(frozen=True, slots=True)
class RefereeWrote:
    """A referee's answer, vouched for: ``CONFIRM``, ``DECLINE`` or ``UNCLEAR``, and their words."""

    letter: int
    email: str
    verdict: Verdict
    words: str


@dataclass(frozen=True, slots=True)
class Merged:
    """Another case is joined to this one (``other`` holds it), or this one to ``into``."""

    by: str
    other: Case | None = None
    into: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """A letter of ours could not be delivered, for good."""

    recipient: str
    template: str
    reason: str


Event: TypeAlias = (
    ApplicantWrote
    | UnvouchedWrote
    | OfficeWrote
    | TagGiven
    | TimerRang
    | VoteCast
    | VoteUnvouched
    | VoterAway
    | BallotSent
    | RefereeWrote
    | Merged
    | DeliveryFailed
)


# ── effects ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Record:
    """Write an entry into the case's journal.

    ``facts`` hold nothing personal; ``text`` may, and can be erased without breaking the chain.
    """

    entry: str
    facts: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """Write the letter ``template`` to everybody who has the role ``to``.

    To the Board and the members it goes to the voters of the latest ballot. ``only`` narrows it to one of
    them: a voter's key, or an address. ``words`` is what a person of the Secretariat wishes to have said in
    it, word for word.
    """

    template: str
    to: Role
    words: str = ""
    text: str = ""
    """A letter's newly written text, for notices to the Secretariat."""
    reason: str = ""
    """Why it is written, for notices to the Secretariat: a key of ``[reasons]`` in ``phrases.toml``."""
    only: str = ""
    ballot: int = -1
    """For voters: which of the case's ballots it is about, by its place; -1: the latest."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Say in the transcript what became of a tag. ``said`` is a key of ``phrases.toml``."""

    command: Command
    done: bool
    said: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Ring ``timer`` of this case at ``due``; one of that name that is set already is replaced."""

    timer: str
    due: datetime


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Do not ring ``timer`` of this case any more."""

    timer: str


@dataclass(frozen=True, slots=True)
class EnterDirectory:
    """Put the applicant into the members' directory, and the contact on the roster."""


Effect: TypeAlias = Record | Write | Tell | SetTimer | StopTimer | EnterDirectory


# ── facts ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision needs to know beyond the case."""

    at: datetime
    """The letter's time (INTERNALDATE), or the timer's."""
    office: tuple[Person, ...] = ()
    """The Secretariat in force at that time."""
    languages: tuple[Language, ...] = ()
    """The languages that letters can be written in."""
    voters: Callable[[VoterGroup], tuple[Voter, ...]] = lambda _: ()
    """Who may vote if a ballot is opened now, by the roster in force; asked only then."""
    calendar: Calendar = field(default_factory=Calendar)
