"""The letters of the process: each is there, is shown to its audience alone, and says words that are read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

import mailbot
from mailbot.addressing import WITH_DOSSIER, WITH_ENTRY, WITH_FORM
from mailbot.compose import DEFAULT_FOLDER, Templates, WrongAudienceError
from mailbot.compose.check import example as filled
from mailbot.compose.templates import AUDIENCES
from mailbot.compose.typeset import COLUMNS
from mailbot.config import Network
from mailbot.digests import TEMPLATES as DIGESTS
from mailbot.parsers.numbered import numbered_lines
from mailbot.parsers.requests import words_for_applicant
from mailbot.parsers.verdict import read_verdict
from mailbot.process.ballot import BallotState, Outcome, Uncounted
from mailbot.process.balloting import LETTERS
from mailbot.process.case import RefereeState
from mailbot.process.form import Why
from mailbot.rulebook import load_rules
from mailbot.store.journal import Entry
from mailbot.telling import Teller
from mailbot.telling.examples import example, example_case
from mailbot.values import Verdict

TEMPLATES = Templates(DEFAULT_FOLDER)
RULES = load_rules()
RIVER = Network("River Commons", time_zone="Africa/Nairobi", website="https://rivercommons.example")
LANGUAGES = TEMPLATES.languages()
NAMES = TEMPLATES.names()
ROLES = {
    "board": (Verdict.APPROVE, Verdict.REJECT, Verdict.ABSTAIN, Verdict.RECUSE, Verdict.DISCUSS),
    "member": (Verdict.SUPPORT, Verdict.OBJECT),
    "referee": (Verdict.CONFIRM, Verdict.DECLINE),
}
VOTES = [(role, verdict) for role, verdicts in ROLES.items() for verdict in verdicts]


def teller(language: str) -> Teller:
    return Teller(RIVER, RULES, TEMPLATES.phrases(language), language)


def shown(name: str, language: str) -> str:
    audience = TEMPLATES.letter(name, language).audience
    return TEMPLATES.render(name, language, example(name, audience, teller(language))).text


def told(call: str) -> Iterator[str]:
    """What stands first, as text, in each call of this name in the code that decides."""
    folder = Path(mailbot.__file__).parent
    for file in [*folder.glob("process/*.py"), *folder.glob("intake/*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == call:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


# ── all there ────────────────────────────────────────────────────────────────────────────────────


def test_every_letter_that_is_ordered_anywhere_is_there() -> None:
    of_rules = {order.letter for way in RULES.process.transitions for order in way.write}
    of_ballots = {getattr(letters, slot.name) for letters in LETTERS.values() for slot in fields(letters)}
    assert of_rules | of_ballots | set(told("Write")) | set(DIGESTS.values()) <= set(NAMES)
    assert set(NAMES) >= WITH_FORM | WITH_DOSSIER | WITH_ENTRY
    assert {TEMPLATES.letter(name, "en").audience for name in of_ballots} == {"voter"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_journal_entry_and_every_state_has_words(language: str) -> None:
    phrases = TEMPLATES.phrases(language)
    votes = {"vote", "vote_late", "vote_unclear"}
    assert set(told("Record")) | votes <= set(phrases.keys("journal"))
    assert set(phrases.keys("ballots")) == {*BallotState, *Outcome}
    assert set(phrases.keys("uncounted")) == set(Uncounted)
    assert set(phrases.keys("referees")) == set(phrases.keys("referred")) == set(RefereeState)
    assert set(phrases.keys("form")) == set(Why)
    assert set(phrases.keys("verdicts")) == set(Verdict) - {Verdict.UNCLEAR}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_letter_reads_well_about_an_example_case(name: str, language: str) -> None:
    text = shown(name, language)
    assert "None" not in text
    assert "\n\n\n" not in text
    assert all(len(line) <= COLUMNS for line in text.splitlines())


# ── the wall ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("other", AUDIENCES)
@pytest.mark.parametrize("name", NAMES)
def test_no_letter_can_be_filled_with_what_another_audience_may_know(name: str, other: str) -> None:
    if TEMPLATES.letter(name, "en").audience == other:
        return
    for language in LANGUAGES:
        with pytest.raises(WrongAudienceError):
            TEMPLATES.render(name, language, filled(AUDIENCES[other], full=True))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["application_status", "referee_needed", "form_complete"])
def test_an_applicant_cannot_tell_a_referee_who_declined_from_a_silent_one(name: str, language: str) -> None:
    tell, case = teller(language), example_case(name, teller(language))
    letters = []
    for state in (RefereeState.DECLINED, RefereeState.SILENT):
        referees = (replace(case.referees[0], state=state, words="They owe us money."),)
        view = tell.for_applicant(replace(case, referees=referees), "Rehema Kazungu", "", None)
        letters.append(TEMPLATES.render(name, language, view).text)
    assert letters[0] == letters[1]
    assert "They owe us money." not in letters[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_all_that_voters_wrote_only_what_is_meant_for_the_applicant_is_told(language: str) -> None:
    text = " ".join(shown("denied", language).replace("> ", "").split())
    assert "Please come back to us once your committee has been elected" in text
    assert "no elected committee yet" not in text


# ── the words by which people decide ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("role", "verdict"), VOTES)
def test_the_word_that_a_letter_offers_is_read_as_what_it_says(
    role: str, verdict: Verdict, language: str
) -> None:
    word = TEMPLATES.phrases(language).say("verdicts", f"{verdict}.word")
    words = RULES.lexicon.words
    for typed in (word, word.lower(), f"{word}.", f"{word}\n\nRehema Kazungu"):
        assert read_verdict(typed, "", role, words)[0] is verdict, typed
    listed = numbered_lines(f"1 {word}\n2 {word}: …", 2)
    assert [read_verdict(line, "", role, words)[0] for line in listed.values()] == [verdict, verdict]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("letter", "verdict"),
    [
        ("ballot", Verdict.RECUSE),
        ("ballot", Verdict.DISCUSS),
        ("ballot_reminder", Verdict.RECUSE),
        ("referee_request", Verdict.DECLINE),
    ],
)
def test_a_word_that_a_letter_speaks_of_is_the_one_that_it_offers(
    letter: str, verdict: Verdict, language: str
) -> None:
    word = TEMPLATES.phrases(language).say("verdicts", f"{verdict}.word")
    prose = [line for line in shown(letter, language).splitlines() if not line.startswith("-")]
    assert word in " ".join(" ".join(prose).split())


@pytest.mark.parametrize("kind", ["organization", "individual"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_ballot_says_to_write_above_words_for_the_applicant_is_read(
    language: str, kind: str
) -> None:
    view = example("ballot", "voter", teller(language))
    text = " ".join(TEMPLATES.render("ballot", language, replace(view, kind=kind)).text.split())
    marks = [part.partition("»")[0] for part in text.split("«")[1:]]
    meant = [words_for_applicant(f"{mark} Come back.", RULES.lexicon.words) for mark in marks]
    assert "Come back." in meant


# ── facts in words ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("entry", "facts", "said"),
    [
        (
            "ballot_opened",
            {"ballot": "board", "voters": "3", "closes": "2026-12-14T15:00:00+00:00"},
            "Ballot opened: Review by the Board. Voters: 3. Closing: December 14, 2026, 18:00 (GMT+03:00).",
        ),
        (
            "vote",
            {"ballot": "board", "voter": "2", "verdict": "approve", "letter": "7"},
            "Vote (Review by the Board), voter no. 2: APPROVE",
        ),
        (
            "vote_late",
            {"ballot": "gone", "voter": "2", "verdict": "unclear", "letter": "7"},
            "Vote after the closing, not counted (gone), voter no. 2: not clear",
        ),
        ("form_taken", {"field": "mission"}, "Form: Mission"),
        ("form_taken", {"field": "gone"}, "Form: gone"),
        ("proposed", {"stage": "denied"}, "Proposed, and waiting to be released: Denied"),
        (
            "referee_answered",
            {"place": "1", "verdict": "decline", "letter": "9"},
            "Reference 1 answered: DECLINE",
        ),
        ("written", {"letter": "welcome"}, "We wrote: welcome to a new member"),
    ],
)
def test_a_journal_entry_is_told_in_words(entry: str, facts: dict[str, str], said: str) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    made = Entry(1, at, entry, facts, text="", hash="", commitment="", previous="", salt="")
    assert teller("en").entry(made).what == said


# ── the form in the letter ───────────────────────────────────────────────────────────────────────


def test_the_form_stands_in_the_letter_as_lines_that_nobody_quoted() -> None:
    letter = TEMPLATES.render("invitation", "ar", example("invitation", "applicant", teller("ar")))
    form = letter.text.partition("(1) ")[2]
    assert form
    assert ">" not in form
    page = LexborHTMLParser(letter.html)
    assert page.css("blockquote") == []
    assert "(32)" in page.css("main p")[-1].text()


def test_a_value_in_the_form_stays_words_and_keeps_its_direction() -> None:
    view = replace(
        example("form_incomplete", "applicant", teller("en")), form="(1) Name:\n<b>اتحاد</b>\n\nاتحاد"
    )
    letter = TEMPLATES.render("form_incomplete", "en", view)
    assert "(1) Name:\n<b>اتحاد</b>\n\nاتحاد\n" in letter.text
    last, before = LexborHTMLParser(letter.html).css("main p")[-1:-3:-1]
    assert (before.attributes["dir"], last.attributes["dir"]) == ("ltr", "rtl")
    assert before.text() == "(1) Name:<b>اتحاد</b>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_reference_is_asked_for_in_an_empty_place(language: str) -> None:
    text = shown("referee_needed", language)
    form = text[text.rindex("====") :]
    assert "salome@haki.example" not in text
    assert form.count("\n(") == 3
