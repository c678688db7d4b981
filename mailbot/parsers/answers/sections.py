"""Reads the answers out of a text that has sections: under headings, questions or numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailbot.parsers.answers.addenda import read_addenda
from mailbot.parsers.answers.anchors import Anchor
from mailbot.parsers.answers.endings import ends_letter, is_parting, without_leave_taking
from mailbot.parsers.answers.found import Found, joined, said_in
from mailbot.parsers.answers.free import read_free
from mailbot.parsers.answers.wording import NONE, Unit, Wording, best_path, is_placeholder, names
from mailbot.parsers.phrases import fold
from mailbot.parsers.segments import Line, lines_of, marked, sentences_of

SURELY = 5.0
"""A sentence's score from which it is taken for an answer outside of the sections."""

_DIVIDING = 5.0
"""So much must the sentences of a section say to another question that has none."""


def read_sections(
    wording: Wording, text: str, lines: Sequence[Line], anchors: Sequence[Anchor], *, quoting: bool
) -> Found:
    """What stands under each of ``anchors``, and what is said outside of them beyond doubt.

    ``quoting``: the text holds the network's own words between the answers.
    """
    parts: dict[str, list[tuple[int, int]]] = {}
    deferred: set[str] = set()
    keys: set[str] = set()
    remarks = _has_remarks(wording, text, lines, next((a.line for a in anchors if a.key), 0))
    for at, anchor in enumerate(anchors):
        if not anchor.key:
            continue
        keys.add(anchor.key)
        until = anchors[at + 1].line if at + 1 < len(anchors) else len(lines)
        last = not any(a.key for a in anchors[at + 1 :])
        spans, points = _section(
            wording, text, lines, anchor, until, last=last, quoting=quoting, remarks=remarks
        )
        if points and not spans:
            deferred.add(anchor.key)
        parts.setdefault(anchor.key, []).extend(spans)
        if 0 < anchor.also <= len(wording.asked):
            also = wording.asked[anchor.also - 1]
            keys.add(also)
            parts.setdefault(also, [])
            if points and not spans:
                deferred.add(also)
    answers = {key: said_in(text, spans) for key, spans in parts.items()}
    answers = {key: said for key, said in answers.items() if said}
    _divide(wording, text, parts, answers)
    first = next((a.line for a in anchors if a.key), 0)
    before = text[: lines[first].whole]
    found = Found(answers, frozenset(keys), frozenset(deferred - set(answers)))
    if quoting:
        return found
    free = (
        read_free(wording, before, lines_of(before, wording.questions))
        if len(keys) < len(wording.asked)
        else Found({})
    )
    told = {
        key: said for key, said in free.answers.items() if key not in keys and free.strength[key] >= SURELY
    }
    return joined(joined(found, Found(told), wording.asked), read_addenda(wording, before), wording.asked)


def _divide(
    wording: Wording, text: str, parts: Mapping[str, list[tuple[int, int]]], answers: dict[str, str]
) -> None:
    """Where a question has no answer but a neighbour's section holds it too, part that section."""
    for key in wording.asked:
        if key in answers or key not in parts:
            continue
        for other, spans in parts.items():
            if other not in answers or len(spans) < 1:
                continue
            units = [
                wording.unit(text, start, end, at)
                for at, span in enumerate(spans)
                for start, end in sentences_of(text, *span)
            ]
            if len(units) < 3:
                continue
            labels = best_path(units, (key, other), free=False)
            mine = [u for u, label in zip(units, labels, strict=True) if label == key]
            theirs = [u for u, label in zip(units, labels, strict=True) if label == other]
            if (
                sum(u.score(key) for u in mine) >= _DIVIDING
                and theirs
                and sum(u.score(other) for u in theirs) >= 3
            ):
                answers[key] = said_in(text, [(u.start, u.end) for u in mine])
                answers[other] = said_in(text, [(u.start, u.end) for u in theirs])
                break


def _section(
    wording: Wording,
    text: str,
    lines: Sequence[Line],
    anchor: Anchor,
    until: int,
    *,
    last: bool,
    quoting: bool,
    remarks: bool,
) -> tuple[list[tuple[int, int]], bool]:
    """The spans of one section that are its answer, and whether it only points elsewhere."""
    spans: list[tuple[int, int]] = []
    pointed = False
    answer_column = -1
    for at in range(anchor.line, until):
        line = lines[at]
        start = max(anchor.start, line.start) if at == anchor.line else keep_mark(wording, text, line)
        if start >= line.end:
            continue
        if line.quoted:
            if spans or is_parting(wording, text, line):
                break
            continue
        if lines[anchor.line].column or line.column:
            # In a row of a table the answer is the first cell after the question; others are remarks.
            answer_column = line.column if answer_column < 0 else answer_column
            if line.column > answer_column:
                continue
        begun = bool(spans) or pointed
        if (last or quoting) and ends_letter(wording, text, line, lines[at + 1 : until], begun=begun):
            break
        units = [wording.unit(text, s, e, at) for s, e in sentences_of(text, start, line.end)]
        if pointed and not spans and line.gap and not any(u.score(anchor.key or "") >= 2 for u in units):
            break
        said, points = _said(wording, text, units, anchor.key or "", pointed=pointed and not spans)
        pointed = pointed or points
        spans.extend((unit.start, unit.end) for unit in said)
    if remarks and len(spans) > 1:
        spans = _without_remark(wording, text, spans, anchor.key or NONE)
    if last:
        spans = without_leave_taking(wording, text, spans)
    if spans and all(text[s:e].rstrip("\"'”»)* ").endswith(("?", "؟")) for s, e in spans):
        return [], True  # asked back, not answered
    return spans, pointed


def _said(
    wording: Wording, text: str, units: Sequence[Unit], key: str, *, pointed: bool
) -> tuple[list[Unit], bool]:
    """The sentences that answer, and whether one says that the answer is lacking.

    After such a one (``pointed``) comes the reason why, unless it does answer or names somebody.
    """
    said: list[Unit] = []
    lacking = False
    for unit in units:
        if is_placeholder(wording, text, unit, alone=len(units) == 1):
            lacking = True
        elif said or not (pointed or lacking) or unit.score(key) >= 1 or names(text, unit):
            said.append(unit)
    return said, lacking


def _has_remarks(wording: Wording, text: str, lines: Sequence[Line], first: int) -> bool:
    """Whether the lines above line ``first`` head a table: question, answer, and a column behind them."""
    heads = [fold(text[line.whole : line.end]).split() for line in lines[max(first - 5, 0) : first]]
    answer = next(
        (
            at
            for at, head in enumerate(heads)
            if len(head) <= 3 and wording.questions.answer_labels & set(head)
        ),
        None,
    )
    asked = any(len(head) <= 3 and wording.questions.question_labels & set(head) for head in heads)
    return asked and answer is not None and answer < len(heads) - 1


def _without_remark(
    wording: Wording, text: str, spans: list[tuple[int, int]], key: str
) -> list[tuple[int, int]]:
    """Without a last short line in the column of remarks, which is no sentence and answers nothing."""
    start, end = spans[-1]
    unit = wording.unit(text, start, end, 0)
    own_line = "\n" in text[spans[-2][1] : start]
    short = unit.length <= 8 and not text[start:end].rstrip().endswith((".", "!", "؟", "?"))
    return spans[:-1] if own_line and short and unit.score(key) < 2 else spans


def keep_mark(wording: Wording, text: str, line: Line) -> int:
    """Where a line within an answer begins: a listed one's own ``(a)`` is part of the answer."""
    if not line.number or line.label or line.start <= line.whole:
        return line.start
    plain = marked(text, line.whole, line.end, wording.questions)
    head = text[line.whole : plain.start]
    return line.whole + len(head) - len(head.lstrip(" \t•-–*"))
