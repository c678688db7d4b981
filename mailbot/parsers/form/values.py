"""Takes what stands below a label of the form apart: the answer, and what the form itself had put there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from mailbot.folding import letters
from mailbot.parsers.form.labels import Labels
from mailbot.process.form import Field, FieldType

TICKED = "☒☑✓✔✅🗹🗵"
EMPTY_BOX = "☐□◻▢❏❑"
_BOX = re.compile(
    rf"(?P<on>[{TICKED}]|[\[(]\s?[xX✓✔×]\s?[\])])|(?P<off>[{EMPTY_BOX}]|\[\s{{0,3}}\]|\(\s{{1,3}}\))"
)
_CROSS = re.compile(r"^[xX×✓✔]\s+|\s+[xX×✓✔]$|^[xX×](?=[A-Z])")
_WORD = re.compile(r"\w+")
_RULE = re.compile(r"_{2,}|\.{4,}|…{2,}")
_EMAIL = re.compile(r"<?([\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)>?")
_PARTS = re.compile(r"\s*[,;،؛\n(|]\s*|\s+[-–—]\s+|\)")
_OPENED = re.compile(r"[\[«\"“(]\s*$")
_CLOSED = re.compile(rf"^[^\w\s\[({TICKED}{EMPTY_BOX}]*")
_MARKED = re.compile(r"[•·*+>\-–—]|[(\[]?\w{1,2}[.)\]]")
_NARROWEST, _WIDEST = 50, 110
"""Characters of the longest line of a text that a program has broken into lines."""
_LONGEST_REFERENCES = 2_000
_LEAD = re.compile(r"^[\s•·*\-–—]*(?:[(\[]?\d{1,2}\s?[.)\]:\-–]+)?\s*")


def cleaned(text: str, one: Field, labels: Labels) -> str:
    """The answer in ``text``, which stood below the label of ``one``; ``""`` where there is none."""
    if one.type in (FieldType.CHOICE, FieldType.YES_NO) and _BOX.search(text):
        text = _ticked(text, labels.hints[one.key])
    text = without(text, labels.hints[one.key])
    if not one.required and (aside := labels.optional.match(text)):
        text = text[aside.end() :]
    lines = [_RULE.sub(" ", line).strip() for line in text.split("\n")]
    lines = [line if any(map(str.isalnum, line)) else "" for line in lines]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return "\n\n".join(map(_unwrapped, text.split("\n\n")))


def _unwrapped(paragraph: str) -> str:
    """``paragraph`` with the lines joined that a mail program or a page has broken.

    A line is broken where the first word of the next had no room on it; the first line may also go on
    because it began behind its label.
    """
    lines = paragraph.split("\n")
    width = max(map(len, lines))
    if not _NARROWEST <= width <= _WIDEST:
        return paragraph
    joined = lines[0]
    for number, (above, line) in enumerate(pairwise(lines)):
        full = len(above) + len(line.split(" ", 1)[0]) + 1 > width or (number == 0 and not line[:1].isupper())
        broken = full and above[-1:] not in ".!?:;؟؛" and not _MARKED.match(line)
        joined += f" {line}" if broken else f"\n{line}"
    return joined


def without(text: str, hints: tuple[str, ...]) -> str:
    """``text`` without any of ``hints`` (their letters), however spaced, and the brackets around them."""
    joined, places = letters(text)
    for said in hints:
        at = joined.find(said)
        if at < 0:
            continue
        first, end = places[at], places[at + len(said) - 1] + 1
        if text[first - 1 : first].isalnum() or text[end : end + 1].isalnum():
            continue
        text = _OPENED.sub("", text[:first]) + _CLOSED.sub("", text[end:])
        joined, places = letters(text)
    return text


def _ticked(text: str, hints: tuple[str, ...]) -> str:
    """What stands behind the boxes that are ticked; without any, what was written besides the boxes."""
    boxes = list(_BOX.finditer(text))
    ends = [*(box.start() for box in boxes[1:]), len(text)]
    options: list[tuple[bool, str]] = []
    besides = [text[: boxes[0].start()]]
    for box, end in zip(boxes, ends, strict=True):
        option, _, below = text[box.end() : end].partition("\n")
        crossed = _CROSS.sub("", option.strip())
        options.append((bool(box["on"]) or crossed != option.strip(), crossed.strip(" \t•·")))
        besides.append(below)
    chosen = [option for on, option in options if on and option]
    written = without("\n".join(line for line in besides if line.strip()), hints).strip()
    if chosen:
        return ", ".join(chosen) + (f"\n{written}" if written else "")
    if not written and len(options) == 1:  # all the others were struck out
        return options[0][1]
    return written


def told_references(text: str) -> list[Mapping[str, str]]:
    """Name, organization and e-mail address of each reference in ``text``, told in one go or line by line.

    An address ends a reference; lines without any are a reference each.
    """
    pieces: list[list[str]] = [[]]
    addresses = len(_EMAIL.findall(text[:_LONGEST_REFERENCES]))
    for line in re.split(r"[\n;؛]", text[:_LONGEST_REFERENCES]):
        if not _WORD.search(line):
            continue
        pieces[-1].append(_LEAD.sub("", line))
        if _EMAIL.search(line) or not addresses:
            pieces.append([])
    told = (dict(_reference("\n".join(lines))) for lines in pieces if lines)
    return [one for one in told if one]


def _reference(text: str) -> Iterator[tuple[str, str]]:
    address = _EMAIL.search(text)
    left = text.replace(address[0], "\n") if address else text
    parts: Sequence[str] = [
        part for part in (piece.strip(" \t:") for piece in _PARTS.split(left)) if _WORD.search(part)
    ]
    if parts:
        yield "name", parts[0]
    if len(parts) > 1:
        yield "organization", ", ".join(parts[1:])
    if address:
        yield "email", address[1]
