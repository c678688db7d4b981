"""A reply line by line to a numbered list: «1 approve», «2: abstain», «3) discuss: why»."""

from __future__ import annotations

import re

_LINE = re.compile(
    r"^[\s>*•-]{0,8}(?:no\.?|nr\.?|n[º°]|#)?\s?(\d{1,3})\s*(?:[.):،,\-–—=]+|\s)\s*(?=\S)", re.IGNORECASE
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
MAX_TEXT = 40_000


def numbered_lines(new: str, count: int) -> dict[int, str]:
    """What stands behind each number from 1 to ``count``, with the lines below it up to the next number.

    Empty where no line begins with such a number; a number that stands twice has both texts. A number
    above ``count`` is an ordinary beginning: «14 families were evicted».
    """
    found: dict[int, list[str]] = {}
    current = 0
    for line in new[:MAX_TEXT].splitlines():
        begun = _LINE.match(line.translate(_DIGITS))
        number = int(begun[1]) if begun else 0
        if begun and 1 <= number <= count:
            current = number
            found.setdefault(number, []).append(line[begun.end() :])
        elif current:
            found[current].append(line)
    return {number: "\n".join(lines).strip() for number, lines in sorted(found.items())}
