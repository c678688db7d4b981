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
    references: tuple[NamedReference, ...]
    """Those named in the inquiry."""
    aspects: tuple[str, ...]
    """Which of why, contribution and benefit the motivation holds, in words."""
    evidence: tuple[Noticed, ...]
    findings: tuple[Noticed, ...]
    unread: tuple[Unread, ...]
    earlier: tuple[CaseLine, ...]
    """Cases that may be of the same applicant."""
    sections: tuple[FormSection, ...]
    """The application form as far as it is filled in."""
    referees: tuple[ReferenceLine, ...]
    """The references of the form, and what became of them."""
    proposed: str
    """What waits for release, in words; ``""``: nothing."""
    ballot: BallotSheet | None
    """The latest ballot."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the votes come to: numbers of voters."""

    voters: int
    yes: int
    no: int
    abstained: int
    recused: int
    silent: int
    present: int
    needed: int
    """How many must take part for a quorum."""


@dataclass(frozen=True, slots=True)
class VoterLine:
    """A voter, and the vote that counts; ``verdict`` is ``""`` where there is none."""

    name: str
    organization: str
    verdict: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class UncountedLine:
    """A letter of a voter that is not counted, and why, in words."""

    name: str
    at: str
    why: str


@dataclass(frozen=True, slots=True)
class BallotSheet:
    """A ballot as a returning officer accounts for it; for the Secretariat."""

    title: str
    state: str
    opened: str
    closes: str
    outcome: str
    """What it came to, in words; ``""`` while it runs."""
    received: int
    """Letters of voters, counted or not."""
    counts: Counts
    yes: str
    no: str
    """The two keywords that are set against each other."""
    voters: tuple[VoterLine, ...]
    uncounted: tuple[UncountedLine, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in a numbered list that is answered line by line. ``at`` is its number in the list."""

    at: int
    number: str
    name: str
    country: str
    what: str
    """What they do, in their own words, shortened; for the office: what it waits for."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word by which a voter decides, and what it means."""

    word: str
    does: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of the form that is asked for: its label, what helps to fill it in, what is wrong with it."""

    label: str
    help: str
    why: str


@dataclass(frozen=True, slots=True)
class Referred:
    """A reference as its applicant sees it: whom, and whether anybody answered."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many cases are at a stage."""

    stage: str
    count: int


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
class NamedReference:
    """A reference as the applicant wrote it, and whom of the members' directory it may be, a line each."""

    name: str
    matches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A reference, what its referee said, and whom of the members' directory it may be.

    ``state`` says in words what became of it; ``words`` are the referee's own, ``""`` where there are
    none; a match is a line such as «FIAN International (member since May 3, 2019), 100 %, its acronym, FIAN».
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
    stage: str = ""
    """Where the application stands, in words."""
    since: str = ""
    waits_for: str = ""
    """Whose turn it is: ``applicant``, ``secretariat``, ``board``, ``member``; ``""``: it has ended. For
    choosing words, not for printing."""
    asked: tuple[Asked, ...] = ()
    """The fields of the form that are missing or cannot be taken as they are."""
    form: str = ""
    """The form to fill in, as plain lines."""
    referees: tuple[Referred, ...] = ()
    """Who was asked for a reference; what they wrote is not for the applicant."""
    reasons: tuple[str, ...] = ()
    """What voters wrote for the applicant, and marked as such."""


@dataclass(frozen=True, slots=True)
class ForVoter:
    """A letter to somebody who votes: a member of the Board, or who speaks for a member organization."""

    audience: ClassVar[str] = "voter"
    network: str
    website: str
    reader: str
    number: str
    """``""`` where the letter is about several cases."""
    title: str
    """What the ballot is called."""
    applicant: str
    kind: str
    country: str
    organization: str
    """The member organization that the reader speaks for; ``""`` for a member of the Board."""
    closes: str
    keywords: tuple[Keyword, ...]
    listed: tuple[Listed, ...]
    """The cases that can be decided in one reply, this one among them; none: there is only this one."""
    understood: tuple[Understood, ...]
    sections: tuple[FormSection, ...]
    referees: tuple[ReferenceLine, ...]
    evidence: tuple[Noticed, ...]
    findings: tuple[Noticed, ...]
    consent: bool
    """Silence counts as agreement."""
    related: bool
    """The reader's own organization is a reference: recusal is offered."""
    verdict: str = ""
    """How the reader's last letter was read, in words; ``""``: not clearly."""
    reason: str = ""
    """The reader's own words."""
    counts: Counts | None = None
    """What the votes came to, once the ballot is closed."""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class ForReferee:
    """A letter to somebody whom an applicant named as a reference."""

    audience: ClassVar[str] = "referee"
    network: str
    website: str
    reader: str
    number: str
    applicant: str
    kind: str
    country: str
    contact: str
    """Who wrote for the applicant."""
    due: str
    keywords: tuple[Keyword, ...]
    confirmed: bool
    """The reader's answer was read as a confirmation (in letters that answer one)."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What the Secretariat is told by the calendar: each morning what waits, each week how it stands."""

    audience: ClassVar[str] = "digest"
    network: str
    website: str
    reader: str
    number: str
    """``""``: it is about many cases."""
    decisions: tuple[Listed, ...]
    """What waits for the Secretariat; answered line by line."""
    lapsing: tuple[CaseLine, ...]
    """Cases that end by themselves unless somebody does something; ``since`` is the day."""
    stages: tuple[StageCount, ...]
    ballots: tuple[Listed, ...]
    """Running ballots; ``what`` says how they stand."""
    waiting: int
    """Letters that wait for a confirmation of their sender."""
    set_aside: int
    """Letters that could not be handled and were sent on to a person."""
    heads: tuple[str, ...]
    """The end of each case's journal, as a copy outside the database."""
    tags: tuple[TagHelp, ...]


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


View = ForApplicant | ForVoter | ForReferee | ForSecretariat | Digest | Transcript | ForSender
