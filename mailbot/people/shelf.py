"""Which of many names can be like a given one at all, found without looking at each.

Comparing two names takes some 20 µs, and a directory has thousands of them. But names that are alike share
words that tell whose they are, or spellings of them; so that the names with such a word are looked up, and
only these compared. What is found here is never too little: a name that is left out would have scored less
than is asked for (``mailbot.people.directory.match`` finds the same by comparing all).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mailbot.people.likeness import (
    LACKS,
    LEAST_LEFT,
    NEAR,
    NEAR_ACROSS,
    OWN_COUNTRY,
    SHORT,
    word_likeness,
)
from mailbot.people.names import Name, Word
from mailbot.people.readings import Reading

T = TypeVar("T")


class Called(NamedTuple):
    """A name of a member, taken apart."""

    member: int
    """Which one of the directory."""
    place: int
    """Which of its names."""
    text: str
    name: Name
    acronym: str
    """The name where it is one word in capitals, folded."""


class _Like(NamedTuple):
    """The words on a shelf that one word may be a spelling of."""

    names: int
    """How many names have them."""
    others: tuple[Word, ...]
    told: float
    """What the word tells, at the least."""
    common: float
    """How much it can add to what two names share, at the most."""
    weight: float
    """The most that one of the others weighs."""


class Shelf:
    """Names of one script, all of people or all of organizations, by what they can be found by."""

    def __init__(self, called: Sequence[Called], *, person: bool, foreign: bool) -> None:
        self._called = called
        self._person = person
        self._foreign = foreign
        self._weights = [sum(word.weight for word in one.name.words) for one in called]
        names = [(at, one.name.words) for at, one in enumerate(called)]
        self._whole = _grouped(("".join(word.spelled for word in words), at) for at, words in names)
        self._in_pairs = _grouped((pair, at) for at, words in names for pair in _pairs(words))
        self._initials = _grouped((short, at) for at, one in enumerate(called) for short in one.name.initials)
        self._acronyms = _grouped((one.acronym, at) for at, one in enumerate(called) if one.acronym)
        self._having: dict[Word, list[int]] = {}
        for at, words in names:
            for word in dict.fromkeys(words):
                self._having.setdefault(word, []).append(at)
        self._by_key = _grouped((word.key, word) for word in self._having)
        self._by_bones = _grouped((word.bones, word) for word in self._having)
        self._by_spelled = _grouped((word.spelled, word) for word in self._having)
        self._by_start = _grouped((word.spelled[:1], word) for word in self._having)
        self._starting = _grouped((spelled[:1], spelled) for spelled in self._by_spelled)
        self._long_bones = tuple(bones for bones in self._by_bones if len(bones) > SHORT)
        self._like = lru_cache(maxsize=1024)(self._find_like)

    def candidates(self, reading: Reading, at_least: float) -> Iterator[Called]:
        """The names that may be like that of ``reading`` by ``at_least`` (to 1), or initials."""
        asked = reading.person if self._person else reading.name
        found = {*self._but_for_spaces(asked), *self._by_initials(reading), *self._sharing(asked, at_least)}
        return (self._called[at] for at in found)

    def _but_for_spaces(self, asked: Name) -> Iterator[int]:
        """Those that have the same word in two, or two words in one; or are the same throughout."""
        yield from self._whole.get("".join(word.spelled for word in asked.words), ())
        for pair in _pairs(asked.words):
            for word in self._by_spelled.get(pair, ()):
                yield from self._having[word]
        for word in asked.words:
            yield from self._in_pairs.get(word.spelled, ())

    def _by_initials(self, reading: Reading) -> Iterator[int]:
        """Those that are spelled by the first letters of the other, or the other way round."""
        if reading.acronym:
            yield from self._initials.get(reading.acronym, ())
        for short in reading.name.initials:
            yield from self._acronyms.get(short, ())

    def _sharing(self, asked: Name, at_least: float) -> Iterator[int]:
        """Those that share as much with ``asked`` as ``at_least`` needs.

        Each word of theirs has a weight, and so has each that is lacking on either side. The words that most
        names have come last, and are not looked at once names that share them alone would score too little.
        """
        likes = [self._like(word, asked.foreign != self._foreign) for word in asked.words]
        alone = sum(like.told for like in likes if not like.others)
        likes = sorted((like for like in likes if like.others), key=lambda like: like.names)
        for at, like in enumerate(likes):
            share = sum(one.common for one in likes[at:])
            weight = sum(one.weight for one in likes[at:])
            if _at_most(share, alone) < at_least:
                return
            for word in like.others:
                for name in self._having[word]:
                    if _at_most(share, self._weights[name] - weight) >= at_least:
                        yield name
            alone += like.told

    def _find_like(self, word: Word, across: bool) -> _Like:
        found = {
            other: likeness
            for other in dict.fromkeys(self._spellings(word, across))
            if (likeness := word_likeness(word, other, across=across, person=self._person))
        }
        return _Like(
            names=sum(len(self._having[other]) for other in found),
            others=tuple(found),
            told=OWN_COUNTRY if word.country else word.weight,
            common=max((found[other] * max(word.weight, other.weight) for other in found), default=0.0),
            weight=max((other.weight for other in found), default=0.0),
        )

    def _spellings(self, word: Word, across: bool) -> Iterator[Word]:
        """The words here that ``word`` may be a spelling of, and some more."""
        yield from self._by_key.get(word.key, ())
        if word.country:
            return
        if word.bones:
            yield from self._by_bones.get(word.bones, ())
        if across and len(word.bones) > SHORT:
            for bones, _, _ in process.extract_iter(
                word.bones, self._long_bones, scorer=OSA.normalized_similarity, score_cutoff=NEAR_ACROSS
            ):
                yield from self._by_bones[bones]
        if self._person and len(word.spelled) == 1:
            yield from self._by_start.get(word.spelled, ())
        near = self._starting.get(word.spelled[:1], ())
        for spelled, _, _ in process.extract_iter(
            word.spelled, near, scorer=OSA.normalized_similarity, score_cutoff=NEAR
        ):
            yield from self._by_spelled[spelled]
        longer = [spelled for spelled in near if spelled.startswith(word.spelled)]
        shorter = [word.spelled[:length] for length in range(1, len(word.spelled))]
        for spelled in (*longer, *shorter):
            yield from self._by_spelled.get(spelled, ())


def _at_most(share: float, lacking: float) -> float:
    """How much two names can be alike at most that share so much, while so much is lacking on one side."""
    return share / (share + LACKS * LEAST_LEFT * max(lacking, 0.0))


def _pairs(words: Sequence[Word]) -> Iterator[str]:
    """Each two words in a row, as one."""
    return (one.spelled + other.spelled for one, other in pairwise(words))


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    """What stands under each key, each once and in order."""
    found: dict[str, dict[T, None]] = {}
    for key, one in pairs:
        found.setdefault(key, {})[one] = None
    return {key: tuple(ones) for key, ones in found.items()}
