"""The letter inside a forwarded one: attached whole, or pasted below a block of header lines."""

from __future__ import annotations

import re
from dataclasses import replace
from email.utils import parseaddr

from mailbot.parsers.phrases import words as words_of
from mailbot.parsers.words import Words
from mailbot.values import Address, Letter

_MARKS = re.compile(r"^[>\s*_]+|[*_]+(?=:)")
_FIELD = re.compile(r"([^\W\d_][^:\n]{0,24}?)\s?:[*_]*\s*(.*)")
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w.-]+\.\w{2,24}")
MAX_LINES = 2_000
LEAST = 2
"""Header lines in a row that make a block; a single one may be prose."""


def forwarded_letter(letter: Letter, words: Words) -> Letter | None:
    """The innermost letter that ``letter`` brings along, or None.

    Of a pasted one the sender, the subject and the text are known; what the forwarder wrote above it is
    left out.
    """
    attached = next((one for one in letter.forwarded if one.sender is not None), None)
    if attached is not None:
        return attached
    lines = letter.text.splitlines()[:MAX_LINES]
    for at in range(len(lines)):
        end = _block(lines, at, words)
        if end - at < LEAST:
            continue
        sender = next(filter(None, (_sender(line) for line in lines[at:end])), None)
        if sender is not None:
            text = "\n".join(_MARKS.sub("", line) if line.startswith(">") else line for line in lines[end:])
            return replace(
                Letter(),
                sender=sender,
                subject=letter.subject,
                text=text.strip(),
                attachments=letter.attachments,
            )
    return None


def _block(lines: list[str], at: int, words: Words) -> int:
    """The line behind the header lines that begin at ``at``; ``at`` where there are none."""
    while at < len(lines) and _is_field(lines[at], words):
        at += 1
    return at


def _is_field(line: str, words: Words) -> bool:
    told = _FIELD.match(_MARKS.sub("", line))
    if told is None:
        return False
    name = words_of(told[1])
    return any(
        hit.meaning == "fields" and hit.end - hit.first == len(name) for hit in words.quoting.find(name)
    )


def _sender(line: str) -> Address | None:
    """The address of the first header line that has one: every mail program puts the sender first."""
    told = _FIELD.match(_MARKS.sub("", line))
    found = _ADDRESS.search(told[2]) if told else None
    if told is None or found is None:
        return None
    name, _ = parseaddr(told[2].replace("[mailto:", "<").replace("]", ">"))
    return Address(found[0], name if "@" not in name else "")
