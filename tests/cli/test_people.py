"""The roster comes from a spreadsheet, all of it or nothing, and goes back into one."""

from __future__ import annotations

import json
from pathlib import Path

from .operating import ROSTER, Operator


def test_a_roster_is_imported_and_shown(mailbot: Operator, roster: str) -> None:
    told = mailbot("people", "import", roster).stdout

    assert told.splitlines() == [
        "  + Ines Duarte (secretariat)",
        "  + Bo Lindqvist (board)",
        "The roster holds 2 people: 2 new.",
    ]
    shown = mailbot("people").stdout
    assert "ines@network.example" in shown
    assert "bo@fjord.example" in shown


def test_importing_twice_changes_nothing(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    before = mailbot("people", "--json").stdout

    assert mailbot("people", "import", roster).stdout == "The roster holds 2 people: nothing new.\n"
    assert mailbot("people", "--json").stdout == before


def test_what_changes_is_told(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    changed = ROSTER.replace("bo@fjord.example", "bo@estuary.example").replace("Ines Duarte", "Omar Haddad")

    assert mailbot("people", "import", "-", typed=changed).stdout.splitlines() == [
        "  + Omar Haddad (secretariat)",
        "  ~ Bo Lindqvist (board)",
        "  - Ines Duarte (secretariat)",
        "The roster holds 2 people: 1 new, 1 changed, 1 gone.",
    ]


def test_a_dry_run_only_tells(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)

    told = mailbot("people", "import", "--dry-run", "-", typed=ROSTER.replace("Bo", "Chi")).stdout

    assert told.endswith("The roster would hold 2 people: 1 new, 1 gone.\n")
    assert "Bo Lindqvist" in mailbot("people").stdout


def test_one_wrong_line_stops_the_whole_import(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    wrong = ROSTER.replace("Ines", "Omar").replace(",board,", ",chair,")

    result = mailbot("people", "import", "-", typed=wrong, code=1)

    assert result.stderr.splitlines() == [
        "Error: Nothing was changed. Please correct:",
        "  line 3, role: chair is none of secretariat, board, member.",
    ]
    assert "Ines Duarte" in mailbot("people").stdout


def test_a_roster_without_secretariat_is_taken_with_a_warning(mailbot: Operator) -> None:
    result = mailbot("people", "import", "-", typed="name,addresses,role\nBo,bo@fjord.example,board\n")
    assert "nobody can steer the bot" in result.stderr


def test_json_tells_people_of_one_role(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    assert [
        {key: person[key] for key in ("name", "kind", "addresses", "from", "until")}
        for person in json.loads(mailbot("people", "--role", "board", "--json").stdout)
    ] == [
        {
            "name": "Bo Lindqvist",
            "kind": "organization",
            "addresses": ["bo@fjord.example"],
            "from": "2026-01-01",
            "until": "2026-12-31",
        }
    ]


def test_an_export_is_the_import_again(mailbot: Operator, roster: str, tmp_path: Path) -> None:
    mailbot("people", "import", roster)
    exported = mailbot("people", "export").stdout
    assert exported.splitlines() == ROSTER.splitlines()


def test_before_the_first_import(mailbot: Operator) -> None:
    mailbot("once")
    assert mailbot("people").stdout == "Nobody yet. «mailbot people import roster.csv» brings them in.\n"
    assert mailbot("people", "--json").stdout == "[]\n"


# ── one line ─────────────────────────────────────────────────────────────────────────────────────


def test_a_person_is_shown_by_name_part_of_it_or_any_address(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    mailbot("people", "add", "Bo Lindqvist", "--role", "member", "--address", "BO@fjord.example")
    for who in ("Bo Lindqvist", "lindqvist", "bo@FJORD.example"):
        told = mailbot("people", "show", who).stdout
        assert "Bo Lindqvist, board" in told
        assert "Bo Lindqvist, member" in told
        assert "Ines" not in told
    assert [line["role"] for line in json.loads(mailbot("people", "show", "Bo", "--json").stdout)] == [
        "board",
        "member",
    ]


def test_somebody_who_is_not_there_is_answered_with_who_is_near(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    told = mailbot("people", "show", "Bo Lindquist", code=1).stderr
    assert told == "Error: Nobody on the roster is Bo Lindquist. Did you mean Bo Lindqvist?\n"


def test_a_person_comes_onto_the_roster_with_several_addresses(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    words = ["--address", "chi@delta.example", "--address", "chi@post.example", "--organization", "Delta"]

    assert mailbot("people", "add", "Chi Okafor", "--role", "member", *words).stdout == (
        "Chi Okafor (member) is on the roster.\n"
    )
    (chi,) = json.loads(mailbot("people", "show", "chi@post.example", "--json").stdout)
    assert (chi["addresses"], chi["organization"]) == (["chi@delta.example", "chi@post.example"], "Delta")
    assert (
        "is on the roster already"
        in mailbot("people", "add", "Chi Okafor", "--role", "member", *words, code=1).stderr
    )


def test_a_new_term_after_an_ended_one_is_another_line(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)  # Bo's term ends with 2026
    again = ["people", "add", "Bo Lindqvist", "--role", "board", "--address", "bo@fjord.example", "--from"]

    assert "already" in mailbot(*again, "2026-12-31", code=1).stderr
    mailbot(*again, "2027-01-01")
    assert len(json.loads(mailbot("people", "show", "Bo", "--json").stdout)) == 2


def test_what_is_wrong_is_told_by_its_option_and_nothing_is_changed(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    result = mailbot(
        "people", "change", "Bo", "--kind", "NGO", "--until", "31/12", "--add-address", "bo-at-fjord", code=1
    )
    assert result.stderr.splitlines()[:1] == ["Error: Nothing was changed. Please correct:"]
    assert [line.split(":")[0].strip() for line in result.stderr.splitlines()[1:]] == [
        "--address",
        "--kind",
        "--until",
    ]
    assert mailbot("people", "export").stdout.splitlines() == ROSTER.splitlines()


def test_a_line_is_changed_and_what_is_new_is_told(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    told = mailbot(
        *("people", "change", "Bo", "--organization", "Fjord Circle", "--until", ""),
        *("--add-address", "bo@home.example", "--remove-address", "BO@fjord.example"),
    )
    assert told.stdout.splitlines() == [
        "Bo Lindqvist (board):",
        "  organization: Fjord Forum → Fjord Circle",
        "  addresses: bo@fjord.example → bo@home.example",
        "  until: 2026-12-31 → –",
    ]
    assert (
        mailbot("people", "change", "Bo", "--language", "en").stdout == "Bo Lindqvist (board): nothing new.\n"
    )
    assert (
        "has no address x@y.example"
        in mailbot("people", "change", "Bo", "--remove-address", "x@y.example", code=1).stderr
    )


def test_of_two_roles_one_is_named(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    mailbot("people", "add", "Bo Lindqvist", "--role", "member", "--address", "bo@fjord.example")
    told = mailbot("people", "end", "Bo", code=1).stderr
    assert told == "Error: Bo is Bo Lindqvist (board) or Bo Lindqvist (member). Say which with --role.\n"

    mailbot("people", "end", "Bo", "--role", "member", "--until", "2026-05-31")
    assert {
        line["role"]: line["until"] for line in json.loads(mailbot("people", "show", "Bo", "--json").stdout)
    } == {
        "board": "2026-12-31",
        "member": "2026-05-31",
    }


def test_a_term_ends_with_today_where_no_day_is_given(mailbot: Operator, roster: str) -> None:
    mailbot("people", "import", roster)
    result = mailbot("people", "end", "ines@network.example")
    (ines,) = json.loads(mailbot("people", "show", "Ines", "--json").stdout)
    assert ines["serves"]
    assert f"until: – → {ines['until']}" in result.stdout

    assert "nobody can steer" in mailbot("people", "end", "Ines", "--until", "2020-01-31").stderr
    assert not json.loads(mailbot("people", "show", "Ines", "--json").stdout)[0]["serves"]
    assert "term over" in mailbot("people", "show", "Ines").stdout
