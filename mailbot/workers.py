"""Work that is done when somebody wakes it, in a thread that ends between two pieces of work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from mailbot.mail.errors import MailError
from mailbot.mail.pauses import pause_after

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)
"""Between two tries after a failure."""


class Worker:
    """Does its work whenever it is woken, until ``stop`` is set and it is woken once more."""

    def __init__(self, name: str, stop: threading.Event) -> None:
        self.name = name
        self._stop = stop
        self._woken = threading.Event()

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def run(self, work: Callable[[], None]) -> None:
        """Work now and at every wake. A failure is told and tried again, after growing pauses."""
        failures = 0
        while True:
            self._woken.clear()  # before looking for a stop, or the last wake could be lost between the two
            if self._stop.is_set():
                return
            failures = 0 if succeeds(self.name, work) else failures + 1
            if failures:
                pause_or_stop(failures, self._stop)
            else:
                self._woken.wait()


def succeeds(name: str, work: Callable[[], None]) -> bool:
    """Do the work; False where it failed, which is then told in the log: one line for a server in
    trouble, all of it for a fault of ours."""
    try:
        work()
    except MailError as trouble:
        log.warning("%s: %s", name, trouble)
        return False
    except Exception:
        log.exception("%s failed; it is tried again", name)
        return False
    return True


def pause_or_stop(failures: int, stop: threading.Event) -> None:
    """Wait before trying again after so many failures in a row; a stop ends the waiting."""
    stop.wait(pause_after(failures, first=FIRST_PAUSE, longest=LONGEST_PAUSE).total_seconds())
