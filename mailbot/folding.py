"""Folds text for comparing: what differs only in case, accents or spelling variants becomes the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MARK = r"\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
"""Combining marks, Arabic vowel signs and invisible marks of direction, for a class of a pattern."""

_MARKS = re.compile(f"[{MARK}]")
_ARABIC = str.maketrans("أإآٱىةؤئگکی٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "اااايهويككي01234567890123456789")


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """``text`` for comparing: case, accents, vowel signs and spelling variants taken away."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_ARABIC)).casefold()
    return _MARKS.sub("", decomposed).translate(_ARABIC)
