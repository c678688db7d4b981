"""``mailbot letters``: which letters there are, and what one looks like."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbot.cli import main
from mailbot.cli.letters import OTHERWISE, when
from mailbot.compose import DEFAULT_FOLDER, Templates
from mailbot.rulebook import load_rules

from .operating import Operator

NAMES = Templates(DEFAULT_FOLDER).names()


def test_the_list_says_to_whom_each_letter_goes_and_when(mailbot: Operator) -> None:
    lines = [line.split() for line in mailbot("letters").stdout.splitlines()]
    assert {line[0] for line in lines if line} >= set(NAMES)
    (welcome,) = [line for line in lines if line[:1] == ["welcome"]]
    assert welcome[1:4] == ["applicant", "decision:", "#confirm"]
    assert ["ballot", "voter", "the", "members", "of", "the", "Board", "are", "asked"] in lines


@pytest.mark.parametrize("name", NAMES)
def test_of_every_letter_it_is_known_when_it_is_written(name: str) -> None:
    assert list(when(name, load_rules().process))


def test_nothing_is_told_of_a_letter_that_there_is_not() -> None:
    assert set(OTHERWISE) <= set(NAMES)
    assert list(when("farewell", load_rules().process)) == []


def test_a_letter_is_shown_about_an_invented_case_in_the_networks_name(mailbot: Operator) -> None:
    shown = mailbot("letters", "show", "invitation").stdout
    assert "An invitation to apply for membership in River Commons Network" in shown
    assert "invite Bahari Yetu to apply" in shown
    assert "(1) Name of the organization:" in shown


def test_a_letter_is_shown_in_another_language(mailbot: Operator) -> None:
    assert "أوافق" in mailbot("letters", "show", "ballot", "--language", "ar").stdout


def test_an_operators_own_template_is_shown(mailbot: Operator, tmp_path: Path) -> None:
    own = tmp_path / "own" / "en"
    own.mkdir(parents=True)
    (own / "welcome.md.j2").write_text('+++\naudience = "applicant"\nsubject = "Karibu"\n+++\nKaribu sana!\n')
    mailbot.change("[rhythm]", f'[folders]\ntemplates = "{own.parent}"\n[rhythm]')
    assert "Karibu sana!" in mailbot("letters", "show", "welcome").stdout


def test_without_settings_the_defaults_are_shown() -> None:
    result = CliRunner().invoke(main, ["letters", "show", "welcome"], env={"MAILBOT_CONFIG": None})
    assert result.exit_code == 0
    assert "Welcome to River Commons" in result.stdout


def test_a_letter_is_opened_in_the_browser_as_a_page(mailbot: Operator, tmp_path: Path) -> None:
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    browser.chmod(0o700)
    words = ["--config", str(mailbot.config), "letters", "show", "denied", "--language", "ar", "--open"]
    result = CliRunner().invoke(main, words, env={"BROWSER": f"{browser} %s"})
    assert result.exit_code == 0, result.stderr
    page = Path(seen.read_text().strip().removeprefix("file://"))
    assert 'dir="rtl"' in page.read_text(encoding="utf-8")
    assert str(page) in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("farewell",), "There is no letter 'farewell'. «mailbot letters» lists them."),
        (("ballot", "--language", "pt"), "There are no letters in 'pt'. There are ar, en, es, fr."),
    ],
)
def test_what_there_is_not_is_said(mailbot: Operator, words: tuple[str, ...], said: str) -> None:
    assert said in mailbot("letters", "show", *words, code=1).stderr
