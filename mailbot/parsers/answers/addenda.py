"""Finds what was added to an answer elsewhere in the letter: «for the third question I forgot …»."""

from __future__ import annotations

import re
from itertools import pairwise

from mailbot.parsers.answers.found import Found
from mailbot.parsers.answers.free import after_colon
from mailbot.parsers.answers.wording import NONE, Wording
from mailbot.parsers.phrases import words
from mailbot.parsers.segments import lines_of, sentences_of

_POINTER = re.compile(r"(?:\bP\.?\s?S\b|\bP\.?\s?D\b|\bN\.?\s?B\b|\bpost ?scriptum\b)", re.IGNORECASE)

_SMALL_WORD = 3


def read_addenda(wording: Wording, text: str) -> Found:
    """What stands outside of the sections but says to which question it belongs: «for the third one»."""
    lines = lines_of(text, wording.questions)
    found: dict[str, list[str]] = {}
    for line in lines:
        key = NONE
        for start, end in sentences_of(text, line.start, line.end):
            pointed = _pointed_at(wording, text[start:end])
            if pointed:
                key = pointed
                begin = after_colon(text, start, end) or end
            said = text[start if not pointed else begin : end].strip()
            if key and said and wording.unit(text, start, end, 0).score("closing") < 1:
                told = found.setdefault(key, [])
                if said not in told:
                    told.append(said)
    return Found({key: " ".join(parts) for key, parts in found.items()})


def _pointed_at(wording: Wording, sentence: str) -> str:
    """The question that ``sentence`` names by its place: «at number 3», «la tercera pregunta»."""
    found = words(sentence)
    if wording.questions.question_labels.isdisjoint(found):
        return NONE
    for first, second in pairwise(found):
        for label, place in ((first, second), (second, first)):
            number = (
                int(place)
                if place.isdecimal() and len(place) == 1  # «፪» is a digit, and no int
                else wording.questions.ordinals.get(place, 0)
            )
            if place == first and label.endswith("s"):
                continue  # «your four questions»
            if (
                len(label) > _SMALL_WORD  # «que un» is no «question 1»
                and label in wording.questions.question_labels
                and 0 < number <= len(wording.asked)
            ):
                return wording.asked[number - 1]
    return NONE


def postscript(signature: str) -> str:
    """What follows a P.S. in a signature: people go on there."""
    match = _POINTER.search(signature)
    return signature[match.start() :] if match else ""
