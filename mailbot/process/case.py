"""The case: one application, as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from mailbot.process.ballot import Ballot, latest
from mailbot.values import (
    Answer,
    Applicant,
    AttachmentText,
    Country,
    Finding,
    FormValue,
    Kind,
    Language,
    Participant,
    Role,
)


class RefereeState(StrEnum):
    """How far it is with a reference."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    SILENT = "silent"
    """Reminded, and given up."""
    REPLACED = "replaced"
    """The applicant named somebody else in this place."""


@dataclass(frozen=True, slots=True)
class Referee:
    """Somebody whom the applicant named as a reference in the form, and who was written to.

    ``place`` is the place in the form (from 1); ``words`` are what they wrote, for Secretariat and Board.
    """

    place: int
    name: str
    organization: str
    email: str
    asked: datetime
    state: RefereeState = RefereeState.ASKED
    reminded: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One application. ``stage`` is a stage of the rules whose hash is ``rules``.

    ``version`` counts the times it was saved; ``language`` is the one the applicant is written to.
    """

    number: str
    stage: str
    since: datetime
    """When it came to its stage, or went on there after a hold."""
    opened: datetime
    rules: str
    language: Language
    applicant: Applicant = field(default_factory=Applicant)
    participants: tuple[Participant, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    """Who may be asked for a reference, as the applicant named them."""
    findings: tuple[Finding, ...] = ()
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Criterion → the applicant's own sentences that show it."""
    unreadable: tuple[AttachmentText, ...] = ()
    """Attachments that could not be read and were not yet sent again as text."""
    assigned: str = ""
    """Who of the Secretariat looks after it, by name."""
    held_until: datetime | None = None
    kept: frozenset[str] = frozenset()
    """What a person of the Secretariat has set by hand (``kind``, ``language``, question keys):
    a later letter does not read over it."""
    form: Mapping[str, FormValue] = field(default_factory=dict)
    """Field of the application form → what was filled in."""
    referees: tuple[Referee, ...] = ()
    """Who was asked for a reference, and what became of it."""
    ballots: tuple[Ballot, ...] = ()
    """Every ballot that was held about it, oldest first."""
    proposed: str = ""
    """The stage that waits for release by the Secretariat; ``""``: none."""
    decided: str = ""
    """Where and when it was decided, in the words of ``#record``."""
    merged_into: str = ""
    """The number of the case that it was joined to."""
    version: int = 0

    @property
    def ballot(self) -> Ballot | None:
        """The ballot that is running; None where there is none."""
        last = latest(self.ballots)
        return last if last is not None and last.is_running else None

    def with_ballot(self, ballot: Ballot) -> Case:
        """The case with its latest ballot changed."""
        return replace(self, ballots=(*self.ballots[:-1], ballot))

    @property
    def confirmed(self) -> int:
        """How many references are confirmed."""
        return sum(referee.state is RefereeState.CONFIRMED for referee in self.referees)

    @property
    def tag(self) -> str:
        """What stands in every subject: ``[M-2026-0042]``."""
        return f"[{self.number}]"

    def serving(self, role: Role, at: datetime) -> tuple[Participant, ...]:
        """The participants who had ``role`` at that time."""
        return tuple(
            p
            for p in self.participants
            if p.role is role and (p.since is None or p.since <= at) and (p.until is None or at < p.until)
        )

    def with_applicant(self, *, kind: Kind | None = None, name: str = "", country: Country = "") -> Case:
        """The case with what is newly known of the applicant; what is not told stays as it was."""
        known = self.applicant
        return replace(
            self,
            applicant=Applicant(kind or known.kind, name or known.name, country or known.country),
        )
