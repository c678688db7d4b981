"""Reads answers that stand between quoted questions, or in a letter that was sent on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from mailbot.parsers.answers.anchors import find_anchors, plausible
from mailbot.parsers.answers.endings import RULER
from mailbot.parsers.answers.found import Found
from mailbot.parsers.answers.numbering import settle
from mailbot.parsers.answers.sections import read_sections
from mailbot.parsers.answers.wording import Wording
from mailbot.parsers.segments import beginning, lines_of, unquote
from mailbot.values import Letter, Split

_HEADER = re.compile(r"^\W{0,3}[\w \u0600-\u06ff]{2,20}\s?\*?:\*?\s*\S")
_INTRODUCTION = re.compile(r"@\S+\.\S+.{0,30}:\s*$")
_FORWARDED = re.compile(
    r"^\W*(?:fwd?|tr|rv|enc|i|wg|rvo|reenv[ií]o|reenviado|transf(?:[ée]r[ée])?|إعادة توجيه|تحويل)\s?:",
    re.IGNORECASE,
)
_FORWARD_LINE = re.compile(
    r"forwarded message|mensaje reenviado|message transf[ée]r[ée]|mensagem encaminhada"
    r"|رسالة (?:معاد توجيهها|محولة|مُعاد)",
    re.IGNORECASE,
)


def read_between(wording: Wording, answered: Sequence[tuple[str, str]]) -> Found:
    """What was written under quoted questions; a quoted line is never part of an answer."""
    pieces: list[str] = []
    starts: list[int] = []  # where a quoted piece, one without a mark, a quoted one … begin, in turn
    length = 0
    for quoted, written in answered:
        for piece in ("\n".join(unquote(line) for line in quoted.splitlines()), written):
            starts.append(length)
            pieces.append(f"{piece}\n\n")
            length += len(piece) + 2
    text = beginning("".join(pieces))
    lines = [
        line._replace(quoted=bisect_right(starts, line.start) % 2 == 1)
        for line in lines_of(text, wording.questions)
    ]
    anchors = settle(wording, text, lines, plausible(find_anchors(wording, text, lines)))
    if not any(anchor.key for anchor in anchors):
        return Found({})
    return read_sections(wording, text, lines, anchors, quoting=True)


def without(text: str, parts: Iterable[str]) -> str:
    """``text`` without the first place where each of ``parts`` stands."""
    for part in parts:
        text = text.replace(part.strip(), "\n", 1)
    return text


def without_headers(text: str) -> str:
    """``text`` without the header lines, and the ruler above them, of a forwarded or answered letter."""
    lines = text.split("\n")
    at = 0
    while at < len(lines) and (
        not lines[at].strip() or RULER.match(lines[at]) or _INTRODUCTION.search(lines[at])
    ):
        at += 1
    block = at
    while block < len(lines) and _HEADER.match(lines[block]):
        block += 1
    has_address = any("@" in line for line in lines[at:block])
    return "\n".join(lines[block if block - at >= 2 and has_address else at :])


def is_forward(letter: Letter, split: Split) -> bool:
    """Whether the letter sends another one on, so that the quoted words are the applicant's."""
    return bool(_FORWARDED.match(letter.subject) or _FORWARD_LINE.search(split.quoted[:400]))
