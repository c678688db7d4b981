"""Names of organizations and people taken apart, so that two spellings of one name come out alike.

Which words may be left out of a name, which say the same in two languages, and which count for little is data
(``rules/directory.toml``); what is here knows scripts and spelling, and no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import msgspec
from anyascii import anyascii

from mailbot.folding import fold
from mailbot.values import Country, Language

LONGEST = 300
"""Characters of a name that are looked at; a whole letter taken for a name is not compared to its end."""

OWN, SUBJECT, KIND, REACH, LITTLE = 1.0, 0.6, 0.3, 0.25, 0.2
"""How much a word tells of whose name it is: its own ones all, «women» some, «network» or an «R.» little."""

_WEIGHTS = {"kinds": KIND, "reach": REACH, "subjects": SUBJECT}

_APOSTROPHE = re.compile(r"['’ʼ`´]")
_ELIDED = re.compile(r"\b[dlDL]['’](?=\w{3})")
_DOTTED = re.compile(r"\b\w(?:\.\s?\w\b)+\.?")
_CAMEL = re.compile(r"(?<=[a-zß-ÿ]{2})(?=[A-ZÀ-Þ][a-zß-ÿ])")
_WORD = re.compile(r"\w+")
_ARABIC = re.compile("[\u0600-\u06ff]")
_ARTICLE = re.compile("^[وفب]?(?:ال|لل)(?=..)")
_ATTACHED = re.compile("^[وفبل](?=...)")
"""A conjunction or preposition that Arabic writes together with the word behind it."""

_FOREIGN = re.compile("[^\\W\\d\0-\u024f\u1e00-\u1eff]")

_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("[^a-z]", ""),
        ("[td]?sch|[td]?sh|tch|ch|zh", "s"),
        ("ph", "f"),
        ("([kgdtr])h", r"\1"),
        ("d?[jg]", "j"),
        ("ts|tz|z", "s"),
        ("[cq]", "k"),
        ("v", "f"),
        ("p", "b"),
        ("h$", ""),
        ("[aeiouyw]", ""),
        (r"(.)\1+", r"\1"),
    )
)
"""What is left of a word that one script writes by the ear and another by its letters: Arabic leaves short
vowels out, has no p or v, and one letter where Latin writes two."""


class Word(NamedTuple):
    """One word of a name."""

    key: str
    """What is compared: the same for one thing in several languages, for one country, for one and many."""
    weight: float
    spelled: str
    """In Latin letters."""
    bones: str
    """Its consonants, for a comparison across scripts."""
    country: Country = ""


class Name(NamedTuple):
    """A name taken apart."""

    words: tuple[Word, ...]
    """Those that count; articles and legal forms are left out."""
    foreign: bool
    """Whether it is in another script than Latin."""
    initials: frozenset[str]
    """What its first letters spell, with and without the small words."""

    @property
    def tells(self) -> float:
        """How much it tells of whose name it is: below 1 it is made of common words alone."""
        return sum(word.weight for word in self.words)


class _Spoken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one language."""

    small: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class NameWords:
    """What the rules know of the words in names (``rules/directory.toml``)."""

    small: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    of: frozenset[str] = frozenset()
    at: frozenset[str] = frozenset()
    legal: frozenset[tuple[str, ...]] = frozenset()
    meanings: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    """A word → what it means, and its weight."""
    countries: Mapping[Country, tuple[str, ...]] = field(default_factory=dict)
    """What countries are called besides their CLDR names."""
    languages: tuple[Language, ...] = ()
    """In which the CLDR names of countries are known."""

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> NameWords:
        """The words of a parsed ``directory.toml``. Raises ValueError with the place of what is wrong."""
        rest = dict(table)
        countries = _converted("countries", rest.pop("countries", {}), dict[str, tuple[str, ...]])
        meanings: dict[str, tuple[str, float]] = {}
        for section, weight in _WEIGHTS.items():
            things = _converted(section, rest.pop(section, {}), dict[str, tuple[str, ...]])
            meanings |= {
                form: (f"{section}:{thing}", weight)
                for thing, words in things.items()
                for word in words
                for form in _forms(fold(word))
            }
        spoken = [_converted(name, words, _Spoken) for name, words in rest.items()]

        def gather(part: str) -> frozenset[str]:
            return frozenset(fold(word) for one in spoken for word in getattr(one, part))

        return cls(
            small=gather("small"),
            titles=gather("titles"),
            of=gather("of"),
            at=gather("at"),
            legal=frozenset(tuple(form.split()) for form in gather("legal")),
            meanings=meanings,
            languages=countries.pop("languages", ()),
            countries=countries,
        )

    @cached_property
    def legal_lengths(self) -> Sequence[int]:
        """Of how many words legal forms are, longest first: «S. A. de C. V.» is not «S. A.» with a rest."""
        return sorted({len(form) for form in self.legal if form}, reverse=True)

    @cached_property
    def places(self) -> Mapping[str, Sequence[tuple[tuple[str, ...], Country]]]:
        """First word of a country's name → (all its words, the country), longest first."""
        found: dict[str, list[tuple[tuple[str, ...], Country]]] = {}
        for name, country in _country_names(self.languages, self.countries):
            if parts := tuple(_plain_words(name)):
                found.setdefault(parts[0], []).append((parts, country))
        return {first: sorted(names, key=lambda one: -len(one[0])) for first, names in found.items()}

    def country_at(self, words: Sequence[str], at: int) -> tuple[int, Country]:
        """How many of ``words`` from ``at`` name a country, and which; (0, "") where they name none."""
        for parts, country in self.places.get(words[at], ()):
            if tuple(words[at : at + len(parts)]) == parts:
                return len(parts), country
        return 0, ""


NO_WORDS = NameWords()
"""Knows no word: all are somebody's own."""


def _converted(place: str, table: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"directory.toml, [{place}]: {error}") from error


def _country_names(
    languages: Sequence[Language], others: Mapping[Country, tuple[str, ...]]
) -> Iterator[tuple[str, Country]]:
    from babel import Locale  # noqa: PLC0415 - its data take a tenth of a second to load

    for language in languages:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                yield re.sub(r"\s*\(.*\)", "", name), code
    for code, names in others.items():
        for name in names:
            yield name, code


# ── taking apart ─────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=8192)
def organization_key(name: str, words: NameWords) -> str:
    """A normal form of an organization's name: the same for two spellings of it, and for no other one.

    Case, accents, punctuation, articles and legal forms make no difference. Everything else does: a key
    decides whose voice it is, so that it may rather part one organization in two, which is noticed, than join
    two.
    """
    plain = _plain_words(name)
    kept = _without_legal_forms(plain, words)
    first = next((at for at, word in enumerate(kept) if word not in words.small), 0)
    return " ".join(_ARTICLE.sub("", word) for word in kept[first:])


@lru_cache(maxsize=8192)
def take_apart(name: str, words: NameWords, *, person: bool = False) -> Name:
    """``name`` as words to compare. Nothing makes it raise; a name without any word is empty.

    In a ``person``'s name every word counts, small ones little: Van and Thi are names.
    """
    raw = name[:LONGEST]
    spaced = _CAMEL.sub(" ", raw)
    plain = _without_legal_forms(_plain_words(spaced), words)
    foreign = bool(_FOREIGN.search(raw))
    initials = {
        "".join(word[0] for word in listed)
        for listed in (_plain_words(raw), plain)
        for listed in (listed, [word for word in listed if word not in words.small])
        if len(listed) > 2
    }
    if person:
        found = [_word(word, NO_WORDS) for word in _plain_words(raw)]
        found = [one._replace(weight=LITTLE) if one.spelled in words.small else one for one in found]
        return Name(tuple(found), foreign, frozenset())
    kept = tuple(_words(plain, words)) or tuple(_word(word, words) for word in plain)
    return Name(kept, foreign, frozenset(initials))


def _plain_words(text: str) -> list[str]:
    joined = _DOTTED.sub(lambda match: re.sub(r"[.\s]", "", match[0]) + " ", _ELIDED.sub("", text))
    return _WORD.findall(fold(_APOSTROPHE.sub("", joined)))


def _without_legal_forms(plain: list[str], words: NameWords) -> list[str]:
    left = plain
    while True:
        for length in words.legal_lengths:
            if length < len(left):
                if tuple(left[-length:]) in words.legal:
                    left = left[:-length]
                    break
                if tuple(left[:length]) in words.legal:
                    left = left[length:]
                    break
        else:
            return left


def _words(plain: Sequence[str], words: NameWords) -> Iterator[Word]:
    """Each word of ``plain`` but the small ones; the name of a country is one, however long it is."""
    at = 0
    while at < len(plain):
        length, country = words.country_at(plain, at)
        if country:
            spelled = "".join(plain[at : at + length])
            yield Word(f"country:{country}", OWN, spelled, "", country)
        elif plain[at] not in words.small:
            yield _word(plain[at], words)
        at += max(length, 1)


def _word(plain: str, words: NameWords) -> Word:
    bare = _ARTICLE.sub("", plain) if _ARABIC.match(plain) else plain
    spelled = anyascii(bare).casefold() or bare
    for form in (plain, *_forms(bare), _ATTACHED.sub("", plain)):
        if form in words.meanings:
            meaning, weight = words.meanings[form]
            return Word(meaning, weight, spelled, _bones(spelled))
    key = next(reversed(_forms(spelled)))
    return Word(key, LITTLE if len(bare) == 1 else OWN, spelled, _bones(spelled))


def _forms(word: str) -> tuple[str, ...]:
    """``word``, and for many its singular where an «s» makes it many."""
    single = word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
    return (word,) if single == word else (word, single)


def _bones(spelled: str) -> str:
    for pattern, sound in _SOUNDS:
        spelled = pattern.sub(sound, spelled)
    return spelled
