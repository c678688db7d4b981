"""The members' directory at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .operating import Operator

DIRECTORY = """\
name,kind,country,language,acronym,other names,website,from,until
Bahari Yetu Network,organization,KE,en,BYN,,https://bahariyetu.example,,
FIAN International,organization,DE,en,FIAN,FoodFirst Information and Action Network,,,
FIAN Nepal,organization,NP,en,,,,,
Reef Watch,organization,,,,,,,2020-12-31
Chi Okafor,individual,NG,,,,,,
"""


@pytest.fixture
def filled(mailbot: Operator) -> Operator:
    """An operator whose bot knows the members."""
    mailbot("members", "import", "-", typed=DIRECTORY)
    return mailbot


def names(mailbot: Operator, *words: str) -> list[str]:
    return [member["name"] for member in json.loads(mailbot("members", "list", "--json", *words).stdout)]


def test_a_directory_is_imported_told_and_exported_as_it_was(mailbot: Operator, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text(DIRECTORY, encoding="utf-8")

    told = mailbot("members", "import", str(tmp_path / "members.csv")).stdout.splitlines()

    assert (told[0], told[-1]) == ("  + Bahari Yetu Network", "The directory holds 5 members: 5 new.")
    assert mailbot("members", "export").stdout.splitlines() == DIRECTORY.splitlines()
    again = mailbot("members", "import", "-", typed=mailbot("members", "export").stdout)
    assert again.stdout == "The directory holds 5 members: nothing new.\n"


def test_a_dry_run_only_tells(filled: Operator) -> None:
    told = filled("members", "import", "--dry-run", "-", typed="name,kind\nChi Okafor,individual\n").stdout
    assert told.endswith("The directory would hold 1 member: 1 changed, 4 gone.\n")
    assert len(names(filled, "--all")) == 5


def test_one_wrong_line_stops_the_whole_import(filled: Operator) -> None:
    result = filled("members", "import", "-", typed="name,kind,country\nDelta,NGO,Narnia\n", code=1)
    assert result.stderr.splitlines() == [
        "Error: Nothing was changed. Please correct:",
        "  line 2, kind: NGO is none of organization, individual.",
        "  line 2, country: Narnia is no country; write its name, or its code of two letters, as KE.",
    ]
    assert len(names(filled, "--all")) == 5


def test_former_members_are_listed_when_asked_for(filled: Operator) -> None:
    assert names(filled) == ["Bahari Yetu Network", "FIAN International", "FIAN Nepal", "Chi Okafor"]
    assert "Reef Watch" in names(filled, "--all")
    assert names(filled, "--kind", "individual") == ["Chi Okafor"]
    shown = filled("members").stdout
    assert "Bahari Yetu Network" in shown
    assert "Reef Watch" not in shown


def test_before_the_first_import(mailbot: Operator) -> None:
    mailbot("once")
    assert "mailbot members import members.csv" in mailbot("members").stdout


def test_a_member_is_shown_with_who_answers_for_it(filled: Operator) -> None:
    assert "nobody on the roster" in filled("members", "show", "FIAN").stdout
    filled(
        *("people", "add", "Sabine Groth", "--role", "member", "--address", "s@fian.example"),
        *("--organization", "FoodFirst Information and Action Network"),
    )
    assert "Sabine Groth <s@fian.example>" in filled("members", "show", "fian international").stdout
    told = json.loads(filled("members", "show", "FIAN", "--json").stdout)
    assert told["contacts"] == [{"name": "Sabine Groth", "addresses": ["s@fian.example"]}]
    assert told["other_names"] == ["FoodFirst Information and Action Network"]
    assert "no member today" in filled("members", "show", "Reef Watch").stdout


@pytest.mark.parametrize("command", ["show", "change", "end"])
def test_a_name_that_is_only_alike_will_not_do(filled: Operator, command: str) -> None:
    told = filled("members", command, "Bahari Yetu Netwrk", code=1).stderr
    assert told == "Error: No member is called Bahari Yetu Netwrk. Did you mean Bahari Yetu Network?\n"


def test_a_member_is_added_once(filled: Operator) -> None:
    result = filled(
        *("members", "add", "Fjord Forum", "--country", "Norway", "--acronym", "FF"),
        *("--other-name", "Fjordforum", "--other-name", "منتدى", "--website", "fjord.example"),
    )
    assert result.stdout == "Fjord Forum is in the directory.\n"
    assert result.stderr == ""
    told = json.loads(filled("members", "show", "FF", "--json").stdout)
    assert (told["country"], told["kind"], told["other_names"]) == (
        "NO",
        "organization",
        ["Fjordforum", "منتدى"],
    )

    assert "«mailbot members change»" in filled("members", "add", "Fjord Forum", code=1).stderr
    assert "Fjord Forum is called almost the same" in filled("members", "add", "The Forum Fjord").stderr


def test_a_wrong_option_is_named(filled: Operator) -> None:
    told = filled("members", "add", "Delta", "--country", "Narnia", "--from", "May", code=1).stderr
    assert [line.split(":")[0].strip() for line in told.splitlines()[1:]] == ["--country", "--from"]


def test_a_new_name_keeps_the_old_one_and_with_it_the_contacts(filled: Operator) -> None:
    filled(
        *("people", "add", "Rehema", "--role", "member", "--address", "r@bahariyetu.example"),
        *("--organization", "Bahari Yetu Network"),
    )
    told = filled(
        "members", "change", "BYN", "--name", "Ocean Commons", "--acronym", "", "--add-name", "Bahari"
    )

    assert told.stdout.splitlines() == [
        "Bahari Yetu Network:",
        "  name: Bahari Yetu Network → Ocean Commons",
        "  acronym: BYN → –",
        "  other names: – → Bahari; Bahari Yetu Network",
    ]
    assert "Rehema <r@bahariyetu.example>" in filled("members", "show", "Ocean Commons").stdout
    assert filled("members", "change", "Bahari", "--language", "en").stdout == "Ocean Commons: nothing new.\n"
    filled("members", "change", "Ocean Commons", "--remove-name", "bahari")
    assert (
        "has no other name bahari"
        in filled("members", "change", "Ocean Commons", "--remove-name", "bahari", code=1).stderr
    )
    assert "FIAN Nepal already" in filled("members", "change", "FIAN", "--name", "FIAN Nepal", code=1).stderr


def test_a_membership_ends_and_stays_on_record(filled: Operator) -> None:
    told = filled("members", "end", "FIAN Nepal", "--until", "2026-01-31").stdout
    assert told.splitlines() == ["FIAN Nepal:", "  until: – → 2026-01-31"]
    assert "FIAN Nepal" not in names(filled)
    assert "FIAN Nepal" in names(filled, "--all")
    assert "31/1 is no date" in filled("members", "end", "FIAN", "--until", "31/1", code=1).stderr

    today = filled("members", "end", "Chi Okafor").stdout
    assert "until: – → 20" in today
    assert "Chi Okafor" in names(filled)  # to the end of the day


def test_a_match_is_told_with_score_and_reason_and_confirms_nothing(filled: Operator) -> None:
    told = filled("members", "match", "Ms Amina of Bahari Yetu").stdout
    assert "Bahari Yetu Network" in told
    assert "A match confirms nothing" in told

    found = json.loads(filled("members", "match", "FIAN, Nepal", "--json").stdout)
    assert (found[0]["name"], found[0]["why"]) == ("FIAN Nepal", "same")
    sure = json.loads(filled("members", "match", "FIAN", "--at-least", "80", "--json").stdout)
    assert [one["name"] for one in sure] == ["FIAN International"]
    assert filled("members", "match", "Sunflower").stdout == "Nobody in the directory is called like this.\n"
