"""All the readers together: one letter → what was understood of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from mailbot.parsers.answers import find_aspects, read_answers
from mailbot.parsers.applicant import Introductions, read_applicant, read_references
from mailbot.parsers.eligibility import Eligibility, find_evidence, find_findings
from mailbot.parsers.interest import is_interest
from mailbot.parsers.language import guess_language
from mailbot.parsers.machine import find_machine
from mailbot.parsers.questions import Questions
from mailbot.parsers.reply import split_reply
from mailbot.parsers.requests import read_request
from mailbot.parsers.tags import find_commands
from mailbot.parsers.verdict import read_verdict
from mailbot.parsers.words import Words
from mailbot.values import AttachmentText, Letter, LetterKind, Reading, Split

APPLICANT = "applicant"
"""The role in which a letter is looked through for answers; other roles are read for tags and verdicts."""

_REFERRING = 20_000
"""Characters of a letter in which «they» may mean whom it named before."""

_DIRECTIONS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the readers know of languages, questions and criteria: the part of the rules that is theirs."""

    questions: Questions
    words: Words
    eligibility: Eligibility
    introductions: Introductions

    @classmethod
    def from_tables(
        cls,
        questions: Mapping[str, Any],
        words: Mapping[str, Any],
        eligibility: Mapping[str, Any],
        applicant: Mapping[str, Any],
        *,
        sentences: Mapping[str, Any] | None = None,
    ) -> Lexicon:
        """From the parsed rule files; ``sentences`` may be missing.

        Raises ValueError with the place of what is wrong.

        All phrases are made ready now: a bad one must show when the rules are read, not at each letter.
        """
        asked = Questions.from_table(questions, sentences)
        lexicon = cls(
            asked,
            Words.from_table(words),
            Eligibility.from_table(eligibility),
            Introductions.from_table(applicant, asked),
        )
        for part in (lexicon.questions, lexicon.words, lexicon.eligibility, lexicon.introductions):
            for name, made in vars(type(part)).items():
                if isinstance(made, cached_property):
                    getattr(part, name)
        return lexicon


def read(
    letter: Letter,
    texts: Sequence[AttachmentText],
    lexicon: Lexicon,
    *,
    role: str = APPLICANT,
    parent: Letter | None = None,
    asked: Sequence[str] | None = (),
) -> Reading:
    """All that is understood of ``letter``.

    ``texts`` is what its attachments say, ``parent`` our letter that it answers, ``asked`` which of the
    questions that letter asked for (None: it asked something else altogether). ``role`` is whose letter it
    is: ``applicant``, ``secretariat`` (tags), ``board``, ``member``, ``referee`` or ``confirm`` (verdicts).
    Never raises for anything that can come by mail.
    """
    split = split_reply(letter, parent, lexicon.words)
    if parent is not None:
        split = replace(split, quoted="")  # our own words, which must never be read as theirs
    signs = find_machine(letter, lexicon.words, split.new)
    language = guess_language(split.new or letter.text, lexicon.questions.languages, lexicon.words)
    told = Reading(
        kind=LetterKind.MACHINE if signs else LetterKind.HUMAN,
        machine=signs,
        language=language,
        new=split.new,
    )
    if signs is not None:
        return told
    # Text copied out of an Arabic letter of ours brings its invisible marks of direction along.
    new, subject = split.new.translate(_DIRECTIONS), letter.subject.translate(_DIRECTIONS)
    parent_subject = parent.subject.translate(_DIRECTIONS) if parent else ""
    if role == "secretariat":
        return replace(told, commands=find_commands(new, subject, lexicon.words, parent_subject))
    if role != APPLICANT:
        verdict, reason = read_verdict(new, subject, role, lexicon.words, parent_subject)
        return replace(told, verdict=verdict, reason=reason)
    return _read_applicant(told, letter, split, texts, lexicon, None if parent is None else asked)


def _read_applicant(
    told: Reading,
    letter: Letter,
    split: Split,
    texts: Sequence[AttachmentText],
    lexicon: Lexicon,
    asked: Sequence[str] | None,
) -> Reading:
    """The reading of an applicant's letter; ``asked`` is None where it answers none of ours."""
    language, questions = told.language, lexicon.questions
    replies = asked is not None
    answers = read_answers(letter, split, texts, language, questions, replies=replies, still_open=asked or ())
    applicant = read_applicant(letter, split, texts, answers, language, lexicon.introductions)
    interested = is_interest(letter, split, answers, language, lexicon.introductions)
    motivation, reference = answers.get("motivation"), answers.get("reference")
    return replace(
        told,
        kind=LetterKind.INTEREST if interested else LetterKind.HUMAN,
        answers=answers,
        missing=tuple(key for key in questions.asked if key not in answers),
        applicant=applicant,
        references=read_references(
            reference.text, language, lexicon.introductions, letter=split.new[:_REFERRING]
        )
        if reference
        else (),
        findings=find_findings(letter, split, texts, answers, applicant, lexicon.eligibility),
        evidence=find_evidence(answers, language, lexicon.eligibility),
        aspects=find_aspects(motivation.text, language, questions) if motivation else (),
        unreadable=tuple(text for text in texts if text.unreadable),
        request=read_request(told.new, lexicon.words),
    )
