"""The words of the house as frozen values; this module imports nothing of ours.

A parser returns these, a decision takes and returns these, the store keeps these. None of them
knows where it came from or where it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Language: TypeAlias = str
"""A language as its ISO 639-1 code: ``en``, ``es``, ``fr``, ``ar``; ``""`` where it is not known."""

Country: TypeAlias = str
"""A country as its ISO 3166-1 alpha-2 code: ``KE``; ``""`` where it is not told."""


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of a header: ``Rehema Kazungu <rehema@bahariyetu.example>``."""

    email: str
    name: str = ""

    @property
    def key(self) -> str:
        """The address for comparing: in lower case throughout.

        RFC 5321 section 2.4 lets a host tell ``Ana@`` from ``ana@``; no host in use does, and people
        type their own address both ways. Not case folded: ``straße`` and ``strasse`` are two domains.
        """
        return self.email.strip().lower()

    @property
    def domain(self) -> str:
        """What stands behind the last ``@``, in lower case; ``""`` where there is none."""
        return self.key.rpartition("@")[2] if "@" in self.email else ""


# ── letters ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a letter that is not its text, decoded. ``name`` is for showing, never a path."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AttachmentText:
    """What an attachment says, or why it could not be read.

    ``unreadable`` is ``""`` or one of the reasons in ``Unreadable``.
    """

    name: str
    text: str = ""
    unreadable: str = ""


class Unreadable(StrEnum):
    """Why an attachment gave no text."""

    SCANNED = "scanned"
    """Pages that are pictures."""
    ENCRYPTED = "encrypted"
    TOO_BIG = "too_big"
    """Larger than we read, or larger once unpacked."""
    TOO_SLOW = "too_slow"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    """A kind of file that we do not read: a sound, a picture, a program."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail message, as read from its bytes. Ids are without angle brackets."""

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None
    """What ``Date:`` claims; shown, never reckoned with."""
    headers: tuple[tuple[str, str], ...] = ()
    """All header fields, top first: (name in lower case, decoded and unfolded value)."""
    text: str = ""
    """The plain text of the body; made from the HTML where the letter has no other."""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    forwarded: tuple[Letter, ...] = ()
    """Letters that were attached whole (message/rfc822), outermost first."""
    defects: tuple[str, ...] = ()
    """What was wrong with the bytes, in words for an engineer."""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of the header ``name``, top first."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key == wanted)

    def header(self, name: str) -> str:
        """The topmost value of the header ``name``, or ``""``."""
        return next(iter(self.all(name)), "")


@dataclass(frozen=True, slots=True)
class Split:
    """A letter's text taken apart: what was newly written, what is quoted, what is signature."""

    new: str
    quoted: str = ""
    signature: str = ""
    answered: tuple[tuple[str, str], ...] = ()
    """Answers written between quoted lines: (the quoted lines above, what was written under them)."""


class Machine(StrEnum):
    """What kind of machine wrote a letter."""

    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    LIST = "list"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class MachineSigns:
    """That a machine wrote a letter, and what shows it.

    A bounce also names the ``recipient`` that failed, its ``status`` (RFC 3463: ``5.1.1``) and the
    ``original`` Message-ID, as far as it tells them; an automatic reply the day of ``back``.
    """

    machine: Machine
    sign: str
    recipient: str = ""
    status: str = ""
    original: str = ""
    back: datetime | None = None


# ── what an applicant says ───────────────────────────────────────────────────────────────────────


class Kind(StrEnum):
    """What an applicant or a member is."""

    ORGANIZATION = "organization"
    INDIVIDUAL = "individual"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to one question, in the applicant's own words."""

    text: str
    source: str = "letter"
    """``letter``, the name of the attachment it stood in, or ``secretariat`` (``#answer``)."""
    sure: bool = True
    """False where the reader would not swear to it: shown as unsure, never hidden."""


@dataclass(frozen=True, slots=True)
class FormValue:
    """What was written into one field of the application form, as typed."""

    text: str
    source: str = "letter"
    """``letter``, the name of the attachment it stood in, or ``secretariat``."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, as far as it is known: ``kind`` is None and the texts ``""`` where it is not."""

    kind: Kind | None = None
    name: str = ""
    country: Country = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the rules noticed, with the sentence that made them notice it.

    ``category`` is a key of ``rules/eligibility.toml``.
    """

    category: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Command:
    """A ``#word`` of the Secretariat and what stands behind it."""

    tag: str
    """Without the ``#``, in lower case, as the rules spell it; as typed where they know none."""
    argument: str = ""
    known: bool = True
    nearest: str = ""
    """For an unknown tag: the tag that was probably meant, or ``""``."""


class Verdict(StrEnum):
    """The word in a vote, a consultation's voice, or a confirmation."""

    APPROVE = "approve"
    REJECT = "reject"
    ABSTAIN = "abstain"
    RECUSE = "recuse"
    DISCUSS = "discuss"
    SUPPORT = "support"
    OBJECT = "object"
    CONFIRM = "confirm"
    DECLINE = "decline"
    UNCLEAR = "unclear"


class LetterKind(StrEnum):
    """What a letter is to the office."""

    INTEREST = "interest"
    """Somebody wants to become a member, or goes on about their application."""
    HUMAN = "human"
    """A person, about something else."""
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was understood of one letter. What does not fit a letter stays empty."""

    kind: LetterKind
    machine: MachineSigns | None = None
    language: Language = ""
    new: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    applicant: Applicant = Applicant()
    references: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Criterion (key of ``rules/eligibility.toml``) → the applicant's own sentences that show it."""
    aspects: tuple[str, ...] = ()
    """Which of why, contribution, benefit the motivation holds."""
    unreadable: tuple[AttachmentText, ...] = ()
    form: Mapping[str, FormValue] = field(default_factory=dict)
    """Field of the application form → what was filled in."""
    request: str = ""
    """``status`` or ``withdraw``, where the letter asks for this and little else."""
    verdict: Verdict = Verdict.UNCLEAR
    reason: str = ""
    commands: tuple[Command, ...] = ()


# ── people ───────────────────────────────────────────────────────────────────────────────────────


class Role(StrEnum):
    """What a person is to the network or in a case."""

    SECRETARIAT = "secretariat"
    BOARD = "board"
    MEMBER = "member"
    APPLICANT = "applicant"
    CONTACT = "contact"
    """A second contact of the applicant."""
    REFEREE = "referee"


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the roster: a person in a role, for a term. Addresses are as typed."""

    name: str
    role: Role
    addresses: tuple[str, ...]
    organization: str = ""
    kind: Kind | None = None
    language: Language = ""
    since: datetime | None = None
    until: datetime | None = None
    """The term ends with the day before this moment; None: it is open."""

    def serves(self, at: datetime) -> bool:
        """Whether the term covers ``at`` (aware)."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the members' directory. Who answers for it stands on the roster, in the role ``member``."""

    name: str
    """By which the directory knows it: no two members have the same."""
    kind: Kind
    country: Country = ""
    language: Language = ""
    acronym: str = ""
    other_names: tuple[str, ...] = ()
    """In other languages and scripts, former ones, spelled-out ones."""
    website: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """The membership ends with the day before this moment; None: it goes on."""

    def belongs(self, at: datetime) -> bool:
        """Whether it is a member at ``at`` (aware)."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Participant:
    """A person's address in a case, with a role, from when until when."""

    email: str
    role: Role
    name: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Authentication(StrEnum):
    """What our own mail server said of a sender (RFC 8601)."""

    PASS = "pass"  # noqa: S105 - the word of the RFC, not a secret
    FAIL = "fail"
    NONE = "none"
    """It said nothing that counts."""


@dataclass(frozen=True, slots=True)
class Credential:
    """Proof that a letter answers one that went to ``email`` alone.

    ``outgoing`` is the row of the letter that it answers; ``case`` is ``""`` where that letter was
    about none; ``purpose`` is what that letter was for (its template's name).
    """

    email: str
    case: str
    purpose: str
    outgoing: int
