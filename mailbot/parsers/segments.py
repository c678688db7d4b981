"""Cuts a text into the lines that were meant and into sentences, and reads what stands before a line.

A mail program breaks a paragraph into lines of some 72 characters; these are joined again. A bullet,
a number, «Question 2», «Ans.» before a line is taken off and told, since it orders the answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from mailbot.parsers.phrases import fold

_MARKERS = 4
"""As many marks before one line: a bullet, a number, a label, a time."""

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹①②③④⑤⑥⑦⑧⑨", "01234567890123456789123456789")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}

_SPACE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*")
_QUOTE_MARKS = re.compile(r"(?:[ \t]*>)+ ?")
_BULLET = re.compile(r"(?:[•◦▪▫‣·●○■□▸►➢➤✓✔➔→❖]|[*+\-–—_](?=\s)|\*\*(?=\w))\s*|[–—](?=\w)")
_TIME = re.compile(r"\[\d{1,2}:\d{2}(?::\d{2})?\]\s*")
_EMOJI_NUMBER = re.compile(r"(\d)\ufe0f?\u20e3\s*")
_NUMBER = re.compile(
    r"(\d{1,2}|[①-⑨])([a-e]?)\s{0,2}(?:\.-|[.)\]:/°ºª,]+(?:\s*[-–—])?|[-–—]+|(?=\s*$))(?!\d)\s*"
)
_SECOND = re.compile(r"(?:y|and|et|e|&|\+|و|,|/)\s?(\d)\s?[.)\]:/\-–]+\s*")
_IN_BRACKETS = re.compile(r"[(\[]\s*(\d{1,2}|[a-eA-E]|[ivIV]{1,3})\s*[)\]]\s*[-:.]?\s*")
_LETTER = re.compile(r"([a-eA-E])(?:[.)]|\s?[-–](?=\s))\s+|([a-eA-E])\)")
_ROMAN_NUMBER = re.compile(r"(III|II|IV|VI|V|I|iii|ii|iv)\s?[.)\-–]\s*")
_ARABIC_LETTER = {"ا": 1, "أ": 1, "ب": 2, "ج": 3, "د": 4}
_ARABIC_LETTERED = re.compile(r"([أابجد])\s?[-–).]\s*")
_NAME = r"([^\W\d_][\w'’]{0,14}(?:\s[^\W\d_][\w\u064b-\u0652]{0,12}){0,2}?)"
_LABEL_NUMBERED = re.compile(
    rf"{_NAME}\.?\s?(?:n\s?[°ºo.]{{1,2}}\s?|#)?\(?(\d{{1,2}})([a-e](?=\W))?\)?\s?([.:/)\-–—>]*)\s*",
    re.IGNORECASE,
)
_LABEL_PLAIN = re.compile(rf"{_NAME}\s?([.:/)\-–—>]+)(?!S\b)\s*")
_ORDINAL = re.compile(r"([^\W\d_][\w\u064b-\u0652]{1,15})\s?([:.,)\-–—/])\s*")
_SENTENCE_END = re.compile(
    # A run of marks is tried from its first one only, and as a whole: else its time grows with the square.
    # What may begin a match stands first, and alone: the search then leaps from mark to mark.
    r"[.!?؟…۔](?:(?<![.!?؟…۔]{2})[.!?؟…۔]*+[\"'”»’)\]]*+(?=\s|$)"
    r"|(?<=[!?؟])(?<![!?؟]{2})[!?؟]*+(?=[^\W\d_]))"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(.«“])(?:[^\W\d_]|mr|mrs|ms|dr|dra|sr|sra|srta|st|sta|adv|smt|prof|rev|fr|hon|no|nro|num|art|ing|lic|arq"
    r"|mme|mlle|mgr|vs|cf|approx|aprox|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|inc|ltd|tel|ext|pag|pp|bp|p\.o|e\.g|i\.e|p\.ej|ej)$",
    re.IGNORECASE,
)


class Labels(Protocol):
    """The words that label questions and answers (`mailbot.parsers.questions.Questions` has them)."""

    @property
    def question_labels(self) -> frozenset[str]:
        """``question``, ``pregunta`` …"""

    @property
    def answer_labels(self) -> frozenset[str]:
        """``ans``, ``réponse`` …, folded."""

    @property
    def ordinals(self) -> Mapping[str, int]:
        """``third`` → 3."""


class Line(NamedTuple):
    """One line as it was meant, without what stands before it."""

    whole: int
    """Where it begins in the text, marks included."""
    start: int
    """Where it begins, marks left out."""
    end: int
    number: int = 0
    """3 for ``3.``, ``c)``, ``Question 3``, ``third:``; 0 where there is none."""
    style: str = ""
    """How it is numbered: ``1``, ``a``, ``i``, ``first``, ``label``, ``bullet`` or ``""``."""
    label: str = ""
    """``question``, ``answer`` or ``""``."""
    also: int = 0
    """A second number: «2) and 3)»."""
    gap: bool = False
    """A blank line stands before it."""
    column: int = 0
    """Its cell in a row of a table, from 0."""
    quoted: bool = False


LONGEST = 60_000
"""Characters of a text that are read: twenty pages, and more than anybody answers four questions with."""

_MOST_LINES = 3_000
_MANY_LINES = re.compile(rf"(?:[^\n\t]*[\n\t]){{{_MOST_LINES}}}")


def beginning(text: str) -> str:
    """As much of ``text`` as is read: 60,000 characters and 3,000 lines or cells, so that none takes long."""
    text = text[:LONGEST]
    many = _MANY_LINES.match(text)
    return text[: many.end()] if many else text


def unquote(line: str) -> str:
    """``line`` without the marks of quotation before it."""
    match = _QUOTE_MARKS.match(line)
    return line[match.end() :] if match else line


def lines_of(text: str, labels: Labels) -> list[Line]:
    """The lines that were meant in ``text``: wrapped ones joined, cells of a table parted."""
    lines: list[Line] = []
    paragraph: list[tuple[int, int]] = []
    gap = False
    at = 0
    for raw in text.split("\n"):
        if raw.strip():
            paragraph.append((at, at + len(raw)))
        elif paragraph:
            lines.extend(_joined(text, paragraph, labels, gap=gap))
            paragraph, gap = [], True
        else:
            gap = True
        at += len(raw) + 1
    if paragraph:
        lines.extend(_joined(text, paragraph, labels, gap=gap))
    return list(_with_marks_of_their_own(lines))


def _with_marks_of_their_own(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, a number or label on a line of its own joined to the line behind it."""
    mark: Line | None = None
    for line in lines:
        joined = line
        if mark and not line.number and not line.label:
            joined = mark._replace(start=line.start, end=line.end)
        elif mark:
            yield mark
        alone = joined.start >= joined.end and (joined.number or joined.label == "question")
        mark = joined if alone else None
        if mark is None:
            yield joined
    if mark:
        yield mark


def _joined(text: str, paragraph: list[tuple[int, int]], labels: Labels, *, gap: bool) -> Iterator[Line]:
    """Lines of one paragraph. A line is taken for wrapped where its successor's first word had no room."""
    width = max(end - start for start, end in paragraph)
    begin, end = paragraph[0]
    for following in paragraph[1:]:
        piece = text[following[0] : following[1]].lstrip()
        first_word = len(piece.split(None, 1)[0])
        length = following[0] - 1 - _last_start(text, begin, end)
        full = 45 <= width <= 110 and length + first_word + 1 > width
        ended = text[begin : following[0] - 1].rstrip()[-1:] in ".!?:؟"
        # Who begins a paragraph in small letters tells nothing by them, and no program wraps wider.
        goes_on = 40 <= length <= width <= 110 and piece[0].islower() and not text[begin].islower()
        if (
            not ended
            and (full or goes_on)
            and "\t" not in text[begin : following[1]]
            and not _has_mark(piece, labels)
        ):
            end = following[1]
            continue
        yield from _cells(text, begin, end, labels, gap=gap)
        gap = False
        begin, end = following
    yield from _cells(text, begin, end, labels, gap=gap)


def _last_start(text: str, begin: int, end: int) -> int:
    """Where the last of the joined lines between ``begin`` and ``end`` starts."""
    return max(begin, text.rfind("\n", begin, end) + 1)


def _has_mark(piece: str, labels: Labels) -> bool:
    line = marked(piece, 0, len(piece), labels)
    return bool(line.number or line.label or line.style)


def _cells(text: str, begin: int, end: int, labels: Labels, *, gap: bool) -> Iterator[Line]:
    """The cells of a line; `mailbot.parsers.attachments` and HTML part them by tabs."""
    column = 0
    start = begin
    while True:
        stop = text.find("\t", start, end)
        until = end if stop < 0 else stop
        if text[start:until].strip():
            yield marked(text, start, until, labels, gap=gap and column == 0, column=column)
        if stop < 0:
            return
        column += 1
        start = stop + 1


def marked(text: str, begin: int, end: int, labels: Labels, *, gap: bool = False, column: int = 0) -> Line:
    """The line between ``begin`` and ``end`` of ``text``, with its marks told and taken off."""
    number, style, label, also = 0, "", "", 0
    at = _skip(text, begin, end)
    for _ in range(_MARKERS):
        found = _mark(text, at, end, labels, numbered=bool(number), labelled=bool(label))
        if found is None:
            break
        after, new_number, new_style, new_label = found
        number, label = number or new_number, new_label or label
        if new_number and (second := _SECOND.match(text, after, end)):
            also, after = int(second.group(1).translate(_DIGITS)), second.end()
        style = new_style if new_style and style in ("", "bullet") else style
        at = _skip(text, after, end)
    while end > at and text[end - 1] in " \t\r_*|\u200f\u200e":
        end -= 1
    return Line(begin, at, end, number, style, label, also, gap, column)


def _skip(text: str, at: int, end: int) -> int:
    match = _SPACE.match(text, at, end)
    return match.end() if match else at


def _mark(
    text: str, at: int, end: int, labels: Labels, *, numbered: bool, labelled: bool
) -> tuple[int, int, str, str] | None:
    """(where it ends, number, style, label) of one mark at ``at``."""
    for pattern in (_TIME, _BULLET):
        match = pattern.match(text, at, end)
        if match and match.end() < end:
            return match.end(), 0, "bullet" if pattern is _BULLET else "", ""
    if not labelled and (found := _labelled(text, at, end, labels)):
        return found
    if numbered:
        return None
    return _numbered(text, at, end) or _ordinal(text, at, end, labels)


def _numbered(text: str, at: int, end: int) -> tuple[int, int, str, str] | None:
    if match := _EMOJI_NUMBER.match(text, at, end):
        return match.end(), int(match.group(1)), "1", ""
    first = text[at : at + 1]
    if first.isdigit() or first in ("(", "["):
        return _numbered_in_digits(text, at, end)
    if match := _ROMAN_NUMBER.match(text, at, end):
        return match.end(), _ROMAN[match.group(1).lower()], "i", ""
    if match := _LETTER.match(text, at, end):
        return match.end(), ord((match.group(1) or match.group(2)).lower()) - 96, "a", ""
    if match := _ARABIC_LETTERED.match(text, at, end):
        return match.end(), _ARABIC_LETTER[match.group(1)], "أ", ""
    return None


def _numbered_in_digits(text: str, at: int, end: int) -> tuple[int, int, str, str] | None:
    """«3.», «(c)», «[iv]»: the marks that begin with a digit or a bracket."""
    plain = text[at : at + 12].translate(_DIGITS)
    if match := _NUMBER.match(plain + text[at + 12 : end]):
        return at + match.end(), int(match.group(1)), "1", ""
    if match := _IN_BRACKETS.match(plain + text[at + 12 : end]):
        mark = match.group(1).lower()
        if mark.isdigit():
            return at + match.end(), int(mark), "(1)", ""
        if mark in _ROMAN and mark not in "abcde":
            return at + match.end(), _ROMAN[mark], "(i)", ""
        return (at + match.end(), ord(mark) - 96, "(a)", "") if mark in "abcde" else None
    return None


def _labelled(text: str, at: int, end: int, labels: Labels) -> tuple[int, int, str, str] | None:
    """«Question 3a:», «السؤال الأول:», «Ans.»; a single letter only before a colon or slash: ``R/``."""
    limit = min(end, at + 40)
    if match := _LABEL_NUMBERED.match(text, at, limit):
        label = _label_name(match.group(1), labels)[0]
        if label and (len(match.group(1)) > 1 or label == "question"):
            return match.end(), int(match.group(2).translate(_DIGITS)), "label", label
    if match := _LABEL_PLAIN.match(text, at, limit):
        label, number = _label_name(match.group(1), labels)
        if label and (
            len(match.group(1)) > 1 or match.group(2)[0] in ":/>" or match.group(2).startswith(".-")
        ):
            return match.end(), number, "label" if number else "", label
    return None


def _label_name(name: str, labels: Labels) -> tuple[str, int]:
    """What the words of ``name`` label, and the place in order that one of them tells."""
    words = fold(name).split()
    number = next((labels.ordinals[word] for word in words if word in labels.ordinals), 0)
    rest = [word for word in words if word not in labels.ordinals]
    for written in (" ".join(rest), rest[0] if number and rest else ""):
        if written in labels.question_labels:
            return "question", number
        if written in labels.answer_labels:
            return "answer", number
    return "", 0


def _ordinal(text: str, at: int, end: int, labels: Labels) -> tuple[int, int, str, str] | None:
    match = _ORDINAL.match(text, at, min(end, at + 24))
    if match is None:
        return None
    number = labels.ordinals.get(fold(match.group(1)), 0)
    return (match.end(), number, "first", "") if number else None


def sentences_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the sentences between ``start`` and ``end`` stand, spaces around them left out."""
    begin = looked_at = start
    said = False
    for match in _SENTENCE_END.finditer(text, start, end):
        said = said or bool(text[looked_at : match.end()].strip(" .!?\n\t"))
        looked_at = match.end()
        before = text[max(begin, match.start() - 12) : match.start()]
        if not said or (match.group()[0] == "." and _ABBREVIATION.search(before)):
            continue
        yield begin, match.end()
        begin, said = _skip(text, match.end(), end), False
    if text[begin:end].strip():
        yield begin, end
