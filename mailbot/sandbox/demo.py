"""Conducts the demo: starts the servers and the bot, lets the cast write, and sees that all comes true.

Everything goes over sockets: the cast hands its letters to the SMTP server, the bot reads them over IMAP
and hands in its own, and what it sends lies in the inboxes of the cast, who answer it from there.
"""

from __future__ import annotations

import re
import secrets
import smtplib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mailbot.bot import Bot
from mailbot.config import load
from mailbot.parsers.letter import read_letter
from mailbot.process.case import Case
from mailbot.sandbox import cast
from mailbot.sandbox.clients import Writer, new_letter, reply
from mailbot.sandbox.page import render
from mailbot.sandbox.record import MOST, Post, exchange, following, save_letters
from mailbot.sandbox.servers import Sandbox
from mailbot.store import cases, journal, letters, outgoing, people
from mailbot.store.journal import Entry
from mailbot.telling import Teller
from mailbot.values import Letter

PASSWORD = "demo"  # noqa: S105 - of servers that listen on the loopback, for as long as the demo runs
PATIENCE = 20.0
"""Seconds that the bot may take over one letter; it takes some tenths of one."""
A_FEW = 20
"""More letters than one letter makes the bot write."""

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
sent = "Sent"

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
class Happened:
    """What one letter brought about: the letter, those that followed, the case, its new journal entries."""

    came: Post
    followed: tuple[Post, ...]
    case: Case | None
    entries: tuple[Entry, ...] = ()


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
    bell: Bell
    _told: dict[str, int] = field(default_factory=dict)
    """How many journal entries of each case were told already."""

    @property
    def tell(self) -> Teller:
        """Tells of the cases in English, which the demo speaks."""
        office = self.bot.office
        return Teller(office.settings.network, office.rules, office.templates.phrases("en"), "en")

    # ── the story ────────────────────────────────────────────────────────────────────────────────

    def play(self, number: int, scene: cast.Scene) -> Happened:
        """Let one letter be written, wait until all that follows from it is done, and see that it is right.

        Raises DemoFailed.
        """
        message_id = f"{number:02}.{scene.by.language}@{scene.by.address.domain}"
        self._hand_in(scene.by, self._written(scene, message_id))
        if not self.bell.wait_for(lambda: self._is_done_with(message_id), PATIENCE):
            raise DemoFailed(
                f"{_said(scene)}: after {PATIENCE:.0f} seconds, the bot is not done with this letter."
            )
        happened = self.look(next(row for row, known in self._known() if known == message_id))
        wrote = tuple(post.what for post in happened.followed)
        if wrote != scene.follows:
            raise DemoFailed(
                f"{_said(scene)}: the bot should write {_listed(scene.follows)}; it wrote {_listed(wrote)}."
            )
        return happened

    def _written(self, scene: cast.Scene, message_id: str) -> bytes:
        now = datetime.now(UTC)
        if scene.answers is None:
            return new_letter(scene.by, scene.typed, cast.INBOX, message_id=message_id, at=now)
        parent = self._answered(scene.by, scene.answers)
        try:
            return reply(scene.by, scene.typed, parent, message_id=message_id, at=now)
        except ValueError as error:
            raise DemoFailed(f"{_said(scene)}: this cannot be answered so: {error}.") from error

    def _answered(self, by: Writer, which: cast.Reply) -> Letter:
        """The last such letter in the inbox of whoever is to answer it."""
        with self.bot.office.store.look() as connection:
            numbers = cases.all_numbers_of(connection, which.applicant.address.key)
            for raw in reversed(self.sandbox.letters(by.address.email)):
                letter = read_letter(raw)
                sent = outgoing.by_message_id(connection, letter.message_id)
                if sent and sent.template == which.template and sent.case_number in numbers:
                    return letter
        about = which.applicant.address.name
        raise DemoFailed(f"{by.address.name} has no letter «{which.template}» about {about} to answer.")

    def _hand_in(self, by: Writer, raw: bytes) -> None:
        to = [address.email for address in read_letter(raw).to]
        with smtplib.SMTP(self.sandbox.host, self.sandbox.smtp_port, timeout=PATIENCE) as server:
            server.sendmail(by.address.email, to, raw, mail_options=["BODY=8BITMIME"])

    def _is_done_with(self, message_id: str) -> bool:
        return message_id in {known for _row, known in self._known()} and self._is_idle()

    def _known(self) -> list[tuple[int, str]]:
        """Row and Message-ID of the last letters that were handled, newest first."""
        with self.bot.office.store.look() as connection:
            found = letters.recent(connection, A_FEW)
        return [(letter.id, letter.message_id) for letter in found if letter.state != "received"]

    def _is_idle(self) -> bool:
        """Whether nothing waits to be handled or sent."""
        with self.bot.office.store.look() as connection:
            waiting = letters.count_by_state(connection).get("received", 0)
            leaving = outgoing.count_by_state(connection)
        return not (waiting or leaving.get("waiting", 0) or leaving.get("sending", 0))

    def look(self, row: int) -> Happened:
        """What the incoming letter ``row`` brought about."""
        with self.bot.office.store.look() as connection:
            posts = exchange(connection, A_FEW)
            came = next(post for post in posts if post.incoming and post.row == row)
            followed = tuple(following(posts, row))
            if not came.case:
                return Happened(came, followed, None)
            case = cases.load(connection, came.case)
            entries = journal.entries(connection, came.case)
        seen, self._told[case.number] = self._told.get(case.number, 0), len(entries)
        return Happened(came, followed, case, tuple(entries[seen:]))

    def check_endings(self) -> None:
        """See that each application stands where it should, and that no journal was tampered with.

        Raises DemoFailed.
        """
        with self.bot.office.store.look() as connection:
            found = {case.number: case.stage for case in cases.every(connection)}
            faults = journal.audit(connection)
            meant = {
                number: (writer, stage)
                for writer, stage in cast.ENDINGS.items()
                for number in cases.all_numbers_of(connection, writer.address.key)
            }
        if sorted(found) != sorted(meant) or len(meant) != len(cast.ENDINGS):
            raise DemoFailed(
                f"Each of the {len(cast.ENDINGS)} applicants should have a case; there are {_listed(found)}."
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
        """Tell of every letter that comes from now on, and renew what is left behind.

        Ends with KeyboardInterrupt alone.
        """
        seen = {row for row, _ in self._known()}
        while True:
            self.bell.wait_for(lambda: self._is_idle() and bool({row for row, _ in self._known()} - seen))
            for row in sorted({row for row, _ in self._known()} - seen):
                seen.add(row)
                tell(self.look(row))
            self.leave_behind()


def _said(scene: cast.Scene) -> str:
    return f"{scene.by.address.name} {scene.does}"


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
    with Sandbox({address.email: PASSWORD for address in accounts}) as sandbox:
        sandbox.add_folder(cast.INBOX.email, "Sent")
        bell = Bell()
        bot = Bot.build(load(_write_settings(folder, sandbox)), step=bell.ring)
        try:
            _begin(bot)
            with _running(bot):
                yield Demo(folder, sandbox, bot, bell)
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
    """Take the Secretariat into the roster, and look once into the inbox: what comes from now on is read."""
    with bot.office.store.begin() as connection:
        people.replace_all(connection, cast.ROSTER)
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
