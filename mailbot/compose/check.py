"""Looks for what is wrong with templates before a letter has to be written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import combinations, permutations
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from jinja2 import TemplateError as JinjaError
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from mailbot.compose.templates import AUDIENCES, TemplateError, Templates
from mailbot.values import Language
from mailbot.views import View


def check(templates: Templates) -> list[str]:
    """What is wrong with the templates, each problem in a sentence; empty where all is well.

    Files that cannot be read, letters and phrases that a language lacks, an unknown audience, fields
    that the audience's view does not have, wherever in the letter they are used.
    """
    problems = [*templates.problems.values(), *_of_phrases(templates)]
    for language in templates.languages():
        for name in templates.names():
            problems += _of_letter(templates, name, language)
    return list(dict.fromkeys(problems))


def example(view: type[View], *, full: bool) -> View:
    """A view with something in every field, or with nothing in any.

    A text is the name of its field in pointed brackets, so that it is found again in a letter.
    """
    made: View = _example(view, view.__name__, full=full)
    return made


def _of_phrases(templates: Templates) -> Iterator[str]:
    read = []
    for language in templates.languages():
        try:
            read.append(templates.phrases(language))
        except TemplateError as error:
            yield str(error)
    for phrases, other in permutations(read, 2):
        if missing := sorted(other.sentences.keys() - phrases.sentences.keys()):
            yield f"{phrases.file} lacks {', '.join(missing)}, which {other.file} has. Translate them."
    for first, other in combinations(read, 2):
        for name in sorted(first.sentences.keys() & other.sentences.keys()):
            if first.values(name) != other.values(name):
                here, there = _names(other.values(name)), _names(first.values(name))
                yield f"{other.file}: {name} mentions {here}, but in {first.file} it mentions {there}."


def _names(values: frozenset[str]) -> str:
    return ", ".join(f"{{{value}}}" for value in sorted(values)) or "nothing"


def _of_letter(templates: Templates, name: str, language: Language) -> list[str]:
    try:
        letter = templates.letter(name, language)
        used = _used(templates, letter.source, language)
    except TemplateError as error:
        return [str(error)]
    except JinjaError as error:
        return [f"{language}/{name}: {error}"]
    view = AUDIENCES[letter.audience]
    known = {field.name for field in fields(view)}
    if unknown := sorted(used - known):
        told = f"a letter to the {letter.audience} knows {', '.join(sorted(known))}"
        return [f"{letter.file} uses {', '.join(unknown)}, but {told}."]
    problems = []
    for full in (True, False):
        try:
            templates.render(name, language, example(view, full=full))
        except TemplateError as error:
            problems.append(str(error))
    return problems


def _used(templates: Templates, source: str, language: Language) -> set[str]:
    """The fields that a template and the pieces it includes speak of, also where a view leads past them."""
    tree = templates.environment.parse(source)
    used = find_undeclared_variables(tree)
    for piece in find_referenced_templates(tree):
        if piece:
            used |= _used(templates, templates.piece(piece, language), language)
    return used


def _example(kind: Any, name: str, *, full: bool) -> Any:
    if kind is str:
        return f"⟨{name}⟩" if full else ""
    if kind is int:
        return 7 if full else 0
    if kind is bool:
        return full
    if get_origin(kind) is tuple:
        return (_example(get_args(kind)[0], name, full=True),) * 2 if full else ()
    if get_origin(kind) is UnionType:
        return _example(get_args(kind)[0], name, full=True) if full else None
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        make: Any = kind
        return make(**{f.name: _example(hints[f.name], f.name, full=full) for f in fields(kind)})
    raise TypeError(f"no example is known for {name}, {kind}")
