"""HTML → plain text as a mail client would have written it: paragraphs, lists, and quoting as ``>``.

A block that the sender's mail client marked as quoted becomes lines that begin with ``>``, so that
the readers of text need to know nothing of HTML.

No tree is built. Text needs only the tags in their order, and a tree is what makes hostile mail
expensive: 200,000 nested ``<div>`` take lexbor (selectolax 1.0) 217 s and libxml2 cuts the text at
depth 256, while the tokens below are read once, from left to right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final

MAX_HTML = 4 * 1024 * 1024
"""Characters of HTML that are read."""

_TOKEN = re.compile(
    r"<!--.*?(?:-->|$)"  # comments, Outlook's conditional ones included
    r"|<(?P<raw>script|style|title|template)\b[^<>]*>.*?(?:</(?P=raw)\b[^<>]*>|$)"
    r"|<[!?][^>]*>"
    r"|<(?P<close>/?)(?P<tag>[a-zA-Z][\w:-]*+)(?P<attributes>(?:[^<>\"]++|\"[^\"<]*+\")*+|[^<>]*+)>",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset"}
    | {"figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav"}
    | {"ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"}
)
_SPACED: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table"})
_VOID: Final = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|medium none|0)[^\w]", re.IGNORECASE)
_QUOTE = re.compile(
    # Yahoo, Proton, Tutanota, mail.ru. Gmail's own class is left out: answers stand inside that one.
    r"yahoo_quoted|protonmail_quote|tutanota_quote|mailru-blockquote",
    re.IGNORECASE,
)
_RULE = re.compile(
    # The line that Outlook for Windows, Mac and the web draws above the letter that is answered.
    r"border:\s*none;\s*border-top:\s*solid\s+#[0-9a-f]{6}\s+1\.0pt|id\s*=\s*[\"']?(?:x_)*divRplyFwdMsg",
    re.IGNORECASE,
)
_NO_GAP = re.compile(r"MsoNormal|MsoPlainText|MsoListParagraph|margin(?:-top)?:\s*0", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(r" {2,}")
_UNDERSCORES = "_" * 32
_DEEPEST = 50
"""Levels of quoting that are marked; without a limit the marks alone would fill the memory."""


def html_to_text(html: str) -> str:
    """Write ``html`` as plain text; a quoted line begins with one ``>`` for each level of quoting.

    A line that Outlook draws above a quoted letter becomes its plain-text form, 32 underscores.
    Hidden text (``display: none``) is left out, since no reader has seen it.
    """
    page = _Page()
    html = html[:MAX_HTML]
    end = 0
    for token in _TOKEN.finditer(html):
        page.say(html[end : token.start()])
        end = token.end()
        tag = token["tag"]
        if tag and token["close"]:
            page.close(tag.lower())
        elif tag:
            page.open(tag.lower(), token["attributes"])
    page.say(html[end:])
    page.flush()
    return "\n".join(page.lines).strip("\n")


@dataclass(slots=True)
class _Page:
    """The text so far, and what is open around it."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    quotes: list[tuple[str, bool]] = field(default_factory=list)
    """The open blocks that may quote (``blockquote``, ``div``), each with whether it does."""
    depth: int = 0
    """How many of ``quotes`` do."""
    lists: list[int] = field(default_factory=list)
    """The open lists: the number of the last item, or -1 for bullets."""
    hidden: str = ""
    """The tag of the hidden element that is open; ``""``: none is."""
    hidden_depth: int = 0
    """How many elements of that tag are open, the hidden one included."""
    literal: int = 0

    def say(self, text: str) -> None:
        if not text or self.hidden:
            return
        text = unescape(text) if "&" in text else text
        if not self.literal:
            self.line.append(_SPACE.sub(" ", text))
            return
        first, *others = text.replace("\r\n", "\n").split("\n")
        self.line.append(first)
        for other in others:
            self.end_line()
            self.line.append(other)

    def open(self, tag: str, attributes: str) -> None:
        if self.hidden:
            self.hidden_depth += tag == self.hidden
            return
        if tag not in _VOID and _HIDDEN.search(attributes):
            self.hidden, self.hidden_depth = tag, 1
            return
        if tag == "br":
            self.end_line()
        if tag not in _BLOCKS:
            return
        self.flush()
        if tag in _SPACED and not _NO_GAP.search(attributes):
            self.gap()
        if tag in ("blockquote", "div"):
            self.open_quote(tag, attributes)
        elif tag == "hr":
            self.lines.append(self.mark() + _UNDERSCORES)
        elif tag == "pre":
            self.literal += 1
        elif tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self.line.append(self.bullet())

    def open_quote(self, tag: str, attributes: str) -> None:
        quotes = not _INDENT.search(attributes) if tag == "blockquote" else bool(_QUOTE.search(attributes))
        self.quotes.append((tag, quotes))
        self.depth += quotes
        if tag == "div" and _RULE.search(attributes) and self.last() != _UNDERSCORES:
            self.lines.append(self.mark() + _UNDERSCORES)

    def close(self, tag: str) -> None:
        if self.hidden:
            self.hidden_depth -= tag == self.hidden
            if not self.hidden_depth:
                self.hidden = ""
            return
        if tag not in _BLOCKS:
            return
        self.flush()
        if tag in ("blockquote", "div") and any(one == tag for one, _ in self.quotes[-3:]):
            while self.quotes:
                closed, quoted = self.quotes.pop()
                self.depth -= quoted
                if closed == tag:
                    break
        elif tag == "pre":
            self.literal = max(0, self.literal - 1)
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in ("ul", "ol", "table", "blockquote"):
            self.gap()

    def bullet(self) -> str:
        if not self.lists or self.lists[-1] < 0:
            return "• "
        self.lists[-1] += 1
        return f"{self.lists[-1]}. "

    def mark(self) -> str:
        return ">" * min(self.depth, _DEEPEST) + " " if self.depth else ""

    def last(self) -> str:
        return next((line for line in reversed(self.lines[-3:]) if line.strip("> ")), "").lstrip("> ")

    def end_line(self) -> None:
        text = "".join(self.line).replace("\xa0", " ")
        text = text.rstrip() if self.literal else _SPACES.sub(" ", text).strip()
        self.lines.append((self.mark() + text).rstrip())
        self.line.clear()

    def flush(self) -> None:
        """End the line if there is one, as the edge of a block does; ``&nbsp;`` alone makes an empty line."""
        if any(piece.strip(" ") for piece in self.line):
            self.end_line()
        else:
            self.line.clear()

    def gap(self) -> None:
        """Leave one line empty, unless the last one is."""
        empty = self.mark().rstrip()
        if self.lines and self.lines[-1] != empty:
            self.lines.append(empty)
