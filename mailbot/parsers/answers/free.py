"""Reads a letter without questions: each sentence goes where its words and its neighbours point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import islice, pairwise

from mailbot.parsers.answers.course import best_course
from mailbot.parsers.answers.endings import RULER
from mailbot.parsers.answers.found import Found, said_in
from mailbot.parsers.answers.wording import NONE, Unit, Wording, best_path, winner
from mailbot.parsers.segments import Line, sentences_of

_ENOUGH = 1.9
"""A sentence's score from which it is taken for an answer where nothing around it tells."""

_INTRODUCTORY = 4
"""Sentences at the beginning in which people say who they are and that they want to join."""

_BARE_WISH = 20
"""Words; a longer sentence tells more than a wish."""

_TOPIC = 1.1
"""The first sentence of a paragraph tells more of what it is about."""

_TOPIC_ASKED = 1.5
_LACKING_ONCE = 2.0
_HEAD, _HEAD_LINES, _HEAD_WORDS, _GREETING_WORDS = 4.0, 16, 16, 10
_LED, _NAMES, _SHORT_QUESTION = 3.0, 0.25, 14
_POLITE, _ASIDE, _ASIDE_WITHIN, _LACKING, _ASKS, _BRIEF, _WISHES = 3.0, 1.5, 1.5, 6.0, 1.5, 1.5, 3.0
"""What speaks for no answer: a greeting, a remark on the letter (at its ends, within), no answer yet, …"""

_MOST_SENTENCES = 2_000
"""Sentences of a text that are weighed: thirty pages; a text of «a! a! a!» has ten times as many."""

_PHRASES = 0.6
"""What the phrases still count beside what was learned, which has weighed them too."""

_ASKED = 1.5
"""So much of a question's own words makes it one that the writer goes on to answer: «Why join? Because …»."""


def read_free(wording: Wording, text: str, lines: Sequence[Line]) -> Found:
    """A letter without questions: each sentence goes where its words and its neighbours point."""
    sentences = (
        (start, end, at)
        for at, line in enumerate(lines)
        if not RULER.match(text[line.start : line.end])
        for whole in sentences_of(text, line.start, line.end)
        for start, end in _parted(wording, text, *whole)
    )
    units = [wording.unit(text, start, end, at) for start, end, at in islice(sentences, _MOST_SENTENCES)]
    if not units:
        return Found({})
    leads = {one.start for one, two in pairwise(units) if text[one.end - 1] == ":" and one.line == two.line}
    units = _led(wording, leads, _surroundings(wording, text, lines, units))
    if wording.has_learned:
        labels = best_course(units, wording.asked, lines)
    else:
        labels = best_path(units, (*wording.asked, NONE), free=True, lines=lines)
    spans: dict[str, list[tuple[int, int]]] = {}
    strength: dict[str, float] = {}
    for unit, label in zip(units, labels, strict=True):
        if label and unit.start not in leads:
            spans.setdefault(label, []).append((unit.start, unit.end))
            strength[label] = strength.get(label, 0.0) + unit.score(label)
    more = {
        label for unit, label in zip(units, labels, strict=True) if label and not _bare_wish(wording, unit)
    }
    kept = {key: said for key, said in spans.items() if strength[key] >= _ENOUGH and key in more}
    return Found({key: said_in(text, said) for key, said in kept.items()}, strength=strength)


def _parted(wording: Wording, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence in two where it speaks of the letter before its colon: «I forgot the reference: …»."""
    after = after_colon(text, start, end)
    if after and wording.unit(text, start, after, 0).score("aside"):
        yield start, after
        start = after + len(text[after:end]) - len(text[after:end].lstrip())
    yield start, end


def _led(wording: Wording, leads: Set[int], units: Sequence[Unit]) -> list[Unit]:
    """The units, each behind one of ``leads`` with what that one says of its matter."""
    found = list(units)
    for at, (lead, unit) in enumerate(pairwise(units), start=1):
        if lead.start in leads:
            told = {key: unit.score(key) + lead.score(key) for key in wording.asked}
            found[at] = unit._replace(scores={**unit.scores, **told})
    return found


def _surroundings(wording: Wording, text: str, lines: Sequence[Line], units: Sequence[Unit]) -> list[Unit]:
    """The units with a score for answering nothing: greetings, leave-taking, remarks on the letter."""
    found: list[Unit] = []
    count = len(units)
    head = _letterhead(text, units)
    topics = dict(_led_by_questions(wording, text, units))
    for at, unit in enumerate(units):
        opens = lines[unit.line].gap and (at == 0 or units[at - 1].line != unit.line)
        goes_on = at + 1 < count and units[at + 1].line == unit.line and not units[at + 1].asks
        asked = unit.asks and opens and goes_on and max(unit.score(key) for key in wording.asked) >= _ASKED
        none = _beside(unit, at, count) + (_ASKS if unit.asks and not asked else 0.0)
        none += _HEAD if at < head or at + 1 in topics else 0.0
        listed = (lines[unit.line].number or lines[unit.line].style) and at > 0 and not lines[unit.line].gap
        if unit.length <= 5 and not listed and not text[unit.start : unit.end].rstrip().endswith("."):
            none += _BRIEF
        if at < _INTRODUCTORY and unit.score("aside") and _only_wishes(wording, unit):
            none += _WISHES
        weight = _TOPIC_ASKED if asked else _TOPIC if opens else 1.0
        scores = {key: score * weight for key, score in unit.scores.items()}
        for key, odds in ({} if listed or text[unit.end - 1] == ":" else wording.learned(text, unit)).items():
            scores[key] = _PHRASES * scores.get(key, 0.0) + odds
        if at in topics:
            rival = max(scores.get(key, 0.0) for key in wording.asked) if wording.has_learned else 0.0
            scores[topics[at]] = max(scores.get(topics[at], 0.0), rival) + _LED
        found.append(unit._replace(scores={**scores, NONE: none}))
    return found


def _letterhead(text: str, units: Sequence[Unit]) -> int:
    """How many units stand above the greeting in short lines: a letterhead, a date, a subject."""
    for at, unit in enumerate(units[:_HEAD_LINES]):
        if unit.score("greeting") and unit.length <= _GREETING_WORDS:
            return at
        if unit.length > _HEAD_WORDS or text[unit.end - 1] in ".!?؟":
            break
    return 0


def _led_by_questions(wording: Wording, text: str, units: Sequence[Unit]) -> Iterator[tuple[int, str]]:
    """(unit, its question) behind what the writer asks in the network's stead: «How did we find you? …»."""
    for at, (unit, following) in enumerate(pairwise(units), start=1):
        if unit.asks and not following.asks and unit.length <= _SHORT_QUESTION:
            votes = wording.heading_votes(text[unit.start : unit.end])
            key = winner(votes)
            if key and votes[key] >= _NAMES:
                yield at, key


def _beside(unit: Unit, at: int, count: int) -> float:
    """How far unit ``at`` of ``count`` greets, takes leave, speaks of the letter, or says nothing yet."""
    none = _LACKING * unit.lacking + max(unit.score("placeholder") - _LACKING_ONCE, 0.0)
    if unit.score("greeting") and (at < 3 or unit.length <= 6):
        none += _POLITE if unit.length <= 10 else 1.0
    if unit.score("closing") and (at >= count - 4 or unit.length <= 6):
        none += _POLITE if unit.length <= 14 else 1.0
    edge = at < 5 or at >= count - 4
    said = min(unit.score("aside"), 4.0) * (_ASIDE if edge else _ASIDE_WITHIN)
    return none + said * min(1.0, 0.35 + 2 * unit.apart)


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
