"""Who applies, and whom they name."""

from __future__ import annotations

import pytest

from mailbot.parsers.applicant import read_applicant, read_references
from mailbot.values import Applicant, AttachmentText, Kind, Letter, Split
from tests.parsers.rules import introductions, letter, split


def who(
    one: Letter, *attached: AttachmentText, language: str = "en", parts: Split | None = None
) -> Applicant:
    return read_applicant(one, parts or split(one.text), attached, {}, language, introductions())


@pytest.mark.parametrize(
    ("language", "sender", "text", "name", "country"),
    [
        (
            "en",
            "Bo Ilo",
            "Dear all,\n\nWe are the Harbour Workers Union in Mombasa, Kenya. We …",
            "Harbour Workers Union",
            "KE",
        ),
        (
            "en",
            "Harbour Workers Union",
            "Our answers are below.\n\nBo Ilo\nMombasa, Kenya",
            "Harbour Workers Union",
            "KE",
        ),
        (
            "es",
            "Ana Paz",
            "Les escribo en nombre de la Asociación Agua Clara, de Ecuador.",
            "Asociación Agua Clara",
            "EC",
        ),
        (
            "fr",
            "Awa S.",
            "Nous sommes la Fédération Terre et Pain, à Thiès, Sénégal.",
            "Fédération Terre et Pain",
            "SN",
        ),
        (
            "ar",
            "بو",
            "نحن جمعية نساء النهر من محافظة أسوان في مصر. نعمل منذ سنوات.",
            "جمعية نساء النهر",
            "EG",
        ),
        (
            "pt",
            "Rosa",
            "Somos a Associação das Pescadoras do Norte, Moçambique.",
            "Associação das Pescadoras do Norte",
            "MZ",
        ),
    ],
)
def test_a_group_introduces_itself(language, sender, text, name, country):
    assert who(letter(text, sender), language=language) == Applicant(Kind.ORGANIZATION, name, country)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "My name is Bo Ilo. I apply in my personal capacity; I am a lawyer.", "Bo Ilo"),
        ("es", "Soy profesora y escribo a título individual. Me llamo Ana Paz.", "Ana Paz"),
        ("fr", "Je vous écris à titre individuel. Je suis chercheuse.", "Awa Sy"),
    ],
)
def test_a_person_applies(language, text, name):
    found = who(letter(text, sender=name), language=language)

    assert (found.kind, found.name) == (Kind.INDIVIDUAL, name)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("We work in the Democratic Republic of the Congo.", "CD"),
        ("We are in Guinea-Bissau, not in Guinea.", "GW"),
        ("Call us: +254 712 345678", "KE"),
        ("We are from Bonthe 🇸🇱", "SL"),
        ("Nothing is told here.", ""),
    ],
)
def test_the_country_is_told_in_many_ways(text, country):
    assert who(letter(text)).country == country


def test_the_domain_tells_the_country_where_nothing_else_does():
    assert who(letter("Please see below.", email="info@union.org.ke")).country == "KE"


def test_a_letterhead_names_the_applicant():
    attached = AttachmentText("a.pdf", "UNION DES PÊCHEURS DU LAC\nBujumbura, Burundi\n\nMadame, Monsieur,")

    assert (
        who(letter("Voir pièce jointe.", "Jo"), attached, language="fr").name == "UNION DES PÊCHEURS DU LAC"
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "Coastal Rights Forum has known us since 2012. You may also contact Oak Centre.",
            ("Coastal Rights Forum", "Oak Centre"),
        ),
        ("StreetNet International and WIEGO.", ("StreetNet International", "WIEGO")),
        (
            "Forum on Women, Law and Development; they know our president.",
            ("Forum on Women, Law and Development",),
        ),
        ("Adv. Meher Ghadge, Nagpur, who is appearing in our cases.", ("Adv. Meher Ghadge",)),
        (
            "La Commission Justice et Paix et le Réseau pour le Droit à l’Alimentation.",
            ("Commission Justice et Paix", "Réseau pour le Droit à l’Alimentation"),
        ),
        ("El Centro Río Claro, de Cali; pueden preguntar por Marta Huerta.", ("Centro Río Claro",)),
        ("Dejusticia nos conoce.", ("Dejusticia",)),
        (
            "مركز النهر للدراسات، واتحاد لجان العمل، وكلاهما يعرفنا.",
            ("مركز النهر للدراسات", "اتحاد لجان العمل"),
        ),
        (
            "Le Réseau mauricien des usagers de l'eau (REMUSE) et l'Institut pour la mer et la lagune.",
            ("Réseau mauricien des usagers de l'eau", "Institut pour la mer et la lagune"),
        ),
        (
            "Referees are NETLAW and the Centre for Reefs and Coastal Law.",
            ("NETLAW", "Centre for Reefs and Coastal Law"),
        ),
        ("Ask my own director at PILA Benin.", ("PILA Benin",)),
        ("Cualquiera de ellas, por ejemplo la Casa de Agua; Fecha: 2 de mayo", ("Casa de Agua",)),
        ("We know nobody who could be a reference.", ()),
        ("", ()),
    ],
)
def test_references_as_they_are_written(text, named):
    assert read_references(text, "en", introductions()) == named


def test_they_are_whom_the_sentence_before_names():
    before = "We met you through the Reed Cutters Union, which is near our mill."

    for asked, meant in (("You may ask them.", ("Reed Cutters Union",)), ("You may ask about us.", ())):
        letter_text = f"{before} {asked}"
        assert read_references(asked, "en", introductions(), letter=letter_text) == meant


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("fr", "Ici le Collectif des maraîchères de Keur Sadio.", "Collectif des maraîchères de Keur Sadio"),
        ("fr", "J’écris au nom de la Direction régionale du Logement.", "Direction régionale du Logement"),
        ("es", "Somos la Red de mujeres rurales del Valle Hondo.", "Red de mujeres rurales del Valle Hondo"),
    ],
)
def test_plain_words_inside_a_name_do_not_cut_it(language, text, name):
    written = letter(f"{text}\n\nPaul Mercier", "Paul Mercier")

    found = read_applicant(written, split(written.text), [], {}, language, introductions())

    assert (found.kind, found.name) == (Kind.ORGANIZATION, name)
