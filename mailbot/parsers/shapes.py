"""What a line of a letter looks like: an introduction, a header field, a ruler, the beginning of a signature.

Shapes are the same in every language; where a shape leaves doubt, the readers ask the words of the rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_LINE = 500
"""Characters of a line that are looked at to tell what it is; all of it is kept."""
MAX_DASHED = 160
"""Characters of a line between dashes that can be a ruler: Zoho puts a whole introduction there."""

_PLAIN = dict.fromkeys(
    [0x200B, 0x200C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
) | dict.fromkeys([0xA0, 0x202F, 0x3000], " ")
"""Marks of direction and the like, which go, and wide or narrow spaces, which become plain ones."""
_QUOTED = re.compile(r"[ \t]{0,3}(?:>|&gt;|\|(?=[ \t][^|]*$|$))")
_UNQUOTE = re.compile(r"^(?:[ \t]{0,3}(?:>|&gt;|\|(?=\s)))++[ \t]?")

ADDRESS = re.compile(r"[^\s<>@\"(),;:\[\]]{1,64}@[^\s<>@\"(),;:\[\]]{1,100}")
NAMED_ADDRESS = re.compile(r"\w\s?[\"'»”]?\s?[<\[(]{1,2}\s?(?:mailto:)?[^\s<>@\[\]()]{1,64}@")
"""A name, then the address in brackets: so header fields have it, and people hardly ever."""
LAST_ADDRESS = re.compile(r"@[^\s<>@\"(),;:\[\]]{1,100}[>)\]]{0,2}\s?[:：]\s*$")
"""An address before the colon that ends a line."""
TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:.h時时시]\s?\d{2}(?!\d)(?:\s?[:.]\d{2})?")
_DAY = (
    r"(?<!\d)(?:(?:19|20)\d{2}|25\d{2})(?!\d)"  # a year, the Thai one too
    r"|(?<!\d)\d{1,4}\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,4}(?!\d)"
)
DAY = re.compile(_DAY)
"""A year, or a date in numbers."""
DATE = re.compile(_DAY + r"|(?<!\d)\d{1,2}[.,]?\s(?:de\s)?[^\W\d_]{3,12}|[^\W\d_]{3,12}\.?\s\d{1,2}(?!\d)")
COLON_END = re.compile(r"[:：]\s*[*_]{0,2}$")
SENTENCE_END = re.compile(r"(?:[!?:：。؟…]|(?<!\b\w)\.)[\"'»”)]{0,2}$")
"""The end of a sentence, and not of «A.M.»."""
SHORTENED = re.compile(r"(?:\d|\b\w{1,4})\.$")
"""«2026.», «godz.»: a full stop that may end no sentence."""
RULER = re.compile(r"^[-_=*~—–‐─━]{5,}$")
_DASHED = re.compile(rf"^[-_=*~—–‐─━#>]{{2,}}\s?([^-_=*~—–‐─━\s#>].{{1,{MAX_DASHED}}})$")
_DASHES = " \t-_=*~—–‐─━#<>"
SIGNATURE = re.compile(r"^(?:--|—|–|-- \u00a0)\s*$|^[_\u2015]{3,}$|^--\s?\\?$")
_FIELD = re.compile(
    r"^[ \t]{0,8}[*_]{0,3}([^\W\d_][^\d:：<>@/*_]{0,28}?)[*_]{0,3}\s?"
    r"(?:[:：][*_]{0,3}(?:\s+(\S.*)|\s*)|：[*_]{0,3}(\S.*)|:[*_]{0,3}([\w\"'<«].*))$"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A line that looks like a header field: its name, and what its value holds."""

    name: str
    address: bool
    named: bool
    """The address stands in brackets behind a name."""
    date: bool
    time: bool


def shape_of(text: str) -> str:
    """``text`` for looking at: without marks of direction, its spaces plain, cut at ``MAX_LINE``."""
    shape = text[:MAX_LINE]
    return shape if shape.isascii() else shape.translate(_PLAIN)


def is_quoted(shape: str) -> bool:
    """Whether a line bears the mark of a quotation: ``>``, or one ``|`` at its beginning."""
    return bool(_QUOTED.match(shape))


def unquoted(text: str) -> str:
    """``text`` without the marks of quotation at its beginning."""
    return _UNQUOTE.sub("", text, count=1)


def dashed(shape: str) -> str:
    """The words between the dashes of ``-----Original Message-----``; ``""`` where it is no such line."""
    match = _DASHED.match(shape.strip())
    if not match or match[1][-1] not in _DASHES:
        return ""
    words = match[1].rstrip(_DASHES)
    return words if len(words) > 2 and match[1][len(words) :].strip(" \t") not in ("", ">") else ""


@lru_cache(maxsize=256)  # a block of fields is looked at from each of its lines
def field_of(shape: str) -> Field | None:
    """The header field that a line looks like, or None."""
    match = _FIELD.match(shape)
    if not match or len(match[1].split()) > 3:
        return None
    value = match[2] or match[3] or match[4] or ""
    return Field(match[1].strip(), *(bool(one.search(value)) for one in (ADDRESS, NAMED_ADDRESS, DATE, TIME)))
