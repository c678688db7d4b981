"""The application form, as a Word file and as lines for a letter's body.

Both are made to be filled in anywhere: a Word file of tables and check boxes, which every office program
opens, and lines that neither Markdown nor a mail program takes for anything else. What comes back is read
by `mailbot.parsers.form`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from mailbot.documents.docx import Sheet
from mailbot.process.form import (
    NO,
    YES,
    Choice,
    Field,
    FieldType,
    Form,
    Surroundings,
    hint,
    normalised,
    spoken,
)
from mailbot.values import FormValue, Kind, Language

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_LONG = 60
"""Characters of a known value that still stand on the line of their label."""


def form_text(
    form: Form,
    kind: Kind | None,
    language: Language,
    values: Mapping[str, FormValue],
    only: Collection[str] = (),
) -> str:
    """The form as plain lines, with the values that are known; ``only`` these fields, if any are named.

    A label is a line that begins with its number in brackets and ends with a colon; what is said about it
    stands below in square brackets. No line is long, and none means anything to Markdown.
    """
    return "\n".join(_lines(form, kind, language, values, only)).strip("\n")


def _lines(
    form: Form, kind: Kind | None, language: Language, values: Mapping[str, FormValue], only: Collection[str]
) -> Iterator[str]:
    numbers = form.numbers(kind)
    around = form.around(language)
    for section in form.sections:
        fields = [one for one in section.fields_for(kind) if not only or one.key in only]
        if fields and not only:
            yield from ("", spoken(section.title, language).upper(), "")
            if section.help:
                yield from (f"[{spoken(section.help, language)}]", "")
        for one in fields:
            known = values[one.key].text.strip() if one.key in values else ""
            words = spoken(one.label, language)
            optional = "" if one.required else f" ({around.optional})"
            colon = "" if words.endswith(("?", "؟")) else around.colon
            label = f"({numbers[one.key]}) {words}{optional}{colon}"
            beside = known if len(known) <= _LONG and "\n" not in known else ""
            yield f"{label} {beside}".rstrip()
            if said := hint(form, one, language):
                yield f"[{said}]"
            if known and not beside:
                yield from known.split("\n")
            yield ""


def form_docx(
    form: Form,
    kind: Kind | None,
    language: Language,
    *,
    network: str,
    number: str,
    values: Mapping[str, FormValue],
) -> bytes:
    """The form as a Word file, with the values that are known; the same arguments give the same bytes."""
    around = form.around(language)
    numbers = form.numbers(kind)
    sheet = Sheet(language, rtl=language in _RIGHT_TO_LEFT, title=around.title, author=network)
    sheet.title(around.title, f"{network} · {number}" if number else network)
    sheet.paragraph(around.how)
    for section in form.sections:
        fields = section.fields_for(kind)
        if not fields:
            continue
        sheet.heading(spoken(section.title, language), spoken(section.help, language))
        table = sheet.table()
        for one in fields:
            said = spoken(one.help, language)
            optional = "" if one.required else around.optional
            label = f"{numbers[one.key]}. {spoken(one.label, language)}"
            known = values[one.key].text.strip() if one.key in values else ""
            if one.type is FieldType.LONG_TEXT:
                table.long(label, optional, said, known)
            elif options := _options(one, language, around):
                chosen = normalised(form, one.key, known).split(", ")
                boxes = [(name, text, name in chosen) for name, text in options]
                odd = "" if any(checked for *_, checked in boxes) else known
                several = around.several if one.several else ""
                one_line = one.type is FieldType.YES_NO
                hints = "\n".join(filter(None, (said, several)))
                table.choice(one.key, label, optional, hints, boxes, odd, one_line=one_line)
            else:
                table.short(label, optional, said, known)
    return sheet.content()


def _options(one: Field, language: Language, around: Surroundings) -> list[tuple[str, str]]:
    if one.type is FieldType.YES_NO:
        return [(YES, around.yes[0]), (NO, around.no[0])]
    return [(choice.key, _label(choice, language)) for choice in one.choices]


def _label(choice: Choice, language: Language) -> str:
    return spoken(choice.label, language)
