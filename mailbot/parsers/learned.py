"""Weighs a sentence by what was learned from labelled ones, beside the phrases that people wrote down.

A linear model for each language, ``rules/sentences.json``: each feature of a sentence (a word, a pair of
words, the beginning of a word, a sign such as a name or an address, what the phrases say) speaks for or
against each question. ``bench/train.py`` makes the file. A language without a model is read by its
phrases alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

from mailbot.parsers.phrases import forms

_PREFIXES = (4, 5, 6)
_EMAIL = re.compile(r"\w@\w")
_PHONE = re.compile(r"\d[\d\s()./-]{6,}\d")
_QUOTED = re.compile(r"[\"“«„]")
_NAMED = re.compile(r"(?<=\s)[A-ZÀ-Þ][\w'’]+\s[A-ZÀ-Þ][\w'’]+|\b\w*[A-ZÀ-Þ]{3}")
_SHORT, _LONG = 5, 25
_MOST = 4.0
"""What the phrases of a question say at most; more of them make it no surer."""


class Learned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was learned for one language, in hundredths: how far each feature speaks for each question.

    All of a sentence together are the log-odds that it answers, and is not beside the matter.
    """

    bias: tuple[int, ...]
    weights: dict[str, tuple[int, ...]]

    def weigh(self, keys: Sequence[str], found: Iterable[tuple[str, float]]) -> dict[str, float]:
        """For each of ``keys`` the log-odds that a sentence with the features ``found`` answers it."""
        sums: list[float] = list(self.bias)
        weights = self.weights
        for name, value in found:
            known = weights.get(name)
            if known is not None:
                for at, weight in enumerate(known):
                    sums[at] += weight * value
        return {key: total / 100 for key, total in zip(keys, sums, strict=True)}


def read_learned(
    table: Mapping[str, object], asked: Sequence[str], languages: Iterable[str]
) -> dict[str, Learned]:
    """The models of a parsed ``sentences.json`` for those of ``languages`` that have one.

    None if it was learned for other questions than ``asked``. Raises ValueError where it is wrong.
    """
    try:
        if msgspec.convert(table.get("asked", ()), tuple[str, ...]) != tuple(asked):
            return {}
        return {name: msgspec.convert(table[name], Learned) for name in languages if name in table}
    except msgspec.ValidationError as error:
        raise ValueError(f"sentences.json: {error}") from error


def features(sentence: str, said: Sequence[str], scores: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """The features of ``sentence`` with their values; ``said`` are its words, ``scores`` what phrases say."""
    for word in dict.fromkeys(said):
        yield word, 1.0
        bare = forms(word)[-1]
        if bare != word:
            yield bare, 1.0
        length = len(bare)
        for size in _PREFIXES:
            if length > size:
                yield f"{bare[:size]}*", 0.5
    if said:
        yield f"^{said[0]}", 1.0
    for one, other in dict.fromkeys(pairwise(said)):
        yield f"{one} {other}", 1.0
    for name, score in scores.items():
        yield f"={name}", min(score, _MOST) / 2
    yield from _signs(sentence, len(said))


def _signs(sentence: str, length: int) -> Iterator[tuple[str, float]]:
    """What is seen without the words."""
    if length <= _SHORT:
        yield "#short", 1.0
    elif length >= _LONG:
        yield "#long", 1.0
    for name, pattern in (("#email", _EMAIL), ("#phone", _PHONE), ("#quoted", _QUOTED), ("#named", _NAMED)):
        if pattern.search(sentence):
            yield name, 1.0
    if sentence.rstrip("\"'”»)* ").endswith(("?", "؟")):
        yield "#asks", 1.0
