"""The Secretariat's tags: ``#invite``, ``#ask Which year?``, at the start of a line or in the subject.

What stands behind a tag is its argument, as far as ``rules/words.toml`` says that it takes one: the
rest of its line, or all text up to the next tag. Greetings, sign-offs and names below are none of it.
A ``#word`` in the middle of a sentence is talk, and ``#42`` is a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rapidfuzz import fuzz, process

from mailbot.parsers.phrases import spans
from mailbot.parsers.phrases import words as words_of
from mailbot.parsers.words import LINE, NOTHING, TEXT, Words
from mailbot.values import Command

MISTYPED = 70.0
"""Likeness, of 100, from which a word counts as a known tag mistyped: ``invte``, ``declined``, ``assing``."""
WRAPPED = 60
"""Characters from which a line without a full stop may have been broken by the mail program."""
MAX_TEXT = 100_000
"""Characters that are looked at."""
SIGNED = 3
"""Words of a line at the very end that are taken for the name below a letter, at most."""

_TAG = re.compile(
    r"^[\s\u200e\u200f\u202a-\u202e\u2066-\u2069]{0,8}(?:[-*•][ \t]{0,3})?"  # marks of direction, a bullet
    r"[#＃]([^\W\d_]\w{0,39})(?!\w)[:：]?[ \t]*"
)
_INNER_TAG = re.compile(r"(?<!\S)[#＃]([^\W\d_]\w{0,39})(?!\w)[:：]?[ \t]*")
_REPLY = re.compile(r"\b[^\W\d_]{1,4}\s?:|\[")
_SENTENCE_END = re.compile(r"[.!?:;…؟。]\s*$")


def find_commands(new: str, subject: str, words: Words, parent_subject: str = "") -> tuple[Command, ...]:
    """The commands in newly written text and in the subject, in the order in which they stand.

    ``new`` holds no quoted text; a tag of the subject counts only where ``parent_subject``, the
    subject of the answered letter, lacks it. A tag that ``words`` does not know comes back with
    ``known=False``, and with the tag that was probably meant.
    """
    found = [*_in_subject(subject, parent_subject, words), *_in_text(new, words)]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    known: bool
    nearest: str
    start: int
    """The line in which it stands."""
    rest: str
    """What follows it in that line."""


def _in_subject(subject: str, parent_subject: str, words: Words) -> Iterator[Command]:
    before = {match[1].lower() for match in _INNER_TAG.finditer(parent_subject)}
    matches = list(_INNER_TAG.finditer(subject))
    for match, following in zip_longest(matches, matches[1:]):
        name = match[1].lower()
        tag = _tag(match[1], 0, subject[match.end() : following.start() if following else None], words)
        if name in before or not (tag.known or tag.nearest):
            continue
        reply = _REPLY.search(tag.rest)
        argument = tag.rest[: reply.start()] if reply else tag.rest
        takes = tag.known and words.tags[tag.name] != NOTHING
        yield Command(tag.name, argument.strip() if takes else "", tag.known, tag.nearest)


def _in_text(new: str, words: Words) -> Iterator[Command]:
    lines = new[:MAX_TEXT].split("\n")
    tags = list(_tags(lines, words))
    for tag, following in zip_longest(tags, tags[1:]):
        end = following.start if following else len(lines)
        yield Command(tag.name, _argument(tag, lines[tag.start + 1 : end], words), tag.known, tag.nearest)


def _tags(lines: Sequence[str], words: Words) -> Iterator[_Tag]:
    for at, line in enumerate(lines):
        above = lines[at - 1] if at else ""
        match = _TAG.match(line)
        while match:
            rest = match.string[match.end() :]
            inner = _inner(match[1], rest, words)
            tag = _tag(match[1], at, rest[: inner.start()] if inner else rest, words)
            if tag.known and _may_be_wrapped(above, tag.rest):
                tag = replace(tag, known=False, nearest=tag.name)
            if tag.known or tag.nearest or not tag.rest.strip():
                yield tag
            above = ""
            match = _TAG.match(rest[inner.start() :]) if inner else None


def _inner(tag: str, rest: str, words: Words) -> re.Match[str] | None:
    """A second tag in the line of one that takes no text: ``#resume #board``."""
    if _kind(tag.lower(), words) == TEXT:
        return None
    return next((match for match in _INNER_TAG.finditer(rest) if match[1].lower() in words.tags), None)


def _may_be_wrapped(above: str, rest: str) -> bool:
    """Whether the mail program may have broken a sentence before the tag: «… put it on / #hold until May»."""
    return len(above) >= WRAPPED and not _SENTENCE_END.search(above) and rest[:1].islower()


def _tag(written: str, start: int, rest: str, words: Words) -> _Tag:
    name = written.lower()
    if name in words.tags:
        return _Tag(name, known=True, nearest="", start=start, rest=rest)
    found = process.extractOne(name, list(words.tags), scorer=fuzz.ratio, score_cutoff=MISTYPED)
    return _Tag(written, known=False, nearest=found[0] if found else "", start=start, rest=rest)


def _kind(name: str, words: Words) -> str:
    return words.tags.get(name, TEXT)


def _argument(tag: _Tag, below: Sequence[str], words: Words) -> str:
    kind = _kind(tag.name, words)
    rest = _without_signoff(tag.rest.strip(), words)
    if kind == NOTHING:
        return rest
    if kind == LINE:
        return rest or next((_without_signoff(line.strip(), words) for line in below[:1]), "")
    lines = [tag.rest.strip(), *(line.rstrip() for line in below)]
    return "\n".join(lines[: _signed_from(lines, words)]).strip()


def _without_signoff(line: str, words: Words) -> str:
    """``line`` without «thanks!» at its end."""
    for separator in (",", ".", "!", "–", " - "):
        head, found, tail = line.rpartition(separator)
        if found and tail.strip() and _is_signoff(tail, words):
            return head.strip()
    return "" if _is_signoff(line, words) else line


def _signed_from(lines: Sequence[str], words: Words) -> int:
    """The line from which on only a sign-off and a name follow; the number of lines where there is none."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for at in filled[-5:]:
        after = [lines[one] for one in filled if one > at]
        if at and _is_signoff(lines[at], words) and all(len(words_of(line)) <= 2 * SIGNED for line in after):
            return at
    if filled and filled[-1] and not lines[filled[-1] - 1].strip() and _is_name(lines[filled[-1]]):
        return filled[-1]
    return len(lines)


def _is_signoff(line: str, words: Words) -> bool:
    """Whether a line is a sign-off and at most a name behind it: «Best, Gunnar»."""
    found = words_of(line)
    if not 0 < len(found) <= 8:
        return False
    ends = [hit.end for hit in words.endings.find(found) if hit.meaning == "signoffs" and hit.first == 0]
    if not ends:
        return False
    name = spans(line)[max(ends) :]
    return _has_capitals(line, name) and len(name) <= SIGNED


def _is_name(line: str) -> bool:
    """Whether a line can be the name below a letter: a few words with capitals, no full stop."""
    found = spans(line)
    named = _has_capitals(line, found)
    return 0 < len(found) <= SIGNED and named and not re.search(r"[.!?؟,:;#\d]\S*\s*$", line.rstrip())


def _has_capitals(line: str, standing: Sequence[tuple[int, int]]) -> bool:
    """Whether each of the words ``standing`` there begins as names do; Hebrew, Arabic … have no capitals."""
    return all(line[start].isupper() or line[start] > "\u0590" for start, _ in standing)
