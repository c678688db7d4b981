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
