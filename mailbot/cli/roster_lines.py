"""One line of the roster, found by what an operator types and checked before it is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rapidfuzz import process

from mailbot.cli import roster_csv
from mailbot.cli.troubles import Failure
from mailbot.folding import fold
from mailbot.values import Address, Person, Role


def find_lines(roster: Sequence[Person], who: str, role: str | None = None) -> tuple[Person, ...]:
    """The lines of ``who``, an address or a name; a part of a name will do where one person has it.

    Raises Failure where there is none, with those that are near, or where several people are meant.
    """
    lines = [person for person in roster if role in (None, person.role)]
    if "@" in who:
        found = [p for p in lines if Address(who).key in {Address(a).key for a in p.addresses}]
    else:
        found = [p for p in lines if fold(p.name) == fold(who)]
        found = found or [p for p in lines if set(fold(who).split()) <= set(fold(p.name).split())]
    if not found:
        raise Failure(f"Nobody on the roster is {who}{f', {role}' if role else ''}.{_near(lines, who)}")
    if "@" not in who and len({p.name for p in found}) > 1:
        raise Failure(
            f"{who} may be {_listed(roster_csv.label(p) for p in found)}. Give the whole name, or an address."
        )
    return tuple(found)


def find_line(roster: Sequence[Person], who: str, role: str | None, at: datetime) -> Person:
    """The one line of ``who``; where there are several in a role, the one whose term covers ``at``.

    Raises Failure where there is none, or which of several is meant cannot be told.
    """
    found = find_lines(roster, who, role)
    labels = list(dict.fromkeys(map(roster_csv.label, found)))
    if len(labels) > 1:
        how = "Give the name." if len({p.name for p in found}) > 1 else "Say which with --role."
        raise Failure(f"{who} is {_listed(labels)}. {how}")
    serving = [p for p in found if p.serves(at)] if len(found) > 1 else list(found)
    if len(serving) != 1:
        raise Failure(
            f"{labels[0]} stands on the roster {len(found)} times, and which is meant cannot be told. "
            "Change it with «mailbot people export», a spreadsheet, and «mailbot people import»."
        )
    return serving[0]


def checked(row: Mapping[str, str], zone: ZoneInfo, options: Mapping[str, str]) -> Person:
    """The person of ``row``. Raises Failure that names the option of each wrong cell."""
    wrong = [f"{options.get(column, column)}: {what}" for column, what in roster_csv.slips(row)]
    if wrong:
        raise Failure("\n".join(["Nothing was changed. Please correct:", *(f"  {one}" for one in wrong)]))
    return roster_csv.person_of(row, zone)


def same_line(roster: Iterable[Person], person: Person) -> bool:
    """Whether the roster holds this person in this role, for a term that overlaps."""
    return any((p.name, p.role) == (person.name, person.role) and _overlap(p, person) for p in roster)


def _overlap(one: Person, other: Person) -> bool:
    def before(until: datetime | None, since: datetime | None) -> bool:
        return until is not None and since is not None and until <= since

    return not before(one.until, other.since) and not before(other.until, one.since)


def nobody_steers(roster: Iterable[Person], at: datetime) -> bool:
    """Whether nobody on it is of the Secretariat at ``at``."""
    return not any(person.role is Role.SECRETARIAT and person.serves(at) for person in roster)


def _near(lines: Sequence[Person], who: str) -> str:
    names = {text: text for p in lines for text in (p.name, *p.addresses)}
    near = process.extract(who, names, processor=fold, limit=3, score_cutoff=65)
    return f" Did you mean {_listed(name for name, _, _ in near)}?" if near else ""


def _listed(words: Iterable[str]) -> str:
    *first, last = dict.fromkeys(words)
    return f"{', '.join(first)} or {last}" if first else last
