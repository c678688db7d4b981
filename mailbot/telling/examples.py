"""Example cases: an invented application at each point of its way, so that a letter can be looked at
before one has to be written.

Stages, ballots and the form are those of the rules at hand, an operator's own among them; nobody here exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailbot.process.ballot import Ballot, BallotState, Outcome, Vote, Voter
from mailbot.process.balloting import LETTERS
from mailbot.process.case import Case, Referee, RefereeState
from mailbot.process.events import Tell
from mailbot.process.form import Field, FieldType
from mailbot.process.rules import VoterGroup
from mailbot.telling.ballots import for_members, for_referee, for_voter, listed
from mailbot.telling.sheet import case_sheet
from mailbot.telling.teller import Teller
from mailbot.values import (
    Answer,
    Applicant,
    AttachmentText,
    Command,
    Finding,
    FormValue,
    Kind,
    Member,
    Participant,
    Role,
    Unreadable,
    Verdict,
)
from mailbot.views import (
    CaseLine,
    Digest,
    ForApplicant,
    ForReferee,
    ForSecretariat,
    ForSender,
    ForVoter,
    StageCount,
    Transcript,
    View,
)

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""The Monday morning on which the example letters are written."""

OFFICER = "Ines Duarte"
MEMBERS = (
    Member("Haki Pwani", Kind.ORGANIZATION, "KE", since=datetime(2014, 3, 1, tzinfo=UTC)),
    Member("Tierra y Agua", Kind.ORGANIZATION, "PE", since=datetime(2009, 6, 1, tzinfo=UTC)),
)

ANSWERS = {
    "discovery": "Salome Auma of Haki Pwani told us about the network after a meeting in Mombasa.",
    "work": "We are a network of forty landing sites on the coast of Kenya. With the fishing communities "
    "we monitor evictions, take cases to the land courts, and defend the access of women fish traders to the "
    "shore and to water. In 2025 an eviction of 300 families at Msambweni was stopped.",
    "motivation": "We want to learn from others who face the same ports and the same companies, and to act "
    "with them. We can contribute what we know of community monitoring, and our lawyers.",
    "reference": "Haki Pwani, Mombasa.",
}

FORM = {
    "mission": "That everybody who lives from the sea can stay by the sea: in dignity, with secure tenure "
    "and clean water.",
    "work": ANSWERS["work"],
    "examples": "2023: petition of 41 landing sites to the county assembly, adopted in part.\n"
    "2025: the High Court stops the eviction of 300 families at Msambweni.",
    "structure": "An assembly of delegates of the landing sites, at least half of them women, meets twice a "
    "year and elects a committee of nine.",
    "independence": "No member of our committee holds a public office. We take no money from the government.",
    "funding": "Contributions of the landing sites, and grants of two foundations abroad.",
    "contribution": "Our monitoring of evictions, and our lawyers, for joint cases.",
    "commitment": "The assembly decides, not the office; women lead most of our committees.",
}
"""By the keys of the default form; a form of one's own is filled in by the kinds of its fields."""

MEANINGS = {
    "applicant.name": "Bahari Yetu",
    "applicant.country": "Kenya",
    "contact.name": "Rehema Kazungu, coordinator",
    "contact.email": "rehema@bahari.example",
    "referee.1.name": "Salome Auma",
    "referee.1.organization": "Haki Pwani",
    "referee.1.email": "salome@haki.example",
    "referee.2.name": "Bruno Lima",
    "referee.2.organization": "Tierra y Agua",
    "referee.2.email": "bruno@tierra.example",
}

LACKING = ("text", "long text", "web address")
"""Of each of these kinds of fields, the first required one is left open where a form is incomplete."""

WORDS = {
    "question": "In which districts do you work, and do you have members there?",
    "declined": "Our members are organizations of civil society. As you describe it, your centre is part of "
    "a ministry.",
    "withdrawn": "",
}
"""What a person of the Secretariat has said in a letter, word for word."""

UNANSWERED = {
    "interest_incomplete": ("motivation", "reference"),
    "interest_reminder": ("motivation", "reference"),
}
UNFILLED = frozenset({"invitation"})
PARTIAL = frozenset({"application_status", "form_incomplete", "form_reminder", "reopened"})
MARKED = "Please come back to us once your committee has been elected; we think well of your work."
"""What a voter wrote for the applicant."""

ANSWERED = frozenset({"referee_answered", "referee_thanks"})
SILENT_LETTERS = frozenset({"referee_needed"})


class NoSuchLetterError(LookupError):
    """The rules at hand have no ballot in which such a letter is written; the message says so."""


def example(name: str, audience: str, tell: Teller) -> View:
    """What the letter ``name`` to ``audience`` would be told of the example case.

    Raises NoSuchLetterError where the rules have no ballot of the kind that it is about.
    """
    return VIEWS[audience](name, replace(tell, directory=lambda: MEMBERS))


# ── the case ─────────────────────────────────────────────────────────────────────────────────────


def example_case(name: str, tell: Teller) -> Case:
    """The example application at the point at which the letter ``name`` is written."""
    process = tell.rules.process
    stage = _stage(name, tell)
    inquiring = not process.stages[stage].form and name in {*UNANSWERED, "interest_complete", "declined"}
    open_questions = UNANSWERED.get(name, ())
    case = Case(
        number="M-2026-0042",
        stage=stage,
        since=NOW - 3 * DAY,
        opened=NOW - 40 * DAY,
        rules=tell.rules.hash,
        language=tell.language,
        applicant=Applicant(Kind.ORGANIZATION, "Bahari Yetu", "KE"),
        participants=(Participant("rehema@bahari.example", Role.APPLICANT, "Rehema Kazungu"),),
        answers={
            key: Answer(ANSWERS.get(key, ANSWERS["work"]))
            for key in process.questions
            if key not in open_questions
        },
        references=("Haki Pwani",),
        evidence={
            key: (ANSWERS["work"].partition(". With")[0] + ".",)
            for key in list(tell.rules.lexicon.eligibility.criteria)[:1]
        },
        assigned=OFFICER,
    )
    if inquiring or name in UNFILLED:
        return replace(case, references=() if open_questions else case.references)
    return replace(case, form=_form(tell, partial=name in PARTIAL), referees=_referees(name))


def _stage(name: str, tell: Teller) -> str:
    """The stage at which the rules have this letter written; for one that no rule orders, a likely one."""
    process = tell.rules.process
    for transition in process.transitions:
        if any(order.letter == name for order in transition.write):
            found = [transition.to, *transition.origins]
            if stage := next((one for one in found if one in process.stages), ""):
                return stage
    held = _ballot_letter(name)
    if held:
        kinds = {key for key, rules in process.ballots.items() if rules.voters is held}
        return next((key for key, stage in process.stages.items() if stage.ballot in kinds), process.first)
    return next((key for key, stage in process.stages.items() if stage.form), process.first)


def _ballot_letter(name: str) -> VoterGroup | None:
    """The group of voters whose ballot has a letter of this name."""
    for group, letters in LETTERS.items():
        if name in {getattr(letters, slot) for slot in letters.__slots__}:
            return group
    return VoterGroup.BOARD if name.startswith(("ballot", "quorum")) else None


def _form(tell: Teller, *, partial: bool) -> Mapping[str, FormValue]:
    form = tell.rules.process.form
    fields = form.fields_for(Kind.ORGANIZATION)
    filled = {one.key: FormValue(said) for one in fields if (said := _filled_in(one, tell))}
    if partial:
        for kind in LACKING:
            one = next((f for f in fields if f.type == kind and f.required and not f.means), None)
            filled.pop(one.key if one else "", None)
        address = form.meaning("contact.email", Kind.ORGANIZATION)
        if address:
            filled[address.key] = FormValue("rehema at bahari.example")
    return filled


def _filled_in(one: Field, tell: Teller) -> str:
    if one.means in MEANINGS:
        return MEANINGS[one.means]
    if one.key in FORM:
        return FORM[one.key]
    if not one.required:
        return ""
    match one.type:
        case FieldType.CHOICE:
            return tell.title(one.choices[0].label) if one.choices else ""
        case FieldType.YES_NO:
            return tell.rules.process.form.around(tell.language).yes[0]
        case FieldType.COUNTRY:
            return "Kenya"
        case FieldType.EMAIL:
            return "office@bahari.example"
        case FieldType.WEB_ADDRESS:
            return "https://bahari.example"
        case FieldType.YEAR:
            return "2011"
        case FieldType.NUMBER:
            return "41"
        case FieldType.TEXT | FieldType.LONG_TEXT:
            return ANSWERS["work"]


def _referees(name: str) -> tuple[Referee, ...]:
    asked = NOW - 20 * DAY
    first = Referee(1, "Salome Auma", "Haki Pwani", "salome@haki.example", asked)
    second = Referee(2, "Bruno Lima", "Tierra y Agua", "bruno@tierra.example", asked)
    if name in SILENT_LETTERS:
        return replace(first, state=RefereeState.SILENT, reminded=True), replace(second, reminded=True)
    words = "We have worked with them since 2014, in three cases on evictions. They keep their word."
    if name.startswith(("referee_", "form_")) and name not in ANSWERED:
        return first, second
    return replace(first, state=RefereeState.CONFIRMED, words=words), second


# ── ballots ──────────────────────────────────────────────────────────────────────────────────────


def _with_ballot(name: str, case: Case, tell: Teller, group: VoterGroup, *, closed: bool = False) -> Case:
    kinds = [key for key, rules in tell.rules.process.ballots.items() if rules.voters is group]
    if not kinds:
        raise NoSuchLetterError(f"The rules have no ballot of the {group.value}, so {name} is never written.")
    held = tell.rules.process.ballots[kinds[0]]
    voters = (
        Voter("amina", "Amina Said", "Coast Women", ("amina@board.example",)),
        Voter("bruno", "Bruno Lima", "Tierra y Agua", ("bruno@board.example",)),
        Voter("chloe", "Chloé Petit", "Droits Partagés", ("chloe@board.example",)),
        Voter("salome", "Salome Auma", "Haki Pwani", ("salome@haki.example",)),
    )
    opened = NOW - 12 * DAY
    unclear = name in {"vote_unclear", "voice_unclear"}
    votes = [
        Vote("amina", held.yes, opened + DAY, 101, "Their work in Msambweni convinced me."),
        Vote("bruno", held.no, opened + 2 * DAY, 102, "I know too little of their funding."),
        Vote("bruno", held.yes, opened + 4 * DAY, 104, "My question about the funding is answered."),
        Vote("chloe", Verdict.UNCLEAR, opened + 3 * DAY, 103, "Let me sleep on it."),
    ]
    if not unclear:
        pause = held.pauses[0] if held.pauses and name == "ballot_paused" else held.no
        votes.append(
            Vote("chloe", pause, opened + 6 * DAY, 105, "They have no elected committee yet.", "", MARKED)
        )
    ballot = Ballot(
        kinds[0],
        1,
        opened,
        NOW - DAY if closed else NOW + 2 * DAY,
        voters,
        tuple(votes),
        BallotState.CLOSED if closed else BallotState.PAUSED if name == "ballot_paused" else BallotState.OPEN,
        outcome=Outcome.PASSED.value if closed else "",
    )
    return replace(case, ballots=(ballot,))


def _others(case: Case) -> tuple[Case, ...]:
    """Two more applications that are open at the same time."""
    return (
        replace(
            case,
            number="M-2026-0047",
            applicant=Applicant(Kind.ORGANIZATION, "Ríos Vivos", "CO"),
            answers={
                "work": Answer("Acompañamos a comunidades ribereñas del Magdalena frente a las represas.")
            },
        ),
        replace(
            case,
            number="M-2026-0051",
            applicant=Applicant(Kind.INDIVIDUAL, "ليلى منصور", "TN"),
            answers={"work": Answer("محامية تدافع عن حق صغار المزارعين في الماء.")},
        ),
    )


# ── the views ────────────────────────────────────────────────────────────────────────────────────


def _for_applicant(name: str, tell: Teller) -> ForApplicant:
    case = example_case(name, tell)
    if name == "denied" and any(
        rules.voters is VoterGroup.BOARD for rules in tell.rules.process.ballots.values()
    ):
        case = _with_ballot(name, case, tell, VoterGroup.BOARD, closed=True)
    if name == "interest_complete":
        case = replace(case, unreadable=(AttachmentText("statutes.pdf", unreadable=Unreadable.SCANNED),))
    stage = tell.rules.process.stage(case.stage)
    due = None if stage.deadline is None else NOW + stage.deadline * DAY
    return tell.for_applicant(case, "Rehema Kazungu", WORDS.get(name, ""), due)


def _for_voter(name: str, tell: Teller) -> ForVoter:
    group = _ballot_letter(name) or VoterGroup.BOARD
    closed = name in {"ballot_outcome", "vote_too_late", "voice_too_late"}
    case = _with_ballot(name, example_case(name, tell), tell, group, closed=closed)
    ballot = case.ballots[-1]
    if name == LETTERS[VoterGroup.MEMBERS].opening:
        held = tell.rules.process.ballots[ballot.kind]
        return for_members(tell, ballot.voters[3], (case, *_others(case)), held, ballot.closes)
    several = name in {letters.opening for letters in LETTERS.values()} or name.endswith(
        ("_reminder", "_unclear")
    )
    voter = ballot.voters[3 if name in {LETTERS[g].opening for g in LETTERS} or "reminder" in name else 2]
    return for_voter(tell, case, ballot, voter, (case, *_others(case)) if several else (case,))


def _for_referee(name: str, tell: Teller) -> ForReferee:
    case = example_case(name, tell)
    return for_referee(tell, case, case.referees[0], NOW + 21 * DAY)


def _for_secretariat(name: str, tell: Teller) -> ForSecretariat:
    case = example_case(name, tell)
    if name.startswith(("ballot", "quorum")):
        case = _with_ballot(name, case, tell, VoterGroup.BOARD, closed=name == "ballot_result")
    if name == "screening_notice":
        category = next(iter(tell.rules.lexicon.eligibility.categories))
        finding = Finding(category, "Two of our founders work for the county government.")
        case = replace(case, form={}, referees=(), findings=(finding,))
    aspects = [key for key in ("why", "contribution") if key in tell.phrases.keys("aspects")]
    earlier = (replace(case, number="M-2024-0007", ballots=()),) if name == "screening_notice" else ()
    text, sender = LETTERS_IN.get(
        name, ("Thank you for your letter. We now have members in Kwale too.", REHEMA)
    )
    return ForSecretariat(
        network=tell.network.name,
        website=tell.network.website,
        reader=OFFICER,
        number=case.number,
        tags=tell.tags(case),
        sheet=case_sheet(tell, case, earlier, aspects),
        sender=sender,
        subject="Re: Bahari Yetu",
        received=tell.time(NOW - DAY / 8),
        text=text,
        reason=tell.reason("no_credential") if name == "unvouched_letter" else "",
    )


REHEMA = "Rehema Kazungu <rehema@bahari.example>"
LETTERS_IN = {
    "referee_answered": (
        "CONFIRM. We have worked with them since 2014, in three cases on evictions.",
        "Salome Auma <salome@haki.example>",
    ),
    "ballot_paused": (
        "DISCUSS. They have no elected committee yet; should we not wait for it?",
        "Chloé Petit <chloe@board.example>",
    ),
    "delivery_failed": ("salome@haki.example: 550 5.1.1 no such user here", ""),
    "other_letter": ("Could you send us your annual report?", "Jon Berg <jon@paper.example>"),
}
"""Letter → what was written to us, and by whom."""


def _digest(_: str, tell: Teller) -> Digest:
    case = example_case("form_notice", tell)
    cases = (case, *_others(case))
    return Digest(
        network=tell.network.name,
        website=tell.network.website,
        reader=OFFICER,
        number="",
        decisions=tuple(
            listed(tell, at, one, f"{tell.stage(one.stage)}, {tell.date(one.since)}")
            for at, one in enumerate(cases, 1)
        ),
        lapsing=(CaseLine("M-2026-0031", "Tierra Firme", tell.stage(case.stage), tell.date(NOW + 9 * DAY)),),
        stages=tuple(
            StageCount(tell.stage(key), count)
            for count, (key, stage) in enumerate(tell.rules.process.stages.items(), 1)
            if not stage.ends
        ),
        ballots=(listed(tell, 0, case, f"3/7, {tell.date(NOW + 2 * DAY)}"),),
        waiting=2,
        set_aside=1,
        heads=(f"{case.number} 31 9f2c51d0a7e34b18", "M-2026-0047 12 4be0912c6d7f80a3"),
        tags=tell.tags(case),
    )


def _transcript(_: str, tell: Teller) -> Transcript:
    case = example_case("form_notice", tell)
    tells = (
        Tell(Command("note", "Met them in Nairobi."), True, "done_note"),
        Tell(Command("hold", "soon"), False, "needs_date"),
        Tell(Command("bord", nearest="board"), False, "unknown_tag_nearest", {"nearest": "board"}),
    )
    return Transcript(
        network=tell.network.name,
        website=tell.network.website,
        reader=OFFICER,
        number=case.number,
        deeds=tuple(tell.deed(one) for one in tells),
        sheet=case_sheet(tell, case),
        tags=tell.tags(case),
    )


def _for_sender(_: str, tell: Teller) -> ForSender:
    return ForSender(
        network=tell.network.name,
        website=tell.network.website,
        reader=OFFICER,
        number="",
        subject="Re: Bahari Yetu",
        received=tell.time(NOW - DAY / 8),
        text="#decline They wrote to us twice.",
    )


VIEWS: Mapping[str, Callable[[str, Teller], View]] = {
    "applicant": _for_applicant,
    "digest": _digest,
    "referee": _for_referee,
    "secretariat": _for_secretariat,
    "sender": _for_sender,
    "transcript": _transcript,
    "voter": _for_voter,
}
