"""The demo's clock: it stands while a letter is read, and jumps when the story says that time goes by."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning. All that the demo shows happens on the same days and hours whenever it is run."""


class Clock:
    """Called, it tells the time. It stands until it is moved, or let run."""

    def __init__(self, beginning: datetime = BEGINNING) -> None:
        self._shown = beginning
        self._running_since: float | None = None

    def __call__(self) -> datetime:
        """The time, aware."""
        if self._running_since is None:
            return self._shown
        return self._shown + timedelta(seconds=time.monotonic() - self._running_since)

    def move(self, pause: timedelta) -> None:
        """Let so much time go by at once."""
        self._shown += pause

    def run(self) -> None:
        """Go on from here as any clock does."""
        self._running_since = time.monotonic()
