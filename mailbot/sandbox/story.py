"""Tells the demo in the terminal while it happens, for somebody who has never seen the bot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from textwrap import shorten, wrap

from babel.dates import format_date
from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mailbot.parsers.reply import split_reply
from mailbot.process.advance import missing
from mailbot.process.case import Case
from mailbot.sandbox import cast
from mailbot.sandbox.demo import LETTERS, PAGE, PASSWORD, Change, Demo, Happened
from mailbot.sandbox.record import Post, became, without_tag
from mailbot.store.journal import Entry
from mailbot.telling import Teller, case_sheet
from mailbot.telling.ballots import ballot_sheet

WIDEST = 100
"""Columns that are used at most: longer lines are hard to read."""
_LABEL, _TITLE, _GAP = 11, 26, 2
"""Columns of a label, of what stands beside it (a question, a reader), and between the two."""
_INSET = 4
_LINES = 2
"""Lines that are shown of a letter of the bot."""

_BAR = "│ "
"""Before the lines of a letter."""

_TO_ALL = frozenset(
    {
        "screening_notice",
        "other_letter",
        "case_update",
        "unvouched_letter",
        "unconfirmed",
        "form_notice",
        "referee_answered",
        "ballot",
        "ballot_paused",
        "ballot_result",
        "ballot_outcome",
        "consultation",
        "morning_letter",
        "weekly_digest",
    }
)
"""Letters that everybody of a group gets."""

_TYPED = re.compile(r"[^\w\s-]*(#\w+)")
_OFFICE = frozenset(officer.address.key for officer in cast.OFFICE)
_GROUPS = (
    ("the Secretariat", _OFFICE),
    ("the Board", frozenset(voter.address.key for voter in cast.BOARD)),
    ("the members", frozenset(voter.address.key for voter in cast.MEMBERS)),
)


class Story:
    """Tells on ``screen``, in English; everybody's own words stay in their language."""

    def __init__(self, screen: Console, tell: Teller) -> None:
        self._screen = screen
        self._tell = tell
        self._width = min(screen.width, WIDEST)

    def begin(self) -> None:
        """Say what is going to be seen."""
        officers, board, members = (
            " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
            for names in (
                [who.address.name for who in group] for group in (cast.OFFICE, cast.BOARD, cast.MEMBERS)
            )
        )
        self._print(
            f"mailbot runs the inbox {cast.INBOX.email}, on an IMAP and an SMTP server of this machine. "
            f"{len(cast.APPLICANTS)} invented applicants write to it. {officers} of the Secretariat read its "
            f"notices and steer it with tags; {board} of the Board vote by mail, and {members} speak for "
            "member organizations. Each letter travels as real mail; only the clock is the demo's, and jumps."
        )

    # ── scenes ───────────────────────────────────────────────────────────────────────────────────

    def scene(self, number: int, happened: Happened, does: str = "") -> None:
        """Tell one letter and what came of it; ``does`` says what its writer does, in half a sentence."""
        came = happened.came
        if came is None:
            return
        head = Text.assemble(
            (f"{number:>{_INSET - 2}}  ", "dim"),
            (_one_line(came.sender.name or came.sender.email), "bold cyan"),
        )
        self._print("")
        self._print(head.append(f" {does}" if does else ""))
        subject = "" if came.letter.in_reply_to else f"{_subject(came)}: "
        new = split_reply(came.letter, None, self._tell.rules.lexicon.words).new
        self._row("wrote", Text(), Text(subject).append(_beginning(new), "italic"))
        self._rows("understood", self._understood(came, happened.changes))
        self._rows("answered", self._answered(happened.followed))
        self._rows("case", self._stages(happened))

    def pause(self, days: int, happened: Happened) -> None:
        """Tell that so many days have gone by, and what the calendar brought."""
        later = format_date(happened.at, "EEEE, d MMMM y", locale="en")
        self._heading(f"… {days} days pass: {later}" if days > 1 else f"… a day passes: {later}")
        self._rows("wrote", self._answered(happened.followed))
        self._rows("closed", self._closed(happened.changes))
        self._rows("case", self._stages(happened))

    def _understood(self, came: Post, changes: Sequence[Change]) -> Iterator[tuple[Text, Text]]:
        """What was read: answers, the form, votes, a reference, gaps, findings; or what else the letter is.

        Of tags, their answer tells.
        """
        told = [line for change in changes for line in self._read(change)]
        if not told and came.what != "tags":
            told = [(Text(), Text(became(came.what), "yellow"))]
        yield from told

    def _read(self, change: Change) -> Iterator[tuple[Text, Text]]:
        """What was read for one case."""
        for entry in change.entries:
            if entry.entry in {"vote", "vote_unclear", "vote_late"}:
                yield Text(self._name(change.case)), self._vote(entry)
            elif entry.entry == "referee_answered":
                yield Text("the reference"), Text(self._verdict(entry.facts["verdict"]), "green")
        if _text(change.entries, "applicant_wrote"):
            yield from self._answers(change)

    def _vote(self, entry: Entry) -> Text:
        reason = _one_line(entry.text.partition(": ")[2])
        if entry.entry == "vote_unclear":
            return Text("not clear, and so no vote", "yellow")
        return Text.assemble((self._verdict(entry.facts["verdict"]), "green"), ("  ", ""), (reason, "italic"))

    def _verdict(self, verdict: str) -> str:
        return self._tell.phrases.say("verdicts", f"{verdict}.word") if verdict != "unclear" else "not clear"

    def _answers(self, change: Change) -> Iterator[tuple[Text, Text]]:
        case = change.case
        filled = [entry for entry in change.entries if entry.entry == "form_taken"]
        taken = [entry for entry in change.entries if entry.entry in {"answer_taken", "answer_changed"}]
        yield from self._sources(case, filled, taken)
        if filled:
            yield Text("the form"), Text(f"{len(filled)} fields filled in", "green")
            for asked in self._tell.asked(case):
                yield Text(asked.label), Text(asked.why, "yellow")
            return
        for entry in taken:
            yield (
                Text(self._tell.question(entry.facts["question"]).title),
                Text(_one_line(entry.text), "green"),
            )
        if not taken and case.answers:
            yield Text("a message"), Text(_one_line(_text(change.entries, "applicant_wrote")), "green")
            return
        for key in missing(case, self._tell.rules.process):
            yield Text(self._tell.question(key).title), Text("not yet told", "yellow")
        sheet = case_sheet(self._tell, case)
        for finding in sheet.findings:
            yield (
                Text("noticed", "yellow"),
                Text(f"{finding.title}: {_one_line(finding.sentences[0])}", "yellow"),
            )
        for file in sheet.unread:
            yield Text("could not be read", "yellow"), Text(f"{_one_line(file.name)}: {file.why}", "yellow")

    def _sources(
        self, case: Case, filled: Iterable[Entry], taken: Iterable[Entry]
    ) -> Iterator[tuple[Text, Text]]:
        """The attachments that something was read from."""
        sources = [case.form[entry.facts["field"]].source for entry in filled]
        sources += [case.answers[entry.facts["question"]].source for entry in taken]
        for source in dict.fromkeys(sources):
            if source not in {"", "letter", "secretariat"}:
                yield Text("from the attachment"), Text(_one_line(source))

    def _answered(self, followed: Sequence[Post]) -> Iterator[tuple[Text, Text]]:
        """The bot's letters: to whom, under which subject, and in which language; of those that answer
        somebody, the first lines too. The same letter to several of a group is told once."""
        if not followed:
            yield Text("nobody"), Text()
        for (_, to), posts in groupby(followed, lambda post: (post.what, _reader(post))):
            alike = list(posts)
            post = alike[0]
            notice = len(alike) > 1 or to == "the Secretariat"
            style = "dim" if notice else ""
            about = _subject(post) if len({one.case for one in alike}) == 1 else _without_name(post)
            label = Text(to, style)
            label.append(
                f" ({len(alike)})" if notice else f" ({self._tell.language_name(post.language)})", "dim"
            )
            yield label, Text(about, style)
            if not notice:
                for said in (
                    dict.fromkeys(_deeds(post)) if post.what == "transcript" else [_below_greeting(post)]
                ):
                    yield from (
                        (Text(), _quoted(line)) for line in _first_lines(said, self._wide - len(_BAR))
                    )

    def _closed(self, changes: Sequence[Change]) -> Iterator[tuple[Text, Text]]:
        """The ballots that were closed, and what they came to."""
        for change in changes:
            if any(entry.entry == "ballot_closed" for entry in change.entries):
                ballot = ballot_sheet(self._tell, change.case.ballots[-1])
                counts = ballot.counts
                said = f"{ballot.yes} {counts.yes}, {ballot.no} {counts.no}"
                others = {"abstained": counts.abstained, "recused": counts.recused, "silent": counts.silent}
                said += "".join(f", {count} {what}" for what, count in others.items() if count)
                yield Text(self._name(change.case)), Text(f"{said}: {ballot.outcome}", "green")

    def _stages(self, happened: Happened) -> Iterator[tuple[Text, Text]]:
        """The cases that moved on, and where the one of the letter stands."""
        for change in happened.changes:
            moved = next((entry.facts for entry in change.entries if entry.entry == "stage"), None)
            if moved is not None:
                way = f"{self._tell.stage(moved['from'])} → {self._tell.stage(moved['to'])}"
                yield Text(change.case.number), Text(way, "bold")
            elif change.case is happened.case:
                yield Text(change.case.number), Text(self._tell.stage(change.case.stage))

    def _name(self, case: Case) -> str:
        return _one_line(self._tell.line(case).name)

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
        for officer in cast.OFFICE:
            accounts.add_row(
                officer.address.email, "is of the Secretariat: answer a notice with #invite, or with #help"
            )
        for voter in (*cast.BOARD, *cast.MEMBERS):
            accounts.add_row(voter.address.email, "votes")
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


def _reader(post: Post) -> str:
    """Whom a letter of ours is to, as it is told: one of a group that is written to together by its name."""
    key = post.recipient.key
    group = next((name for name, keys in _GROUPS if key in keys), "")
    if group and post.what in _TO_ALL:
        return group
    return _one_line(post.recipient.name or post.recipient.email)


def _without_name(post: Post) -> str:
    """The subject of one of several letters that differ in the applicant alone."""
    return _subject(post).partition(": ")[0]


def _subject(post: Post) -> str:
    return _one_line(without_tag(post.letter.subject))


def _beginning(new: str) -> str:
    """The tags or the votes of a letter, line by line; without any, its first words that are no greeting."""
    lines = [_one_line(line) for line in new.splitlines()]
    if marked := [line for line in lines if _MARKED.match(line)]:
        return " · ".join(marked)
    return next((line for line in lines if len(line) > _LONG), " ".join(lines).strip())


_MARKED = re.compile(r"#\w|\d+ \S")
_LONG = 30
"""Characters: a greeting has fewer."""


def _below_greeting(post: Post) -> str:
    body = post.letter.text.strip().partition("\n\n")[2]
    return _one_line(" ".join(_SET.sub("", line) for line in body.splitlines()))


_SET = re.compile(r"^(?:[=-]{3,}$|[>\s]+)")
"""What sets a line of ours: the rule below a heading, the marks of a quotation."""


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
