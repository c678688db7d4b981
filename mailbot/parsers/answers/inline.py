"""Reads answers numbered inside the running text: «1 we heard … 2 we fight … 3 … 4 …»."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.parsers.answers.endings import without_leave_taking
from mailbot.parsers.answers.found import Found, said_in
from mailbot.parsers.answers.wording import Wording, is_placeholder
from mailbot.parsers.segments import Line, sentences_of


def read_inline(wording: Wording, text: str, lines: Sequence[Line]) -> Found | None:
    """Numbers 1 to 4 inside the running text: «1 we heard … 2 we fight … 3 … 4 …»."""
    for line in lines:
        marks: list[list[tuple[int, int]]] = [[] for _ in wording.asked]
        for match in re.finditer(
            r"(?<!\S)\(?([1-4١-٤])(?:\s?[.):\-–/°]+\s?|\s)(?=\D)", text[line.whole : line.end]
        ):
            place = int(match.group(1)) - 1
            if place < len(marks) and len(marks[place]) < 8:
                marks[place].append((line.whole + match.start(), line.whole + match.end()))
        if not all(marks):
            continue
        chain = _best_chain(wording, text, marks, line.end)
        if chain:
            ends = [*(start for start, _ in chain[1:]), line.end]
            answers = {}
            for key, (_, start), end in zip(wording.asked, chain, ends, strict=True):
                units = [wording.unit(text, s, e, 0) for s, e in sentences_of(text, start, end)]
                spans = [
                    (u.start, u.end)
                    for u in units
                    if not is_placeholder(wording, text, u, alone=len(units) == 1)
                ]
                if key == wording.asked[-1]:
                    spans = without_leave_taking(wording, text, spans)
                said = said_in(text, spans)
                if said:
                    answers[key] = said
            return Found(answers, frozenset(wording.asked))
    return None


def _best_chain(
    wording: Wording, text: str, marks: Sequence[Sequence[tuple[int, int]]], end: int
) -> list[tuple[int, int]]:
    """One mark for each question, in order, so that what follows each fits it best."""
    best: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [one]) for one in marks[0]]
    for place in range(1, len(marks)):
        key = wording.asked[place - 1]
        step: list[tuple[float, list[tuple[int, int]]]] = []
        for one in marks[place]:
            options = [
                (total + wording.unit(text, path[-1][1], one[0], 0).score(key), [*path, one])
                for total, path in best
                if path[-1][1] < one[0]
            ]
            if options:
                step.append(max(options, key=lambda option: option[0]))
        best = step
    finished = [
        (total + wording.unit(text, path[-1][1], end, 0).score(wording.asked[-1]), path)
        for total, path in best
    ]
    total, path = max(finished, key=lambda option: option[0], default=(0.0, []))
    return path if total >= 4 else []
