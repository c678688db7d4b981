"""The Word form filled in in LibreOffice, saved in each of its formats, and read."""

import pytest

from mailbot.documents.form import form_docx
from mailbot.folding import letters
from mailbot.limits import extract_texts
from mailbot.parsers.form import read_form
from mailbot.process.form import FieldType, check
from mailbot.values import Attachment, Kind
from tests.documents.filling import FORM, sample
from tests.real.libreoffice import LibreOffice

ENDINGS = (".docx", ".odt", ".pdf")


@pytest.fixture(scope="module")
def office():
    with LibreOffice() as running:
        yield running


def answers(said):
    """As the office is told them: a text to type, or the box to tick."""
    found = {}
    for key, text in said.items():
        one = FORM.field(key)
        choices = [choice.label.values() for choice in one.choices]
        box = (
            1 if one.type is FieldType.YES_NO else next((n for n, c in enumerate(choices, 1) if text in c), 0)
        )
        found[key] = {"text": text, "box": box}
    return found


@pytest.mark.parametrize(
    ("kind", "language"),
    [(Kind.ORGANIZATION, "en"), (Kind.INDIVIDUAL, "es"), (Kind.INDIVIDUAL, "fr"), (Kind.ORGANIZATION, "ar")],
)
def test_what_is_filled_in_in_libreoffice_is_read(office, kind, language):
    said = sample(kind, language)
    numbers = FORM.numbers(kind)
    empty = form_docx(FORM, kind, language, network="The Network", number="M-2026-0042", values={})

    saved = office.fill(empty, {numbers[key]: told for key, told in answers(said).items()}, ENDINGS)

    for ending, content in saved.items():
        texts = extract_texts([Attachment(f"form{ending}", "", content)])
        found = read_form("", texts, FORM, language, kind)
        read = {key: value.text for key, value in found.items()}
        if ending == ".pdf":  # a page knows no paragraphs, and sets the signs of Arabic one by one
            assert {key: letters(text)[0] for key, text in read.items()} == {
                key: letters(text)[0] for key, text in said.items()
            }
        else:
            assert read == said
        assert check(FORM, kind, found) == ()


def test_a_form_that_was_only_opened_and_saved_says_nothing(office):
    empty = form_docx(FORM, Kind.ORGANIZATION, "en", network="The Network", number="", values={})

    for ending, content in office.fill(empty, {}, ENDINGS).items():
        texts = extract_texts([Attachment(f"form{ending}", "", content)])

        assert read_form("", texts, FORM, "en", Kind.ORGANIZATION) == {}
