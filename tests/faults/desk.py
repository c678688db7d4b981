"""A bot whose process can be killed and started again, and all that there is to see of its work."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from pathlib import Path

from mailbot.process.case import Case
from mailbot.sandbox.servers import Sandbox
from mailbot.store import journal, letters, outgoing, people, timers
from tests.faults.child import started
from tests.story import BOX, INES, PASSWORD, Clock, Story

ROOT = Path(__file__).parents[2]
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


def write_config(folder: Path, sandbox: Sandbox, *, connections: int = 1) -> Path:
    """A ``config.toml`` with everything that is done to a server: letters moved, copies kept.

    With one connection the letters go out one after the other, so that at most one is under way.
    """
    for name, secret in (("password", PASSWORD), ("key", "a key for these tests alone")):
        (folder / name).write_text(secret, encoding="utf-8")
    path = folder / "config.toml"
    path.write_text(
        f"""
key = {{ file = "key" }}
[network]
name = "ESCR-Net"
website = "https://network.example"
[[mailboxes]]
name = "membership"
address = "{BOX}"
[mailboxes.imap]
host = "{sandbox.host}"
port = {sandbox.imap_port}
security = "none"
user = "{BOX}"
password = {{ file = "password" }}
after = "move"
done = "Done"
sent = "Sent"
[smtp]
host = "{sandbox.host}"
port = {sandbox.smtp_port}
security = "none"
connections = {connections}
[rhythm]
poll = 0.2
""",
        encoding="utf-8",
    )
    return path


@dataclass(frozen=True)
class Work:
    """What came of the letters: the same for every run, however often it was cut short."""

    cases: list[Case]
    journals: Mapping[str, list[tuple[str, Mapping[str, str], str]]]
    """Case number → its entries in order: the entry, its facts, its text."""
    timers: list[tuple[str, str, datetime]]
    outcomes: list[tuple[str, str, str]]
    """Of each letter that came in, in order: its state, its outcome, its case."""
    read: Mapping[str, list[str]]
    """Reader → the letters that they got, by template and in order; one that came twice counts once."""
    moved: int
    """How many letters lie in the folder of those that are done with."""


@dataclass
class Desk:
    """``story`` is what people do and see; its bot is another one after each crash."""

    config: Path
    sandbox: Sandbox
    story: Story
    nursery: subprocess.Popen[str]

    def runs(self, step: str, nth: int) -> int:
        """A round in a process of its own, killed at the nth ``step``; how that process ended."""
        self.story.bot.close()
        asked = [str(self.config), self.story.clock().isoformat(), step, nth]
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.write(json.dumps(asked) + "\n")
        self.nursery.stdin.flush()
        ended = int(self.nursery.stdout.readline())
        self.story.bot = started(self.config, self.story.clock)
        return ended

    def dies_at(self, step: str, nth: int) -> None:
        """A round that is killed at the nth ``step``."""
        assert self.runs(step, nth) == -signal.SIGKILL

    def delivered(self) -> Counter[str]:
        """Message-ID → how often the server was handed that letter."""
        return Counter(_message_id(handed.raw) for handed in self.sandbox.outside)

    def copies(self) -> Counter[str]:
        """Message-ID → how often that letter lies in Sent."""
        return Counter(_message_id(raw) for raw in self.sandbox.letters(BOX, "Sent"))

    def work(self) -> Work:
        """What came of everything so far. Fails where a journal is not as it was written, or a letter of
        ours was not sent."""
        cases = self.story.cases()
        with self.story.bot.office.store.look() as connection:
            assert journal.audit(connection) == []
            assert set(outgoing.count_by_state(connection)) == {"sent"}
            stored = letters.recent(connection, 1000)[::-1]
            running = timers.due(connection, FOR_EVER)
            written = {each.message_id: each for each in outgoing.recent(connection, 1000)}
        read: dict[str, list[str]] = {}
        for message_id in self.delivered():
            read.setdefault(written[message_id].recipient, []).append(written[message_id].template)
        return Work(
            cases=cases,
            journals={
                case.number: [(e.entry, e.facts, e.text) for e in self.story.journal(case.number)]
                for case in cases
            },
            timers=running,
            outcomes=[(letter.state, letter.outcome, letter.case_number) for letter in stored],
            read=read,
            moved=len(self.sandbox.letters(BOX, "Done")),
        )


def _message_id(raw: bytes) -> str:
    return str(BytesHeaderParser().parsebytes(raw)["Message-ID"]).strip("<>")


@contextmanager
def a_nursery() -> Iterator[subprocess.Popen[str]]:
    """A process that has rounds of the bot ready; see ``tests.faults.child``."""
    words = [sys.executable, "-m", "tests.faults.child"]
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


@contextmanager
def a_desk(folder: Path, nursery: subprocess.Popen[str]) -> Iterator[Desk]:
    """Servers, a database and a bot that has begun to read its mailbox."""
    with Sandbox({BOX: PASSWORD}) as sandbox:
        sandbox.add_folder(BOX, "Done")
        sandbox.add_folder(BOX, "Sent")
        config = write_config(folder, sandbox)
        clock = Clock()
        story = Story(
            started(config, clock),
            clock,
            post=lambda raw, at: sandbox.deliver(BOX, raw, at),
            sent=lambda: [handed.raw for handed in sandbox.outside],
        )
        try:
            with story.bot.office.store.begin() as connection:
                people.replace_all(connection, [INES])
            story.bot.once()
            yield Desk(config, sandbox, story, nursery)
        finally:
            story.bot.close()
