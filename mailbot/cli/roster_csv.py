"""The roster as a CSV file: what a spreadsheet writes is read, and each slip named by line and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from mailbot.cli import sheets
from mailbot.cli.sheets import Changes, Problem
from mailbot.config import ADDRESS
from mailbot.values import Kind, Person, Role

COLUMNS = ("name", "organization", "kind", "addresses", "language", "role", "from", "until")
NEEDED = ("name", "addresses", "role")
ROLES = (Role.SECRETARIAT, Role.BOARD, Role.MEMBER)
"""The roles that a roster gives; the others come with a case."""


def read_roster(raw: bytes, zone: ZoneInfo) -> tuple[tuple[Person, ...], tuple[Problem, ...]]:
    """The people in a CSV file and all that is wrong with it; lines with a problem give no person.

    A term runs from the morning of ``from`` to the night of ``until``, in ``zone``.
    """
    sheet = sheets.read_sheet(raw, COLUMNS, NEEDED)
    return sheets.read_lines(sheet, slips, lambda row: person_of(row, zone))


def slips(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(column, what) for each thing that is wrong in one line."""
    yield from sheets.needed_slips(row, NEEDED)
    for address in _addresses(row):
        if not ADDRESS.fullmatch(address):
            yield "addresses", f"{address} does not look like an e-mail address."
    yield from sheets.choice_slips(row, {"role": ROLES, "kind": list(Kind)})
    yield from sheets.language_slips(row)
    yield from sheets.term_slips(row)


def person_of(row: Mapping[str, str], zone: ZoneInfo) -> Person:
    """The person whom a line without slips describes."""
    since, until = sheets.term(row, zone)
    return Person(
        name=row["name"],
        role=Role(row["role"].lower()),
        addresses=tuple(_addresses(row)),
        organization=row["organization"],
        kind=Kind(row["kind"].lower()) if row["kind"] else None,
        language=row["language"].lower(),
        since=since,
        until=until,
    )


def row_of(person: Person, zone: ZoneInfo) -> dict[str, str]:
    """The cells of one person by their columns."""
    return {
        "name": person.name,
        "organization": person.organization,
        "kind": person.kind or "",
        "addresses": "; ".join(person.addresses),
        "language": person.language,
        "role": person.role,
        **sheets.term_cells(person.since, person.until, zone),
    }


def _addresses(row: Mapping[str, str]) -> list[str]:
    return [address for address in re.split(r"[;,\s]+", row["addresses"]) if address]


def write_roster(people: Iterable[Person], zone: ZoneInfo) -> str:
    """The roster as CSV, as ``read_roster`` takes it; no cell begins as a formula does."""
    return sheets.write_sheet(COLUMNS, (row_of(person, zone) for person in people))


def compare(old: Iterable[Person], new: Iterable[Person]) -> Changes:
    """What replacing ``old`` by ``new`` means. A person is told by name and role."""
    return sheets.compare(old, new, label)


def label(person: Person) -> str:
    """How a line of the roster is called: by name and role."""
    return f"{person.name} ({person.role})"
