"""The process as data: what ``rules/process.toml`` may say, as types.

Events, guards and deeds are closed lists here, with their meaning in ``advance.py``; which of them leads
where, and which letters follow, is the network's own and stands in the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from mailbot.process.form import Form
from mailbot.values import Language, Role, Verdict

OPEN, ENDED = "open", "ended"
"""In ``from``: every stage that does not end, every stage that does."""


class Guard(StrEnum):
    """What may have to hold before a transition is taken; those with a word behind them need one."""

    FIRST_LETTER = "first_letter"
    """The letter opened the case."""
    ALL_ANSWERED = "all_answered"
    SOMETHING_MISSING = "something_missing"
    SOMETHING_NEW = "something_new"
    """The letter changed or added an answer."""
    TEXT_GIVEN = "text_given"
    """Something stands behind the tag."""
    FORM_CHANGED = "form_changed"
    """The letter brought something for the form."""
    FORM_COMPLETE = "form_complete"
    FORM_INCOMPLETE = "form_incomplete"
    REFERENCES_ENOUGH = "references_enough"
    """As many references are confirmed as the rules ask for."""
    ASKS = "asks"
    """The applicant's letter asks for this: ``asks status``, ``asks withdraw``."""
    SAYS = "says"
    """The word behind the tag is, in some language, this stage's: ``says approved``."""
    PROPOSED = "proposed"
    """This stage was proposed: ``proposed denied``."""
    PASSED = "passed"
    FAILED = "failed"
    NO_QUORUM = "no_quorum"
    """What the ballot that was closed came to."""


WITH_WORD = frozenset({Guard.ASKS, Guard.SAYS, Guard.PROPOSED})
"""The guards that need a word behind them."""


class Trigger(StrEnum):
    """What a transition may wait for, besides a tag."""

    APPLICANT_WROTE = "applicant_wrote"
    REMINDER = "reminder"
    DEADLINE = "deadline"
    REFEREE_ANSWERED = "referee_answered"
    BALLOT_CLOSED = "ballot_closed"
    MERGED = "merged"
    """The case was joined to another, which goes on."""


class Deed(StrEnum):
    """What a transition may do besides leading somewhere and having letters written."""

    OPEN_BALLOT = "open_ballot"
    """Open the ballot of the stage now, whatever day it was to wait for."""
    ENTER_DIRECTORY = "enter_directory"
    """Put the applicant into the members' directory, and their contact on the roster."""
    OVERRULE_REFERENCES = "overrule_references"
    """Say in the journal that the references were not enough and a person went on all the same."""


class Silence(StrEnum):
    """What a voter's silence means."""

    ABSENT = "absent"
    """Nothing: neither for the quorum nor for the threshold."""
    CONSENT = "consent"
    """Agreement, as the letter that opens the ballot says."""


class VoterGroup(StrEnum):
    """Who votes."""

    BOARD = "board"
    MEMBERS = "members"
    """The member organizations, with one voice each."""


@dataclass(frozen=True, slots=True)
class Share:
    """«at least 1/2», «more than 2/3»: a share of a number of people."""

    at_least: bool
    part: Fraction

    @classmethod
    def parse(cls, text: str) -> Share:
        """Raises ValueError for anything else than «at least N/M» and «more than N/M»."""
        told = _SHARE.fullmatch(text.strip())
        if told is None or not int(told[3]):
            raise ValueError(f"{text!r} is no share; write it as «at least 1/2» or «more than 2/3»")
        part = Fraction(int(told[2]), int(told[3]))
        if part > 1:
            raise ValueError(f"{text!r} is more than all")
        return cls(told[1] == "at least", part)

    def is_met(self, count: int, of: int) -> bool:
        """Whether ``count`` of so many is enough; of none, nothing is."""
        if not of:
            return False
        return count >= self.part * of if self.at_least else count > self.part * of

    def least(self, of: int) -> int:
        """The smallest count that is enough; at least 1."""
        exact = self.part * of
        whole = -(-exact.numerator // exact.denominator)
        return max(1, whole if self.at_least or whole > exact else whole + 1)


_SHARE = re.compile(r"(at least|more than) (\d{1,4})/(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Condition:
    """A guard with its word: ``says approved``."""

    guard: Guard
    word: str = ""


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """A letter that a transition has written, and to whom."""

    letter: str
    to: Role


@dataclass(frozen=True)
class BallotRules:
    """How a ballot is held. Days are those of the calendar; ``grace`` is hours.

    ``title`` names it in each language. ``yes`` and ``no`` are the verdicts that are set against each
    other; each of ``pauses`` stops the ballot until the Secretariat resumes it.
    """

    title: Mapping[Language, str]
    voters: VoterGroup
    yes: Verdict
    no: Verdict
    days: int
    pauses: tuple[Verdict, ...] = ()
    quorum: str = "at least 1/2"
    threshold: str = "more than 1/2"
    silence: Silence = Silence.ABSENT
    reminder: int | None = None
    """Days after the opening, for those who have not voted."""
    warning: int | None = None
    """Days before the closing: where the quorum is not reached, the Secretariat is told."""
    extensions: int = 0
    """How often it is prolonged by itself for want of a quorum, each time by ``extension`` days."""
    extension: int = 7
    early: bool = False
    """Close before the time, once every voter who is not recused has voted."""
    grace: int = 24
    """Hours between the last vote and an early closing, to think again."""
    day_of_month: int | None = None
    """Opened together with the others of the month, on this day; None: at once."""
    dossier: bool = False
    """The voters are shown the whole application."""

    @cached_property
    def quorum_share(self) -> Share:
        """The quorum, over the voters who are not recused."""
        return Share.parse(self.quorum)

    @cached_property
    def threshold_share(self) -> Share:
        """The threshold, over the votes for and against."""
        return Share.parse(self.threshold)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts that a voter may give, in the order in which they are offered."""
        board = (Verdict.ABSTAIN, Verdict.RECUSE, Verdict.DISCUSS)
        return (self.yes, self.no, *(board if self.voters is VoterGroup.BOARD else ()))


@dataclass(frozen=True, slots=True)
class ReferenceRules:
    """How references are asked for: how many must be confirmed; days until a referee is reminded, and
    until a silent one is given up and the applicant asked for another."""

    needed: int = 1
    reminder: int = 7
    deadline: int = 21


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a case may stand. ``reminder`` and ``deadline`` are days of silence; None: never."""

    title: Mapping[Language, str]
    waits_for: Role | None = None
    reminder: int | None = None
    deadline: int | None = None
    ends: bool = False
    form: bool = False
    """The applicant's letters are read for the form here, and agreed referees are written to."""
    ballot: str = ""
    """The ballot that is opened when a case comes here."""

    @property
    def timers(self) -> Mapping[str, timedelta]:
        """The timers that are set when a case comes here."""
        days = {Trigger.REMINDER.value: self.reminder, Trigger.DEADLINE.value: self.deadline}
        return {name: timedelta(days=count) for name, count in days.items() if count is not None}


@dataclass(frozen=True, slots=True)
class Transition:
    """From where, on what and under which guards a case goes to which stage, with which letters."""

    origins: tuple[str, ...]
    on: str
    when: tuple[Condition, ...] = ()
    to: str = ""
    """``""``: the case stays where it is."""
    write: tuple[LetterOrder, ...] = ()
    do: tuple[Deed, ...] = ()
    proposes: str = ""
    """The stage that is put to the Secretariat for release."""

    @property
    def needs_text(self) -> bool:
        """Whether something must stand behind its tag."""
        return any(condition.guard in (Guard.TEXT_GIVEN, Guard.SAYS) for condition in self.when)


@dataclass(frozen=True, slots=True)
class Process:
    """A network's process."""

    number: str
    first: str
    stages: Mapping[str, Stage]
    transitions: tuple[Transition, ...]
    questions: tuple[str, ...] = ()
    """The keys of the questions that an applicant is asked, in order."""
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a kind of applicant is called in the languages of the office, case folded."""
    languages: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    """What a language is called in the languages of the office, case folded."""
    outcomes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a stage is called behind ``#record``, case folded."""
    ballots: Mapping[str, BallotRules] = field(default_factory=dict)
    references: ReferenceRules | None = None
    form: Form = field(default_factory=Form, compare=False)

    def stage(self, key: str) -> Stage:
        """The stage ``key``. Raises KeyError for one that the rules do not have."""
        return self.stages[key]

    @property
    def free_questions(self) -> frozenset[str]:
        """The letters in which the Secretariat asks in its own words: their replies answer that."""
        return frozenset(o.letter for t in self.transitions if t.on == "#ask" for o in t.write)

    @property
    def ended(self) -> frozenset[str]:
        """The stages in which a case has come to its end."""
        return frozenset(key for key, stage in self.stages.items() if stage.ends)

    def leads_from(self, stage: str, on: str) -> tuple[Transition, ...]:
        """The transitions that start at ``stage`` on this event, in the order of the rules."""
        group = ENDED if self.stages[stage].ends else OPEN
        return tuple(t for t in self.transitions if t.on == on and {stage, group} & set(t.origins))
