"""Tells the demo in the terminal while it happens, for somebody who has never seen the bot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import shorten, wrap

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mailbot.process.advance import missing
from mailbot.process.case import Case
from mailbot.sandbox import cast
from mailbot.sandbox.demo import LETTERS, PAGE, PASSWORD, Demo, Happened
from mailbot.sandbox.record import Post, became, without_tag
from mailbot.store.journal import Entry
from mailbot.telling import Teller
from mailbot.values import Address

WIDEST = 100
"""Columns that are used at most: longer lines are hard to read."""
_LABEL, _TITLE, _GAP = 11, 26, 2
"""Columns of a label, of what stands beside it (a question, a reader), and between the two."""
_INSET = 4
_LINES = 2
"""Lines that are shown of a letter of the bot."""

_BAR = "│ "
"""Before the lines of a letter."""

_TYPED = re.compile(r"[^\w\s-]*(#\w+)")
_OFFICE = frozenset(Address(address).key for person in cast.ROSTER for address in person.addresses)


class Story:
    """Tells on ``screen``, in English; everybody's own words stay in their language."""

    def __init__(self, screen: Console, tell: Teller) -> None:
        self._screen = screen
        self._tell = tell
        self._width = min(screen.width, WIDEST)

    def begin(self) -> None:
        """Say what is going to be seen."""
        officers = " and ".join(person.name for person in cast.ROSTER)
        self._print(
            f"mailbot runs the inbox {cast.INBOX.email}, on an IMAP and an SMTP server of this machine. "
            f"Eight invented people write to it; {officers} of the Secretariat read its notices and steer it "
            "with tags. Each letter travels as real mail."
        )

    # ── scenes ───────────────────────────────────────────────────────────────────────────────────

    def scene(self, number: int, happened: Happened, does: str = "") -> None:
        """Tell one letter and what came of it; ``does`` says what its writer does, in half a sentence."""
        came = happened.came
        head = Text.assemble(
            (f"{number:>{_INSET - 2}}  ", "dim"),
            (_one_line(came.sender.name or came.sender.email), "bold cyan"),
        )
        self._print("")
        self._print(head.append(f" {does}" if does else ""))
        subject = "" if came.letter.in_reply_to else f"{_subject(came)}: "
        self._row("wrote", Text(), Text(subject).append(_beginning(came), "italic"))
        self._rows("understood", self._understood(happened))
        self._rows("answered", self._answered(happened))
        if happened.case is not None:
            self._row("case", Text(happened.case.number), self._stage(happened.case, happened.entries))

    def _understood(self, happened: Happened) -> Iterator[tuple[Text, Text]]:
        """What was read: answers, gaps, findings; or what else the letter is. Of tags, their answer tells."""
        case = happened.case
        if case is None or not _text(happened.entries, "applicant_wrote"):
            if happened.came.what != "tags":
                yield Text(), Text(became(happened.came.what), "yellow")
            return
        taken = [entry for entry in happened.entries if entry.entry in {"answer_taken", "answer_changed"}]
        sources = dict.fromkeys(case.answers[entry.facts["question"]].source for entry in taken)
        for source in sources:
            if source not in {"letter", "secretariat"}:
                yield Text("from the attachment"), Text(_one_line(source))
        for entry in taken:
            yield (
                Text(self._tell.question(entry.facts["question"]).title),
                Text(_one_line(entry.text), "green"),
            )
        if not taken and case.answers:
            yield Text("a message"), Text(_one_line(_text(happened.entries, "applicant_wrote")), "green")
            return
        for key in missing(case, self._tell.rules.process):
            yield Text(self._tell.question(key).title), Text("not yet told", "yellow")
        sheet = self._tell.sheet(case)
        for finding in sheet.findings:
            yield (
                Text("noticed", "yellow"),
                Text(f"{finding.title}: {_one_line(finding.sentences[0])}", "yellow"),
            )
        for file in sheet.unread:
            yield Text("could not be read", "yellow"), Text(f"{_one_line(file.name)}: {file.why}", "yellow")

    def _answered(self, happened: Happened) -> Iterator[tuple[Text, Text]]:
        """The bot's letters: to whom, under which subject, and in which language; of those that answer
        somebody, the first lines too."""
        if not happened.followed:
            yield Text("nobody"), Text()
        for post in happened.followed:
            notice = post.recipient.key in _OFFICE and post.what != "transcript"
            style = "dim" if notice else ""
            to = Text(_one_line(post.recipient.name or post.recipient.email), style)
            to.append(f" ({self._tell.language_name(post.language)})", "dim")
            yield to, Text(_subject(post), style)
            if not notice:
                for said in _deeds(post) if post.what == "transcript" else [_below_greeting(post)]:
                    yield from (
                        (Text(), _quoted(line)) for line in _first_lines(said, self._wide - len(_BAR))
                    )

    def _stage(self, case: Case, entries: Iterable[Entry]) -> Text:
        moved = next((entry.facts for entry in entries if entry.entry == "stage"), None)
        if moved is None:
            return Text(self._tell.stage(case.stage))
        return Text(f"{self._tell.stage(moved['from'])} → {self._tell.stage(moved['to'])}", "bold")

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    def end(self, cases: Sequence[Case], posts: Sequence[Post], folder: Path, seconds: float) -> None:
        """Say where each case stands, and what was left behind."""
        self._heading("Where each case stands")
        table = _table("case", "applicant", "country", "stage", "waits for")
        for case in cases:
            line = self._tell.line(case)
            table.add_row(
                case.number,
                Text(_one_line(line.name)),
                self._tell.country(case.applicant.country) if case.applicant.country else "",
                Text(line.stage, "bold"),
                Text(_one_line(self._waits_for(case))),
            )
        self._print(table)
        came = sum(post.incoming for post in posts)
        self._print("")
        self._print(
            f"{came} letters came in and {len(posts) - came} went out, in {seconds:.0f} seconds. "
            "Everything happened as it should."
        )
        self._print("")
        self._whole(
            f"{folder / PAGE} shows each case with its letters and its journal: open it in a browser."
        )
        self._whole(f"{folder / LETTERS}/ holds every letter, in and out, as it was sent.")
        self._whole(f"«mailbot -c {folder / 'config.toml'} cases» lists the cases in the database.")

    def _waits_for(self, case: Case) -> str:
        waits_for = self._tell.rules.process.stage(case.stage).waits_for
        return (case.assigned or waits_for.value) if waits_for else "nobody"

    def keep(self, demo: Demo) -> None:
        """Say how to point a mail client at the servers that stay."""
        host, imap, smtp = demo.sandbox.host, demo.sandbox.imap_port, demo.sandbox.smtp_port
        you, inbox = cast.VISITOR.email, cast.INBOX.email
        self._heading("The servers and the bot go on until Ctrl-C")
        where = _table()
        where.add_row("IMAP", f"{host}, port {imap}, no encryption, password in plain text")
        where.add_row("SMTP", f"{host}, port {smtp}, no encryption, with or without a login")
        where.add_row("user", "the address, one of those below")
        where.add_row("password", PASSWORD)
        self._print(where)
        self._print("")
        accounts = _table()
        accounts.add_row(you, f"is yours: write from here to {inbox}")
        for person in cast.ROSTER:
            accounts.add_row(
                person.addresses[0], "is of the Secretariat: answer a notice with #invite, or with #help"
            )
        accounts.add_row(inbox, "is the inbox that the bot runs")
        self._print(accounts)
        self._print("")
        self._print("Without a mail client, with a letter in letter.eml:")
        self._whole(
            f"  curl smtp://{host}:{smtp} --mail-from {you} \\\n"
            f"    --mail-rcpt {inbox} --upload-file letter.eml\n"
            f"  curl --user {you}:{PASSWORD} 'imap://{host}:{imap}/INBOX;MAILINDEX=1'"
        )
        self._print("")
        self._whole(f"What comes is told here, and {demo.folder / PAGE} is kept up to date.")

    def stop(self) -> None:
        """Say that the servers have gone."""
        self._print("")
        self._print("The servers and the bot have stopped.")

    # ── lines ────────────────────────────────────────────────────────────────────────────────────

    @property
    def _wide(self) -> int:
        """Columns beside a label."""
        return self._width - _INSET - _LABEL - _GAP

    def _rows(self, label: str, rows: Iterable[tuple[Text, Text]]) -> None:
        """Rows under one label, which stands beside the first."""
        for beside, words in rows:
            self._row(label, beside, words)
            label = ""

    def _row(self, label: str, beside: Text, words: Text) -> None:
        line = Text(" " * _INSET).append(f"{label:<{_LABEL + _GAP}}", "dim")
        room = self._wide
        if beside:
            beside.truncate(_TITLE, overflow="ellipsis", pad=True)
            line.append_text(beside).append(" " * _GAP)
            room -= _TITLE + _GAP
        words.truncate(room, overflow="ellipsis")
        line.append_text(words).rstrip()
        self._print(line)

    def _heading(self, words: str) -> None:
        self._print("")
        self._print(Rule(words, style="dim", align="left"))

    def _whole(self, line: str) -> None:
        """A line that may be copied: it is not broken, however long the paths in it."""
        self._screen.print(line, soft_wrap=True)

    def _print(self, what: RenderableType) -> None:
        self._screen.print(what, width=self._width)


def _table(*headings: str) -> Table:
    return Table(*headings, box=None, show_header=bool(headings), padding=(0, 2, 0, 0), header_style="dim")


def _text(entries: Iterable[Entry], name: str) -> str:
    return next((entry.text for entry in entries if entry.entry == name), "")


def _subject(post: Post) -> str:
    return _one_line(without_tag(post.letter.subject))


def _beginning(post: Post) -> str:
    """The first words of the letter that are no greeting: the first line that is a tag, or long."""
    lines = [_one_line(line) for line in post.letter.text.splitlines()]
    return next(
        (line for line in lines if line.startswith("#") or len(line) > _LONG), " ".join(lines).strip()
    )


_LONG = 30
"""Characters: a greeting has fewer."""


def _below_greeting(post: Post) -> str:
    return _one_line(post.letter.text.strip().partition("\n\n")[2])


def _deeds(post: Post) -> Iterator[str]:
    """What a transcript says of each tag: the tag stands in a paragraph, and what was done in the next."""
    paragraphs = [_one_line(part) for part in post.letter.text.split("\n\n")]
    for typed, said in pairwise(paragraphs):
        if tag := _TYPED.match(typed):
            yield f"{tag[1]}: {said}"


def _first_lines(words: str, width: int) -> list[str]:
    """The first lines of ``words``, broken at ``width`` columns."""
    lines = wrap(words, width)
    if len(lines) <= _LINES:
        return lines
    shortened = shorten(" ".join(lines[_LINES - 1 :]), width, placeholder=" …")
    return [*lines[: _LINES - 1], shortened]


def _quoted(line: str) -> Text:
    return Text.assemble((_BAR, "dim"), (line, "italic"))


def _one_line(text: str) -> str:
    """``text`` on one line, without characters that could steer a terminal; the page shows all of it."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())
