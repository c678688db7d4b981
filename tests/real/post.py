"""The post between people and the bot: all read their mail on Dovecot, and send it by one SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

from mailbot.config import Secret, Settings
from mailbot.sandbox.servers import Handed, Sandbox
from tests.real.dovecot import PASSWORD, Dovecot
from tests.story import settings


class Post:
    """Takes letters by SMTP, and puts them into the mailboxes of those to whom they are addressed.

    It is what a story is told on, in the place of the embedded servers.
    """

    def __init__(self, dovecot: Dovecot, smtp: Sandbox) -> None:
        self._dovecot = dovecot
        self._smtp = smtp
        self._carried = 0

    @property
    def host(self) -> str:
        return self._dovecot.host

    @property
    def imap_port(self) -> int:
        return self._dovecot.port

    @property
    def smtp_port(self) -> int:
        return self._smtp.smtp_port

    @property
    def outside(self) -> tuple[Handed, ...]:
        """Every letter that was handed in, the bot's and people's."""
        return self._smtp.outside

    def settings(self, folder: Path) -> Settings:
        """A bot's configuration for these servers."""
        plain = settings(folder, self.imap_port, self.smtp_port)
        (folder / "dovecot").write_text(PASSWORD, encoding="utf-8")
        (box,) = plain.mailboxes
        imap = replace(box.imap, password=Secret(file=str(folder / "dovecot")))
        return replace(plain, mailboxes=(replace(box, imap=imap),))

    @contextmanager
    def mailbox(self, address: str) -> Iterator[IMAPClient]:
        """The mailbox of ``address``, as a mail program sees it, at its INBOX."""
        with IMAPClient(self._dovecot.host, self.imap_port, ssl=False) as client:
            client.login(address, PASSWORD)
            client.select_folder("INBOX")
            yield client

    def deliver(self, address: str, raw: bytes, at: datetime) -> None:
        """A letter comes to ``address`` at a given time."""
        with self.mailbox(address) as client:
            client.append("INBOX", raw, msg_time=at)

    def carry(self, at: datetime) -> None:
        """What was handed in since the last time comes to everybody to whom it is addressed."""
        fresh, self._carried = self.outside[self._carried :], len(self.outside)
        for letter in fresh:
            for recipient in letter.recipients:
                local, _, domain = recipient.partition("@")
                self.deliver(f"{local.partition('+')[0]}@{domain}", letter.raw, at)
