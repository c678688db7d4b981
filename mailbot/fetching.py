"""New letters from a mailbox into the store, and what is done back to the mailbox."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from mailbot.addressing import notify, office_in_force
from mailbot.config import Mailbox
from mailbot.mail.inbox import Batch, Inbox, Withheld
from mailbot.office import Office
from mailbot.store import letters, outgoing

log = logging.getLogger(__name__)

COPIES_AT_ONCE = 50


def begin_now(office: Office, mailbox: Mailbox, inbox: Inbox) -> None:
    """Set the mark of a mailbox to now: what lies in it stays there, and nobody is answered for it."""
    now = office.now()
    newest = inbox.newest_uid()
    with office.store.begin() as connection:
        letters.set_mark(
            connection,
            mailbox.name,
            mailbox.imap.folder,
            inbox.uidvalidity,
            newest,
            read_until=now,
            begun=now.replace(microsecond=0),  # INTERNALDATE, which it is compared with, knows whole seconds
        )
    log.info("%s: letters from now on are read; those up to UID %s are left alone", mailbox.address, newest)


def fetch_new(
    office: Office, mailbox: Mailbox, inbox: Inbox, stop: threading.Event, tell: Callable[[int], None]
) -> int:
    """Store what is new in the mailbox and return how many letters that were.

    Each batch and the new high-water mark are one commit. A mailbox that was never read begins now.
    ``stop`` ends it between two batches; ``tell`` is told the size of each. Raises MailError.
    """
    began = office.now()
    with office.store.look() as connection:
        mark = letters.find_mark(connection, mailbox.name, mailbox.imap.folder)
    if mark is None:
        begin_now(office, mailbox, inbox)
        return 0
    count, newest = 0, inbox.newest_uid()
    for batch in inbox.new_letters(mark.uidvalidity, mark.last_uid):
        office.step("fetched", batch.last_uid)
        received, mark = _receive(office, mailbox, batch, mark, newest)
        count += received
        office.step("received", batch.last_uid)
        tell(received)
        if stop.is_set():
            return count
    with office.store.begin() as connection:
        last_uid = mark.last_uid if inbox.uidvalidity == mark.uidvalidity else 0
        letters.set_mark(
            connection, mailbox.name, mailbox.imap.folder, inbox.uidvalidity, last_uid, read_until=began
        )
    return count


def _receive(
    office: Office, mailbox: Mailbox, batch: Batch, mark: letters.Mark, newest: int
) -> tuple[int, letters.Mark]:
    """One batch with its mark in one commit: how many letters were stored, and the new mark.

    A folder that was made anew shows all its letters again: of those, what came before the bot began is
    left alone. How far the old ones go is kept, so that a rescan that was broken off stays one.
    """
    rescan_to = mark.rescan_to if batch.uidvalidity == mark.uidvalidity else newest
    incoming = [
        letters.Incoming(fetched.raw, fetched.received_at, fetched.uid)
        for fetched in batch.letters
        if fetched.uid > rescan_to or fetched.received_at >= mark.begun
    ]
    if older := len(batch.letters) - len(incoming):
        log.info("%s: %s letters from before mailbot began are left alone", mailbox.address, older)
    with office.store.begin() as connection:
        renewed = letters.set_mark(
            connection,
            mailbox.name,
            mailbox.imap.folder,
            batch.uidvalidity,
            batch.last_uid,
            mark.read_until,
            rescan_to=rescan_to,
        )
        letters.receive(connection, renewed, incoming, office.now())
        if batch.withheld:
            _tell_of_withheld(office, connection, mailbox, batch.withheld)
    return len(incoming), renewed


def _tell_of_withheld(
    office: Office, connection: Connection, mailbox: Mailbox, withheld: Sequence[Withheld]
) -> None:
    """Letters that the server lists and would not hand over: a person must look, or they are lost."""
    readers = office_in_force(connection, office.now())
    for letter in withheld:
        reason = f"{mailbox.address}, {mailbox.imap.folder}, UID {letter.uid}: {letter.reason}"
        log.error("a letter was not handed over by the server: %s", reason)
        notify(office, connection, readers, "withheld", reason=reason)


def put_away(office: Office, mailbox: Mailbox, inbox: Inbox) -> int:
    """Move or flag on the server what is done with, as the settings wish; returns how many letters."""
    with office.store.look() as connection:
        mark = letters.find_mark(connection, mailbox.name, mailbox.imap.folder)
        done = letters.to_put_away(connection, mark.id) if mark else []
    if not done:
        return 0
    uids = [uid for _row, uidvalidity, uid in done if uidvalidity == inbox.uidvalidity]
    inbox.put_away(uids, mailbox.imap.after, mailbox.imap.done)
    office.step("put away", done[-1][0])
    with office.store.begin() as connection:
        letters.put_away(connection, [row for row, _uidvalidity, _uid in done])
    return len(uids)


def copy_sent(office: Office, mailbox: Mailbox, inbox: Inbox) -> int:
    """Put copies of what was sent into the mailbox's Sent folder, where the settings name one."""
    if not mailbox.imap.sent:
        return 0
    with office.store.look() as connection:
        sent = outgoing.to_copy(connection, COPIES_AT_ONCE)
    for letter in sent:
        inbox.append_sent(letter.raw, letter.sent_at or office.now())
        office.step("copied", letter.id)
        with office.store.begin() as connection:
            outgoing.copied(connection, letter.id)
    return len(sent)
