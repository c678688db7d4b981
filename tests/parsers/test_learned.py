"""What was learned from labelled sentences, beside the phrases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.parsers.answers import read_answers
from mailbot.parsers.answers.course import best_course
from mailbot.parsers.answers.wording import Unit
from mailbot.parsers.learned import Learned, features, read_learned
from mailbot.parsers.phrases import words
from mailbot.parsers.segments import lines_of
from tests.parsers.rules import letter, questions, split

KEYS = ("discovery", "work", "motivation", "reference")


def test_a_sentence_weighs_what_its_features_weigh_together() -> None:
    learned = Learned((-100, 0), {"river": (150, 20), "clean the": (0, 100), "riv*": (0, 10)})
    told = learned.weigh(("one", "other"), [("river", 1.0), ("clean the", 0.5), ("unknown", 1.0)])
    assert told == {"one": 0.5, "other": 0.7}


def test_words_pairs_beginnings_and_signs_are_features() -> None:
    sentence = "Write to Amina Yusuf, amina@river.example?"
    found = dict(features(sentence, words(sentence), {"reference": 9.0}))
    assert {"write", "write to", "writ*", "^write", "#email", "#named", "#asks"} <= set(found)
    assert "#phone" not in found
    assert found["=reference"] == 2.0


def test_an_arabic_word_counts_without_its_particles_too() -> None:
    found = dict(features("", words("وبالشبكة"), {}))
    assert {"وبالشبكه", "شبكه"} <= set(found)


def test_a_model_is_taken_for_languages_of_the_rules_alone() -> None:
    model = {"bias": [0, 0, 0, 0], "weights": {"river": [1, 2, 3, 4]}}
    assert set(read_learned({"asked": KEYS, "en": model, "xx": model}, KEYS, ("en", "pt"))) == {"en"}


def test_a_model_that_is_wrong_is_said_to_be() -> None:
    with pytest.raises(ValueError, match=r"sentences\.json"):
        read_learned({"asked": KEYS, "en": {"bias": "none"}}, KEYS, ("en",))


def course(*scores: tuple[str, float], text: str = "One. Two. Three.") -> list[str]:
    units = [Unit(at * 5, at * 5 + 4, 0, {key: score}, 8, False) for at, (key, score) in enumerate(scores)]
    return best_course(units, KEYS, lines_of(text, questions()))


def test_a_question_is_not_left_and_come_back_to_for_a_word() -> None:
    assert course(("work", 3.0), ("reference", 1.5), ("work", 3.0)) == ["work", "work", "work"]
    assert course(("work", 3.0), ("work", 3.0), ("reference", 9.0)) == ["work", "work", "reference"]


FREE = """Dear friends,

Our daughter saw your logo on a banner in Nairobi and looked you up. We patrol the mangroves by canoe, and the
loggers have stayed away for two seasons. Alone we are few, and with you they would think twice.
"""


def test_a_free_letter_is_read_in_words_that_no_phrase_foresaw() -> None:
    found = read_answers(letter(FREE), split(FREE), (), "en", questions())
    assert found["discovery"].text == "Our daughter saw your logo on a banner in Nairobi and looked you up."
    assert not found["discovery"].sure


def test_without_what_was_learned_the_phrases_read_alone() -> None:
    text = "We heard about ESCR-Net from a friend who is a member."
    alone = replace(questions(), learned={})
    assert read_answers(letter(text), split(text), (), "en", alone)["discovery"].text == text
