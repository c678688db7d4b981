"""What an applicant asks for in a few words, in four languages, and what a voter marks for the applicant."""

from __future__ import annotations

import pytest

from mailbot.parsers.requests import read_request, words_for_applicant
from tests.parsers.tables import WORDS

STATUS = [
    "Dear all,\n\nCould you tell us the status of our application?\n\nKind regards,\nRehema",
    "Hello, is there any news on our membership?",
    "What stage has it reached? Where does our application stand?",
    "How far is my application, please?",
    "Estimadas, ¿cuál es el estado de nuestra solicitud? Saludos",
    "Buenos días: ¿hay novedades sobre nuestra postulación?",
    "¿En qué etapa está nuestra solicitud?",
    "Bonjour, où en est notre candidature ? Merci d’avance.",
    "Pourriez-vous nous dire à quel stade en est notre demande ?",
    "Avez-vous des nouvelles de notre candidature ?",
    "تحية طيبة، ما هي حالة طلبنا؟",
    "أين وصل طلبنا؟ شكرا لكم",
    "هل من جديد بخصوص طلب العضوية؟",
]
WITHDRAW = [
    "Dear colleagues,\n\nWe would like to withdraw our application. Thank you for your time.",
    "Please withdraw my application.",
    "We no longer wish to become a member.",
    "After our assembly we have decided not to continue.",
    "Queremos retirar nuestra solicitud. Gracias por todo.",
    "Retiro mi postulación.",
    "Después de hablarlo, desistimos de la postulación.",
    "Nous souhaitons retirer notre candidature.",
    "Je retire ma candidature, merci pour tout.",
    "Nous ne souhaitons plus adhérer.",
    "نود سحب طلبنا، مع الشكر",
    "لم نعد نرغب في الانضمام",
]
NEITHER = [
    "",
    "Thank you very much!",
    "Here is our form.",
    "We do not want to withdraw our application.",
    "If you need more time we will withdraw our application.",
    "How could we withdraw our application?",
    "No queremos retirar nuestra solicitud.",
    "Nous ne voulons pas retirer notre candidature.",
    "لا نريد سحب طلبنا",
    "We withdraw our application. Or have you decided?",  # both: a person must read it
    "Please withdraw our application. " + "We have worked with fishers for years. " * 20,  # too much besides
    "What is the status of our application? " + "x" * 5000,
    "We defend the legal status of refugees.",
    "The company had to withdraw from the harbour.",
]


@pytest.mark.parametrize("text", STATUS)
def test_who_asks_how_far_it_is_is_understood(text: str) -> None:
    assert read_request(text, WORDS) == "status"


@pytest.mark.parametrize("text", WITHDRAW)
def test_who_withdraws_is_understood(text: str) -> None:
    assert read_request(text, WORDS) == "withdraw"


@pytest.mark.parametrize("text", NEITHER)
def test_nothing_else_is_taken_for_either(text: str) -> None:
    assert read_request(text, WORDS) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "REJECT\n\nA mess.\n\nFor the applicant: please come back in a year.",
            "please come back in a year.",
        ),
        ("Reject. For the applicant: too late here", ""),  # not at the beginning of a line
        (
            "REJECT\n\nFor the applicant:\nWe need two\nyears of accounts.\n\nBo",
            "We need two years of accounts.",
        ),
        ("RECHAZO\nPara la organización solicitante: envíen las cuentas.", "envíen las cuentas."),
        ("Je rejette\n\nPour la candidate : merci de revenir.", "merci de revenir."),
        ("أرفض\n\nلمقدم الطلب: نرجو العودة لاحقا", "نرجو العودة لاحقا"),
        ("REJECT\n\nThe applicant: a mess.", ""),
        ("REJECT", ""),
        ("", ""),
    ],
)
def test_only_what_is_marked_for_the_applicant_is_meant_for_them(text: str, words: str) -> None:
    assert words_for_applicant(text, WORDS) == words
