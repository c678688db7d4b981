"""Finds the phrases of the rules in a text, word by word, in one pass whatever their number.

The rules write phrases as people would: ``heard about``. Three signs widen them: ``contribut*`` is
any word that begins so (``*amos`` one that ends so), ``want|wish`` either word, and ``...`` up to
four words in between.
Letter case, accents, Arabic vowel signs and the spelling variants of alef, ya and ta marbuta make
no difference, and an Arabic word also matches without the particles written together with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from mailbot.folding import MARK, fold

__all__ = ["Hit", "Lexicon", "fold", "forms", "spans", "words"]

_GAP = 4
_PREFIX = 3
_SUFFIX = 2
_KEPT = 20_000
_FOUND = 64
_SENTENCE, _LETTER = 600, 20_000
"""Characters of a text whose words are kept for a while: the one by the thousand, the other a few."""
_WORD = re.compile(rf"\w[\w{MARK}]*")  # a combining mark is no word character of its own
_ASCII_WORD = re.compile(r"\w+")
_PARTICLES = re.compile(r"^[وف]?(?:[بكل]?ال|لل|[بل])?")


class Hit(NamedTuple):
    """A phrase that was found: what it stands for, and its first and (exclusive) last word."""

    meaning: str
    weight: float
    first: int
    end: int


def words(text: str) -> tuple[str, ...]:
    """The words of ``text`` in order, folded. An apostrophe parts two words: ``l'adhésion`` are two."""
    if len(text) <= _SENTENCE:
        return _words_of_sentence(text)
    return _words_of_letter(text) if len(text) <= _LETTER else _words(text)


def spans(text: str) -> list[tuple[int, int]]:
    """Where each of ``words(text)`` begins and ends."""
    return [match.span() for match in _WORD.finditer(text)]


def _words(text: str) -> tuple[str, ...]:
    if text.isascii():  # most letters: folded at once
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple(map(fold, _WORD.findall(text)))


# Kept, because each reader looks at the same sentences, and at the same whole text, again.
_words_of_sentence = lru_cache(maxsize=1024)(_words)
_words_of_letter = lru_cache(maxsize=8)(_words)


@lru_cache(maxsize=8192)
def forms(word: str) -> tuple[str, ...]:
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


class _Slot(NamedTuple):
    """One place of a phrase: the words that fit it."""

    exact: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...] = ()


class _Phrase(NamedTuple):
    """A phrase behind its first word; the places are numbers of slots in its lexicon."""

    meaning: str
    weight: float
    next: int
    """The slot that the very next word must fit; -1 where there is none, or a gap before it."""
    following: tuple[tuple[int, int], ...]
    """The slots behind it: (slot, how many words on it may stand: one, or five behind a gap)."""


class _Known(NamedTuple):
    """What a lexicon knows of one word."""

    begins: tuple[_Phrase, ...]
    fits: frozenset[int]
    """The slots that it fits."""


_NOTHING = _Known((), frozenset())
"""What is known of the place behind the last word."""


def _parse(phrase: str) -> Iterator[tuple[_Slot, int]]:
    """The slots of a written phrase, each with its reach: how many words may be tried for it."""
    reach = 1
    for piece in phrase.split():
        if piece in ("...", "…"):
            reach = 1 + _GAP
            continue
        exact: set[str] = set()
        prefixes: list[str] = []
        suffixes: list[str] = []
        for choice in piece.split("|"):
            # Parted first and folded then, as a text is: folding takes Japanese letters apart.
            for part in map(fold, _WORD.findall(choice.strip("*"))):
                if choice.endswith("*"):
                    prefixes.append(part)
                elif choice.startswith("*"):
                    suffixes.append(part)
                else:
                    exact.add(part)
        yield _Slot(frozenset(exact), tuple(prefixes), tuple(suffixes)), reach
        reach = 1


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases with what they stand for, ready to be found in texts."""

    _slots: dict[_Slot, int] = field(default_factory=dict)
    _exact: dict[str, list[int]] = field(default_factory=dict)
    """A word → the slots that name it."""
    _prefix: dict[str, list[tuple[int, tuple[str, ...]]]] = field(default_factory=dict)
    """The first letters of a word → the slots that it may fit by its beginning, with the beginnings."""
    _suffix: dict[str, list[tuple[int, tuple[str, ...]]]] = field(default_factory=dict)
    """The last letters of a word → the slots that it may fit by its ending, with the endings."""
    _begun: dict[int, list[_Phrase]] = field(default_factory=dict)
    """A slot → the phrases of which it is the first."""
    _known: dict[str, _Known] = field(default_factory=dict)
    _found: dict[tuple[str, ...], Sequence[Hit]] = field(default_factory=dict)
    """What was found in the last few texts: the readers of one letter ask the same again."""

    @classmethod
    def build(cls, entries: Iterable[tuple[str, float, Iterable[str]]]) -> Lexicon:
        """A lexicon of (meaning, weight, phrases). Raises ValueError for a word part too short to look up."""
        lexicon = cls()
        for meaning, weight, phrases in entries:
            for written in phrases:
                lexicon._add(written, meaning, weight)
        return lexicon

    def _add(self, written: str, meaning: str, weight: float) -> None:
        slots = list(_parse(_split_elisions(written)))
        if not slots:
            return
        first_slot = slots[0][0]
        short = next((f"{part}*" for part in first_slot.prefixes if len(part) < _PREFIX), "") or next(
            (f"*{part}" for part in first_slot.suffixes if len(part) < _SUFFIX), ""
        )
        if short:
            raise ValueError(f"the phrase part {short!r} is too short: give {_PREFIX} letters or more")
        (first, _), *following = [(self._number(slot), reach) for slot, reach in slots]
        follower = following.pop(0)[0] if following and following[0][1] == 1 else -1
        phrase = _Phrase(meaning, weight, follower, tuple(following))
        self._begun.setdefault(first, []).append(phrase)

    def _number(self, slot: _Slot) -> int:
        """The number of ``slot``; a new one is made easy to find from a word."""
        if slot in self._slots:
            return self._slots[slot]
        number = self._slots[slot] = len(self._slots)
        for word in slot.exact:
            self._exact.setdefault(word, []).append(number)
        for prefix in slot.prefixes:
            self._prefix.setdefault(prefix[:_PREFIX], []).append((number, slot.prefixes))
        for suffix in slot.suffixes:
            self._suffix.setdefault(suffix[-_SUFFIX:], []).append((number, slot.suffixes))
        return number

    def find(self, text: tuple[str, ...]) -> Sequence[Hit]:
        """Every place among the words ``text`` where a phrase stands, first places first."""
        found = self._found.get(text)
        if found is not None:
            return found
        hits: list[Hit] = []
        known = self._known
        looked_up = [known.get(word) or self._look_up(word) for word in text]
        looked_up.append(_NOTHING)
        for behind, (begins, _) in enumerate(looked_up, 1):
            if not begins:
                continue
            fits_next = looked_up[behind].fits
            for meaning, weight, next_slot, following in begins:
                end = behind
                if next_slot >= 0:
                    if next_slot not in fits_next:
                        continue
                    end += 1
                if following:
                    end = _end(looked_up, end, following)
                if end > 0:
                    hits.append(Hit(meaning, weight, behind - 1, end))
        if len(self._found) >= _FOUND:
            self._found.clear()
        return self._found.setdefault(text, tuple(hits))

    def _look_up(self, word: str) -> _Known:
        """What is known of ``word``; kept, since letters use the same few thousand words."""
        fits: dict[int, None] = {}
        for form in forms(word):
            fits |= dict.fromkeys(self._exact.get(form, ()))
            for length in range(1, _PREFIX + 1):
                fits |= {
                    number: None
                    for number, prefixes in self._prefix.get(form[:length], ())
                    if form.startswith(prefixes)
                }
            for length in range(1, _SUFFIX + 1):
                fits |= {
                    number: None
                    for number, suffixes in self._suffix.get(form[-length:], ())
                    if form.endswith(suffixes) and len(form) > _PREFIX
                }
        if len(self._known) >= _KEPT:
            self._known.clear()
        begins = tuple(phrase for slot in fits for phrase in self._begun.get(slot, ()))
        return self._known.setdefault(word, _Known(begins, frozenset(fits)))


def _end(text: Sequence[_Known], at: int, following: Sequence[tuple[int, int]]) -> int:
    """The word after the places ``following`` if they stand from ``at`` on, else -1."""
    for place, (slot, reach) in enumerate(following):
        if reach == 1:
            if slot not in text[at].fits:
                return -1
            at += 1
            continue
        for here in range(at, min(at + reach, len(text))):
            if slot in text[here].fits:
                end = _end(text, here + 1, following[place + 1 :])
                if end > 0:
                    return end
        return -1
    return at


def _split_elisions(phrase: str) -> str:
    """An apostrophe or hyphen parts words in a phrase as it does in a text; alternatives stay whole."""
    return " ".join(
        piece if "|" in piece else re.sub(r"(?<=\w)['’\-](?=\w)", " ", piece) for piece in phrase.split()
    )
