"""What SQLite and PostgreSQL share and SQLAlchemy leaves to each: insert … on conflict, long lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

SLICE = 500
"""Values in one statement: SQLite takes 32,766 (SQLITE_MAX_VARIABLE_NUMBER), PostgreSQL 65,535."""


def in_slices(values: Collection[T]) -> Iterator[list[T]]:
    """``values`` in lists short enough for one statement: a stranger's letter may bring any number."""
    rest = iter(values)
    while some := list(islice(rest, SLICE)):
        yield some


def insert(c: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert into ``table`` that has ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return postgresql.insert(table) if c.dialect.name == "postgresql" else sqlite.insert(table)


def put(c: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Set ``values`` in the row with this unique ``key``, which is made where there is none."""
    c.execute(
        insert(c, table)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=dict(values))
    )
