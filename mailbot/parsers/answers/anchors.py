"""Finds the places where a section begins: a question repeated, a heading, a label, a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.parsers.answers.wording import NONE, SAME_QUESTION, Wording, winner
from mailbot.parsers.phrases import words
from mailbot.parsers.segments import Line, sentences_of

HEADING_WORDS = 10
"""Words that a heading has at most."""

_HEADING = 0.25
"""Share of a short line's words (and two more) that must name a question."""

_LABEL_WORDS = 14
_SMALL_WORD = 3
"""Letters; a label as short as that names a question before a number alone: «Que 1», but not «que un»."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place where a section begins: a heading, a question, a number."""

    line: int
    start: int
    """Where the answer begins, in the text."""
    key: str | None
    """The question; ``""`` for a heading about something else, None where only a number is there."""
    number: int = 0
    style: str = ""
    firm: bool = False
    """It repeats a question or carries a label; not merely a short line."""
    also: int = 0
    """A second number: «2) and 3)»."""
    colon: bool = False
    """It is a label before a colon: «Our reference: …»."""


def find_anchors(wording: Wording, text: str, lines: Sequence[Line]) -> list[Anchor]:
    """Every line that may begin a section, in order; the numbers among them have no question yet."""
    found: list[Anchor] = []
    for at, line in enumerate(lines):
        if line.label == "answer" and not line.number:
            continue
        following = lines[at + 1] if at + 1 < len(lines) else None
        anchor = _anchor(wording, text, line, at, following)
        if anchor:
            found.append(anchor)
    return found


def _anchor(wording: Wording, text: str, line: Line, at: int, following: Line | None) -> Anchor | None:
    """The anchor that ``line`` is, if it is one."""
    firm = line.label == "question"
    if line.label != "answer":
        begin, votes = _repeated_question(wording, text, line)
        if begin:
            return Anchor(at, begin, winner(votes), line.number, line.style, firm=True)
        cut = _label_end(wording, text, line)
        if cut:
            votes = wording.heading_votes(text[line.start : cut])
            if votes:
                return Anchor(
                    at,
                    cut,
                    winner(votes),
                    line.number,
                    line.style,
                    bool(line.number or firm),
                    colon=True,
                )
        bare = _bare_heading(wording, text, line, following)
        if bare is not None:
            return Anchor(at, line.end, bare, line.number, line.style, firm=bool(line.number or firm))
    if not line.number and (pointed := _ordinal_pointer(wording, text, line)):
        return Anchor(at, pointed[1], None, pointed[0], "pointer", firm=False)
    if line.number or firm:
        return Anchor(at, line.start, None, line.number, line.style, firm, line.also)
    return None


def _repeated_question(wording: Wording, text: str, line: Line) -> tuple[int, dict[str, float]]:
    """Where the question ends that ``line`` begins with (0: with none), and what it asks for."""
    votes: dict[str, float] = {}
    said_so_far = 0
    finished = 0
    for start, end in sentences_of(text, line.start, line.end):
        said = wording.heading_votes(text[start:end])
        asks = text[start:end].rstrip("\"'”»)* ").endswith(("?", "؟"))
        same = max(said.values(), default=0.0) >= 2 * SAME_QUESTION
        said_so_far += len(words(text[start:end]))
        if not (same or asks or (said and said_so_far <= 40)) or said_so_far > 90:
            break
        if not (said or line.number or line.label):
            break
        for key, vote in said.items():
            votes[key] = votes.get(key, 0.0) + vote
        if same or asks:
            finished = end
    return finished, votes


def _ordinal_pointer(wording: Wording, text: str, line: Line) -> tuple[int, int] | None:
    """«As to your second question, …»: (2, where the answer begins), if ``line`` begins so."""
    for start, end in sentences_of(text, line.start, min(line.end, line.start + 400)):
        found = words(text[start:end])[:7]
        for place, word in enumerate(found):
            number = wording.questions.ordinals.get(word, 0)
            if not 0 < number <= len(wording.asked):
                continue
            beside = found[max(place - 1, 0) : place + 2]
            named = any(len(w) > _SMALL_WORD and w in wording.questions.question_labels for w in beside)
            pointing = 0 < place <= 4 and place + 1 < len(found) and text[start:end].count(",") > 0
            if named or (pointing and not word.isdigit()):
                brief = len(words(text[start:end])) <= _LABEL_WORDS - 4
                return number, end if brief and end < line.end else start
        return None
    return None


def _label_end(wording: Wording, text: str, line: Line) -> int:
    """Where the label before a colon or dash ends: «How we met: …»; 0 where there is none."""
    for match in re.finditer(r":(?!//)\s*|\s[-–—]+\s", text[line.start : line.end]):
        label = text[line.start : line.start + match.start()]
        count = len(words(label))
        if count > _LABEL_WORDS or re.search(r"[.!?؟]\s", label):
            return 0
        dash = ":" not in match.group()
        if not count or (dash and count > 4):
            return 0
        if count <= _LABEL_WORDS // 2 or wording.heading_votes(label):
            return line.start + match.end()
        return 0
    return 0


def _bare_heading(wording: Wording, text: str, line: Line, following: Line | None) -> str | None:
    """The question that a short line of its own names; ``""`` for another heading; else None."""
    content = text[line.start : line.end]
    count = len(words(content))
    if not 0 < count <= HEADING_WORDS or following is None:
        return None
    if content.rstrip().endswith((".", ",", ";", "!")) or re.search(r"[.!]\s", content):
        return None
    if line.number and following.number == line.number + 1 and following.style == line.style:
        return None
    upper = content == content.upper() and content != content.lower()
    votes = wording.heading_votes(re.sub(r"\([^()]{0,300}\)", "", content))
    named = winner(votes)
    if (
        named
        and (votes[named] >= _HEADING or upper or line.number)
        and not (line.style == "bullet" and following.style == "bullet")
    ):
        return named
    return NONE if upper and count <= 8 and line.gap else None


def plausible(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Without labels before a colon within an answer to the same question, or among real questions."""
    asked = sum(1 for anchor in anchors if anchor.firm and not anchor.colon and anchor.key)
    kept: list[Anchor] = []
    for anchor in anchors:
        within = kept and kept[-1].key == anchor.key
        if anchor.colon and not anchor.firm and (within or asked >= 3):
            continue
        kept.append(anchor)
    return kept
