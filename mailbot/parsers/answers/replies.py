"""Reads the short reply to a letter in which the network asked one thing: «FIAN International»."""

from __future__ import annotations

from mailbot.parsers.answers.endings import RULER
from mailbot.parsers.answers.found import said_in
from mailbot.parsers.answers.sections import keep_mark
from mailbot.parsers.answers.wording import NAMED, Unit, Wording, is_placeholder
from mailbot.parsers.phrases import words
from mailbot.parsers.segments import lines_of, sentences_of

_GREETING_WORDS = 6
_THANKS_WORDS = 4


def read_sole_answer(wording: Wording, text: str, key: str) -> str:
    """What ``text`` answers to the only question asked, ``key``: all of it but greetings and goodbyes.

    ``""`` if it only thanks, promises an answer or asks back.
    """
    spans: list[tuple[int, int]] = []
    for at, line in enumerate(lines_of(text, wording.questions)):
        whole = wording.unit(text, line.start, line.end, at)
        if RULER.match(text[line.start : line.end]) or (spans and _signs(wording, text, whole, line.gap)):
            break
        for start, end in sentences_of(text, line.start, line.end):
            marked = keep_mark(wording, text, line) if start == line.start else start
            begin = _after_greeting(wording, text, marked, end)
            if _answers(wording, text, wording.unit(text, begin, end, at), key):
                spans.append((begin, end))
    return said_in(text, spans)


def _signs(wording: Wording, text: str, line: Unit, gap: bool) -> bool:
    """Whether the letter's end begins with ``line``: goodbye, or the writer's name."""
    if line.score("closing") >= 2 and line.length <= _GREETING_WORDS:
        return True
    own_name = wording.sender & set(words(text[line.start : line.end]))
    return gap and line.length <= _GREETING_WORDS and bool(own_name or line.score("role"))


def _after_greeting(wording: Wording, text: str, start: int, end: int) -> int:
    """Where a sentence goes on after «Thanks, …» or «Dear Ines, …»."""
    comma = next((at for at in (text.find(sign, start, end) for sign in ",،") if at >= 0), -1)
    if comma < 0:
        return start
    lead = wording.unit(text, start, comma, 0)
    polite = lead.length <= _THANKS_WORDS and (lead.score("greeting") or lead.score("closing"))
    rest = text[comma + 1 : end]
    return comma + 1 + len(rest) - len(rest.lstrip()) if polite and rest.strip() else start


def _answers(wording: Wording, text: str, unit: Unit, key: str) -> bool:
    """Whether a sentence says anything that may be an answer."""
    said = text[unit.start : unit.end]
    if unit.asks or not unit.length or is_placeholder(wording, text, unit, alone=True):
        return False
    if wording.sender and set(words(said)) <= wording.sender:
        return False
    polite = unit.score("closing") + (unit.score("greeting") if unit.length <= _GREETING_WORDS else 0.0)
    beside = polite + unit.score("placeholder") + (unit.score("aside") if unit.apart >= 1 / 3 else 0.0)
    return beside <= unit.score(key) or (bool(NAMED.search(said)) and not polite)
