"""Looking at cases, their journals and letters."""

from __future__ import annotations

import json
import sqlite3

import pytest

from mailbot.sandbox.servers import Sandbox

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
