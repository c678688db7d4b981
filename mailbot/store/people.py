"""The roster as it was imported: people, their roles and terms, their addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from mailbot.store.tables import people, person_addresses
from mailbot.values import Address, Kind, Person, Role


def replace_all(c: Connection, roster: Sequence[Person]) -> None:
    """Keep these people and no others."""
    c.execute(delete(person_addresses))
    c.execute(delete(people))
    for person in roster:
        add(c, person)


def add(c: Connection, person: Person) -> None:
    """Keep one more person; one who has several roles is kept once for each."""
    row = c.scalar(
        insert(people)
        .values(
            name=person.name,
            organization=person.organization,
            kind=person.kind or "",
            language=person.language,
            role=person.role,
            since=person.since,
            until=person.until,
        )
        .returning(people.c.id)
    )
    addresses = [{"person_id": row, "email": email, "key": Address(email).key} for email in person.addresses]
    if addresses:
        c.execute(insert(person_addresses), addresses)


def roster(c: Connection) -> tuple[Person, ...]:
    """Everybody, in the order in which they were kept, whether their term is past, running or to come."""
    addresses: dict[int, list[str]] = defaultdict(list)
    for person_id, email in c.execute(
        select(person_addresses.c.person_id, person_addresses.c.email).order_by(person_addresses.c.id)
    ):
        addresses[person_id].append(email)
    return tuple(
        Person(
            name=row["name"],
            role=Role(row["role"]),
            addresses=tuple(addresses[row["id"]]),
            organization=row["organization"],
            kind=Kind(row["kind"]) if row["kind"] else None,
            language=row["language"],
            since=row["since"],
            until=row["until"],
        )
        for row in c.execute(select(people).order_by(people.c.id)).mappings()
    )
