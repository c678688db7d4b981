"""The people of these stories, and how a case and its events are written down in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailbot.process.advance import Outcome, advance
from mailbot.process.ballot import Ballot, BallotState, Vote, Voter
from mailbot.process.case import Case, Referee, RefereeState
from mailbot.process.events import ApplicantWrote, Event, Facts, TagGiven
from mailbot.process.form import FieldType, Form
from mailbot.process.rules import Process, VoterGroup
from mailbot.rulebook import load_rules
from mailbot.values import (
    Answer,
    Applicant,
    Command,
    FormValue,
    Kind,
    LetterKind,
    Participant,
    Person,
    Reading,
    Role,
    Verdict,
)

RULES = load_rules().process
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)

INES = Person("Ines Duarte", Role.SECRETARIAT, ("ines@network.example",))
INA = Person("Ina", Role.SECRETARIAT, ("ina@network.example",))
MARINA = Person("Marina Costa", Role.SECRETARIAT, ("marina@network.example",))
OFFICE = (INES, INA, MARINA)

VOTERS = {
    VoterGroup.BOARD: (
        Voter("bo", "Bo Lindqvist", "River Commons", ("bo@rivers.example",), "en"),
        Voter("chi", "Chi Nwosu", "Haki Pwani", ("chi@haki.example",), "fr"),
        Voter("dora", "Dora Paz", "", ("dora@paz.example",), "es"),
    ),
    VoterGroup.MEMBERS: (
        Voter("haki", "Haki Pwani", "Haki Pwani", ("office@haki.example",), "en"),
        Voter("tierra", "Tierra y Agua", "Tierra y Agua", ("hola@tierra.example",), "es"),
        Voter("karama", "Karama", "Karama", ("karama@karama.example",), "ar"),
    ),
}
SALOME = Referee(1, "Salome Auma", "Haki Pwani", "salome@haki.example", NOW - DAY)
CONFIRMED = replace(SALOME, state=RefereeState.CONFIRMED)

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


def happens(
    case: Case, event: Event, *, now: datetime = NOW, at: datetime | None = None, rules: Process = RULES
) -> Outcome:
    facts = Facts(at or now, OFFICE, ("en", "es", "fr", "ar"), lambda group: VOTERS[group])
    return advance(case, event, facts, rules, now)


def writes(case: Case, answers: dict[str, Answer] | None = None, *, first: bool = False) -> Outcome:
    """The applicant writes, and these answers are read in it."""
    return happens(case, ApplicantWrote(7, a_reading(answers=answers or {}), first=first))


def tagged(
    case: Case, tag: str, argument: str = "", *, until: datetime | None = None, now: datetime = NOW
) -> Outcome:
    """Ines gives a tag."""
    return happens(case, TagGiven(8, INES, Command(tag, argument), until), now=now)


def a_ballot(kind: str = "board", *votes: Vote, **told: object) -> Ballot:
    """A ballot that was opened yesterday and closes in 13 days."""
    group = RULES.ballots[kind].voters
    ballot = Ballot(kind, 1, NOW - DAY, NOW + 13 * DAY, VOTERS[group], votes)
    return replace(ballot, **told)  # type: ignore[arg-type]


def a_vote(voter: str, verdict: Verdict, *, at: datetime = NOW, letter: int = 9) -> Vote:
    return Vote(voter, verdict, at, letter)


def in_ballot(stage: str = "board", *votes: Vote, **told: object) -> Case:
    """A case at a stage with its ballot under way; what is told besides is about the ballot."""
    return a_case(stage, ballots=(a_ballot(RULES.stages[stage].ballot, *votes, **told),))


def closed(stage: str, outcome: str) -> Case:
    """A case whose ballot was closed with this outcome."""
    kind = "members" if stage == "decision" else "board"
    return a_case(stage, ballots=(a_ballot(kind, state=BallotState.CLOSED, outcome=outcome),))


def a_form(form: Form = RULES.form, kind: Kind = Kind.ORGANIZATION, **said: str) -> dict[str, FormValue]:
    """Every required field filled in; ``said`` instead, by the field's meaning with ``_`` for its dots."""
    texts = {}
    for one in form.fields_for(kind):
        if one.required:
            texts[one.key] = FormValue(said.get(one.means.replace(".", "_")) or _an_answer(form, one.key))
    return texts


def _an_answer(form: Form, key: str) -> str:
    field = form.field(key)
    match field.type:
        case FieldType.CHOICE:
            return field.choices[0].key
        case FieldType.YES_NO:
            return "yes"
        case FieldType.COUNTRY:
            return "KE"
        case FieldType.EMAIL:
            return "salome@haki.example" if field.means.startswith("referee") else "rehema@bahariyetu.example"
        case FieldType.WEB_ADDRESS:
            return "https://bahari.example"
        case FieldType.YEAR:
            return "2011"
        case FieldType.NUMBER:
            return "12"
        case FieldType.TEXT | FieldType.LONG_TEXT:
            return "An assembly of forty landing sites, which meets twice a year."
