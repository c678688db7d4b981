"""How long to wait before trying again: for a connection, and for a letter that waits.

The waiting itself is the caller's: a reconnect waits on the event that stops the bot, a letter waits
as a row that outlives the process. Libraries such as tenacity or stamina wrap the call, the waiting
and the counting into one, which fits neither; what remains of them here is this formula.
"""

from __future__ import annotations

from datetime import timedelta

_MOST_DOUBLINGS = 60  # keeps the number small after years of failing; no pause that long is ever asked for


def pause_after(attempt: int, *, first: timedelta, longest: timedelta, spread: float = 0.0) -> timedelta:
    """The pause after failed attempt number ``attempt`` (1, 2, …): it doubles from ``first`` to ``longest``.

    ``spread``, from 0 to 1, is chance given by the caller: it shortens the pause by up to a quarter, so
    that many who failed together do not come back together.
    """
    doublings = min(max(attempt, 1) - 1, _MOST_DOUBLINGS)
    seconds = min(first.total_seconds() * 2**doublings, longest.total_seconds())
    return timedelta(seconds=seconds * (1 - spread / 4))
