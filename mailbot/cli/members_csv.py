"""The members' directory as a CSV file, each slip named by line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from babel import Locale

from mailbot.cli import sheets
from mailbot.cli.sheets import Changes, Problem
from mailbot.folding import fold
from mailbot.people.names import NameWords
from mailbot.values import Country, Kind, Member

COLUMNS = ("name", "kind", "country", "language", "acronym", "other names", "website", "from", "until")
NEEDED = ("name", "kind")

Countries = Callable[[str], Country]
"""The code of a country by its code or name; ``""`` where it is none."""

_WEBSITE = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[:/?#]\S*)?", re.IGNORECASE)


def countries(words: NameWords) -> Countries:
    """A function that knows countries by code, and by name in the languages of the rules."""
    codes = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}

    def find(text: str) -> Country:
        if text.upper() in codes:
            return text.upper()
        plain = re.findall(r"\w+", fold(text))
        length, country = words.country_at(plain, 0) if plain else (0, "")
        return country if length == len(plain) else ""

    return find


def read_members(
    raw: bytes, zone: ZoneInfo, find: Countries
) -> tuple[tuple[Member, ...], tuple[Problem, ...]]:
    """The members in a CSV file and all that is wrong with it; lines with a problem give no member."""
    sheet = sheets.read_sheet(raw, COLUMNS, NEEDED)
    members, problems = sheets.read_lines(
        sheet, lambda row: slips(row, find), lambda row: member_of(row, zone, find)
    )
    twice = tuple(_twice(sheet))
    return members, tuple(sorted((*problems, *twice), key=lambda one: one.line))


def _twice(sheet: sheets.Sheet) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, row in sheet.rows:
        if row["name"] and first.setdefault(row["name"], number) != number:
            yield Problem(number, "name", f"{row['name']} stands in line {first[row['name']]} already.")


def slips(row: Mapping[str, str], find: Countries) -> Iterator[tuple[str, str]]:
    """(column, what) for each thing that is wrong in one line."""
    yield from sheets.needed_slips(row, NEEDED)
    yield from sheets.choice_slips(row, {"kind": list(Kind)})
    if row["country"] and not find(row["country"]):
        yield "country", f"{row['country']} is no country; write its name, or its code of two letters, as KE."
    yield from sheets.language_slips(row)
    if row["website"] and not _WEBSITE.fullmatch(row["website"]):
        yield "website", f"{row['website']} is no web address; write it as https://river.example."
    yield from sheets.term_slips(row)


def member_of(row: Mapping[str, str], zone: ZoneInfo, find: Countries) -> Member:
    """The member whom a line without slips describes."""
    since, until = sheets.term(row, zone)
    return Member(
        name=row["name"],
        kind=Kind(row["kind"].lower()),
        country=find(row["country"]) if row["country"] else "",
        language=row["language"].lower(),
        acronym=row["acronym"],
        other_names=sheets.listed(row["other names"]),
        website=row["website"],
        since=since,
        until=until,
    )


def row_of(member: Member, zone: ZoneInfo) -> dict[str, str]:
    """The cells of one member by their columns."""
    return {
        "name": member.name,
        "kind": member.kind,
        "country": member.country,
        "language": member.language,
        "acronym": member.acronym,
        "other names": "; ".join(member.other_names),
        "website": member.website,
        **sheets.term_cells(member.since, member.until, zone),
    }


def write_members(members: Iterable[Member], zone: ZoneInfo) -> str:
    """The directory as CSV, as ``read_members`` takes it; no cell begins as a formula does."""
    return sheets.write_sheet(COLUMNS, (row_of(member, zone) for member in members))


def compare(old: Iterable[Member], new: Iterable[Member]) -> Changes:
    """What replacing ``old`` by ``new`` means."""
    return sheets.compare(old, new, lambda member: member.name)
