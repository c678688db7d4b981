"""A letter's text taken apart: what was newly written, what is quoted, what is signature.

It is read by shape more than by words, since mail programs write their introductions in some sixty
languages: a line that ends in a colon and holds an address or a date and a time; two lines or more
that look like header fields; a ruler with words in it; ``>``. The lines of the letter that is
answered are taken out wherever they stand, as far as it is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from mailbot.parsers.html import html_to_text
from mailbot.parsers.phrases import fold, spans, words
from mailbot.parsers.shapes import (
    ADDRESS,
    COLON_END,
    DATE,
    DAY,
    NAMED_ADDRESS,
    RULER,
    SENTENCE_END,
    SHORTENED,
    TIME,
    Field,
    dashed,
    field_of,
    is_quoted,
    shape_of,
    unquoted,
)
from mailbot.parsers.signature import signature_start
from mailbot.parsers.words import Words
from mailbot.values import Letter, Split

MAX_PARENT = 64_000
"""Characters of the answered letter that are looked for; the bot's own letters have some 3,000."""
MAX_LINES = 20_000
"""Lines that are looked at; what lies below them nobody has typed, and it counts as quoted."""
MAX_FIELDS = 16
"""Lines of a header block: Outlook writes four to seven fields, and folds long ones."""
MAX_FOLDED = 4
"""Lines that an introduction takes at most, folded by a program that breaks at 40 characters."""
MAX_GREETING = 60
"""Characters of a greeting."""
MAX_FOLDED_LINE = 120
MAX_BEHIND = 2
WRAPPED, MAX_WRAPPED = 50, 100
"""Characters of a line that a gateway or mail program may have broken."""
LONG_LINE = 25
"""Letters from which a line, or lines together, that stand in the parent too are no coincidence."""

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


class _Is(Enum):
    """What a line is."""

    NEW = auto()
    BLANK = auto()
    QUOTED = auto()
    SIGNATURE = auto()


@dataclass(slots=True)
class _Line:
    text: str
    shape: str
    """The line without marks of direction, its digits Arabic, cut at ``MAX_LINE``: for looking at."""
    is_: _Is


def split_reply(letter: Letter, parent: Letter | None = None, words: Words | None = None) -> Split:
    """Take the text of ``letter`` apart; ``parent`` is the letter that it answers, where that is known.

    ``words`` knows the lines that telephones and lawyers add, and helps where the shape leaves doubt.
    """
    return _Reader(words or Words(), letter, parent).split()


@dataclass(slots=True)
class _Reader:
    words: Words
    letter: Letter
    parent: Letter | None
    lines: list[_Line] = field(default_factory=list)
    said: dict[tuple[str, str], bool] = field(default_factory=dict)
    """(text, meaning) → whether the text says it: the same names of fields are asked for again and again."""
    sender_names: frozenset[str] = frozenset()
    tail: int = 0
    """Where the lines begin that are quoted without ``>``; the number of lines where there are none."""

    def split(self) -> Split:
        texts = self.letter.text.split("\n", MAX_LINES)
        self.lines = [_line(text) for text in texts[:MAX_LINES]]
        self.lines += [_Line(rest, "", _Is.QUOTED) for rest in texts[MAX_LINES:]]
        self.tail = len(self.lines)
        if self.letter.sender:
            first, *others = words(self.letter.sender.name) or ("",)
            self.sender_names = frozenset([first, *(name for name in others if len(name) > 2)]) - {""}
        self.mark_quotes()
        self.mark_indented()
        self.mark_tail()
        self.mark_html()
        if self.parent:
            self.mark_known(self.parent.text)
            self.mark_quotes()
            self.free_answers(self.parent.text)
        self.mark_stray_ends()
        self.mark_signatures()
        return Split(
            new=self.text_of(_Is.NEW),
            quoted=self.text_of(_Is.QUOTED),
            signature=self.text_of(_Is.SIGNATURE),
            answered=tuple(self.answered()),
        )

    # ── what is quoted ───────────────────────────────────────────────────────────────────────────

    def mark_quotes(self) -> None:
        """The introductions that stand right above lines with ``>``."""
        for at, line in enumerate(self.lines):
            if line.is_ is _Is.QUOTED and (at == 0 or self.lines[at - 1].is_ is not _Is.QUOTED):
                end = self.before(at)
                start = self.introduction(end)
                if start < end:
                    self.set_quoted(self.with_ruler(start), end)

    def mark_indented(self) -> None:
        """The lines behind a tab, and the introduction right above them: so quote mailx and its heirs.

        What is typed between such lines, or below them, is new.
        """
        for at, line in enumerate(self.lines):
            if line.is_ is _Is.NEW and line.text.startswith("\t"):
                end = self.before(at)
                if end and self.is_introduction(self.lines[end - 1].shape.strip(), followed=False):
                    self.set_quoted(end - 1, end)
                    for one in self.lines[at:]:
                        if one.is_ is _Is.NEW and one.text.startswith("\t"):
                            one.is_, one.text = _Is.QUOTED, one.text.removeprefix("\t")
                return

    def mark_tail(self) -> None:
        """All that follows a header block, or an introduction without ``>`` below it."""
        written = False
        for at, line in enumerate(self.lines):
            if line.is_ is not _Is.NEW:
                continue
            head = self.header_block(at) or self.word_ruler(at) or self.bare_introduction(at)
            if head or (written and self.greets_sender(line.shape)):
                self.tail = at + head
                self.set_quoted(self.with_ruler(at), len(self.lines))
                return
            written = True

    def greets_sender(self, shape: str) -> bool:
        """Whether a line greets the person who sent the letter: so begins one that was written to them.

        Some programs quote without any mark, and nobody greets himself below his own words.
        """
        if self.parent or len(shape) > MAX_GREETING or not self.sender_names:
            return False  # the lines of a letter that is known are found wherever they stand
        found = words(shape)
        if self.sender_names.isdisjoint(found):
            return False
        return any(hit.meaning == "greetings" and hit.first == 0 for hit in self.words.endings.find(found))

    def set_quoted(self, start: int, end: int) -> None:
        for line in self.lines[start:end]:
            if line.is_ is not _Is.BLANK:
                line.is_ = _Is.QUOTED

    def mark_html(self) -> None:
        """What the HTML marks as quoted though the text does not (Spark, some web mailers)."""
        if not self.letter.html or any(line.is_ is _Is.QUOTED for line in self.lines):
            return
        if "<blockquote" not in self.letter.html and "quote" not in self.letter.html:
            return
        page = html_to_text(self.letter.html).split("\n")
        self.mark_known("\n".join(unquoted(line) for line in page if line.startswith(">")))

    def mark_known(self, text: str) -> None:
        """The lines that ``text`` holds in the same order.

        A short one goes only with its neighbours in ``text``, for by itself it may be a vote.
        """
        known = _bare(text[:MAX_PARENT])
        run: list[_Line] = []
        held = ""
        for line in (*self.lines, _END):
            bare = _bare(line.shape) if line.is_ is _Is.NEW else ""
            if bare and held + bare in known:
                run.append(line)
                held += bare
            elif line.is_ is not _Is.BLANK:
                if len(held) >= LONG_LINE:
                    for one in run:
                        one.is_ = _Is.QUOTED
                run, held = ([line], bare) if bare and bare in known else ([], "")

    def free_answers(self, text: str) -> None:
        """Answers typed into a letter quoted without ``>``: lines between those of the parent's ``text``.

        Only where most of the tail is the parent's, so that another letter quoted there stays quoted.
        """
        known = _bare(text[:MAX_PARENT])
        body = [line for line in self.lines[self.tail :] if _bare(line.shape)]
        theirs = [_bare(line.shape) in known for line in body]
        if sum(theirs) * 2 <= len(theirs) or sum(self.header_block(at) > 0 for at in self.tail_lines()) > 0:
            return
        first = theirs.index(True)
        last = len(theirs) - theirs[::-1].index(True)
        for line, one in list(zip(body, theirs, strict=True))[first:last]:
            if not one:
                line.is_ = _Is.NEW

    def tail_lines(self) -> range:
        return range(self.tail, len(self.lines))

    def mark_stray_ends(self) -> None:
        """The ends of ``>`` lines that a gateway has wrapped once more, without ``>``."""
        quoted = [len(line.shape) for line in self.lines if is_quoted(line.shape)]
        width = max(quoted, default=0)
        if not WRAPPED <= width <= MAX_WRAPPED:
            return
        stray = [at for at in range(1, len(self.lines)) if self.is_stray_end(at, width)]
        for at in stray:
            below = self.lines[at + 1] if at + 1 < len(self.lines) else _END
            begins_small = self.lines[at].shape[:1].islower()
            if below.is_ is _Is.QUOTED and (begins_small or len(stray) > 1 or self.ends_parents_line(at)):
                self.lines[at].is_ = _Is.QUOTED

    def is_stray_end(self, at: int, width: int) -> bool:
        """Whether the first word of line ``at`` would not have fitted into the quoted line above it."""
        above, line = self.lines[at - 1], self.lines[at]
        if line.is_ is not _Is.NEW or above.is_ is not _Is.QUOTED:
            return False
        if SENTENCE_END.search(above.shape.rstrip()):
            return False
        first = line.shape.split(maxsplit=1)[0]
        return len(above.shape) >= WRAPPED and len(above.shape) + 1 + len(first) > width > len(line.shape)

    def ends_parents_line(self, at: int) -> bool:
        """Whether line ``at`` goes on where the quoted line above it stops, in one line of the parent."""
        if not self.parent:
            return False
        both = _bare(unquoted(self.lines[at - 1].shape) + self.lines[at].shape)
        return any(both in _bare(line) for line in self.parent.text[:MAX_PARENT].split("\n"))

    # ── shapes ───────────────────────────────────────────────────────────────────────────────────

    def before(self, at: int) -> int:
        """The line after the last one above ``at`` that is not blank."""
        while at and self.lines[at - 1].is_ is _Is.BLANK:
            at -= 1
        return at

    def introduction(self, end: int) -> int:
        """Where the introduction begins that ends before ``end``; ``end`` where there is none.

        It takes one line, or up to four where the mail program has folded it.
        """
        found = end
        for start in range(end - 1, max(end - 1 - MAX_FOLDED, -1), -1):
            line = self.lines[start]
            if line.is_ is not _Is.NEW:
                break
            above = line.shape.strip()
            if (
                start < end - 1
                and SENTENCE_END.search(above)
                and (found < end or not SHORTENED.search(above))
            ):
                break
            if found < end:
                found = start if self.is_folded(start, found, end) else found
            elif self.is_introduction(self.joined(start, end), followed=True):
                found = start
        return found

    def is_folded(self, start: int, found: int, end: int) -> bool:
        """Whether line ``start`` belongs to the introduction that stands from ``found`` to ``end``.

        It does where it holds what that one lacks, or where that one begins in the middle of something.
        """
        above, below = self.lines[start].shape.strip(), self.lines[found].shape.strip()
        text = self.joined(found, end)
        if len(above) > MAX_FOLDED_LINE:
            return False
        if below.startswith(("<", "(", "[")) or above.endswith("<"):
            return True
        if DAY.search(above) and not DAY.search(text):
            return True
        if NAMED_ADDRESS.search(above) and not ADDRESS.search(text):
            return True
        if below[:1].isupper() and DATE.search(text) and TIME.search(text):
            return False
        return bool(DATE.search(above) or TIME.search(above)) and not DATE.search(text)

    def joined(self, start: int, end: int) -> str:
        return " ".join(line.shape.strip() for line in self.lines[start:end])

    def is_introduction(self, text: str, *, followed: bool) -> bool:
        """Whether ``text`` introduces a quotation; ``followed``: lines with ``>`` stand below it."""
        if not 6 <= len(text) <= 300:
            return False
        colon = bool(COLON_END.search(text[-6:]))
        if not colon and not followed:
            return False
        address = ADDRESS.search(text)
        time, date = bool(TIME.search(text)), DATE.search(text)
        if not colon:
            ends = text.endswith((">", ")")) and address
            return bool(date and (ends or (time and self.ends_written(text))))
        if followed:
            return bool(address or (time and date) or self.says_written(text))
        if address and date and time and self.ends_soon(text[address.end() :]):
            return True
        whose = address and (time or date or NAMED_ADDRESS.search(text))
        return bool((whose or (time and date)) and self.says_written(text) and not self.is_told(text))

    def ends_soon(self, behind: str) -> bool:
        """Whether behind the address of an introduction in an unknown language only its verb stands."""
        return sum(map(str.isalpha, words(behind))) <= MAX_BEHIND

    def is_told(self, text: str) -> bool:
        """Whether a person tells of a letter: «I wrote to Ana <ana@x.example> on 3 March:».

        Mail programs write the date before the verb, or the verb behind the address.
        """
        found = words(text)
        starts = spans(text)
        verbs = [starts[hit.first][0] for hit in self.words.quoting.find(found) if hit.meaning == "wrote"]
        address, date = ADDRESS.search(text), DATE.search(text)
        if not verbs or not address or not date:
            return False
        return 0 < verbs[0] < address.start() < date.start()

    def ends_written(self, text: str) -> bool:
        found = words(text)
        return any(hit.meaning == "wrote" and hit.end == len(found) for hit in self.words.quoting.find(found))

    def says_written(self, text: str) -> bool:
        return self.names_parent(text) or self.says(text, "wrote")

    def names_parent(self, text: str) -> bool:
        sender = self.parent.sender if self.parent else None
        return bool(sender and sender.name and fold(sender.name) in fold(text))

    def says(self, text: str, meaning: str) -> bool:
        if (text, meaning) not in self.said:
            found = any(hit.meaning == meaning for hit in self.words.quoting.find(words(text)))
            self.said[text, meaning] = found
        return self.said[text, meaning]

    def bare_introduction(self, at: int) -> int:
        """How many lines an introduction without ``>`` below it takes at ``at``; 0 where none begins."""
        above = self.lines[at - 1] if at else _END
        inside = above.is_ is _Is.NEW and not RULER.match(above.shape.strip())
        for count in range(1, MAX_FOLDED + 1):
            piece = self.lines[at : at + count]
            if len(piece) < count or piece[-1].is_ is not _Is.NEW:
                return 0
            last = piece[-1].shape.rstrip()
            text = self.joined(at, at + count) if COLON_END.search(last[-4:]) else ""
            if text and self.is_introduction(text, followed=False):
                whole = self.is_whole(text)
                below = self.skip_blank(at + count)
                has_text = below < len(self.lines) and self.lines[below].is_ is _Is.NEW
                return count if whole or (has_text and not inside) else 0
            if SENTENCE_END.search(last[-6:]):
                return 0
        return 0

    def is_whole(self, text: str) -> bool:
        """Whether an introduction leaves no doubt: it has all that a mail program writes into one."""
        return bool(NAMED_ADDRESS.search(text) and DATE.search(text) and self.says(text, "wrote"))

    def header_block(self, at: int) -> int:
        """How many lines a block of header fields takes at ``at``; 0 where none begins.

        Two lines or more that look like header fields, and hold what such a block holds: a date and a
        time, and names that are known, or a sender as mail programs write one.
        """
        first = field_of(self.lines[at].shape)
        if not first:
            return 0
        found = self.fields(at)
        if len(found) < 2 or not self.is_header([one for _, one in found]):
            return 0
        if not self.is_field_name(first.name) and any(self.is_field_name(one.name) for _, one in found):
            return 0  # «Note: …» of the letter itself, right above the block
        end = found[-1][0] + 1
        while end < len(self.lines) and self.lines[end].is_ is not _Is.BLANK and end < at + 2 * MAX_FIELDS:
            end += 1
        return end - at

    def is_header(self, found: Sequence[Field]) -> bool:
        known = sum(self.is_field_name(one.name) for one in found)
        dated = any(one.time and one.date for one in found)
        address = any(one.address for one in found)
        if dated:
            named = any(one.named for one in found[:2])
            return (known > 1 and (len(found) > 2 or address)) or (named and len(found) > 2 - (known > 0))
        return known > 2 and (address or (known > 3 and any(one.date for one in found)))

    def is_field_name(self, name: str) -> bool:
        if (name, "name") not in self.said:
            found = words(name)
            hits = self.words.quoting.find(found)
            self.said[name, "name"] = any(
                hit.meaning == "fields" and hit.end - hit.first == len(found) for hit in hits
            )
        return self.said[name, "name"]

    def fields(self, at: int) -> list[tuple[int, Field]]:
        """The lines from ``at`` that look like header fields; one folded line between two is passed over.

        Between fields whose names are known an empty line may stand: some programs write each as a paragraph.
        """
        found: list[tuple[int, Field]] = []
        passed = False
        for number, line in enumerate(self.lines[at : at + 2 * MAX_FIELDS], at):
            one = field_of(line.shape)
            behind_blank = number > at and self.lines[number - 1].is_ is _Is.BLANK
            if one and not (behind_blank and not self.is_field_name(one.name)):
                found.append((number, one))
            elif not found or behind_blank or (passed and line.is_ is not _Is.BLANK):
                break
            passed = one is None and line.is_ is not _Is.BLANK
        return found

    def word_ruler(self, at: int) -> int:
        """1 for ``-----Original Message-----``: its words are known, or what follows shows it; else 0."""
        inner = dashed(self.lines[at].shape)
        if not inner:
            return 0
        if self.is_ruler(inner) or (ADDRESS.search(inner) and DATE.search(inner)):
            return 1
        below = self.skip_blank(at + 1)
        if below == len(self.lines):
            return 0
        return int(bool(self.header_block(below) or self.bare_introduction(below)))

    def is_ruler(self, text: str) -> bool:
        """Whether ``text`` says that a letter follows; a single word only where it stands alone."""
        found = words(text)
        return any(
            hit.meaning == "rulers" and (hit.end - hit.first > 1 or len(found) == 1)
            for hit in self.words.quoting.find(found)
        )

    def skip_blank(self, at: int) -> int:
        while at < len(self.lines) and self.lines[at].is_ is _Is.BLANK:
            at += 1
        return at

    def with_ruler(self, at: int) -> int:
        """``at``, or the ruler or «Begin forwarded message:» above it."""
        above = self.before(at) - 1
        if above < 0 or self.lines[above].is_ is not _Is.NEW:
            return at
        shape = self.lines[above].shape.strip()
        if RULER.match(shape) or dashed(shape):
            return above
        if COLON_END.search(shape) and self.is_ruler(shape):
            return above
        return at

    # ── signatures ───────────────────────────────────────────────────────────────────────────────

    def mark_signatures(self) -> None:
        """In each piece of new text, what the mail program has put at its end."""
        for start, end in self.pieces():
            self.mark_signature(start, end)

    def pieces(self) -> Iterator[tuple[int, int]]:
        """The stretches of new text between quotations."""
        start = 0
        for at, line in enumerate(self.lines):
            if line.is_ is _Is.QUOTED:
                if start < at:
                    yield start, at
                start = at + 1
        if start < len(self.lines):
            yield start, len(self.lines)

    def mark_signature(self, start: int, end: int) -> None:
        shapes = [line.shape for line in self.lines[start:end]]
        for line in self.lines[start + signature_start(shapes, self.letter.sender, self.words) : end]:
            if line.is_ is _Is.NEW:
                line.is_ = _Is.SIGNATURE

    # ── the result ───────────────────────────────────────────────────────────────────────────────

    def text_of(self, kind: _Is) -> str:
        """The lines of one kind; where others stood between, an empty line."""
        out: list[str] = []
        gap = False
        for line in self.lines:
            if line.is_ is kind:
                if gap and out:
                    out.append("")
                text = unquoted(line.text) if kind is _Is.QUOTED else line.text
                out.append(text.rstrip())
                gap = False
            else:
                gap = True
        return "\n".join(out).strip("\n")

    def answered(self) -> Iterator[tuple[str, str]]:
        question: list[str] = []
        answer: list[str] = []
        for line in self.lines:
            if line.is_ is _Is.QUOTED:
                if any(answer) and question:
                    yield _joined(question), _joined(answer)
                if answer:
                    question, answer = [], []
                question.append(unquoted(line.text))
            elif line.is_ is _Is.NEW:
                answer.append(line.text)
            elif line.is_ is _Is.BLANK and answer:
                answer.append("")
        if any(answer) and question:
            yield _joined(question), _joined(answer)


_END = _Line("", "", _Is.QUOTED)


def _line(text: str) -> _Line:
    shape = shape_of(text)
    if is_quoted(shape):
        return _Line(text, shape, _Is.QUOTED)
    return _Line(text, shape, _Is.NEW if shape.strip() else _Is.BLANK)


def _bare(text: str) -> str:
    """``text`` for comparing: letters and digits alone."""
    return _NOT_ALPHANUMERIC.sub("", text).casefold()


def _joined(lines: Sequence[str] | Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
