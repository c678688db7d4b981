"""The directory is read as spreadsheets write it, and goes back into one unchanged."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.cli.members_csv import Problem, compare, countries, read_members, write_members
from mailbot.rulebook import load_rules
from mailbot.values import Kind, Member

NAIROBI = ZoneInfo("Africa/Nairobi")
FIND = countries(load_rules().names)

BAHARI = Member(
    "Bahari Yetu Network",
    Kind.ORGANIZATION,
    "KE",
    "en",
    acronym="BYN",
    other_names=("شبكة بحرنا", "Réseau Bahari"),
    website="https://bahariyetu.example",
    since=datetime(2019, 5, 1, tzinfo=NAIROBI),
    until=datetime(2027, 1, 1, tzinfo=NAIROBI),
)
CHI = Member("Chi Okafor", Kind.INDIVIDUAL)


def read(text: str) -> tuple[tuple[Member, ...], tuple[Problem, ...]]:
    return read_members(text.encode(), NAIROBI, FIND)


def test_a_directory_is_read() -> None:
    assert read(
        "\ufeffName;Kind;Country;Other names;Acronym;Website;Language;From;Until\r\n"
        'Bahari Yetu Network;Organization;Kenia;"شبكة بحرنا; Réseau Bahari";BYN;https://bahariyetu.example;EN;'
        "2019-05-01;2026-12-31\r\n"
        "Chi Okafor;individual;;;;;;;\r\n"
    ) == ((BAHARI, CHI), ())


def test_what_is_exported_is_imported_again() -> None:
    assert read(write_members((BAHARI, CHI), NAIROBI)) == ((BAHARI, CHI), ())


CELL = st.text("=+-@'\",|aé\u0627 \u00a0", min_size=1, max_size=6).map(lambda cell: cell.strip() or "a")


@given(st.lists(CELL, min_size=1, max_size=3, unique=True), st.lists(CELL, max_size=2))
@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine makes even these slow
def test_whatever_a_cell_begins_with_it_comes_back_and_no_cell_is_a_formula(
    names: list[str], others: list[str]
) -> None:
    members = tuple(
        Member(name, Kind.ORGANIZATION, acronym=names[0], other_names=tuple(others)) for name in names
    )
    text = write_members(members, NAIROBI)

    assert read(text) == (members, ())
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("KE", "KE"),
        ("ke", "KE"),
        ("Kenya", "KE"),
        ("South Africa", "ZA"),
        ("Afrique du Sud", "ZA"),
        ("مصر", "EG"),
    ],
)
def test_a_country_is_known_by_code_and_by_name(text: str, country: str) -> None:
    assert FIND(text) == country


SLIPS = [
    ("name,shoe size\n", "line 1, shoe size: no such column; there are name, kind, country,"),
    ("name,knid\n", "line 1, knid: no such column; did you mean kind?"),
    ("name\nBahari\n", "line 1, kind: this column is missing."),
    ("name,kind\n,organization\n", "line 2, name: this is empty."),
    ("name,kind\nBahari,NGO\n", "line 2, kind: NGO is none of organization, individual."),
    (
        "name,kind,country\nBahari,organization,Narnia\n",
        "line 2, country: Narnia is no country; write",
    ),
    ("name,kind,country\nBahari,organization,Kenya East\n", "line 2, country: Kenya East is no country;"),
    ("name,kind,language\nBahari,organization,English\n", "line 2, language: English is no code"),
    ("name,kind,website\nBahari,organization,our page\n", "line 2, website: our page is no web address;"),
    ("name,kind,from\nBahari,organization,1.5.2019\n", "line 2, from: 1.5.2019 is no date;"),
    ("name,kind\nChi,individual\n\nChi,individual\n", "line 4, name: Chi stands in line 2 already."),
]


@pytest.mark.parametrize(("text", "said"), SLIPS, ids=[said[:50] for _, said in SLIPS])
def test_a_slip_is_named_by_line_and_column(text: str, said: str) -> None:
    _, problems = read(text)
    assert any(str(problem).startswith(said) for problem in problems), problems


def test_what_replacing_a_directory_means() -> None:
    changes = compare((BAHARI,), (CHI, Member("Bahari Yetu Network", Kind.ORGANIZATION)))
    assert (changes.new, changes.changed, changes.gone) == (("Chi Okafor",), ("Bahari Yetu Network",), ())
