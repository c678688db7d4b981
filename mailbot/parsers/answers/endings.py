"""Finds where a letter takes leave: greetings, thanks, names and signatures are no part of an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.parsers.answers.wording import Wording
from mailbot.parsers.phrases import words
from mailbot.parsers.segments import Line

RULER = re.compile(r"^\s*[-_=*~]{4,}.{0,60}$")
"""A line that parts what stands above it from what stands below."""

_SIGNATURE_LINES = 6
_SIGNATURE_WORDS = 9


def ends_letter(wording: Wording, text: str, line: Line, rest: Sequence[Line], *, begun: bool) -> bool:
    """Whether the letter's end begins with ``line``: a greeting, a name, a signature."""
    content = text[line.start : line.end]
    unit = wording.unit(text, line.start, line.end, 0)
    if RULER.match(content):
        return True
    if unit.score("closing") >= 2 and unit.length <= 15 and max(unit.score(k) for k in wording.asked) <= 3:
        return True
    if not begun:
        return False
    if (
        line.gap
        and not line.number
        and unit.length <= 8
        and (unit.score("role") or not wording.sender.isdisjoint(words(content)))
    ):
        return True
    names = unit.length <= 6 and not content.rstrip().endswith((".", "؛", ";", "،"))
    if not (line.gap and names and len(rest) <= _SIGNATURE_LINES) or line.number or line.label:
        return False
    return all(_signs(text[other.start : other.end]) for other in rest)


def _signs(content: str) -> bool:
    """Whether a line may stand in a signature: a name, an office, a place, and no sentence."""
    count = len(words(content))
    return count <= _SIGNATURE_WORDS or (
        count <= 2 * _SIGNATURE_WORDS and not content.rstrip().endswith((".", "!", "?", "؟"))
    )


def is_parting(wording: Wording, text: str, line: Line) -> bool:
    """Whether ``line`` says goodbye."""
    unit = wording.unit(text, line.start, line.end, 0)
    return unit.score("closing") >= 1 and unit.length <= 25


def without_leave_taking(wording: Wording, text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without the sentences at the end that take leave."""
    while len(spans) > 1:
        start, end = spans[-1]
        unit = wording.unit(text, start, end, 0)
        if unit.score("closing") < 2 or max(unit.score(k) for k in wording.asked) > unit.score("closing"):
            break
        spans = spans[:-1]
    return spans
