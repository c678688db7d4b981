"""Answers in replies to the network's own letters, in which people say little more than what was asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mailbot.parsers.answers import read_answers
from mailbot.values import Answer
from tests.parsers.rules import letter, questions, split


def reply(text: str, language: str, asked: Sequence[str] = ()) -> dict[str, Answer]:
    written = letter(text, sender="Rehema Ilo")
    return dict(read_answers(written, split(text), [], language, questions(), replies=True, still_open=asked))


@pytest.mark.parametrize(
    ("language", "text", "key", "answer"),
    [
        ("en", "A correction to the second answer.\n\n2. We run a clinic.", "work", "We run a clinic."),
        ("en", "Our reference is:\n\n4. Harbour Forum", "reference", "Harbour Forum"),
        ("en", "Dear Ines,\n\nReference\nHarbour Forum\n\nBest,\nRehema", "reference", "Harbour Forum"),
        ("es", "Estimada Inés:\n\n4) Foro del Puerto\n\nSaludos,\nRehema", "reference", "Foro del Puerto"),
        ("es", "Nuestra referencia: Foro del Puerto.", "reference", "Foro del Puerto."),
        ("fr", "Bonjour,\n\nVoici une correction.\n\n2- Nous gérons un dispensaire.", "work",
         "Nous gérons un dispensaire."),
        ("fr", "Question 1 : par une amie.", "discovery", "par une amie."),
        ("ar", "تحية طيبة،\n\n٤- منتدى الميناء\n\nمع التحية", "reference", "منتدى الميناء"),
        ("ar", "رابعاً: منتدى الميناء", "reference", "منتدى الميناء"),
    ],
)  # fmt: skip
def test_one_number_or_heading_is_enough(language, text, key, answer):
    assert reply(text, language) == {key: Answer(answer)}


def test_without_a_letter_of_ours_one_number_is_not_enough():
    assert read_answers(letter(""), split("2. Harbour Forum"), [], "en", questions()) == {}


def test_numbers_may_count_only_the_questions_that_were_still_open():
    text = "1. They are worth having.\n2. Harbour Forum."

    found = reply(text, "en", ["motivation", "reference"])

    assert found == {"motivation": Answer("They are worth having."), "reference": Answer("Harbour Forum.")}
    assert reply(text, "en") == {}


def test_a_numbered_list_of_references_is_one_answer():
    found = reply("1. Harbour Forum\n2. Tidal Union\n3. Net Menders", "en", ["reference"])

    assert found == {"reference": Answer("1. Harbour Forum\n2. Tidal Union\n3. Net Menders", sure=False)}


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "FIAN International", "FIAN International"),
        ("en", "Hi Ines,\n\nThanks, it is Harbour Forum.\n\nBest,\nRehema", "it is Harbour Forum."),
        ("en", "Dear Ines,\n\nHarbour Forum\n\nTidal Union\n\nRehema Ilo", "Harbour Forum\n\nTidal Union"),
        ("es", "Hola Inés, sería el Foro del Puerto.\n\nSaludos", "sería el Foro del Puerto."),
        ("fr", "Bonjour Inès,\n\nLe Forum du Port.\n\nBien cordialement,\nRehema", "Le Forum du Port."),
        ("ar", "تحية طيبة،\n\nمنتدى الميناء.\n\nمع التحية\nرحمة", "منتدى الميناء."),
    ],
)
def test_what_was_alone_asked_for_is_what_a_short_reply_says(language, text, answer):
    assert reply(text, language, ["reference"]) == {"reference": Answer(answer, sure=False)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thank you, we will send it next week."),
        ("en", "What do you mean by reference?"),
        ("en", "Dear Ines,\n\nThank you so much for your kind message.\n\nRehema"),
        ("en", "Please give us more time."),
        ("en", "We are working on it and will get back to you.\n\nBest,\nRehema"),
        ("es", "Muchas gracias, se lo enviaremos la próxima semana."),
        ("es", "¿Qué quiere decir referencia?"),
        ("es", "Hola, ¿podrían darnos más tiempo?"),
        ("fr", "Merci beaucoup, nous vous l’enverrons la semaine prochaine."),
        ("fr", "Qu’entendez-vous par référence ?"),
        ("fr", "Bonjour, bien reçu, merci."),
        ("ar", "شكرا لكم، سنرسلها الأسبوع القادم."),
        ("ar", "ما المقصود بالمرجع؟"),
        ("ar", "شكرا جزيلا على رسالتكم."),
    ],
)
def test_thanks_promises_and_questions_back_answer_nothing(language, text):
    assert reply(text, language, ["reference"]) == {}


def test_two_open_questions_leave_a_reply_without_a_sign_to_its_words():
    assert reply("Harbour Forum", "en", ["motivation", "reference"]) == {}
