"""The tables of words that the readers of mail share, one for each language: ``rules/words.toml``.

A further language is a further table and no line of code. How phrases are written and compared is
told in ``phrases``. A letter is read with the tables of all languages at once, since people mix them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from mailbot.parsers.phrases import Lexicon, fold
from mailbot.parsers.phrases import words as words_of
from mailbot.values import Language

NOTHING, LINE, TEXT = "nothing", "line", "text"


class Sayings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one verdict is said.

    ``alone`` counts as the first words of a sentence, or behind one of the ``leads``; ``anywhere``
    counts wherever the person says it.
    """

    alone: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()


class LanguageWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of one language; ``rules/words.toml`` explains each list."""

    common: str = ""
    greetings: tuple[str, ...] = ()
    signoffs: tuple[str, ...] = ()
    sent_from: tuple[str, ...] = ()
    disclaimers: tuple[str, ...] = ()
    rulers: tuple[str, ...] = ()
    wrote: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    absent_subjects: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    bounced: tuple[str, ...] = ()
    bounced_subjects: tuple[str, ...] = ()
    bulk: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()
    receipt_subjects: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    delays: tuple[str, ...] = ()
    waverings: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    retractions: tuple[str, ...] = ()
    contrasts: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    for_applicant: tuple[str, ...] = ()
    requests: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    verdicts: Mapping[str, Sayings] = msgspec.field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """All tables, with the phrases of each purpose made ready once. ``Words()`` knows no word at all."""

    languages: Mapping[Language, LanguageWords] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    """Each tag with what stands behind it: ``nothing``, one ``line``, or ``text``."""

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> Words:
        """The words of a parsed ``words.toml``.

        Raises ValueError (msgspec.ValidationError) with the path of what is missing or wrong.
        """
        tags = msgspec.convert(table.get("tags", {}), dict[str, str])
        wrong = sorted(tag for tag, kind in tags.items() if kind not in (NOTHING, LINE, TEXT))
        if wrong:
            raise ValueError(
                f"words.toml, [tags]: {wrong[0]} is {tags[wrong[0]]!r}; write nothing, line or text"
            )
        languages = {}
        for name, rows in table.items():
            if name == "tags":
                continue
            try:
                languages[name] = msgspec.convert(rows, LanguageWords)
            except msgspec.ValidationError as error:
                raise ValueError(f"words.toml, language [{name}]: {error}") from error
        return cls(languages, tags)

    def _entries(self, *names: str) -> Iterator[tuple[str, float, tuple[str, ...]]]:
        for name in names:
            for language in self.languages.values():
                yield name, 1.0, getattr(language, name)

    def _lexicon(self, *names: str) -> Lexicon:
        return Lexicon.build(self._entries(*names))

    @cached_property
    def common(self) -> Mapping[str, tuple[Language, ...]]:
        """A common word, folded → the languages in which it is common."""
        found: dict[str, tuple[Language, ...]] = {}
        for name, language in self.languages.items():
            for word in {fold(word) for word in language.common.split()}:
                found[word] = (*found.get(word, ()), name)
        return found

    @cached_property
    def endings(self) -> Lexicon:
        """What stands at a letter's end: ``signoffs``, ``sent_from``, ``disclaimers``; and ``greetings``."""
        return self._lexicon("signoffs", "greetings", "sent_from", "disclaimers")

    @cached_property
    def quoting(self) -> Lexicon:
        """What stands above a quoted letter: ``rulers``, ``wrote``, ``fields``."""
        return self._lexicon("rulers", "wrote", "fields")

    @cached_property
    def machines(self) -> Lexicon:
        """What machines write: ``absent``, ``until``, ``bounced``, ``bulk``, ``automatic``, ``receipts``."""
        return self._lexicon("absent", "until", "bounced", "bulk", "automatic", "receipts")

    @cached_property
    def machine_subjects(self) -> Lexicon:
        """What machines write at the beginning of a subject: ``absent_subjects`` and the like."""
        return self._lexicon("absent_subjects", "bounced_subjects", "receipt_subjects")

    @cached_property
    def doubts(self) -> Lexicon:
        """What changes the meaning of a verdict: ``negations``, ``conditions``, ``retractions`` and more."""
        names = ("negations", "conditions", "delays", "others", "retractions", "contrasts")
        return self._lexicon(*names, "leads", "objects", "fillers", "links", "greetings", "waverings")

    @cached_property
    def requests(self) -> Lexicon:
        """What an applicant asks for; the meanings are the names of requests."""
        return Lexicon.build(
            (name, 1.0, said) for one in self.languages.values() for name, said in one.requests.items()
        )

    @cached_property
    def for_applicant(self) -> frozenset[str]:
        """What stands before a voter's words that are meant for the applicant, folded."""
        return frozenset(
            " ".join(words_of(said)) for one in self.languages.values() for said in one.for_applicant
        )

    @cached_property
    def sayings(self) -> Mapping[str, Lexicon]:
        """How verdicts are said: ``alone`` and ``anywhere``; the meanings are names of verdicts."""
        tables = [(name, said) for one in self.languages.values() for name, said in one.verdicts.items()]
        return {
            "alone": Lexicon.build((name, 1.0, said.alone) for name, said in tables),
            "anywhere": Lexicon.build((name, 1.0, said.anywhere) for name, said in tables),
        }
