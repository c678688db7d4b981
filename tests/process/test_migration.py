"""A case that goes on under other rules: what changes, and when it must stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from mailbot.process.ballot import BallotState
from mailbot.process.calendar import Calendar
from mailbot.process.case import Case
from mailbot.process.events import Record, SetTimer, StopTimer
from mailbot.process.migration import Move, Rings, move
from mailbot.process.rules import Process

from .cast import DAY, FOUR, NOW, RULES, a_ballot, a_case, a_form, in_ballot

HASH = "cd" * 32
MOVED = Record("rules_changed", {"by": "operator", "rules": HASH})
SET = {"reminder": NOW + 11 * DAY, "deadline": NOW + 25 * DAY}
"""The timers of a case that came to its inquiry three days ago."""


def with_stage(key: str, **told: object) -> Process:
    return replace(RULES, stages={**RULES.stages, key: replace(RULES.stages[key], **told)})


def without(key: str) -> Process:
    return replace(RULES, stages={name: stage for name, stage in RULES.stages.items() if name != key})


def moved(
    case: Case,
    new: Process,
    stages: Mapping[str, str] | None = None,
    running: Mapping[str, datetime] | None = None,
) -> Move:
    return move(case, RULES, new, HASH, stages or {}, running or {}, Calendar(), NOW)


def test_a_case_stands_where_it_stood_and_only_its_rules_are_others() -> None:
    case = a_case(answers=FOUR)

    told = moved(case, RULES, running=SET)

    assert told.after == replace(case, rules=HASH)
    assert told.effects == (MOVED,)
    assert told.rings == tuple(Rings(timer, due, due) for timer, due in SET.items())
    assert (told.gained, told.lost) == ((), ())


# ── timers ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("new", "running", "effects"),
    [
        pytest.param(
            with_stage("inquiry", reminder=21, deadline=60),
            SET,
            (SetTimer("reminder", NOW + 18 * DAY), SetTimer("deadline", NOW + 57 * DAY)),
            id="longer, reckoned from when the case came there",
        ),
        pytest.param(
            with_stage("inquiry", deadline=None), SET, (StopTimer("deadline"),), id="there is none any more"
        ),
        pytest.param(
            with_stage("inquiry", reminder=2),
            SET,
            (SetTimer("reminder", NOW + DAY),),
            id="overdue by the new rules: tomorrow, not at once",
        ),
        pytest.param(
            with_stage("inquiry", reminder=21),
            {"deadline": SET["deadline"]},
            (),
            id="a reminder that has rung does not ring again",
        ),
        pytest.param(
            RULES, {}, (SetTimer("deadline", SET["deadline"]),), id="a deadline that was lost is set"
        ),
    ],
)
def test_timers_are_those_of_the_new_rules(
    new: Process, running: Mapping[str, datetime], effects: tuple[SetTimer | StopTimer, ...]
) -> None:
    assert moved(a_case(), new, running=running).effects == (MOVED, *effects)


def test_a_held_case_stays_silent() -> None:
    case = a_case(held_until=NOW + 9 * DAY)
    assert moved(case, with_stage("inquiry", reminder=5), running={"hold": NOW + 9 * DAY}).effects == (MOVED,)


@pytest.mark.parametrize(
    ("day", "due"),
    [(15, datetime.fromisoformat("2026-03-16T09:00Z")), (None, NOW)],
    ids=["its day", "at once"],
)
def test_a_ballot_that_waits_for_its_day_waits_by_the_new_rules(day: int | None, due: datetime) -> None:
    members = replace(RULES.ballots["members"], day_of_month=day)
    new = replace(RULES, ballots={**RULES.ballots, "members": members})

    told = moved(a_case("membership"), new, running={"circular": NOW + 2 * DAY})

    assert told.effects == (MOVED, SetTimer("circular", due))


# ── what is asked ────────────────────────────────────────────────────────────────────────────────


def test_questions_and_fields_that_come_and_go_are_told_and_nothing_said_is_lost() -> None:
    form = a_form()
    case = a_case("invited", answers=FOUR, form={"mission": form["mission"]})
    sections = tuple(
        replace(s, fields=tuple(f for f in s.fields if f.key not in ("mission", "funding")))
        for s in RULES.form.sections
    )
    new = replace(
        RULES,
        questions=("discovery", "work", "motivation", "water"),
        form=replace(RULES.form, sections=sections),
    )

    told = moved(case, new)

    assert told.gained == ("water",)
    assert told.lost == ("reference", "mission")
    assert (told.after.answers, told.after.form) == (case.answers, case.form)


# ── stages that are gone ─────────────────────────────────────────────────────────────────────────


def test_a_case_is_put_where_it_is_told_to_stand() -> None:
    told = moved(a_case("ready"), without("ready"), {"ready": "screening"})

    assert told.after.stage == "screening"
    assert told.effects == (MOVED, Record("stage", {"from": "ready", "to": "screening"}))


def test_a_proposal_moves_along() -> None:
    told = moved(a_case("decision", proposed="denied"), without("denied"), {"denied": "declined"})
    assert (told.refused, told.after.proposed) == ("", "declined")


@pytest.mark.parametrize(
    ("case", "new", "stages", "said"),
    [
        (a_case("ready"), without("ready"), {}, "have no stage 'ready'; say where it is to stand"),
        (a_case("ready"), RULES, {"ready": "moon"}, "have no stage 'moon'"),
        (a_case("ready"), RULES, {"ready": "denied"}, "the stage 'denied' ends"),
        (a_case("denied"), RULES, {}, "it has ended"),
        (in_ballot(), RULES, {}, "its ballot is under way"),
        (in_ballot(state=BallotState.PAUSED), RULES, {}, "its ballot is under way"),
        (a_case("decision", proposed="denied"), without("denied"), {}, "'denied' is proposed"),
        (
            a_case("decision", ballots=(a_ballot(state=BallotState.CLOSED),)),
            replace(RULES, ballots={}, stages=without("board").stages | without("membership").stages),
            {},
            "a ballot 'board' was held",
        ),
    ],
)
def test_a_case_that_cannot_move_stays_as_it_is(
    case: Case, new: Process, stages: Mapping[str, str], said: str
) -> None:
    told = moved(case, new, stages, SET)

    assert said in told.refused
    assert (told.after, told.effects) == (case, ())
