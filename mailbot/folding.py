"""Folds text for comparing: what differs only in case, accents or spelling variants becomes the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MARK = r"\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
"""Combining marks, Arabic vowel signs and invisible marks of direction, for a class of a pattern."""

LAM_ALEF, ALEF_LAM = "لا", "ال"
_LONG = 200
_WORD = re.compile(r"\w+")
_MARKS = re.compile(f"[{MARK}]")
_ARABIC = str.maketrans("أإآٱىةؤئگکی٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "اااايهويككي01234567890123456789")


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """``text`` for comparing: case, accents, vowel signs and spelling variants taken away."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_ARABIC)).casefold()
    return _MARKS.sub("", decomposed).translate(_ARABIC)


def bare(text: str) -> str:
    """The words of ``text``, folded, a space between each two.

    Arabic lam-alef is written in one order: it is one sign, whose letters come out of a PDF either way.
    """
    folded = fold(text) if len(text) <= _LONG else fold.__wrapped__(text)  # long ones are not worth keeping
    return " ".join(_WORD.findall(folded)).replace(LAM_ALEF, ALEF_LAM)


def letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of ``text``, folded as ``bare`` does, and where in it each of them stands."""
    found: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for folded in character.lower() if character.isascii() else fold(character):
            if folded.isalnum():
                found.append(folded)
                places.append(at)
    return "".join(found).replace(LAM_ALEF, ALEF_LAM), places
