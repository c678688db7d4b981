"""The form as it goes out, filled in, and read again: as lines, and as a Word file."""

from __future__ import annotations

import io
import re

import docx
import pytest

from mailbot.documents.form import form_docx, form_text
from mailbot.parsers.attachments import read_attachment
from mailbot.parsers.form import read_form
from mailbot.process.form import FieldType, check, normalised
from mailbot.rulebook import load_rules
from mailbot.values import Attachment, FormValue, Kind
from tests.documents.filling import FORM, fill_cells, fill_lines, sample

EVERY = [(kind, language) for kind in Kind for language in FORM.words]


def texts(values) -> dict[str, str]:
    return {key: value.text for key, value in values.items()}


def known(said: dict[str, str]) -> dict[str, FormValue]:
    return {key: FormValue(text) for key, text in said.items()}


def word_file(kind: Kind, language: str, said: dict[str, str]) -> bytes:
    return form_docx(FORM, kind, language, network="The Network", number="M-2026-0042", values=known(said))


def read_file(content: bytes, kind: Kind, language: str) -> dict[str, str]:
    text = read_attachment(Attachment("form.docx", "", content))
    return texts(read_form("", [text], FORM, language, kind))


# ── as lines ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_lines_that_nobody_filled_in_say_nothing(kind, language):
    assert read_form(form_text(FORM, kind, language, {}), (), FORM, language, kind) == {}


@pytest.mark.parametrize("below", [True, False], ids=["below", "beside"])
@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_lines_that_were_filled_in_are_read(kind, language, below):
    said = sample(kind, language)
    filled = fill_lines(form_text(FORM, kind, language, {}), kind, said, below=below)

    found = read_form(filled, (), FORM, language, kind)

    assert texts(found) == said
    assert check(FORM, kind, found) == ()


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_known_values_stand_in_the_lines(kind, language):
    said = sample(kind, language)

    assert texts(read_form(form_text(FORM, kind, language, known(said)), (), FORM, language, kind)) == said


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_no_line_means_anything_to_markdown_or_to_a_mail_program(kind, language):
    for line in form_text(FORM, kind, language, {}).split("\n"):
        assert not re.match(r"\s|[#>*+|`~=_-]|\d+[.)]|<", line)
        assert not re.search(r"[`*_<>]|--", line)


def test_only_the_fields_that_are_wanted_keep_their_numbers():
    lines = form_text(
        FORM, Kind.ORGANIZATION, "en", known({"country": "Atlantis"}), only=("country", "mission")
    )

    assert lines == (
        "(6) Country where you are based: Atlantis\n\n(9) Mission:\n[What you exist for, in a few sentences.]"
    )


def test_a_question_needs_no_colon_and_french_has_a_space_before_it():
    lines = form_text(FORM, Kind.ORGANIZATION, "fr", {}, only=("mission", "consent")).split("\n")

    assert lines[0] == "(9) Mission\u00a0:"
    assert lines[3] == "(32) Pouvons-nous écrire aux personnes nommées ici ?"


# ── as a Word file ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_word_file_that_nobody_filled_in_says_nothing(kind, language):
    assert read_file(word_file(kind, language, {}), kind, language) == {}


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_word_file_that_was_filled_in_is_read(kind, language):
    said = sample(kind, language)

    assert read_file(fill_cells(word_file(kind, language, {}), kind, said), kind, language) == said


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_known_values_stand_in_the_word_file(kind, language):
    said = sample(kind, language)

    assert read_file(word_file(kind, language, said), kind, language) == said


def test_a_word_file_may_be_filled_in_in_another_language():
    said = sample(Kind.ORGANIZATION, "fr")
    filled = fill_cells(word_file(Kind.ORGANIZATION, "ar", {}), Kind.ORGANIZATION, said)

    found = read_file(filled, Kind.ORGANIZATION, "fr")

    assert {key: normalised(FORM, key, text) for key, text in found.items()} == {
        key: normalised(FORM, key, text) for key, text in said.items()
    }


def test_a_choice_that_is_none_stands_beside_the_boxes():
    content = word_file(Kind.ORGANIZATION, "en", {"organization_type": "A choir"})

    assert read_file(content, Kind.ORGANIZATION, "en") == {"organization_type": "A choir"}


def test_arabic_runs_from_right_to_left_in_every_paragraph_run_and_table():
    document = docx.Document(io.BytesIO(word_file(Kind.ORGANIZATION, "ar", sample(Kind.ORGANIZATION, "ar"))))
    body = document.element.body
    named = {
        name: f"{{{body.nsmap['w']}}}{name}" for name in ("p", "bidi", "r", "rtl", "tbl", "bidiVisual", "sdt")
    }
    written = [
        run for run in body.iter(named["r"])
        if run.getparent().getparent().tag != named["sdt"] and "".join(run.itertext()).strip()
    ]  # fmt: skip
    paragraphs = [p for p in body.iter(named["p"]) if "".join(p.itertext()).strip()]

    assert len(paragraphs) > 60
    assert all(p.pPr is not None and p.pPr.find(named["bidi"]) is not None for p in paragraphs)
    assert all(run.rPr.find(named["rtl"]) is not None for run in written)
    assert all(table.tblPr.find(named["bidiVisual"]) is not None for table in body.iter(named["tbl"]))
    assert document.sections[0]._sectPr.find(named["bidi"]) is not None


def test_other_languages_have_no_sign_of_direction():
    document = docx.Document(io.BytesIO(word_file(Kind.ORGANIZATION, "fr", {})))

    assert not re.search(r"bidi|w:rtl", document.element.body.xml)


def test_the_same_form_gives_the_same_bytes():
    said = sample(Kind.INDIVIDUAL, "es")

    assert word_file(Kind.INDIVIDUAL, "es", said) == word_file(Kind.INDIVIDUAL, "es", said)


def test_the_file_names_the_network_and_the_case_and_nobody_else():
    properties = docx.Document(io.BytesIO(word_file(Kind.INDIVIDUAL, "en", {}))).core_properties

    assert (properties.title, properties.author) == ("Application for membership", "The Network")
    assert (properties.comments, properties.last_modified_by) == ("", "")


def test_every_type_of_field_is_in_the_sample():
    assert {one.type for one in FORM.fields_for(Kind.ORGANIZATION)} == set(FieldType)


def test_the_default_form_is_the_one_that_these_tests_read():
    assert load_rules().form.fields_for(None) == FORM.fields_for(None)
