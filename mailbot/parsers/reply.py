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
from functools import lru_cache

from mailbot.parsers.html import html_to_text
from mailbot.parsers.phrases import fold, words
from mailbot.parsers.words import Words
from mailbot.values import Letter, Split

MAX_LINE = 500
"""Characters of a line that are looked at to tell what it is; all of it is kept."""
MAX_PARENT = 64_000
"""Characters of the answered letter that are looked for; the bot's own letters have some 3,000."""
MAX_LINES = 20_000
"""Lines that are looked at; what lies below them nobody has typed, and it counts as quoted."""
MAX_FIELDS = 16
"""Lines of a header block: Outlook writes four to seven fields, and folds long ones."""
MAX_ENDINGS = 20
"""Lines and blocks that mail programs have put below one piece of text: they put two or three there."""
LONG_LINE = 25
"""Letters from which a line, or lines together, that stand in the parent too are no coincidence."""

_MARKS = str.maketrans(
    "", "", "\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_QUOTED = re.compile(r"[ \t]{0,3}(?:>|&gt;|\|(?=\s))")
_UNQUOTE = re.compile(r"^(?:[ \t]{0,3}(?:>|&gt;|\|(?=\s)))++[ \t]?")
_ADDRESS = re.compile(r"[^\s<>@\"(),;:]{1,64}@[^\s<>@\"(),;:]{1,100}")
_TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:.h]\s?\d{2}(?!\d)(?:\s?[:.]\d{2})?")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d{2}|25\d{2})(?!\d)"  # a year, the Thai one too
    r"|(?<!\d)\d{1,4}\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,4}(?!\d)"
    r"|(?<!\d)\d{1,2}[.,]?\s(?:de\s)?[^\W\d_]{3,12}|[^\W\d_]{3,12}\.?\s\d{1,2}(?!\d)"
)
_COLON_END = re.compile(r"[:：]\s*\*?$")
_FIELD = re.compile(r"^[*_ ]{0,3}([^\W\d_][^\d:：<>@/]{0,28}?)[*_]{0,2}\s?[:：][*_]{0,2}(?:\s+(\S.*)|\s*)$")
_RULER = re.compile(r"^[-_=*~—–]{5,}$")
_WORD_RULER = re.compile(r"^[-_=*~—–]{2,}\s?([^-_=*~—–\s][^_=*~]{2,60}?)\s?[-_=*~—–]{2,}$")
_SIGNATURE = re.compile(r"^(?:--|—|–|-- \u00a0)\s*$|^_{3,}$")
_DEVICE = re.compile(
    # Names of makers and programs are the same in every language.
    r"(?<![a-z0-9])(?:iphone|ipad|android|samsung|galaxy|huawei|xiaomi|redmi|realme|oppo|oneplus|nokia|motorola"
    r"|blackberry|windows|outlook|thunderbird|gmail|yahoo|proton|tutanota|tuta|zimbra|hotmail|aol|mailspring"
    r"|bluemail|k-9|fairemail|gmx|web\.de|mail\.ru|яндекс|tecno|infinix|itel)",
    re.IGNORECASE,
)
_TALK = re.compile(r"[,;:.!?؟،。]")
_CONTACT = re.compile(
    r"\||@|www\.|https?://|\+?\d[\d\s().-]{6,}\d|\b(?:ph\.?d|m\.?a|ll\.?m|esq)\b", re.IGNORECASE
)
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
    tail: int = 0
    """Where the lines begin that are quoted without ``>``; the number of lines where there are none."""

    def split(self) -> Split:
        texts = self.letter.text.split("\n", MAX_LINES)
        self.lines = [_line(text) for text in texts[:MAX_LINES]]
        self.lines += [_Line(rest, "", _Is.QUOTED) for rest in texts[MAX_LINES:]]
        self.tail = len(self.lines)
        self.mark_quotes()
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

    def mark_tail(self) -> None:
        """All that follows a header block, or an introduction without ``>`` below it."""
        for at, line in enumerate(self.lines):
            if line.is_ is not _Is.NEW:
                continue
            head = self.header_block(at) or self.word_ruler(at) or self.bare_introduction(at)
            if head:
                self.tail = at + head
                self.set_quoted(self.with_ruler(at), len(self.lines))
                return

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
        self.mark_known("\n".join(_UNQUOTE.sub("", line) for line in page if line.startswith(">")))

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
        for above, line, below in zip(self.lines, self.lines[1:], self.lines[2:], strict=False):
            if (
                line.is_ is _Is.NEW
                and above.is_ is _Is.QUOTED
                and below.is_ is _Is.QUOTED
                and len(above.shape) >= 66
                and len(line.shape) <= 30
                and line.shape[:1].islower()
            ):
                line.is_ = _Is.QUOTED

    # ── shapes ───────────────────────────────────────────────────────────────────────────────────

    def before(self, at: int) -> int:
        """The line after the last one above ``at`` that is not blank."""
        while at and self.lines[at - 1].is_ is _Is.BLANK:
            at -= 1
        return at

    def introduction(self, end: int) -> int:
        """Where the introduction begins that ends before ``end``; ``end`` where there is none.

        It takes one line, or up to three where the mail program has folded it.
        """
        found = end
        for start in range(end - 1, max(end - 4, -1), -1):
            if self.lines[start].is_ is not _Is.NEW:
                break
            if self.is_introduction(self.joined(start, end), followed=True) and (
                found == end or self.lines[start].shape.rstrip()[-1:] not in ".!?:,"
            ):
                found = start if found == end or self.is_folded(start, found) else found
        return found

    def is_folded(self, start: int, found: int) -> bool:
        """Whether line ``start`` begins the introduction that ends with line ``found``: it has the date."""
        above = self.joined(start, found)
        return bool(_DATE.search(above) or _TIME.search(above)) and not _DATE.search(self.lines[found].shape)

    def joined(self, start: int, end: int) -> str:
        return " ".join(line.shape.strip() for line in self.lines[start:end])

    def is_introduction(self, text: str, *, followed: bool) -> bool:
        """Whether ``text`` introduces a quotation; ``followed``: lines with ``>`` stand below it."""
        colon = bool(_COLON_END.search(text[-4:]))
        if not 6 <= len(text) <= 300 or not (colon or (followed and text.endswith((">", ")")))):
            return False
        address = bool(_ADDRESS.search(text))
        time, date = bool(_TIME.search(text)), bool(_DATE.search(text))
        if not colon:
            return address and date
        if address and (time or date):
            return True
        if followed:
            return address or (time and date) or self.says_written(text)
        return (address or (time and date)) and self.says_written(text)

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
        if at and above.is_ is _Is.NEW and not _RULER.match(above.shape.strip()):
            return 0
        for count in (1, 2, 3):
            piece = self.lines[at : at + count]
            if len(piece) < count or piece[-1].is_ is not _Is.NEW:
                return 0
            if self.is_introduction(self.joined(at, at + count), followed=False):
                below = self.skip_blank(at + count)
                return count if below < len(self.lines) and self.lines[below].is_ is _Is.NEW else 0
        return 0

    def header_block(self, at: int) -> int:
        """How many lines a block of header fields takes at ``at``; 0 where none begins.

        Two lines or more that look like header fields, and hold what such a block holds: a date and a
        time, or names that are known.
        """
        found = self.fields(at)
        if len(found) < 2:
            return 0
        dated = any(one.time and one.date for one in found)
        if not (dated and (len(found) > 2 or any(one.address for one in found))):
            known = sum(self.says(one.name, "fields") for one in found)
            if known < 3 or not any(one.address or one.date for one in found):
                return 0
        end = at
        while end < len(self.lines) and self.lines[end].is_ is not _Is.BLANK and end < at + MAX_FIELDS:
            end += 1
        return end - at

    def fields(self, at: int) -> list[_Field]:
        """The lines from ``at`` that look like header fields; one folded line between two is passed over."""
        found: list[_Field] = []
        folded = False
        for line in self.lines[at : at + MAX_FIELDS]:
            one = _field(line.shape)
            if one:
                found.append(one)
            elif not found or line.is_ is _Is.BLANK or folded:
                break
            folded = one is None
        return found

    def word_ruler(self, at: int) -> int:
        """1 for ``-----Original Message-----``: its words are known, or header fields follow; else 0."""
        match = _WORD_RULER.match(self.lines[at].shape.strip())
        return int(
            bool(match and (self.says(match[1], "rulers") or self.header_block(self.skip_blank(at + 1))))
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
        if _RULER.match(shape) or _WORD_RULER.match(shape):
            return above
        if _COLON_END.search(shape) and self.says(shape, "rulers"):
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
        cut = next((at for at in range(start, end) if self.begins_signature(at, end)), end)
        self.set_signature(cut, end)
        for _ in range(MAX_ENDINGS):
            cut = max(self.before(cut), start)
            paragraph = cut
            while paragraph > start and self.lines[paragraph - 1].is_ is _Is.NEW:
                paragraph -= 1
            first = self.added_by_itself(paragraph, cut, start)
            if first == cut:
                return
            self.set_signature(first, cut)
            cut = first

    def set_signature(self, start: int, end: int) -> None:
        for line in self.lines[start:end]:
            if line.is_ is _Is.NEW:
                line.is_ = _Is.SIGNATURE

    def begins_signature(self, at: int, end: int) -> bool:
        """``-- `` (RFC 3676 section 4.3), with or without the space that many programs cut off."""
        shape = self.lines[at].shape
        if not _SIGNATURE.match(shape):
            return False
        return bool(any(line.is_ is _Is.NEW for line in self.lines[at + 1 : end]))

    def added_by_itself(self, start: int, end: int, piece: int) -> int:
        """Where, in a paragraph, the lines begin that nobody typed; ``end`` where all were typed.

        ``piece`` is where the new text begins at whose end the paragraph stands.
        """
        if start == end:
            return end
        text = "\n".join(line.shape for line in self.lines[start:end])
        if self.is_disclaimer(text):
            return start
        if self.is_telephones_line(end - 1, piece):
            return end - 1
        if self.is_contact_block(start, end):
            return start
        return end

    def is_disclaimer(self, text: str) -> bool:
        found = words(text[:MAX_LINE])
        return any(hit.meaning == "disclaimers" and hit.first <= 3 for hit in self.words.endings.find(found))

    def is_telephones_line(self, at: int, start: int) -> bool:
        """«Sent from my iPhone»: known words at its beginning, or below other text a maker's name."""
        shape = self.lines[at].shape
        found = words(shape)
        if not 0 < len(found) <= 10 or len(shape) > 90:
            return False
        if any(hit.meaning == "sent_from" and hit.first == 0 for hit in self.words.endings.find(found)):
            return True
        above = any(line.is_ is _Is.NEW for line in self.lines[start:at])
        return above and len(found) <= 5 and bool(_DEVICE.search(shape)) and not _TALK.search(shape)

    def is_contact_block(self, start: int, end: int) -> bool:
        """The sender's name and two lines or more below it, with what stands on a visiting card."""
        sender = self.letter.sender
        lines = [line.shape for line in self.lines[start:end]]
        if not sender or not sender.name or len(lines) < 3:
            return False
        name = set(words(sender.name))
        first = words(lines[0])
        if len(name & set(first)) < min(2, len(name)) or len(first) > len(name) + 4:
            return False
        return sum(bool(_CONTACT.search(line)) for line in lines) >= 1 and max(map(len, lines)) <= 100

    # ── the result ───────────────────────────────────────────────────────────────────────────────

    def text_of(self, kind: _Is) -> str:
        """The lines of one kind; where others stood between, an empty line."""
        out: list[str] = []
        gap = False
        for line in self.lines:
            if line.is_ is kind:
                if gap and out:
                    out.append("")
                text = _UNQUOTE.sub("", line.text, count=1) if kind is _Is.QUOTED else line.text
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
                question.append(_UNQUOTE.sub("", line.text, count=1))
            elif line.is_ is _Is.NEW:
                answer.append(line.text)
            elif line.is_ is _Is.BLANK and answer:
                answer.append("")
        if any(answer) and question:
            yield _joined(question), _joined(answer)


_END = _Line("", "", _Is.QUOTED)


def _line(text: str) -> _Line:
    shape = text[:MAX_LINE]
    if not shape.isascii():
        shape = shape.translate(_MARKS).replace("\u00a0", " ").replace("\u202f", " ")
    if _QUOTED.match(shape):
        return _Line(text, shape, _Is.QUOTED)
    return _Line(text, shape, _Is.NEW if shape.strip() else _Is.BLANK)


@dataclass(frozen=True, slots=True)
class _Field:
    """A line that looks like a header field: its name, and what its value holds."""

    name: str
    address: bool
    date: bool
    time: bool


@lru_cache(maxsize=256)  # a block of fields is looked at from each of its lines
def _field(shape: str) -> _Field | None:
    match = _FIELD.match(shape)
    if not match or len(match[1].split()) > 3:
        return None
    value = match[2] or ""
    return _Field(match[1], *(bool(one.search(value)) for one in (_ADDRESS, _DATE, _TIME)))


def _bare(text: str) -> str:
    """``text`` for comparing: letters and digits alone."""
    return _NOT_ALPHANUMERIC.sub("", text).casefold()


def _joined(lines: Sequence[str] | Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
