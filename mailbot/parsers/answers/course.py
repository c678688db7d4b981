"""Chooses for each sentence of a free letter the question it answers: the likeliest course of it all.

People answer one question after the other: a question is seldom left and come back to, changes come between
paragraphs rather than within, and some questions take one sentence while others take a few.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mailbot.parsers.answers.wording import NONE, Unit
from mailbot.parsers.segments import Line

_CHANGE, _CHANGE_PARAGRAPH = 1.8, 0.3
_BEGUN = 0.8
"""What speaks for a question that was not answered yet."""
_AGAIN = 2.5
"""What speaks against coming back to a question."""
_LISTED = 2.0
"""What speaks against a change within a list."""
_ORDER = 0.4
"""What speaks against a question that is asked before one that was answered already."""
_FURTHER = {"discovery": 0.6, "reference": 0.6}
_FURTHER_PARAGRAPH = {"discovery": 1.5, "reference": 1.5}
"""What speaks against one more sentence, and paragraph, to a question that takes few."""
_OTHERWISE_PARAGRAPH = 0.3
_KEPT = 12


class _Course(NamedTuple):
    """A way to read the letter up to a sentence."""

    total: float
    label: str
    answered: frozenset[str]
    before: _Course | None


def best_course(units: Sequence[Unit], keys: Sequence[str], lines: Sequence[Line]) -> list[str]:
    """The key of each unit, `NONE` where it answers nothing; few courses are followed at a time."""
    labels = (*keys, NONE)
    courses = [_Course(0.0, NONE, frozenset(), None)]
    line = -1
    for unit in units:
        gap = line < 0 or any(lines[at].gap for at in range(line + 1, unit.line + 1))
        line = unit.line
        listed = bool(lines[line].style) and not gap
        best: dict[tuple[str, frozenset[str]], _Course] = {}
        for course in courses:
            for at, label in enumerate(labels):
                total = course.total + unit.score(label) - _cost(course, label, gap=gap)
                if listed and label != course.label:
                    total -= _LISTED
                if label != course.label and label and not course.answered.isdisjoint(keys[at + 1 :]):
                    total -= _ORDER
                answered = course.answered if label == NONE else course.answered | {label}
                known = best.get((label, answered))
                if known is None or total > known.total:
                    best[label, answered] = _Course(total, label, answered, course)
        courses = sorted(best.values(), key=lambda course: -course.total)[:_KEPT]
    found: list[str] = []
    end: _Course | None = courses[0]
    while end is not None and end.before is not None:
        found.append(end.label)
        end = end.before
    return found[::-1]


def _cost(course: _Course, label: str, *, gap: bool) -> float:
    if label == course.label:
        if gap:
            return _FURTHER_PARAGRAPH.get(label, _OTHERWISE_PARAGRAPH) if label else 0.0
        return _FURTHER.get(label, 0.0)
    change = _CHANGE_PARAGRAPH if gap else _CHANGE
    if label == NONE:
        return change
    return change + (_AGAIN if label in course.answered else -_BEGUN)
