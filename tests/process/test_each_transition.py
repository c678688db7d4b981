"""Every transition of the default rules, taken once: where it leads, and which letters follow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.process.advance import Outcome
from mailbot.process.ballot import BallotState
from mailbot.process.case import Case
from mailbot.process.events import (
    ApplicantWrote,
    EnterDirectory,
    Event,
    Merged,
    Record,
    SetTimer,
    TagGiven,
    TimerRang,
    Write,
)
from mailbot.process.rules import Process
from mailbot.values import Command, Role, Verdict

from .cast import (
    CONFIRMED,
    DAY,
    FOUR,
    INES,
    NOW,
    RULES,
    TWO,
    a_case,
    a_form,
    a_reading,
    a_vote,
    happens,
    in_ballot,
)

TIMES_UP = NOW + 20 * DAY
"""When the ballots of these tests are past their closing."""

A, S, B, M = "applicant", "secretariat", "board", "member"


def writes(**told: object) -> Event:
    return ApplicantWrote(7, a_reading(**told))


def tag(name: str, argument: str = "") -> Event:
    return TagGiven(8, INES, Command(name, argument))


def rings(timer: str) -> Event:
    return TimerRang(timer)


def approvals(count: int) -> Case:
    votes = [a_vote(voter, Verdict.APPROVE) for voter in ("bo", "chi", "dora")[:count]]
    return in_ballot("board", *votes, extended=1)


REJECTED = in_ballot("board", a_vote("bo", Verdict.REJECT), a_vote("chi", Verdict.REJECT))
SUPPORTED = in_ballot("membership", a_vote("haki", Verdict.SUPPORT))
OBJECTED = in_ballot("membership", *(a_vote(voter, Verdict.OBJECT) for voter in ("haki", "tierra")))
COMPLETE = a_form()
FEW = dict(list(COMPLETE.items())[:3])

WAYS: dict[str, tuple[Case, Event, str, list[tuple[str, str]]]] = {
    # the case, what happens, where it leads, the letters that follow and to whom
    "withdraws": (
        a_case("invited"),
        writes(request="withdraw"),
        "withdrawn",
        [("withdrawn", A), ("case_update", S)],
    ),
    "withdraws what has lapsed": (
        a_case("lapsed"),
        writes(request="withdraw"),
        "withdrawn",
        [("withdrawn", A), ("case_update", S)],
    ),
    "asks how far it is": (
        a_case("decision"),
        writes(request="status"),
        "decision",
        [("application_status", A)],
    ),
    "asks after the end": (
        a_case("denied"),
        writes(request="status"),
        "denied",
        [("application_status", A)],
    ),
    "answers all": (
        a_case(),
        writes(answers=FOUR),
        "screening",
        [("interest_complete", A), ("screening_notice", S)],
    ),
    "begins": (
        a_case(),
        ApplicantWrote(7, a_reading(), first=True),
        "inquiry",
        [("interest_incomplete", A)],
    ),
    "answers some": (a_case(), writes(answers=TWO), "inquiry", [("interest_incomplete", A)]),
    "answers late": (
        a_case("screening"),
        writes(answers=TWO),
        "screening",
        [("answers_updated", A), ("case_update", S)],
    ),
    "fills in the form": (
        a_case("invited"),
        writes(form=COMPLETE),
        "ready",
        [("form_complete", A), ("form_notice", S), ("referee_request", "referee")],
    ),
    "fills in a part": (a_case("invited"), writes(form=FEW), "invited", [("form_incomplete", A)]),
    "changes the form": (
        a_case("ready"),
        writes(form=FEW),
        "ready",
        [("form_updated", A), ("case_update", S)],
    ),
    "changes the form before the Board": (
        in_ballot(),
        writes(form=FEW),
        "board",
        [("form_updated", A), ("case_update", S)],
    ),
    "writes after it lapsed": (
        a_case("lapsed"),
        writes(),
        "invited",
        [("reopened", A), ("case_update", S)],
    ),
    "writes something else": (a_case("ready"), writes(), "ready", [("case_update", S)]),
    "writes after the end": (a_case("approved"), writes(), "approved", [("case_update", S)]),
    "is silent": (a_case(), rings("reminder"), "inquiry", [("interest_reminder", A)]),
    "is silent to the end": (a_case(), rings("deadline"), "screening", [("screening_notice", S)]),
    "does not send the form": (a_case("invited"), rings("reminder"), "invited", [("form_reminder", A)]),
    "never sends the form": (
        a_case("invited"),
        rings("deadline"),
        "lapsed",
        [("lapsed", A), ("case_update", S)],
    ),
    "is invited": (a_case("screening"), tag("invite"), "invited", [("invitation", A)]),
    "is asked": (a_case("board"), tag("ask", "Since when?"), "board", [("question", A)]),
    "is declined": (a_case("ready"), tag("decline", "Too new."), "declined", [("declined", A)]),
    "is withdrawn": (a_case("decision"), tag("withdraw"), "withdrawn", [("withdrawn", A)]),
    "is withdrawn in mid-ballot": (
        in_ballot(),
        tag("withdraw"),
        "withdrawn",
        [("ballot_ended", B), ("withdrawn", A)],
    ),
    "lives again": (
        a_case("denied"),
        tag("reopen"),
        "screening",
        [("reopened", A), ("screening_notice", S)],
    ),
    "is joined to another": (a_case("screening"), Merged("Ines Duarte", into="M-2026-0002"), "merged", []),
    "is joined after the end": (a_case("lapsed"), Merged("Ines Duarte", into="M-2026-0002"), "merged", []),
    "goes before the Board": (
        a_case("ready", referees=(CONFIRMED,)),
        tag("board"),
        "board",
        [("ballot", B), ("before_board", A)],
    ),
    "goes before the Board without references": (
        a_case("ready"),
        tag("board"),
        "board",
        [("ballot", B), ("before_board", A)],
    ),
    "goes back to the Board": (
        replace(OBJECTED, referees=(CONFIRMED,)),
        tag("board"),
        "board",
        [("consultation_ended", M), ("ballot", B), ("before_board", A)],
    ),
    "passes the Board": (
        approvals(2),
        rings("ballot_close"),
        "membership",
        [("ballot_result", S), ("ballot_outcome", B)],
    ),
    "fails before the Board": (
        REJECTED,
        rings("ballot_close"),
        "decision",
        [("ballot_result", S), ("ballot_outcome", B)],
    ),
    "finds no quorum": (
        approvals(1),
        rings("ballot_close"),
        "decision",
        [("ballot_result", S), ("ballot_outcome", B)],
    ),
    "goes before the members at once": (
        a_case("membership"),
        tag("members"),
        "membership",
        [("consultation", M)],
    ),
    "goes before the members again": (
        a_case("decision"),
        tag("members"),
        "membership",
        [("consultation", M)],
    ),
    "passes the members": (SUPPORTED, rings("ballot_close"), "decision", [("ballot_result", S)]),
    "fails before the members": (OBJECTED, rings("ballot_close"), "decision", [("ballot_result", S)]),
    "is admitted": (
        a_case("decision", proposed="approved"),
        tag("confirm"),
        "approved",
        [("welcome", A)],
    ),
    "is denied": (a_case("decision", proposed="denied"), tag("confirm"), "denied", [("denied", A)]),
    "was admitted elsewhere": (
        a_case("screening"),
        tag("record", "approved General assembly, 3 May"),
        "approved",
        [("welcome", A)],
    ),
    "was denied elsewhere": (
        in_ballot("membership"),
        tag("record", "Denegada: Asamblea, 3 de mayo"),
        "denied",
        [("consultation_ended", M), ("denied", A)],
    ),
}


def takes(way: tuple[Case, Event, str, list[tuple[str, str]]], rules: Process = RULES) -> Outcome:
    case, event, *_ = way
    return happens(case, event, now=TIMES_UP, rules=rules)


@pytest.mark.parametrize("name", WAYS)
def test_a_transition_leads_where_the_rules_say(name: str) -> None:
    *_, to, letters = WAYS[name]

    after, effects = takes(WAYS[name])

    assert after.stage == to
    assert [(e.template, e.to.value) for e in effects if isinstance(e, Write)] == letters


@pytest.mark.parametrize("number", range(len(RULES.transitions)))
def test_no_transition_could_be_left_out_unnoticed(number: int) -> None:
    """Without it, some way above would come out differently: who adds one is reminded here to test it."""
    without = tuple(t for at, t in enumerate(RULES.transitions) if at != number)
    rules = replace(RULES, transitions=without)

    assert any(takes(way, rules) != takes(way) for way in WAYS.values()), RULES.transitions[number]


# ── what they do besides ─────────────────────────────────────────────────────────────────────────


def entries(outcome: Outcome) -> list[str]:
    return [effect.entry for effect in outcome[1] if isinstance(effect, Record)]


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("fails before the Board", "denied"),
        ("finds no quorum", ""),
        ("passes the members", "approved"),
        ("fails before the members", ""),
    ],
)
def test_a_closed_ballot_proposes_and_decides_nothing(name: str, proposed: str) -> None:
    after, effects = takes(WAYS[name])

    assert (after.stage, after.proposed) == ("decision", proposed)
    assert after.ballots[-1].state is BallotState.CLOSED
    assert not any(isinstance(e, Write) and e.to is Role.APPLICANT for e in effects)


@pytest.mark.parametrize("name", ["goes back to the Board", "goes before the members again"])
def test_what_was_proposed_is_void_once_the_case_is_put_to_others_again(name: str) -> None:
    case, event, to, _ = WAYS[name]

    after, _ = happens(replace(case, stage="decision", proposed="approved"), event)

    assert (after.stage, after.proposed) == (to, "")


@pytest.mark.parametrize("name", ["is admitted", "was admitted elsewhere"])
def test_who_is_admitted_is_entered_in_the_directory(name: str) -> None:
    assert EnterDirectory() in takes(WAYS[name])[1]


@pytest.mark.parametrize("name", [name for name in WAYS if "admitted" not in name])
def test_nobody_else_is(name: str) -> None:
    assert EnterDirectory() not in takes(WAYS[name])[1]


def test_the_journal_says_that_a_person_went_on_without_references() -> None:
    assert "references_overruled" in entries(takes(WAYS["goes before the Board without references"]))
    assert "references_overruled" not in entries(takes(WAYS["goes before the Board"]))


def test_where_and_when_it_was_decided_elsewhere_is_kept() -> None:
    assert takes(WAYS["was admitted elsewhere"])[0].decided == "General assembly, 3 May"


def test_the_consultation_of_the_members_waits_for_the_first_of_the_month() -> None:
    after, effects = happens(approvals(2), rings("ballot_close"), now=TIMES_UP)

    assert [b.kind for b in after.ballots] == ["board"]
    circular = [e for e in effects if isinstance(e, SetTimer) and e.timer == "circular"]
    assert [timer.due.date().isoformat() for timer in circular] == ["2026-04-01"]

    opened, letters = happens(after, rings("circular"), now=circular[0].due)
    assert [b.kind for b in opened.ballots] == ["board", "members"]
    assert Write("consultation", Role.MEMBER) in letters


@pytest.mark.parametrize(
    ("stage", "name", "argument", "said"),
    [
        ("decision", "confirm", "", "not_here"),  # nothing is proposed
        ("ready", "confirm", "", "not_here"),
        ("screening", "board", "", "not_here"),
        ("board", "invite", "", "not_here"),
        ("decision", "record", "", "needs_text"),
        ("decision", "record", " \n", "needs_text"),
        ("decision", "record", "perhaps, on Monday", "unknown_outcome"),
        ("approved", "record", "denied on Monday", "case_ended"),
    ],
)
def test_a_tag_that_fits_nowhere_does_nothing_and_says_why(
    stage: str, name: str, argument: str, said: str
) -> None:
    case = a_case(stage)

    after, (tell,) = happens(case, tag(name, argument))

    assert after == case
    assert (tell.done, tell.said) == (False, said)
