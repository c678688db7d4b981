"""Finds the phrases of the rules in a text, word by word, in one pass whatever their number.

The rules write phrases as people would: ``heard about``. Three signs widen them: ``contribut*`` is
any word that begins so, ``want|wish`` either word, and ``...`` up to four words in between.
Letter case, accents, Arabic vowel signs and the spelling variants of alef, ya and ta marbuta make
no difference, and an Arabic word also matches without the particles written together with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

_GAP = 4
_PREFIX = 3
_KEPT = 20_000
_SENTENCE = 600
_MARK = r"\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_MARKS = re.compile(f"[{_MARK}]")
_WORD = re.compile(rf"\w[\w{_MARK}]*")  # a combining mark is no word character of its own
_ARABIC = str.maketrans("أإآٱىةؤئگکی٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "اااايهويككي01234567890123456789")
_PARTICLES = re.compile(r"^[وف]?(?:[بكل]?ال|لل|[بل])?")


class Word(NamedTuple):
    """One word of a text: folded, and where it stands in the text."""

    folded: str
    start: int
    end: int


class Hit(NamedTuple):
    """A phrase that was found: what it stands for, and its first and (exclusive) last word."""

    meaning: str
    weight: float
    first: int
    end: int


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """``text`` for comparing: case, accents, vowel signs and spelling variants taken away."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_ARABIC)).casefold()
    return _MARKS.sub("", decomposed).translate(_ARABIC)


def words(text: str) -> Sequence[Word]:
    """The words of ``text`` in order. An apostrophe parts two words: ``l'adhésion`` are two."""
    return _words_of_sentence(text) if len(text) <= _SENTENCE else _words(text)


def _words(text: str) -> tuple[Word, ...]:
    return tuple([Word(fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)])


@lru_cache(maxsize=1024)
def _words_of_sentence(text: str) -> tuple[Word, ...]:
    """The same, kept: each reader looks at the same sentences again."""
    return _words(text)


@lru_cache(maxsize=8192)
def _forms(word: str) -> tuple[str, ...]:
    """``word`` and, for Arabic, what remains without conjunction, preposition and article."""
    if not "\u0600" <= word[:1] <= "\u06ff":
        return (word,)
    forms = [word]
    if word[0] in "وف" and len(word) > 3:
        forms.append(word[1:])
    bare = _PARTICLES.sub("", word, count=1)
    if len(bare) > 2 and bare not in forms:
        forms.append(bare)
    return tuple(forms)


@dataclass(frozen=True, slots=True)
class _Slot:
    """One place of a phrase: the words that fit it, or a gap before the next place."""

    exact: frozenset[str]
    prefixes: tuple[str, ...]
    gap: bool = False
    """Up to four other words may stand before this one."""

    def fits(self, word: str) -> bool:
        if word in self.exact:
            return True
        if self.prefixes and word.startswith(self.prefixes):
            return True
        if word[:1] < "\u0600":
            return False
        return any(
            form in self.exact or (self.prefixes and form.startswith(self.prefixes))
            for form in _forms(word)[1:]
        )


@dataclass(frozen=True, slots=True)
class _Phrase:
    slots: tuple[_Slot, ...]
    meaning: str
    weight: float

    def end_at(self, text: Sequence[Word], first: int) -> int:
        """The word after the phrase if its first word is ``first``, else -1."""
        return self._end(text, first + 1, 1) if len(self.slots) > 1 else first + 1

    def _end(self, text: Sequence[Word], at: int, place: int) -> int:
        if place == len(self.slots):
            return at
        slot = self.slots[place]
        for here in range(at, min(at + 1 + (_GAP if slot.gap else 0), len(text))):
            if slot.fits(text[here].folded):
                end = self._end(text, here + 1, place + 1)
                if end > 0:
                    return end
        return -1


def _parse(phrase: str, meaning: str, weight: float) -> _Phrase:
    slots: list[_Slot] = []
    gap = False
    for piece in phrase.split():
        if piece in ("...", "…"):
            gap = True
            continue
        exact: set[str] = set()
        prefixes: list[str] = []
        for choice in piece.split("|"):
            for part in _WORD.findall(fold(choice.rstrip("*"))):
                if choice.endswith("*"):
                    prefixes.append(part)
                else:
                    exact.add(part)
        slots.append(_Slot(frozenset(exact), tuple(prefixes), gap))
        gap = False
    return _Phrase(tuple(slots), meaning, weight)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases with what they stand for, ready to be found in texts."""

    _exact: dict[str, list[_Phrase]] = field(default_factory=dict)
    _prefix: dict[str, list[_Phrase]] = field(default_factory=dict)
    _begun: dict[str, tuple[_Phrase, ...]] = field(default_factory=dict)

    @classmethod
    def build(cls, entries: Iterable[tuple[str, float, Iterable[str]]]) -> Lexicon:
        """A lexicon of (meaning, weight, phrases)."""
        lexicon = cls()
        for meaning, weight, phrases in entries:
            for written in phrases:
                lexicon._add(_parse(_split_elisions(written), meaning, weight))
        return lexicon

    def _add(self, phrase: _Phrase) -> None:
        if not phrase.slots:
            return
        first = phrase.slots[0]
        for word in first.exact:
            self._exact.setdefault(word, []).append(phrase)
        for prefix in first.prefixes:
            if len(prefix) < _PREFIX:
                raise ValueError(
                    f"the phrase part {prefix + '*'!r} is too short: give {_PREFIX} letters or more"
                )
            self._prefix.setdefault(prefix[:_PREFIX], []).append(phrase)

    def find(self, text: Sequence[Word]) -> list[Hit]:
        """Every place in ``text`` where a phrase stands, first places first."""
        hits: list[Hit] = []
        begun = self._begun
        for at, word in enumerate(text):
            phrases = begun.get(word.folded)
            if phrases is None:
                phrases = self._begin_with(word.folded)
            for phrase in phrases:
                end = phrase.end_at(text, at)
                if end > 0:
                    hits.append(Hit(phrase.meaning, phrase.weight, at, end))
        return hits

    def _begin_with(self, word: str) -> tuple[_Phrase, ...]:
        """The phrases that ``word`` may begin; kept, since letters use the same few thousand words."""
        found: dict[int, _Phrase] = {}
        for form in _forms(word):
            for phrase in (*self._exact.get(form, ()), *self._prefix.get(form[:_PREFIX], ())):
                if phrase.slots[0].fits(word):
                    found[id(phrase)] = phrase
        if len(self._begun) >= _KEPT:
            self._begun.clear()
        return self._begun.setdefault(word, tuple(found.values()))


def _split_elisions(phrase: str) -> str:
    """An apostrophe or hyphen parts words in a phrase as it does in a text; alternatives stay whole."""
    return " ".join(
        piece if "|" in piece else re.sub(r"(?<=\w)['’\-](?=\w)", " ", piece) for piece in phrase.split()
    )
