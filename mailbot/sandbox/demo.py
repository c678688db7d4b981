"""Conducts the demo: starts the servers and the bot, lets the cast write, and sees that all comes true.

Everything goes over sockets: the cast hands its letters to the SMTP server, the bot reads them over IMAP
and hands in its own, and what it sends lies in the inboxes of the cast, who answer it from there. Time is
the demo's own: it stands while a letter is dealt with, and jumps where the story says that days go by.
"""

from __future__ import annotations

import re
import secrets
import smtplib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from mailbot.bot import Bot
from mailbot.config import load
from mailbot.parsers.letter import read_letter
from mailbot.process.case import Case
from mailbot.sandbox import cast
from mailbot.sandbox.clients import Writer, Written, new_letter, reply
from mailbot.sandbox.clock import Clock
from mailbot.sandbox.filling import filled_in
from mailbot.sandbox.page import render
from mailbot.sandbox.record import MOST, Post, exchange, save_letters, written_since
from mailbot.sandbox.scenes import ENDINGS, Pause, Reply, Scene
from mailbot.sandbox.servers import Sandbox
from mailbot.store import cases, journal, letters, members, outgoing, people, timers
from mailbot.store.journal import Entry
from mailbot.telling import Teller
from mailbot.values import Letter
from mailbot.writing import teller

PASSWORD = "demo"  # noqa: S105 - of servers that listen on the loopback, for as long as the demo runs
PATIENCE = 20.0
"""Seconds that a server may take to answer; it takes some thousandths of one."""
ROUNDS = 5
"""More rounds than the bot needs to be done with a letter, or with all that is due."""
BETWEEN = timedelta(minutes=20)
"""How much time goes by between two letters of a day."""
MORNING = time(9)

MARK = ".mailbot-demo"
PAGE, LETTERS = "index.html", "letters"
_OURS = re.compile(
    r"\.mailbot-demo|config\.toml|mailbot\.key|password|mailbot\.db[-.\w]*|index\.html|letters|letters/\d{3,}-[^/]*\.eml"
)
"""Everything that a demo writes into its folder."""

SETTINGS = """\
# The settings under which the demo ran. Its servers were on these ports, and are gone with it.

key = {{ file = "mailbot.key" }}

[network]
name = "{network}"
website = "https://escr-net.example"

[[mailboxes]]
name = "membership"
address = "{address}"

[mailboxes.imap]
host = "{host}"
port = {imap_port}
security = "none"
user = "{address}"
password = {{ file = "password" }}

[smtp]
host = "{host}"
port = {smtp_port}
security = "none"

[trust]
plus_addresses = true

[rhythm]
poll = "5s"
"""


class DemoFailed(Exception):  # noqa: N818 - a statement about the demo
    """Something that the story needs did not happen; the message says what."""


class FolderTaken(Exception):  # noqa: N818 - as above
    """The folder holds something that no demo put there; the message says what."""


@dataclass(frozen=True, slots=True)
class Change:
    """A case in which something happened, as it is now, with its new journal entries."""

    case: Case
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """What one letter (None: the calendar) brought about: the letters that followed, the cases it changed."""

    at: datetime
    came: Post | None
    followed: tuple[Post, ...]
    changes: tuple[Change, ...]

    @property
    def case(self) -> Case | None:
        """The case that the letter belongs to, where something happened in it."""
        number = self.came.case if self.came else ""
        return next((change.case for change in self.changes if change.case.number == number), None)


class Bell:
    """Rung by the bot between any two steps of a letter's way; whoever waits for something looks then."""

    def __init__(self) -> None:
        self._rung = threading.Condition()

    def ring(self, _step: str, _row: int) -> None:
        """Something was done."""
        with self._rung:
            self._rung.notify_all()

    def wait_for(self, enough: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until ``enough()`` holds; False if it does not within so many seconds (None: for ever)."""
        with self._rung:
            return self._rung.wait_for(enough, seconds)


@dataclass
class Demo:
    """The demo while it runs, in ``folder``."""

    folder: Path
    sandbox: Sandbox
    bot: Bot
    clock: Clock
    bell: Bell
    _told: dict[str, int] = field(default_factory=dict)
    """How many journal entries of each case were told already."""
    _last: tuple[int, int] = (0, 0)
    """The last letter that came in and the last that was written, of those that were told already."""

    @property
    def tell(self) -> Teller:
        """Tells of the cases in English, which the demo speaks."""
        with self.bot.office.store.look() as connection:
            told = teller(self.bot.office, connection, "en")
            directory = members.every(connection)
        return replace(told, directory=lambda: directory)

    # ── the story ────────────────────────────────────────────────────────────────────────────────

    def play(self, number: int, scene: Scene) -> Happened:
        """Let one letter be written, wait until all that follows from it is done, and see that it is right.

        Raises DemoFailed.
        """
        self.clock.move(BETWEEN)
        message_id = f"{number:02}.{scene.by.language}@{scene.by.address.domain}"
        self._hand_in(scene.by, self._written(scene, message_id))
        return self._work(_said(scene), scene.follows)

    def pass_days(self, pause: Pause) -> Happened:
        """Let days go by at once, wait until all that was due is done, and see that it is right.

        Raises DemoFailed.
        """
        now = self.clock()
        later = datetime.combine(now.date() + timedelta(days=pause.days), MORNING, now.tzinfo)
        self.clock.move(later - now)
        return self._work(f"{pause.days} days pass", pause.follows)

    def _work(self, said: str, follows: Sequence[str]) -> Happened:
        """Let the bot do rounds until it is done, and see that it wrote what should follow."""
        for _ in range(ROUNDS):
            if troubles := self.bot.once().troubles:
                raise DemoFailed(f"{said}: {troubles[0]}")
            if self._is_idle():
                break
        else:
            raise DemoFailed(f"{said}: after {ROUNDS} rounds, the bot is not done.")
        happened = self.look()
        wrote = tuple(post.what for post in happened.followed)
        if wrote != tuple(follows):
            raise DemoFailed(f"{said}: the bot should write {_listed(follows)}; it wrote {_listed(wrote)}.")
        return happened

    def _written(self, scene: Scene, message_id: str) -> bytes:
        now = self.clock()
        if scene.answers is None:
            return new_letter(scene.by, scene.typed, cast.INBOX, message_id=message_id, at=now)
        parent = self._answered(scene.by, scene.answers)
        try:
            typed = _with_form(scene, parent) if scene.form else scene.typed
            return reply(scene.by, typed, parent, message_id=message_id, at=now)
        except ValueError as error:
            raise DemoFailed(f"{_said(scene)}: this cannot be answered so: {error}.") from error

    def _answered(self, by: Writer, which: Reply) -> Letter:
        """The last such letter in the inbox of whoever is to answer it."""
        with self.bot.office.store.look() as connection:
            about = which.applicant.address if which.applicant else None
            numbers = cases.all_numbers_of(connection, about.key) if about else ()
            for raw in reversed(self.sandbox.letters(by.address.email)):
                letter = read_letter(raw)
                sent = outgoing.by_message_id(connection, letter.message_id)
                if (
                    sent
                    and sent.template == which.template
                    and (about is None or sent.case_number in numbers)
                ):
                    return letter
        named = f" about {about.name}" if about else ""
        raise DemoFailed(f"{by.address.name} has no letter «{which.template}»{named} to answer.")

    def _hand_in(self, by: Writer, raw: bytes) -> None:
        to = [address.email for address in read_letter(raw).to]
        with smtplib.SMTP(self.sandbox.host, self.sandbox.smtp_port, timeout=PATIENCE) as server:
            server.sendmail(by.address.email, to, raw, mail_options=["BODY=8BITMIME"])

    def _is_idle(self) -> bool:
        """Whether nothing waits to be handled or sent, and no timer is due."""
        with self.bot.office.store.look() as connection:
            waiting = letters.count_by_state(connection).get("received", 0)
            leaving = outgoing.count_by_state(connection)
            due = timers.next_due(connection)
        return not (
            waiting
            or leaving.get("waiting", 0)
            or leaving.get("sending", 0)
            or (due is not None and due <= self.clock())
        )

    def look(self) -> Happened:
        """What happened since the last look: the letter that came, what was written, the cases it changed."""
        with self.bot.office.store.look() as connection:
            posts = written_since(connection, *self._last)
            changes = []
            for case in cases.every(connection):
                length, _ = journal.head(connection, case.number)
                seen, self._told[case.number] = self._told.get(case.number, 0), length
                if length > seen:
                    entries = journal.entries(connection, case.number)
                    changes.append(Change(case, tuple(entries[seen:])))
        came = [post for post in posts if post.incoming]
        ours = [post for post in posts if not post.incoming]
        self._last = (
            max((post.row for post in came), default=self._last[0]),
            max((post.row for post in ours), default=self._last[1]),
        )
        return Happened(self.clock(), came[-1] if came else None, tuple(ours), tuple(changes))

    def check_endings(self) -> None:
        """See that each application stands where it should, and that no journal was tampered with.

        Raises DemoFailed.
        """
        with self.bot.office.store.look() as connection:
            found = {case.number: case.stage for case in cases.every(connection)}
            faults = journal.audit(connection)
            meant = {
                number: (writer, stage)
                for writer, stage in ENDINGS.items()
                for number in cases.all_numbers_of(connection, writer.address.key)
            }
        if sorted(found) != sorted(meant) or len(meant) != len(ENDINGS):
            raise DemoFailed(
                f"Each of the {len(ENDINGS)} applicants should have a case; there are {_listed(found)}."
            )
        for number, (writer, stage) in meant.items():
            if found[number] != stage:
                raise DemoFailed(
                    f"{writer.address.name}'s case {number} should be at the stage {stage} in the end; "
                    f"it is at {found[number]}."
                )
        if faults:
            raise DemoFailed(f"The journal of {faults[0].case} is not as it was written: {faults[0].what}.")

    # ── afterwards ───────────────────────────────────────────────────────────────────────────────

    def every_case(self) -> list[Case]:
        """All cases, oldest first."""
        with self.bot.office.store.look() as connection:
            return cases.every(connection)

    def leave_behind(self) -> Sequence[Post]:
        """Write every letter and the page into the folder; returns the letters."""
        with self.bot.office.store.look() as connection:
            posts = exchange(connection, MOST)
        save_letters(posts, self.folder / LETTERS)
        (self.folder / PAGE).write_text(render(self.bot.office, posts, self.tell), encoding="utf-8")
        return posts

    def watch(self, tell: Callable[[Happened], None]) -> None:
        """Let the clock and the bot run, tell of every letter that comes, and renew what is left behind.

        Ends with KeyboardInterrupt alone.
        """
        self.clock.run()
        with _running(self.bot):
            while True:
                self.bell.wait_for(lambda: self._has_news() and self._is_idle())
                tell(self.look())
                self.leave_behind()

    def _has_news(self) -> bool:
        with self.bot.office.store.look() as connection:
            newest = letters.recent(connection, 1)
        return bool(newest) and newest[0].id > self._last[0] and newest[0].state != "received"


def _said(scene: Scene) -> str:
    return f"{scene.by.address.name} {scene.does}"


def _with_form(scene: Scene, parent: Letter) -> Written:
    """What is typed, with the form of the letter that is answered filled in. Raises ValueError."""
    form = next((one for one in parent.attachments if one.name.endswith(".docx")), None)
    if form is None:
        raise ValueError(f"no form came with the letter «{parent.subject}»")
    return replace(scene.typed, attachments=(*scene.typed.attachments, filled_in(form, scene.form)))


def _listed(names: Sequence[str] | dict[str, str]) -> str:
    return ", ".join(names) or "nothing"


# ── the stage ────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def staged(folder: Path) -> Iterator[Demo]:
    """The servers and the bot at work, in a folder that was cleared of an earlier demo.

    Raises FolderTaken where ``folder`` holds anything else.
    """
    clear(folder)
    accounts = [cast.INBOX, cast.VISITOR, *(writer.address for writer in cast.PEOPLE)]
    clock = Clock()
    with Sandbox({address.email: PASSWORD for address in accounts}, now=clock) as sandbox:
        bell = Bell()
        bot = Bot.build(load(_write_settings(folder, sandbox)), now=clock, step=bell.ring)
        try:
            _begin(bot)
            yield Demo(folder, sandbox, bot, clock, bell)
        finally:
            bot.close()


def clear(folder: Path) -> None:
    """Make ``folder``, or take out what an earlier demo left in it, and nothing else.

    Raises FolderTaken, before anything is deleted, where something is there that is not the demo's.
    """
    if folder.exists() and not folder.is_dir():
        raise FolderTaken(f"{folder} is a file. Name a folder for the demo with --folder.")
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(folder.rglob("*"))
    others = [path for path in found if not _OURS.fullmatch(path.relative_to(folder).as_posix())]
    if found and not (folder / MARK).is_file():
        others = found
    if others:
        raise FolderTaken(
            f"{folder} holds {others[0].relative_to(folder)}, which the demo did not put there. "
            "It deletes nothing of yours: move it away, or name another folder with --folder."
        )
    for path in reversed(found):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
    (folder / MARK).write_text(
        "`mailbot demo` made this folder, and empties it when it runs again.\n", encoding="utf-8"
    )


def _write_settings(folder: Path, sandbox: Sandbox) -> Path:
    (folder / "mailbot.key").write_text(secrets.token_urlsafe(32), encoding="utf-8")
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    settings = folder / "config.toml"
    settings.write_text(
        SETTINGS.format(
            network=cast.NETWORK,
            address=cast.INBOX.email,
            host=sandbox.host,
            imap_port=sandbox.imap_port,
            smtp_port=sandbox.smtp_port,
        ),
        encoding="utf-8",
    )
    return settings


def _begin(bot: Bot) -> None:
    """Take in roster and directory, and look once into the inbox: what comes from now on is read."""
    with bot.office.store.begin() as connection:
        people.replace_all(connection, cast.ROSTER)
        members.replace_all(connection, cast.DIRECTORY)
    if troubles := bot.once().troubles:
        raise DemoFailed(f"The bot cannot work with the servers of the demo: {troubles[0]}")


@contextmanager
def _running(bot: Bot) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=bot.run, args=[stop], name="bot")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
