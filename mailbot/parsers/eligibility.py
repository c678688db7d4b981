"""Notices excluded kinds of applicants, and evidence of the criteria for membership.

It only notices, with the applicant's very sentence; a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from mailbot.parsers.phrases import Lexicon, words
from mailbot.parsers.segments import sentences_of
from mailbot.values import Answer, Applicant, AttachmentText, Finding, Kind, Language, Letter, Split

_SENTENCES_SHOWN = 3
_OPENING_SENTENCES = 8
"""In these an applicant says what it is."""

_ALL_SENTENCES = 80
_COVERING_NOTE = 60
"""Words; a shorter text above a quoted one may only send it on."""


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One criterion for membership: its titles, and phrases that show it, language by language."""

    title: Mapping[Language, str]
    shows: Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Category:
    """A kind of applicant that the network does not admit."""

    title: Mapping[Language, str]
    name: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    kind: Kind | None = None


@dataclass(frozen=True, eq=False)
class Eligibility:
    """The criteria and the excluded categories, in the order of the rules."""

    criteria: Mapping[str, Criterion]
    categories: Mapping[str, Category]
    _against: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> Eligibility:
        """The rules of a parsed ``eligibility.toml``.

        Raises ValueError (msgspec.ValidationError) with the path of what is missing or wrong.
        """
        criteria = msgspec.convert(table.get("criteria", {}), dict[str, Criterion])
        raw = msgspec.convert(table.get("categories", {}), dict[str, dict[str, object]])
        against = {key: msgspec.convert(one.get("not", ()), tuple[str, ...]) for key, one in raw.items()}
        categories = {key: msgspec.convert(one, Category) for key, one in raw.items()}
        return cls(criteria, categories, against)

    @cached_property
    def names(self) -> Lexicon:
        """What the names of excluded applicants hold."""
        return Lexicon.build((key, 1.0, one.name) for key, one in self.categories.items())

    @cached_property
    def statements(self) -> Lexicon:
        """What excluded applicants say of themselves; ``not …`` speaks against it."""
        return Lexicon.build(
            (prefix + key, 1.0, phrases)
            for key, one in self.categories.items()
            for prefix, phrases in (("", one.says), ("also ", one.also), ("not ", self._against.get(key, ())))
        )

    @cached_property
    def evidence(self) -> Mapping[Language, Lexicon]:
        """What shows the criteria, language by language."""
        languages = {language for one in self.criteria.values() for language in one.shows}
        return {
            language: Lexicon.build(
                (key, 1.0, one.shows.get(language, ())) for key, one in self.criteria.items()
            )
            for language in languages
        }


def find_findings(
    letter: Letter,
    split: Split,
    attachments: Sequence[AttachmentText],
    answers: Mapping[str, Answer],
    applicant: Applicant,
    eligibility: Eligibility,
) -> tuple[Finding, ...]:
    """The excluded categories that the applicant itself seems to be of, each with its very sentence."""
    opening = list(_opening(split, letter, attachments, answers))
    named = _spoken_of(eligibility.names, words(applicant.name)) - _ruled_out(
        eligibility, words(applicant.name)
    )
    said = [(sentence, _spoken_of(eligibility.statements, words(sentence))) for sentence in opening]
    found: list[Finding] = []
    for key, category in eligibility.categories.items():
        if category.kind is not None and applicant.kind is not category.kind:
            continue
        sentence = ""
        if key in named:
            own = applicant.name.casefold()
            sentence = next((one for one in opening if own in one.casefold()), applicant.name)
        elif category.also:
            texts = _own_texts(split, letter, attachments)
            everything = (one for text in texts for one in _sentences(text, _ALL_SENTENCES))
            spoken = ((one, _spoken_of(eligibility.statements, words(one))) for one in everything)
            sentence = next((one for one, of in spoken if _is_of(key, of) and f"also {key}" in of), "")
        else:
            sentence = next((one for one, of in said if _is_of(key, of)), "")
        if sentence:
            found.append(Finding(key, sentence))
    return tuple(found)


def find_evidence(
    answers: Mapping[str, Answer], language: Language, eligibility: Eligibility
) -> Mapping[str, tuple[str, ...]]:
    """Criterion → the applicant's own sentences that show it, most telling first; else it is absent."""
    lexicon = eligibility.evidence.get(language) or eligibility.evidence.get("en", Lexicon())
    scored: dict[str, list[tuple[int, int, str]]] = {}
    place = 0
    for key in ("work", "motivation"):
        text = answers[key].text if key in answers else ""
        for start, end in sentences_of(text, 0, len(text)):
            sentence = " ".join(text[start:end].split())
            place += 1
            counts: dict[str, int] = {}
            for hit in lexicon.find(words(sentence)):
                counts[hit.meaning] = counts.get(hit.meaning, 0) + 1
            for criterion, count in counts.items():
                scored.setdefault(criterion, []).append((-count, place, sentence))
    return {
        criterion: tuple(sentence for _, _, sentence in sorted(scored[criterion])[:_SENTENCES_SHOWN])
        for criterion in eligibility.criteria
        if criterion in scored
    }


def _spoken_of(lexicon: Lexicon, text: tuple[str, ...]) -> set[str]:
    return {hit.meaning for hit in lexicon.find(text)}


def _ruled_out(eligibility: Eligibility, text: tuple[str, ...]) -> set[str]:
    return {said[4:] for said in _spoken_of(eligibility.statements, text) if said.startswith("not ")}


def _is_of(category: str, said: set[str]) -> bool:
    """Whether a sentence says that the applicant is of ``category``, and nothing that speaks against it."""
    return category in said and f"not {category}" not in said


def _own_texts(split: Split, letter: Letter, attachments: Sequence[AttachmentText]) -> Iterator[str]:
    """The texts in which an applicant speaks; the quoted one where a letter is only sent on."""
    yield split.new
    if len(split.new.split()) < _COVERING_NOTE:
        yield split.quoted
    for forwarded in letter.forwarded:
        yield forwarded.text
    for attachment in attachments:
        yield attachment.text


def _opening(
    split: Split, letter: Letter, attachments: Sequence[AttachmentText], answers: Mapping[str, Answer]
) -> Iterator[str]:
    """What an applicant says of itself: the first sentences of each text and of its answer about its work."""
    for text in _own_texts(split, letter, attachments):
        yield from _sentences(text, _OPENING_SENTENCES)
    if "work" in answers:
        yield from _sentences(answers["work"].text, _OPENING_SENTENCES)


def _sentences(text: str, count: int) -> Iterator[str]:
    for paragraph in re.finditer(r"(?:[^\n]|\n(?!\s*\n))+", text[:20_000]):
        for start, end in sentences_of(text, *paragraph.span()):
            if count <= 0:
                return
            count -= 1
            yield " ".join(text[start:end].split())
