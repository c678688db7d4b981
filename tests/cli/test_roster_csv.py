"""A roster is read as spreadsheets write it, and each slip named by line and column."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mailbot.cli.roster_csv import Changes, Problem, compare, read_roster, write_roster
from mailbot.values import Kind, Person, Role

NAIROBI = ZoneInfo("Africa/Nairobi")

AMINA = Person("Amina Odhiambo", Role.SECRETARIAT, ("amina@rivercommons.example",), language="en")
BO = Person(
    "Bo Lindqvist",
    Role.BOARD,
    ("bo@fjord.example", "bo.lindqvist@home.example"),
    organization="Fjord Forum",
    kind=Kind.ORGANIZATION,
    language="en",
    since=datetime(2026, 1, 1, tzinfo=NAIROBI),
    until=datetime(2027, 1, 1, tzinfo=NAIROBI),
)


def read(text: str) -> tuple[tuple[Person, ...], tuple[Problem, ...]]:
    return read_roster(text.encode(), NAIROBI)


ROSTERS = {
    "plain": (
        "name,organization,kind,addresses,language,role,from,until\n"
        "Amina Odhiambo,,,amina@rivercommons.example,en,secretariat,,\n"
        "Bo Lindqvist,Fjord Forum,organization,bo@fjord.example bo.lindqvist@home.example,en,board,"
        "2026-01-01,2026-12-31\n"
    ),
    "as a European Excel saves it": (
        "\ufeffname;organization;kind;addresses;language;role;from;until\r\n"
        "Amina Odhiambo;;;amina@rivercommons.example;en;secretariat;;\r\n"
        'Bo Lindqvist;Fjord Forum;organization;"bo@fjord.example; bo.lindqvist@home.example";en;board;'
        "2026-01-01;2026-12-31\r\n"
    ),
    "columns in another order, in capitals, with empty lines and columns": (
        "ROLE,Name,Addresses,LANGUAGE,Until,From,Kind,Organization,\n"
        "Secretariat,Amina Odhiambo,amina@rivercommons.example,EN,,,,,\n"
        ",,,,,,,,\n"
        "\n"
        "Board, Bo Lindqvist ,bo@fjord.example bo.lindqvist@home.example,en,2026-12-31,2026-01-01,"
        "Organization,Fjord Forum,\n"
    ),
    "with tabs": (
        "name\torganization\tkind\taddresses\tlanguage\trole\tfrom\tuntil\n"
        "Amina Odhiambo\t\t\tamina@rivercommons.example\ten\tsecretariat\t\t\n"
        "Bo Lindqvist\tFjord Forum\torganization\tbo@fjord.example;bo.lindqvist@home.example\ten\tboard\t"
        "2026-01-01\t2026-12-31\n"
    ),
}


@pytest.mark.parametrize("text", ROSTERS.values(), ids=ROSTERS)
def test_whatever_the_spreadsheet_the_people_are_the_same(text: str) -> None:
    assert read(text) == ((AMINA, BO), ())


def test_columns_that_need_not_be_filled_need_not_be_there() -> None:
    assert read("name,addresses,role\nChi,chi@delta.example,member\n") == (
        (Person("Chi", Role.MEMBER, ("chi@delta.example",)),),
        (),
    )


def test_a_term_lasts_until_the_end_of_its_last_day_where_the_network_is() -> None:
    (bo,), _ = read("name,addresses,role,until\nBo,bo@fjord.example,board,2026-03-31\n")
    assert bo.serves(datetime(2026, 3, 31, 23, 59, tzinfo=NAIROBI))
    assert not bo.serves(datetime(2026, 4, 1, 0, 0, tzinfo=NAIROBI))


SLIPS = [
    ("name,adresses,role\n", "line 1, adresses: no such column; did you mean addresses?"),
    ("nom,addresses,role\n", "line 1, name: this column is missing."),
    ("name,addresses,role,shoe size\n", "line 1, shoe size: no such column; there are name, organization,"),
    ("name,name,addresses,role\n", "line 1, name: this column stands twice."),
    ("", "line 1, name: this column is missing."),
    ("name,addresses,role\nBo,,board\n", "line 2, addresses: this is empty."),
    (
        "name,addresses,role\nBo,bo at fjord,board\n",
        "line 2, addresses: at does not look like an e-mail address.",
    ),
    (
        "name,addresses,role\nBo,bo@fjord.example,chair\n",
        "line 2, role: chair is none of secretariat, board, member.",
    ),
    ("name,addresses,role\nBo,bo@fjord.example,applicant\n", "line 2, role: applicant is none of"),
    (
        "name,addresses,role,kind\n\nBo,bo@fjord.example,board,NGO\n",
        "line 3, kind: NGO is none of organization, individual.",
    ),
    (
        "name,addresses,role,language\nBo,bo@fjord.example,board,English\n",
        "line 2, language: English is no code",
    ),
    (
        "name,addresses,role,from\nBo,bo@fjord.example,board,31/12/2026\n",
        "line 2, from: 31/12/2026 is no date",
    ),
    (
        "name,addresses,role,from,until\nBo,bo@fjord.example,board,2026-05-01,2026-04-30\n",
        "line 2, until: 2026-04-30 is before 2026-05-01.",
    ),
    ("name,addresses,role\nBo,bo@fjord.example,board,extra\n", "line 2: 4 cells, but only 3 columns."),
]


@pytest.mark.parametrize(("text", "said"), SLIPS, ids=[said[:50] for _, said in SLIPS])
def test_a_slip_is_named_by_line_and_column(text: str, said: str) -> None:
    _, problems = read(text)
    assert any(str(problem).startswith(said) for problem in problems), problems


def test_all_slips_are_named_at_once_and_good_lines_are_read() -> None:
    people, problems = read(
        "name,addresses,role\nBo,bo,board\nChi,chi@delta.example,member\n,x@delta.example,captain\n"
    )
    assert [person.name for person in people] == ["Chi"]
    assert [(problem.line, problem.column) for problem in problems] == [
        (2, "addresses"),
        (4, "name"),
        (4, "role"),
    ]


def test_a_file_in_another_encoding_is_named_by_its_line() -> None:
    _, problems = read_roster(
        "name,addresses,role\nAñoranza,a@delta.example,member\n".encode("latin-1"), NAIROBI
    )
    assert problems == (Problem(2, "", "this is not UTF-8. In the spreadsheet, save as «CSV UTF-8»."),)


def test_what_csv_cannot_hold_is_named() -> None:
    _, problems = read("name,addresses,role\nBo\0,bo@fjord.example," + "x" * 200_000)
    assert len(problems) == 1
    assert problems[0].line == 2


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "'=1", "''=1", "'quoted'", "Bo"])
def test_no_cell_is_a_formula_and_all_come_back_as_they_were(name: str) -> None:
    people = (Person(name, Role.MEMBER, ("bo@fjord.example",), organization=name),)

    text = write_roster(people, NAIROBI)

    cells = text.splitlines()[1].split(",")
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert read(text) == (people, ())


def test_what_is_exported_is_imported_again() -> None:
    assert read(write_roster((AMINA, BO), NAIROBI)) == ((AMINA, BO), ())


def test_what_replacing_a_roster_means() -> None:
    chi = Person("Chi", Role.MEMBER, ("chi@delta.example",))
    moved = Person("Chi", Role.MEMBER, ("chi@estuary.example",))
    assert compare((AMINA, chi), (moved, BO)) == Changes(
        new=("Bo Lindqvist (board)",), changed=("Chi (member)",), gone=("Amina Odhiambo (secretariat)",)
    )
    assert compare((AMINA, BO), (BO, AMINA)) == Changes((), (), ())
