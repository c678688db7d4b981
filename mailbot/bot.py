"""The parts put together, and run: one worker for each mailbox, one that handles, one that delivers.

APScheduler only wakes them. Each does its work to the end of a letter and then looks whether it should
stop, so a stop never cuts a letter in two.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.clock import ring_due
from mailbot.compose import DEFAULT_FOLDER, Templates
from mailbot.config import Mailbox, Settings
from mailbot.delivery import Delivered, deliver_due
from mailbot.fetching import copy_sent, fetch_new, put_away
from mailbot.intake import Handled, handle_next
from mailbot.mail.errors import MailError
from mailbot.mail.inbox import Inbox
from mailbot.mail.outbox import Outbox
from mailbot.office import Office
from mailbot.rulebook import load_rules
from mailbot.store import letters, outgoing
from mailbot.store.engine import Store
from mailbot.workers import Worker, pause_or_stop, succeeds

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass
class Round:
    """What one round came to."""

    received: int = 0
    handled: list[Handled] = field(default_factory=list)
    rang: int = 0
    delivered: Delivered = field(default_factory=Delivered)
    troubles: list[MailError] = field(default_factory=list)
    """The servers that could not be reached or refused us."""


@dataclass
class Bot:
    """The bot at its desk."""

    office: Office

    @classmethod
    def build(
        cls,
        settings: Settings,
        *,
        now: Callable[[], datetime] = utc_now,
        randomness: Callable[[int], bytes] = os.urandom,
        step: Callable[[str, int], None] = lambda _step, _row: None,
    ) -> Bot:
        """Open the store (migrated to the newest tables), read rules and templates.

        Raises SettingError, RuleError, StoreError, TemplateError.
        """
        rules = load_rules(*_folder(settings.folders.rules))
        folders = (DEFAULT_FOLDER, *_folder(settings.folders.templates))
        templates = Templates(*folders, only=rules.process.languages)
        key = settings.key.fetch("key").encode()
        store = Store.open(settings.database)
        store.migrate()
        office = Office(settings, rules, templates, store, key, now, randomness, step)
        office.keep_rules()
        return cls(office)

    def close(self) -> None:
        """Let go of the store."""
        self.office.store.close()

    def receive(self, raw: bytes, received_at: datetime) -> int:
        """Store one letter that came by pipe and return its row; it is handled in the next round."""
        with self.office.store.begin() as connection:
            incoming = letters.Incoming(raw, received_at)
            return letters.receive(connection, None, [incoming], self.office.now())[0]

    # ── one round ────────────────────────────────────────────────────────────────────────────────

    def once(self, progress: Callable[[str], None] = lambda _: None) -> Round:
        """Fetch, handle, ring, deliver and tidy up, once. A server in trouble does not stop the rest.

        Raises StoreBusy where another bot is at work on the same database.
        """
        with self.office.store.alone():
            return self._round(progress)

    def _round(self, progress: Callable[[str], None]) -> Round:
        done, never = Round(), threading.Event()
        self._release()
        for mailbox in self.office.settings.mailboxes:
            progress(f"{mailbox.address}: looking for letters")
            with _noted(done.troubles), self._inbox(mailbox) as inbox:
                done.received += fetch_new(
                    self.office, mailbox, inbox, never, lambda n: progress(f"{n} letters fetched")
                )
        while (handled := handle_next(self.office)) is not None:
            progress(f"letter {handled.letter}: {handled.outcome}")
            done.handled.append(handled)
        done.rang = ring_due(self.office)
        progress("delivering")
        with _noted(done.troubles):
            done.delivered = asyncio.run(self._deliver_once(never))
        for mailbox in self.office.settings.mailboxes:
            with _noted(done.troubles), self._inbox(mailbox) as inbox:
                self._tidy(mailbox, inbox)
        return done

    def _tidy(self, mailbox: Mailbox, inbox: Inbox) -> None:
        """Back on the server: letters that are done with are put away, those sent are copied to Sent."""
        put_away(self.office, mailbox, inbox)
        if mailbox is self.office.mailbox:
            copy_sent(self.office, mailbox, inbox)

    async def _deliver_once(self, stop: threading.Event) -> Delivered:
        async with self._outbox() as outbox:
            return await deliver_due(self.office, outbox, stop)

    def _inbox(self, mailbox: Mailbox) -> Inbox:
        password = mailbox.imap.password.fetch(f"mailboxes.{mailbox.name}.imap.password")
        return Inbox(mailbox.imap, password, idle=self.office.settings.rhythm.idle)

    def _outbox(self) -> Outbox:
        smtp = self.office.settings.smtp
        return Outbox(smtp, smtp.password.fetch("smtp.password") if smtp.password else None)

    def _release(self) -> None:
        """Let letters wait again that were being sent when the process died."""
        with self.office.store.begin() as connection:
            if count := outgoing.release_claims(connection):
                log.warning("%s letters were being sent when mailbot was ended; they are sent again", count)

    # ── until stopped ────────────────────────────────────────────────────────────────────────────

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; returns when every worker has finished what it had in hand.

        Raises StoreBusy where another bot is at work on the same database.
        """
        with self.office.store.alone():
            self._work(stop)

    def _work(self, stop: threading.Event) -> None:
        self._release()
        handler, sender = Worker("handler", stop), Worker("outbox", stop)
        tasks = {
            handler.name: lambda: handler.run(lambda: self._handle_all(sender, stop)),
            sender.name: lambda: self._keep_sending(sender, stop),
        }
        for mailbox in self.office.settings.mailboxes:
            tasks[mailbox.name] = partial(self._keep_reading, mailbox, handler, stop)
        threads = [threading.Thread(target=task, name=name) for name, task in tasks.items()]
        scheduler = BackgroundScheduler(timezone=UTC)
        for worker in (handler, sender):
            scheduler.add_job(worker.wake, "interval", seconds=self.office.settings.rhythm.poll)
        for thread in threads:
            thread.start()
        scheduler.start()
        stop.wait()
        scheduler.shutdown()
        handler.wake()
        sender.wake()
        for thread in threads:
            thread.join()

    def _handle_all(self, sender: Worker, stop: threading.Event) -> None:
        """Handle what waits, letter by letter, and ring what is due."""
        while not stop.is_set() and (handled := handle_next(self.office)) is not None:
            log.info("letter %s: %s %s", handled.letter, handled.outcome, handled.case)
            sender.wake()
        if ring_due(self.office):
            sender.wake()

    def _keep_sending(self, sender: Worker, stop: threading.Event) -> None:
        """Deliver at every wake, over connections that stay open: the event loop they live on is this
        thread's, and stands still in between."""
        with asyncio.Runner() as runner:
            outbox = self._outbox()
            runner.run(outbox.start())
            sender.run(lambda: _delivered(runner.run(deliver_due(self.office, outbox, stop))))
            runner.run(outbox.close())

    def _keep_reading(self, mailbox: Mailbox, handler: Worker, stop: threading.Event) -> None:
        """Read a mailbox over one connection for as long as it lasts, then over a new one."""
        failures = 0
        while not stop.is_set():
            if succeeds(mailbox.address, lambda: self._read_on(mailbox, handler, stop)):
                failures = 0
            else:
                failures += 1
                pause_or_stop(failures, stop)

    def _read_on(self, mailbox: Mailbox, handler: Worker, stop: threading.Event) -> None:
        with self._inbox(mailbox) as inbox:
            while not stop.is_set():
                if count := fetch_new(self.office, mailbox, inbox, stop, lambda _: handler.wake()):
                    log.info("%s: %s new letters", mailbox.address, count)
                if stop.is_set():
                    return
                self._tidy(mailbox, inbox)
                inbox.wait(self.office.settings.rhythm.poll, stop)


def _delivered(delivered: Delivered) -> None:
    if delivered != Delivered():
        log.info("%s letters sent, %s put off, %s failed", delivered.sent, delivered.later, delivered.failed)


def _folder(path: str) -> tuple[Path, ...]:
    return (Path(path),) if path else ()


@contextmanager
def _noted(troubles: list[MailError]) -> Iterator[None]:
    """A server in trouble is noted, and the round goes on with the others."""
    try:
        yield
    except MailError as trouble:
        log.warning("%s", trouble)
        troubles.append(trouble)
