import pytest

from mailbot.parsers.language import guess_language
from tests.parsers.tables import WORDS

KNOWN = ("en", "es", "fr", "ar")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We are a movement of fishers, and we work with the women of our villages.", "en"),
        ("Somos un movimiento de pescadoras y trabajamos con las mujeres de la zona.", "es"),
        ("Somos um movimento de pescadoras e não temos apoio, mas trabalhamos com as mulheres.", "pt"),
        ("Nous sommes un mouvement de pêcheuses et nous travaillons avec les femmes.", "fr"),
        ("نحن حركة صيادين ونعمل مع النساء في القرى", "ar"),
        ("Sisi ni umoja wa wavuvi na tunafanya kazi pamoja na wanawake wa vijiji.", "sw"),
        ("Wir sind eine Bewegung und arbeiten mit den Frauen in unseren Dörfern.", "de"),
        ("हम मछुआरों का संगठन हैं और महिलाओं के साथ काम करते हैं", "hi"),
        ("हामी किसानको समूह हौं र हाम्रो गाउँमा काम गर्न चाहन्छौं", "ne"),
        ("Мы объединение рыбаков и работаем с женщинами", "ru"),
        ("SUPPORT نعترض على هذا الطلب", "ar"),
        ("42", ""),
        ("", ""),
        ("Xqzt brrm!", ""),
    ],
)
def test_the_language_of_a_text(text, language):
    assert guess_language(text, KNOWN, WORDS) == language


def test_questions_copied_in_english_do_not_hide_the_language_of_the_answers():
    text = (
        "How did you learn about the network?\n\nPor una compañera que estuvo en un encuentro y nos contó de "
        "la red.\n\nWhy do you want to become a member?\n\nPorque queremos aprender de las que ya pasaron "
        "por esto y no estar solas."
    )

    assert guess_language(text, KNOWN, WORDS) == "es"
