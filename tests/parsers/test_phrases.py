"""The signs by which the rules widen a phrase."""

from __future__ import annotations

import pytest

from mailbot.parsers.phrases import Lexicon, words


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("contribut*", "our contribution", True),
        ("*amos", "sembramos maíz", True),
        ("we *ed", "we repaired the well", True),
        ("we *ed", "we red", False),
        ("we *ed", "they repaired it", False),
        ("pain|*aine|vin*", "une fontaine", True),
        ("pain|*aine|vin*", "un puits", False),
    ],
)
def test_a_word_is_known_by_its_beginning_or_its_ending(phrase, text, found):
    lexicon = Lexicon.build([("it", 1.0, [phrase])])

    assert bool(lexicon.find(words(text))) is found


@pytest.mark.parametrize("phrase", ["ab* word", "*s word"])
def test_a_first_word_that_would_fit_half_the_language_is_refused(phrase):
    with pytest.raises(ValueError, match="too short"):
        Lexicon.build([("it", 1.0, [phrase])])
