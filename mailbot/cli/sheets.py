"""Lists that come from a spreadsheet as CSV and go back into one, each slip named by line and column."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from rapidfuzz import process

T = TypeVar("T")

_DAY = timedelta(days=1)

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would run (OWASP, «CSV Injection»), guarded once or not."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file. ``line`` counts as a spreadsheet does: the headings are line 1.

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
    """What replacing one list by another means, each line by its label."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in a file: the cells of each line by their columns, and what is wrong with it."""

    rows: tuple[tuple[int, dict[str, str]], ...]
    problems: tuple[Problem, ...] = ()


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def read_sheet(raw: bytes, columns: Sequence[str], needed: Sequence[str]) -> Sheet:
    """A CSV file's lines, each with its number; empty ones are left out, and columns may be.

    Columns stand in any order, separated by comma, semicolon or tab, whichever the first line has most of.
    """
    try:
        text = raw.decode("utf-8-sig")  # Excel begins «CSV UTF-8» with a byte order mark
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Sheet((), (Problem(line, "", "this is not UTF-8. In the spreadsheet, save as «CSV UTF-8»."),))
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        headings = [cell.strip().lower() for cell in next(reader, [])]
        if problems := tuple(_heading_problems(headings, columns, needed)):
            return Sheet((), problems)
        return _rows(reader, headings, columns)
    except csv.Error as error:
        return Sheet((), (Problem(reader.line_num, "", f"this cannot be read as CSV: {error}."),))


def _heading_problems(
    headings: list[str], columns: Sequence[str], needed: Sequence[str]
) -> Iterator[Problem]:
    for heading in headings:
        if heading and heading not in columns:
            near = process.extractOne(heading, columns, score_cutoff=60)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(columns)}."
            yield Problem(1, heading, f"no such column; {hint}")
    for column in columns:
        if headings.count(column) > 1:
            yield Problem(1, column, "this column stands twice.")
    for column in needed:
        if column not in headings:
            yield Problem(1, column, "this column is missing.")


def _rows(lines: Iterable[list[str]], headings: list[str], columns: Sequence[str]) -> Sheet:
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[Problem] = []
    for number, cells in enumerate(lines, start=2):
        told = [_unguarded(cell.strip()) for cell in cells]
        if not any(told):
            continue
        if any(told[len(headings) :]):
            problems.append(Problem(number, "", f"{len(told)} cells, but only {len(headings)} columns."))
            continue
        rows.append((number, dict.fromkeys(columns, "") | dict(zip(headings, told, strict=False))))
    return Sheet(tuple(rows), tuple(problems))


def read_lines(
    sheet: Sheet, slips: Callable[[Mapping[str, str]], Iterable[tuple[str, str]]], make: Callable[..., T]
) -> tuple[tuple[T, ...], tuple[Problem, ...]]:
    """What ``make`` makes of each line, and all that is wrong; lines with a slip give nothing."""
    made: list[T] = []
    problems = list(sheet.problems)
    for number, row in sheet.rows:
        found = [Problem(number, column, what) for column, what in slips(row)]
        problems += found
        if not found:
            made.append(make(row))
    return tuple(made), tuple(sorted(problems, key=lambda one: one.line))


def listed(cell: str) -> tuple[str, ...]:
    """The entries of a cell that holds several, separated by semicolons."""
    return tuple(entry.strip() for entry in cell.split(";") if entry.strip())


def needed_slips(row: Mapping[str, str], needed: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(column, what) for each cell that must not be empty and is."""
    yield from ((column, "this is empty.") for column in needed if not row[column])


def choice_slips(row: Mapping[str, str], choices: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """(column, what) for each cell that holds none of its column's choices."""
    for column, known in choices.items():
        if row[column] and row[column].lower() not in known:
            yield column, f"{row[column]} is none of {', '.join(known)}."


def language_slips(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(column, what) where the language is no code."""
    if row["language"] and not re.fullmatch(r"[a-z]{2}", row["language"].lower()):
        yield "language", f"{row['language']} is no code of two letters, such as en or es."


# ── terms ────────────────────────────────────────────────────────────────────────────────────────


def term_slips(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(column, what) for what is wrong in ``from`` and ``until``."""
    for column in ("from", "until"):
        if row[column] and _day(row[column]) is None:
            yield column, f"{row[column]} is no date; write it as 2026-12-31."
    first, last = _day(row["from"]), _day(row["until"])
    if first and last and last < first:
        yield "until", f"{last} is before {first}."


def term(row: Mapping[str, str], zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Since and until when: from the morning of ``from`` to the night of ``until``, in ``zone``."""
    first, last = _day(row["from"]), _day(row["until"])
    return (
        datetime.combine(first, time(), zone) if first else None,
        datetime.combine(last + _DAY, time(), zone) if last else None,
    )


def term_cells(since: datetime | None, until: datetime | None, zone: ZoneInfo) -> dict[str, str]:
    """The first and the last day of a term as ``term`` reads them."""
    return {
        "from": since.astimezone(zone).date().isoformat() if since else "",
        "until": (until.astimezone(zone).date() - _DAY).isoformat() if until else "",
    }


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, whatever the zone
    except ValueError:
        return None


# ── writing and comparing ────────────────────────────────────────────────────────────────────────


def write_sheet(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """CSV as ``read_sheet`` takes it; no cell begins as a formula does."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_guarded(row[column]) for column in columns] for row in rows)
    return file.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def compare(old: Iterable[T], new: Iterable[T], label: Callable[[T], str]) -> Changes:
    """What replacing ``old`` by ``new`` means."""
    before, after = Counter(old), Counter(new)
    added, removed = list((after - before).elements()), list((before - after).elements())
    both = {label(one) for one in added} & {label(one) for one in removed}
    return Changes(
        new=tuple(name for name in map(label, added) if name not in both),
        changed=tuple(sorted(both)),
        gone=tuple(name for name in map(label, removed) if name not in both),
    )


def told(changes: Changes) -> str:
    """The changes, one a line."""
    lines = [
        f"  {sign} {name}"
        for sign, names in (("+", changes.new), ("~", changes.changed), ("-", changes.gone))
        for name in names
    ]
    return "".join(f"{line}\n" for line in lines)


def summed(changes: Changes) -> str:
    """How many changes of each kind, in words."""
    counts = (("new", changes.new), ("changed", changes.changed), ("gone", changes.gone))
    return ", ".join(f"{len(names)} {word}" for word, names in counts if names) or "nothing new"
