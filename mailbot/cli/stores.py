"""The database of the settings, opened for one command and closed behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.config import Settings
from mailbot.store.engine import Store


@contextmanager
def opened(settings: Settings, *, migrate: bool = False) -> Iterator[Store]:
    """The database, its tables brought up to date first where ``migrate``. Raises StoreError."""
    store = Store.open(settings.database)
    try:
        if migrate:
            store.migrate()
        yield store
    finally:
        store.close()
