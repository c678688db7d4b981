"""Another network, by its own rules and letters alone: five questions, two ballots, a loop back, two ends.

Nothing of the first network is in the code: what differs here stands in ``tests/networks/orchard/``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.compose import DEFAULT_FOLDER, Templates, check
from mailbot.process.advance import advance
from mailbot.process.ballot import BallotState
from mailbot.process.case import Case
from mailbot.process.events import (
    ApplicantWrote,
    EnterDirectory,
    Event,
    Facts,
    Merged,
    SetTimer,
    StopTimer,
    TagGiven,
    TimerRang,
    VoteCast,
    Write,
)
from mailbot.rulebook import load_rules
from mailbot.values import Answer, Command, FormValue, Kind, Verdict

from .cast import INES, NOW, OFFICE, VOTERS, a_case, a_form, a_reading

ORCHARD = Path(__file__).parents[1] / "networks" / "orchard"
RULES = load_rules(ORCHARD / "rules")
PROCESS = RULES.process
PLAN = a_form(RULES.form, planted="1998")
HEARD = {key: Answer(f"What we say about {key}.") for key in PROCESS.questions}


@dataclass
class Orchard:
    """A case of this network, its timers and the letters that were written, as time passes."""

    case: Case = field(
        default_factory=lambda: a_case("hello", number="GROVE-2026-001", since=NOW, opened=NOW, language="es")
    )
    now: datetime = NOW
    timers: dict[str, datetime] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    entered: bool = False

    def sees(self, event: Event) -> None:
        voters = lambda group: VOTERS[group]  # noqa: E731
        facts = Facts(self.now, OFFICE, ("en", "es"), voters)
        self.case, effects = advance(self.case, event, facts, PROCESS, self.now)
        for effect in effects:
            match effect:
                case SetTimer():
                    self.timers[effect.timer] = effect.due
                case StopTimer():
                    self.timers.pop(effect.timer, None)
                case Write():
                    self.letters.append(effect.template)
                case EnterDirectory():
                    self.entered = True
                case _:
                    pass

    def hears(self, answers: dict[str, Answer] | None = None, *, first: bool = False, **told: object) -> None:
        self.sees(ApplicantWrote(1, a_reading(answers=answers or {}, **told), first=first))

    def tags(self, tag: str, argument: str = "") -> None:
        self.sees(TagGiven(1, INES, Command(tag, argument)))

    def votes(self, verdict: Verdict, *voters: str) -> None:
        for at, voter in enumerate(voters):
            self.sees(VoteCast(100 * len(self.letters) + at, voter, verdict))

    def waits_for(self, timer: str) -> None:
        self.now = max(self.now, self.timers.pop(timer))
        self.sees(TimerRang(timer))

    @property
    def stage(self) -> str:
        return self.case.stage

    def is_before_the_circle(self) -> None:
        self.hears(HEARD, first=True)
        self.tags("invite")
        self.hears(form=PLAN)
        assert self.stage == "circle"

    def is_before_all(self) -> None:
        self.is_before_the_circle()
        self.votes(Verdict.APPROVE, "bo", "chi")
        self.waits_for("ballot_close")
        assert self.stage == "vote"


@pytest.fixture
def orchard() -> Orchard:
    return Orchard()


def test_its_rules_are_its_own() -> None:
    assert PROCESS.questions == ("place", "trees", "sharing", "water", "neighbours")
    assert set(PROCESS.languages) == {"en", "es"}
    assert PROCESS.references is None
    assert PROCESS.ended == {"rooted", "fallow", "joined"}
    assert not set(PROCESS.stages) & set(load_rules().process.stages)


def test_its_letters_can_be_written_in_its_two_languages() -> None:
    letters = Templates(DEFAULT_FOLDER, ORCHARD / "letters", only=PROCESS.languages)

    assert letters.languages() == ("en", "es")
    assert check(letters) == []


def test_from_the_first_letter_to_the_welcome_which_nobody_has_to_release(orchard: Orchard) -> None:
    orchard.hears({key: HEARD[key] for key in ("place", "trees")}, first=True)
    orchard.waits_for("reminder")
    orchard.hears({key: HEARD[key] for key in ("sharing", "water", "neighbours")})
    assert orchard.stage == "visit"
    orchard.waits_for("reminder")
    orchard.tags("invite")
    orchard.hears(form={key: PLAN[key] for key in ("orchard_name", "soil")})
    orchard.hears(form={key: PLAN[key] for key in ("land", "planted", "promise")})
    assert orchard.stage == "circle"

    orchard.votes(Verdict.APPROVE, "bo", "chi", "dora")
    orchard.waits_for("ballot_close")
    assert orchard.stage == "vote"
    orchard.votes(Verdict.SUPPORT, "haki", "tierra")
    orchard.waits_for("ballot_close")

    assert (orchard.stage, orchard.entered, orchard.timers) == ("rooted", True, {})
    assert orchard.letters == [
        "interest_incomplete",
        "interest_reminder",
        "orchard_visit",
        "screening_notice",
        "case_update",
        "invitation",
        "form_incomplete",
        "ballot",
        "form_complete",
        *["vote_received"] * 3,
        "consultation",
        *["voice_received"] * 2,
        "welcome",
    ]


def test_what_the_circle_finds_wanting_is_mended_and_looked_at_again(orchard: Orchard) -> None:
    orchard.is_before_the_circle()
    orchard.votes(Verdict.APPROVE, "bo")
    orchard.votes(Verdict.REJECT, "chi", "dora")
    orchard.waits_for("ballot_close")
    assert (orchard.stage, orchard.letters[-2:]) == ("mending", ["orchard_mend", "ballot_result"])

    orchard.hears(form={"promise": FormValue("A gate without a lock.")})

    assert orchard.stage == "circle"
    assert [(b.kind, b.round) for b in orchard.case.ballots] == [("circle", 1), ("circle", 2)]
    orchard.votes(Verdict.APPROVE, "bo", "chi", "dora")
    orchard.waits_for("ballot_close")
    assert orchard.stage == "vote"


def test_what_all_orchards_refuse_ends_at_once(orchard: Orchard) -> None:
    orchard.is_before_all()
    orchard.votes(Verdict.OBJECT, "haki", "tierra")
    orchard.votes(Verdict.SUPPORT, "karama")
    orchard.waits_for("ballot_close")

    assert (orchard.stage, orchard.letters[-1], orchard.entered) == ("fallow", "denied", False)


def test_two_thirds_of_the_circle_must_take_part_and_agree(orchard: Orchard) -> None:
    orchard.is_before_the_circle()
    orchard.votes(Verdict.APPROVE, "bo")
    orchard.waits_for("ballot_close")

    assert (orchard.stage, orchard.case.ballots[-1].outcome) == ("undecided", "no_quorum")
    orchard.tags("members")
    assert orchard.stage == "vote"


def test_a_vote_without_a_quorum_is_prolonged_once_and_then_left_to_a_person(orchard: Orchard) -> None:
    orchard.is_before_all()
    orchard.waits_for("ballot_close")
    assert (orchard.stage, orchard.case.ballots[-1].state) == ("vote", BallotState.OPEN)
    orchard.waits_for("ballot_close")
    assert orchard.stage == "undecided"
    orchard.tags("confirm")
    assert orchard.stage == "mending"
    orchard.tags("board")
    assert orchard.stage == "circle"


@pytest.mark.parametrize(
    ("stage", "event", "to"),
    [
        ("hello", TimerRang("deadline"), "fallow"),
        ("planting", TimerRang("deadline"), "fallow"),
        ("mending", TimerRang("deadline"), "fallow"),
        ("planting", TimerRang("reminder"), "planting"),
        ("visit", TagGiven(1, INES, Command("decline", "Too far.")), "fallow"),
        ("visit", TagGiven(1, INES, Command("ask", "Whose land?")), "visit"),
        ("circle", TagGiven(1, INES, Command("withdraw")), "fallow"),
        ("visit", TagGiven(1, INES, Command("record", "Bienvenida, en la asamblea")), "rooted"),
        ("fallow", TagGiven(1, INES, Command("reopen")), "visit"),
        ("hello", ApplicantWrote(1, a_reading(request="withdraw")), "fallow"),
        ("fallow", ApplicantWrote(1, a_reading()), "fallow"),
        ("visit", Merged("Ines Duarte", into="GROVE-2026-002"), "joined"),
        # what leads nowhere here, though the first network has it
        ("visit", TagGiven(1, INES, Command("record", "approved on Monday")), "visit"),
        ("hello", TagGiven(1, INES, Command("invite")), "hello"),
        ("rooted", TagGiven(1, INES, Command("board")), "rooted"),
    ],
)
def test_its_other_ways(stage: str, event: Event, to: str) -> None:
    orchard = Orchard(replace(a_case(stage), number="GROVE-2026-001"))

    orchard.sees(event)

    assert orchard.stage == to


def test_its_form_asks_an_individual_as_it_asks_an_orchard() -> None:
    assert a_form(RULES.form, Kind.INDIVIDUAL).keys() == PLAN.keys()
