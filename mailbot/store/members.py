"""The members' directory as it is kept. A member is known by its name, which no other one has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from mailbot.store.tables import holdable, member_names, members
from mailbot.values import Kind, Member


class NoSuchMember(LookupError):  # noqa: N818 - it says what is so
    """No member has this name."""


class NameTaken(ValueError):  # noqa: N818 - it says what is so
    """Another member, or a former one, has this name."""


def replace_all(c: Connection, directory: Sequence[Member]) -> None:
    """Keep these members and no others. Raises NameTaken where two of them have the same name."""
    c.execute(delete(member_names))
    c.execute(delete(members))
    for member in directory:
        add(c, member)


def add(c: Connection, member: Member) -> None:
    """Keep one more member. Raises NameTaken: one who comes back after an end is changed, not added."""
    _see_that_free(c, member.name)
    row = c.scalar(insert(members).values(_columns(member)).returning(members.c.id))
    _keep_names(c, row, member.other_names)


def change(c: Connection, name: str, member: Member) -> None:
    """Keep ``member`` in the place of the one called ``name``; its own name may be a new one.

    Raises NoSuchMember, or NameTaken where the new name is another's.
    """
    row = _row(c, name)
    if holdable(member.name) != holdable(name):
        _see_that_free(c, member.name)
    c.execute(update(members).where(members.c.id == row).values(_columns(member)))
    c.execute(delete(member_names).where(member_names.c.member_id == row))
    _keep_names(c, row, member.other_names)


def end(c: Connection, name: str, until: datetime) -> None:
    """Let the membership of the one called ``name`` end at ``until``. Raises NoSuchMember."""
    c.execute(update(members).where(members.c.id == _row(c, name)).values(until=until))


def every(c: Connection) -> tuple[Member, ...]:
    """Everyone, former members and those to come included, in the order in which they were kept."""
    names: dict[int, list[str]] = defaultdict(list)
    for member_id, name in c.execute(
        select(member_names.c.member_id, member_names.c.name).order_by(member_names.c.id)
    ):
        names[member_id].append(name)
    return tuple(
        Member(
            name=row["name"],
            kind=Kind(row["kind"]),
            country=row["country"],
            language=row["language"],
            acronym=row["acronym"],
            other_names=tuple(names[row["id"]]),
            website=row["website"],
            since=row["since"],
            until=row["until"],
        )
        for row in c.execute(select(members).order_by(members.c.id)).mappings()
    )


def in_force(c: Connection, at: datetime) -> tuple[Member, ...]:
    """Those who are members at ``at``."""
    return tuple(member for member in every(c) if member.belongs(at))


def _columns(member: Member) -> dict[str, Any]:
    return {
        "name": member.name,
        "kind": member.kind,
        "country": member.country,
        "language": member.language,
        "acronym": member.acronym,
        "website": member.website,
        "since": member.since,
        "until": member.until,
    }


def _keep_names(c: Connection, row: int | None, names: Sequence[str]) -> None:
    if names:
        c.execute(insert(member_names), [{"member_id": row, "name": name} for name in names])


def _row(c: Connection, name: str) -> int:
    row: int | None = c.scalar(select(members.c.id).where(members.c.name == name))
    if row is None:
        raise NoSuchMember(f"There is no member {name}.")
    return row


def _see_that_free(c: Connection, name: str) -> None:
    if c.scalar(select(members.c.id).where(members.c.name == name)) is not None:
        raise NameTaken(f"There is a member {name} already.")
