"""A whole bot with a database and mail servers of its own, and a small cast that writes to it.

Letters go in and out over real sockets. The clock is the story's: it stands until somebody moves it.
"""

from __future__ import annotations

import email
import email.policy
import itertools
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path

from mailbot.bot import Bot, Round
from mailbot.config import Imap, Mailbox, Network, Rhythm, Secret, Security, Settings, Smtp, Trust
from mailbot.sandbox.servers import Sandbox
from mailbot.store import cases, journal, letters, outgoing, people
from mailbot.values import Person, Role

BOX = "membership@network.example"
PASSWORD = "open sesame"
BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

INES = Person("Ines Duarte", Role.SECRETARIAT, ("ines@network.example",), language="en")
OMAR = Person("Omar Haddad", Role.SECRETARIAT, ("omar@network.example",), language="fr")

ANSWERS = {
    "discovery": "We learned about ESCR-Net from a lawyer at a hearing on the port road in 2024.",
    "work": "We document evictions from landing sites and train paralegals in every ward of our county.",
    "motivation": "We want to become a member because the same companies face our friends elsewhere. We can "
    "contribute our training materials. Being a member would help us to use international mechanisms.",
    "reference": "FIAN International has known our work since 2022 and would be our reference.",
}


def numbered(answers: Sequence[str] = tuple(ANSWERS.values()), name: str = "Bahari Yetu Network") -> str:
    """An inquiry of the plainest shape."""
    told = "\n\n".join(f"{number}. {answer}" for number, answer in enumerate(answers, 1))
    return (
        f"Dear Secretariat,\n\nMy name is Rehema and I am the coordinator of {name}, Kenya. We would like to "
        f"become a member of ESCR-Net. Our answers to your questions:\n\n{told}\n\nKind regards,\nRehema"
    )


@dataclass(frozen=True)
class Got:
    """A letter as its reader got it."""

    raw: bytes
    message: EmailMessage = field(compare=False)

    @classmethod
    def read(cls, raw: bytes) -> Got:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return cls(raw, message)

    @property
    def to(self) -> str:
        return parseaddr(str(self.message["To"]))[1]

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def attachments(self) -> list[str]:
        return [part.get_content_type() for part in self.message.iter_attachments()]


def letter(
    sender: str,
    text: str,
    *,
    subject: str = "Membership",
    answers: Got | None = None,
    quoting: bool = True,
    at: datetime = BEGINNING,
    message_id: str = "",
    headers: dict[str, str] | None = None,
) -> bytes:
    """The bytes that a mail program would send; a reply quotes what it answers, as Thunderbird does."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = sender
    message["To"] = BOX
    message["Subject"] = f"Re: {answers.subject}" if answers else subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id or f"<{next(_serial)}.{at.timestamp():.0f}@mail.example>"
    for name, value in (headers or {}).items():
        message[name] = value
    if answers is not None:
        message["In-Reply-To"] = answers.id
        message["References"] = " ".join(filter(None, (answers.message["References"], answers.id)))
        if quoting:
            quoted = "\n".join(f"> {line}".rstrip() for line in answers.text.splitlines())
            text = f"{text}\n\nOn 2/3/26 09:00, Membership wrote:\n{quoted}"
    message.set_content(text)
    return message.as_bytes()


_serial = itertools.count(1)


@dataclass
class Clock:
    """Stands until it is moved; called, it tells the time."""

    now: datetime = BEGINNING

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Story:
    """What a test tells: who writes, what the bot does, who hears back."""

    bot: Bot
    clock: Clock
    post: Callable[[bytes, datetime], object]
    sent: Callable[[], Sequence[bytes]]

    # ── what people do ───────────────────────────────────────────────────────────────────────────

    def hears(self, sender: str, text: str, **how: object) -> bytes:
        """Somebody writes to the bot; nothing is read yet."""
        raw = letter(sender, text, at=self.clock.now, **how)  # type: ignore[arg-type]
        self.post(raw, self.clock.now)
        return raw

    def hears_raw(self, raw: bytes) -> None:
        """A letter comes in whose every byte the test has written."""
        self.post(raw, self.clock.now)

    def works(self) -> Round:
        """The bot does rounds until one finds nothing to do."""
        first = self.bot.once()
        done = first
        while done.handled or done.received or done.rang:
            done = self.bot.once()
        return first

    def passes(self, **time: float) -> None:
        """Time goes by, and the bot works."""
        self.clock.now += timedelta(**time)
        self.works()

    # ── what can be seen ─────────────────────────────────────────────────────────────────────────

    def letters_to(self, address: str) -> list[Got]:
        """All that was sent to somebody, oldest first."""
        return [got for got in map(Got.read, self.sent()) if got.to == address]

    def last_letter_to(self, address: str) -> Got:
        return self.letters_to(address)[-1]

    def templates_to(self, address: str) -> list[str]:
        """The letters that were sent to somebody, by their names, oldest first."""
        with self.bot.office.store.look() as connection:
            found = {
                o.message_id: o.template
                for number in [None, *(c.number for c in cases.every(connection))]
                for o in outgoing.of_case(connection, number)  # type: ignore[arg-type]
            }
        return [found[got.id.strip("<>")] for got in self.letters_to(address)]

    def cases(self) -> list[cases.Case]:
        with self.bot.office.store.look() as connection:
            return cases.every(connection)

    def case(self) -> cases.Case:
        """The only case there is."""
        (case,) = self.cases()
        return case

    def journal(self, number: str) -> list[journal.Entry]:
        with self.bot.office.store.look() as connection:
            return journal.entries(connection, number)

    def outcomes(self) -> list[str]:
        """What became of each letter, newest last."""
        with self.bot.office.store.look() as connection:
            return [stored.outcome for stored in reversed(letters.recent(connection, 100))]


def settings(
    folder: Path,
    imap_port: int,
    smtp_port: int,
    *,
    user: str = BOX,
    trust: Trust | None = None,
    tries: int = 3,
    digests: bool = False,
) -> Settings:
    """The configuration of a bot whose servers are on this machine."""
    (folder / "password").write_text(PASSWORD)
    (folder / "key").write_text("a key for these tests alone")
    password = Secret(file=str(folder / "password"))
    here = {"host": "127.0.0.1", "security": Security.NONE, "password": password, "timeout": 5.0}
    return Settings(
        network=Network("ESCR-Net", website="https://network.example", digests=digests),
        mailboxes=(Mailbox("membership", BOX, Imap(port=imap_port, user=user, **here)),),  # type: ignore[arg-type]
        smtp=Smtp(port=smtp_port, user=BOX, **here),  # type: ignore[arg-type]
        key=Secret(file=str(folder / "key")),
        database=f"sqlite:///{folder}/mailbot.db",
        trust=trust or Trust(),
        rhythm=Rhythm(poll=1.0, tries=tries),
    )


@contextmanager
def told(
    folder: Path, sandbox: Sandbox, roster: Sequence[Person] = (INES,), configured: Settings | None = None
):
    """A story on the embedded servers, its mailbox read from now on."""
    chosen = configured or settings(folder, sandbox.imap_port, sandbox.smtp_port)
    clock = Clock()
    bot = Bot.build(chosen, now=clock)
    story = Story(
        bot,
        clock,
        post=lambda raw, at: sandbox.deliver(BOX, raw, at),
        sent=lambda: [handed.raw for handed in sandbox.outside],
    )
    with bot.office.store.begin() as connection:
        people.replace_all(connection, roster)
    bot.once()
    try:
        yield story
    finally:
        bot.close()


def with_language(person: Person, language: str) -> Person:
    return replace(person, language=language)
