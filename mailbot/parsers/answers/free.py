"""Reads a letter without questions: each sentence goes where its words and its neighbours point."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.parsers.answers.endings import RULER
from mailbot.parsers.answers.found import Found, said_in
from mailbot.parsers.answers.wording import NONE, Unit, Wording, best_path
from mailbot.parsers.segments import Line, sentences_of

_ENOUGH = 1.9
"""A sentence's score from which it is taken for an answer where nothing around it tells."""

_INTRODUCTORY = 4
"""Sentences at the beginning in which people say who they are and that they want to join."""

_BARE_WISH = 20
"""Words; a longer sentence tells more than a wish."""

_TOPIC = 1.3
"""The first sentence of a paragraph tells more of what it is about."""


def read_free(wording: Wording, text: str, lines: Sequence[Line]) -> Found:
    """A letter without questions: each sentence goes where its words and its neighbours point."""
    units = [
        wording.unit(text, start, end, at)
        for at, line in enumerate(lines)
        if not RULER.match(text[line.start : line.end])
        for start, end in sentences_of(text, line.start, line.end)
    ]
    if not units:
        return Found({})
    units = _surroundings(wording, text, lines, units)
    labels = best_path(units, (*wording.asked, NONE), free=True, lines=lines)
    spans: dict[str, list[tuple[int, int]]] = {}
    strength: dict[str, float] = {}
    for unit, label in zip(units, labels, strict=True):
        if label:
            start = unit.start
            if unit.score("aside") and (after := after_colon(text, unit.start, unit.end)):
                start = after + len(text[after : unit.end]) - len(text[after : unit.end].lstrip())
            spans.setdefault(label, []).append((start, unit.end))
            strength[label] = strength.get(label, 0.0) + unit.score(label)
    more = {
        label for unit, label in zip(units, labels, strict=True) if label and not _bare_wish(wording, unit)
    }
    kept = {key: said for key, said in spans.items() if strength[key] >= _ENOUGH and key in more}
    return Found({key: said_in(text, said) for key, said in kept.items()}, strength=strength)


def _surroundings(wording: Wording, text: str, lines: Sequence[Line], units: Sequence[Unit]) -> list[Unit]:
    """The units with a score for answering nothing: greetings, leave-taking, remarks on the letter."""
    found: list[Unit] = []
    count = len(units)
    for at, unit in enumerate(units):
        none = 0.0
        if unit.score("greeting") and (at < 3 or unit.length <= 6):
            none += 3.0 if unit.length <= 10 else 1.0
        if unit.score("closing") and (at >= count - 4 or unit.length <= 6):
            none += 2.5 if unit.length <= 14 else 1.0
        edge = at < 5 or at >= count - 4
        none += min(unit.score("aside"), 4.0) * (1.2 if edge else 0.8) * min(1.0, 0.35 + 2 * unit.apart)
        none += 6.0 * unit.lacking
        if unit.asks:
            none += 2.5
        if unit.length <= 5 and not text[unit.start : unit.end].rstrip().endswith("."):
            none += 1.5
        if at < _INTRODUCTORY and unit.score("aside") and _only_wishes(wording, unit):
            none += 3.0
        opens = lines[unit.line].gap and (at == 0 or units[at - 1].line != unit.line)
        weight = _TOPIC if opens else 1.0
        scores = {key: score * weight for key, score in unit.scores.items()}
        found.append(unit._replace(scores={**scores, NONE: none}))
    return found


def _bare_wish(wording: Wording, unit: Unit) -> bool:
    """Whether it wishes to join and gives no reason: «we would like to become members of your network»."""
    return _only_wishes(wording, unit) and not unit.score("reason") and unit.length <= _BARE_WISH


def _only_wishes(wording: Wording, unit: Unit) -> bool:
    """Whether it says no more than that the writer wants to join; that alone is no motivation."""
    told = {meaning for meaning in unit.scores if "." in meaning}
    return bool(told) and all(meaning.endswith(f".{wording.questions.aspects[0]}") for meaning in told)


def after_colon(text: str, start: int, end: int) -> int | None:
    """Where a sentence goes on after its colon, or None."""
    at = text.find(":", start, end)
    return at + 1 if 0 <= at < end - 2 else None
