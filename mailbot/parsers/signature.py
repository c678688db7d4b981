"""What stands at the end of a piece of new text and nobody typed: signature, telephone's line, disclaimer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.parsers.phrases import words as words_of
from mailbot.parsers.shapes import MAX_LINE, SENTENCE_END, SIGNATURE
from mailbot.parsers.words import Words
from mailbot.values import Address

MAX_ENDINGS = 20
"""Lines and blocks that mail programs have put below one piece of text: they put two or three there."""
MAX_CARD, MAX_CARD_LINE = 10, 90
"""Lines of a signature, and characters of one: longer ones are a letter."""

MAX_DISCLAIMER = 30
"""Lines in which a disclaimer shows that it is one, however narrow they are."""

_DEVICE = re.compile(
    # Names of makers and programs are the same in every language.
    r"(?<![a-z0-9])(?:iphone|ipad|android|samsung|galaxy|huawei|xiaomi|redmi|realme|oppo|oneplus|nokia|motorola"
    r"|blackberry|windows|outlook|thunderbird|gmail|yahoo|proton|tutanota|tuta|zimbra|hotmail|aol|mailspring"
    r"|bluemail|k-9|fairemail|gmx|web\.de|mail\.ru|яндекс|tecno|infinix|itel)",
    re.IGNORECASE,
)
_LINK = re.compile(r"<?https?://[^\s>]{1,400}>?|[\[\]]|\(https?://[^\s)]{1,400}\)")
_TALK = re.compile(r"[,;:.!?؟،。]")
_CONTACT = re.compile(
    r"\||@|www\.|https?://|\+?\d[\d\s().-]{6,}\d|\b(?:ph\.?d|m\.?a|ll\.?m|esq)\b", re.IGNORECASE
)


def signature_start(lines: Sequence[str], sender: Address | None, words: Words) -> int:
    """The first of ``lines`` that belongs to the signature; their number where there is none.

    ``lines`` are a piece of new text, to its end; ``sender`` is whose name may stand on a visiting card.
    """
    piece = _Piece(lines, sender, words)
    cut = next((at for at in range(len(lines)) if piece.begins_signature(at)), len(lines))
    for _ in range(MAX_ENDINGS):
        while cut and not lines[cut - 1].strip():
            cut -= 1
        paragraph = cut
        while paragraph and lines[paragraph - 1].strip():
            paragraph -= 1
        first = piece.added_by_itself(paragraph, cut)
        if first == cut:
            break
        cut = first
    return cut


class _Piece:
    def __init__(self, lines: Sequence[str], sender: Address | None, words: Words) -> None:
        self.lines = lines
        self.sender = sender
        self.words = words

    def begins_signature(self, at: int) -> bool:
        """``-- `` (RFC 3676 section 4.3), with or without the space that many programs cut off.

        Without it, it may be a line that parts two pieces of a letter: then long text follows.
        """
        if not SIGNATURE.match(self.lines[at]):
            return False
        if self.lines[at] == "-- ":
            return True
        first: list[str] = []
        for below in range(at + 1, len(self.lines)):  # not a slice: a letter may be of nothing but such lines
            if self.lines[below].strip():
                first.append(self.lines[below])
            elif first:
                break
            if len(first) > MAX_DISCLAIMER:
                break
        return self.is_disclaimer("\n".join(first)) or (
            len(first) <= MAX_CARD and all(len(line) <= MAX_CARD_LINE for line in first)
        )

    def added_by_itself(self, start: int, end: int) -> int:
        """Where, in a paragraph, the lines begin that nobody typed; ``end`` where all were typed."""
        if start == end:
            return end
        if self.is_disclaimer("\n".join(self.lines[start:end])):
            return start
        if self.is_telephones_line(end - 1):
            return end - 1
        return start if self.is_contact_block(self.lines[start:end]) else end

    def is_disclaimer(self, text: str) -> bool:
        found = words_of(text[:MAX_LINE])
        return any(hit.meaning == "disclaimers" and hit.first <= 3 for hit in self.words.endings.find(found))

    def is_telephones_line(self, at: int) -> bool:
        """«Sent from my iPhone»: known words at its beginning, or below other text a maker's name."""
        shape = _LINK.sub("", self.lines[at])
        found = words_of(shape)
        if not 0 < len(found) <= 14 or len(shape) > 120:
            return False
        if any(hit.meaning == "sent_from" and hit.first == 0 for hit in self.words.endings.find(found)):
            return True
        above = any(line.strip() for line in self.lines[:at])
        return above and len(found) <= 5 and bool(_DEVICE.search(shape)) and not _TALK.search(shape)

    def is_contact_block(self, lines: Sequence[str]) -> bool:
        """The sender's name and two lines or more below it, as they stand on a visiting card.

        Fewer lines are one where the name and what follows it are parted by bars.
        """
        if not self.sender or not self.sender.name:
            return False
        name = set(words_of(self.sender.name))
        has_bars = "|" in lines[0] and len(name) > 1
        if len(lines) < 3 and not has_bars:
            return False
        first = words_of(lines[0].partition("|")[0] if has_bars else lines[0])
        if len(name & set(first)) < min(2, len(name)) or len(first) > len(name) + 4:
            return False
        if any(_CONTACT.search(line) for line in lines):
            return max(map(len, lines)) <= 120
        is_title = len(first) <= len(name) + 1 and len(name) > 1
        return is_title and not any(len(line) > 60 or SENTENCE_END.search(line) for line in lines)
