"""Reads what was written into the application form: in the letter itself, or in a file that came with it.

An answer is found by the label above or before it, in whichever language, shortened, reworded or
numbered; an answer ends where the next label begins. What the form itself says - help, headings, lines to
write on, boxes that nobody ticked - is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailbot.parsers.form.labels import Labels, Start, labels_of
from mailbot.parsers.form.values import cleaned, told_references, without
from mailbot.process.form import FieldType, Form, normalised
from mailbot.values import AttachmentText, FormValue, Kind, Language

LONGEST = 150_000
"""Characters of a text that are looked at: the longest answers to every field of a form."""
MOST_LINES = 3_000
"""Lines, or cells of tables."""
_FORM_LIKE = 3
"""Labels as sent that make a document a filled form, and not one that speaks of a mission too."""
_REWORDED = 6
"""The same for labels in other words."""
_KNOWN_LINE = 20
"""Letters from which a line that stands in our own letter too is ours."""
_ATTACHMENTS = 20
_SAID_AT_ONCE = frozenset(
    {
        FieldType.EMAIL,
        FieldType.WEB_ADDRESS,
        FieldType.YES_NO,
        FieldType.YEAR,
        FieldType.NUMBER,
        FieldType.COUNTRY,
    }
)
"""Fields whose answer is one paragraph: what follows the last answer of a letter is its end."""
_OTHER_PARTS = ("organization", "email")

_DIRECTIONS = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_QUOTE = re.compile(r"^(?:[ \t]{0,3}>)+[ \t]?")
_NUMBERED = re.compile(r"^\s*[(\[]?(\d{1,2})\s?[)\].:\-–]+\s*(.*)$")
_ADDRESSED = re.compile(r"^.{0,60}[,،!]$")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def read_form(
    new: str,
    texts: Sequence[AttachmentText],
    form: Form,
    language: Language,
    kind: Kind | None,
    *,
    asked: Sequence[str] = (),
    whole: str = "",
    sent: str = "",
) -> Mapping[str, FormValue]:
    """What a letter says in answer to the form: field → value, for those that have one.

    ``new`` is what was newly written in ``language``, ``texts`` what the attachments say. ``asked`` are the
    fields that the answered letter asked for: an answer to one alone needs no label. ``whole`` is the text
    of the letter with what it quotes, and ``sent`` the text of ours that it answers: people fill in the
    quoted form itself. Later words replace earlier ones, and the letter those of its attachments. ``kind``
    None: any field may be meant. Nothing that can come by mail makes it raise.
    """
    if not form.sections:
        return {}
    labels = labels_of(form, kind)
    found: dict[str, FormValue] = {}
    for text in texts[:_ATTACHMENTS]:
        page = _Page.of(text.text, labels, language)
        if page.is_form():
            found |= {key: FormValue(value, text.name) for key, value in page.values(form).items()}
    quoted = _quoted(whole, sent, labels, form, language)
    written = _Page.of(new, labels, language).values(form)
    if not written and not quoted and not texts:  # «please find it attached» is no answer
        written = _unlabelled(new, form, kind, asked)
    for key, value in quoted.items():
        # The new lines alone lack the quoted labels between them: an answer may have run into the next one.
        if key not in written or written[key].startswith(value):
            written[key] = value
    return found | {key: FormValue(value) for key, value in written.items()}


def _quoted(whole: str, sent: str, labels: Labels, form: Form, language: Language) -> dict[str, str]:
    """What was written into the quoted form, between its lines or behind its labels.

    What our letter said already nobody has written now.
    """
    if not whole or not sent:
        return {}
    before = _Page.of(sent, labels, language).values(form)
    now = _Page.of(whole, labels, language, _bare(sent[:LONGEST])).values(form)
    return {key: value for key, value in now.items() if _bare(value) != _bare(before.get(key, ""))}


def _bare(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text).casefold()


# ── a page and its labels ────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Page:
    """The lines of one text, and where in them the answer to which field begins."""

    lines: list[str]
    starts: list[tuple[int, Start]]
    """(line, label) in order; a start without a field ends the answer above it."""
    ours: str = ""
    """What our own letter says, letters and digits alone: such lines below an answer are none."""
    labels: Labels = field(kw_only=True)

    @classmethod
    def of(cls, text: str, labels: Labels, language: Language, ours: str = "") -> _Page:
        text = text[:LONGEST].translate(_DIRECTIONS)
        lines = [
            cell.strip()
            for line in text.split("\n", MOST_LINES)[:MOST_LINES]
            for cell in _QUOTE.sub("", line).split("\t", MOST_LINES)[:MOST_LINES]
        ][:MOST_LINES]
        return cls(lines, list(labels.find(lines, language)), ours, labels=labels)

    def is_form(self) -> bool:
        """Whether the text is the form, or one like it, and not a report with a heading in common."""
        as_sent = {start.key for _, start in self.starts if start.as_sent and start.key}
        any_words = {start.key for _, start in self.starts if start.key}
        return len(as_sent) >= _FORM_LIKE or len(any_words) >= _REWORDED

    def values(self, form: Form) -> dict[str, str]:
        """Field → what stands under its label; the last that is not empty, where it stands twice."""
        found: dict[str, str] = {}
        references = ""
        ends = [*(at for at, _ in self.starts[1:]), len(self.lines)]
        for (at, start), end in zip(self.starts, ends, strict=False):
            lines = self.lines[at + start.lines : end]
            if start.key:
                one = form.field(start.key)
                # Help and options go first: where our letter broke them, their last line is too short to be
                # known as ours by itself.
                value = self._theirs(cleaned("\n".join([start.rest, *lines]), one, self.labels))
                if end == len(self.lines) and one.type in _SAID_AT_ONCE:
                    value = value.partition("\n\n")[0]
                if value:
                    found[start.key] = value
            elif start.rest in self.labels.refereed:
                told = self._theirs("\n".join(lines))
                references = without(told, self.labels.asides).strip() or references
        return _with_references(found, references, form)

    def _theirs(self, text: str) -> str:
        """``text`` without the lines that stand in our own letter."""
        return "\n".join(line for line in text.split("\n") if not self.is_ours(line)).strip()

    def is_ours(self, line: str) -> bool:
        if not self.ours:
            return False
        bare = _bare(line)
        return len(bare) >= _KNOWN_LINE and bare in self.ours


def _with_references(found: dict[str, str], references: str, form: Form) -> dict[str, str]:
    """«Reference 1: Odile Sow, Oak Centre, odile@oak.example» are three answers.

    ``references`` is what stands under the heading of the references alone.
    """
    groups: dict[str, dict[str, str]] = {}
    for one in form.fields_for(None):
        if one.group.startswith("referee."):
            groups.setdefault(one.group, {})[one.means.rpartition(".")[2]] = one.key
    order = list(groups.values())
    whole = [(at, found[parts["name"]]) for at, parts in enumerate(order) if parts.get("name") in found]
    if not whole and references:
        whole = [(0, references)]
    for at, text in whole:
        told = told_references(text)
        apart = any(order[at].get(part) in found for part in _OTHER_PARTS)
        if len(told) == 1 and (apart or len(told[0]) == 1):
            continue  # a name, and the rest stands in its own place
        for parts, reference in zip(order[at:], told, strict=False):
            if parts is order[at] or not any(key in found for key in parts.values()):
                found |= {parts[part]: said for part, said in reference.items() if part in parts}
    return found


# ── without labels ───────────────────────────────────────────────────────────────────────────────


def _unlabelled(new: str, form: Form, kind: Kind | None, asked: Sequence[str]) -> dict[str, str]:
    """What a reply without any label answers: by numbers, by order, or as the one thing that was asked."""
    numbered = _by_numbers(new, form, kind)
    if numbered:
        return numbered
    known = {one.key for one in form.fields_for(None)}
    wanted = [key for key in asked if key in known]
    text = _body(new)
    if not text or not wanted:
        return {}
    if len(wanted) == 1:
        return {wanted[0]: text}
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    short = all(form.field(key).type is not FieldType.LONG_TEXT for key in wanted)
    if len(lines) == len(wanted) and short:
        told = dict(zip(wanted, lines, strict=True))
        if all(normalised(form, key, line) for key, line in told.items()):
            return told
    return dict(_by_shape(text, form, wanted))


def _by_numbers(new: str, form: Form, kind: Kind | None) -> dict[str, str]:
    """«4. Kenya / 5. Kenya, Uganda»: three lines or more, numbered as the form is, upward."""
    keys = {number: key for key, number in form.numbers(kind).items()}
    found: dict[str, list[str]] = {}
    current, last, sure = "", 0, 0
    for line in new[:LONGEST].translate(_DIRECTIONS).split("\n", MOST_LINES)[:MOST_LINES]:
        match = _NUMBERED.match(line)
        number = int(match[1]) if match else 0
        if match and last < number and number in keys:
            current, last = keys[number], number
            found[current] = [match[2]]
            typed = form.field(current).type not in (FieldType.TEXT, FieldType.LONG_TEXT)
            sure += typed and bool(normalised(form, current, match[2]))
        elif current:
            found[current].append(line)
    if len(found) < _FORM_LIKE or not sure:  # a list of what was done is numbered too
        return {}
    return {key: text for key, lines in found.items() if (text := "\n".join(lines).strip())}


def _by_shape(text: str, form: Form, wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The values that only one of the fields asked for can mean: an e-mail address, a page, a year."""
    for shape in (FieldType.EMAIL, FieldType.WEB_ADDRESS, FieldType.YEAR):
        keys = [key for key in wanted if form.field(key).type is shape]
        if len(keys) == 1 and (value := normalised(form, keys[0], text)):
            yield keys[0], value


def _body(new: str) -> str:
    """``new`` without the line that greets and the line or two that take leave, told by their commas."""
    lines = new[:LONGEST].translate(_DIRECTIONS).strip().split("\n")
    if len(lines) > 1 and _ADDRESSED.match(lines[0].strip()):
        lines = lines[1:]
    for at in range(max(len(lines) - 3, 1), len(lines)):
        line = lines[at].strip()
        if _ADDRESSED.match(line) and len(line.split()) <= 4 and not lines[at - 1].strip():
            lines = lines[:at]
            break
    return "\n".join(line.rstrip() for line in lines).strip()
