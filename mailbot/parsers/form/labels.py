"""Knows the labels of the application form again: as sent, in another language, shortened, misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from mailbot.folding import bare, letters
from mailbot.parsers.phrases import spans
from mailbot.process.form import Field, Form, hint
from mailbot.values import Kind, Language

LONGEST_LABEL = 110
"""Characters of a line in which a label is looked for; the longest of ours has some 60."""
_WRAPPED = 3
"""Lines over which a label may go in the narrow column of a PDF."""
_ALIKE, _ALIKE_ABROAD = 84.0, 88.0
"""Of 100: what a label must have in common with ours in the letter's language, and in another one."""
_STRICTER = 4.0
"""As much more where nothing parts a label from what follows."""
_MOST_WORDS = 14
_MOST_TRIES = 1_000
"""As many times in one text is it looked what a label may be alike to; a form has some 40."""
_LONG_ENOUGH = 7
"""Letters from which a label is known by being alike: short ones are too much like others."""

_LEAD = re.compile(r"^[\s.>|*_#•·▪◦○●\-–—]*")
_NUMBER = re.compile(
    r"(?:[^\W\d_]{1,10}\s?\.?\s?)?[(\[]?\d{1,2}(?:[)\]]?\s?[.)\]:/\-–—]+|\s)\s*(?=\S)",
    re.IGNORECASE,
)
_BREAK = re.compile(r"\s*[:：=?？؟]+[*_\s]*|\s+[-–—]+\s+|\s*[*_]{2,}\s*")
_BREAKS = 4
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]{0,40}[)\]]|\s*\*+")
_TURNED = re.compile(r"^([^\u0600-\u06ff]*[\u0600-\u06ff].*?)\s[.)(]?\d{1,2}[.)(]?$")


@dataclass(frozen=True, slots=True)
class Start:
    """Where an answer begins: the field, what follows the label on its line, the lines it takes."""

    key: str
    rest: str = ""
    lines: int = 1
    as_sent: bool = False


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of one form for one kind of applicant, ready to be found."""

    sent: Mapping[str, tuple[str, ...]]
    """Words of a label as the form has it, in any language → fields."""
    others: Mapping[str, tuple[str, ...]]
    """The same with what else the label is called."""
    names: tuple[str, ...]
    """All words of ``others``."""
    spoken: Mapping[Language, frozenset[str]]
    """Language → those of them that are words of it."""
    titles: Mapping[str, tuple[str, ...]]
    """Letters of a section's title → the section."""
    place: Mapping[str, int]
    section: Mapping[str, str]
    hints: Mapping[str, tuple[str, ...]]
    """Field → the letters of what the form says about it, the longest first."""
    asides: tuple[str, ...]
    """The letters of what the form says below its title and the titles of its sections."""
    optional: re.Pattern[str]
    """«(optional)», which a narrow column may have parted from the label."""
    refereed: frozenset[str]
    """The sections that ask for references."""

    def find(self, lines: Sequence[str], language: Language) -> Iterator[tuple[int, Start]]:
        """The labels in ``lines`` of a text in ``language``, each with its line.

        A label in other words counts only where the form's own one does not stand: a filled form may well
        speak of «members:» in the midst of an answer.
        """
        found: dict[int, Start] = {}
        at = 0
        while at < len(lines):
            start = self._as_sent(lines, at)
            if start:
                found[at] = start
                at += start.lines
            else:
                at += 1
        there = {start.key for start in found.values()}
        current = _Context(self, language)
        skipped = 0
        for here, line in enumerate(lines):
            start = found.get(here)
            if start is None and here >= skipped:
                start = self._reworded(line, lines[here - 1] if here else "", there, current)
            if start is None:
                continue
            current.pass_(start)
            skipped = here + start.lines
            yield here, start

    def _as_sent(self, lines: Sequence[str], at: int) -> Start | None:
        """The label that stands at line ``at`` in the form's own words, maybe over several lines."""
        line = lines[at]
        if not line:
            return None
        bare_line = _LEAD.sub("", line)
        number = _NUMBER.match(bare_line)
        for text in ([bare_line[number.end() :]] if number else []) + [bare_line]:
            if start := self._begins_with_sent(text, numbered=number is not None):
                return start
            for count in range(2, _WRAPPED + 1):
                joined = " ".join([text, *lines[at + 1 : at + count]])
                if len(joined) > LONGEST_LABEL or not all(lines[at + 1 : at + count]):
                    break
                key = self.sent.get(_words(_ASIDE.sub("", self.optional.sub("", joined))))
                if key:
                    return Start(key[0], "", count, as_sent=True)
        if len(line) > LONGEST_LABEL:
            return None
        title = self.titles.get(letters(bare_line)[0])
        if title is not None and _words(bare_line) not in self.sent:
            return Start("", title[0], as_sent=True)
        if turned := _TURNED.match(bare_line):  # in a PDF, words behind an address run backward
            return self._begins_with_sent(" ".join(reversed(turned[1].split())), numbered=True)
        return None

    def _begins_with_sent(self, text: str, *, numbered: bool) -> Start | None:
        for head, rest in _heads(text):
            for said in (head, self.optional.sub("", head), _ASIDE.sub("", head)):
                if key := self.sent.get(_words(said)):
                    return Start(key[0], rest, as_sent=True)
        if numbered:  # the cells of a PDF's row stand side by side, with nothing in between
            ends = [end for _, end in spans(text[:LONGEST_LABEL])]
            for end in reversed(ends[1:_MOST_WORDS]):
                key = self.sent.get(_words(text[:end]))
                if key:
                    return Start(key[0], text[end:].strip(" ?؟:"), as_sent=True)
        return None

    def _reworded(self, line: str, above: str, there: set[str], current: _Context) -> Start | None:
        """The label in other words, or misspelt, at the beginning of ``line``."""
        bare_line = _LEAD.sub("", line)
        number = _NUMBER.match(bare_line)
        alone = not above or above[-1:] in ".!?:;؟"
        for text in (bare_line, bare_line[number.end() :] if number else ""):
            for head, rest in _heads(text):
                whole = not rest and head == text
                if whole and not (alone or number):
                    said = _words(head)  # in the midst of a paragraph one word is too little
                    keys = self.others.get(said, ()) if " " in said else ()
                else:
                    keys = self._called(head, current, _STRICTER if whole else 0.0)
                key = current.choose([one for one in keys if one not in there])
                if key:
                    return Start(key, rest)
        return None

    def _called(self, head: str, current: _Context, stricter: float) -> tuple[str, ...]:
        for said in dict.fromkeys((_words(head), _words(_ASIDE.sub("", head)))):
            if keys := self.others.get(said):
                return keys
            if len(said) >= _LONG_ENOUGH and current.tries < _MOST_TRIES:
                current.tries += 1
                if keys := self._alike(said, current.language, stricter):
                    return keys
        return ()

    def _alike(self, said: str, language: Language, stricter: float) -> tuple[str, ...]:
        best = process.extractOne(said, self.names, scorer=fuzz.ratio, score_cutoff=_ALIKE + stricter)
        if not best or (best[1] < _ALIKE_ABROAD + stricter and best[0] not in self.spoken.get(language, ())):
            return ()
        return self.others[best[0]]


@dataclass(slots=True)
class _Context:
    """What was read last: «Name:» below «E-mail:» of the first reference is that of the second."""

    labels: Labels
    language: Language
    section: str = ""
    last: str = ""
    empty: bool = False
    tries: int = 0

    def pass_(self, start: Start) -> None:
        """Note that ``start`` was read."""
        if start.key:
            self.section, self.last = self.labels.section[start.key], start.key
            self.empty = not start.rest
        else:
            self.section, self.last, self.empty = start.rest, "", False

    def choose(self, keys: Sequence[str]) -> str:
        """Which of ``keys`` is meant here: the next in this section, or else in the form; ``""`` for none."""
        if not keys or keys == [self.last]:
            return "" if not keys or not self.empty else keys[0]
        place = self.labels.place
        here = place.get(self.last, -1) + (0 if self.empty else 1)
        nearby = [key for key in keys if self.labels.section[key] == self.section]
        for some in (nearby, keys):
            if behind := [key for key in some if place[key] >= here]:
                return behind[0]
        return (nearby or list(keys))[0]


def _heads(text: str) -> Iterator[tuple[str, str]]:
    """(what may be a label, what follows it), the longest first; at last the whole of a short text."""
    text = text.strip()
    if len(text) <= LONGEST_LABEL:
        yield text, ""
    found = []
    for match in _BREAK.finditer(text[: LONGEST_LABEL + 20]):
        if 0 < match.start() <= LONGEST_LABEL:
            found.append((text[: match.start()], text[match.end() :]))
        if len(found) == _BREAKS:
            break
    yield from reversed(found)


def _words(text: str) -> str:
    return bare(text.replace("_", " "))


# ── made ready once ──────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=32)
def labels_of(form: Form, kind: Kind | None) -> Labels:
    """The labels of ``form`` for ``kind``; kept, since every letter of a case asks for them."""
    sent: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    spoken: dict[Language, list[str]] = {}
    hints: dict[str, tuple[str, ...]] = {}
    section_of: dict[str, str] = {}
    titles: dict[str, list[str]] = {}
    fields = form.fields_for(kind)
    for section in form.sections:
        keys = [one.key for one in section.fields_for(kind)]
        section_of |= dict.fromkeys(keys, section.key)
        names = [*section.title.values(), *(name for some in section.aliases.values() for name in some)]
        for title in names if keys else ():
            titles.setdefault(letters(title)[0], []).append(section.key)
    for one in fields:
        for label in one.label.values():
            sent.setdefault(_words(label), []).append(one.key)
        for language in form.words:
            for name in (one.label.get(language, ""), *one.aliases.get(language, ())):
                others.setdefault(_words(name), []).append(one.key)
                spoken.setdefault(language, []).append(_words(name))
        hints[one.key] = tuple(sorted(_hints(form, one), key=len, reverse=True))
    return Labels(
        sent=_frozen(sent),
        others=_frozen(others),
        names=tuple(name for name in others if name),
        spoken={language: frozenset(names) for language, names in spoken.items()},
        titles=_frozen(titles),
        place={one.key: number for number, one in enumerate(fields)},
        section=section_of,
        hints=hints,
        asides=tuple(_asides(form)),
        optional=_bracketed([around.optional for around in form.words.values()]),
        refereed=frozenset(section_of[one.key] for one in fields if one.group.startswith("referee.")),
    )


def _hints(form: Form, one: Field) -> set[str]:
    """The letters of what the form prints about ``one``, and about the section that may follow it."""
    said = [*one.help.values(), *(hint(form, one, language) for language in form.words)]
    said += [text for around in form.words.values() for text in (around.one, around.several)]
    return ({letters(text)[0] for text in said} | _asides(form)) - {""}


def _asides(form: Form) -> set[str]:
    said = [text for section in form.sections for text in section.help.values()]
    said += [around.how for around in form.words.values()]
    return {letters(text)[0] for text in said} - {""}


def _bracketed(words: Sequence[str]) -> re.Pattern[str]:
    """One of ``words`` in brackets at the beginning; a PDF may have both brackets behind an Arabic one."""
    choices = "|".join(map(re.escape, words))
    return re.compile(rf"\s*[(\[]\s?(?:{choices})\s?[)\]]|\s*(?:{choices})\s*[)(][\s)(.]*", re.IGNORECASE)


def _frozen(names: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys(keys)) for name, keys in names.items() if name}
