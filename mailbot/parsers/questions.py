"""The questions put to whoever wants to join, with the phrases by which their answers are known.

Made from ``rules/questions.toml`` once, and handed to the readers of answers and applicants.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from mailbot.parsers.learned import Learned, read_learned
from mailbot.parsers.phrases import Lexicon, fold, words
from mailbot.values import Language

SURE = {"discovery": 5.5, "reference": 3.0, "motivation": 2.0, "work": 1.5}
"""What a phrase under ``sure`` weighs: more where a question is seldom spoken of by the way."""
LIKELY = 0.6
_VAGUE = 0.6
VAGUE = ".vague"
"""What the meaning of a phrase under ``vague`` ends with: it counts where no other holds the same words."""
_AROUND = 2.0
_SMALL, _SMALL_LETTERS = 0.4, 3
_NETWORK = "NETWORK"
NAMED = "nameofthenetwork"
"""What each name of the network becomes when a text is read: one word that nobody writes."""


@dataclass(frozen=True, kw_only=True)
class Aspect:
    """One of the things that a question asks for: why, contribution, benefit."""

    title: str
    sure: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question in one language: what letters print, and phrases (see ``rules/questions.toml``)."""

    title: str
    text: str
    heading: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()
    aspects: Mapping[str, Aspect] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What surrounds answers in the letters of one language."""

    question: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    ordinal: tuple[tuple[str, ...], ...] = ()
    greeting: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    placeholder: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Questions:
    """The questions in every language of the rules."""

    asked: tuple[str, ...]
    """Keys, in the order in which the network asks."""
    aspects: tuple[str, ...]
    network: tuple[str, ...]
    """The names of the network, as people write them."""
    languages: Mapping[Language, Mapping[str, Question]]
    words: Mapping[Language, Words]
    learned: Mapping[Language, Learned] = field(default_factory=dict)
    """What was learned from labelled sentences, for the languages that have some."""

    @classmethod
    def from_table(
        cls, table: Mapping[str, object], learned: Mapping[str, object] | None = None
    ) -> Questions:
        """The questions of a parsed ``questions.toml``, with what ``sentences.json`` holds, if there is one.

        Raises ValueError (msgspec.ValidationError) with the path of what is missing or wrong.
        """
        asked = msgspec.convert(table.get("asked"), tuple[str, ...])
        languages: dict[Language, dict[str, Question]] = {}
        surroundings: dict[Language, Words] = {}
        for name, language in table.items():
            if not isinstance(language, Mapping):
                continue
            missing = [key for key in (*asked, "words") if key not in language]
            if missing:
                raise ValueError(f"questions.toml: the language [{name}] lacks {', '.join(missing)}")
            try:
                languages[name] = {key: msgspec.convert(language[key], Question) for key in asked}
                surroundings[name] = msgspec.convert(language["words"], Words)
            except msgspec.ValidationError as error:
                raise ValueError(f"questions.toml, language [{name}]: {error}") from error
        return cls(
            asked,
            msgspec.convert(table.get("aspects", ()), tuple[str, ...]),
            msgspec.convert(table.get("network", ()), tuple[str, ...]),
            languages,
            surroundings,
            read_learned(learned or {}, asked, languages),
        )

    def in_language(self, language: Language) -> Mapping[str, Question]:
        """The questions in ``language``, or in the first language of the rules."""
        return self.languages.get(language) or next(iter(self.languages.values()))

    @cached_property
    def headings(self) -> Lexicon:
        """What stands above an answer, in every language: people mix them."""
        return Lexicon.build(
            (key, 1.0, self._named(question.heading))
            for questions in self.languages.values()
            for key, question in questions.items()
        )

    @cached_property
    def _full_texts(self) -> tuple[Sequence[str], Mapping[str, Sequence[tuple[int, float]]]]:
        """The key of each full question in every language, and for a word, in which it stands and its weight.

        A word weighs less where other questions hold it too: ``rights`` stands in two of them.
        """
        keys: list[str] = []
        places: dict[str, list[tuple[int, float]]] = {}
        for questions in self.languages.values():
            texts = {key: set(words(question.text)) for key, question in questions.items()}
            for key, own in texts.items():
                for word in own:
                    weight = _tells(word) / sum(word in other for other in texts.values())
                    places.setdefault(word, []).append((len(keys), weight))
                keys.append(key)
        return keys, places

    def shares(self, said: Collection[str]) -> Iterator[tuple[str, float]]:
        """(key, weighted share of the words ``said`` that the full question holds), language by language."""
        keys, places = self._full_texts
        common: dict[int, tuple[float, float]] = {}
        for word in said:
            for at, weight in places.get(word, ()):
                known, total = common.get(at, (0.0, 0.0))
                common[at] = (known + _tells(word), total + weight)
        whole = sum(_tells(word) for word in said)
        for at, (known, total) in common.items():
            yield keys[at], total / (whole - known + total)

    @cached_property
    def cues(self) -> Mapping[Language, Lexicon]:
        """What the sentences of an answer say, language by language; meanings are question keys."""
        return {
            language: Lexicon.build(self._cues(questions, self.words[language]))
            for language, questions in self.languages.items()
        }

    def _cues(
        self, questions: Mapping[str, Question], surroundings: Words
    ) -> Iterator[tuple[str, float, Iterable[str]]]:
        for key, question in questions.items():
            yield key, SURE.get(key, _AROUND), self._named(question.sure)
            yield key, LIKELY, self._named(question.likely)
            yield f"{key}{VAGUE}", _VAGUE, self._named(question.vague)
            for name, aspect in question.aspects.items():
                yield f"{key}.{name}", SURE.get(key, _AROUND), self._named(aspect.sure)
        yield "greeting", _AROUND, surroundings.greeting
        yield "closing", _AROUND, surroundings.closing
        yield "aside", _AROUND, surroundings.aside
        yield "placeholder", _AROUND, surroundings.placeholder
        yield "role", _AROUND, surroundings.role
        yield "reason", _AROUND, surroundings.reason

    @cached_property
    def question_labels(self) -> frozenset[str]:
        """Words before the number of a question: ``Question 1``."""
        return _folded(word for surroundings in self.words.values() for word in surroundings.question)

    @cached_property
    def answer_labels(self) -> frozenset[str]:
        """Words before an answer: ``Ans.``, ``Réponse :``."""
        return _folded(word for surroundings in self.words.values() for word in surroundings.answer)

    @cached_property
    def ordinals(self) -> Mapping[str, int]:
        """A word for a place in order → that place: ``third`` → 3."""
        return {
            fold(word): place
            for surroundings in self.words.values()
            for place, names in enumerate(surroundings.ordinal, start=1)
            for word in names
        }

    @cached_property
    def network_names(self) -> tuple[tuple[str, ...], ...]:
        """The folded words of each name of the network, longest first."""
        return tuple(sorted(set(map(words, self.network)), key=len, reverse=True))

    @cached_property
    def network_starts(self) -> frozenset[str]:
        """The first words of the network's names."""
        return frozenset(name[0] for name in self.network_names)

    @cached_property
    def network_nouns(self) -> frozenset[str]:
        """The bare words for the network: ``network``, ``red``, ``réseau``; folded."""
        return _folded(word for surroundings in self.words.values() for word in surroundings.network)

    def _named(self, phrases: Iterable[str]) -> Iterator[str]:
        called = "|".join([NAMED, *sorted(self.network_nouns)])
        return (phrase.replace(_NETWORK, called) for phrase in phrases)


def _tells(word: str) -> float:
    """How much a word tells of what is asked: the small ones stand in every question."""
    return _SMALL if len(word) <= _SMALL_LETTERS else 1.0


def _folded(found: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in found)
