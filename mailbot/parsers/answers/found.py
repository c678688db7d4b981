"""What one text of a letter was found to answer, and how two such findings make one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailbot.parsers.answers.wording import FORM_BLANK

_TRAILING = "_*•|" + "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
"""What is taken off an answer's end: blanks of all kinds, and what is left of markup and tables."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one text."""

    answers: Mapping[str, str]
    sections: frozenset[str] = frozenset()
    """The keys whose answer stood under a heading, a question or a number."""
    deferred: frozenset[str] = frozenset()
    """The keys for which the text points elsewhere: «see attached»."""
    strength: Mapping[str, float] = field(default_factory=dict)


def said_in(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The spans as one text: neighbours with what stands between them, others on lines of their own."""
    pieces: list[str] = []
    last = -1
    for start, end in spans:
        between = text[last:start] if last >= 0 else ""
        piece = text[start:end].rstrip(_TRAILING)
        if last >= 0 and not between.strip():
            pieces.append(between if "\n" in between else " ")
        elif last >= 0:
            pieces.append("\n")
        pieces.append(piece)
        last = end
    return FORM_BLANK.sub("", "".join(pieces)).strip()


def joined(first: Found, second: Found, asked: Sequence[str]) -> Found:
    """Both as one: what ``first`` says to a question stands before what ``second`` says to it."""
    answers = {
        key: "\n".join(part for part in (first.answers.get(key, ""), second.answers.get(key, "")) if part)
        for key in asked
        if key in first.answers or key in second.answers
    }
    return Found(answers, first.sections | second.sections, first.deferred, first.strength)
