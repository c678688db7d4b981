"""The process as data: what ``rules/process.toml`` may say, as types.

Events and guards are closed lists here, with their meaning in ``advance.py``; which of them leads
where, and which letters follow, is the network's own and stands in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from mailbot.values import Language, Role

OPEN, ENDED = "open", "ended"
"""In ``from``: every stage that does not end, every stage that does."""


class Guard(StrEnum):
    """What may have to hold before a transition is taken."""

    FIRST_LETTER = "first_letter"
    """The letter opened the case."""
    ALL_ANSWERED = "all_answered"
    SOMETHING_MISSING = "something_missing"
    SOMETHING_NEW = "something_new"
    """The letter changed or added an answer."""
    TEXT_GIVEN = "text_given"
    """Something stands behind the tag."""


class Trigger(StrEnum):
    """What a transition may wait for, besides a tag."""

    APPLICANT_WROTE = "applicant_wrote"
    REMINDER = "reminder"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """A letter that a transition has written, and to whom."""

    letter: str
    to: Role


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a case may stand. ``reminder`` and ``deadline`` are days of silence; None: never."""

    title: Mapping[Language, str]
    waits_for: Role | None = None
    reminder: int | None = None
    deadline: int | None = None
    ends: bool = False

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
    when: tuple[Guard, ...] = ()
    to: str = ""
    """``""``: the case stays where it is."""
    write: tuple[LetterOrder, ...] = ()


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
