"""The default rules, read once for the tests of the readers."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

from mailbot.parsers.applicant import Introductions
from mailbot.parsers.eligibility import Eligibility
from mailbot.parsers.questions import Questions
from mailbot.values import Address, Letter, Split

RULES = Path(__file__).parents[2] / "rules"


@cache
def questions() -> Questions:
    written = tomllib.loads((RULES / "questions.toml").read_text(encoding="utf-8"))
    return Questions.from_table(written, json.loads((RULES / "sentences.json").read_text(encoding="utf-8")))


@cache
def introductions() -> Introductions:
    table = tomllib.loads((RULES / "applicant.toml").read_text(encoding="utf-8"))
    return Introductions.from_table(table, questions())


@cache
def eligibility() -> Eligibility:
    return Eligibility.from_table(tomllib.loads((RULES / "eligibility.toml").read_text(encoding="utf-8")))


def letter(text: str, sender: str = "", email: str = "someone@mail.example", subject: str = "") -> Letter:
    return Letter(sender=Address(email, sender), subject=subject, text=text)


def split(text: str) -> Split:
    return Split(new=text)
