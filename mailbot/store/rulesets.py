"""The rules that cases began with, by their hash."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailbot.store.portable import insert
from mailbot.store.tables import rulesets


class NoSuchRules(LookupError):  # noqa: N818 - a statement, like NoSuchCase
    """No rules with this hash were kept."""


def keep(c: Connection, rules_hash: str, content: Mapping[str, Any], now: datetime) -> None:
    """Keep a set of rules; one that was kept before stays as it is."""
    c.execute(
        insert(c, rulesets)
        .values(hash=rules_hash, content=dict(content), stored_at=now)
        .on_conflict_do_nothing(index_elements=["hash"])
    )


def load(c: Connection, rules_hash: str) -> Mapping[str, Any]:
    """The rules with this hash. Raises NoSuchRules."""
    kept = select(rulesets.c.content).where(rulesets.c.hash == rules_hash)
    content: Mapping[str, Any] | None = c.scalar(kept)
    if content is None:
        raise NoSuchRules(f"The database has no rules with the hash {rules_hash}: restore it from a backup.")
    return content
