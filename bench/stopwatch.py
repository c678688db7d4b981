"""Times a piece of work by the processor's clock, and stops it where it does not come back."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


class TooSlowError(Exception):
    """The work was stopped, since it did not end."""


def timed(work: Callable[[], _T], patience: float) -> tuple[float, _T]:
    """How many seconds of the processor ``work`` took, and its result.

    Raises TooSlowError after ``patience`` (seconds), in the midst of a regular expression too. Only in the
    main thread of a process.
    """

    def stop(*_: object) -> None:
        raise TooSlowError(f"not ended after {patience:.0f} s")

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, patience)
    began = time.process_time()
    try:
        result = work()
        return time.process_time() - began, result
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
