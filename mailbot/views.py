"""What a letter may be told, one type for each audience.

A template names its audience and is handed that audience's view and nothing else: this is the wall
that keeps what the Secretariat writes from reaching an applicant. Texts are in the reader's language
already; the fields are the names that a template may use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Question:
    """One of the network's questions: a short title and the full text."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Understood:
    """One answer as it was read: ``words`` are the applicant's own.

    ``source`` is ``""`` where it stood in the letter itself, else the attachment's name.
    """

    question: Question
    words: str
    sure: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """An attachment that could not be read, and why, in words."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """A finding or a criterion: its title and the applicant's own sentences; none: not shown."""

    title: str
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagHelp:
    """A tag as it is typed (``#ask your question``) and what it does."""

    tag: str
    does: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list. ``since`` is a date in words."""

    number: str
    name: str
    stage: str
    since: str


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry of a case's journal, in words."""

    at: str
    what: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What became of one tag: the line as it was typed, whether it was done, and a sentence."""

    typed: str
    done: bool
    said: str


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """A case as the Secretariat sees it. Texts are ``""`` where nothing is known."""

    number: str
    stage: str
    since: str
    applicant: str
    kind: str
    country: str
    language: str
    contact: str
    """The address that is written to."""
    assigned: str
    held_until: str
    understood: tuple[Understood, ...]
    missing: tuple[Question, ...]
    references: tuple[str, ...]
    aspects: tuple[str, ...]
    """Which of why, contribution and benefit the motivation holds, in words."""
    evidence: tuple[Noticed, ...]
    findings: tuple[Noticed, ...]
    unread: tuple[Unread, ...]
    earlier: tuple[CaseLine, ...]
    """Cases that may be of the same applicant."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One field of the application form as it was filled in: its label and the applicant's own words."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class FormSection:
    """A section of the application form."""

    title: str
    rows: tuple[FormRow, ...]


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A reference, what its referee said, and whom of the members' directory it may be.

    ``state`` says in words what became of it; ``words`` are the referee's own, ``""`` where there are
    none; a match is a line such as «FIAN International (member since 2019), 96 %».
    """

    name: str
    organization: str
    state: str
    words: str = ""
    matches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the Board is shown of a case before it votes. Texts are ``""`` where nothing is known."""

    network: str
    website: str
    number: str
    applicant: str
    kind: str
    country: str
    opened: str
    """A date in words."""
    language_name: str
    """The language in which the applicant writes."""
    understood: tuple[Understood, ...]
    sections: tuple[FormSection, ...]
    references: tuple[ReferenceLine, ...]
    evidence: tuple[Noticed, ...]
    findings: tuple[Noticed, ...]
    aspects: tuple[str, ...]
    earlier: tuple[CaseLine, ...]
    words: Mapping[str, str]
    """Headings and the other words of the document itself: the table ``[dossier]`` of the phrases."""
    prepared: str = ""
    """The date of the dossier, in words."""


@dataclass(frozen=True, slots=True)
class ForApplicant:
    """A letter to an applicant about their own application."""

    audience: ClassVar[str] = "applicant"
    network: str
    website: str
    reader: str
    """The reader's name; ``""`` where it is not known."""
    number: str
    applicant: str
    """The organization's or the person's name as understood; ``""`` where it was not told."""
    kind: str
    """``organization``, ``individual`` or ``""``: for choosing words, not for printing."""
    country: str
    understood: tuple[Understood, ...]
    missing: tuple[Question, ...]
    unread: tuple[Unread, ...]
    due: str = ""
    """A date in words, by when an answer helps."""
    words: str = ""
    """What a person of the Secretariat asks or explains, word for word."""


@dataclass(frozen=True, slots=True)
class ForSecretariat:
    """A notice to the Secretariat, about a case (``sheet``) or a letter without one."""

    audience: ClassVar[str] = "secretariat"
    network: str
    website: str
    reader: str
    number: str
    """``""`` where there is no case."""
    tags: tuple[TagHelp, ...]
    sheet: CaseSheet | None = None
    sender: str = ""
    """Who wrote the letter that this is about: name and address."""
    subject: str = ""
    received: str = ""
    text: str = ""
    """What was newly written in it."""
    reason: str = ""
    """Why this notice was written, in words: what failed, why a letter was not taken as vouched for."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The answer to a letter with tags: what was done, and what was asked to be shown."""

    audience: ClassVar[str] = "transcript"
    network: str
    website: str
    reader: str
    number: str
    deeds: tuple[Deed, ...]
    sheet: CaseSheet | None = None
    history: tuple[JournalLine, ...] = ()
    cases: tuple[CaseLine, ...] = ()
    listed: bool = False
    """Whether ``#list`` was asked, so that an empty list is told too."""
    tags: tuple[TagHelp, ...] = ()


@dataclass(frozen=True, slots=True)
class ForSender:
    """«Did you send this?», to the address on file of the person in whose name a letter came."""

    audience: ClassVar[str] = "sender"
    network: str
    website: str
    reader: str
    number: str
    subject: str
    received: str
    text: str
    """What was newly written in the letter, shortened."""


View = ForApplicant | ForSecretariat | Transcript | ForSender
