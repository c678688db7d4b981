"""The Word form, filled in as the cast fills it in: what is typed and ticked is read again."""

import pytest

from mailbot.documents.form import form_docx
from mailbot.parsers.attachments import read_attachment
from mailbot.parsers.form import read_form
from mailbot.rulebook import load_rules
from mailbot.sandbox.filling import filled_in
from mailbot.values import Attachment, Kind

FORM = load_rules().form
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def empty(language):
    content = form_docx(FORM, Kind.ORGANIZATION, language, network="N", number="M-1", values={})
    return Attachment("form.docx", DOCX, content)


def test_what_is_typed_and_ticked_is_read_again():
    said = {
        "Misión": "Que el agua siga siendo de todas.",
        "Año de inicio": "2019",
        "Situación legal": "Sin registro",
        "Idiomas": "Español, Otro idioma",
    }

    text = read_attachment(filled_in(empty("es"), said))

    found = read_form("", (text,), FORM, "es", Kind.ORGANIZATION)
    assert {key: value.text for key, value in found.items()} == {
        "mission": "Que el agua siga siendo de todas.",
        "founded": "2019",
        "registration": "Sin registro",
        "languages": "Español, Otro idioma",
    }


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"Shoe size": "38"}, "does not ask for «Shoe size»"),
        ({"Legal status": "Registered, Secret"}, "has no box «Secret»"),
    ],
)
def test_what_the_form_does_not_have_is_refused(said, why):
    with pytest.raises(ValueError, match=why):
        filled_in(empty("en"), said)
