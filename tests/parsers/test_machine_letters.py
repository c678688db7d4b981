"""The customary letters of machines, and of people who look like them: ``machines.toml``."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.parsers.letter import read_letter
from mailbot.parsers.machine import find_machine
from mailbot.values import Machine, MachineSigns
from tests.parsers.tables import WORDS

LETTERS = tomllib.loads((Path(__file__).parent / "machines.toml").read_text(encoding="utf-8"))
GONE, TOKEN = "ana@gone.example", "token@network.example"
ENVELOPE = "Date: Tue, 3 Mar 2026 09:12:00 +0000\nTo: membership@network.example\n"


def each(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "letter", [pytest.param(one["letter"], id=one["name"]) for one in LETTERS[kind]]
    )


def read(letter: str) -> MachineSigns | None:
    return find_machine(read_letter((ENVELOPE + letter).encode()), WORDS)


@each("bounce")
def test_a_bounce_of_any_mail_server(letter):
    signs = read(letter)

    assert signs is not None
    assert signs.machine is Machine.BOUNCE
    body = letter.partition("\n\n")[2]
    assert signs.recipient == (GONE if GONE in body else "")
    assert signs.original == (TOKEN if TOKEN in letter else "")
    assert bool(signs.status) >= bool(re.search(r"\b5[.\d]\d\b", body))


@each("machine")
def test_a_letter_that_no_person_wrote(letter):
    signs = read(letter)

    assert signs is not None
    assert signs.machine is not Machine.BOUNCE


@each("human")
def test_a_person_who_looks_like_a_machine(letter):
    assert read(letter) is None


@pytest.mark.parametrize(
    "until",
    [
        "I am away until Friday, March 20.",
        "I will be back on Friday, 20 March 2026.",
        "Ich bin bis zum 20. März 2026 nicht im Büro.",
        "Sono assente fino al 20 marzo 2026.",
        "Ik ben afwezig tot en met 20 maart 2026.",
        "Jestem na urlopie do 20 marca 2026.",
        "Я в отпуске до 20 марта 2026 г.",
        "Jag är på semester till och med 20 mars 2026.",
        "Jsem na dovolené do 20. března 2026.",
        "Estou de férias até 20 de março de 2026.",
    ],
)
def test_the_day_of_return_in_other_languages(until):
    signs = read(f"From: ana@x.example\nAuto-Submitted: auto-replied\n\n{until}")

    assert signs is not None
    assert signs.back == datetime(2026, 3, 20, tzinfo=UTC)


def test_what_a_machine_says_of_itself_does_not_count_where_it_is_quoted():
    text = (
        "I agree.\n\nOn Tue, 3 Mar 2026 at 09:12, Ana <ana@x.example> wrote:\n\nThis is an automated message."
    )
    letter = read_letter(f"From: bo@river.example\nSubject: Re: Hello\n\n{text}".encode())

    assert find_machine(letter, WORDS, new="I agree.") is None


def test_words_of_absence_do_not_outweigh_a_vote():
    away = "I am on leave with limited access to email until Friday"

    assert read(f"From: bo@river.example\nSubject: Re: Ballot\n\nAPPROVE. {away}.") is None
    assert read(f"From: bo@river.example\nSubject: Re: Ballot\n\n{away}.") is not None
