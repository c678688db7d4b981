"""The table of ``rules/form.toml`` → ``Form``, checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

import msgspec

from mailbot.folding import bare
from mailbot.process.form import Choice, Field, FieldType, Form, Section, Spoken, SpokenMany, Surroundings
from mailbot.values import Country, Kind, Language

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MEANS = re.compile(
    r"applicant\.(?:name|country)|contact\.(?:name|email)|consent\.referees"
    r"|referee\.[1-9]\.(?:name|organization|email)"
)
_NO_COUNTRY = frozenset({"EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"})


class _Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    label: Spoken
    synonyms: SpokenMany = msgspec.field(default_factory=dict)


class _Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"kinds": "for"}):
    """A field as the file writes it: ``for`` is a word of Python."""

    key: str
    type: FieldType
    label: Spoken
    help: Spoken = msgspec.field(default_factory=dict)
    aliases: SpokenMany = msgspec.field(default_factory=dict)
    required: bool = True
    kinds: tuple[Kind, ...] = tuple(Kind)
    several: bool = False
    choices: tuple[_Choice, ...] = ()
    means: str = ""
    evidence: tuple[str, ...] = ()


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    title: Spoken
    fields: tuple[_Field, ...]
    help: Spoken = msgspec.field(default_factory=dict)
    aliases: SpokenMany = msgspec.field(default_factory=dict)


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    how: str
    optional: str
    one: str
    several: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    colon: str = ":"


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: dict[Language, _Words]
    sections: tuple[_Section, ...]


def read_form_table(
    table: Mapping[str, Any], countries: Mapping[Country, tuple[str, ...]], criteria: Set[str]
) -> Form:
    """The form that a parsed ``form.toml`` states.

    ``countries`` are names of countries besides those of CLDR, ``criteria`` the keys that ``evidence`` may
    name. Raises ValueError (msgspec.ValidationError among them) with the place of everything that is wrong.
    """
    told = msgspec.convert(table, _Form)
    form = Form(
        sections=tuple(map(_section, told.sections)),
        words={name: Surroundings(**msgspec.structs.asdict(words)) for name, words in told.words.items()},
        countries=_country_names(told.words, countries),
    )
    if wrong := "; ".join(_faults(form, criteria)):
        raise ValueError(wrong)
    return form


def _section(told: _Section) -> Section:
    return Section(**{**msgspec.structs.asdict(told), "fields": tuple(map(_field, told.fields))})


def _field(told: _Field) -> Field:
    choices = tuple(Choice(**msgspec.structs.asdict(choice)) for choice in told.choices)
    return Field(**{**msgspec.structs.asdict(told), "choices": choices})


def _country_names(
    languages: Mapping[Language, object], aliases: Mapping[Country, tuple[str, ...]]
) -> dict[str, Country]:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - its data take a tenth of a second to load

    named: dict[str, Country] = {}
    for language in languages:
        try:
            territories = Locale(language).territories
        except (UnknownLocaleError, ValueError) as error:
            raise ValueError(f"words.{language}: {language!r} is no language that CLDR knows") from error
        for code, name in territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY:
                named[bare(re.sub(r"\s*\(.*\)", "", name))] = code
    for code, names in aliases.items():
        named |= {bare(name): code for name in names}
    return named


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────


def _faults(form: Form, criteria: Set[str]) -> Iterator[str]:
    if not form.words:
        yield "there is no [words.<language>]"
    for language, words in form.words.items():
        if not words.yes or not words.no:
            yield f"words.{language}: yes and no need a word each"
    for section in form.sections:
        place = f"section {section.key!r}"
        yield from _spoken_faults(form, f"{place}, title", section.title)
        if section.help:
            yield from _spoken_faults(form, f"{place}, help", section.help)
        for one in section.fields:
            yield from _field_faults(form, one, criteria, f"{place}, field {one.key!r}")
    yield from _doubles(form)


def _spoken_faults(form: Form, place: str, spoken: Spoken) -> Iterator[str]:
    if missing := [language for language in form.words if not spoken.get(language, "").strip()]:
        yield f"{place} is missing in {', '.join(missing)}"
    if unknown := sorted(set(spoken) - set(form.words)):
        yield f"{place}: there is no [words.{unknown[0]}]"


def _field_faults(form: Form, one: Field, criteria: Set[str], place: str) -> Iterator[str]:
    if not _KEY.fullmatch(one.key):
        yield f"{place}: a key is of small letters, digits and underscores, such as 'legal_form'"
    yield from _spoken_faults(form, f"{place}, label", one.label)
    if one.help:
        yield from _spoken_faults(form, f"{place}, help", one.help)
    if not one.kinds:
        yield f"{place}: for names nobody"
    if (one.type is FieldType.CHOICE) != bool(one.choices):
        yield f"{place}: choices belong to the type choice, and to no other"
    if one.several and one.type not in (FieldType.CHOICE, FieldType.COUNTRY):
        yield f"{place}: several goes with the types choice and country alone"
    if one.means and not _MEANS.fullmatch(one.means):
        yield f"{place}: means is {one.means!r}, which the bot does not know"
    for name in sorted(set(one.evidence) - criteria):
        yield f"{place}: evidence names {name!r}, which is no criterion of eligibility.toml"
    for choice in one.choices:
        yield from _spoken_faults(form, f"{place}, choice {choice.key!r}", choice.label)


def _doubles(form: Form) -> Iterator[str]:
    """Keys that stand twice, and labels or meanings that stand twice in the form of one kind."""
    keys = [one.key for one in form.fields_for(None)]
    if len(keys) > len(set(keys)):
        yield f"{_twice(keys)!r} is the key of two fields"
    for kind in Kind:
        fields = form.fields_for(kind)
        meanings = [one.means for one in fields if one.means]
        if len(meanings) > len(set(meanings)):
            yield f"two fields for an {kind} mean {_twice(meanings)!r}"
        for language in form.words:
            labels = [bare(one.label.get(language, one.key)) for one in fields]
            if len(labels) > len(set(labels)):
                yield f"two fields for an {kind} have the label {_twice(labels)!r} ({language})"
    for one in form.fields_for(None):
        choices = [choice.key for choice in one.choices]
        if len(choices) > len(set(choices)):
            yield f"field {one.key!r}: {_twice(choices)!r} is the key of two choices"


def _twice(names: list[str]) -> str:
    return next(name for name in names if names.count(name) > 1)
