"""How a notice tells that somebody named may be a member: who, how alike, why, and since when a member."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.compose import DEFAULT_FOLDER, Templates
from mailbot.config import Network
from mailbot.people.directory import Why
from mailbot.rulebook import load_rules
from mailbot.telling.teller import Teller
from mailbot.values import Kind, Member

TEMPLATES = Templates(DEFAULT_FOLDER)
RULES = load_rules()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

FIAN = Member(
    "FIAN International",
    Kind.ORGANIZATION,
    acronym="FIAN",
    website="https://fian.example",
    since=datetime(2019, 5, 3, tzinfo=UTC),
)


def told(name: str, *members: Member, language: str = "en", at: datetime | None = NOW) -> tuple[str, ...]:
    network = Network("River Commons")
    return Teller(network, RULES, TEMPLATES.phrases(language), language, lambda: members, at).matches(name)


@pytest.mark.parametrize(
    ("member", "membership"),
    [
        (FIAN, "member since May 3, 2019"),
        (Member("FIAN International", Kind.ORGANIZATION), "member"),
        (
            Member("FIAN International", Kind.ORGANIZATION, until=datetime(2025, 1, 1, tzinfo=UTC)),
            "a member until December 31, 2024 only",
        ),
        (
            Member("FIAN International", Kind.ORGANIZATION, since=datetime(2026, 4, 1, tzinfo=UTC)),
            "a member only from April 1, 2026",
        ),
    ],
)
def test_it_is_told_whether_somebody_is_a_member_and_since_when(member: Member, membership: str) -> None:
    assert told("FIAN International", member) == (
        f"FIAN International ({membership}), 100 %, the same name, «FIAN International»",
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("FIAN", "its acronym, «FIAN»"),
        ("info@fian.example", "an address at its website, https://fian.example"),
        ("Fian Internatonal", "almost its name «FIAN International»"),
    ],
)
def test_it_is_told_why(name: str, why: str) -> None:
    (line,) = told(name, FIAN)
    assert line.endswith(f"%, {why}")


@pytest.mark.parametrize("language", TEMPLATES.languages())
def test_every_reason_has_words_in_every_language(language: str) -> None:
    phrases = TEMPLATES.phrases(language)
    assert {phrases.say("matches", why, by="Rodnik") for why in Why}
    (line,) = told("FIAN International", FIAN, language=language)
    assert "FIAN International" in line
    assert "2019" in line or "٢٠١٩" in line


def test_those_who_are_members_now_stand_first_and_three_are_shown() -> None:
    left = [
        Member("Fjord Forum", Kind.ORGANIZATION, country=country, until=datetime(2020, 1, 1, tzinfo=UTC))
        for country in ("NO", "CL", "NZ")
    ]
    present = Member("Fjordforum", Kind.ORGANIZATION)

    lines = told("Fjord Forum", *left, present)

    assert [line.partition(" (")[0] for line in lines] == ["Fjordforum", "Fjord Forum", "Fjord Forum"]


def test_without_a_time_nobody_is_looked_up() -> None:
    assert told("FIAN International", FIAN, at=None) == ()
