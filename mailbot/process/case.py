"""The case: one application, as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot.values import (
    Answer,
    Applicant,
    AttachmentText,
    Country,
    Finding,
    Kind,
    Language,
    Participant,
    Role,
)


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
    version: int = 0

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
