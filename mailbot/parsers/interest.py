"""Tells whether a letter is about becoming a member, or is for a person about something else."""

from __future__ import annotations

from collections.abc import Mapping

from mailbot.parsers.applicant import Introductions
from mailbot.parsers.phrases import words
from mailbot.values import Answer, Language, Letter, Split

_LOOKED_AT = 6000
"""Characters of the letter in which its purpose is looked for."""

# Set on the labelled letters: a wish in words weighs more than what other letters also tell, such as work.
_WISH = 1.2
_ANSWER = 1.5
_GUESS = 0.3


def is_interest(
    letter: Letter,
    split: Split,
    answers: Mapping[str, Answer],
    language: Language,
    introductions: Introductions,
) -> bool:
    """Whether somebody wants membership, perhaps with no answer yet.

    Asking for it or answering two questions speaks for it; a wish for money, an interview, a job, or
    being a member already against it. Without a sign of either, it is for a person.
    """
    lexicon = introductions.lexicon(language)
    said: dict[str, set[tuple[str, ...]]] = {"wants": set(), "other": set()}
    for text in (letter.subject, split.new[:_LOOKED_AT]):
        found = words(text)
        for hit in lexicon.find(found):
            if hit.meaning in said:
                said[hit.meaning].add(found[hit.first : hit.end])
    under_questions = sum(answer.sure for answer in answers.values())
    by_their_words = len(answers) - under_questions
    wish = _WISH * min(len(said["wants"]), 3) + _ANSWER * under_questions + _GUESS * by_their_words
    return wish > min(len(said["other"]), 5)
