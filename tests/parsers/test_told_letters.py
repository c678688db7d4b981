# ruff: noqa: E501 - a letter reads best in few lines
"""Whole letters of many shapes, each with the piece of every answer that a careful reader would copy."""

from __future__ import annotations

import pytest

from mailbot.parsers.answers import read_answers
from mailbot.parsers.applicant import read_applicant
from mailbot.parsers.interest import is_interest
from mailbot.values import Kind
from tests.parsers.rules import introductions, letter, questions, split

LETTERS = [
    pytest.param(
        "en", "Tendai Moyo",
        "Good day,\n\nWe came to know of you when a lecturer passed on your newsletter.\n\nOur savings clubs bring "
        "400 domestic workers together; last year we took two employers to the labour court and won.\n\nOn our "
        "own nobody listens to us, so we would like to belong to something larger. We could share our radio "
        "scripts.\n\nYou may ask the Harare Labour Clinic about us.\n\nTendai Moyo\nHouse Workers Circle, Zimbabwe",
        {"discovery": "a lecturer passed on", "work": "labour court", "motivation": "belong to something larger",
         "reference": "Harare Labour Clinic"}, Kind.ORGANIZATION, id="en free",
    ),
    pytest.param(
        "en", "Lena Fisher",
        "Q1 - through Facebook\nQ2 - I defend tenants in court as a lawyer\nQ3 - to learn from others, and I can "
        "translate\nQ4 - Tidewater Tenants Union\n\nLena Fisher, independent lawyer, Belize",
        {"discovery": "through Facebook", "work": "I defend tenants", "motivation": "to learn from others",
         "reference": "Tidewater Tenants Union"}, Kind.INDIVIDUAL, id="en Q1 dash",
    ),
    pytest.param(
        "en", "Ana",
        "Hello, here it goes.\n\nHeard about you: at the water forum in Nairobi.\nWhat we do: wells, and petitions to "
        "the county.\nWhy: we feel alone; we offer our water tests.\nWho knows us: Basin Watch.\n\nAna, Well Mothers",
        {"discovery": "water forum", "work": "wells, and petitions", "motivation": "we feel alone",
         "reference": "Basin Watch"}, Kind.ORGANIZATION, id="en keywords",
    ),
    pytest.param(
        "en", "Sam Okoro",
        "Reference: Delta Fishers Forum\n\nMotivation: We want to become members because our cases are like those "
        "of others, and it would help us.\n\nWork: We document oil spills.\n\nHow we learned: a friend told us.\n",
        {"discovery": "a friend told us", "work": "oil spills", "motivation": "our cases are like",
         "reference": "Delta Fishers Forum"}, None, id="en reverse",
    ),
    pytest.param("en", "Jo Lind", "Hello,\n\nHow does one become a member of ESCR-Net?\n\nJo Lind", {}, None,
                 id="en only asks"),
    pytest.param("en", "Jo Lind", "Dear friends,\n\nWe would like to become members of your network.\n\nJo Lind", {},
                 None, id="en only wishes"),
    pytest.param(
        "es", "Marta Rico",
        "Buenas tardes:\n\nConocí la Red hace dos años por su base de datos de sentencias. En el barrio damos "
        "asesoría a inquilinas y paramos 30 desalojos en 2023. Me gustaría que nuestra cooperativa fuera parte de "
        "la Red porque solas no podemos; aportaríamos nuestros talleres. Nos conoce bien la Fundación Techo Justo."
        "\n\nMarta Rico\nCooperativa Barrio Alto, Uruguay",
        {"discovery": "base de datos", "work": "30 desalojos", "motivation": "solas no podemos",
         "reference": "Fundación Techo Justo"}, Kind.ORGANIZATION, id="es one paragraph",
    ),
    pytest.param(
        "es", "Julián",
        "1.- Por un compañero de la universidad.\n2.- Acompañamos a pescadores ante los tribunales.\n3.- Queremos "
        "sumar fuerzas.\n4.- La pregunta cuatro la contestamos la próxima semana.\n\nSaludos, Julián",
        {"discovery": "compañero", "work": "pescadores", "motivation": "sumar fuerzas"}, None, id="es to follow",
    ),
    pytest.param(
        "es", "Rosa Quispe",
        "¿Cómo supieron de nosotros?\nEn un encuentro de mujeres.\n\n¿Qué hacen?\nDefendemos el agua.\n\n¿Por qué "
        "quieren entrar?\nPara no estar solas.\n\n¿Quién los recomienda?\nEl Instituto del Agua.\n\nRosa Quispe",
        {"discovery": "encuentro de mujeres", "work": "el agua", "motivation": "no estar solas",
         "reference": "Instituto del Agua"}, None, id="es reworded questions",
    ),
    pytest.param("es", "Ana Sol", "Hola, ¿cómo puede una hacerse miembro de la Red-DESC?\n\nAna Sol", {}, None,
                 id="es only asks"),
    pytest.param("es", "Ana Sol", "Estimadas:\n\nDeseamos ser miembros de su red.\n\nAna Sol", {}, None,
                 id="es only wishes"),
    pytest.param(
        "fr", "Awa Diop",
        "Bonjour,\n\nC'est une amie juriste qui nous a parlé de vous. Le Collectif des maraîchères de Keur Sadio "
        "cultive et défend ses champs contre un projet de route : nous avons porté plainte en 2022. Nous voulons "
        "vous rejoindre parce que d'autres vivent la même chose. La Ligue des paysans peut vous parler de nous.\n\n"
        "Awa Diop\nCollectif des maraîchères de Keur Sadio",
        {"discovery": "amie juriste", "work": "porté plainte", "motivation": "vous rejoindre",
         "reference": "Ligue des paysans"}, Kind.ORGANIZATION, id="fr one paragraph",
    ),
    pytest.param(
        "fr", "Paul",
        "a) Par votre bulletin.\nb) Nous soignons et nous plaidons pour la santé.\nc) Être moins isolés ; nous "
        "apportons nos enquêtes.\nd) Le Cercle des soignants.\n\nPaul",
        {"discovery": "bulletin", "work": "pour la santé", "motivation": "moins isolés",
         "reference": "Cercle des soignants"}, None, id="fr letters",
    ),
    pytest.param("fr", "Léa Roy", "Bonjour,\n\nComment devient-on membre du Réseau-DESC ?\n\nLéa Roy", {}, None,
                 id="fr only asks"),
    pytest.param("fr", "Léa Roy", "Bonjour,\n\nNous souhaitons devenir membres de votre réseau.\n\nLéa Roy", {}, None,
                 id="fr only wishes"),
    pytest.param(
        "fr", "Koffi",
        "Découverte : un atelier à Lomé\n\nTravail : nous défendons les vendeuses du marché\n\nMotivation : "
        "apprendre des autres et partager nos chansons\n\nRéférence : néant pour l'instant\n\nKoffi",
        {"discovery": "atelier à Lomé", "work": "vendeuses", "motivation": "apprendre des autres"}, None,
        id="fr labels, one lacking",
    ),
    pytest.param(
        "ar", "سلمى",
        "تحية طيبة،\n\nسمعنا عن الشبكة من محامية في ورشة.\n\nنعمل مع العاملات ونوثق الانتهاكات.\n\nنريد الانضمام لأننا "
        "وحدنا ونستطيع أن نشارك خبرتنا.\n\nيعرفنا جيدا مركز النهر ويمكنكم سؤاله.\n\nسلمى",
        {"discovery": "محامية", "work": "العاملات", "motivation": "وحدنا", "reference": "مركز النهر"}, None,
        id="ar free",
    ),
    pytest.param(
        "ar", "عمر",
        "١- من الفيسبوك\n٢- ندافع عن الصيادين\n٣- لنتعلم من غيرنا\n٤- اتحاد الصيادين\n\nعمر",
        {"discovery": "الفيسبوك", "work": "ندافع", "motivation": "لنتعلم", "reference": "اتحاد"}, None,
        id="ar numbers",
    ),
    pytest.param("ar", "هدى", "مرحبا،\n\nكيف يمكن أن نصبح أعضاء في الشبكة؟\n\nهدى", {}, None, id="ar only asks"),
    pytest.param("ar", "هدى", "تحية طيبة،\n\nنود أن نصبح أعضاء في شبكتكم.\n\nهدى", {}, None, id="ar only wishes"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "sender", "text", "told", "kind"), LETTERS)
def test_letters_as_people_write_them(language, sender, text, told, kind):
    written, parts = letter(text, sender), split(text)

    answers = read_answers(written, parts, [], language, questions())
    applicant = read_applicant(written, parts, [], answers, language, introductions())

    assert set(answers) == set(told)
    for key, piece in told.items():
        assert piece in answers[key].text
    for other in answers:
        assert not [key for key, piece in told.items() if key != other and piece in answers[other].text]
    assert kind in (None, applicant.kind)
    assert is_interest(written, parts, answers, language, introductions())
