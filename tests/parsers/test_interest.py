"""Who wants membership, and who writes about something else."""

from __future__ import annotations

import pytest

from mailbot.parsers.answers import read_answers
from mailbot.parsers.interest import is_interest
from tests.parsers.rules import introductions, letter, questions, split


def about_membership(text: str, language: str, subject: str = "") -> bool:
    one, parts = letter(text, subject=subject), split(text)
    answers = read_answers(one, parts, [], language, questions())
    return is_interest(one, parts, answers, language, introductions())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Good morning, we want to register as member, please send the form and how much we pay."),
        ("es", "Hola, quisiera saber cómo me afilio a la red como persona."),
        ("fr", "Nous souhaitons adhérer au Réseau. Merci de nous envoyer le formulaire."),
        ("ar", "السلام عليكم، نود الانضمام إليكم."),
        (
            "en",
            "1. We heard about you from a friend.\n2. We organize.\n3. We can share.\n4. Oak Centre.",
        ),
    ],
)
def test_membership_is_wanted(language, text):
    assert about_membership(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "I am a reporter. How do organizations become members? I need an interview before the deadline.",
        ),
        (
            "en",
            "I am applying for the position of Program Associate; my CV is attached. Is the job still open?",
        ),
        ("en", "Dear donor, we appeal for a grant of USD 7,450 to buy a mill. Our account details follow."),
        ("es", "Somos miembros de la Red desde 2014. Cambió nuestro contacto, ¿lo actualizan en la base?"),
        (
            "fr",
            "Je suis journaliste et je prépare un article. Pourquoi une organisation devient-elle membre ?",
        ),
        ("ar", "أكتب رسالة ماجستير وأرجو أن يجيب أحدكم عن هذه الأسئلة: لماذا تنضم المنظمات؟"),
        ("en", ""),
    ],
)
def test_another_matter(language, text):
    assert not about_membership(text, language)
