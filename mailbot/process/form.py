"""The application form as data: its fields, what a value must be, and how values of several letters join.

What is asked, and in which words, stands in ``rules/form.toml``; the kinds of fields and what is wrong
with a value are closed lists here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias, assert_never

from mailbot.folding import bare
from mailbot.values import Country, FormValue, Kind, Language

Spoken: TypeAlias = Mapping[Language, str]
SpokenMany: TypeAlias = Mapping[Language, tuple[str, ...]]

LONGEST_TEXT = 500
"""Characters of a short answer: the longest names of organizations have some 200."""

LONGEST_LONG_TEXT = 20_000
"""Characters of a long answer: ten pages."""

YES, NO = "yes", "no"

_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)")
_NUMBER = re.compile(r"\d{1,12}")
_GROUPED = re.compile(r"(?<=\d)[ .,'’\u00a0\u202f٬](?=\d{3}(?!\d))")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
_WEB = re.compile(
    r"(?<![\w@.])(?:https?://)?(?:[\w-]{1,63}\.)+[a-z]{2,24}(?![\w@])(?:[/?#][^\s<>\"«»]*)?", re.IGNORECASE
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_PARTICLE = re.compile("^و?(?:ب|ل|ف)?")
_LONGEST_PLACE = 8
_LOOKED_AT = 2_000
"""Characters of a value in which a choice, a country or an address is looked for."""


class FieldType(StrEnum):
    """What a field wants."""

    TEXT = "text"
    LONG_TEXT = "long text"
    CHOICE = "choice"
    YES_NO = "yes/no"
    COUNTRY = "country"
    EMAIL = "e-mail"
    WEB_ADDRESS = "web address"
    YEAR = "year"
    NUMBER = "number"


class Why(StrEnum):
    """What is wrong with a value."""

    MISSING = "missing"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_A_WEB_ADDRESS = "not_a_web_address"
    NOT_A_YEAR = "not_a_year"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_CHOICE = "not_a_choice"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_COUNTRY = "not_a_country"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Problem:
    """That the value of ``field`` (its key) cannot be taken as it is."""

    field: str
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the answers that a field offers."""

    key: str
    label: Spoken
    synonyms: SpokenMany = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is asked."""

    key: str
    label: Spoken
    type: FieldType
    help: Spoken = field(default_factory=dict)
    aliases: SpokenMany = field(default_factory=dict)
    """How the label is shortened or reworded."""
    required: bool = True
    kinds: tuple[Kind, ...] = tuple(Kind)
    """Who is asked."""
    several: bool = False
    """More than one choice or country may be given."""
    choices: tuple[Choice, ...] = ()
    means: str = ""
    """What the bot may use the value for: ``referee.1.email``."""
    evidence: tuple[str, ...] = ()
    """The criteria of ``rules/eligibility.toml`` under which its sentences stand."""

    @property
    def group(self) -> str:
        """What its meaning belongs to: ``referee.1`` of ``referee.1.email``."""
        return self.means.rpartition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Fields that stand together under a title."""

    key: str
    title: Spoken
    fields: tuple[Field, ...]
    help: Spoken = field(default_factory=dict)
    aliases: SpokenMany = field(default_factory=dict)

    def fields_for(self, kind: Kind | None) -> tuple[Field, ...]:
        """Those that are asked of ``kind``; all where it is not known."""
        return tuple(one for one in self.fields if kind is None or kind in one.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What stands around the fields in one language. The first ``yes`` and ``no`` are printed."""

    title: str
    how: str
    optional: str
    one: str
    several: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    colon: str = ":"
    """As the language writes it behind a label: French with a space before it."""


@dataclass(frozen=True, eq=False)
class Form:
    """A network's application form."""

    sections: tuple[Section, ...] = ()
    words: Mapping[Language, Surroundings] = field(default_factory=dict)
    countries: Mapping[str, Country] = field(default_factory=dict)
    """What countries are called in the languages of the form, folded."""

    def fields_for(self, kind: Kind | None) -> tuple[Field, ...]:
        """The fields that are asked of ``kind``, in order; all where it is not known."""
        return tuple(one for section in self.sections for one in section.fields_for(kind))

    def field(self, key: str) -> Field:
        """The field ``key``. Raises KeyError for one that the form does not have."""
        return self._by_key[key]

    def meaning(self, means: str, kind: Kind | None = None) -> Field | None:
        """The field whose value has this meaning for ``kind``, or None: ``meaning("referee.1.email")``."""
        return next((one for one in self.fields_for(kind) if one.means == means), None)

    def around(self, language: Language) -> Surroundings:
        """What stands around the fields in ``language``, or in the first language of the form."""
        return self.words.get(language) or next(iter(self.words.values()))

    def numbers(self, kind: Kind | None) -> Mapping[str, int]:
        """The number under which each field stands in the form of ``kind``."""
        return {one.key: number for number, one in enumerate(self.fields_for(kind), start=1)}

    @cached_property
    def _by_key(self) -> Mapping[str, Field]:
        return {one.key: one for section in self.sections for one in section.fields}

    @cached_property
    def yes_and_no(self) -> Mapping[str, str]:
        """The words for yes and no in every language, without what stands between them."""
        said: dict[str, str] = {}
        for language in self.words.values():
            said |= {bare(word): YES for word in language.yes} | {bare(word): NO for word in language.no}
        return said


def spoken(words: Spoken, language: Language) -> str:
    """``words`` in ``language``, or in the first language that has them; ``""`` where none has."""
    return words.get(language) or next(iter(words.values()), "")


def hint(form: Form, one: Field, language: Language) -> str:
    """What the text form says below a label: the help, and what there is to choose from; may be ``""``."""
    around = form.around(language)
    options = ""
    if one.type is FieldType.YES_NO:
        options = f"{around.yes[0]} / {around.no[0]}"
    elif one.choices:
        which = around.several if one.several else around.one
        options = f"{which}: {' / '.join(spoken(choice.label, language) for choice in one.choices)}"
    return " ".join(filter(None, (spoken(one.help, language), options)))


# ── one value ────────────────────────────────────────────────────────────────────────────────────


def normalised(form: Form, key: str, text: str) -> str:
    """The value that ``text`` stands for in the field ``key``, or ``""`` where it stands for none.

    The key of a choice, ``yes`` or ``no``, a country's code, an address, digits; several parted by
    ``", "``. A text is its own value. Raises KeyError for a field that the form does not have.
    """
    return _value(form, form.field(key), text)


def _value(form: Form, one: Field, text: str) -> str:
    text = text.strip()
    shown = text[:_LOOKED_AT]
    match one.type:
        case FieldType.TEXT | FieldType.LONG_TEXT:
            return text
        case FieldType.CHOICE:
            found = _choices(one, shown)
        case FieldType.YES_NO:
            found = _yes_or_no(form, shown)
        case FieldType.COUNTRY:
            found = _countries(form, shown)
        case FieldType.EMAIL:
            found = [match.rstrip(".").lower() for match in _EMAIL.findall(shown)]
        case FieldType.WEB_ADDRESS:
            found = [match.rstrip(".,;)") for match in _WEB.findall(shown)]
            found = found[:1]  # a page and what is found on others: the first is the one that was asked for
        case FieldType.YEAR:
            found = _YEAR.findall(shown.translate(_DIGITS))
        case FieldType.NUMBER:
            found = _NUMBER.findall(_GROUPED.sub("", shown.translate(_DIGITS)))
        case never:
            assert_never(never)
    distinct = list(dict.fromkeys(found))
    return ", ".join(distinct) if one.several or len(distinct) == 1 else ""


def _choices(one: Field, text: str) -> list[str]:
    """The choices whose label or synonym ``text`` is; else the ones that it names somewhere."""
    names = _choice_names(one)
    whole = bare(text)
    head = bare(re.split(r"[:(–—]", text, maxsplit=1)[0])  # «Other: a choir»
    if whole in names or head in names:
        return names.get(whole) or names[head]
    parts = [names.get(bare(part)) for part in re.split(r"[,;\n/،؛•]|\s(?:and|y|e|et|و|&)\s", text)]
    if one.several and parts and all(parts):
        return [key for part in parts if part for key in part]
    return _named(names, whole)


def _choice_names(one: Field) -> Mapping[str, list[str]]:
    names: dict[str, list[str]] = {}
    for choice in one.choices:
        spoken = [choice.key, *choice.label.values()]
        spoken += [word for synonyms in choice.synonyms.values() for word in synonyms]
        for word in spoken:
            names.setdefault(bare(word), []).append(choice.key)
    return {word: list(dict.fromkeys(keys)) for word, keys in names.items()}


def _named(names: Mapping[str, list[str]], said: str) -> list[str]:
    """Those whose longest names stand in ``said``: where two names overlap the longer one counts."""
    found: list[tuple[int, str]] = []
    left = f" {said} "
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 2 and f" {name} " in left:
            found += [(said.find(name), key) for key in names[name]]
            left = left.replace(f" {name} ", " \u2022 ")
    return [key for _, key in sorted(found)]


def _yes_or_no(form: Form, text: str) -> list[str]:
    """By the whole answer or, «Yes, gladly», by its first words."""
    said = form.yes_and_no
    words = bare(text).split()
    for count in range(min(len(words), 4), 0, -1):
        if found := said.get(" ".join(words[:count])):
            return [found]
    return []


def _countries(form: Form, text: str) -> list[Country]:
    code = text.strip()
    if len(code) == 2 and code.isascii() and code.upper() in form.countries.values():
        return [code.upper()]
    words = bare(text).split()
    found: list[Country] = []
    at = 0
    while at < len(words):
        country, count = _country(form.countries, words[at : at + _LONGEST_PLACE])
        if country:
            found.append(country)
        at += count
    return found


def _country(names: Mapping[str, Country], words: list[str]) -> tuple[Country, int]:
    """The country whose name ``words`` begin with, and how many of them it takes; else ``""`` and 1."""
    firsts = [words[0]] if words[0] < "\u0600" else [words[0], _PARTICLE.sub("", words[0], count=1)]
    for count in range(len(words), 0, -1):
        for first in firsts:
            if country := names.get(" ".join([first, *words[1:count]])):
                return country, count
    return "", 1


# ── all values ───────────────────────────────────────────────────────────────────────────────────

_WRONG = {
    FieldType.CHOICE: Why.NOT_A_CHOICE,
    FieldType.YES_NO: Why.NOT_YES_OR_NO,
    FieldType.COUNTRY: Why.NOT_A_COUNTRY,
    FieldType.EMAIL: Why.NOT_AN_ADDRESS,
    FieldType.WEB_ADDRESS: Why.NOT_A_WEB_ADDRESS,
    FieldType.YEAR: Why.NOT_A_YEAR,
    FieldType.NUMBER: Why.NOT_A_NUMBER,
}


def check(form: Form, kind: Kind | None, values: Mapping[str, FormValue]) -> tuple[Problem, ...]:
    """What is missing in ``values`` or cannot be taken, in the order of the form.

    An optional field is missing too where another of its group is there: a second reference may be left
    out, but one with a name needs what the first needs.
    """
    return tuple(
        Problem(one.key, why)
        for one in form.fields_for(kind)
        if (why := _fault(form, kind, one, values)) is not None
    )


def _fault(form: Form, kind: Kind | None, one: Field, values: Mapping[str, FormValue]) -> Why | None:
    text = _text(values, one.key)
    if not text:
        return Why.MISSING if one.required or _belongs(form, kind, one, values) else None
    if len(text) > (LONGEST_LONG_TEXT if one.type is FieldType.LONG_TEXT else LONGEST_TEXT):
        return Why.TOO_LONG
    return None if _value(form, one, text) else _WRONG.get(one.type)


def _belongs(form: Form, kind: Kind | None, one: Field, values: Mapping[str, FormValue]) -> bool:
    """Whether a numbered group of which a part is there lacks this one, which the group's first needs."""
    group, _, part = one.means.rpartition(".")
    family, _, number = group.rpartition(".")
    if not number.isdecimal():
        return False
    first = form.meaning(f"{family}.1.{part}", kind)
    given = any(_text(values, other.key) for other in form.fields_for(kind) if other.group == group)
    return given and first is not None and first.required


def _text(values: Mapping[str, FormValue], key: str) -> str:
    return values[key].text.strip() if key in values else ""


def merge(old: Mapping[str, FormValue], new: Mapping[str, FormValue]) -> Mapping[str, FormValue]:
    """The values after a further letter: what it says replaces, what it leaves empty erases nothing."""
    return {**old, **{key: value for key, value in new.items() if value.text.strip()}}


def said(form: Form, values: Mapping[str, FormValue], means: str) -> str:
    """The normalised value with this meaning; as typed where it stands for none, ``""`` where none is."""
    for one in _meaning(form, means):
        if text := _text(values, one.key):
            return _value(form, one, text) or text
    return ""


def _meaning(form: Form, means: str) -> Iterator[Field]:
    return (one for one in form.fields_for(None) if one.means == means)
