"""The people of these stories, and how a case and its events are written down in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailbot.process.advance import Outcome, advance
from mailbot.process.case import Case
from mailbot.process.events import ApplicantWrote, Event, Facts, TagGiven
from mailbot.rulebook import load_rules
from mailbot.values import Answer, Applicant, Command, Kind, LetterKind, Participant, Person, Reading, Role

RULES = load_rules().process
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)

INES = Person("Ines Duarte", Role.SECRETARIAT, ("ines@network.example",))
INA = Person("Ina", Role.SECRETARIAT, ("ina@network.example",))
MARINA = Person("Marina Costa", Role.SECRETARIAT, ("marina@network.example",))
OFFICE = (INES, INA, MARINA)

FOUR = {
    "discovery": Answer("A lawyer told us at a hearing."),
    "work": Answer("We document evictions and train paralegals in every ward of our county."),
    "motivation": Answer("The same companies face our friends elsewhere."),
    "reference": Answer("Tierra y Agua has known us since 2022."),
}
TWO = {key: FOUR[key] for key in ("discovery", "work")}


def a_case(stage: str = "inquiry", **told: object) -> Case:
    case = Case(
        number="M-2026-0001",
        stage=stage,
        since=NOW - 3 * DAY,
        opened=NOW - 3 * DAY,
        rules="ab" * 32,
        language="en",
        applicant=Applicant(Kind.ORGANIZATION, "Bahari Yetu", "KE"),
        participants=(Participant("rehema@bahariyetu.example", Role.APPLICANT, "Rehema Kazungu"),),
    )
    return replace(case, **told)  # type: ignore[arg-type]


def a_reading(new: str = "Hello again.", **told: object) -> Reading:
    return replace(Reading(LetterKind.INTEREST, new=new), **told)  # type: ignore[arg-type]


def happens(case: Case, event: Event, *, now: datetime = NOW, at: datetime | None = None) -> Outcome:
    return advance(case, event, Facts(at or now, OFFICE, ("en", "es", "fr", "ar")), RULES, now)


def writes(case: Case, answers: dict[str, Answer] | None = None, *, first: bool = False) -> Outcome:
    """The applicant writes, and these answers are read in it."""
    return happens(case, ApplicantWrote(7, a_reading(answers=answers or {}), first=first))


def tagged(
    case: Case, tag: str, argument: str = "", *, until: datetime | None = None, now: datetime = NOW
) -> Outcome:
    """Ines gives a tag."""
    return happens(case, TagGiven(8, INES, Command(tag, argument), until), now=now)
