"""Weighs what the words of a sentence say: which question they answer, or that they answer none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from mailbot.parsers.learned import features
from mailbot.parsers.phrases import Hit, Lexicon, fold, words
from mailbot.parsers.questions import NAMED as NAMED_NETWORK
from mailbot.parsers.questions import VAGUE, Questions
from mailbot.parsers.segments import Line
from mailbot.values import Language

NONE = ""
"""The key of what answers no question."""

FORM_BLANK = re.compile(r"[_.…]{4,}")
"""What a form leaves to be written on."""

SAME_QUESTION = 0.6
"""Share of words in common from which a sentence is the full question repeated."""

_TELLING = 5
"""Words that a sentence needs to be compared with a full question; below, small words decide."""

_AGAIN = 0.6
"""What each further phrase for a question counts of the one before it: length alone says nothing."""

_BEGINNING = 2
"""Words in which a sentence shows that it will speak of the letter."""

_STAY_ACROSS_PARAGRAPHS = 0.6
_STAY_IN_PARAGRAPH = 2.2
_STAY_WHERE_FEW = 1.0
_FEW_PARAGRAPHS = 3
_BRIEF = 8
"""A letter with few paragraphs (of more words than these) changes its matter within them."""

_WORD = re.compile(r"\w")
NAMED = re.compile(r"[A-ZÀ-Þ][\w'’]+\s[A-ZÀ-Þ][\w'’]+|\b\w*[A-ZÀ-Þ]{3}")
"""Two words with a capital, or capitals in a row: somebody is named."""


class Unit(NamedTuple):
    """A sentence (or what stands for one) with what its words say."""

    start: int
    end: int
    line: int
    scores: Mapping[str, float]
    length: int
    asks: bool
    """It is a question."""
    lacking: float = 0.0
    """The share of its words that say that an answer is lacking."""
    apart: float = 0.0
    """The share of its words that speak of the letter, or introduce the writer; 1 where it begins so."""

    def score(self, key: str) -> float:
        """How far it answers the question ``key``, or is a ``greeting``, ``closing``, ``aside`` …"""
        return self.scores.get(key, 0.0)


class Wording:
    """Weighs the sentences of one letter, each once, with the phrases of its language.

    ``sender`` are the words of the sender's name, as it may stand under the letter. ``replies``: it
    answers a letter of the network, in which the questions ``still_open`` were asked.
    """

    def __init__(
        self,
        questions: Questions,
        language: Language,
        *,
        sender: Set[str] = frozenset(),
        replies: bool = False,
        still_open: Sequence[str] = (),
    ) -> None:
        self.questions = questions
        self.asked = questions.asked
        self.sender = sender
        self.replies = replies
        self.still_open = tuple(key for key in questions.asked if key in still_open)
        self._units: dict[tuple[str, int, int], Unit] = {}
        # Learned from first letters: in a reply, what was asked says more than the words do.
        self._learned = None if replies else questions.learned.get(language)
        own = questions.cues.get(language)
        self._lexicons: Sequence[Lexicon] = (own,) if own else tuple(questions.cues.values())

    def words(self, text: str) -> tuple[str, ...]:
        """The words of ``text``, each name of the network as one word."""
        found = words(text)
        if self.questions.network_starts.isdisjoint(found):
            return found
        merged: list[str] = []
        at = 0
        while at < len(found):
            for name in self.questions.network_names:
                if found[at] == name[0] and found[at : at + len(name)] == name:
                    merged.append(NAMED_NETWORK)
                    at += len(name)
                    break
            else:
                merged.append(found[at])
                at += 1
        return tuple(merged)

    def hits(self, text: tuple[str, ...]) -> list[Hit]:
        """Every phrase that answers and what surrounds them are known by, in ``text``."""
        return [hit for lexicon in self._lexicons for hit in lexicon.find(text)]

    def unit(self, text: str, start: int, end: int, line: int) -> Unit:
        """The sentence with what its words say; kept, since it is looked at from several sides."""
        known = self._units.get((text, start, end))
        if known is None:
            known = self._units[text, start, end] = self._weighed(text, start, end)
        return known if known.line == line else known._replace(line=line)

    def _weighed(self, text: str, start: int, end: int) -> Unit:
        found = self.words(text[start:end])
        scores: dict[str, float] = {}
        hits = _not_vague(_not_lacking(self.hits(found)))
        counts: dict[str, float] = {}
        for meaning, weight in sorted(_heaviest(hits), key=lambda hit: -hit[1]):
            key = meaning.partition(".")[0]
            share = counts.get(key, 1.0)
            counts[key] = share * _AGAIN
            scores[key] = scores.get(key, 0.0) + weight * share
            if key != meaning and not meaning.endswith(VAGUE):
                scores[meaning] = scores.get(meaning, 0.0) + weight
        lacking = _share(hits, "placeholder", len(found))
        begins = any(hit.meaning == "aside" and hit.first < _BEGINNING for hit in hits)
        apart = 1.0 if begins else _share(hits, "aside", len(found))
        asks = text[start:end].rstrip("\"'”»)* ").endswith(("?", "؟"))
        return Unit(start, end, 0, scores, len(found), asks, lacking, apart)

    @property
    def has_learned(self) -> bool:
        """Whether sentences of the letter's language were learned from."""
        return self._learned is not None

    def learned(self, text: str, unit: Unit) -> Mapping[str, float]:
        """For each question the log-odds that the sentence answers it, as learned; {} without a model."""
        if self._learned is None:
            return {}
        sentence = text[unit.start : unit.end]
        return self._learned.weigh(self.asked, features(sentence, self.words(sentence), unit.scores))

    def heading_votes(self, text: str) -> dict[str, float]:
        """How far each question is named by the heading ``text``; 2 and more: it is the full question."""
        found = self.words(text)
        if not found or len(found) > 60:
            return {}
        votes: dict[str, float] = {}
        for meaning, hit_weight in _heaviest(self.questions.headings.find(found), by_length=True):
            votes[meaning] = votes.get(meaning, 0.0) + hit_weight / (len(found) + 2)
        if len(found) >= _TELLING:
            for key, share in self.questions.shares(dict.fromkeys(found)):
                if share >= SAME_QUESTION:
                    votes[key] = votes.get(key, 0.0) + 2 * share
        return votes


def names(text: str, unit: Unit) -> bool:
    """Whether the sentence names somebody."""
    return bool(NAMED.search(text, unit.start, unit.end))


def is_placeholder(wording: Wording, text: str, unit: Unit, *, alone: bool) -> bool:
    """Whether the sentence only says that an answer is lacking, comes later or stands elsewhere."""
    content = text[unit.start : unit.end]
    if not _WORD.search(FORM_BLANK.sub("", content)):
        return True
    if unit.length == 1 and fold(content.strip(" .-_/")) in ("x", "xx", "xxx"):
        return True
    if not unit.lacking:
        return unit.asks and alone and unit.length <= 14 and not any(unit.score(k) > 2 for k in wording.asked)
    if unit.lacking >= 0.5:
        return True
    if NAMED.search(content) and content != content.upper():
        return False
    if unit.length <= 3:
        return True
    twice = unit.score("placeholder") >= 3
    return (
        unit.length <= 20 and unit.lacking >= 0.3 and (twice or max(unit.score(k) for k in wording.asked) < 2)
    )


def best_path(
    units: Sequence[Unit], keys: Sequence[str], *, free: bool, lines: Sequence[Line] = ()
) -> list[str]:
    """The key of each unit: what its words say, against the cost of a change (Viterbi's algorithm)."""
    totals = {key: units[0].score(key) for key in keys}
    few = free and _paragraphs(units, lines) <= _FEW_PARAGRAPHS
    within = _STAY_WHERE_FEW if few else _STAY_IN_PARAGRAPH
    paths: list[dict[str, str]] = []
    for before, unit in pairwise(units):
        apart = free and lines and any(lines[at].gap for at in range(before.line + 1, unit.line + 1))
        cost = _STAY_ACROSS_PARAGRAPHS if apart else within
        step: dict[str, float] = {}
        origin: dict[str, str] = {}
        best_other = max(totals, key=lambda key: totals[key])
        for key in keys:
            stay, change = totals[key], totals[best_other] - cost
            origin[key] = key if stay >= change else best_other
            step[key] = max(stay, change) + unit.score(key)
        totals = step
        paths.append(origin)
    label = max(totals, key=lambda key: totals[key])
    labels = [label]
    for origin in reversed(paths):
        label = origin[label]
        labels.append(label)
    return labels[::-1]


def _paragraphs(units: Sequence[Unit], lines: Sequence[Line]) -> int:
    """How many paragraphs of more than a few words the units stand in."""
    long = [unit for unit in units if unit.length > _BRIEF]
    return 1 + sum(
        any(lines[at].gap for at in range(before.line + 1, unit.line + 1)) for before, unit in pairwise(long)
    )


def _heaviest(hits: Iterable[Hit], *, by_length: bool = False) -> list[tuple[str, float]]:
    """(meaning, weight) of the hits, overlapping ones of one question counted once."""
    taken: dict[str, int] = {}
    found: list[tuple[str, float]] = []
    for hit in sorted(hits, key=lambda hit: (hit.first, -hit.weight, -hit.end)):
        key = hit.meaning.partition(".")[0]
        if hit.first >= taken.get(key, 0):
            found.append((hit.meaning, float(hit.end - hit.first) if by_length else hit.weight))
            taken[key] = hit.end
    return found


def _not_lacking(hits: list[Hit]) -> list[Hit]:
    """Without hits inside a phrase that says that something is lacking: «the reference may be waived»."""
    lacking = [hit for hit in hits if hit.meaning == "placeholder" and hit.end - hit.first > 1]
    return [
        hit for hit in hits
        if hit.meaning == "placeholder" or not any(p.first <= hit.first and hit.end <= p.end for p in lacking)
    ]  # fmt: skip


def _not_vague(hits: list[Hit]) -> list[Hit]:
    """Without vague hits on words that another phrase holds: «we learned» tells of no deed."""
    taken = {at for hit in hits if not hit.meaning.endswith(VAGUE) for at in range(hit.first, hit.end)}
    return [
        hit for hit in hits
        if not hit.meaning.endswith(VAGUE) or taken.isdisjoint(range(hit.first, hit.end))
    ]  # fmt: skip


def _share(hits: Sequence[Hit], meaning: str, length: int) -> float:
    """The share of ``length`` words that hits of ``meaning`` cover."""
    covered = {at for hit in hits if hit.meaning == meaning for at in range(hit.first, hit.end)}
    return len(covered) / max(length, 1)


def winner(votes: Mapping[str, float]) -> str | None:
    """The question with most votes, or None without any."""
    return max(votes, key=lambda key: votes[key]) if votes else None
