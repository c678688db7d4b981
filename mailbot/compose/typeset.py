"""Sets values among the Markdown of a letter, as plain text and as HTML.

A template yields Markdown in which marks stand for the values that it prints; the values are put in
their places when text and HTML are made from it. So what somebody wrote stays words: it never meets
the Markdown parser, and cannot turn the direction of the sentence around it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from markdown_it import MarkdownIt

COLUMNS = 72
"""The text part is broken at 72 columns rather than sent as one line for each paragraph
(format=flowed, RFC 3676): Outlook and Gmail ignore the latter, and lines that no mail client needs to
break again come back in a reply as they went out, where the reader of replies knows them."""

LONGEST_WORD = 200
"""A longer run without a space is broken: it is no word, and few addresses of web pages are longer."""

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff\ue000-\ue002\ufffe\uffff]"
)
"""Control characters, separators of lines, directional overrides (with which ``exe.pdf`` is shown for
``fdp.exe``), halves of characters, and what our marks are made of: no letter of ours may carry these
out of what it quotes."""

_SPACE = re.compile(r"[ \t\n]+")
_LONG_WORD = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"

# A mark is a number between two characters of Unicode's private use area, which Markdown takes for letters.
_INLINE, _BLOCK, _END = "\ue000", "\ue001", "\ue002"
_INLINE_MARK = re.compile(f"{_INLINE}(\\d+){_END}")
_BLOCK_MARK = re.compile(f"{_BLOCK}(\\d+){_END}")
_BLOCK_PARAGRAPH = re.compile(f"(?:<p[^>]*>)?{_BLOCK}(\\d+){_END}(?:</p>)?")


class Quote(str):
    """Somebody's words, to be set apart as a block quotation."""

    __slots__ = ()


class Lines(str):
    """Lines that are shown one below the other as they stand: a form that is filled in in a reply.

    They are no quotation: behind ``>`` they would come back as something that nobody wrote just now.
    """

    __slots__ = ()


def clean(words: str) -> str:
    """``words`` with line breaks as ``\\n`` and without characters that do not belong into a letter."""
    return _FORBIDDEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def fold(words: str) -> str:
    """``words`` cleaned and on one line, each run of white space a single space.

    A space that does not break, as French has it before a colon, stays one.
    """
    return _SPACE.sub(" ", clean(words)).strip()


def runs_against(words: str, *, rtl: bool) -> bool:
    """Whether ``words`` hold a letter that is written against the direction of the text around it."""
    if words.isascii():
        return rtl and any(map(str.isalpha, words))
    against = ("L",) if rtl else ("R", "AL")
    return any(unicodedata.bidirectional(character) in against for character in words)


def isolate(words: str, *, rtl: bool) -> str:
    """``words`` for a sentence of the given direction, isolated where they run against it (UAX 9).

    Without it ``#ask`` in an Arabic sentence is shown as ``ask#``.
    """
    return f"{_FIRST_STRONG_ISOLATE}{words}{_POP_ISOLATE}" if runs_against(words, rtl=rtl) else words


class Values:
    """The values of one letter, in the order in which they were printed."""

    def __init__(self) -> None:
        self._values: list[str] = []

    def mark(self, value: str) -> str:
        """Keep ``value`` and return the mark that stands for it; ``Quote`` and ``Lines`` are blocks."""
        number = len(self._values)
        if isinstance(value, (Quote, Lines)):
            words = _BLANK_LINES.sub("\n\n", _LONG_WORD.sub(r"\1 ", clean(value)).strip())
            self._values.append(type(value)(words))
            return f"\n\n{_BLOCK}{number}{_END}\n\n"
        self._values.append(fold(value))
        return f"{_INLINE}{number}{_END}"

    def line(self, marked: str) -> str:
        """One line of text with the values in their places."""
        return fold(_INLINE_MARK.sub(lambda mark: self._values[int(mark[1])], marked))

    def text(self, marked: str, *, rtl: bool) -> str:
        """The text part: Markdown as it stands, but for what only a program likes to read.

        Lines are broken at ``COLUMNS``, those of a list hang; ``##`` headings are underlined, ``###``
        headings are lines, and quotations stand behind ``> ``. It ends with a line break.
        """

        def put(mark: re.Match[str]) -> str:
            return isolate(self._values[int(mark[1])], rtl=rtl)

        lines: list[str] = []
        for line in _BLANK_LINES.sub("\n\n", marked.strip()).split("\n"):
            if block := _BLOCK_MARK.search(line):
                lines += _block(self._values[int(block[1])])
                continue
            text = _INLINE_MARK.sub(put, line.lstrip("# ") if line.startswith("#") else line)
            lines += _wrapped(text, hanging="  " if line.startswith("- ") else "")
            if line.startswith("## "):
                lines.append("=" * min(len(text), COLUMNS))
        return "\n".join(lines) + "\n"

    def html(self, marked: str, *, rtl: bool, styles: Mapping[str, str]) -> str:
        """The HTML part: what ``html_maker`` made of the Markdown, with the values in their places.

        ``styles`` as there. Raises ValueError where a mark was lost: the template put a value where
        HTML has no text.
        """

        def put(mark: re.Match[str]) -> str:
            value = self._values[int(mark[1])]
            escaped = html.escape(value)
            return f"<bdi>{escaped}</bdi>" if runs_against(value, rtl=rtl) else escaped

        def put_block(mark: re.Match[str]) -> str:
            words = self._values[int(mark[1])]
            if isinstance(words, Lines):
                return _paragraphs(words, "p", rtl=rtl, styles=styles)
            return _blockquote(words, rtl=rtl, styles=styles)

        inline, inlines = _INLINE_MARK.subn(put, marked)
        filled, blocks = _BLOCK_PARAGRAPH.subn(put_block, inline)
        if blocks + inlines != len(self._values):
            raise ValueError("a value stands where HTML has no text, as in the address of a link")
        return filled


def html_maker(styles: Mapping[str, str]) -> Callable[[str], str]:
    """A function from Markdown to HTML.

    ``styles`` is the CSS of each element, by its name: mail clients drop style sheets. CommonMark,
    without raw HTML; a line break stays one, as it does in the text part. The function remembers what
    it made: two letters from one template differ in their values more often than in their Markdown.
    """
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})

    @lru_cache(maxsize=512)
    def make(text: str) -> str:
        tokens = markdown.parse(text)
        for token in tokens:
            if token.nesting == 1 and token.tag in styles:
                token.attrSet("style", styles[token.tag])
        return str(markdown.renderer.render(tokens, markdown.options, {}))

    return make


def _block(words: str) -> Iterator[str]:
    mark = "" if isinstance(words, Lines) else "> "
    for line in words.split("\n"):
        for part in _wrapped(fold(line), columns=COLUMNS - len(mark)):
            yield f"{mark}{part}".rstrip()


def _wrapped(line: str, *, columns: int = COLUMNS, hanging: str = "") -> list[str]:
    if len(line) <= columns:
        return [line]
    lines: list[str] = []
    current = ""
    for word in line.split(" "):
        if current and len(current) + 1 + len(word) > columns:
            lines.append(current)
            current = f"{hanging}{word}"
        else:
            current = f"{current} {word}" if current else word
    return [*lines, current]


def _blockquote(words: str, *, rtl: bool, styles: Mapping[str, str]) -> str:
    """The whole and each paragraph take the direction of their own first letter.

    It is written out, since Outlook does not know ``dir="auto"``.
    """
    head = f'<blockquote dir="{_direction(words, rtl=rtl)}"{_style("blockquote", styles)}>'
    return f"{head}{_paragraphs(words, 'blockquote p', rtl=rtl, styles=styles)}</blockquote>"


def _paragraphs(words: str, kind: str, *, rtl: bool, styles: Mapping[str, str]) -> str:
    return "".join(
        f'<p dir="{_direction(paragraph, rtl=rtl)}"{_style(kind, styles)}>'
        f"{html.escape(paragraph).replace(chr(10), '<br>')}</p>"
        for paragraph in words.split("\n\n")
    )


def _direction(words: str, *, rtl: bool) -> str:
    """That of the first letter that has one (UAX 9, P2); without any, that of the text around it."""
    for character in words:
        match unicodedata.bidirectional(character):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return "rtl" if rtl else "ltr"


def _style(tag: str, styles: Mapping[str, str]) -> str:
    return f' style="{html.escape(styles[tag])}"' if tag in styles else ""
