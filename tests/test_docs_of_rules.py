"""The page for rule authors speaks of what there is, and of all of it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from enum import StrEnum
from pathlib import Path

import pytest

from mailbot.process.rules import BallotRules, Deed, Guard, ReferenceRules, Stage, Transition, Trigger
from mailbot.rulebook import FILES

PAGE = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
CODE = " ".join(re.findall(r"`([^`\n]+)`", PAGE)) + " ".join(
    re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
)
WORDS = set(re.findall(r"[\w.]+", CODE))


@pytest.mark.parametrize("closed", [Trigger, Guard, Deed])
def test_every_event_guard_and_deed_is_explained(closed: type[StrEnum]) -> None:
    assert {one.value for one in closed} <= WORDS


@pytest.mark.parametrize("kind", [Stage, BallotRules, ReferenceRules])
def test_every_setting_is_explained(kind: type) -> None:
    assert {one.name for one in fields(kind)} <= WORDS


def test_every_part_of_a_transition_and_every_file_is_explained() -> None:
    assert {one.name for one in fields(Transition)} - {"origins"} | {"from"} <= WORDS
    assert {f"{name}.toml" for name in FILES} <= WORDS


def test_every_example_is_toml() -> None:
    examples = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)

    assert len(examples) >= 5
    for example in examples:
        assert tomllib.loads(example)


def test_every_link_within_the_page_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
