"""What an applicant asks for in a few words: how far the application is, or to have it withdrawn.

Only a letter that is about this and little else counts: in a long letter the same words stand for
something else, and a person of the Secretariat reads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.parsers.phrases import Hit
from mailbot.parsers.phrases import words as words_of
from mailbot.parsers.segments import sentences_of
from mailbot.parsers.words import Words

STATUS, WITHDRAW = "status", "withdraw"
LONGEST = 120
"""Words of a letter that is looked through; most such letters have twenty to forty."""
MAX_TEXT = 4_000
_QUESTION = re.compile(r"[?؟]\W*$")


def read_request(new: str, words: Words) -> str:
    """``status``, ``withdraw`` or ``""``, from the newly written text.

    A withdrawal that is negated, conditional or asked about is none; with both, a person must read it.
    """
    text = new[:MAX_TEXT]
    if len(new) > MAX_TEXT or len(words_of(text)) > LONGEST:
        return ""
    asked: set[str] = set()
    for start, end in sentences_of(text, 0, len(text)):
        sentence = text[start:end]
        found = words_of(sentence)
        hits = words.requests.find(tuple(found))
        withdrawals = [hit for hit in hits if hit.meaning == WITHDRAW]
        if withdrawals and (_is_doubted(found, withdrawals, words) or _QUESTION.search(sentence)):
            return ""
        asked |= {hit.meaning for hit in hits}
    return asked.pop() if len(asked) == 1 else ""


def _is_doubted(sentence: tuple[str, ...], withdrawals: Sequence[Hit], words: Words) -> bool:
    """Whether a withdrawal is negated or conditional: «no longer wish» has its negation in itself."""
    return any(
        doubt.meaning in {"negations", "conditions"}
        and not any(hit.first <= doubt.first and doubt.end <= hit.end for hit in withdrawals)
        for doubt in words.doubts.find(sentence)
    )


def words_for_applicant(new: str, words: Words) -> str:
    """What a voter marked as meant for the applicant: «For the applicant: …», to the end of its paragraph."""
    lines = new.splitlines()
    for at, line in enumerate(lines):
        before, colon, after = line.partition(":")
        marked = " ".join(words_of(before[:80]))
        if not colon or marked not in words.for_applicant:
            continue
        rest = [after.strip()]
        for following in lines[at + 1 :]:
            if not following.strip() and any(rest):
                break
            rest.append(following.strip())
        return " ".join(filter(None, rest))
    return ""
