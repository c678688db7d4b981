"""Words as a document may hold them: what a stranger wrote, without what is no writing."""

from __future__ import annotations

import re

_MARKS = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"

_PILED_MARKS = re.compile(f"({_MARKS}{{4}}){_MARKS}+")
"""More accents than any letter carries: they would cover the lines above."""

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
"""Control characters, directional overrides, halves of characters."""

_ISOLATES = re.compile("[\u2066-\u2069]")
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile(r"[ \t\n]+")


def clean(words: str) -> str:
    """``words`` with line breaks as ``\\n``, and without characters that do not belong into a document."""
    return _PILED_MARKS.sub(r"\1", _FORBIDDEN.sub("", _LINE_BREAK.sub("\n", words)))


def folded(words: str) -> str:
    """``words`` cleaned and on one line."""
    return _SPACE.sub(" ", clean(words)).strip()


def cut(words: str, longest: int) -> str:
    """At most ``longest`` characters; an ellipsis stands for the rest."""
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def isolated(words: str) -> str:
    """A name for the middle of a sentence, the order of which it cannot change (UAX 9)."""
    return f"\u2068{_ISOLATES.sub('', folded(words))}\u2069"
