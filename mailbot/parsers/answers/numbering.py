"""Tells which question a numbered section answers, and numbers from those of a list in an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations

from mailbot.parsers.answers.anchors import HEADING_WORDS, Anchor
from mailbot.parsers.answers.free import read_free
from mailbot.parsers.answers.wording import NONE, Wording
from mailbot.parsers.phrases import words
from mailbot.parsers.segments import Line, lines_of

_TOLD = 3.0
"""A question's score from which a text answers it, whatever list follows."""

_CLEARLY = 4.0
"""So much better must another order fit than the one in which the network asks."""


def settle(wording: Wording, text: str, lines: Sequence[Line], anchors: list[Anchor]) -> list[Anchor]:
    """Give numbers their question, and drop numbers that are but items of a list in an answer."""
    keyed = [a for a in anchors if a.key]
    numbered = [a for a in anchors if a.key is None]
    if not numbered:
        return anchors
    if len({a.key for a in keyed}) >= 1 and any(a.firm for a in keyed):
        return _settle_beside(wording, text, lines, anchors, keyed)
    return _settle_chain(wording, text, lines, anchors)


def _settle_beside(
    wording: Wording, text: str, lines: Sequence[Line], anchors: list[Anchor], keyed: list[Anchor]
) -> list[Anchor]:
    """Numbers without a heading among numbered headings: 2 stands between 1 and 3."""
    styles = {a.style for a in keyed if a.number}
    shift = {a.number: a.key for a in keyed if a.number and a.key}
    taken = {a.key for a in keyed}
    settled: list[Anchor] = []
    last = 0
    for anchor in anchors:
        if anchor.key is not None:
            settled.append(anchor)
            last = anchor.number or last
            continue
        key = wording.asked[anchor.number - 1] if 0 < anchor.number <= len(wording.asked) else None
        plain = all(wording.asked[n - 1] == k for n, k in shift.items() if n <= len(wording.asked))
        if (anchor.style in styles and anchor.number > last and key and key not in taken and plain) or (
            anchor.firm and key and key not in taken
        ):
            settled.append(replace(anchor, key=key))
        elif anchor.style in styles and anchor.number == last + 1 and _is_short(text, lines[anchor.line]):
            settled.append(replace(anchor, key=NONE, start=lines[anchor.line].end))
    return settled


def _is_short(text: str, line: Line) -> bool:
    """Whether ``line`` looks like a heading: few words and no full stop."""
    content = text[line.start : line.end]
    return 0 < len(words(content)) <= HEADING_WORDS - 3 and not content.rstrip().endswith(
        (".", ",", ";", "!")
    )


def _settle_chain(wording: Wording, text: str, lines: Sequence[Line], anchors: list[Anchor]) -> list[Anchor]:
    """Numbers alone: the longest run 1, 2, 3 … of one style, if what they say fits the questions."""
    if wording.replies and (replied := _settle_reply(wording, text, lines, anchors)):
        return replied
    best: list[Anchor] = []
    for style in dict.fromkeys(_family(a.style) for a in anchors if a.key is None):  # the first one first
        chain: list[Anchor] = []
        for anchor in anchors:
            last = max(chain[-1].number, chain[-1].also) if chain else 0
            if (
                _family(anchor.style) == style
                and last < anchor.number <= last + 2
                and (chain or anchor.number == 1)
            ):
                chain.append(anchor)
        if len(chain) > len(best):
            best = chain
    others = [a for a in anchors if a.key is not None]
    if len(best) < 2:
        return others
    if best[-1].number == len(wording.asked) > len(best):
        chosen = {a.line: replace(a, key=wording.asked[a.number - 1]) for a in best}
        return sorted([*chosen.values(), *(a for a in others if a.line not in chosen)], key=lambda a: a.line)
    if _is_within(wording, text[: lines[best[0].line].whole]):
        return others
    ends = [*(lines[a.line].whole for a in best[1:]), len(text)]
    asking = sum(text[a.start : lines[a.line].end].rstrip().endswith(("?", "؟")) for a in best)
    if asking * 2 > len(best):
        return others  # a list of questions to the network
    scores = [_section_scores(wording, text, a.start, end) for a, end in zip(best, ends, strict=True)]
    keys = _in_order(wording, scores)
    if not keys:
        return others
    chosen = {a.line: replace(a, key=key) for a, key in zip(best, keys, strict=True)}
    return sorted([*chosen.values(), *(a for a in others if a.line not in chosen)], key=lambda a: a.line)


def _is_within(wording: Wording, before: str) -> bool:
    """Whether a list stands in a letter that answers questions ``before`` it: what it lists is no answer."""
    told = read_free(wording, before, lines_of(before, wording.questions))
    return sum(strength >= _TOLD for key, strength in told.strength.items() if key in told.answers) >= 2


def _settle_reply(wording: Wording, text: str, lines: Sequence[Line], anchors: list[Anchor]) -> list[Anchor]:
    """Numbers in a reply to the network: those of all questions, or of those that were still open.

    A run from 1 on that is longer than what was asked is left to the general case: it may be a list.
    """
    numbered = [a for a in anchors if a.key is None]
    numbers = [a.number for a in numbered]
    if not numbers or numbers != sorted(numbers) or not 0 < numbers[0] <= numbers[-1] <= len(wording.asked):
        return []
    ends = [*(lines[a.line].whole for a in numbered[1:]), len(text)]
    scores = [_section_scores(wording, text, a.start, end) for a, end in zip(numbered, ends, strict=True)]
    readings: list[list[str]] = []
    if numbers[-1] <= len(wording.still_open):
        readings.append([wording.still_open[number - 1] for number in numbers])
    if readings or numbers[0] > 1 or len(set(numbers)) == 1:
        readings.append([wording.asked[number - 1] for number in numbers])
    if not readings:
        return []
    keys = max(readings, key=lambda keys: sum(said[k] for k, said in zip(keys, scores, strict=True)))
    settled = {a.line: replace(a, key=key) for a, key in zip(numbered, keys, strict=True)}
    return [settled.get(a.line, a) for a in anchors]


def _section_scores(wording: Wording, text: str, start: int, end: int) -> dict[str, float]:
    unit = wording.unit(text, start, min(end, start + 600), 0)
    return {key: unit.score(key) for key in (*wording.asked, "placeholder")}


def _in_order(wording: Wording, scores: Sequence[Mapping[str, float]]) -> list[str]:
    """The questions that numbered sections answer, or nothing if they are another list.

    As many sections as questions are answers in the order asked, unless what they say speaks
    against it; more or fewer are laid over the questions in order, where they fit best.
    """
    count, asked = len(scores), len(wording.asked)
    if count == asked:
        fits = [
            said[key] + 0.5 >= max(said[k] for k in wording.asked) or said["placeholder"] > 1
            for key, said in zip(wording.asked, scores, strict=True)
        ]
        other, value = _best_order(wording, scores)
        own = sum(said[key] for key, said in zip(wording.asked, scores, strict=True))
        if value - own >= _CLEARLY and sum(fits) <= 2:
            return other
        return list(wording.asked) if sum(fits) >= 2 else []
    best: dict[int, tuple[float, list[str]]] = {-1: (0.0, [])}
    for place, said in enumerate(scores):
        step: dict[int, tuple[float, list[str]]] = {}
        for last, (total, path) in best.items():
            for now in range(max(last, 0), asked):
                prior = 1.0 if now == place and count < asked else 0.0
                value = total + said[wording.asked[now]] + prior + (0.4 if now != last else 0.0)
                if now not in step or value > step[now][0]:
                    step[now] = (value, [*path, wording.asked[now]])
        best = step
    total, path = max(best.values(), key=lambda found: found[0])
    told = sum(said[key] >= 1 for key, said in zip(path, scores, strict=True))
    if told * 2 < count:
        return []  # a list in an answer
    return path if total >= 1.5 * count and len(set(path)) >= 2 else []


def _best_order(wording: Wording, scores: Sequence[Mapping[str, float]]) -> tuple[list[str], float]:
    """The order of the questions that as many sections fit best, and how well."""
    orders = (
        (list(order), sum(s[k] for k, s in zip(order, scores, strict=True)))
        for order in permutations(wording.asked)
    )
    return max(orders, key=lambda order: order[1])


def _family(style: str) -> str:
    """Styles of numbering that one writer mixes: «First question, …», «Third question: …»."""
    return "word" if style in ("pointer", "label", "first") else style
