"""The roster as a CSV file: what a spreadsheet writes is read, and each slip named by line and column."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rapidfuzz import process

from mailbot.config import ADDRESS
from mailbot.values import Kind, Person, Role

COLUMNS = ("name", "organization", "kind", "addresses", "language", "role", "from", "until")
NEEDED = ("name", "addresses", "role")
ROLES = (Role.SECRETARIAT, Role.BOARD, Role.MEMBER)
"""The roles that a roster gives; the others come with a case."""

_DAY = timedelta(days=1)

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would run (OWASP, «CSV Injection»), guarded once or not."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a roster file. ``line`` counts as a spreadsheet does: the headings are line 1.

    ``column`` is ``""`` where the whole line is meant.
    """

    line: int
    column: str
    what: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Changes:
    """What replacing one roster by another means, each person named with the role."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def read_roster(raw: bytes, zone: ZoneInfo) -> tuple[tuple[Person, ...], tuple[Problem, ...]]:
    """The people in a CSV file and all that is wrong with it; lines with a problem give no person.

    Columns stand in any order, separated by comma, semicolon or tab, whichever the first line has
    most of. A term runs from the morning of ``from`` to the night of ``until``, in ``zone``.
    """
    try:
        text = raw.decode("utf-8-sig")  # Excel begins «CSV UTF-8» with a byte order mark
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return (), (Problem(line, "", "this is not UTF-8. In the spreadsheet, save as «CSV UTF-8»."),)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        headings = [cell.strip().lower() for cell in next(reader, [])]
        if problems := _heading_problems(headings):
            return (), problems
        return _people(reader, headings, zone)
    except csv.Error as error:
        return (), (Problem(reader.line_num, "", f"this cannot be read as CSV: {error}."),)


def _heading_problems(headings: list[str]) -> tuple[Problem, ...]:
    problems = []
    for heading in headings:
        if heading and heading not in COLUMNS:
            near = process.extractOne(heading, COLUMNS, score_cutoff=60)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COLUMNS)}."
            problems.append(Problem(1, heading, f"no such column; {hint}"))
    problems += [
        Problem(1, heading, "this column stands twice.") for heading in COLUMNS if headings.count(heading) > 1
    ]
    problems += [Problem(1, needed, "this column is missing.") for needed in NEEDED if needed not in headings]
    return tuple(problems)


def _people(
    lines: Iterable[list[str]], headings: list[str], zone: ZoneInfo
) -> tuple[tuple[Person, ...], tuple[Problem, ...]]:
    people: list[Person] = []
    problems: list[Problem] = []
    for number, cells in enumerate(lines, start=2):
        told = [_unguarded(cell.strip()) for cell in cells]
        if not any(told):
            continue
        if any(told[len(headings) :]):
            problems.append(Problem(number, "", f"{len(told)} cells, but only {len(headings)} columns."))
            continue
        row = dict.fromkeys(COLUMNS, "") | dict(zip(headings, told, strict=False))
        slips = [Problem(number, column, what) for column, what in _slips(row)]
        problems += slips
        if not slips:
            people.append(_person(row, zone))
    return tuple(people), tuple(problems)


def _slips(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """(column, what) for each thing that is wrong in one line."""
    slips = [(needed, "this is empty.") for needed in NEEDED if not row[needed]]
    slips += [
        ("addresses", f"{address} does not look like an e-mail address.")
        for address in _addresses(row)
        if not ADDRESS.fullmatch(address)
    ]
    for column, choices in (("role", list(ROLES)), ("kind", list(Kind))):
        if row[column] and row[column].lower() not in choices:
            slips.append((column, f"{row[column]} is none of {', '.join(choices)}."))
    if row["language"] and not re.fullmatch(r"[a-z]{2}", row["language"].lower()):
        slips.append(("language", f"{row['language']} is no code of two letters, such as en or es."))
    slips += [
        (column, f"{row[column]} is no date; write it as 2026-12-31.")
        for column in ("from", "until")
        if row[column] and _day(row[column]) is None
    ]
    first, last = _day(row["from"]), _day(row["until"])
    if first and last and last < first:
        slips.append(("until", f"{last} is before {first}."))
    return slips


def _person(row: Mapping[str, str], zone: ZoneInfo) -> Person:
    first, last = _day(row["from"]), _day(row["until"])
    return Person(
        name=row["name"],
        role=Role(row["role"].lower()),
        addresses=tuple(_addresses(row)),
        organization=row["organization"],
        kind=Kind(row["kind"].lower()) if row["kind"] else None,
        language=row["language"].lower(),
        since=datetime.combine(first, time(), zone) if first else None,
        until=datetime.combine(last + _DAY, time(), zone) if last else None,
    )


def _addresses(row: Mapping[str, str]) -> list[str]:
    return [address for address in re.split(r"[;,\s]+", row["addresses"]) if address]


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, whatever the zone
    except ValueError:
        return None


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def write_roster(people: Iterable[Person], zone: ZoneInfo) -> str:
    """The roster as CSV, as ``read_roster`` takes it; no cell begins as a formula does."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([_guarded(cell) for cell in row_of(person, zone).values()] for person in people)
    return file.getvalue()


def row_of(person: Person, zone: ZoneInfo) -> dict[str, str]:
    """The cells of one person by their columns."""
    return {
        "name": person.name,
        "organization": person.organization,
        "kind": person.kind or "",
        "addresses": "; ".join(person.addresses),
        "language": person.language,
        "role": person.role,
        "from": person.since.astimezone(zone).date().isoformat() if person.since else "",
        "until": (person.until.astimezone(zone) - _DAY).date().isoformat() if person.until else "",
    }


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


# ── comparing ────────────────────────────────────────────────────────────────────────────────────


def compare(old: Iterable[Person], new: Iterable[Person]) -> Changes:
    """What replacing ``old`` by ``new`` means. A person is told by name and role."""
    before, after = Counter(old), Counter(new)
    added, removed = list((after - before).elements()), list((before - after).elements())
    both = {_label(person) for person in added} & {_label(person) for person in removed}
    return Changes(
        new=tuple(label for label in map(_label, added) if label not in both),
        changed=tuple(sorted(both)),
        gone=tuple(label for label in map(_label, removed) if label not in both),
    )


def _label(person: Person) -> str:
    return f"{person.name} ({person.role})"
