"""Referees: written to once the applicant agreed, answering, reminded, given up, replaced."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.process.case import Case, Referee, RefereeState
from mailbot.process.events import (
    ApplicantWrote,
    Effect,
    Record,
    RefereeWrote,
    SetTimer,
    StopTimer,
    TimerRang,
    Write,
)
from mailbot.process.references import are_enough
from mailbot.process.rules import ReferenceRules
from mailbot.values import FormValue, Role, Verdict

from .cast import CONFIRMED, DAY, NOW, RULES, SALOME, a_case, a_form, a_reading, happens

FORM = a_form()
ASKED, SILENT, REPLACED = RefereeState.ASKED, RefereeState.SILENT, RefereeState.REPLACED
JOSEPH = Referee(1, "Joseph Mwangi", "Dock Workers", "joseph@docks.example", NOW)


def fills_in(case: Case, form: dict[str, FormValue]) -> tuple[Case, tuple[Effect, ...]]:
    return happens(case, ApplicantWrote(7, a_reading(form=form)))


def answers(
    case: Case, verdict: Verdict, words: str = "", email: str = SALOME.email
) -> tuple[Case, tuple[Effect, ...]]:
    return happens(case, RefereeWrote(9, email, verdict, words))


def letters(effects: tuple[Effect, ...]) -> list[tuple[str, str]]:
    return [(e.template, e.only or e.to.value) for e in effects if isinstance(e, Write)]


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def test_who_is_named_is_written_to_once_the_applicant_agrees() -> None:
    after, effects = fills_in(a_case("invited"), FORM)

    assert [(r.place, r.email, r.state, r.asked) for r in after.referees] == [(1, SALOME.email, ASKED, NOW)]
    assert ("referee_request", SALOME.email) in letters(effects)
    assert {e.timer: e.due for e in effects if isinstance(e, SetTimer)} == {
        "referee_reminder": NOW + 7 * DAY,
        "referee_deadline": NOW + 21 * DAY,
    }
    assert [p.email for p in after.participants if p.role is Role.REFEREE] == [SALOME.email]


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("invited", {"consent_referees": "no"}),
        ("invited", {"consent_referees": "perhaps"}),
        ("invited", {"referee_1_email": "salome at haki"}),
        ("invited", {"referee_1_email": "rehema@bahariyetu.example"}),  # the applicant's own address
        ("screening", {}),  # no form is read here
    ],
)
def test_otherwise_nobody_is(stage: str, said: dict[str, str]) -> None:
    after, effects = fills_in(a_case(stage), a_form(**said))

    assert after.referees == ()
    assert "referee_request" not in [name for name, _ in letters(effects)]


def test_nobody_is_asked_where_the_rules_ask_for_no_references() -> None:
    rules = replace(RULES, references=None)

    after, _ = happens(a_case("invited"), ApplicantWrote(7, a_reading(form=FORM)), rules=rules)

    assert after.referees == ()
    assert are_enough(after, rules)


def test_nobody_is_asked_twice() -> None:
    once, _ = fills_in(a_case("invited"), FORM)
    twice, effects = fills_in(once, FORM)

    assert twice.referees == once.referees
    assert "referee_request" not in [name for name, _ in letters(effects)]


def test_a_silent_referee_is_replaced_by_the_one_whom_the_applicant_names_instead() -> None:
    case = a_case("ready", form=FORM, referees=(replace(SALOME, state=SILENT),))

    after, effects = fills_in(case, a_form(referee_1_name="Joseph Mwangi", referee_1_email=JOSEPH.email))

    assert [(r.email, r.state) for r in after.referees] == [(SALOME.email, REPLACED), (JOSEPH.email, ASKED)]
    assert ("referee_request", JOSEPH.email) in letters(effects)


def test_a_confirmed_reference_stays_when_another_takes_its_place_in_the_form() -> None:
    case = a_case("ready", form=FORM, referees=(CONFIRMED,))

    after, _ = fills_in(case, a_form(referee_1_email=JOSEPH.email))

    assert (after.confirmed, len(after.referees)) == (1, 2)


# ── answering ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("verdict", "state", "written"),
    [
        (
            Verdict.CONFIRM,
            RefereeState.CONFIRMED,
            [("referee_thanks", SALOME.email), ("referee_answered", "secretariat")],
        ),
        (
            Verdict.DECLINE,
            RefereeState.DECLINED,
            [
                ("referee_thanks", SALOME.email),
                ("referee_needed", "applicant"),
                ("referee_answered", "secretariat"),
            ],
        ),
        (
            Verdict.UNCLEAR,
            ASKED,
            [("referee_unclear", SALOME.email), ("referee_answered", "secretariat")],
        ),
    ],
)
def test_an_answer_is_taken_thanked_for_and_shown(
    verdict: Verdict, state: RefereeState, written: list[tuple[str, str]]
) -> None:
    after, effects = answers(a_case("ready", referees=(SALOME,)), verdict, "Since 2019.")

    assert [(r.state, r.words) for r in after.referees] == [(state, "Since 2019.")]
    assert letters(effects) == written
    assert effects[0] == Record(
        "referee_answered",
        {"place": "1", "verdict": verdict.value, "letter": "9"},
        "Salome Auma, Haki Pwani, salome@haki.example: Since 2019.",
    )
    stopped = [e.timer for e in effects if isinstance(e, StopTimer)]
    assert stopped == ([] if state is ASKED else ["referee_reminder", "referee_deadline"])


def test_an_address_is_the_same_in_capitals() -> None:
    after, _ = answers(a_case("ready", referees=(SALOME,)), Verdict.CONFIRM, email="Salome@Haki.example")
    assert after.confirmed == 1


def test_a_stranger_confirms_nothing_and_is_shown_to_the_secretariat() -> None:
    case = a_case("ready", referees=(SALOME,))

    after, effects = answers(case, Verdict.CONFIRM, "I confirm.", email="emil@else.example")

    assert after == case
    assert letters(effects) == [("case_update", "secretariat")]


def test_who_changes_their_mind_is_taken_at_their_last_word() -> None:
    case, _ = answers(a_case("ready", referees=(SALOME,)), Verdict.CONFIRM)
    after, _ = answers(case, Verdict.DECLINE)

    assert (case.confirmed, after.confirmed) == (1, 0)


# ── silence ──────────────────────────────────────────────────────────────────────────────────────


def test_who_is_silent_is_reminded_once_and_the_others_are_not() -> None:
    case = a_case("ready", referees=(SALOME, replace(JOSEPH, place=2, state=RefereeState.CONFIRMED)))

    reminded, effects = happens(case, TimerRang("referee_reminder"))

    assert letters(effects) == [("referee_reminder", SALOME.email)]
    assert happens(reminded, TimerRang("referee_reminder"))[1] == ()


@pytest.mark.parametrize(
    ("others", "written"),
    [
        ((), [("referee_needed", "applicant"), ("referee_answered", "secretariat")]),
        # another has confirmed: nobody else is needed
        ((replace(JOSEPH, place=2, state=RefereeState.CONFIRMED),), [("referee_answered", "secretariat")]),
    ],
)
def test_a_silent_one_is_given_up_and_another_asked_for_where_one_is_wanting(
    others: tuple[Referee, ...], written: list[tuple[str, str]]
) -> None:
    after, effects = happens(a_case("ready", referees=(SALOME, *others)), TimerRang("referee_deadline"))

    assert after.referees[0].state is SILENT
    assert letters(effects) == written
    assert happens(after, TimerRang("referee_deadline")) == (after, ())


def test_who_answers_after_they_were_given_up_is_still_heard() -> None:
    case = a_case("ready", referees=(replace(SALOME, state=SILENT),))

    assert answers(case, Verdict.CONFIRM)[0].confirmed == 1


def test_when_the_case_ends_nobody_needs_to_answer_any_more() -> None:
    case = a_case("ready", referees=(SALOME, replace(CONFIRMED, place=2, email="b@haki.example")))

    _, effects = happens(case, ApplicantWrote(7, a_reading(request="withdraw")))

    assert ("referee_released", SALOME.email) in letters(effects)
    assert [name for name, _ in letters(effects)].count("referee_released") == 1
    assert {StopTimer("referee_reminder"), StopTimer("referee_deadline")} <= {
        e for e in effects if isinstance(e, StopTimer)
    }


@pytest.mark.parametrize(("needed", "enough"), [(0, True), (1, True), (2, False)])
def test_enough_is_what_the_rules_say(needed: int, enough: bool) -> None:
    rules = replace(RULES, references=ReferenceRules(needed=needed))
    assert are_enough(a_case(referees=(CONFIRMED, JOSEPH)), rules) is enough
