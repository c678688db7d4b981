"""Looking at cases, their journals and letters."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.config import load
from mailbot.process.ballot import Ballot, Vote, Voter
from mailbot.process.case import Referee, RefereeState
from mailbot.sandbox.servers import Sandbox
from mailbot.store import cases, letters, members
from mailbot.store.engine import Store
from mailbot.values import FormValue, Kind, Member, Verdict

from .operating import INQUIRY, Operator


@pytest.fixture
def applied(mailbot: Operator, roster: str, box: Sandbox) -> Operator:
    """An operator whose bot has one case: Bahari Yetu's, which lacks a reference."""
    mailbot("people", "import", roster)
    mailbot("receive", typed=INQUIRY)
    mailbot("once")
    return mailbot


def case_number(mailbot: Operator) -> str:
    (case,) = json.loads(mailbot("cases", "--json").stdout)
    return str(case["number"])


def test_cases_are_listed(applied: Operator) -> None:
    (case,) = json.loads(applied("cases", "--json").stdout)
    assert case["stage"] == "inquiry"
    assert case["missing"] == ["reference"]
    assert case["applicant"]["country"] == "KE"
    shown = applied("cases").stdout
    assert case["number"] in shown
    assert case["applicant"]["name"] in shown


def test_cases_of_a_stage(applied: Operator) -> None:
    assert len(json.loads(applied("cases", "--stage", "inquiry", "--json").stdout)) == 1
    assert applied("cases", "--stage", "screening").stdout == "No cases at the stage screening.\n"
    assert (
        "There is no stage sreening. There are inquiry"
        in applied("cases", "--stage", "sreening", code=1).stderr
    )


def test_a_case_is_shown_with_its_journal_and_letters(applied: Operator) -> None:
    shown = applied("show", case_number(applied).lower()).stdout
    for expected in (
        "Kenya",
        "We document evictions from landing sites",
        "Journal",
        "rehema@bahariyetu.example",
    ):
        assert expected in shown


def test_what_the_letters_say_is_shown_on_request(applied: Operator) -> None:
    number = case_number(applied)
    told = "Dear Secretariat"  # once in the journal, and once more in the letter itself
    assert applied("show", number).stdout.count(told) + 1 == applied(
        "show", number, "--letters"
    ).stdout.count(told)


def test_a_case_as_json(applied: Operator) -> None:
    told = json.loads(applied("show", case_number(applied), "--json").stdout)
    assert told["case"]["applicant"]["country"] == "KE"
    assert [post["way"] for post in told["letters"]][:2] == ["in", "out"]
    assert told["letters"][0]["who"] == "rehema@bahariyetu.example"
    assert told["journal"]


def test_a_case_that_is_not_there(applied: Operator) -> None:
    assert "There is no case M-1999-0001" in applied("show", "M-1999-0001", code=1).stderr


def test_a_subject_cannot_steer_the_terminal(applied: Operator) -> None:
    applied(
        "receive", typed=INQUIRY.replace(b"Subject: Membership", b"Subject: =?utf-8?q?=1B]0;pwned=07_red?=")
    )
    applied("once")
    assert "\x1b" not in applied("show", case_number(applied), "--letters").stdout


@pytest.fixture
def voted_on(applied: Operator) -> Operator:
    """The same case before the Board: two answers of the form, two references, a ballot with two letters."""
    settings = load(applied.config)
    with contextlib.closing(Store.open(settings.database)) as store, store.begin() as connection:
        case = cases.load(connection, case_number(applied))
        members.add(connection, Member("Haki Pwani", Kind.ORGANIZATION, "KE", "en"))
        opened = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        bo = Voter("bo@fjord.example", "Bo Lindqvist", "Fjord Forum", ("bo@fjord.example",), "en")
        ana = Voter("ana@casa.example", "Ana Ríos", "Casa Común", ("ana@casa.example",), "es")
        ballot = Ballot("board", 1, opened, opened + timedelta(days=14), (bo, ana))
        row = letters.recent(connection, 1)[0].id
        for minutes, verdict, reason in (
            (1, Verdict.UNCLEAR, "Hm."),
            (2, Verdict.APPROVE, "Well\x1b[31m done."),
        ):
            at = opened + timedelta(minutes=minutes)
            ballot = replace(ballot, votes=(*ballot.votes, Vote(bo.key, verdict, at, row, reason, bo.name)))
        cases.save(
            connection,
            replace(
                case,
                stage="board",
                form={"mission": FormValue("Landing sites for all."), "founded": FormValue("2011")},
                referees=(
                    Referee(
                        1, "Salome Auma", "Haki Pwani", "salome@haki.example", opened, words="We know them."
                    ),
                    Referee(2, "Jo", "Docks", "jo@docks.example", opened, RefereeState.CONFIRMED),
                ),
                ballots=(ballot,),
            ),
        )
    return applied


def lines(shown: str) -> list[str]:
    return [" ".join(line.split()) for line in shown.splitlines()]


def test_form_references_and_votes_are_shown(voted_on: Operator) -> None:
    shown = voted_on("show", case_number(voted_on)).stdout

    assert "\x1b" not in shown
    told = lines(shown)
    assert "Mission Landing sites for all." in told
    assert "Salome Auma Haki Pwani written to, no answer yet We know them." in told
    assert any(line.startswith("In the directory: Haki Pwani") for line in told)
    assert "Jo Docks confirmed" in told
    assert "Ballot: Review by the Board, open" in told
    assert "votes APPROVE 1, REJECT 0, abstained 0, recused 0, no answer 1" in told
    assert "letters 2, 1 of them not counted" in told
    assert "Bo Lindqvist Fjord Forum APPROVE Well[31m done. March 2, 2026, 12:02" in told
    assert "Ana Ríos Casa Común –" in told
    assert "Bo Lindqvist March 2, 2026, 12:01 not clear" in told


def test_the_list_tells_how_far_references_and_ballot_are(voted_on: Operator) -> None:
    told = lines(voted_on("cases").stdout)
    (case,) = json.loads(voted_on("cases", "--json").stdout)

    assert told[0].endswith("missing references ballot")
    assert "1 of 2" in " ".join(told)
    assert case["references"] == {"salome@haki.example": "asked", "jo@docks.example": "confirmed"}
    assert case["ballot"]["votes"] == {"bo@fjord.example": "approve"}
    assert case["ballot"]["voters"] == 2
    assert "structure" in case["form_missing"]
    assert "mission" not in case["form_missing"]


def test_before_the_first_case(mailbot: Operator) -> None:
    mailbot("once")
    assert mailbot("cases").stdout == "No cases yet.\n"
    assert mailbot("cases", "--json").stdout == "[]\n"
    assert mailbot("audit").stdout == "0 journals looked at, 0 not as written.\n"


def test_an_audit_finds_what_was_changed(applied: Operator) -> None:
    assert applied("audit").stdout == "1 journal looked at, 0 not as written.\n"
    database = sqlite3.connect(applied.config.parent / "mailbot.db")
    database.execute("UPDATE journal SET entry = 'approved' WHERE seq = 1")
    database.commit()
    database.close()

    told = applied("audit", code=1).stdout

    assert f"{case_number(applied)}, entry 1: it was changed after it was written" in told
    assert told.endswith("1 journal looked at, 1 not as written.\n")
