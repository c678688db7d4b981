"""``docs/reading.md`` tells how five letters are read; they are, and so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mailbot.parsers.letter import read_letter
from mailbot.parsers.phrases import words
from mailbot.parsers.reading import read
from mailbot.parsers.reply import split_reply
from mailbot.rulebook import load_rules
from mailbot.values import Letter, Reading
from tests.parsers.letters import FOLDER

PAGE = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")
LEXICON = load_rules().lexicon
NONE = "–"


@dataclass
class Told:
    """What the page tells of one letter."""

    file: str
    text: str
    facts: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Question → (answer, cues, sure)."""


def told() -> Iterator[Told]:
    for section in PAGE.split("\n## ")[1:]:
        (file,) = re.findall(r"\(\.\./tests/letters/(.+?)\)", section)
        (text,) = re.findall(r"```text\n(.*?)\n```", section, re.DOTALL)
        one = Told(file, text)
        for row in re.findall(r"^\| (.+) \|$", section, re.MULTILINE):
            name, *cells = row.split(" | ")
            if len(cells) == 1 and name != "what":
                one.facts[name] = cells[0]
            elif len(cells) == 3 and name != "question":
                one.answers[name] = tuple(cells)
        yield one


LETTERS = pytest.mark.parametrize("one", list(told()), ids=lambda one: one.file)


def letter(one: Told) -> Letter:
    return read_letter((FOLDER / one.file).read_bytes())


def reading(one: Told) -> Reading:
    return read(letter(one), (), LEXICON, role=one.facts.get("role", "applicant"))


def assert_spans(cell: str, text: str) -> None:
    """``cell`` is «`first words` … `last words`», the whole text, or a dash for none."""
    pieces = re.findall(r"`(.+?)`", cell)
    if cell == NONE:
        assert text == ""
    elif len(pieces) == 1:
        assert text.strip() == pieces[0]
    else:
        assert (text.startswith(pieces[0]), text.rstrip().endswith(pieces[1])) == (True, True)


def test_every_letter_is_told():
    assert sorted(one.file for one in told()) == sorted(path.name for path in FOLDER.glob("*.eml"))


@LETTERS
def test_the_text_is_that_of_the_letter(one):
    assert letter(one).text.strip("\n") == one.text


@LETTERS
def test_what_is_new_is_told(one):
    split = split_reply(letter(one), None, LEXICON.words)

    assert_spans(one.facts["newly written"], split.new)
    assert_spans(one.facts["quoted"], split.quoted)
    assert_spans(one.facts["signature"], split.signature)


@LETTERS
def test_who_writes_is_told(one):
    found = reading(one)
    applicant = ", ".join(filter(None, (found.applicant.name, found.applicant.kind, found.applicant.country)))

    assert found.machine is None
    assert found.language == one.facts["language"]
    assert applicant == one.facts.get("applicant", "")
    if "references" in one.facts:
        assert ("; ".join(found.references) or NONE) == one.facts["references"]


@LETTERS
def test_what_is_noticed_is_told(one):
    noticed = {finding.category: finding.sentence for finding in reading(one).findings}
    category, _, words_told = one.facts.get("noticed", NONE).partition(": ")

    assert list(noticed) == ([] if category == NONE else [category])
    assert words_told.strip("`") in noticed.get(category, "")


@LETTERS
def test_the_answers_are_told(one):
    found = reading(one)

    assert list(one.answers) == list(found.answers)
    assert ", ".join(found.missing) == one.facts.get("missing", NONE).replace(NONE, "")
    for question, (span, _, sure) in one.answers.items():
        assert_spans(span, found.answers[question].text)
        assert found.answers[question].sure == (sure == "yes")


@LETTERS
def test_the_cues_are_told(one):
    """Each cue is a phrase of the rules that stands in the letter, for the question it is told for."""
    text = words(letter(one).text)
    lexicons = (LEXICON.questions.headings, *LEXICON.questions.cues.values())
    found = {
        (hit.meaning.partition(".")[0], " ".join(text[hit.first : hit.end]))
        for lexicon in lexicons
        for hit in lexicon.find(text)
    }

    for question, (_, cues, _) in one.answers.items():
        for cue in re.findall(r"`(.+?)`", cues):
            assert (question, " ".join(words(cue))) in found


@LETTERS
def test_the_verdict_is_told(one):
    if "verdict" in one.facts:
        found = reading(one)
        assert f"{found.verdict}, from `{found.reason}`" == one.facts["verdict"]
