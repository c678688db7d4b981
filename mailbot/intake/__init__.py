"""One letter from raw to recorded.

Reading is slow and pure and happens outside any transaction; then, in one transaction, the letter is
weighed against what is on file, the cases it concerns are advanced, and everything that follows is
written down. A letter that fails is tried again, and after some tries it is set aside with a notice
that carries the original: no letter stops those behind it, and none disappears.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import Connection

from mailbot.addressing import notify, office_in_force
from mailbot.intake.acts import Handled, settle
from mailbot.intake.deciders import DECIDERS
from mailbot.intake.evidence import Evidence, describe, gather
from mailbot.mail.pauses import pause_after
from mailbot.office import Office
from mailbot.store import letters
from mailbot.store.engine import StoreError
from mailbot.values import Attachment

__all__ = ["Handled", "handle_next"]

log = logging.getLogger(__name__)


FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""Between two tries to handle the same letter."""


def handle_next(office: Office) -> Handled | None:
    """Handle the letter whose turn it is; None where none is waiting.

    Whatever goes wrong with it is answered here: it is put off, and at last set aside.
    """
    with office.store.begin() as connection:
        waiting = letters.take(connection, office.now())
    if waiting is None:
        return None
    if waiting.attempts > office.settings.rhythm.tries:
        ended = f"mailbot itself was ended {waiting.attempts - 1} times while it read this letter"
        return _failed(office, waiting, None, ended)
    evidence = None
    try:
        evidence = gather(office, waiting.id, waiting.received_at)
        office.step("read", waiting.id)
        with office.store.begin() as connection:
            handled = _record(office, connection, evidence)
            office.step("decided", waiting.id)
        office.step("recorded", waiting.id)
    except StoreError:
        raise  # the database is away or locked: no fault of the letter's
    except Exception as error:  # any fault at all must cost this letter alone
        log.exception("letter %s could not be handled", waiting.id)
        return _failed(office, waiting, evidence, f"{type(error).__name__}: {error}")
    return handled


def _record(office: Office, connection: Connection, evidence: Evidence) -> Handled:
    """Describe the letter, and let the first of the deciders that knows what to do with it do so."""
    digest = describe(connection, evidence)
    if letters.held_up(connection, evidence.row):
        return Handled(evidence.row, "held up")
    if first := letters.first_of(
        connection, evidence.row, evidence.letter.message_id, evidence.sender.key, digest
    ):
        return settle(office, connection, evidence, "repeated", state="duplicate", same_as=first)
    return next(handled for decide in DECIDERS if (handled := decide(office, connection, evidence)))


def _failed(office: Office, waiting: letters.Waiting, evidence: Evidence | None, said: str) -> Handled:
    """Try again later, holding up its sender's letters alone; after the last try, set it aside."""
    now = office.now()
    with office.store.begin() as connection:
        if evidence is not None:
            describe(connection, evidence)
        if waiting.attempts < office.settings.rhythm.tries:
            pause = pause_after(waiting.attempts, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
            letters.put_off(connection, waiting.id, try_at=now + pause, error=said)
            return Handled(waiting.id, "put off")
        raw = letters.raw(connection, waiting.id)
        letters.settle(connection, waiting.id, state="set_aside", outcome=said, now=now)
        original = Attachment("original.eml", "message/rfc822", raw)
        readers = office_in_force(connection, now)
        notify(office, connection, readers, "set_aside", reason=said, attachments=(original,))
    return Handled(waiting.id, "set aside")
