"""Names taken apart, and the key by which an organization has one voice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.people.names import LONGEST, NameWords, organization_key, take_apart
from mailbot.rulebook import load_rules

WORDS = load_rules().names

SAME = [
    ("Fjord Forum", "The Fjord Forum", "FJORD  FORUM", "Fjord Forum, Inc.", "Fjord-Forum Ltd"),
    ("Casa Jaguar, A.C.", "Casa Jaguar AC", "casa jaguar"),
    ("Réseau Sahélien pour l’Eau", "Le Reseau sahelien pour l'eau", "Réseau Sahélien pour l'Eau ASBL"),
    ("Habitat Commons e.V.", "Habitat Commons"),
    ("Women's Centre Nairobi", "Women’s Centre, Nairobi", "Womens Centre Nairobi"),
    ("جمعية الماء والحياة", "الجمعية الماء والحياة", "جمعيه الماء والحياه", "جَمعية المـاء والحياة"),
    ("Экологический центр «Родник»", "экологический центр Родник"),
]

DIFFERENT = [
    ("FIAN", "FIAN Nepal", "FIAN Uganda"),
    ("Women's Centre Nairobi", "Women's Centre Kampala", "Women's Centre"),
    ("Fjord Forum", "Fjord Network", "Forum of the Fjords"),
    ("Red de Mujeres", "Red de Mujeres del Altiplano"),
    ("مركز النخيل", "مركز الزيتون"),
    ("Trust", "Inc", "The"),
]


@pytest.mark.parametrize("names", SAME, ids=[names[0] for names in SAME])
def test_spellings_of_one_name_have_one_key(names: tuple[str, ...]) -> None:
    assert len({organization_key(name, WORDS) for name in names}) == 1


@pytest.mark.parametrize("names", DIFFERENT, ids=[names[0] for names in DIFFERENT])
def test_two_organizations_have_two_keys(names: tuple[str, ...]) -> None:
    assert len({organization_key(name, WORDS) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("The Women's Centre of Nairobi", ["subjects:woman", "kinds:centre", "nairobi"]),
        ("Centro de Mujeres", ["kinds:centre", "subjects:woman"]),
        ("شبكة نساء الأهوار", ["kinds:network", "subjects:woman", "hwr"]),
        ("FoodFirst", ["subjects:food", "first"]),
        ("F.I.A.N. South Africa", ["fian", "country:ZA"]),
        ("Afrique du Sud", ["country:ZA"]),
        ("Casa Jaguar, A.C.", ["casa", "jaguar"]),
        ("Afrique du Sud et Mali", ["country:ZA", "country:ML"]),
        ("The", ["the"]),
        ("", []),
        ("?!", []),
    ],
)
def test_a_name_is_taken_apart(name: str, keys: list[str]) -> None:
    assert [word.key for word in take_apart(name, WORDS).words] == keys


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Information and Action Network", {"IAAN", "IAN"}),
        ("FoodFirst Information and Action Network", {"FIAN", "FFIAN", "FIAAN", "FFIAAN"}),
        ("Fjord Forum", set()),  # two letters stand for anything
    ],
)
def test_first_letters_are_known_with_and_without_small_words(name: str, initials: set[str]) -> None:
    assert take_apart(name, WORDS).initials == {spelled.lower() for spelled in initials}


def test_in_a_persons_name_every_word_counts() -> None:
    assert [word.key for word in take_apart("Nguyen Van Hoa", WORDS, person=True).words] == [
        "nguyen",
        "van",
        "hoa",
    ]


def test_a_whole_letter_taken_for_a_name_is_cut() -> None:
    assert len(take_apart("word " * 10_000, WORDS).words) == LONGEST // 5


@given(st.text(max_size=60))
def test_nothing_makes_it_raise(name: str) -> None:
    take_apart(name, WORDS)
    take_apart(name, WORDS, person=True)
    organization_key(name, WORDS)


def test_a_mistake_in_the_rules_is_named_by_its_place() -> None:
    with pytest.raises(ValueError, match=r"directory\.toml, \[en\].*smal"):
        NameWords.from_table({"en": {"smal": ["the"]}})
    with pytest.raises(ValueError, match=r"directory\.toml, \[kinds\]"):
        NameWords.from_table({"kinds": {"network": "red"}})
